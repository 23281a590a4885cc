//! The segmentation networks: their shape, weights, training and running.

mod checkpoint;
mod confidence;
mod cpu;
mod curve;
mod device;
mod engine;
mod examples;
mod fine;
mod fine_examples;
mod input;
mod loss;
mod manifest;
#[cfg(any(feature = "gpu", test))]
mod parity;
mod predict;
mod train;
mod unet;
mod validation;
mod ward;
mod weights;

pub use confidence::{CONFIDENCE_FORMAT_VERSION, Confidence};
pub use device::{Device, Opinion, run_networks, training_device};
pub use engine::Engine;
pub use examples::Cut;
pub use manifest::{Manifest, ModelError, Role, Trained, sha256};
pub use predict::Probabilities;
pub use train::{CurvePoint, Task, TrainError, TrainOptions, train};
pub use unet::{UNet, UNetShape};
pub use weights::{Model, Networks};
