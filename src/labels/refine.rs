//! From the network's coarse opinion to bones with their true edges: identity from the network, boundary from the CT.

use super::{
    Label,
    neural::Probabilities,
    refine_edge::settle,
    refine_flood::flood,
    refine_head::{CERTAIN, Head, JointSpace},
    refine_prior::Prior,
    refine_smooth::smooth,
    solid,
};
use crate::{frames::Side, volume::Volume};
use nalgebra::{Point3, Unit, Vector3};
use rayon::prelude::*;

/// Bone is looked for where the network gives the background less than this (of 255).
pub(super) const MAYBE_BONE: u8 = 230;
/// From this probability (of 255) on, the network is believed whatever the density.
const CERTAINLY_BONE: u8 = 222;
/// Nothing darker than this is bone: gas, not marrow.
pub(super) const DARKEST_MARROW_HU: i16 = -200;
/// Half the opening of the cone from the head's centre that holds the neck.
const NECK_CONE_DEG: f64 = 50.0;
/// How far beyond the ball's surface head and socket are told apart by the joint space, mm.
const JOINT_REACH_MM: f64 = 9.0;
/// A ball whose surface stands out less than this is no femoral head to rely on.
const LEAST_CONTRAST_HU: f64 = 150.0;
/// A head that the CT itself shows less clearly than this can be several millimetres off: 400 to 600 HU where voxels are short, 230 in a
/// phantom with voxels of 3 mm, 120 in a real CT of that kind with a narrow joint space.
const CLEAR_HU: f64 = 180.0;
/// A ball further than this from where the network saw the joint is something else, mm.
const FARTHEST_MM: f64 = 13.0;

/// Labels at the CT's resolution and what was learnt on the way.
#[derive(Clone, Debug)]
pub struct Refined {
    /// Label ids.
    pub ids: Vec<u8>,
    /// HU that parts bone from soft tissue in this scan.
    pub threshold_hu: f32,
    /// Sides whose head the CT itself hardly tells from its socket.
    pub fused: Vec<Side>,
}

/// Labels of the bones of a CT that the network gave an opinion on.
#[must_use]
pub fn refine(volume: &Volume, prior: &Prior, probabilities: &Probabilities) -> Refined {
    let size = volume.grid.size;
    let tissue = Densities::of(volume, prior);
    let threshold_hu = tissue.threshold_hu();
    let mask: Vec<bool> = (0..volume.hu.len())
        .into_par_iter()
        .map(|at| {
            let dense = f32::from(volume.hu[at]) >= threshold_hu && prior.background[at] < MAYBE_BONE;
            // Spongy bone may be as soft as muscle: well inside a bone the network is believed.
            dense || (prior.bone_probability[at] >= CERTAINLY_BONE && volume.hu[at] > DARKEST_MARROW_HU)
        })
        .collect();
    let mut ids = flood(&mask, &volume.hu, prior, size, threshold_hu);
    let joints: Vec<(Side, JointSpace, Unit<Vector3<f64>>)> =
        Side::BOTH.into_iter().filter_map(|side| joint(volume, probabilities, side)).collect();
    for (side, joint, neck) in &joints {
        part(&mut ids, volume, *side, joint, neck);
    }
    let space = |label: Label| {
        let joint = joints.iter().find(|(side, ..)| Label::hip(*side) == label)?;
        Some((joint.1.head().centre, joint.1.head().radius_mm + 3.0))
    };
    let bones: Vec<Label> = probabilities.classes.iter().copied().filter(|&l| l != Label::Background).collect();
    solid::make_solid(&mut ids, volume, &bones, &space);
    let in_no_joint_space = |at: usize| {
        let p = volume.grid.centre(volume.grid.voxel(at));
        joints.iter().all(|(_, joint, _)| (p - joint.head().centre).norm() > joint.head().radius_mm + 3.0)
    };
    settle(&mut ids, volume, prior, &tissue, &in_no_joint_space);
    smooth(&mut ids, size, &in_no_joint_space);
    solid::keep_one_piece(&mut ids, volume, &bones);
    let unclear = |joint: &JointSpace| joint.head().stands_out_hu(volume) < CLEAR_HU;
    let fused = joints.iter().filter(|(_, joint, _)| unclear(joint)).map(|(side, ..)| *side).collect();
    Refined { ids, threshold_hu, fused }
}

/// Densities of a scan's tissues, HU.
#[derive(Clone, Copy, Debug)]
pub(super) struct Densities {
    /// Muscle: the highest peak of the soft tissues around the bones.
    pub(super) soft_hu: f32,
    /// Compact bone: what only a thirtieth of the bone exceeds.
    pub(super) compact_hu: f32,
    /// Dense bone: what a tenth of the bone exceeds.
    dense_hu: f32,
}

