//! What makes the networks' confidence honest: the contents of `pelvis-confidence.ron`.

use super::manifest::ModelError;
use crate::labels::{Calibration, Label};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Version that this program writes and reads.
pub const CONFIDENCE_FORMAT_VERSION: u32 = 1;

/// Calibrations for one pair of networks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Confidence {
    /// [`CONFIDENCE_FORMAT_VERSION`] of the program that wrote it.
    pub format_version: u32,
    /// SHA-256 of the networks' weights that it was measured with.
    pub networks_sha256: String,
    /// For voxels labelled as bone.
    pub bone: Calibration,
    /// For voxels labelled as no bone, near bone.
    pub background: Calibration,
    /// Expected calibration error before, on phantoms that the calibration was not made from, 0 to 1.
    pub error_before: f64,
    /// The same after.
    pub error_after: f64,
    /// Phantoms it was made from, and others it was checked on.
    pub phantoms: [usize; 2],
    /// Command that repeats it.
    pub command: String,
}

impl Confidence {
    /// Leaves every confidence as it is: for networks that were not calibrated yet.
    #[must_use]
    pub fn none(networks_sha256: String) -> Self {
        Self {
            format_version: CONFIDENCE_FORMAT_VERSION,
            networks_sha256,
            bone: Calibration::identity(),
            background: Calibration::identity(),
            error_before: 1.0,
            error_after: 1.0,
            phantoms: [0; 2],
            command: String::new(),
        }
    }

    /// Reads the calibration of the networks with these hashes.
    ///
    /// # Errors
    /// [`ModelError::Io`] and [`ModelError::Manifest`]; a calibration of other networks is refused.
    pub fn read(path: &Path, networks_sha256: &str) -> Result<Self, ModelError> {
        let text = std::fs::read_to_string(path).map_err(|source| ModelError::Io { path: path.into(), source })?;
        let refuse = |reason: String| ModelError::Manifest { path: path.into(), reason };
        let found: Self = ron::from_str(&text).map_err(|error| refuse(error.to_string()))?;
        if found.format_version != CONFIDENCE_FORMAT_VERSION {
            return Err(refuse(format!(
                "it has format {}, this program reads {CONFIDENCE_FORMAT_VERSION}",
                found.format_version
            )));
        }
        if found.networks_sha256 != networks_sha256 {
            return Err(refuse("it was made for other networks; run coxa calibrate again".into()));
        }
        found.bone.check().and_then(|()| found.background.check()).map_err(refuse)?;
        Ok(found)
    }

    /// Replaces apparent confidences by how often such labels are right.
    pub fn apply(&self, ids: &[u8], confidence: &mut [u8]) {
        for (confidence, &id) in confidence.iter_mut().zip(ids) {
            if id == Label::Background.id() {
                *confidence = self.background.of(*confidence);
            } else if id != Label::Metal.id() {
                *confidence = self.bone.of(*confidence);
            }
        }
    }
}
