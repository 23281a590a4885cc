//! Running the network over a CT: tiles along the body, each also seen in the mirror, blended where they overlap.

use super::{
    examples::other_side,
    input::{Coarse, INPUTS, covering},
    loss::softmax,
    manifest::Manifest,
    train::{to_tensor, values},
    unet::UNet,
};
use crate::{
    labels::Label,
    progress::Progress,
    volume::{Grid, Volume},
};
use burn::tensor::Device;

/// Probability of every class at every voxel of the network's grid.
#[derive(Clone, Debug)]
pub struct Probabilities {
    /// The coarse grid, axis-aligned in LPS.
    pub grid: Grid,
    /// Label of every class; the first is the background.
    pub classes: Vec<Label>,
    /// Class after class, `i` fastest.
    pub values: Vec<f32>,
}

impl Probabilities {
    /// The probabilities of one class.
    #[must_use]
    pub fn class(&self, class: usize) -> &[f32] {
        let n = self.grid.len();
        &self.values[class * n..(class + 1) * n]
    }
}

/// The part of a CT that the network looks at: all of its length, and across it one patch around the middle of the body.
#[must_use]
pub fn field(volume: &Volume, manifest: &Manifest) -> Coarse {
    let overview = Coarse::sample(volume, covering(&volume.grid, manifest.spacing_mm));
    let [x, y] = overview.body_centre_mm();
    let spacing = manifest.spacing_mm;
    let length = overview.grid.size[2];
    let size = [manifest.patch[0], manifest.patch[1], length.max(manifest.patch[2])];
    let mut origin = overview.grid.origin;
    origin.x += x - (size[0] as f64 - 1.0) / 2.0 * spacing;
    origin.y += y - (size[1] as f64 - 1.0) / 2.0 * spacing;
    origin.z -= ((size[2] - length) as f64 / 2.0).floor() * spacing;
    Coarse::sample(volume, Grid::axis_aligned(size, [spacing; 3], origin))
}

/// Probabilities of the classes; `None` when `progress` was cancelled.
#[must_use]
pub fn predict(
    network: &UNet,
    manifest: &Manifest,
    coarse: &Coarse,
    device: &Device,
    progress: &dyn Progress,
) -> Option<Probabilities> {
    let [ni, nj, nk] = coarse.grid.size;
    let patch = manifest.patch;
    let (n, classes, tile) = (coarse.grid.len(), manifest.classes.len(), patch.iter().product::<usize>());
    let channels = coarse.channels();
    let mirror: Vec<usize> = (manifest.classes.iter())
        .map(|&label| manifest.classes.iter().position(|&c| c == other_side(label)).unwrap_or(0))
        .collect();
    let mut sums = vec![0.0f32; classes * n];
    let mut weights = vec![0.0f32; nk];
    let starts = starts(nk, patch[2]);
    for (done, &start) in starts.iter().enumerate() {
        let slab = start * ni * nj;
        for mirrored in [false, true] {
            if progress.cancelled() {
                return None;
            }
            let mut input: Vec<f32> =
                (0..INPUTS).flat_map(|c| channels[c * n + slab..c * n + slab + tile].iter().copied()).collect();
            if mirrored {
                input.chunks_mut(ni).for_each(<[f32]>::reverse);
                // Channel 3 is the distance from the body's middle to the left.
                input[3 * tile..4 * tile].iter_mut().for_each(|x| *x = -*x);
            }
            let logits = values(network.forward(to_tensor(input, INPUTS, patch, device)));
            let mut probabilities = softmax(&logits, tile, classes);
            if mirrored {
                probabilities.chunks_mut(ni).for_each(<[f32]>::reverse);
            }
            for (class, &other) in mirror.iter().enumerate().take(classes) {
                let from = if mirrored { other } else { class };
                let seen = &probabilities[from * tile..(from + 1) * tile];
                for (k, slice) in seen.chunks(ni * nj).enumerate() {
                    let weight = blend(k, patch[2]);
                    let at = class * n + slab + k * ni * nj;
                    sums[at..at + ni * nj].iter_mut().zip(slice).for_each(|(sum, p)| *sum += weight * p);
                    weights[start + k] += if class == 0 { weight } else { 0.0 };
                }
            }
        }
        progress.report("looking for the bones", (done + 1) as f64 / starts.len() as f64);
    }
    for (at, sum) in sums.iter_mut().enumerate() {
        *sum /= weights[at % n / (ni * nj)];
    }
    Some(Probabilities { grid: coarse.grid.clone(), classes: manifest.classes.clone(), values: sums })
}

/// First slices of tiles that cover `length` with half a tile of overlap.
fn starts(length: usize, tile: usize) -> Vec<usize> {
    let steps = (length - tile).div_ceil(tile / 2);
    (0..=steps).map(|s| (s * tile / 2).min(length - tile)).collect()
}

/// Weight of a slice within its tile: full in the middle, little at the ends, where half of the context is missing.
fn blend(k: usize, tile: usize) -> f32 {
    let to_end = k.min(tile - 1 - k) as f32 + 1.0;
    (to_end / (tile as f32 / 4.0)).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_cover_every_slice_and_stay_inside() {
        for length in [64, 65, 96, 100, 300] {
            let starts = starts(length, 64);
            assert_eq!(starts[0], 0);
            assert_eq!(starts.last().map(|s| s + 64), Some(length));
            assert!(starts.windows(2).all(|w| w[1] - w[0] <= 32 && w[1] > w[0]));
        }
    }
}
