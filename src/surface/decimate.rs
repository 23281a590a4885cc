//! Fewer triangles for the same surface, within a bound that is checked and not merely asked for.

use super::{
    index::MeshIndex,
    repair::{compact, open_edges},
};
use crate::mesh::TriMesh;
use meshopt::SimplifyOptions;
use rayon::prelude::*;

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
    // The quadric error is a mean over neighbouring planes; the largest distance is two to three times as much: then ask for less.
    for share in [0.5, 0.35, 0.25, 0.1] {
        let kept =
            meshopt::simplify_decoder(indices, &positions, 0, (error_mm * share) as f32, SimplifyOptions::ErrorAbsolute, None);
        let triangles: Vec<[u32; 3]> = kept.as_chunks().0.to_vec();
        let smaller = compact(&mesh.vertices, triangles);
        if !smaller.is_empty() && open_edges(&smaller) == 0 && largest_distance_mm(mesh, &smaller) <= error_mm {
            return smaller;
        }
    }
    mesh.clone()
}

/// Largest distance of a vertex of `from` to the surface of `to`, mm.
fn largest_distance_mm(from: &TriMesh, to: &TriMesh) -> f64 {
    let index = MeshIndex::new(to);
    from.vertices.par_iter().map(|vertex| index.distance_mm(vertex)).reduce(|| 0.0, f64::max)
}
