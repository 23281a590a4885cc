//! The same U-Net as [`UNet`](super::super::unet::UNet), as matrices.

use super::{
    convolution::{convolve, input_gradient, mix, mix_gradients, weight_gradient},
    field::Field,
    normalisation::{Moments, Normalisation},
    resolution::{double, double_gradients, halve, halve_gradients},
};
use ndarray::Array2;

/// Weights of the network, or their gradients.
#[derive(Clone, Debug)]
pub(in super::super) struct Network {
    pub(super) encoder: Vec<Block>,
    pub(super) down: Vec<Mix>,
    pub(super) bottom: Block,
    pub(super) up: Vec<Up>,
    pub(super) head: Mix,
}

/// Convolution, normalisation, rectifier.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) weights: Array2<f32>,
    pub(super) norm: Normalisation,
}

/// A matrix over channels with a bias.
#[derive(Clone, Debug)]
pub(super) struct Mix {
    pub(super) weights: Array2<f32>,
    pub(super) bias: Vec<f32>,
}

/// One resolution of the decoder.
#[derive(Clone, Debug)]
pub(super) struct Up {
    pub(super) widen: Array2<f32>,
    pub(super) block: Block,
}

/// What a block remembers for the way back.
struct BlockTrace {
    input: Field,
    convolved: Field,
    moments: Moments,
}

/// What a forward pass remembers for the way back.
pub(in super::super) struct Trace {
    encoder: Vec<BlockTrace>,
    /// Output of every encoder block but the last: input of the way down, and skip.
    skips: Vec<Field>,
    bottom: BlockTrace,
    /// From the lowest resolution up: what lay below, and the block's trace.
    up: Vec<(Field, BlockTrace)>,
    last: Field,
}

impl Block {
    fn apply(&self, x: &Field) -> Field {
        self.norm.forward(&convolve(x, &self.weights)).0
    }

    fn forward(&self, x: Field) -> (Field, BlockTrace) {
        let convolved = convolve(&x, &self.weights);
        let (out, moments) = self.norm.forward(&convolved);
        (out, BlockTrace { input: x, convolved, moments })
    }

    /// Gradients of the weights, and of the input where it is wanted.
    fn backward(&self, trace: &BlockTrace, out: &Field, wanted: bool) -> (Self, Option<Field>) {
        let (norm, convolved) = self.norm.backward(&trace.convolved, &trace.moments, out);
        let weights = weight_gradient(&trace.input, &convolved);
        (Self { weights, norm }, wanted.then(|| input_gradient(&self.weights, &convolved)))
    }
}

impl Network {
    /// Logits of every class at every voxel. Every side of `input` must be a multiple of [`UNetShape::multiple`](super::super::UNetShape).
    pub(in super::super) fn forward(&self, input: Field) -> Field {
        let mut x = self.encoder[0].apply(&input);
        drop(input);
        let mut skips = Vec::new();
        for (down, block) in self.down.iter().zip(&self.encoder[1..]) {
            let lower = block.apply(&halve(&x, &down.weights, &down.bias));
            skips.push(std::mem::replace(&mut x, lower));
        }
        x = self.bottom.apply(&x);
        for (step, skip) in self.up.iter().rev().zip(skips.into_iter().rev()) {
            x = step.block.apply(&double(&x, &step.widen, &skip));
        }
        mix(&x, &self.head.weights, &self.head.bias)
    }

    /// [`Self::forward`], remembering what the way back needs: several times the memory.
    pub(in super::super) fn traced(&self, input: Field) -> (Field, Trace) {
        let (mut x, first) = self.encoder[0].forward(input);
        let (mut encoder, mut skips) = (vec![first], Vec::new());
        for (down, block) in self.down.iter().zip(&self.encoder[1..]) {
            let (out, trace) = block.forward(halve(&x, &down.weights, &down.bias));
            encoder.push(trace);
            skips.push(std::mem::replace(&mut x, out));
        }
        let (mut x, bottom) = self.bottom.forward(x);
        let mut up = Vec::new();
        for (step, skip) in self.up.iter().rev().zip(skips.iter().rev()) {
            let (out, trace) = step.block.forward(double(&x, &step.widen, skip));
            up.push((std::mem::replace(&mut x, out), trace));
        }
        let logits = mix(&x, &self.head.weights, &self.head.bias);
        (logits, Trace { encoder, skips, bottom, up, last: x })
    }

    /// Gradients of all weights, given that of the logits.
    pub(in super::super) fn backward(&self, trace: &Trace, logits: &Field) -> Self {
        let (weights, bias, mut out) = mix_gradients(&trace.last, &self.head.weights, logits);
        let head = Mix { weights, bias };
        let mut up = Vec::new();
        let mut skip_gradients = Vec::new();
        // The decoder ran from the lowest resolution up: back from the highest down.
        for (step, (below, trace)) in self.up.iter().zip(trace.up.iter().rev()) {
            let (block, before) = step.block.backward(trace, &out, true);
            let before = before.unwrap_or_else(|| unreachable!("it was wanted"));
            let (widen, lower) = double_gradients(below, &step.widen, &before);
            up.push(Up { widen, block });
            skip_gradients.push(before);
            out = lower;
        }
        let (bottom, before) = self.bottom.backward(&trace.bottom, &out, true);
        out = before.unwrap_or_else(|| unreachable!("it was wanted"));
        let (mut encoder, mut down) = (Vec::new(), Vec::new());
        for level in (0..self.encoder.len()).rev() {
            let (block, before) = self.encoder[level].backward(&trace.encoder[level], &out, level > 0);
            encoder.push(block);
            if let (Some(before), Some(skip)) = (before, skip_gradients.pop()) {
                let above = &self.down[level - 1];
                let (weights, bias, mut higher) = halve_gradients(&trace.skips[level - 1], &above.weights, &before);
                down.push(Mix { weights, bias });
                higher.add(&skip);
                out = higher;
            }
        }
        encoder.reverse();
        down.reverse();
        Self { encoder, down, bottom, up, head }
    }
}
