//! NIfTI-1 files (`.nii`, `.nii.gz`): volumes in Hounsfield units and label maps.
//!
//! NIfTI's space is RAS, Coxa's is LPS: `affine::flip` is the one place where the two signs are changed.

mod affine;
mod read;
mod write;

pub use read::{read_labels, read_volume, read_volume_telling};
pub use write::{write_labels, write_volume};

use std::{io, path::Path};
use thiserror::Error;

/// Why a NIfTI file was not read or written. Only the file's name is told, never its folder.
#[derive(Debug, Error)]
pub enum NiftiError {
    /// The file system, the decompression or the disk failed.
    #[error("'{file}': {source}")]
    Io {
        /// The file.
        file: String,
        /// What the system says.
        source: io::Error,
    },
    /// Not a NIfTI-1 file with its data in the same file.
    #[error("'{file}' is not a NIfTI-1 file (.nii or .nii.gz): {found}")]
    NotNifti {
        /// The file.
        file: String,
        /// What it is instead.
        found: String,
    },
    /// Something about the header forbids a trustworthy reading.
    #[error("'{file}': {problem}")]
    Unusable {
        /// The file.
        file: String,
        /// What was found, what was expected, what to do.
        problem: String,
    },
    /// Data and grid do not belong together.
    #[error("{voxels} voxels do not fill a grid of {size:?}")]
    WrongLength {
        /// Number of values given.
        voxels: usize,
        /// Size of the grid.
        size: [usize; 3],
    },
}

/// True for names that end in `.nii` or `.nii.gz`.
#[must_use]
pub fn is_nifti(path: &Path) -> bool {
    let name = name(path).to_lowercase();
    name.ends_with(".nii") || name.ends_with(".nii.gz")
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn is_gzip(path: &Path) -> bool {
    name(path).to_lowercase().ends_with(".gz")
}
