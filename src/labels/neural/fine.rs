//! The fine pass: near bone, piece by piece on a grid of 1.5 mm, with the coarse network's opinion as part of the input.
//!
//! The fine network does not know sides: in a piece of 96 mm a left hip is a right hip in the mirror, so it learns one hip from both.
//! Which side a bone belongs to stays the coarse network's word, which sees the whole pelvis.

use super::{engine::Engine, input::window, loss::softmax, manifest::Manifest, predict::Probabilities};
use crate::{
    frames::Side,
    labels::Label,
    mesh::bounds_of,
    progress::Progress,
    volume::{Grid, GridMap, Volume, resample::resample},
};
use nalgebra::Vector3;
use rayon::prelude::*;

/// Channels of [`channels`].
pub(super) const INPUTS: usize = 7;
/// HU windows of the first channels: soft tissue and spongy bone, bone, compact bone.
pub(super) const WINDOWS_HU: [(f32, f32); 3] = [(-150.0, 250.0), (0.0, 700.0), (200.0, 1500.0)];
/// Classes of the coarse network that make up each further channel.
const PRIORS: [&[Label]; 4] =
    [&[Label::Sacrum], &[Label::HipLeft, Label::HipRight], &[Label::FemurLeft, Label::FemurRight], &[Label::LumbarVertebra]];
/// Where the coarse network gives all bones together less than this nothing is looked for.
const NO_BONE: f32 = 0.04;
/// Pieces overlap by so many voxels.
const OVERLAP: usize = 12;

/// What the coarse network thinks at the voxels of a grid: sacrum, hip bones, femora, lumbar vertebrae, one after the other.
pub(super) fn priors(coarse: &Probabilities, grid: &Grid) -> Vec<f32> {
    let map = GridMap::new(grid, &coarse.grid);
    let members = PRIORS
        .map(|labels| -> Vec<usize> { (0..coarse.classes.len()).filter(|&c| labels.contains(&coarse.classes[c])).collect() });
    let voxels = grid.len();
    let at = |n: usize| {
        let mut values = [0.0; 16];
        coarse.interpolate(&map.at(grid.voxel(n)), &mut values[..coarse.classes.len()]);
        members.each_ref().map(|classes| classes.iter().map(|&c| values[c]).sum::<f32>())
    };
    let found: Vec<[f32; 4]> = (0..voxels).into_par_iter().map(at).collect();
    (0..4).flat_map(|c| found.iter().map(move |p| p[c])).collect()
}

/// The fine network's input, channel by channel: three windows of the HU, then [`priors`].
pub(super) fn channels(hu: &[f32], priors: &[f32]) -> Vec<f32> {
    let windows = WINDOWS_HU.iter().flat_map(|&range| hu.iter().map(move |&hu| window(hu, range)));
    windows.chain(priors.iter().copied()).collect()
}

/// The grid of the fine pass: around everything that the coarse network takes for bone, no smaller than one piece.
fn fine_grid(volume: &Grid, coarse: &Probabilities, manifest: &Manifest) -> Option<Grid> {
    let (low, high) = bounds_of(coarse.maybe_bone())?;
    let (first, last) = volume.bounds();
    let margin = Vector3::repeat(2.0 * coarse.grid.spacing[0]);
    let (low, high) = ((low - margin).sup(&first), (high + margin).inf(&last));
    let spacing = manifest.spacing_mm;
    let size = [0, 1, 2].map(|a| (((high[a] - low[a]) / spacing).ceil() as usize).max(manifest.patch[a]));
    let half = Vector3::from(size.map(|n| (n as f64 - 1.0) / 2.0 * spacing));
    Some(Grid::axis_aligned(size, [spacing; 3], nalgebra::center(&low, &high) - half))
}

