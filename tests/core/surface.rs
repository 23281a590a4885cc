//! A surface is what the labels say, in millimetres: closed, facing outwards, and no further from the truth than stated.

use crate::support::{read_ply, shared};
use coxa::{
    labels::{Label, LabelMap},
    mesh::TriMesh,
    surface::{MeshIndex, SurfaceError, SurfaceSettings, bone_surface, components, isosurface_from_field, surface_nets},
    volume::{Grid, nifti::read_labels},
};
use nalgebra::{Matrix3, Point3, Rotation3, Vector3};
use proptest::prelude::*;
use std::{f64::consts::PI, time::Instant};

/// Signed distance to a shape, mm, negative inside.
type Shape = fn(&Point3<f64>) -> f64;

fn ball(p: &Point3<f64>) -> f64 {
    (p - Point3::new(3.1, -2.2, 1.3)).norm() - 24.0
}

fn torus(p: &Point3<f64>) -> f64 {
    let p = p - Vector3::new(0.37, 0.21, -0.43);
    (p.x.hypot(p.y) - 20.0).hypot(p.z) - 8.0
}

/// Volume (mm³) and area (mm²) in closed form.
const SHAPES: [(&str, Shape, f64, f64); 2] = [
    ("ball", ball, 4.0 / 3.0 * PI * 13824.0, 4.0 * PI * 576.0),
    ("torus", torus, 2.0 * PI * PI * 20.0 * 64.0, 4.0 * PI * PI * 20.0 * 8.0),
];

/// A grid that holds 70 mm about the origin.
fn grid(spacing: [f64; 3], direction: Matrix3<f64>) -> Grid {
    let size = spacing.map(|s| (70.0 / s).ceil() as usize + 1);
    let half = Vector3::from_fn(|axis, _| (size[axis] - 1) as f64 * spacing[axis] / 2.0);
    Grid { size, spacing, origin: Point3::origin() - direction * half, direction }
}

fn grids() -> [Grid; 3] {
    let oblique = *Rotation3::from_euler_angles(0.3, -0.5, 0.8).matrix();
    [grid([0.8, 0.8, 0.8], Matrix3::identity()), grid([0.7, 0.7, 1.5], Matrix3::identity()), grid([0.9, 0.6, 1.2], oblique)]
}

fn labelled(grid: &Grid, shape: Shape) -> LabelMap {
    let ids = (0..grid.len()).map(|n| u8::from(shape(&grid.centre(grid.voxel(n))) < 0.0) * Label::FemurLeft.id()).collect();
    LabelMap::certain(grid.clone(), ids)
}

fn within(found: f64, expected: f64, tolerance_percent: f64, what: &str) {
    let error = (found / expected - 1.0) * 100.0;
    eprintln!("{what}: {error:+.3} % of {expected:.1}");
    assert!(error.abs() <= tolerance_percent, "{what}: found {found}, expected {expected}, off by {error:.2} %");
}

#[test]
fn bones_of_labels_have_the_volume_and_area_of_the_shape() {
    for grid in grids() {
        for (name, shape, volume, area) in SHAPES {
            let map = labelled(&grid, shape);
            let stepped = surface_nets(&map, Label::FemurLeft);
            assert!(stepped.is_watertight());
            within(stepped.volume_mm3(), volume, 0.7, &format!("{name}, stepped, volume"));
            for settings in [SurfaceSettings { decimation_mm: 0.0, ..Default::default() }, SurfaceSettings::default()] {
                let smooth = bone_surface(&map, Label::FemurLeft, &settings).unwrap();
                assert!(smooth.is_watertight());
                let distances = smooth.vertices.iter().map(|vertex| shape(vertex).abs());
                let (worst, sum) = distances.fold((0.0_f64, 0.0), |(worst, sum), d| (worst.max(d), sum + d));
                let mean = sum / smooth.vertices.len() as f64;
                eprintln!("{name} {} triangles: mean {mean:.3} mm, worst {worst:.3} mm", smooth.triangles.len());
                within(smooth.volume_mm3(), volume, 0.7, &format!("{name}, smooth, volume"));
                within(smooth.area_mm2(), area, 2.0, &format!("{name}, smooth, area"));
                // A label says no more than half a voxel: that is the worst on a flat cap between two slices.
                let half = grid.spacing.into_iter().fold(0.0, f64::max) / 2.0;
                assert!(mean < 0.15 && worst < 1.1 * half, "{name}: mean {mean}, worst {worst}");
            }
        }
    }
}

