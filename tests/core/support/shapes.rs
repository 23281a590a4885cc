//! Meshes of shapes known in closed form.

use coxa::mesh::TriMesh;
use nalgebra::{Point3, Vector3};
use std::f64::consts::{PI, TAU};

/// A sphere of `2n²` triangles, its vertices on it.
pub fn sphere(centre: Point3<f64>, radius: f64, n: u32) -> TriMesh {
    let around = 2 * n;
    let mut vertices = vec![centre + Vector3::z() * radius, centre - Vector3::z() * radius];
    for i in 1..n {
        let polar = f64::from(i) * PI / f64::from(n);
        for j in 0..around {
            let azimuth = f64::from(j) * TAU / f64::from(around);
            let direction = Vector3::new(polar.sin() * azimuth.cos(), polar.sin() * azimuth.sin(), polar.cos());
            vertices.push(centre + direction * radius);
        }
    }
    let at = |i: u32, j: u32| match i {
        0 => 0,
        i if i == n => 1,
        i => 2 + (i - 1) * around + j % around,
    };
    let quads = (0..n).flat_map(|i| (0..around).map(move |j| (i, j)));
    let triangles = quads.flat_map(|(i, j)| {
        let [a, b, c, d] = [at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)];
        [[a, b, c], [a, c, d]]
    });
    TriMesh { vertices, triangles: triangles.filter(|[a, b, c]| a != b && b != c && c != a).collect() }
}

/// A torus about z with its centre at the origin.
pub fn torus(ring: f64, tube: f64, n: u32) -> TriMesh {
    let angle = |k: u32| f64::from(k) * TAU / f64::from(n);
    let at = |i: u32, j: u32| i % n * n + j % n;
    let vertex = |i, j| {
        let out = ring + tube * angle(j).cos();
        Point3::new(out * angle(i).cos(), out * angle(i).sin(), tube * angle(j).sin())
    };
    TriMesh {
        vertices: (0..n).flat_map(|i| (0..n).map(move |j| vertex(i, j))).collect(),
        triangles: (0..n * n)
            .flat_map(|k| {
                let (i, j) = (k / n, k % n);
                let [a, b, c, d] = [at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)];
                [[a, b, c], [a, c, d]]
            })
            .collect(),
    }
}

/// A box of twelve triangles.
pub fn cuboid(low: Point3<f64>, high: Point3<f64>) -> TriMesh {
    let pick = |bit: u32, axis: usize| if bit >> axis & 1 == 1 { high[axis] } else { low[axis] };
    let faces = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]];
    TriMesh {
        vertices: (0..8).map(|bit| Point3::new(pick(bit, 0), pick(bit, 1), pick(bit, 2))).collect(),
        triangles: faces.iter().flat_map(|&[a, b, c, d]| [[a, b, c], [a, c, d]]).collect(),
    }
}
