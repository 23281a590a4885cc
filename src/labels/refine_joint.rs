//! Femoral head and socket told apart: by the ball and the dark joint space around it where the CT shows them, by the network elsewhere.

use super::{
    Label,
    neural::Probabilities,
    refine_head::{CERTAIN, Head, JointSpace},
    refine_prior::Prior,
};
use crate::{frames::Side, volume::Volume};
use nalgebra::{Point3, Unit, Vector3};
use rayon::prelude::*;

/// Half the opening of the cone from the head's centre that holds the neck.
const NECK_CONE_DEG: f64 = 50.0;
/// How far beyond the ball's surface head and socket are told apart by the joint space, mm.
const JOINT_REACH_MM: f64 = 9.0;
/// How far beyond the ball's surface a joint space may lie, mm.
const JOINT_SPACE_MM: f64 = 3.0;
/// A ball whose surface stands out less than this is no femoral head to rely on.
const LEAST_CONTRAST_HU: f64 = 150.0;
/// A head that the CT itself shows less clearly than this can be several millimetres off: 400 to 600 HU where voxels are short, 230 in a
/// phantom with voxels of 3 mm, 120 in a real CT of that kind with a narrow joint space.
const CLEAR_HU: f64 = 180.0;
/// A ball further than this from where the network saw the joint is something else, mm.
const FARTHEST_MM: f64 = 13.0;

/// A head in its socket.
#[derive(Clone, Debug)]
pub(super) struct Joint {
    /// Side of the patient.
    pub(super) side: Side,
    /// Whether the CT itself shows the head clearly.
    pub(super) clear: bool,
    space: JointSpace,
    neck: Unit<Vector3<f64>>,
}

impl Joint {
    /// The joint of a side, when a ball is there where the network saw it (`guess`, LPS mm).
    pub(super) fn find(volume: &Volume, probabilities: &Probabilities, side: Side, guess: &Point3<f64>) -> Option<Self> {
        let head = Head::find(volume, &belief(probabilities, side)?, guess);
        if head.contrast_hu < LEAST_CONTRAST_HU || (head.centre - guess).norm() > FARTHEST_MM {
            return None;
        }
        let femur = points(probabilities, Label::femur(side));
        let beyond: Vec<_> = femur.iter().map(|p| p - head.centre).filter(|d| (28.0..55.0).contains(&d.norm())).collect();
        let neck = Unit::try_new(beyond.iter().sum::<Vector3<f64>>(), 1e-6)?;
        let clear = head.stands_out_hu(volume) >= CLEAR_HU;
        Some(Self { side, clear, space: JointSpace::find(volume, head), neck })
    }

    /// Whether a point (LPS mm) lies in the head or its joint space.
    pub(super) fn holds(&self, p: &Point3<f64>) -> bool {
        let head = self.space.head();
        (p - head.centre).norm() < head.radius_mm + JOINT_SPACE_MM
    }

    /// Gives what lies inside the joint space to the femur and what lies outside to the hip bone; the neck stays as it is.
    pub(super) fn part(&self, ids: &mut [u8], volume: &Volume) {
        let Self { side, space, neck, .. } = self;
        let (femur, hip) = (Label::femur(*side).id(), Label::hip(*side).id());
        let (centre, radius) = (space.head().centre, space.head().radius_mm);
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
                let shell = space.distance_mm(&from);
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
}

/// Gives every voxel of a side's femur and hip bone to the one of the two that the network takes it for.
pub(super) fn part_as_believed(ids: &mut [u8], prior: &Prior, side: Side) {
    let both = [Label::femur(side).id(), Label::hip(side).id()];
    for (id, &believed) in ids.iter_mut().zip(&prior.bone) {
        if both.contains(id) && both.contains(&believed) {
            *id = believed;
        }
    }
}

/// Where the network saw a joint of a side, LPS mm: near the middle of the head.
pub(super) fn seen(probabilities: &Probabilities, side: Side) -> Option<Point3<f64>> {
    let [femur, hip] = [Label::femur(side), Label::hip(side)].map(|label| points(probabilities, label));
    // The part of the femur that lies within 15 mm of the hip bone is the head, or near it.
    let near: Vec<_> = femur.iter().filter(|p| hip.iter().any(|q| (*p - q).norm_squared() < 225.0)).collect();
    (near.len() >= 5).then(|| Point3::from(near.iter().map(|p| p.coords).sum::<Vector3<f64>>() / near.len() as f64))
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