impl Densities {
    fn of(volume: &Volume, prior: &Prior) -> Self {
        let mut soft = [0usize; 40];
        let mut bone = [0usize; 200];
        for (&hu, &background) in volume.hu.iter().zip(&prior.background) {
            if (-50..150).contains(&hu) {
                soft[((hu + 50) / 5) as usize] += 1;
            }
            if background < 50 && (250..2250).contains(&hu) {
                bone[((hu - 250) / 10) as usize] += 1;
            }
        }
        // Smoothed over three bins, above fat and fluid.
        let smooth = |n: usize| soft[n - 1] + soft[n] + soft[n + 1];
        let peak = (11..39).fold(20, |best, n| if smooth(n) > smooth(best) { n } else { best });
        let total: usize = bone.iter().sum();
        let exceeded_by = |part: usize| {
            let mut above = total;
            let bin = bone.iter().position(|&count| {
                above -= count;
                above * part <= total
            });
            250.0 + 10.0 * bin.unwrap_or(65) as f32
        };
        Self { soft_hu: -50.0 + 5.0 * (peak as f32 + 0.5), compact_hu: exceeded_by(30).max(500.0), dense_hu: exceeded_by(10) }
    }

    /// A fifth of the way up to dense bone: where a voxel half filled with a thin, blurred cortex lies.
    fn threshold_hu(&self) -> f32 {
        self.soft_hu + (0.2 * (self.dense_hu - self.soft_hu)).clamp(80.0, 190.0)
    }
}

/// The joint space of a side and the direction of the neck, when the network saw both bones and a ball is there.
fn joint(volume: &Volume, probabilities: &Probabilities, side: Side) -> Option<(Side, JointSpace, Unit<Vector3<f64>>)> {
    let [femur, hip] = [Label::femur(side), Label::hip(side)].map(|label| points(probabilities, label));
    // The part of the femur that lies within 15 mm of the hip bone is the head, or near it.
    let near: Vec<_> = femur.iter().filter(|p| hip.iter().any(|q| (*p - q).norm_squared() < 225.0)).collect();
    if near.len() < 5 {
        return None;
    }
    let guess = Point3::from(near.iter().map(|p| p.coords).sum::<Vector3<f64>>() / near.len() as f64);
    let head = Head::find(volume, &belief(probabilities, side)?, &guess);
    if head.contrast_hu < LEAST_CONTRAST_HU || (head.centre - guess).norm() > FARTHEST_MM {
        return None;
    }
    let beyond: Vec<_> = femur.iter().map(|p| p - head.centre).filter(|d| (28.0..55.0).contains(&d.norm())).collect();
    let neck = Unit::try_new(beyond.iter().sum::<Vector3<f64>>(), 1e-6)?;
    Some((side, JointSpace::find(volume, head), neck))
}

/// Femur against hip bone of a side in the network's opinion, as [`Head::find`] wants it.
fn belief(probabilities: &Probabilities, side: Side) -> Option<Volume> {
    let of = |label: Label| Some(probabilities.class(probabilities.classes.iter().position(|&c| c == label)?));
    let (femur, hip) = (of(Label::femur(side))?, of(Label::hip(side))?);
    let hu = femur.iter().zip(hip).map(|(f, h)| ((f - h) * f32::from(CERTAIN)).round() as i16).collect();
    Some(Volume { grid: probabilities.grid.clone(), hu })
}

/// Centres of the coarse voxels that the network gives to a label.
fn points(probabilities: &Probabilities, label: Label) -> Vec<Point3<f64>> {
    let Some(class) = probabilities.classes.iter().position(|&c| c == label) else { return Vec::new() };
    let grid = &probabilities.grid;
    let p = probabilities.class(class);
    (0..grid.len()).filter(|&at| p[at] > 0.5).map(|at| grid.centre(grid.voxel(at))).collect()
}

/// Gives what lies inside the joint space to the femur and what lies outside to the hip bone; the neck stays as it is.
fn part(ids: &mut [u8], volume: &Volume, side: Side, joint: &JointSpace, neck: &Unit<Vector3<f64>>) {
    let (femur, hip) = (Label::femur(side).id(), Label::hip(side).id());
    let (centre, radius) = (joint.head().centre, joint.head().radius_mm);
    let grid = &volume.grid;
    let cone = NECK_CONE_DEG.to_radians().cos();
    let [ni, nj, _] = grid.size;
    ids.par_chunks_mut(ni).enumerate().for_each(|(row, ids)| {
        let middle = grid.centre([ni / 2, row % nj, row / nj]) - centre;
        let half = ni as f64 * grid.spacing[0] / 2.0;
        if middle.norm() > half + radius + JOINT_REACH_MM {
            return;
        }
        for (i, id) in ids.iter_mut().enumerate() {
            let from = grid.centre([i, row % nj, row / nj]) - centre;
            let r = from.norm();
            if r > radius + JOINT_REACH_MM || r < 1e-6 {
                continue;
            }
            let in_neck = from.dot(neck) / r > cone;
            let shell = joint.distance_mm(&from);
            if r < radius - 2.0 || (!in_neck && r < shell - 1.0 && r < radius - 0.5) {
                // Spongy bone within the ball, whatever its density.
                *id = femur;
            } else if *id == hip && r < if in_neck { radius } else { shell.min(radius + 4.0) } {
                *id = femur;
            } else if *id == femur && !in_neck && r > shell {
                *id = hip;
            }
        }
    });
}
