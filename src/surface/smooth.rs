//! Smoothing that neither shrinks the surface nor leaves the voxels it came from.

use nalgebra::{Point3, Vector3};
use rayon::prelude::*;

/// Weights of the inward and outward half of a pass (Taubin 1995, 10.1145/218380.218473): pass band 1/λ + 1/μ ≈ 0.05.
const LAMBDA: f64 = 0.5;
const MU: f64 = -0.5128;

/// Taubin's λ|μ smoothing of a closed mesh; no vertex ends further than `reach` from where it started.
/// In voxel indices a reach of 0.5 is half a voxel, whatever the spacing.
pub(super) fn smooth(vertices: &mut Vec<Point3<f64>>, triangles: &[[u32; 3]], passes: usize, reach: f64) {
    let neighbours = Neighbours::new(vertices.len(), triangles);
    let start = vertices.clone();
    let mut moved = vertices.clone();
    for _ in 0..passes {
        for weight in [LAMBDA, MU] {
            moved.par_iter_mut().enumerate().with_min_len(1024).for_each(|(v, to)| {
                let around = neighbours.of(v);
                let sum: Vector3<f64> = around.iter().map(|&n| vertices[n as usize].coords).sum();
                let here = vertices[v];
                let there =
                    here + (sum / around.len().max(1) as f64 - here.coords) * if around.is_empty() { 0.0 } else { weight };
                let way = there - start[v];
                let length = way.norm();
                *to = if length > reach { start[v] + way * (reach / length) } else { there };
            });
            std::mem::swap(vertices, &mut moved);
        }
    }
}

/// The neighbours of each vertex, one list after the other.
struct Neighbours {
    first: Vec<u32>,
    list: Vec<u32>,
}

impl Neighbours {
    fn new(vertices: usize, triangles: &[[u32; 3]]) -> Self {
        // In a closed mesh every edge out of a vertex belongs to exactly one of its triangles, so each neighbour comes once.
        let mut first = vec![0; vertices + 1];
        triangles.iter().flatten().for_each(|&v| first[v as usize + 1] += 1);
        for v in 0..vertices {
            first[v + 1] += first[v];
        }
        let (mut next, mut list) = (first.clone(), vec![0; triangles.len() * 3]);
        for &[a, b, c] in triangles {
            for (from, to) in [(a, b), (b, c), (c, a)] {
                list[next[from as usize] as usize] = to;
                next[from as usize] += 1;
            }
        }
        Self { first, list }
    }

    fn of(&self, v: usize) -> &[u32] {
        &self.list[self.first[v] as usize..self.first[v + 1] as usize]
    }
}
