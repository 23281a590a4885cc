//! The segmentation network: its shape, weights, training and running.

mod checkpoint;
mod curve;
mod device;
mod examples;
mod input;
mod loss;
mod manifest;
#[cfg(any(feature = "gpu", test))]
mod parity;
mod predict;
mod train;
mod unet;
mod weights;

pub use device::{Device, DeviceChoice, run_network, training_device};
pub use examples::{Cut, Patient};
pub use input::Coarse;
pub use manifest::{Manifest, ModelError, Trained, sha256};
pub use predict::Probabilities;
pub use train::{CurvePoint, TrainError, TrainOptions, train};
pub use unet::{UNet, UNetShape};
pub use weights::Model;
