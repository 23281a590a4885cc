//! `case.ron`: whose hip this is, without saying whose, and where everything comes from.

use super::{Document, hexadecimal, sha256};
use crate::{frames::Side, volume::Volume};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The head document of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// A name that is nobody's, see [`pseudonym`].
    pub pseudonym: String,
    /// The hip that is planned.
    pub side: Side,
    /// Where everything comes from.
    pub provenance: Provenance,
}

/// What the results rest on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// What was read, e.g. `DICOM series`, `NIfTI volume`, `phantom`. Never a path or a name.
    pub input: String,
    /// Hash of the volume's geometry and values, see [`inputs_sha256`].
    pub inputs_sha256: String,
    /// Version of this program.
    pub software_version: String,
    /// Name and version of the segmentation model.
    pub segmentation_model: String,
    /// SHA-256 of the segmentation model's weights, hexadecimal.
    pub segmentation_sha256: String,
    /// The device that the network ran on, e.g. `CPU (burn-flex)`.
    pub device: String,
    /// Name and version of the implant catalogue.
    pub catalogue: String,
    /// SHA-256 of the implant catalogue's file, hexadecimal.
    pub catalogue_sha256: String,
    /// What import and segmentation warned of.
    pub warnings: Vec<String>,
}

impl Provenance {
    /// [`Provenance::device`] of labels that no network made.
    pub const NO_NETWORK: &str = "no network";

    /// True for labels that a person drew, or brought along.
    #[must_use]
    pub fn labelled_by_hand(&self) -> bool {
        self.device == Self::NO_NETWORK
    }
}

impl Document for Case {
    const KIND: &'static str = "case";
}

/// Hash of a volume's geometry and Hounsfield values, hexadecimal. Nothing of the images' text goes into it.
#[must_use]
pub fn inputs_sha256(volume: &Volume) -> String {
    let mut hasher = Sha256::new();
    let grid = &volume.grid;
    for size in grid.size {
        hasher.update((size as u64).to_le_bytes());
    }
    for value in grid.spacing.iter().chain(grid.origin.iter()).chain(grid.direction.iter()) {
        hasher.update(value.to_le_bytes());
    }
    // In blocks, because one value at a time is slow.
    for block in volume.hu.chunks(1 << 16) {
        let bytes: Vec<u8> = block.iter().flat_map(|value| value.to_le_bytes()).collect();
        hasher.update(&bytes);
    }
    hexadecimal(&hasher.finalize())
}

/// A name for the case that is nobody's, such as `CX-3F9A21`: the same for the same images.
///
/// It comes from the hash of the pixel data only, so nothing about the patient can be computed back from it; only who already has
/// the images can compute it again. Six digits tell some thousand cases apart; the full hash is in the provenance.
#[must_use]
pub fn pseudonym(inputs_sha256: &str) -> String {
    let hash = sha256(format!("coxa pseudonym\n{inputs_sha256}").as_bytes());
    format!("CX-{}", hash[..6].to_uppercase())
}