#[test]
fn a_field_gives_the_surface_between_the_voxels() {
    for grid in grids() {
        for (name, shape, volume, area) in SHAPES {
            let field: Vec<f32> = (0..grid.len()).map(|n| -shape(&grid.centre(grid.voxel(n))) as f32).collect();
            let mesh = isosurface_from_field(&grid, &field, 0.0);
            assert!(mesh.is_watertight());
            let worst = mesh.vertices.iter().map(|vertex| shape(vertex).abs()).fold(0.0, f64::max);
            within(mesh.volume_mm3(), volume, 0.8, &format!("{name}, field, volume"));
            within(mesh.area_mm2(), area, 0.5, &format!("{name}, field, area"));
            assert!(worst < 0.1, "{name}: {worst} mm");
        }
    }
}

#[test]
fn a_box_that_fills_the_field_of_view_is_closed_at_its_border() {
    let grid = Grid::axis_aligned([5, 7, 9], [2.0, 1.0, 0.5], Point3::new(-40.0, 10.0, 5.0));
    let map = LabelMap::certain(grid.clone(), vec![Label::HipLeft.id(); grid.len()]);
    let mesh = surface_nets(&map, Label::HipLeft);
    assert!(mesh.is_watertight());
    // The border lies half a voxel outside the outermost centres; surface nets round its edges off.
    let (low, high) = mesh.bounds().unwrap();
    assert!((low - Point3::new(-41.0, 9.5, 4.75)).norm() < 1e-12 && (high - Point3::new(-31.0, 16.5, 9.25)).norm() < 1e-12);
    let (whole, core) = (10.0 * 7.0 * 4.5, 8.0 * 6.0 * 4.0);
    assert!(mesh.volume_mm3() < whole && mesh.volume_mm3() > core, "{}", mesh.volume_mm3());
    let absent = bone_surface(&map, Label::FemurLeft, &SurfaceSettings::default());
    assert!(matches!(absent, Err(SurfaceError::LabelAbsent { label: "femur_left" })));
}

#[test]
fn smoothing_moves_no_vertex_further_than_half_a_voxel() {
    let map = labelled(&grids()[2], |p| torus(p).min(p.x.abs().max(p.y.abs()).max(p.z.abs()) - 15.0));
    let start = surface_nets(&map, Label::FemurLeft);
    assert_eq!(components(&start).len(), 1);
    let smooth = bone_surface(&map, Label::FemurLeft, &SurfaceSettings { smoothing_passes: 60, decimation_mm: 0.0 }).unwrap();
    assert_eq!(smooth.triangles, start.triangles);
    let moved = start.vertices.iter().zip(&smooth.vertices);
    let moved = moved.map(|(from, to)| (map.grid.fractional(to) - map.grid.fractional(from)).norm());
    let worst = moved.fold(0.0, f64::max);
    assert!(worst <= 0.5 + 1e-9 && worst > 0.2, "{worst} voxels");
}

