//! The surface of a bone where its own edge is, not where one threshold for a whole scan puts it.
//!
//! Across a thick cortex the surface lies half-way up from soft tissue. A cortex thinner than the blur never shows its full density,
//! and its surface lies nearer to the top of what it shows: for a shell of thickness t seen through a Gaussian blur σ, top and surface
//! stand at 2Φ(t/2σ) − 1 and Φ(t/σ) − ½ of the full density (the model of Prevrhal 1999, doi:10.1088/0031-9155/44/3/017).

use super::{Label, refine_densities::Densities, refine_prior::Prior};
use crate::volume::Volume;
use rayon::prelude::*;

/// How deep beneath the surface the bone's own density is looked up, mm.
const BENEATH_MM: f64 = 2.6;
/// The surface is never laid higher than this share of what the cortex shows: spongy bone behind it shows too.
const HIGHEST_SHARE: f32 = 0.7;
/// Voxels longer than this are wider than the blur: there is no edge profile to look into.
pub const WIDEST_VOXEL_MM: f64 = 2.2;
/// Bone next to which nothing is denser than this over soft tissue keeps the scan's threshold.
const LEAST_STEP_HU: f32 = 200.0;

/// Moves the outer surface of every bone, by at most two voxels, to where its own edge says.
pub fn settle(ids: &mut [u8], volume: &Volume, prior: &Prior, tissue: &Densities, may_grow: &(dyn Fn(usize) -> bool + Sync)) {
    if volume.grid.spacing.iter().any(|&s| s > WIDEST_VOXEL_MM) {
        return;
    }
    change_together(ids, 2, may_grow, |ids, at| changed(ids, volume, prior, tissue, at));
}

/// Goes over all voxels so many times and gives each the label that `rule` wants for it, all of one round at once. A voxel becomes bone
/// only where it may grow.
pub fn change_together(
    ids: &mut [u8],
    rounds: usize,
    may_grow: &(dyn Fn(usize) -> bool + Sync),
    rule: impl Fn(&[u8], usize) -> Option<u8> + Sync,
) {
    for _ in 0..rounds {
        let wanted = |at: usize| rule(ids, at).filter(|&id| id == 0 || may_grow(at)).map(|id| (at, id));
        let changes: Vec<(usize, u8)> = (0..ids.len()).into_par_iter().filter_map(wanted).collect();
        changes.into_iter().for_each(|(at, id)| ids[at] = id);
    }
}

/// Share of what a cortex shows at which its surface lies, when it shows `shown` of the density of compact bone; within 0.01 of the
/// model above.
fn share(shown: f32) -> f32 {
    (1.0 - 0.5 * shown.clamp(0.0, 1.0).powf(1.4)).min(HIGHEST_SHARE)
}

/// The new label of a voxel on one side or the other of a bone's outer surface, if it changes.
fn changed(ids: &[u8], volume: &Volume, prior: &Prior, tissue: &Densities, at: usize) -> Option<u8> {
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
    let step = densest.iter().map(|&hu| f32::from(hu)).sum::<f32>() / 4.0 - tissue.soft_hu;
    if step < LEAST_STEP_HU {
        return None;
    }
    let dense = f32::from(volume.hu[at]) >= tissue.soft_hu + share(step / (tissue.compact_hu - tissue.soft_hu)) * step;
    match (inside, dense) {
        (true, false) => Some(BACKGROUND),
        (false, true) if prior.background[at] < super::refine::MAYBE_BONE => Some(bone),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_is_that_of_a_blurred_shell() {
        // t/σ, shown = 2Φ(t/2σ) − 1 and (Φ(t/σ) − ½)/shown from a table of the normal distribution.
        for (shown, expected) in [(0.9973, 0.501), (0.8664, 0.576), (0.6827, 0.699)] {
            assert!((share(shown) - expected).abs() < 0.02, "{shown}: {} and {expected}", share(shown));
        }
        assert_eq!(share(0.1), HIGHEST_SHARE);
    }
}
