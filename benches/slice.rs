//! How long a slice takes: greys of 512 × 512 pixels, straight and oblique, and the outline of a bone of some 100 000 triangles.

use coxa::{
    mesh::TriMesh,
    surface::section_lines,
    volume::{
        Grid, Volume,
        slice::{SlicePlane, SliceSize, slice},
    },
};
use criterion::{Criterion, criterion_group, criterion_main};
use nalgebra::{Point3, Vector3};
use std::{f64::consts::PI, hint::black_box};

/// 512 × 512 × 300 voxels of 0.8 × 0.8 × 1.25 mm about the origin.
fn volume() -> Volume {
    let grid = Grid::axis_aligned([512, 512, 300], [0.8, 0.8, 1.25], Point3::new(-204.4, -204.4, -186.9));
    let hu = (0..grid.len()).map(|n| (n % 1900) as i16 - 900).collect();
    Volume { grid, hu }
}

/// A sphere as a bone is large.
fn sphere(radius_mm: f64) -> TriMesh {
    let (rows, columns) = (220u32, 230u32);
    let at = |row: u32, column: u32| {
        let (theta, phi) = (PI * f64::from(row) / f64::from(rows), 2.0 * PI * f64::from(column) / f64::from(columns));
        Point3::new(theta.sin() * phi.cos(), theta.sin() * phi.sin(), theta.cos()) * radius_mm
    };
    let vertices = (0..=rows).flat_map(|row| (0..columns).map(move |column| at(row, column))).collect();
    let number = |row: u32, column: u32| row * columns + column % columns;
    let quads = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
    let triangles = quads.flat_map(|(row, column)| {
        let [a, b, c, d] = [number(row, column), number(row + 1, column), number(row + 1, column + 1), number(row, column + 1)];
        [[a, b, c], [a, c, d]]
    });
    TriMesh { vertices, triangles: triangles.collect() }
}

fn slices(criterion: &mut Criterion) {
    let volume = volume();
    let size = SliceSize { pixels: [512, 512], mm_per_pixel: 0.6 };
    let mut group = criterion.benchmark_group("slice");
    for (name, right, up) in [
        ("axial, 512 x 512", Vector3::x(), -Vector3::y()),
        ("sagittal, 512 x 512", Vector3::y(), Vector3::z()),
        ("oblique, 512 x 512", Vector3::new(0.8, 0.5, 0.3), Vector3::new(-0.3, 0.1, 0.9)),
    ] {
        let Some(plane) = SlicePlane::new(Point3::new(3.1, 4.2, 5.3), &right, &up) else { continue };
        group.bench_function(name, |b| b.iter(|| slice(black_box(&volume), &plane, &size)));
    }
    let bone = sphere(60.0);
    let normal = Vector3::new(0.3, -0.2, 0.9);
    group.bench_function("outline of 101 200 triangles", |b| {
        b.iter(|| section_lines(black_box(&bone), &Point3::new(1.0, 2.0, 3.0), &normal));
    });
    group.finish();
}

criterion_group!(benches, slices);
criterion_main!(benches);
