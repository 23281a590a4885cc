//! Activations of the network: channels-last, with a border of one voxel of zeros on every side.

use ndarray::{ArrayView2, ArrayViewMut2, ShapeBuilder};
use rayon::prelude::*;

/// One layer's activations. The border stays zero: it is the padding of the next convolution.
#[derive(Clone, Debug)]
pub(in super::super) struct Field {
    /// Voxels along k, j, i (slowest first), without the border.
    pub(super) size: [usize; 3],
    /// Numbers at every voxel.
    pub(super) channels: usize,
    pub(super) values: Vec<f32>,
}

impl Field {
    pub(super) fn zeros(size: [usize; 3], channels: usize) -> Self {
        let voxels: usize = size.iter().map(|n| n + 2).product();
        Self { size, channels, values: vec![0.0; voxels * channels] }
    }

    /// From channels one after the other, each with `i` fastest. `size` is along i, j, k, as volumes have it.
    pub(in super::super) fn from_planar(planar: &[f32], channels: usize, [ni, nj, nk]: [usize; 3]) -> Self {
        let mut field = Self::zeros([nk, nj, ni], channels);
        let voxels = ni * nj * nk;
        field.rows_mut().for_each(|(row, values)| {
            for (i, voxel) in values.chunks_exact_mut(channels).enumerate() {
                for (c, value) in voxel.iter_mut().enumerate() {
                    *value = planar[c * voxels + row * ni + i];
                }
            }
        });
        field
    }

    /// Channels one after the other, each with `i` fastest.
    pub(in super::super) fn to_planar(&self) -> Vec<f32> {
        let [nk, nj, ni] = self.size;
        let mut planar = vec![0.0; nk * nj * ni * self.channels];
        planar.par_chunks_mut(nk * nj * ni).enumerate().for_each(|(c, planar)| {
            for (row, values) in planar.chunks_mut(ni).enumerate() {
                let voxels = self.row(row / nj, row % nj).chunks_exact(self.channels);
                values.iter_mut().zip(voxels).for_each(|(value, voxel)| *value = voxel[c]);
            }
        });
        planar
    }

    /// Adds another field of the same shape.
    pub(super) fn add(&mut self, other: &Self) {
        self.values.iter_mut().zip(&other.values).for_each(|(a, b)| *a += b);
    }

    /// Values of one plane with its border.
    fn plane_len(&self) -> usize {
        (self.size[1] + 2) * (self.size[2] + 2) * self.channels
    }

    /// Where the first voxel of row j of a plane lies in the plane's values.
    pub(super) fn row_start(&self, j: usize) -> usize {
        ((j + 1) * (self.size[2] + 2) + 1) * self.channels
    }

    /// The values of a row, without its border.
    pub(super) fn row(&self, k: usize, j: usize) -> &[f32] {
        let start = (k + 1) * self.plane_len() + self.row_start(j);
        &self.values[start..start + self.size[2] * self.channels]
    }

    /// The planes with their border, in parallel.
    pub(super) fn planes_mut(&mut self) -> impl IndexedParallelIterator<Item = (usize, &mut [f32])> {
        let (plane, nk) = (self.plane_len(), self.size[0]);
        self.values[plane..plane * (nk + 1)].par_chunks_mut(plane).enumerate()
    }

    /// Two planes at a time with their border, in parallel.
    pub(super) fn plane_pairs_mut(&mut self) -> impl IndexedParallelIterator<Item = (usize, &mut [f32])> {
        let (plane, nk) = (self.plane_len(), self.size[0]);
        self.values[plane..plane * (nk + 1)].par_chunks_mut(2 * plane).enumerate()
    }

    /// The rows without their border, in parallel, numbered `k · nj + j`.
    pub(super) fn rows_mut(&mut self) -> impl ParallelIterator<Item = (usize, &mut [f32])> {
        let (nj, width, channels) = (self.size[1], self.size[2], self.channels);
        let stride = (width + 2) * channels;
        self.planes_mut().flat_map_iter(move |(k, plane)| {
            let rows = plane.chunks_mut(stride).skip(1).take(nj).enumerate();
            rows.map(move |(j, row)| (k * nj + j, &mut row[channels..channels * (width + 1)]))
        })
    }

    /// Voxels from the first to the last of a plane, the borders between rows included.
    pub(super) fn run(&self) -> usize {
        self.size[1] * (self.size[2] + 2) - 2
    }

    /// The plane's run of voxels as a matrix of voxels × channels.
    pub(super) fn run_matrix(&self, k: usize) -> ArrayView2<'_, f32> {
        self.matrix((k + 1) * self.plane_len() + self.row_start(0), self.channels)
    }

    /// For every voxel of plane k's run its three neighbours along i, a step of `tap` (of nine, 4 is none) away along k and j.
    pub(super) fn neighbours(&self, k: usize, tap: usize) -> ArrayView2<'_, f32> {
        let start = (k + tap / 3) * self.plane_len() + tap % 3 * (self.size[2] + 2) * self.channels;
        self.matrix(start, 3 * self.channels)
    }

    fn matrix(&self, start: usize, columns: usize) -> ArrayView2<'_, f32> {
        let shape = (self.run(), columns).strides((self.channels, 1));
        ArrayView2::from_shape(shape, &self.values[start..]).unwrap_or_else(|_| unreachable!("the run lies within the field"))
    }

    /// [`Self::run_matrix`] of a plane that [`Self::planes_mut`] gave, for writing.
    pub(super) fn run_of(plane: &mut [f32], size: [usize; 3], channels: usize) -> ArrayViewMut2<'_, f32> {
        let width = size[2] + 2;
        let (start, rows) = ((width + 1) * channels, size[1] * width - 2);
        ArrayViewMut2::from_shape((rows, channels), &mut plane[start..start + rows * channels])
            .unwrap_or_else(|_| unreachable!("the run lies within its plane"))
    }

    /// Makes the border between the rows of a plane zero again, after a matrix product went over it.
    pub(super) fn clear_border(plane: &mut [f32], size: [usize; 3], channels: usize) {
        let stride = (size[2] + 2) * channels;
        for row in plane.chunks_mut(stride) {
            row[..channels].fill(0.0);
            row[stride - channels..].fill(0.0);
        }
    }
}
