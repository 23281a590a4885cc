//! A resection leaves a closed bone of the right volume, and a section the right outline.

use crate::support::{
    read_ply,
    shapes::{cuboid, sphere, torus},
    shared,
};
use coxa::{
    labels::{Label, LabelMap},
    mesh::TriMesh,
    surface::{SurfaceError, cross_section, plane_cut, surface_nets},
    volume::Grid,
};
use nalgebra::{Point3, Vector3};
use proptest::prelude::*;
use std::f64::consts::PI;

fn length(line: &[Point3<f64>]) -> f64 {
    (0..line.len()).map(|n| (line[n] - line[(n + 1) % line.len()]).norm()).sum()
}

/// Area enclosed by a flat line, signed about `normal`.
fn area(line: &[Point3<f64>], normal: &Vector3<f64>) -> f64 {
    line.windows(2).map(|pair| (pair[0] - line[0]).cross(&(pair[1] - line[0])).dot(&normal.normalize()) / 2.0).sum()
}

#[test]
fn a_plane_cuts_the_cap_of_the_formula_off_a_sphere() {
    let (radius, centre) = (24.0, Point3::new(80.0, -12.0, 40.0));
    let mesh = sphere(centre, radius, 150);
    for (normal, height) in [(Vector3::new(0.3, -0.7, 0.5), 7.0), (Vector3::z(), 0.0), (-Vector3::x(), -20.5)] {
        let point = centre + normal.normalize() * height;
        let cut = plane_cut(&mesh, &point, &normal).unwrap();
        assert!(cut.is_watertight());
        let cap = radius - height;
        let expected = 4.0 / 3.0 * PI * radius.powi(3) - PI * cap * cap * (3.0 * radius - cap) / 3.0;
        assert!((cut.volume_mm3() / expected - 1.0).abs() < 2e-3, "{} {expected}", cut.volume_mm3());
        let rest = plane_cut(&mesh, &point, &-normal).unwrap();
        assert!((cut.volume_mm3() + rest.volume_mm3() - mesh.volume_mm3()).abs() < 0.02);
        let [line] = &cross_section(&mesh, &point, &normal)[..] else { panic!("one circle") };
        let circle = (radius * radius - height * height).sqrt();
        assert!((length(line) / (2.0 * PI * circle) - 1.0).abs() < 1e-3);
        assert!((area(line, &normal) / (PI * circle * circle) - 1.0).abs() < 2e-3);
    }
}

#[test]
fn a_torus_is_cut_to_a_ring_with_a_hole_and_to_two_discs() {
    let mesh = torus(20.0, 8.0, 120);
    let volume = mesh.volume_mm3();
    let (across, along) = (Vector3::z(), Vector3::new(1.0, 0.0, 0.0));
    let flat = plane_cut(&mesh, &Point3::origin(), &across).unwrap();
    assert!(flat.is_watertight() && (flat.volume_mm3() / volume - 0.5).abs() < 1e-6);
    let rings: Vec<f64> = cross_section(&mesh, &Point3::origin(), &across).iter().map(|line| area(line, &across)).collect();
    assert_eq!(rings.len(), 2);
    assert!(rings.iter().any(|a| (a / (PI * 784.0) - 1.0).abs() < 0.01), "counter-clockwise around: {rings:?}");
    assert!(rings.iter().any(|a| (a / (PI * 144.0) + 1.0).abs() < 0.01), "clockwise within: {rings:?}");
    let half = plane_cut(&mesh, &Point3::origin(), &along).unwrap();
    assert!(half.is_watertight() && (half.volume_mm3() / volume - 0.5).abs() < 1e-6);
    assert_eq!(cross_section(&mesh, &Point3::origin(), &along).len(), 2);
}

#[test]
fn planes_through_faces_beside_the_mesh_and_open_meshes() {
    let mesh = cuboid(Point3::origin(), Point3::new(4.0, 2.0, 1.0));
    let cut = |x: f64| plane_cut(&mesh, &Point3::new(x, 0.0, 0.0), &Vector3::x()).unwrap();
    assert!((cut(1.0).volume_mm3() - 2.0).abs() < 1e-4);
    assert!((cut(4.0).volume_mm3() - 8.0).abs() < 1e-4 && cut(4.0).is_watertight());
    assert_eq!(cut(9.0), mesh);
    assert!(cut(0.0).is_empty() && cut(-1.0).is_empty());
    let mut open = mesh.clone();
    open.triangles.pop();
    assert!(matches!(plane_cut(&open, &Point3::origin(), &Vector3::x()), Err(SurfaceError::Open { .. })));
}

#[test]
fn the_neck_of_a_real_femur_is_cut_clean() {
    let Some(folder) = shared("data/vsd_bones/z019") else { return };
    let mesh = read_ply(&folder.join("Femur_R.ply"));
    let (low, high) = mesh.bounds().unwrap();
    for part in [0.2, 0.5, 0.8, 0.92] {
        let point = low + (high - low) * part;
        let normal = Vector3::new(0.4, 0.1, 0.9);
        let [below, above] = [normal, -normal].map(|normal| plane_cut(&mesh, &point, &normal).unwrap());
        assert!(below.is_watertight() && above.is_watertight(), "{part} {} {}", below.triangles.len(), above.triangles.len());
        assert!((below.volume_mm3() + above.volume_mm3() - mesh.volume_mm3()).abs() < 0.05);
    }
}

/// The surface of noise, full of holes, handles and islands.
fn noise(values: &[u8]) -> TriMesh {
    let grid = Grid::axis_aligned([6, 6, 6], [1.0, 0.7, 1.9], Point3::origin());
    let ids = values.iter().map(|&n| u8::from(n < 5) * 4).collect();
    surface_nets(&LabelMap::certain(grid, ids), Label::FemurLeft)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_plane_splits_any_closed_mesh_in_two_closed_halves(
        values in prop::collection::vec(0u8..10, 216),
        normal in prop::array::uniform3(-1i8..=1),
        height in 0.0..6.0_f64,
        exact in any::<bool>(),
    ) {
        let normal = Vector3::from(normal.map(f64::from));
        prop_assume!(normal != Vector3::zeros());
        let mesh = noise(&values);
        // Heights on whole and half voxels run the plane through rows of vertices.
        let height = if exact { (height * 2.0).round() / 2.0 } else { height };
        let point = Point3::from(normal.abs() * height);
        let halves = [normal, -normal].map(|normal| plane_cut(&mesh, &point, &normal).unwrap());
        let sum: f64 = halves.iter().map(TriMesh::volume_mm3).sum();
        prop_assert!((sum - mesh.volume_mm3()).abs() < 1e-3, "{} {}", sum, mesh.volume_mm3());
        for half in halves {
            prop_assert!(half.is_empty() || half.is_watertight());
        }
    }
}
