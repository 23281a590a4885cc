//! From the networks' opinion to bones with their true edges: identity from the networks, boundary from the CT and the networks together.

use super::{
    Label,
    neural::Probabilities,
    refine_densities::Densities,
    refine_edge::{WIDEST_VOXEL_MM, settle},
    refine_flood::flood,
    refine_gap::open_gap,
    refine_joint::{Joint, part_as_believed, seen},
    refine_marrow::open_to_the_outside,
    refine_prior::Prior,
    refine_smooth::smooth,
    solid, touching_mm2,
};
use crate::{frames::Side, volume::Volume};
use rayon::prelude::*;

/// Bone is looked for where the network gives the background less than this (of 255).
pub(super) const MAYBE_BONE: u8 = 230;
/// What the network's log odds are worth in density, HU for each mm of the longest side of a voxel: the longer a voxel, the less its
/// density tells about where in it the bone ends.
const HU_OF_BELIEF_PER_MM: f32 = 60.0;
/// Head and socket that touch over no more faces of voxels than this are parted by a joint space about a voxel wide.
const LEAST_TOUCHING_FACES: f64 = 200.0;
/// Nothing darker than this is bone: gas, not marrow.
pub(super) const DARKEST_MARROW_HU: i16 = -200;

/// Labels at the CT's resolution and what was learnt on the way.
#[derive(Clone, Debug)]
pub struct Refined {
    /// Label ids.
    pub ids: Vec<u8>,
    /// HU that parts bone from soft tissue in this scan.
    pub threshold_hu: f32,
    /// What is doubtful about the joints.
    pub doubts: JointDoubts,
}

/// Joints that the CT hardly shows.
#[derive(Clone, Debug, Default)]
pub struct JointDoubts {
    /// Sides whose head hardly stands out from its socket.
    pub fused: Vec<Side>,
    /// Sides whose head and socket touched, and over how many mm², before a gap was opened between them; a few faces of voxels do not
    /// count.
    pub touching: Vec<(Side, f64)>,
}

/// Labels of the bones of a CT that the network gave an opinion on.
#[must_use]
pub fn refine(volume: &Volume, prior: &Prior, probabilities: &Probabilities) -> Refined {
    let size = volume.grid.size;
    let tissue = Densities::of(volume, prior);
    let threshold_hu = tissue.threshold_hu();
    let longest_mm = volume.grid.spacing.iter().copied().fold(0.0, f64::max);
    let believed_hu = HU_OF_BELIEF_PER_MM * longest_mm as f32;
    let mask: Vec<bool> = (0..volume.hu.len())
        .into_par_iter()
        .map(|at| {
            let hu = f32::from(volume.hu[at]);
            let may_be_bone = volume.hu[at] > DARKEST_MARROW_HU && prior.background[at] < MAYBE_BONE;
            may_be_bone && hu + believed_hu * log_odds(prior.background[at]) >= threshold_hu
        })
        .collect();
    let mut ids = flood(&mask, &volume.hu, prior, size, threshold_hu);
    let guesses: Vec<_> = Side::BOTH.into_iter().filter_map(|side| Some((side, seen(probabilities, side)?))).collect();
    let find = |(side, guess): &(Side, _)| Joint::find(volume, probabilities, *side, guess);
    let joints: Vec<Joint> = guesses.iter().filter_map(find).collect();
    for side in Side::BOTH {
        // In long voxels a ball that takes in the socket's plate shows as well as the head itself: there the network knows better.
        let joint = joints.iter().find(|joint| joint.side == side && joint.clear && longest_mm <= WIDEST_VOXEL_MM);
        match joint {
            Some(joint) => joint.part(&mut ids, volume),
            None => part_as_believed(&mut ids, prior, side),
        }
    }
    // Around a head only what the network itself calls bone may become bone: the rest is joint space.
    let in_joint_space = |at: usize| {
        let held = |p| joints.iter().any(|joint| joint.holds(&p));
        prior.background[at] >= 128 && held(volume.grid.centre(volume.grid.voxel(at)))
    };
    let bones: Vec<Label> = probabilities.classes.iter().copied().filter(|&l| l != Label::Background).collect();
    let is_hip = |bone| matches!(bone, Label::HipLeft | Label::HipRight);
    solid::make_solid(&mut ids, volume, &bones, &|bone, at| !(is_hip(bone) && in_joint_space(at)));
    open_to_the_outside(&mut ids, volume, tissue.soft_hu - 30.0, (tissue.soft_hu + threshold_hu) / 2.0);
    settle(&mut ids, volume, prior, &tissue, &|at| !in_joint_space(at));
    smooth(&mut ids, size, &|at| !in_joint_space(at));
    let face_mm2 = volume.grid.voxel_mm3() / volume.grid.spacing.into_iter().fold(f64::INFINITY, f64::min);
    let mut touching: Vec<_> = Side::BOTH.map(|side| (side, touching_mm2(&ids, &volume.grid, side))).into();
    touching.retain(|&(_, mm2)| mm2 >= LEAST_TOUCHING_FACES * face_mm2);
    Side::BOTH.into_iter().for_each(|side| open_gap(&mut ids, volume, side));
    solid::keep_one_piece(&mut ids, volume, &bones);
    let shown = |side: Side| joints.iter().any(|joint| joint.side == side && joint.clear);
    let fused = guesses.into_iter().map(|(side, _)| side).filter(|&side| !shown(side)).collect();
    Refined { ids, threshold_hu, doubts: JointDoubts { fused, touching } }
}

/// Natural logarithm of the odds of bone against background.
fn log_odds(background: u8) -> f32 {
    // Nothing is certain: bytes end half a step from 0 and 1.
    let background = (f32::from(background) + 0.5) / 256.0;
    ((1.0 - background) / background).ln()
}
