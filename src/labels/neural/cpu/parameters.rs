//! Between burn's parameters and the matrices of [`Network`].
//!
//! Both are walked in the order in which burn visits the network. Burn's convolutions hold (channels out, channels in, taps along k, j,
//! i); here a matrix has a row for each tap and channel in, a column for each channel out.

use super::{
    network::{Block, Mix, Network, Up},
    normalisation::Normalisation,
};
use crate::labels::neural::unet::{UNet, UNetShape};
use burn::{
    module::{Module, ModuleMapper, ModuleVisitor, Param},
    optim::GradientsParams,
    tensor::{Device, Tensor, TensorData},
};
use ndarray::Array2;
use std::collections::VecDeque;

/// Every parameter of a network, as burn lays it out and in the order of its visits.
pub(in super::super) fn values_of(network: &UNet) -> Vec<Vec<f32>> {
    struct Collect(Vec<Vec<f32>>);
    impl ModuleVisitor for Collect {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            self.0.push(param.val().into_data().iter::<f32>().collect());
        }
    }
    let mut collect = Collect(Vec::new());
    network.visit(&mut collect);
    collect.0
}

/// The network with other values for its parameters, in the order of [`values_of`].
pub(in super::super) fn with_values(network: UNet, values: Vec<Vec<f32>>) -> UNet {
    struct Fill(VecDeque<Vec<f32>>);
    impl ModuleMapper for Fill {
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
            let Some(values) = self.0.pop_front() else { return param };
            param.map(|old| {
                let new = Tensor::from_data(TensorData::new(values, old.dims()), &old.device());
                if old.is_require_grad() { new.require_grad() } else { new }
            })
        }
    }
    network.map(&mut Fill(values.into()))
}

impl Network {
    /// The matrices of a network of burn.
    pub(in super::super) fn of(network: &UNet, shape: &UNetShape) -> Self {
        let mut values = values_of(network).into_iter();
        let mut next = move || values.next().unwrap_or_default();
        let channels = &shape.channels;
        let block = |next: &mut dyn FnMut() -> Vec<f32>, inputs: usize, outputs: usize| Block {
            weights: convolution(&next(), 27, inputs, outputs),
            norm: Normalisation { gamma: next(), beta: next() },
        };
        let inputs = std::iter::once(&shape.inputs).chain(&channels[1..]);
        let encoder = inputs.zip(channels).map(|(&from, &to)| block(&mut next, from, to)).collect();
        let down = (channels.windows(2)).map(|w| Mix { weights: convolution(&next(), 8, w[0], w[1]), bias: next() }).collect();
        let deepest = channels[channels.len() - 1];
        let bottom = block(&mut next, deepest, deepest);
        let up = (channels.windows(2))
            .map(|w| Up { widen: widening(&next(), w[1], w[0]), block: block(&mut next, w[0], w[0]) })
            .collect();
        let head = Mix { weights: convolution(&next(), 1, channels[0], shape.classes), bias: next() };
        Self { encoder, down, bottom, up, head }
    }

    /// These weights as burn lays them out, in the order of its visits.
    fn values(&self) -> Vec<Vec<f32>> {
        let mut values = Vec::new();
        let block = |values: &mut Vec<Vec<f32>>, block: &Block| {
            values.push(burn_convolution(&block.weights, 27));
            values.extend([block.norm.gamma.clone(), block.norm.beta.clone()]);
        };
        self.encoder.iter().for_each(|b| block(&mut values, b));
        self.down.iter().for_each(|d| values.extend([burn_convolution(&d.weights, 8), d.bias.clone()]));
        block(&mut values, &self.bottom);
        for up in &self.up {
            values.push(burn_widening(&up.widen));
            block(&mut values, &up.block);
        }
        values.extend([burn_convolution(&self.head.weights, 1), self.head.bias.clone()]);
        values
    }

    /// These gradients, as burn's optimizers want them for `network`.
    pub(in super::super) fn gradients_for(&self, network: &UNet, device: &Device) -> GradientsParams {
        struct Register<'a> {
            values: VecDeque<Vec<f32>>,
            device: &'a Device,
            gradients: GradientsParams,
        }
        impl ModuleVisitor for Register<'_> {
            fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
                if let Some(values) = self.values.pop_front() {
                    let gradient = Tensor::<D>::from_data(TensorData::new(values, param.val().dims()), self.device);
                    self.gradients.register(param.id, gradient);
                }
            }
        }
        let mut register = Register { values: self.values().into(), device, gradients: GradientsParams::new() };
        network.visit(&mut register);
        register.gradients
    }
}

