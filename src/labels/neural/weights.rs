//! Reading and writing the network's weights.

use super::{
    confidence::Confidence,
    manifest::{Manifest, ModelError, Role, sha256},
    unet::UNet,
};
use crate::files;
use burn::{
    store::{ModuleSnapshot, SafetensorsStore},
    tensor::Device,
};
use std::{
    io::Write,
    path::{Path, PathBuf},
};

/// Weights checked against their manifest, not yet on a device.
#[derive(Clone, Debug)]
pub struct Model {
    /// What the manifest says.
    pub manifest: Manifest,
    weights: Vec<u8>,
    path: PathBuf,
}

impl Model {
    /// Reads `<name>.ron` and `<name>.safetensors` beside it.
    ///
    /// # Errors
    /// See [`ModelError`]: nothing is used unless hash, shapes and values are right.
    pub fn read(manifest: &Path) -> Result<Self, ModelError> {
        let path = manifest.with_extension("safetensors");
        let manifest = Manifest::read(manifest)?;
        let weights = std::fs::read(&path).map_err(|source| ModelError::Io { path: path.clone(), source })?;
        let found = sha256(&weights);
        if found != manifest.sha256 {
            return Err(ModelError::Hash { path, found, expected: manifest.sha256 });
        }
        let model = Self { manifest, weights, path };
        model.check_values()?;
        Ok(model)
    }

    /// Name and the beginning of the hash, for results and reports.
    #[must_use]
    pub fn title(&self) -> String {
        format!("{} {}", self.manifest.name, &self.manifest.sha256[..12])
    }

    /// Puts the network on a device.
    ///
    /// # Errors
    /// [`ModelError::Weights`] when the file's tensors are not exactly those of the network.
    pub fn load(&self, device: &Device) -> Result<UNet, ModelError> {
        let mut network = UNet::blank(&self.manifest.shape, device);
        restore(&mut network, self.weights.clone()).map_err(|reason| self.refuse(reason))?;
        Ok(network)
    }

    fn refuse(&self, reason: String) -> ModelError {
        ModelError::Weights { path: self.path.clone(), reason }
    }

    fn check_values(&self) -> Result<(), ModelError> {
        let tensors = safetensors::SafeTensors::deserialize(&self.weights).map_err(|error| self.refuse(error.to_string()))?;
        for (name, tensor) in tensors.iter() {
            if tensor.dtype() != safetensors::Dtype::F32 {
                return Err(self.refuse(format!("'{name}' is {:?}, expected F32", tensor.dtype())));
            }
            let (values, _) = tensor.data().as_chunks::<4>();
            if values.iter().any(|&bytes| !f32::from_le_bytes(bytes).is_finite()) {
                return Err(self.refuse(format!("'{name}' holds values that are not finite numbers")));
            }
        }
        Ok(())
    }
}

/// The two networks that label a CT together.
#[derive(Clone, Debug)]
pub struct Networks {
    /// Which bone is where.
    pub coarse: Model,
    /// Where a bone ends.
    pub fine: Model,
    /// How sure they may be.
    pub confidence: Confidence,
}

impl Networks {
    /// Reads `pelvis-coarse`, `pelvis-fine` and `pelvis-confidence` from a folder.
    ///
    /// # Errors
    /// As [`Model::read`] and [`Confidence::read`]; [`ModelError::Manifest`] when one of them is for something else.
    pub fn read(folder: &Path) -> Result<Self, ModelError> {
        let networks = Self::read_uncalibrated(folder)?;
        let confidence = Confidence::read(&folder.join("pelvis-confidence.ron"), &networks.sha256())?;
        Ok(Self { confidence, ..networks })
    }

    /// The two networks alone, with their confidence as it is.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_uncalibrated(folder: &Path) -> Result<Self, ModelError> {
        let read = |name: &str, role: Role| {
            let path = folder.join(name);
            let model = Model::read(&path)?;
            if model.manifest.role == role {
                Ok(model)
            } else {
                Err(ModelError::Manifest {
                    path,
                    reason: format!("it is a {:?} network, expected a {role:?} one", model.manifest.role),
                })
            }
        };
        let (coarse, fine) = (read("pelvis-coarse.ron", Role::Coarse)?, read("pelvis-fine.ron", Role::Fine)?);
        let confidence = Confidence::none(both(&coarse, &fine));
        Ok(Self { coarse, fine, confidence })
    }

    /// The networks that ship with Coxa.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn shipped() -> Result<Self, ModelError> {
        let relative = "models/pelvis-coarse.ron";
        let path = files::shipped(relative).map_err(|source| ModelError::Io { path: relative.into(), source })?;
        Self::read(path.parent().unwrap_or(Path::new(".")))
    }

    /// Names and the beginnings of the hashes, for results and reports.
    #[must_use]
    pub fn title(&self) -> String {
        format!("{}, {}", self.coarse.title(), self.fine.title())
    }

    /// SHA-256 of both networks' weights, hexadecimal, coarse first.
    #[must_use]
    pub fn sha256(&self) -> String {
        both(&self.coarse, &self.fine)
    }
}

fn both(coarse: &Model, fine: &Model) -> String {
    format!("{} {}", coarse.manifest.sha256, fine.manifest.sha256)
}

/// Fills a network from safetensors bytes; every tensor must be there with its shape.
pub(super) fn restore(network: &mut UNet, bytes: Vec<u8>) -> Result<(), String> {
    let mut store = SafetensorsStore::from_bytes(Some(bytes));
    let applied = network.load_from(&mut store).map_err(|error| error.to_string())?;
    let complete = applied.missing.is_empty() && applied.unused.is_empty() && applied.errors.is_empty();
    if complete { Ok(()) } else { Err(format!("its tensors are not those of the network ({applied:?})")) }
}

/// The network's weights as safetensors bytes.
pub(super) fn bytes(network: &UNet) -> Result<Vec<u8>, String> {
    let mut store = SafetensorsStore::from_bytes(None);
    network.save_into(&mut store).map_err(|error| error.to_string())?;
    store.get_bytes().map_err(|error| error.to_string())
}

/// Writes `<name>.safetensors` and then `<name>.ron`, each whole or not at all; the manifest gets the weights' hash.
///
/// # Errors
/// [`ModelError::Weights`] or [`ModelError::Io`].
pub fn write(network: &UNet, mut manifest: Manifest, folder: &Path) -> Result<Manifest, ModelError> {
    let path = folder.join(&manifest.name).with_extension("safetensors");
    let weights = bytes(network).map_err(|reason| ModelError::Weights { path: path.clone(), reason })?;
    manifest.sha256 = sha256(&weights);
    let text = ron::ser::to_string_pretty(&manifest, ron::ser::PrettyConfig::default())
        .map_err(|error| ModelError::Manifest { path: path.clone(), reason: error.to_string() })?;
    let save = |path: &Path, bytes: &[u8]| {
        files::write_atomically(path, |w| w.write_all(bytes)).map_err(|source| ModelError::Io { path: path.into(), source })
    };
    save(&path, &weights)?;
    save(&path.with_extension("ron"), text.as_bytes())?;
    Ok(manifest)
}
