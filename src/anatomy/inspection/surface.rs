//! Whether a surface encloses a bone, whatever its shape.

use super::fault::BoneFault;
use crate::{labels::Label, mesh::TriMesh};

/// What is wrong with the surface whatever its shape.
pub(super) fn surface_fault(bone: Label, mesh: &TriMesh) -> Option<BoneFault> {
    if mesh.is_empty() {
        return Some(BoneFault::Empty { bone });
    }
    let edges = unbalanced_edges(mesh);
    if edges > 0 {
        return Some(BoneFault::Open { bone, edges });
    }
    let volume_ml = mesh.volume_mm3() / 1000.0;
    (volume_ml <= 0.0).then_some(BoneFault::Inverted { bone, volume_ml })
}

/// Edges along which triangles do not run equally often in both directions: holes, and triangles turned against their neighbours. Edges
/// where four triangles meet, as at a voxel's corner, are no hole.
fn unbalanced_edges(mesh: &TriMesh) -> usize {
    let runs = mesh.triangles.iter().flat_map(|&[a, b, c]| [(a, b), (b, c), (c, a)]);
    let mut edges: Vec<(u32, u32, i32)> =
        runs.map(|(from, to)| (from.min(to), from.max(to), if from < to { 1 } else { -1 })).collect();
    edges.sort_unstable();
    edges.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).filter(|edge| edge.iter().map(|run| run.2).sum::<i32>() != 0).count()
}
