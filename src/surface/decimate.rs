//! Fewer triangles for the same surface, within a bound that is checked and not merely asked for.

use super::{
    index::MeshIndex,
    repair::{compact, open_edges},
};
use crate::mesh::TriMesh;
use meshopt::SimplifyOptions;
use rayon::prelude::*;

/// Rounds in which vertices that came to lie too far from the decimated surface are kept in the next.
const ROUNDS: usize = 8;

/// A closed mesh with fewer triangles. Its vertices are some of the old ones, and none of the old ones lies further than
/// `error_mm` from the new surface. Quadric error decimation (Garland & Heckbert 1997, 10.1145/258734.258849) as in meshoptimizer.
///
/// The mesh comes back as it was when no closed one within the bound is found.
#[must_use]
pub fn decimate(mesh: &TriMesh, error_mm: f64) -> TriMesh {
    let Some((low, high)) = mesh.bounds() else { return TriMesh::default() };
    // f32 about the middle of the bone, where it is finest.
    let middle = nalgebra::center(&low, &high);
    let positions: Vec<[f32; 3]> = mesh.vertices.iter().map(|v| (v - middle).cast::<f32>().into()).collect();
    let indices = mesh.triangles.as_flattened();
    let mut keep = vec![false; positions.len()];
    for _ in 0..ROUNDS {
        // The quadric error is a mean over neighbouring planes, the largest distance a few times as much: ask for less.
        let (asked, options) = ((error_mm * 0.4) as f32, SimplifyOptions::ErrorAbsolute);
        let left = meshopt::simplify_with_locks_decoder(indices, &positions, &keep, 0, asked, options, None);
        let smaller = compact(&mesh.vertices, left.as_chunks().0.to_vec());
        if smaller.is_empty() || open_edges(&smaller) > 0 {
            break;
        }
        let index = MeshIndex::new(&smaller);
        let far: Vec<bool> = mesh.vertices.par_iter().map(|v| index.closest_within(v, error_mm).is_none()).collect();
        if !far.contains(&true) {
            return smaller;
        }
        // With their neighbours: these hold the surface in place around them.
        let touched = mesh.triangles.iter().filter(|triangle| triangle.iter().any(|&v| far[v as usize]));
        touched.flatten().for_each(|&v| keep[v as usize] = true);
    }
    mesh.clone()
}
