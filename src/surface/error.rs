//! What can go wrong between labels and surfaces.

use std::{io, path::PathBuf};
use thiserror::Error;

/// Why there is no surface, no distance field or no file.
#[derive(Debug, Error)]
pub enum SurfaceError {
    /// The label map has no voxel of that label.
    #[error("no voxel of the label map is labelled '{label}': this bone is not in the scan, or was not found in it")]
    LabelAbsent {
        /// Name of the label.
        label: &'static str,
    },
    /// A closed surface was needed.
    #[error("the surface of {what} is not closed: {edges} of its edges do not join exactly two triangles; repair it first")]
    Open {
        /// Which surface.
        what: String,
        /// Number of bad edges.
        edges: usize,
    },
    /// A surface without triangles where one was needed.
    #[error("the surface of {what} has no triangle")]
    Empty {
        /// Which surface.
        what: String,
    },
    /// A grid with more voxels than fit into memory, or with none.
    #[error("a distance field of {size:?} voxels at {spacing_mm} mm was asked for; between 1 and {limit} voxels are possible")]
    FieldSize {
        /// Voxels along i, j, k.
        size: [f64; 3],
        /// Spacing, mm.
        spacing_mm: f64,
        /// Largest possible number of voxels.
        limit: usize,
    },
    /// A coordinate is NaN, infinite, or beyond what a file can hold.
    #[error("{}: vertex {vertex} is not a finite position in mm", path.display())]
    NotFinite {
        /// The file read or to be written.
        path: PathBuf,
        /// Number of the vertex, from 0.
        vertex: usize,
    },
    /// A file that is not what it should be.
    #[error("{}: {what}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What was found and what was expected.
        what: String,
    },
    /// The file could not be read or written.
    #[error("{}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The caller no longer wanted the result.
    #[error("cancelled")]
    Cancelled,
}
