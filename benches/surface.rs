//! How long surfaces take: one bone in a 512 × 512 × 300 label map, its smooth surface, and a field of distances to it.

use coxa::{
    labels::{Label, LabelMap},
    progress::Silent,
    surface::{SignedDistanceField, SurfaceSettings, bone_surface, surface_nets},
    volume::Grid,
};
use criterion::{Criterion, criterion_group, criterion_main};
use nalgebra::{Point3, Vector3};
use std::hint::black_box;

/// A curved tube with a ball at its end, about as large as a femur, 0.8 × 0.8 × 1 mm.
fn femur() -> LabelMap {
    let size = [512, 512, 300];
    let grid = Grid::axis_aligned(size, [0.8, 0.8, 1.0], Point3::new(-204.4, -204.4, -150.0));
    let head = Point3::new(-70.0, 0.0, 110.0);
    let ids = (0..grid.len())
        .map(|n| {
            let p = grid.centre(grid.voxel(n));
            let axis = Vector3::new(p.x + 110.0, p.y + 10.0 * (p.z / 80.0).sin(), 0.0).norm();
            let neck = (p - head).cross(&Vector3::new(-0.8, 0.0, -0.6)).norm();
            let shaft = axis < 15.0 && (-140.0..80.0).contains(&p.z);
            let inside = (p - head).norm() < 24.0 || shaft || neck < 15.0 && (-112.0..-70.0).contains(&p.x);
            if inside { Label::FemurRight.id() } else { Label::Background.id() }
        })
        .collect();
    LabelMap::certain(grid, ids)
}

fn surfaces(criterion: &mut Criterion) {
    let map = femur();
    let mut group = criterion.benchmark_group("surface");
    group.sample_size(10);
    group.bench_function("surface nets, 512 x 512 x 300", |b| b.iter(|| surface_nets(black_box(&map), Label::FemurRight)));
    let settings = SurfaceSettings::default();
    group.bench_function("smooth and decimated bone", |b| b.iter(|| bone_surface(black_box(&map), Label::FemurRight, &settings)));
    let mesh = surface_nets(&map, Label::FemurRight);
    group.bench_function("distance field, 1 mm, undecimated", |b| {
        b.iter(|| SignedDistanceField::of_mesh(black_box(&mesh), 1.0, 10.0, &Silent));
    });
    group.finish();
}

criterion_group!(benches, surfaces);
criterion_main!(benches);
