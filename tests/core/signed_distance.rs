//! The signed distance field says how far it is to the bone, and on which side.

use crate::support::{
    read_ply,
    shapes::{cuboid, sphere, torus},
    shared,
};
use coxa::{
    mesh::TriMesh,
    progress::{Progress, Silent},
    surface::{MeshIndex, SignedDistanceField, SurfaceError, is_inside},
};
use nalgebra::{Point3, Rotation3, Vector3};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::time::Instant;

/// Signed distance to the box between −`half` and +`half`.
fn to_box(p: &Point3<f64>, half: &Vector3<f64>) -> f64 {
    let beyond = p.coords.abs() - half;
    beyond.sup(&Vector3::zeros()).norm() + beyond.max().min(0.0)
}

/// Largest error at random points within and beyond `band` mm of the surface, and of the grid's own values within it.
fn errors(field: &SignedDistanceField, truth: impl Fn(&Point3<f64>) -> f64, band: f64) -> [f64; 3] {
    let mut random = ChaCha8Rng::seed_from_u64(11);
    let top = field.grid.size.map(|n| (n - 1) as f64 * field.grid.spacing[0]);
    let (mut near, mut far, mut voxels) = (0.0_f64, 0.0_f64, 0.0_f64);
    for _ in 0..40_000 {
        let point = field.grid.origin + Vector3::from_fn(|axis, _| random.random_range(0.0..top[axis]));
        let (expected, error) = (truth(&point), (field.sample(&point) - truth(&point)).abs());
        if expected.abs() <= band { near = near.max(error) } else { far = far.max(error) }
    }
    for (n, &value) in field.mm.iter().enumerate() {
        let expected = truth(&field.grid.centre(field.grid.voxel(n)));
        // A facet lies deeper than the formula's surface: what is just within the band of one is not of the other.
        if expected.abs() <= band - 0.002 {
            voxels = voxels.max((f64::from(value) - expected).abs());
        }
    }
    eprintln!("{:?}: near {near:.4}, far {far:.4}, voxels {voxels:.5} mm", field.grid.size);
    [near, far, voxels]
}

#[test]
fn a_sphere_is_as_far_as_the_formula_says() {
    let centre = Point3::new(83.2, -11.7, 402.9);
    for spacing in [0.8, 1.0] {
        let field = SignedDistanceField::of_mesh(&sphere(centre, 24.0, 200), spacing, 10.0, &Silent).unwrap();
        let [near, far, voxels] = errors(&field, |p| (p - centre).norm() - 24.0, 2.0 * spacing);
        // The middle of a facet, 0.53 mm from its corners, lies 0.0015 mm within the sphere.
        assert!(near < 0.1 && voxels < 0.002 && far < 1.2, "{near} {voxels} {far}");
        let outside = centre + Vector3::new(25.0, 0.0, 0.0);
        assert!((field.gradient(&outside) - Vector3::x()).norm() < 0.02);
        // Beyond the grid: never more than the distance by more than the grid's own far error, and not much less.
        for way in [40.0, 90.0, 500.0] {
            let point = centre + Vector3::new(0.8, 0.36, 0.48) * way;
            let (found, expected) = (field.sample(&point), way - 24.0);
            assert!(found <= expected + far && found > 0.75 * expected, "{found} at {expected}");
        }
    }
}

#[test]
fn a_box_is_as_far_as_the_formula_says() {
    let half = Vector3::new(15.0, 9.5, 22.3);
    for spacing in [0.8, 1.0] {
        let field = SignedDistanceField::of_mesh(&cuboid((-half).into(), half.into()), spacing, 8.0, &Silent).unwrap();
        let [near, far, voxels] = errors(&field, |p| to_box(p, &half), 2.0 * spacing);
        // The sharp edges of a box are the worst that linear interpolation can meet.
        assert!(near < 0.35 * spacing && voxels < 1e-5 && far < spacing, "{near} {voxels} {far}");
        let flat = errors(
            &field,
            |p| {
                if p.coords.abs().component_div(&half).imax() == 0 && p.y.abs() < 7.0 && p.z.abs() < 20.0 {
                    to_box(p, &half)
                } else {
                    field.sample(p)
                }
            },
            2.0,
        );
        assert!(flat[0] < 0.1 && flat[0] > 0.0, "{}", flat[0]);
    }
}

