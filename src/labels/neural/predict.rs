//! Running the coarse network over a CT: tiles along the body, each also seen in the mirror, blended where they overlap.

use super::{
    engine::Engine,
    input::{Coarse, INPUTS, covering},
    loss::softmax,
    manifest::Manifest,
};
use crate::{
    labels::Label,
    progress::Progress,
    volume::{Grid, Volume},
};
use nalgebra::{Point3, Vector3};

/// A voxel that is more surely background than this is no bone.
const MAYBE_BACKGROUND: f32 = 0.6;

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

    /// Centres (LPS mm) of the voxels that may be bone.
    pub(in crate::labels) fn maybe_bone(&self) -> impl Iterator<Item = Point3<f64>> {
        let background = self.class(0);
        (0..self.grid.len()).filter(|&at| background[at] < MAYBE_BACKGROUND).map(|at| self.grid.centre(self.grid.voxel(at)))
    }

    /// Probabilities of all classes at a fractional voxel, trilinear; false (and nothing written) more than half a voxel outside the grid.
    pub fn interpolate(&self, voxel: &Vector3<f64>, values: &mut [f32]) -> bool {
        let size = self.grid.size;
        if (0..3).any(|a| !(voxel[a] >= -0.5 && voxel[a] <= size[a] as f64 - 0.5)) {
            return false;
        }
        let clamped = [0, 1, 2].map(|a| voxel[a].clamp(0.0, size[a] as f64 - 1.0));
        let low = clamped.map(|v| v.floor() as usize);
        let part = [0, 1, 2].map(|a| (clamped[a] - low[a] as f64) as f32);
        let high = [0, 1, 2].map(|a| (low[a] + 1).min(size[a] - 1));
        values.fill(0.0);
        let n = self.grid.len();
        for corner in 0..8 {
            let pick = |a: usize| if corner >> a & 1 == 1 { (high[a], part[a]) } else { (low[a], 1.0 - part[a]) };
            let [(i, wi), (j, wj), (k, wk)] = [pick(0), pick(1), pick(2)];
            let weight = wi * wj * wk;
            if weight > 0.0 {
                let at = self.grid.index([i, j, k]);
                for (class, value) in values.iter_mut().enumerate() {
                    *value += weight * self.values[class * n + at];
                }
            }
        }
        true
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
pub fn predict(engine: &Engine, manifest: &Manifest, coarse: &Coarse, progress: &dyn Progress) -> Option<Probabilities> {
    let [ni, nj, nk] = coarse.grid.size;
    let patch = manifest.patch;
    let (n, classes, tile) = (coarse.grid.len(), manifest.classes.len(), patch.iter().product::<usize>());
    let channels = coarse.channels();
    let mirror: Vec<usize> = (manifest.classes.iter())
        .map(|&label| manifest.classes.iter().position(|&c| c == label.mirrored()).unwrap_or(0))
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
            let logits = engine.logits(input, INPUTS, patch);
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