/// Probabilities of the coarse network's classes on a fine grid around the bones: what the fine network says, with the coarse one's sides.
/// `None` when `progress` was cancelled or there is no bone.
pub(super) fn sharpen(
    engine: &Engine,
    manifest: &Manifest,
    volume: &Volume,
    coarse: &Probabilities,
    progress: &dyn Progress,
) -> Option<Probabilities> {
    let grid = fine_grid(&volume.grid, coarse, manifest)?;
    let hu: Vec<f32> = resample(volume, &grid).hu.into_iter().map(f32::from).collect();
    let priors = priors(coarse, &grid);
    let (n, patch, classes) = (grid.len(), manifest.patch, manifest.classes.len());
    let voxels: usize = patch.iter().product();
    let mut sums = vec![0.0f32; classes * n];
    let mut weights = vec![0.0f32; n];
    let pieces = pieces(&grid, patch);
    let ramp = patch.map(ramp);
    for (done, piece) in pieces.iter().enumerate() {
        if progress.cancelled() {
            return None;
        }
        let rows: Vec<usize> = (0..patch[1] * patch[2])
            .map(|row| grid.index([piece[0], piece[1] + row % patch[1], piece[2] + row / patch[1]]))
            .collect();
        let cut =
            |values: &[f32]| -> Vec<f32> { rows.iter().flat_map(|&at| values[at..at + patch[0]].iter().copied()).collect() };
        let prior: Vec<f32> = (0..4).flat_map(|c| cut(&priors[c * n..(c + 1) * n])).collect();
        if (0..voxels).all(|at| (0..4).map(|c| prior[c * voxels + at]).sum::<f32>() < NO_BONE) {
            continue;
        }
        let logits = engine.logits(channels(&cut(&hu), &prior), INPUTS, patch);
        let found = softmax(&logits, voxels, classes);
        for (row, &to) in rows.iter().enumerate() {
            let across = ramp[1][row % patch[1]] * ramp[2][row / patch[1]];
            for (i, along) in ramp[0].iter().enumerate() {
                let weight = along * across;
                weights[to + i] += weight;
                for c in 0..classes {
                    sums[c * n + to + i] += weight * found[c * voxels + row * patch[0] + i];
                }
            }
        }
        progress.report("looking closely", (done + 1) as f64 / pieces.len() as f64);
    }
    Some(with_sides(&grid, &sums, &weights, manifest, coarse))
}

/// First voxels of the pieces that cover a grid.
fn pieces(grid: &Grid, patch: [usize; 3]) -> Vec<[usize; 3]> {
    let starts = |axis: usize| -> Vec<usize> {
        let (length, piece) = (grid.size[axis], patch[axis]);
        let count = (length - piece).div_ceil(piece - OVERLAP);
        // Spread evenly, so that the overlap is as large as it can be for their number.
        (0..=count).map(|n| (n * (length - piece)).checked_div(count).unwrap_or(0)).collect()
    };
    let [x, y, z] = [starts(0), starts(1), starts(2)];
    z.iter().flat_map(|&k| y.iter().flat_map(move |&j| [(j, k)])).flat_map(|(j, k)| x.iter().map(move |&i| [i, j, k])).collect()
}

/// How much each voxel along a side of a piece counts: little at the ends, where half of what surrounds it is not seen.
fn ramp(length: usize) -> Vec<f32> {
    (0..length).map(|at| ((at.min(length - 1 - at) as f32 + 0.5) / OVERLAP as f32).min(1.0)).collect()
}

/// What stands for a class of the coarse network in the fine one.
struct Counterpart {
    /// The fine network's class.
    class: usize,
    /// For a bone with a side: the coarse class of the other side, and whether this one is the left.
    opposite: Option<(usize, bool)>,
}

impl Counterpart {
    fn of(label: Label, manifest: &Manifest, coarse: &Probabilities) -> Option<Self> {
        let class = manifest.classes.iter().position(|&c| c == label || c == label.mirrored())?;
        let opposite = label.side().and_then(|side| {
            let other = coarse.classes.iter().position(|&c| c == label.mirrored())?;
            Some((other, side == Side::Left))
        });
        Some(Self { class, opposite })
    }

    /// The part of the fine class that belongs to coarse class `own`, given the coarse opinion here and whether this is the left half.
    fn share(&self, own: usize, opinion: &[f32], in_left_half: bool) -> f32 {
        // Far from where the coarse network saw such a bone the side is that of the body's half.
        const TRACE: f32 = 1e-3;
        self.opposite.map_or(1.0, |(other, left)| {
            let hint = if in_left_half == left { TRACE } else { 0.0 };
            (opinion[own] + hint) / (opinion[own] + opinion[other] + TRACE)
        })
    }
}

