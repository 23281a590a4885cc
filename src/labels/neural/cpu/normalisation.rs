//! Instance normalisation (Ulyanov et al. 2016, arXiv:1607.08022) and the leaky rectifier after it, in one pass each way.

use super::field::Field;
use rayon::prelude::*;

/// Added to the variance, as burn's `InstanceNorm` does.
const EPSILON: f64 = 1e-5;
/// Slope of the rectifier below zero.
const LEAK: f32 = 0.01;

/// Scale and shift of each channel after normalisation.
#[derive(Clone, Debug)]
pub(super) struct Normalisation {
    pub(super) gamma: Vec<f32>,
    pub(super) beta: Vec<f32>,
}

/// What a forward pass remembers: mean and inverse standard deviation of each channel.
#[derive(Clone, Debug)]
pub(super) struct Moments {
    mean: Vec<f32>,
    inverse: Vec<f32>,
}

impl Normalisation {
    /// Normalises and rectifies `x`.
    pub(super) fn forward(&self, x: &Field) -> (Field, Moments) {
        let moments = Moments::of(x);
        let scale: Vec<f32> = self.gamma.iter().zip(&moments.inverse).map(|(g, inverse)| g * inverse).collect();
        let shift: Vec<f32> = (0..x.channels).map(|c| self.beta[c] - moments.mean[c] * scale[c]).collect();
        let mut out = Field::zeros(x.size, x.channels);
        let nj = x.size[1];
        out.rows_mut().for_each(|(row, values)| {
            let from = x.row(row / nj, row % nj);
            for (voxel, from) in values.chunks_exact_mut(x.channels).zip(from.chunks_exact(x.channels)) {
                for c in 0..voxel.len() {
                    let z = from[c] * scale[c] + shift[c];
                    voxel[c] = if z > 0.0 { z } else { LEAK * z };
                }
            }
        });
        (out, moments)
    }

    /// Gradients with respect to scale and shift and to `x`, given that with respect to the output.
    pub(super) fn backward(&self, x: &Field, moments: &Moments, out: &Field) -> (Self, Field) {
        let (channels, nj) = (x.channels, x.size[1]);
        let normalised = |c: usize, value: f32| (value - moments.mean[c]) * moments.inverse[c];
        let through = |c: usize, hat: f32, slope: f32| {
            if self.gamma[c] * hat + self.beta[c] > 0.0 { slope } else { LEAK * slope }
        };
        // Per channel: the sum of the gradient before the rectifier, and of it times the normalised value.
        let of_plane = |k: usize| {
            let mut sums = vec![[0.0f64; 2]; channels];
            for j in 0..nj {
                let slopes = out.row(k, j).chunks_exact(channels);
                for (from, slope) in x.row(k, j).chunks_exact(channels).zip(slopes) {
                    for (c, sum) in sums.iter_mut().enumerate() {
                        let hat = normalised(c, from[c]);
                        let z = f64::from(through(c, hat, slope[c]));
                        *sum = [sum[0] + z, sum[1] + z * f64::from(hat)];
                    }
                }
            }
            sums
        };
        let planes: Vec<Vec<[f64; 2]>> = (0..x.size[0]).into_par_iter().map(of_plane).collect();
        let total = |c: usize, n: usize| planes.iter().map(|plane| plane[c][n]).sum::<f64>();
        let beta: Vec<f32> = (0..channels).map(|c| total(c, 0) as f32).collect();
        let gamma: Vec<f32> = (0..channels).map(|c| total(c, 1) as f32).collect();
        let count = x.size.iter().product::<usize>() as f32;
        let mut before = Field::zeros(x.size, channels);
        before.rows_mut().for_each(|(row, values)| {
            let (from, slopes) = (x.row(row / nj, row % nj), out.row(row / nj, row % nj));
            for ((voxel, from), slope) in
                values.chunks_exact_mut(channels).zip(from.chunks_exact(channels)).zip(slopes.chunks_exact(channels))
            {
                for (c, value) in voxel.iter_mut().enumerate() {
                    let hat = normalised(c, from[c]);
                    let z = through(c, hat, slope[c]);
                    *value = self.gamma[c] * moments.inverse[c] * (z - (beta[c] + hat * gamma[c]) / count);
                }
            }
        });
        (Self { gamma, beta }, before)
    }
}

impl Moments {
    fn of(x: &Field) -> Self {
        let [nk, nj, _] = x.size;
        let of_plane = |k: usize| {
            let mut sums = vec![[0.0f64; 2]; x.channels];
            let mut row_sums = vec![[0.0f32; 2]; x.channels];
            for j in 0..nj {
                row_sums.fill([0.0; 2]);
                for voxel in x.row(k, j).chunks_exact(x.channels) {
                    row_sums.iter_mut().zip(voxel).for_each(|(sum, &v)| *sum = [sum[0] + v, sum[1] + v * v]);
                }
                for (sum, row) in sums.iter_mut().zip(&row_sums) {
                    *sum = [sum[0] + f64::from(row[0]), sum[1] + f64::from(row[1])];
                }
            }
            sums
        };
        let planes: Vec<Vec<[f64; 2]>> = (0..nk).into_par_iter().map(of_plane).collect();
        let count = x.size.iter().product::<usize>() as f64;
        let mean_of = |c: usize, n: usize| planes.iter().map(|plane| plane[c][n]).sum::<f64>() / count;
        let mean: Vec<f64> = (0..x.channels).map(|c| mean_of(c, 0)).collect();
        let variance = |c: usize| (mean_of(c, 1) - mean[c] * mean[c]).max(0.0);
        let inverse = (0..x.channels).map(|c| (variance(c) + EPSILON).sqrt().recip() as f32).collect();
        Self { mean: mean.iter().map(|&m| m as f32).collect(), inverse }
    }
}
