//! The 3×3×3 convolution with padding, its gradients, and the products with matrices that stand for 1×1×1 convolutions.

use super::field::Field;
use ndarray::{Array2, Axis, Slice, linalg::general_mat_mul};
use rayon::prelude::*;

/// Convolves with `weights` of (27 · channels in) × channels out: taps along k, j, i (i fastest), then channels.
pub(super) fn convolve(x: &Field, weights: &Array2<f32>) -> Field {
    let outputs = weights.ncols();
    let mut out = Field::zeros(x.size, outputs);
    let (size, three) = (x.size, 3 * x.channels);
    out.planes_mut().for_each(|(k, plane)| {
        let mut sum = Field::run_of(plane, size, outputs);
        for tap in 0..9 {
            let share = weights.slice_axis(Axis(0), rows(tap, three));
            general_mat_mul(1.0, &x.neighbours(k, tap), &share, f32::from(u8::from(tap > 0)), &mut sum);
        }
        Field::clear_border(plane, size, outputs);
    });
    out
}

/// The rows of a tap (of nine) in the weights.
fn rows(tap: usize, three: usize) -> Slice {
    Slice::from(tap * three..(tap + 1) * three)
}

/// Gradient of [`convolve`] with respect to its weights, given that with respect to its output.
pub(super) fn weight_gradient(x: &Field, out: &Field) -> Array2<f32> {
    let three = 3 * x.channels;
    let shape = (9 * three, out.channels);
    let of_plane = |k: usize| {
        let mut sum = Array2::zeros(shape);
        for tap in 0..9 {
            let mut share = sum.slice_axis_mut(Axis(0), rows(tap, three));
            general_mat_mul(1.0, &x.neighbours(k, tap).t(), &out.run_matrix(k), 0.0, &mut share);
        }
        sum
    };
    sum_of_planes(x.size[0], shape, of_plane)
}

/// Gradient of [`convolve`] with respect to its input: the convolution with the taps the other way round.
pub(super) fn input_gradient(weights: &Array2<f32>, out: &Field) -> Field {
    let (outputs, inputs) = (weights.ncols(), weights.nrows() / 27);
    let turned = Array2::from_shape_fn((27 * outputs, inputs), |(row, input)| {
        let (tap, output) = (row / outputs, row % outputs);
        weights[[(26 - tap) * inputs + input, output]]
    });
    convolve(out, &turned)
}

/// Sums a matrix over planes: computed in parallel, added in order, so that the sum does not depend on the threads.
pub(super) fn sum_of_planes(planes: usize, shape: (usize, usize), of_plane: impl Fn(usize) -> Array2<f32> + Sync) -> Array2<f32> {
    let parts: Vec<Array2<f32>> = (0..planes).into_par_iter().map(&of_plane).collect();
    parts.into_iter().fold(Array2::zeros(shape), |sum, part| sum + part)
}

/// A 1×1×1 convolution: every voxel times `weights` (channels in × channels out), plus `bias`.
pub(super) fn mix(x: &Field, weights: &Array2<f32>, bias: &[f32]) -> Field {
    let outputs = weights.ncols();
    let mut out = Field::zeros(x.size, outputs);
    let size = x.size;
    out.planes_mut().for_each(|(k, plane)| {
        let mut run = Field::run_of(plane, size, outputs);
        general_mat_mul(1.0, &x.run_matrix(k), weights, 0.0, &mut run);
        run.rows_mut().into_iter().for_each(|mut voxel| voxel.iter_mut().zip(bias).for_each(|(v, b)| *v += b));
        Field::clear_border(plane, size, outputs);
    });
    out
}

/// Gradients of [`mix`]: with respect to weights, bias and input.
pub(super) fn mix_gradients(x: &Field, weights: &Array2<f32>, out: &Field) -> (Array2<f32>, Vec<f32>, Field) {
    let shape = weights.dim();
    let of_plane = |k: usize| x.run_matrix(k).t().dot(&out.run_matrix(k));
    let turned = weights.t().as_standard_layout().into_owned();
    let no_bias = vec![0.0; shape.0];
    (sum_of_planes(x.size[0], shape, of_plane), channel_sums(out), mix(out, &turned, &no_bias))
}

/// Sum over all voxels of every channel.
pub(super) fn channel_sums(x: &Field) -> Vec<f32> {
    let [nk, nj, _] = x.size;
    let plane = |k: usize| {
        let mut sums = vec![0.0f64; x.channels];
        for j in 0..nj {
            for voxel in x.row(k, j).chunks_exact(x.channels) {
                sums.iter_mut().zip(voxel).for_each(|(sum, &v)| *sum += f64::from(v));
            }
        }
        sums
    };
    let planes: Vec<Vec<f64>> = (0..nk).into_par_iter().map(plane).collect();
    (0..x.channels).map(|c| planes.iter().map(|p| p[c]).sum::<f64>() as f32).collect()
}