#[test]
fn the_side_agrees_with_the_winding_number_also_where_rows_run_through_vertices() {
    // Faces, edges and vertices of the box lie on rows of voxels; the torus is turned at random.
    let on_rows = cuboid(Point3::new(-4.0, -3.0, -2.0), Point3::new(4.0, 3.0, 2.0));
    let mut turned = torus(9.0, 4.0, 24);
    turned.vertices.iter_mut().for_each(|p| *p = Rotation3::from_euler_angles(0.4, 1.1, -0.3) * *p);
    for mesh in [on_rows, turned, sphere(Point3::origin(), 6.0, 6)] {
        let field = SignedDistanceField::of_mesh_in(
            &mesh,
            (Point3::new(-14.0, -14.0, -14.0), Point3::new(14.0, 14.0, 14.0)),
            1.0,
            &Silent,
        );
        let field = field.unwrap();
        let mut inside = 0;
        for (n, &value) in field.mm.iter().enumerate().filter(|(_, value)| value.abs() > 1e-4) {
            let expected = is_inside(&mesh, &field.grid.centre(field.grid.voxel(n)));
            assert_eq!(value < 0.0, expected, "voxel {:?}", field.grid.voxel(n));
            inside += usize::from(expected);
        }
        assert!(inside > 50);
    }
}

#[test]
fn a_region_of_a_bone_agrees_with_the_whole_and_with_every_triangle() {
    let Some(folder) = shared("data/vsd_bones/z019") else { return };
    let mesh = read_ply(&folder.join("Hip_R.ply"));
    let (low, high) = mesh.bounds().unwrap();
    let middle = nalgebra::center(&low, &high);
    let region = (middle - Vector3::repeat(40.0), middle + Vector3::repeat(40.0));
    let start = Instant::now();
    let whole = SignedDistanceField::of_mesh(&mesh, 1.0, 10.0, &Silent).unwrap();
    eprintln!("whole {:?} of {} triangles: {:.2?}", whole.grid.size, mesh.triangles.len(), start.elapsed());
    let part = SignedDistanceField::of_mesh_in(&mesh, region, 1.0, &Silent).unwrap();
    assert!(whole.whole && !part.whole);
    let index = MeshIndex::new(&mesh);
    let mut random = ChaCha8Rng::seed_from_u64(5);
    for _ in 0..500 {
        let point = middle + Vector3::from_fn(|_, _| random.random_range(-39.0..39.0));
        let expected = index.distance_mm(&point) * if is_inside(&mesh, &point) { -1.0 } else { 1.0 };
        for field in [&whole, &part] {
            let tolerance = if expected.abs() < 2.0 { 0.35 } else { 0.35 + 0.05 * expected.abs() };
            assert!((field.sample(&point) - expected).abs() < tolerance, "{} {expected}", field.sample(&point));
        }
    }
    // Outside the region, too, never more than the distance.
    for _ in 0..300 {
        let point = middle + Vector3::from_fn(|_, _| random.random_range(-90.0..90.0));
        assert!(part.sample(&point) <= 1.05 * index.distance_mm(&point) + 0.35);
    }
}

#[test]
fn the_field_does_not_depend_on_the_number_of_threads() {
    let mesh = torus(20.0, 6.0, 60);
    let field = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| SignedDistanceField::of_mesh(&mesh, 0.7, 6.0, &Silent).unwrap())
    };
    assert_eq!(field(1), field(3));
}

#[test]
fn what_has_no_inside_or_no_room_is_refused() {
    struct Unwanted;
    impl Progress for Unwanted {
        fn report(&self, _: &str, _: f64) {}
        fn cancelled(&self) -> bool {
            true
        }
    }
    let mut mesh = sphere(Point3::origin(), 10.0, 12);
    assert!(matches!(SignedDistanceField::of_mesh(&mesh, 1.0, 5.0, &Unwanted), Err(SurfaceError::Cancelled)));
    for spacing in [0.0, -1.0, f64::NAN, 0.001] {
        assert!(matches!(SignedDistanceField::of_mesh(&mesh, spacing, 5.0, &Silent), Err(SurfaceError::FieldSize { .. })));
    }
    mesh.triangles.pop();
    let open = SignedDistanceField::of_mesh(&mesh, 1.0, 5.0, &Silent);
    assert!(matches!(open, Err(SurfaceError::Open { edges: 3, .. })));
    assert!(SignedDistanceField::of_mesh(&TriMesh::default(), 1.0, 5.0, &Silent).is_err());
}
