//! All figures of two label maps at once.

use super::{JointConfusion, SurfaceDistance, dice, joint_confusion, surface_distance};
use crate::{frames::Side, labels::Label, volume::Grid};

/// How well a predicted label map agrees with the truth.
#[derive(Clone, Debug, PartialEq)]
pub struct Agreement {
    /// Every bone that either map holds, in the order of its label.
    pub bones: Vec<BoneAgreement>,
    /// What is mistaken across each hip joint that both maps hold.
    pub joints: Vec<JointConfusion>,
}

/// One bone of an [`Agreement`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoneAgreement {
    /// Which bone.
    pub label: Label,
    /// Its volume in the prediction, ml; 0 when it is missing there.
    pub predicted_ml: f64,
    /// Its volume in the truth, ml; 0 when it is missing there.
    pub truth_ml: f64,
    /// The figures, where both maps hold the bone. A bone that one map lacks has none: what it should be depends on why it is missing.
    pub overlap: Option<Overlap>,
}

/// Figures of a bone that both maps hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Overlap {
    /// Dice's coefficient, 0 to 1.
    pub dice: f64,
    /// Distance between the surfaces.
    pub surface: SurfaceDistance,
}

impl BoneAgreement {
    /// Which map lacks the bone: `"prediction"` or `"truth"`.
    #[must_use]
    pub fn missing_in(&self) -> Option<&'static str> {
        match self.overlap {
            Some(_) => None,
            None if self.predicted_ml > 0.0 => Some("truth"),
            None => Some("prediction"),
        }
    }
}

impl Agreement {
    /// One bone; `None` when neither map holds it.
    #[must_use]
    pub fn bone(&self, label: Label) -> Option<&BoneAgreement> {
        self.bones.iter().find(|bone| bone.label == label)
    }
}

/// Compares two label maps on one grid.
///
/// # Panics
/// When a map does not have one entry per voxel of the grid.
#[must_use]
pub fn agreement(predicted: &[u8], truth: &[u8], grid: &Grid) -> Agreement {
    let counts = |ids: &[u8]| {
        let mut counts = [0usize; 256];
        ids.iter().for_each(|&id| counts[usize::from(id)] += 1);
        counts
    };
    let (of_predicted, of_truth) = (counts(predicted), counts(truth));
    let ml = |voxels: usize| voxels as f64 * grid.voxel_mm3() / 1000.0;
    let bones = Label::ALL.into_iter().filter(|&label| label != Label::Background).filter_map(|label| {
        let [in_predicted, in_truth] = [of_predicted, of_truth].map(|of| of[usize::from(label.id())]);
        let figures =
            || Some(Overlap { dice: dice(predicted, truth, label)?, surface: surface_distance(predicted, truth, grid, label)? });
        (in_predicted + in_truth > 0).then(|| BoneAgreement {
            label,
            predicted_ml: ml(in_predicted),
            truth_ml: ml(in_truth),
            overlap: figures(),
        })
    });
    let joints = Side::BOTH.into_iter().filter_map(|side| joint_confusion(predicted, truth, grid, side));
    Agreement { bones: bones.collect(), joints: joints.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Point3;

    #[test]
    fn a_bone_in_one_map_only_is_missing_and_not_a_number() {
        let grid = Grid::axis_aligned([4, 1, 1], [10.0; 3], Point3::origin());
        let found = agreement(&[1, 1, 2, 0], &[1, 0, 0, 5], &grid);
        let told: Vec<_> = found.bones.iter().map(|bone| (bone.label, bone.missing_in(), bone.overlap.map(|o| o.dice))).collect();
        assert_eq!(
            told,
            [
                (Label::Sacrum, None, Some(2.0 / 3.0)),
                (Label::HipLeft, Some("truth"), None),
                (Label::FemurRight, Some("prediction"), None)
            ]
        );
        assert_eq!(found.bone(Label::Sacrum).map(|bone| (bone.predicted_ml, bone.truth_ml)), Some((2.0, 1.0)));
        assert!(found.joints.is_empty());
    }
}
