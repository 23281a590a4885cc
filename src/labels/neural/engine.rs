//! A network ready to compute: on the processor through our own convolutions, elsewhere through burn's.

use super::{
    cpu::{Field, Network},
    unet::{UNet, UNetShape},
    weights::Model,
};
use crate::labels::SegmentError;
use burn::tensor::{Device, Tensor, TensorData};

/// Where and how a network computes.
pub struct Engine(Kind);

enum Kind {
    /// On the processor.
    Processor(Network),
    /// On a device of burn.
    Burn(Box<UNet>, Device),
}

impl Engine {
    /// A shipped or trained network on the processor.
    ///
    /// # Errors
    /// [`SegmentError::Model`].
    pub fn on_processor(model: &Model) -> Result<Self, SegmentError> {
        Ok(Self::of(&model.load(&Device::flex())?, &model.manifest.shape))
    }

    /// A network in training, on the processor.
    pub(super) fn of(network: &UNet, shape: &UNetShape) -> Self {
        Self(Kind::Processor(Network::of(network, shape)))
    }

    /// A shipped or trained network on a device of burn.
    ///
    /// # Errors
    /// [`SegmentError::Model`].
    pub fn on_device(model: &Model, device: &Device) -> Result<Self, SegmentError> {
        Ok(Self(Kind::Burn(Box::new(model.load(device)?), device.clone())))
    }

    /// Logits, class after class; `input` is channel after channel, `i` fastest; `size` along i, j, k.
    #[must_use]
    pub fn logits(&self, input: Vec<f32>, channels: usize, size: [usize; 3]) -> Vec<f32> {
        match &self.0 {
            Kind::Processor(network) => network.forward(Field::from_planar(&input, channels, size)).to_planar(),
            Kind::Burn(network, device) => values(network.forward(to_tensor(input, channels, size, device))),
        }
    }
}

/// A tensor of burn, `[1, channels, k, j, i]`.
pub(super) fn to_tensor(values: Vec<f32>, channels: usize, [ni, nj, nk]: [usize; 3], device: &Device) -> Tensor<5> {
    Tensor::from_data(TensorData::new(values, [1, channels, nk, nj, ni]), device)
}

/// The numbers of a tensor; they are f32 throughout this module.
pub(super) fn values(tensor: Tensor<5>) -> Vec<f32> {
    tensor.into_data().iter::<f32>().collect()
}