/// Every vertex's triangles form one fan around it.
fn vertices_are_discs(mesh: &TriMesh) -> bool {
    let mut next = std::collections::BTreeMap::new();
    for &[a, b, c] in &mesh.triangles {
        next.insert((a, b), c);
        next.insert((b, c), a);
        next.insert((c, a), b);
    }
    let mut degree = vec![0; mesh.vertices.len()];
    mesh.triangles.iter().flatten().for_each(|&v| degree[v as usize] += 1);
    mesh.triangles.iter().all(|&[a, b, _]| {
        let (mut at, mut steps) = (next[&(a, b)], 1);
        while at != b {
            at = next[&(a, at)];
            steps += 1;
        }
        steps == degree[a as usize]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn noise_has_a_closed_two_manifold_surface(
        size in prop::array::uniform3(1usize..9),
        density in 1u8..10,
        noise in prop::collection::vec(0u8..10, 512),
    ) {
        let grid = Grid::axis_aligned(size, [1.0, 0.7, 1.9], Point3::origin());
        let ids: Vec<u8> = noise[..grid.len()].iter().map(|&n| u8::from(n < density) * 13).collect();
        let voxels = ids.iter().filter(|&&id| id == 13).count();
        let map = LabelMap::certain(grid, ids);
        let mesh = surface_nets(&map, Label::Metal);
        prop_assert_eq!(mesh.is_empty(), voxels == 0);
        if voxels > 0 {
            prop_assert!(mesh.is_watertight());
            prop_assert!(vertices_are_discs(&mesh));
            prop_assert!(mesh.volume_mm3() > 0.0);
            prop_assert!(bone_surface(&map, Label::Metal, &SurfaceSettings::default()).unwrap().is_watertight());
        }
    }
}

#[test]
fn the_reference_bones_are_closed_and_face_outwards() {
    let Some(folder) = shared("data/vsd_bones/z019") else { return };
    for (bone, litres) in [("Femur_L", 0.3..0.9), ("Hip_R", 0.2..0.6)] {
        let mesh = read_ply(&folder.join(format!("{bone}.ply")));
        let volume = mesh.volume_mm3() / 1e6;
        assert!(litres.contains(&volume), "{bone}: {volume} l");
        assert!(mesh.is_watertight(), "{bone}");
    }
}

/// The developer set poses the body anew: `new = rotation · (source − from) + to`.
fn posed(mesh: &TriMesh, truth: &serde_json::Value) -> TriMesh {
    let numbers = |value: &serde_json::Value| -> Vec<f64> { serde_json::from_value(value.clone()).unwrap() };
    let rows: Vec<f64> = truth["pose"]["body_rotation"].as_array().unwrap().iter().flat_map(numbers).collect();
    let point = |name: &str| Point3::from_slice(&numbers(&truth["pose"][name]));
    let (rotation, from, to) = (Matrix3::from_row_slice(&rows), point("body_centre_source_lps"), point("body_centre_new"));
    TriMesh { vertices: mesh.vertices.iter().map(|p| to + rotation * (p - from)).collect(), triangles: mesh.triangles.clone() }
}

#[test]
fn bones_of_a_ct_s_labels_lie_on_the_bones_they_were_drawn_from() {
    let (Some(bones), Some(ct)) = (shared("data/vsd_bones/z019"), shared("data/vsd_ct/z019")) else { return };
    let truth = serde_json::from_slice(&std::fs::read(ct.join("truth.json")).unwrap()).unwrap();
    let (grid, ids) = read_labels(&ct.join("labels.nii.gz")).unwrap();
    let map = LabelMap::certain(grid, ids);
    for (label, file) in [(Label::HipLeft, "Hip_L"), (Label::HipRight, "Hip_R"), (Label::Sacrum, "Sacrum")] {
        let expected = posed(&read_ply(&bones.join(format!("{file}.ply"))), &truth);
        let start = Instant::now();
        let found = bone_surface(&map, label, &SurfaceSettings::default()).unwrap();
        let time = start.elapsed();
        let index = MeshIndex::new(&expected);
        let mut distances: Vec<f64> = found.vertices.iter().map(|v| index.distance_mm(v)).collect();
        distances.sort_by(f64::total_cmp);
        let mean = distances.iter().sum::<f64>() / distances.len() as f64;
        let (p95, worst) = (distances[distances.len() * 95 / 100], distances[distances.len() - 1]);
        eprintln!(
            "{file}: {} triangles in {time:.2?}, mean {mean:.3}, 95 % {p95:.3}, worst {worst:.2} mm, volume {:+.2} %",
            found.triangles.len(),
            (found.volume_mm3() / expected.volume_mm3() - 1.0) * 100.0
        );
        // Voxels of 1.0 × 1.0 × 1.5 mm.
        assert!(mean < 0.15 && p95 < 0.4 && worst < 1.0, "{file}: mean {mean}, 95 % {p95}");
    }
}