/// (out, in, taps) to (taps · in) × out.
fn convolution(values: &[f32], taps: usize, inputs: usize, outputs: usize) -> Array2<f32> {
    Array2::from_shape_fn((taps * inputs, outputs), |(row, out)| values[(out * inputs + row % inputs) * taps + row / inputs])
}

fn burn_convolution(weights: &Array2<f32>, taps: usize) -> Vec<f32> {
    let (rows, outputs) = weights.dim();
    let inputs = rows / taps;
    let at = |n: usize| weights[[n % taps * inputs + n / taps % inputs, n / (taps * inputs)]];
    (0..rows * outputs).map(at).collect()
}

/// (8 · here with the voxel of eight fastest, below) to below × (8 · here with the channel fastest).
fn widening(values: &[f32], below: usize, here: usize) -> Array2<f32> {
    Array2::from_shape_fn((below, 8 * here), |(b, column)| values[(column % here * 8 + column / here) * below + b])
}

fn burn_widening(weights: &Array2<f32>) -> Vec<f32> {
    let (below, wide) = weights.dim();
    let here = wide / 8;
    (0..below * wide).map(|n| (n / below, n % below)).map(|(row, b)| weights[[b, row % 8 * here + row / 8]]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labels::neural::{
        cpu::Field,
        engine::{to_tensor, values as numbers},
    };

    fn wave(n: usize, pace: f32) -> Vec<f32> {
        (0..n).map(|i| (i as f32 * pace).sin() + 0.3 * (i as f32 * 0.013).cos()).collect()
    }

    fn close(name: &str, found: &[f32], expected: &[f32], tolerance: f32) {
        let scale = expected.iter().fold(0.0f32, |m, v| m.max(v.abs())).max(1e-6);
        let worst = found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert_eq!(found.len(), expected.len(), "{name}");
        assert!(worst <= tolerance * scale, "{name}: off by {worst} of {scale}");
    }

    #[test]
    fn values_and_gradients_are_those_of_burn() {
        let device = Device::flex().autodiff();
        device.seed(3);
        let shape = UNetShape { inputs: 3, channels: vec![4, 6, 10], classes: 5 };
        let start = UNet::new(&shape, &device);
        // Norms of fresh networks are all ones and zeros: any values serve better.
        let shaken = values_of(&start).into_iter().map(|p| p.iter().zip(wave(p.len(), 0.7)).map(|(a, b)| a + 0.2 * b).collect());
        let network = with_values(start, shaken.collect());
        let size = [12, 8, 4];
        let voxels: usize = size.iter().product();
        let (input, slope) = (wave(3 * voxels, 0.37), wave(5 * voxels, 0.11));

        let logits = network.forward(to_tensor(input.clone(), 3, size, &device));
        let expected = numbers(logits.clone().inner());
        let carrier = (logits * to_tensor(slope.clone(), 5, size, &device)).sum();
        let theirs = GradientsParams::from_grads(carrier.backward(), &network);

        let matrices = Network::of(&network, &shape);
        let (logits, trace) = matrices.traced(Field::from_planar(&input, 3, size));
        close("logits", &logits.to_planar(), &expected, 1e-4);
        let without_trace = matrices.forward(Field::from_planar(&input, 3, size));
        assert_eq!(without_trace.to_planar(), logits.to_planar());
        let ours = matrices.backward(&trace, &Field::from_planar(&slope, 5, size)).values();

        struct Compare<'a>(VecDeque<Vec<f32>>, &'a GradientsParams, usize);
        impl ModuleVisitor for Compare<'_> {
            fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
                let expected: Vec<f32> = self.1.get::<D>(param.id).unwrap().into_data().iter::<f32>().collect();
                close(
                    &format!("gradient {} of shape {:?}", self.2, param.val().dims()),
                    &self.0.pop_front().unwrap(),
                    &expected,
                    2e-3,
                );
                self.2 += 1;
            }
        }
        let mut compare = Compare(ours.into(), &theirs, 0);
        network.visit(&mut compare);
        assert!(compare.0.is_empty() && compare.2 > 20);
    }

    #[test]
    fn matrices_and_burn_hold_the_same_numbers() {
        let device = Device::flex();
        device.seed(5);
        let shape = UNetShape { inputs: 2, channels: vec![3, 4], classes: 3 };
        let network = UNet::new(&shape, &device);
        assert_eq!(Network::of(&network, &shape).values(), values_of(&network));
    }
}
