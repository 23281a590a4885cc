//! What stands beside the weights: how the network is shaped, what it expects and how it was made.

use super::{fine, input, unet::UNetShape};
use crate::labels::Label;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Version of the manifest that this program writes and reads.
pub const FORMAT_VERSION: u32 = 2;

/// What a network is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// Sees the whole pelvis on a coarse grid: which bone is where.
    Coarse,
    /// Sees a piece on a fine grid, with the coarse network's opinion: where a bone ends. Bones of both sides carry the left one's label.
    Fine,
}

/// The contents of `<name>.ron`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT_VERSION`] of the program that wrote it.
    pub format_version: u32,
    /// Name of the network, shown in results.
    pub name: String,
    /// SHA-256 of `<name>.safetensors`, lower-case hexadecimal.
    pub sha256: String,
    /// What the network is for.
    pub role: Role,
    /// Side of a voxel of the network's grid, mm.
    pub spacing_mm: f64,
    /// Largest piece seen at once, voxels along i, j, k.
    pub patch: [usize; 3],
    /// HU windows of the first input channels.
    pub windows_hu: [(f32, f32); 3],
    /// Shape of the network.
    pub shape: UNetShape,
    /// Label of every class, in the order of the output channels. Background stands for everything that gets no label.
    pub classes: Vec<Label>,
    /// How the weights came to be.
    pub trained: Trained,
}

/// How weights came to be.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Trained {
    /// Seed of the weights, the phantoms and their variations.
    pub seed: u64,
    /// Steps taken, one phantom CT each.
    pub steps: usize,
    /// Wall-clock minutes.
    pub minutes: f64,
    /// Command that repeats it.
    pub command: String,
    /// Version of the program that ran it.
    pub version: String,
    /// Dice of every class over all phantoms never trained on, on the network's grid before any post-processing.
    pub validation_dice: Vec<(Label, f64)>,
}

/// Why a network cannot be used.
#[derive(Debug, Error)]
pub enum ModelError {
    /// A file is missing or unreadable.
    #[error("the network's file '{}' could not be read: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The manifest is no valid RON of the expected form.
    #[error("the network's manifest '{}' is not understood: {reason}", path.display())]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The weights are not those the manifest was written for.
    #[error(
        "'{}' is damaged or was exchanged: its SHA-256 is {found}, its manifest says {expected}; install the model files again",
        path.display()
    )]
    Hash {
        /// The weights.
        path: PathBuf,
        /// Hash of the file.
        found: String,
        /// Hash in the manifest.
        expected: String,
    },
    /// The weights do not fit the network that the manifest describes, or hold values that are no numbers.
    #[error("the weights in '{}' cannot be used: {reason}", path.display())]
    Weights {
        /// The weights.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

impl Role {
    /// HU windows and number of channels of the network's input.
    pub(super) fn input(self) -> ([(f32, f32); 3], usize) {
        match self {
            Self::Coarse => (input::WINDOWS_HU, input::INPUTS),
            Self::Fine => (fine::WINDOWS_HU, fine::INPUTS),
        }
    }
}

impl Manifest {
    /// Reads a manifest and refuses what this program does not understand.
    ///
    /// # Errors
    /// [`ModelError::Io`] and [`ModelError::Manifest`].
    pub fn read(path: &Path) -> Result<Self, ModelError> {
        let text = std::fs::read_to_string(path).map_err(|source| ModelError::Io { path: path.into(), source })?;
        let refuse = |reason: String| ModelError::Manifest { path: path.into(), reason };
        let manifest: Self = ron::from_str(&text).map_err(|error| refuse(error.to_string()))?;
        manifest.check().map_err(refuse)?;
        Ok(manifest)
    }

    fn check(&self) -> Result<(), String> {
        if self.format_version != FORMAT_VERSION {
            return Err(format!("it has format {}, this program reads {FORMAT_VERSION}", self.format_version));
        }
        let (windows_hu, inputs) = self.role.input();
        if self.windows_hu != windows_hu || self.shape.inputs != inputs {
            return Err("the network was trained on another kind of input".into());
        }
        if self.classes.len() != self.shape.classes || self.classes.first() != Some(&Label::Background) {
            return Err("its classes must begin with the background and be as many as the network's outputs".into());
        }
        if self.shape.channels.is_empty()
            || self.shape.channels.len() > 8
            || self.shape.channels.iter().any(|&c| c == 0 || c > 1024)
        {
            return Err("the network's channels are out of range".into());
        }
        if !(self.spacing_mm > 0.5 && self.spacing_mm < 20.0) {
            return Err(format!("a spacing of {} mm is out of range", self.spacing_mm));
        }
        if self.patch.iter().any(|&n| n == 0 || n > 512 || n % self.shape.multiple() != 0) {
            return Err(format!("the patch {:?} must be multiples of {}", self.patch, self.shape.multiple()));
        }
        Ok(())
    }
}

/// SHA-256 of some bytes, lower-case hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
