//! Which bone a bright voxel belongs to: every bone grows from where the network is sure, and they meet in the dark.
//!
//! A seeded watershed by shortest paths (image foresting transform: Falcão 2004, doi:10.1109/TPAMI.2004.1261076): a step costs little
//! within bright bone, much across the dark line of a joint space, and more where the network doubts.

use super::{components::neighbours, refine_prior::Prior};
use std::collections::VecDeque;

/// The network is sure from this probability (of 255) on.
const SURE: u8 = 205;
/// Costs are whole numbers up to this, so that a ring of buckets orders the front.
const DEAREST: usize = 64;

/// Gives every voxel of `mask` the label of a bone; a piece without any sure voxel gets the network's best guess if that is
/// at least a half, else 0. `hu` and the threshold that made the mask set what counts as dark.
#[must_use]
pub fn flood(mask: &[bool], hu: &[i16], prior: &Prior, size: [usize; 3], threshold: f32) -> Vec<u8> {
    let mut label = vec![0u8; mask.len()];
    let mut cost = vec![u32::MAX; mask.len()];
    let mut ring: Vec<VecDeque<u32>> = vec![VecDeque::new(); DEAREST + 1];
    for at in 0..mask.len() {
        if mask[at] && prior.bone_probability[at] >= SURE {
            (label[at], cost[at]) = (prior.bone[at], 0);
            ring[0].push_back(at as u32);
        }
    }
    let mut now = 0u32;
    let mut empty = 0;
    while empty <= DEAREST {
        let bucket = now as usize % (DEAREST + 1);
        let Some(at) = ring[bucket].pop_front() else {
            now += 1;
            empty += 1;
            continue;
        };
        empty = 0;
        let at = at as usize;
        if cost[at] != now {
            continue;
        }
        for next in neighbours(at, size).filter(|&next| mask[next]) {
            let step = step_cost(f32::from(hu[next]) - threshold, prior.of(label[at], next));
            let total = now + step;
            if total < cost[next] {
                (cost[next], label[next]) = (total, label[at]);
                ring[total as usize % (DEAREST + 1)].push_back(next as u32);
            }
        }
    }
    for at in 0..mask.len() {
        if mask[at] && label[at] == 0 && prior.bone_probability[at] >= 128 {
            label[at] = prior.bone[at];
        }
    }
    label
}

/// 2 within bright bone of a believed label; up to [`DEAREST`] in the dark against the network's opinion.
fn step_cost(above_threshold: f32, believed: f32) -> u32 {
    let dark = (1.0 - above_threshold / 250.0).clamp(0.0, 1.0);
    let doubt = 1.0 - believed;
    2 + (24.0 * dark + 36.0 * doubt) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_bones_that_touch_part_along_the_dark_line_between_them() {
        // Two bright blocks pressed together: their touching faces, at i = 11, are dimmer but above the threshold.
        let size = [24, 10, 10];
        let hu: Vec<i16> = (0..2400).map(|at| if at % 24 == 11 { 260 } else { 700 }).collect();
        // The network is sure only of the outer ends, and by its own best guess would part them at i = 8.
        let sure = |i: usize| if (5..=18).contains(&i) { 130 } else { 250 };
        let prior = Prior {
            bone: (0..2400).map(|at| if at % 24 < 8 { 2 } else { 4 }).collect(),
            bone_probability: (0..2400).map(|at| sure(at % 24)).collect(),
            background: vec![0; 2400],
        };
        let label = flood(&vec![true; 2400], &hu, &prior, size, 200.0);
        for (at, &label) in label.iter().enumerate().filter(|(at, _)| at % 24 != 11) {
            assert_eq!(label, if at % 24 < 11 { 2 } else { 4 }, "at i = {}", at % 24);
        }
    }

    #[test]
    fn what_the_network_doubts_and_nothing_leads_to_gets_no_label() {
        let mut mask = vec![false; 20];
        mask[3] = true;
        mask[9] = true;
        let prior = Prior { bone: vec![2; 20], bone_probability: vec![100; 20], background: vec![155; 20] };
        assert_eq!(flood(&mask, &[500; 20], &prior, [20, 1, 1], 200.0), vec![0; 20]);
    }
}