/// Bones get their sides from the coarse network; what no piece looked at keeps its opinion.
fn with_sides(grid: &Grid, sums: &[f32], weights: &[f32], manifest: &Manifest, coarse: &Probabilities) -> Probabilities {
    let map = GridMap::new(grid, &coarse.grid);
    let (n, count) = (grid.len(), coarse.classes.len());
    let fine: Vec<Option<Counterpart>> = coarse.classes.iter().map(|&label| Counterpart::of(label, manifest, coarse)).collect();
    let middle = middle_x(coarse);
    let [ni, nj, _] = grid.size;
    let rows: Vec<Vec<f32>> = (0..n / ni)
        .into_par_iter()
        .map(|row| {
            let mut out = vec![0.0f32; count * ni];
            let mut opinion = vec![0.0f32; count];
            for i in 0..ni {
                let (at, voxel) = (row * ni + i, [i, row % nj, row / nj]);
                opinion.fill(0.0);
                if !coarse.interpolate(&map.at(voxel), &mut opinion) {
                    opinion[0] = 1.0;
                }
                let in_left_half = grid.centre(voxel).x > middle;
                for (class, fine) in fine.iter().enumerate() {
                    out[class * ni + i] = match fine {
                        Some(fine) if weights[at] > 0.0 => {
                            fine.share(class, &opinion, in_left_half) * sums[fine.class * n + at] / weights[at]
                        }
                        _ => opinion[class],
                    };
                }
            }
            out
        })
        .collect();
    let mut values = vec![0.0f32; count * n];
    for (row, found) in rows.iter().enumerate() {
        for class in 0..count {
            values[class * n + row * ni..class * n + (row + 1) * ni].copy_from_slice(&found[class * ni..(class + 1) * ni]);
        }
    }
    Probabilities { grid: grid.clone(), classes: coarse.classes.clone(), values }
}

/// x (LPS mm) halfway between the bones of the left and of the right side; beyond everything where only one side is there.
fn middle_x(coarse: &Probabilities) -> f64 {
    let mean = |labels: [Label; 2]| {
        let (mut sum, mut weight) = (0.0, 0.0);
        for class in (0..coarse.classes.len()).filter(|&c| labels.contains(&coarse.classes[c])) {
            for (at, &p) in coarse.class(class).iter().enumerate().filter(|(_, p)| **p > 0.5) {
                sum += f64::from(p) * coarse.grid.centre(coarse.grid.voxel(at)).x;
                weight += f64::from(p);
            }
        }
        (weight > 0.0).then(|| sum / weight)
    };
    match (mean([Label::HipLeft, Label::FemurLeft]), mean([Label::HipRight, Label::FemurRight])) {
        (Some(left), Some(right)) => (left + right) / 2.0,
        (Some(_), None) => f64::NEG_INFINITY,
        (None, _) => f64::INFINITY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Point3;

    #[test]
    fn pieces_cover_the_grid_and_overlap() {
        let grid = Grid::axis_aligned([150, 64, 101], [1.5; 3], Point3::origin());
        let pieces = pieces(&grid, [64; 3]);
        let along = |axis: usize| {
            let mut starts: Vec<usize> = pieces.iter().map(|p| p[axis]).collect();
            starts.sort_unstable();
            starts.dedup();
            starts
        };
        assert_eq!((along(0), along(1), along(2)), (vec![0, 43, 86], vec![0], vec![0, 37]));
        assert_eq!(pieces.len(), 6);
    }

    #[test]
    fn a_side_is_the_coarse_networks() {
        let coarse_grid = Grid::axis_aligned([8, 2, 2], [10.0; 3], Point3::origin());
        let classes = vec![Label::Background, Label::HipLeft, Label::HipRight];
        let m = coarse_grid.len();
        // Right hip bone up to x = 30, left from x = 40 on.
        let values = (0..3 * m).map(|n| {
            let (class, i) = (n / m, n % m % 8);
            f32::from(u8::from(class == if i < 4 { 2 } else { 1 }))
        });
        let coarse = Probabilities { values: values.collect(), grid: coarse_grid, classes };
        let grid = Grid::axis_aligned([70, 10, 10], [1.0; 3], Point3::origin());
        let n = grid.len();
        // The fine network is sure of a hip bone everywhere.
        let manifest_classes = [Label::Background, Label::HipLeft];
        let sums: Vec<f32> = (0..2 * n).map(|at| f32::from(u8::from(at >= n))).collect();
        let mut manifest = crate::labels::neural::Networks::shipped().unwrap().fine.manifest;
        manifest.classes = manifest_classes.to_vec();
        let found = with_sides(&grid, &sums, &vec![1.0; n], &manifest, &coarse);
        let p = |class: usize, i: usize| found.class(class)[grid.index([i, 5, 5])];
        assert!(p(1, 45) > 0.99 && p(2, 45) < 0.01 && p(2, 25) > 0.99 && p(1, 25) < 0.01);
        assert!((p(1, 35) + p(2, 35) - 1.0).abs() < 1e-3 && (p(1, 35) - 0.5).abs() < 0.01);
    }
}
