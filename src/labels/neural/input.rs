//! What the network sees: the CT averaged onto a coarse grid, and where in the body each voxel lies.
//!
//! The same code feeds training and use, so that the network never meets a picture made another way than those it learnt from.

use crate::{
    labels::components::components,
    volume::{Grid, GridMap, Volume},
};
use nalgebra::{Matrix3, Vector3};
use rayon::prelude::*;

/// Hounsfield value outside the scan.
const NOTHING_HU: f32 = -1000.0;
/// Mean HU of a coarse voxel from which it is body rather than air.
const BODY_HU: f32 = -300.0;
/// Channels that [`Coarse::channels`] makes.
pub const INPUTS: usize = 5;
/// HU windows of the first channels: bone and soft tissue in the mean, cortex in the mean, cortex in the maximum.
pub const WINDOWS_HU: [(f32, f32); 3] = [(-150.0, 250.0), (0.0, 1000.0), (0.0, 1400.0)];

/// A CT on the network's grid: mean and largest HU of each coarse voxel.
#[derive(Clone, Debug)]
pub struct Coarse {
    /// The coarse grid.
    pub grid: Grid,
    /// Mean HU over each coarse voxel.
    pub mean: Vec<f32>,
    /// Largest HU sampled in each coarse voxel: a thin cortex survives in it.
    pub max: Vec<f32>,
}

/// The axis-aligned coarse grid that covers a volume, whatever the volume's own direction.
#[must_use]
pub fn covering(grid: &Grid, spacing_mm: f64) -> Grid {
    let (low, high) = grid.bounds();
    let extent = high - low;
    let size = [0, 1, 2].map(|axis| ((extent[axis] / spacing_mm - 1e-6).ceil() as usize).max(1));
    let covered = Vector3::from(size.map(|n| n as f64 - 1.0)) * spacing_mm;
    Grid { size, spacing: [spacing_mm; 3], origin: low + (extent - covered) / 2.0, direction: Matrix3::identity() }
}

/// The fine voxels that stand for one coarse voxel: offsets in fractional fine indices for steps along the coarse axes.
pub(super) struct Sampler {
    map: GridMap,
    offsets: Vec<Vector3<f64>>,
    size: [usize; 3],
}

impl Sampler {
    /// Samples `per_side`³ points spread evenly over every coarse voxel.
    pub(super) fn new(fine: &Grid, coarse: &Grid, per_side: usize) -> Self {
        let map = GridMap::new(coarse, fine);
        let at = |n: usize| (n as f64 + 0.5) / per_side as f64 - 0.5;
        let count = per_side.pow(3);
        let offsets = (0..count)
            .map(|n| map.step * Vector3::new(at(n % per_side), at(n / per_side % per_side), at(n / per_side.pow(2))))
            .collect();
        Self { map, offsets, size: fine.size }
    }

    /// Memory positions of the samples of a coarse voxel that lie inside the fine grid.
    pub(super) fn positions(&self, coarse: [usize; 3]) -> impl Iterator<Item = usize> + '_ {
        let centre = self.map.at(coarse);
        self.offsets.iter().filter_map(move |offset| {
            let p = centre + offset;
            let [i, j, k] = [p.x.round(), p.y.round(), p.z.round()];
            let [ni, nj, nk] = self.size;
            let inside = i >= 0.0 && j >= 0.0 && k >= 0.0 && i < ni as f64 && j < nj as f64 && k < nk as f64;
            inside.then(|| (k as usize * nj + j as usize) * ni + i as usize)
        })
    }
}

impl Coarse {
    /// Averages a CT onto `grid`, which may be turned, scaled or mirrored against the CT's (that is how training varies its pictures).
    #[must_use]
    pub fn sample(volume: &Volume, grid: Grid) -> Self {
        let finest = volume.grid.spacing.iter().copied().fold(f64::INFINITY, f64::min);
        let per_side = ((grid.spacing[0] / finest).round() as usize).clamp(1, 4);
        let sampler = Sampler::new(&volume.grid, &grid, per_side);
        let (mean, max) = (0..grid.len())
            .into_par_iter()
            .map(|at| {
                let (mut sum, mut max, mut count) = (0.0, NOTHING_HU, 0u32);
                for position in sampler.positions(grid.voxel(at)) {
                    let hu = f32::from(volume.hu[position]).max(NOTHING_HU);
                    sum += hu;
                    max = max.max(hu);
                    count += 1;
                }
                (if count > 0 { sum / count as f32 } else { NOTHING_HU }, max)
            })
            .unzip();
        Self { grid, mean, max }
    }

    /// Mid-points of the body's outline along x and y, LPS mm along the grid's own axes from its origin; the grid's middle without a body.
    pub(super) fn body_centre_mm(&self) -> [f64; 2] {
        let body: Vec<bool> = self.mean.iter().map(|&hu| hu > BODY_HU).collect();
        let found = components(&body, self.grid.size);
        let Some(largest) = found.largest() else {
            return [0, 1].map(|axis| self.grid.size[axis] as f64 * self.grid.spacing[axis] / 2.0);
        };
        [0, 1].map(|axis| {
            let mut along = vec![0usize; self.grid.size[axis]];
            for (at, &piece) in found.piece.iter().enumerate() {
                along[self.grid.voxel(at)[axis]] += usize::from(piece == largest);
            }
            // The outline without the thinnest two hundredths on each side: a cable or a sheet must not move it.
            let few = found.voxels[largest as usize] / 50;
            let edge = |counts: &mut dyn Iterator<Item = usize>| {
                let mut seen = 0;
                let beyond = |count: usize| {
                    seen += count;
                    seen > few
                };
                counts.map(beyond).take_while(|&beyond| !beyond).count()
            };
            let low = edge(&mut along.iter().copied());
            let high = along.len() - 1 - edge(&mut along.iter().rev().copied());
            (low + high) as f64 / 2.0 * self.grid.spacing[axis]
        })
    }

    /// The network's input, channel by channel, `i` fastest: two windows of the mean, one of the maximum, and x and y from the body's middle.
    #[must_use]
    pub fn channels(&self) -> Vec<f32> {
        let middle = self.body_centre_mm();
        let n = self.grid.len();
        let mut channels = vec![0.0; INPUTS * n];
        for at in 0..n {
            let voxel = self.grid.voxel(at);
            let from_middle = |axis: usize| (voxel[axis] as f64 * self.grid.spacing[axis] - middle[axis]) as f32;
            for (c, hu) in [self.mean[at], self.mean[at], self.max[at]].into_iter().enumerate() {
                channels[c * n + at] = window(hu, WINDOWS_HU[c]);
            }
            channels[3 * n + at] = from_middle(0) / 150.0;
            channels[4 * n + at] = from_middle(1) / 100.0;
        }
        channels
    }
}

/// HU between `low` and `high` to −1…1, clamped.
pub(super) fn window(hu: f32, (low, high): (f32, f32)) -> f32 {
    ((hu - low) / (high - low) * 2.0 - 1.0).clamp(-1.0, 1.0)
}
