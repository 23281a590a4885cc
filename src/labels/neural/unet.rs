//! The network: a small 3D U-Net (Çiçek et al., MICCAI 2016, doi:10.1007/978-3-319-46723-8_49) that sees the whole pelvis at once.
//!
//! Most of its weights sit two and three halvings down, where a convolution over the whole field of view costs little: what it has
//! to learn is which bone is where, not where exactly the bone ends (that is [`super::super::refine`]'s part).

use burn::{
    module::{Initializer, Module},
    nn::{
        PaddingConfig3d,
        conv::{Conv3d, Conv3dConfig},
        norm::{InstanceNorm, InstanceNormConfig},
    },
    tensor::{Device, Tensor, activation::leaky_relu},
};
use serde::{Deserialize, Serialize};

/// Numbers of channels that fix the network's shape; part of the manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UNetShape {
    /// Channels of the input.
    pub inputs: usize,
    /// Channels at full resolution, then after each halving.
    pub channels: Vec<usize>,
    /// Number of classes.
    pub classes: usize,
}

impl UNetShape {
    /// Every side of the input must be a multiple of this.
    #[must_use]
    pub fn multiple(&self) -> usize {
        1 << (self.channels.len() - 1)
    }
}

/// What a network's weights are before they are trained or loaded.
struct Start<'a> {
    device: &'a Device,
    initializer: Option<Initializer>,
}

impl Start<'_> {
    fn conv(&self, config: Conv3dConfig) -> Conv3d {
        match &self.initializer {
            Some(initializer) => config.with_initializer(initializer.clone()).init(self.device),
            None => config.init(self.device),
        }
    }
}

/// Convolution 3×3×3, instance normalisation, leaky rectifier.
#[derive(Module, Debug)]
struct Block {
    conv: Conv3d,
    norm: InstanceNorm,
}

impl Block {
    fn new(inputs: usize, outputs: usize, start: &Start) -> Self {
        let conv =
            Conv3dConfig::new([inputs, outputs], [3, 3, 3]).with_padding(PaddingConfig3d::Explicit(1, 1, 1)).with_bias(false);
        Self { conv: start.conv(conv), norm: InstanceNormConfig::new(outputs).init(start.device) }
    }

    fn forward(&self, x: Tensor<5>) -> Tensor<5> {
        leaky_relu(self.norm.forward(self.conv.forward(x)), 0.01)
    }
}

/// One resolution of the decoder: up from below, joined with the encoder's features by addition, one block.
#[derive(Module, Debug)]
struct Up {
    widen: Conv3d,
    block: Block,
}

impl Up {
    fn new(below: usize, here: usize, start: &Start) -> Self {
        let widen = Conv3dConfig::new([below, 8 * here], [1, 1, 1]).with_bias(false);
        Self { widen: start.conv(widen), block: Block::new(here, here, start) }
    }

    fn forward(&self, below: Tensor<5>, skip: Tensor<5>) -> Tensor<5> {
        self.block.forward(depth_to_space(self.widen.forward(below)) + skip)
    }
}

/// Spreads 8·C channels over 2×2×2 voxels: the same as a transposed convolution of kernel and stride 2, but through a fast 1×1×1 one.
fn depth_to_space(x: Tensor<5>) -> Tensor<5> {
    let [n, c, d, h, w] = x.dims();
    let split: Tensor<8> = x.reshape([n * (c / 8), 2, 2, 2, d, h, w, 1]);
    split.permute([0, 4, 1, 5, 2, 6, 3, 7]).reshape([n, c / 8, 2 * d, 2 * h, 2 * w])
}

/// The network itself. Input `[1, inputs, k, j, i]`, output `[1, classes, k, j, i]` (logits).
#[derive(Module, Debug)]
pub struct UNet {
    encoder: Vec<Block>,
    down: Vec<Conv3d>,
    bottom: Block,
    up: Vec<Up>,
    head: Conv3d,
}

impl UNet {
    /// A network with fresh random weights (seed the device for reproducible ones).
    #[must_use]
    pub fn new(shape: &UNetShape, device: &Device) -> Self {
        Self::build(shape, &Start { device, initializer: None })
    }

    /// A network without any knowledge, to be filled from a file. Draws no random numbers: they belong to whoever is training.
    #[must_use]
    pub fn blank(shape: &UNetShape, device: &Device) -> Self {
        Self::build(shape, &Start { device, initializer: Some(Initializer::Zeros) })
    }

    fn build(shape: &UNetShape, start: &Start) -> Self {
        let c = &shape.channels;
        let inputs = std::iter::once(shape.inputs).chain(c[1..].iter().copied());
        let halved = |from: usize, to: usize| start.conv(Conv3dConfig::new([from, to], [2, 2, 2]).with_stride([2, 2, 2]));
        Self {
            encoder: inputs.zip(c).map(|(from, &to)| Block::new(from, to, start)).collect(),
            down: c.windows(2).map(|w| halved(w[0], w[1])).collect(),
            bottom: Block::new(c[c.len() - 1], c[c.len() - 1], start),
            up: c.windows(2).map(|w| Up::new(w[1], w[0], start)).collect(),
            head: start.conv(Conv3dConfig::new([c[0], shape.classes], [1, 1, 1])),
        }
    }

    /// Logits of every class at every voxel.
    #[must_use]
    pub fn forward(&self, input: Tensor<5>) -> Tensor<5> {
        let mut x = self.encoder[0].forward(input);
        let mut skips = Vec::with_capacity(self.down.len());
        for (down, block) in self.down.iter().zip(&self.encoder[1..]) {
            skips.push(x.clone());
            x = block.forward(down.forward(x));
        }
        x = self.bottom.forward(x);
        for up in self.up.iter().rev() {
            // One skip was pushed for every `up`.
            let Some(skip) = skips.pop() else { break };
            x = up.forward(x, skip);
        }
        self.head.forward(x)
    }
}
