//! From a closed mesh to the voxels whose centres it encloses.

use crate::{mesh::TriMesh, volume::Grid};
use nalgebra::Vector3;
use rayon::prelude::*;

/// Runs of voxel centres along `i` with winding number ≥ 1.
///
/// A winding number rather than parity, because the shape model's surfaces cut themselves in places: what is enclosed twice is still inside.
pub(super) struct Spans {
    /// For each slice k: (row j, first i, one past the last i).
    pub(super) slices: Vec<Vec<(u32, u32, u32)>>,
}

/// Vertex positions in fractional voxels of `grid`.
pub(super) fn in_voxels(mesh: &TriMesh, grid: &Grid) -> Vec<Vector3<f64>> {
    mesh.vertices.iter().map(|p| grid.fractional(p)).collect()
}

/// Triangles that reach each slice, when every triangle is widened by `margin` voxels along k.
pub(super) fn by_slice(mesh: &TriMesh, voxels: &[Vector3<f64>], slices: usize, margin: f64) -> Vec<Vec<u32>> {
    let mut buckets = vec![Vec::new(); slices];
    for (t, triangle) in mesh.triangles.iter().enumerate() {
        let heights = triangle.map(|v| voxels[v as usize].z);
        let low = heights.iter().fold(f64::INFINITY, |a, &b| a.min(b)) - margin;
        let high = heights.iter().fold(f64::NEG_INFINITY, |a, &b| a.max(b)) + margin;
        for bucket in buckets.iter_mut().take((high.floor() + 1.0).max(0.0) as usize).skip(low.ceil().max(0.0) as usize) {
            bucket.push(t as u32);
        }
    }
    buckets
}

/// The voxels of `grid` whose centres lie inside `mesh`.
pub(super) fn voxelise(mesh: &TriMesh, grid: &Grid) -> Spans {
    // Scan lines pass a hair beside the voxel centres, so that none meets a vertex of a mesh built on round numbers.
    let hair = Vector3::new(0.0, 1.234_567e-7, 2.718_281e-7);
    let voxels: Vec<_> = in_voxels(mesh, grid).into_iter().map(|v| v + hair).collect();
    let buckets = by_slice(mesh, &voxels, grid.size[2], 0.0);
    let slices =
        buckets.par_iter().enumerate().map(|(k, bucket)| slice_spans(mesh, &voxels, bucket, k as f64, grid.size)).collect();
    Spans { slices }
}

fn slice_spans(mesh: &TriMesh, voxels: &[Vector3<f64>], bucket: &[u32], k: f64, size: [usize; 3]) -> Vec<(u32, u32, u32)> {
    let mut crossings: Vec<(u32, f64, i32)> = Vec::new();
    for &t in bucket {
        let triangle = mesh.triangles[t as usize];
        let corners = triangle.map(|v| voxels[v as usize]);
        let rows = corners.map(|c| c.y);
        let low = rows.iter().fold(f64::INFINITY, |a, &b| a.min(b)).ceil().max(0.0);
        let high = rows.iter().fold(f64::NEG_INFINITY, |a, &b| a.max(b)).floor().min(size[1] as f64 - 1.0);
        let mut j = low;
        while j <= high {
            if let Some((i, turn)) = crossing(triangle, &corners, j, k) {
                crossings.push((j as u32, i, turn));
            }
            j += 1.0;
        }
    }
    crossings.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut spans: Vec<(u32, u32, u32)> = Vec::new();
    let (mut winding, mut entered) = (0, 0.0);
    for (n, &(j, i, turn)) in crossings.iter().enumerate() {
        if n == 0 || crossings[n - 1].0 != j {
            winding = 0;
        }
        let before = winding;
        winding += turn;
        if before < 1 && winding >= 1 {
            entered = i;
        } else if before >= 1 && winding < 1 {
            let (from, to) = (entered.ceil().max(0.0), (i.ceil()).clamp(0.0, size[0] as f64));
            if from < to {
                spans.push((j, from as u32, to as u32));
            }
        }
    }
    spans
}

/// Where the scan line (j, k) along +i meets a triangle, and by how much the winding number changes there.
fn crossing(triangle: [u32; 3], corners: &[Vector3<f64>; 3], j: f64, k: f64) -> Option<(f64, i32)> {
    // Each edge is weighed in one canonical direction, so that the two triangles on it agree to the last bit.
    let edge = |from: usize, to: usize| {
        let (a, b, turned) = if triangle[from] < triangle[to] { (from, to, false) } else { (to, from, true) };
        let (a, b) = (&corners[a], &corners[b]);
        let value = (b.y - a.y) * (k - a.z) - (b.z - a.z) * (j - a.y);
        let left = (value >= 0.0) != turned;
        (if turned { -value } else { value }, left)
    };
    let [(w2, l2), (w0, l0), (w1, l1)] = [edge(0, 1), edge(1, 2), edge(2, 0)];
    if l0 != l1 || l1 != l2 {
        return None;
    }
    let sum = w0 + w1 + w2;
    if sum == 0.0 {
        return None;
    }
    // Counter-clockwise in (j, k) means that the outside is towards +i: the line leaves the body there.
    Some(((corners[0].x * w0 + corners[1].x * w1 + corners[2].x * w2) / sum, if l0 { -1 } else { 1 }))
}
