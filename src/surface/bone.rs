//! The surface of one bone, ready to be measured, shown and printed.

use super::{
    decimate::decimate,
    error::SurfaceError,
    nets::{in_lps, label_nets},
    repair::{largest_component, open_edges},
    smooth::smooth,
};
use crate::{
    labels::{Label, LabelMap},
    mesh::TriMesh,
};
use serde::{Deserialize, Serialize};

/// How the surface of a bone is made.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SurfaceSettings {
    /// Passes of smoothing; 0 leaves the steps of the voxels.
    pub smoothing_passes: usize,
    /// Largest distance of the smoothed surface's vertices from the decimated surface, mm; 0 keeps every triangle.
    pub decimation_mm: f64,
}

impl Default for SurfaceSettings {
    fn default() -> Self {
        Self { smoothing_passes: 40, decimation_mm: 0.1 }
    }
}

/// The outer surface of the largest piece of a label: smooth, no vertex further than half a voxel from the voxels' boundary,
/// closed, facing outwards, LPS mm.
///
/// # Errors
/// [`SurfaceError::LabelAbsent`] when no voxel carries the label.
pub fn bone_surface(map: &LabelMap, label: Label, settings: &SurfaceSettings) -> Result<TriMesh, SurfaceError> {
    let mut mesh = largest_component(&label_nets(map, label));
    if mesh.is_empty() {
        return Err(SurfaceError::LabelAbsent { label: label.name() });
    }
    smooth(&mut mesh.vertices, &mesh.triangles, settings.smoothing_passes, 0.5);
    let mut mesh = in_lps(&map.grid, mesh);
    if settings.decimation_mm > 0.0 {
        mesh = decimate(&mesh, settings.decimation_mm);
    }
    closed(&mesh, label.name())?;
    Ok(mesh)
}

/// Refuses a surface that is empty or not closed.
pub(super) fn closed(mesh: &TriMesh, what: &str) -> Result<(), SurfaceError> {
    if mesh.is_empty() {
        return Err(SurfaceError::Empty { what: what.to_owned() });
    }
    match open_edges(mesh) {
        0 => Ok(()),
        edges => Err(SurfaceError::Open { what: what.to_owned(), edges }),
    }
}
