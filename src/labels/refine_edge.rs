//! The surface of a bone at half the height of its own edge.
//!
//! One threshold for a whole scan makes dense cortex too thick and loses thin cortex. The true surface of a blurred edge lies where
//! the density is half-way between soft tissue and the bone just beneath (full width at half maximum: Prevrhal 1999,
//! doi:10.1088/0031-9155/44/3/017).

use super::{Label, refine_prior::Prior};
use crate::volume::Volume;
use rayon::prelude::*;

/// How deep beneath the surface the bone's own density is looked up, mm.
const BENEATH_MM: f64 = 2.6;
/// Share of the way from soft tissue to bone at which the surface lies: somewhat under a half, since a thin cortex never shows its
/// full density.
const SHARE: f32 = 0.45;
/// Voxels longer than this are wider than the blur: there is no edge profile to look into.
const WIDEST_VOXEL_MM: f64 = 2.2;
/// Bone next to which nothing is denser than this over soft tissue keeps the scan's threshold.
const LEAST_STEP_HU: f32 = 200.0;

/// Moves the outer surface of every bone by at most one voxel a pass to where its own edge is half as high.
pub fn settle(ids: &mut [u8], volume: &Volume, prior: &Prior, soft_hu: f32, may_grow: &(dyn Fn(usize) -> bool + Sync)) {
    if volume.grid.spacing.iter().any(|&s| s > WIDEST_VOXEL_MM) {
        return;
    }
    for _ in 0..2 {
        let changes: Vec<(usize, u8)> = (0..ids.len())
            .into_par_iter()
            .filter_map(|at| {
                let change = changed(ids, volume, prior, soft_hu, at)?;
                (change == 0 || may_grow(at)).then_some((at, change))
            })
            .collect();
        for (at, id) in changes {
            ids[at] = id;
        }
    }
}

/// The new label of a voxel on one side or the other of a bone's outer surface, if it changes.
fn changed(ids: &[u8], volume: &Volume, prior: &Prior, soft_hu: f32, at: usize) -> Option<u8> {
    const BACKGROUND: u8 = Label::Background as u8;
    let inside = ids[at] != BACKGROUND;
    let [ni, nj, nk] = volume.grid.size;
    let (i, j, k) = (at % ni, at / ni % nj, at / (ni * nj));
    if i == 0 || j == 0 || k == 0 || i + 1 == ni || j + 1 == nj || k + 1 == nk {
        return None;
    }
    let beside = [at - 1, at + 1, at - ni, at + ni, at - ni * nj, at + ni * nj].map(|n| ids[n]);
    let bone = if inside {
        beside.contains(&BACKGROUND).then_some(ids[at])?
    } else {
        beside.into_iter().find(|&id| id != BACKGROUND)?
    };
    let reach = volume.grid.spacing.map(|s| (BENEATH_MM / s).floor() as usize);
    let around = |v: usize, reach: usize, n: usize| v.saturating_sub(reach)..=(v + reach).min(n - 1);
    // The mean of the four densest is not led by one noisy voxel.
    let mut densest = [i16::MIN; 4];
    for z in around(k, reach[2], nk) {
        for y in around(j, reach[1], nj) {
            for x in around(i, reach[0], ni) {
                let n = (z * nj + y) * ni + x;
                if ids[n] == bone && volume.hu[n] > densest[0] {
                    densest[0] = volume.hu[n];
                    densest.sort_unstable();
                }
            }
        }
    }
    let step = densest.iter().map(|&hu| f32::from(hu)).sum::<f32>() / 4.0 - soft_hu;
    if step < LEAST_STEP_HU {
        return None;
    }
    let dense = f32::from(volume.hu[at]) >= soft_hu + SHARE * step;
    match (inside, dense) {
        (true, false) => Some(BACKGROUND),
        (false, true) if prior.background[at] < super::refine::MAYBE_BONE => Some(bone),
        _ => None,
    }
}
