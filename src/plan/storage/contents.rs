//! The large files of a case: images, labels and surfaces. Written while the case is made; labels again when they are corrected by hand.

use super::{CaseDraft, CaseFolder, StorageError};
use crate::{
    labels::Label,
    mesh::TriMesh,
    progress::{Progress, Silent},
    surface::io::stl,
    volume::{Grid, Volume, nifti},
};
use std::{collections::BTreeMap, fs};

pub(super) const VOLUME: &str = "volume.nii.gz";
pub(super) const LABELS: &str = "labels.nii.gz";
pub(super) const BONES: &str = "bones/";

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
    /// True when the case has its CT.
    #[must_use]
    pub fn has_volume(&self) -> bool {
        self.path().join(VOLUME).is_file()
    }

    /// True when the case has its labels.
    #[must_use]
    pub fn has_labels(&self) -> bool {
        self.path().join(LABELS).is_file()
    }

    /// Reads `volume.nii.gz`.
    ///
    /// # Errors
    /// When it is missing or damaged.
    pub fn read_volume(&self) -> Result<Volume, StorageError> {
        self.read_volume_telling(&Silent)
    }

    /// The same, telling how far it is.
    ///
    /// # Errors
    /// As [`CaseFolder::read_volume`], and when it was cancelled.
    pub fn read_volume_telling(&self, progress: &dyn Progress) -> Result<Volume, StorageError> {
        nifti::read_volume_telling(&self.path().join(VOLUME), progress).map_err(|error| StorageError::Content(Box::new(error)))
    }

    /// Reads `labels.nii.gz`: where the voxels lie, and one label id a voxel.
    ///
    /// # Errors
    /// When it is missing or damaged.
    pub fn read_labels(&self) -> Result<(Grid, Vec<u8>), StorageError> {
        self.read_label_file(LABELS)
    }

    pub(super) fn read_label_file(&self, relative: &str) -> Result<(Grid, Vec<u8>), StorageError> {
        nifti::read_labels(&self.path().join(relative)).map_err(|error| StorageError::Content(Box::new(error)))
    }

    /// Writes `bones/<label>.stl`, LPS mm.
    ///
    /// # Errors
    /// When one cannot be written.
    pub fn write_bones(&self, bones: &BTreeMap<Label, TriMesh>) -> Result<(), StorageError> {
        let folder = self.path().join(BONES);
        fs::create_dir_all(&folder).map_err(StorageError::writing(&folder))?;
        bones.iter().try_for_each(|(label, mesh)| {
            let relative = bone_path(*label);
            let bytes = stl::to_bytes(mesh, &self.path().join(&relative));
            self.write_bytes(&relative, &bytes.map_err(|error| StorageError::Content(Box::new(error)))?)
        })
    }

    /// Reads all of `bones/`, LPS mm.
    ///
    /// # Errors
    /// When a surface is damaged.
    pub fn read_bones(&self) -> Result<BTreeMap<Label, TriMesh>, StorageError> {
        let mut bones = BTreeMap::new();
        for label in Label::ALL {
            let path = self.path().join(bone_path(label));
            if path.exists() {
                bones.insert(label, stl::read(&path).map_err(|error| StorageError::Content(Box::new(error)))?);
            }
        }
        Ok(bones)
    }
}

fn bone_path(label: Label) -> String {
    format!("{BONES}{}.stl", label.name())
}
