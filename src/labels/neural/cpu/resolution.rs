//! Between two resolutions: the 2×2×2 convolution of stride 2 downwards, and eight voxels from one upwards.

use super::{
    convolution::{channel_sums, sum_of_planes},
    field::Field,
};
use ndarray::{Array2, linalg::general_mat_mul};
use rayon::prelude::*;

/// The eight voxels that become one, side by side, for every voxel of the lower plane k: voxels × (8 · channels), dx fastest, then channels.
fn gathered(x: &Field, k: usize) -> Array2<f32> {
    let [_, nj, ni] = x.size.map(|n| n / 2);
    let two = 2 * x.channels;
    let mut columns = vec![0.0; nj * ni * 4 * two];
    for (n, voxel) in columns.chunks_exact_mut(4 * two).enumerate() {
        let (j, i) = (n / ni, n % ni);
        for (edge, pair) in voxel.chunks_exact_mut(two).enumerate() {
            pair.copy_from_slice(&x.row(2 * k + edge / 2, 2 * j + edge % 2)[i * two..(i + 1) * two]);
        }
    }
    Array2::from_shape_vec((nj * ni, 4 * two), columns).unwrap_or_else(|_| unreachable!("as many values as its shape says"))
}

/// The voxels of plane k, without borders, as voxels × channels.
fn plane_matrix(x: &Field, k: usize) -> Array2<f32> {
    let [_, nj, ni] = x.size;
    let values: Vec<f32> = (0..nj).flat_map(|j| x.row(k, j).iter().copied()).collect();
    Array2::from_shape_vec((nj * ni, x.channels), values).unwrap_or_else(|_| unreachable!("as many values as its shape says"))
}

/// Halves the resolution: eight voxels times `weights` ((8 · channels in) × channels out), plus `bias`.
pub(super) fn halve(x: &Field, weights: &Array2<f32>, bias: &[f32]) -> Field {
    let channels = weights.ncols();
    let mut out = Field::zeros(x.size.map(|n| n / 2), channels);
    let [_, nj, ni] = out.size;
    let stride = (ni + 2) * channels;
    out.planes_mut().for_each(|(k, plane)| {
        let mixed = gathered(x, k).dot(weights);
        let rows = plane.chunks_mut(stride).skip(1).take(nj).zip(mixed.exact_chunks((ni, channels)));
        for (to, from) in rows {
            for (to, from) in to[channels..].chunks_exact_mut(channels).zip(from.rows()) {
                to.iter_mut().zip(from).zip(bias).for_each(|((to, from), bias)| *to = from + bias);
            }
        }
    });
    out
}

/// Gradients of [`halve`]: with respect to weights, bias and input.
pub(super) fn halve_gradients(x: &Field, weights: &Array2<f32>, out: &Field) -> (Array2<f32>, Vec<f32>, Field) {
    let gradient = sum_of_planes(out.size[0], weights.dim(), |k| gathered(x, k).t().dot(&plane_matrix(out, k)));
    let spread = |k: usize| plane_matrix(out, k).dot(&weights.t());
    (gradient, channel_sums(out), scattered(x.size, x.channels, None, spread))
}

/// Doubles the resolution: every voxel times `weights` (channels in × (8 · channels out)) becomes eight voxels, added to `skip`.
pub(super) fn double(below: &Field, weights: &Array2<f32>, skip: &Field) -> Field {
    scattered(skip.size, skip.channels, Some(skip), |k| plane_matrix(below, k).dot(weights))
}

/// Gradients of [`double`] with respect to weights and to what is below (that with respect to `skip` is `out` itself).
pub(super) fn double_gradients(below: &Field, weights: &Array2<f32>, out: &Field) -> (Array2<f32>, Field) {
    let gradient = sum_of_planes(below.size[0], weights.dim(), |k| plane_matrix(below, k).t().dot(&gathered(out, k)));
    let mut lower = Field::zeros(below.size, below.channels);
    let (size, channels) = (below.size, below.channels);
    lower.planes_mut().for_each(|(k, plane)| {
        let mut voxels = Array2::zeros((size[1] * size[2], channels));
        general_mat_mul(1.0, &gathered(out, k), &weights.t(), 0.0, &mut voxels);
        let rows = plane.chunks_mut((size[2] + 2) * channels).skip(1).take(size[1]);
        for (to, from) in rows.zip(voxels.exact_chunks((size[2], channels))) {
            to[channels..].iter_mut().zip(from).for_each(|(to, from)| *to = *from);
        }
    });
    (gradient, lower)
}

/// The inverse of [`gathered`] for every lower plane, on top of `skip`.
fn scattered(size: [usize; 3], channels: usize, skip: Option<&Field>, of_plane: impl Fn(usize) -> Array2<f32> + Sync) -> Field {
    let mut out = Field::zeros(size, channels);
    let [_, nj, ni] = size;
    let (stride, two) = ((ni + 2) * channels, 2 * channels);
    out.plane_pairs_mut().for_each(|(lower, planes)| {
        let eights = of_plane(lower);
        for (dk, plane) in planes.chunks_mut((nj + 2) * stride).enumerate() {
            for (j, row) in plane.chunks_mut(stride).skip(1).take(nj).enumerate() {
                let first = (2 * dk + j % 2) * two;
                for (i, pair) in row[channels..].chunks_exact_mut(two).take(ni / 2).enumerate() {
                    let eight = eights.row(j / 2 * (ni / 2) + i);
                    pair.iter_mut().zip(eight.iter().skip(first)).for_each(|(to, from)| *to = *from);
                }
                if let Some(skip) = skip {
                    let from = skip.row(2 * lower + dk, j);
                    row[channels..].iter_mut().zip(from).for_each(|(to, from)| *to += from);
                }
            }
        }
    });
    out
}
