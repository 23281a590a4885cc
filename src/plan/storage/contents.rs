//! The large files of a case: images and labels. Written once, while the case is made.

use super::{CaseDraft, CaseFolder, StorageError};
use crate::volume::{Grid, Volume, nifti};

const VOLUME: &str = "volume.nii.gz";
const LABELS: &str = "labels.nii.gz";

impl CaseDraft {
    /// Writes `volume.nii.gz`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_volume(&self, volume: &Volume) -> Result<(), StorageError> {
        self.write_file(VOLUME, |path| nifti::write_volume(path, volume))
    }

    /// Writes `labels.nii.gz`: one label id a voxel.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_labels(&self, grid: &Grid, ids: &[u8]) -> Result<(), StorageError> {
        self.write_file(LABELS, |path| nifti::write_labels(path, grid, ids))
    }
}

impl CaseFolder {
    /// Reads `volume.nii.gz`.
    ///
    /// # Errors
    /// When it is missing or damaged.
    pub fn read_volume(&self) -> Result<Volume, StorageError> {
        nifti::read_volume(&self.path().join(VOLUME)).map_err(|error| StorageError::Content(Box::new(error)))
    }

    /// Reads `labels.nii.gz`: where the voxels lie, and one label id a voxel.
    ///
    /// # Errors
    /// When it is missing or damaged.
    pub fn read_labels(&self) -> Result<(Grid, Vec<u8>), StorageError> {
        nifti::read_labels(&self.path().join(LABELS)).map_err(|error| StorageError::Content(Box::new(error)))
    }
}
