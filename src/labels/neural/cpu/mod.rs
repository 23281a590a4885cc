//! The network on the processor, forwards and backwards, several times as fast as through burn's own convolutions.
//!
//! Activations are channels-last with a border of zeros ([`field`]), so that a 3×3×3 convolution is nine matrix products per plane that read
//! the input where it lies, and nothing is copied. What burn computes is the reference: values and gradients are held against it in a test.

mod convolution;
mod field;
mod network;
mod normalisation;
mod parameters;
mod resolution;

pub(super) use field::Field;
pub(super) use network::Network;
pub(super) use parameters::{values_of, with_values};
