//! What a change of stem, head or seating does to where femur and stem are about the joint's centre.

use nalgebra::{Matrix3, Rotation3, Vector3};
use serde::Serialize;

/// A change on the femoral side, against the plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct FemurChange {
    /// The stem turned in the femur, about its long axis through where neck and stem meet, degrees; more anteversion is positive.
    pub stem_version_deg: f64,
    /// The stem tilted in the femur about the same place, degrees; varus, which brings the neck nearer to level, is positive.
    pub stem_varus_deg: f64,
    /// The head further along the neck, as a head of larger offset is, mm.
    pub neck_length_mm: f64,
    /// The leg longer, as by a stem that is seated less deep, mm.
    pub leg_length_mm: f64,
    /// The femur further lateral, as by a stem of higher offset, mm.
    pub offset_mm: f64,
}

impl FemurChange {
    /// True when nothing is changed.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    fn turn(&self, neck: &Vector3<f64>) -> Rotation3<f64> {
        let across = neck.cross(&Vector3::y()).try_normalize(1e-9).unwrap_or_default();
        // More anteversion carries the neck's lateral end backwards, from Z towards −X: a negative turn about Y.
        Rotation3::from_axis_angle(&Vector3::y_axis(), -self.stem_version_deg.to_radians())
            * Rotation3::from_scaled_axis(across * self.stem_varus_deg.to_radians())
    }

    /// How far the bone moves against the head's centre, femoral frame of a right hip, mm; `neck` leads from that centre to the stem's axis.
    pub(super) fn femur_shift(&self, neck: &Vector3<f64>) -> Vector3<f64> {
        // Where neck and stem meet stays in the bone, and the head goes round it.
        let further = self.turn(neck) * neck;
        further - neck + self.along(&further) + Vector3::new(0.0, -self.leg_length_mm, self.offset_mm)
    }

    /// How the stem turns about the head's centre, and moves against it.
    pub(super) fn stem_motion(&self, neck: &Vector3<f64>) -> (Matrix3<f64>, Vector3<f64>) {
        let turn = self.turn(neck);
        (turn.into_inner(), self.along(&(turn * neck)))
    }

    fn along(&self, neck: &Vector3<f64>) -> Vector3<f64> {
        neck.try_normalize(1e-9).unwrap_or_default() * self.neck_length_mm
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::motion::NeckAngles;

    /// A turned stem has the neck that the closed form is given, and bone that goes the way its head does not.
    #[test]
    fn the_neck_turns_as_its_anteversion_says() {
        let neck =
            |anteversion_deg: f64| NeckAngles { elevation_deg: 42.0, anteversion_deg }.right_hip_axis().into_inner() * 50.0;
        let change = FemurChange { stem_version_deg: 8.0, ..FemurChange::default() };
        let (turn, shift) = change.stem_motion(&neck(11.0));
        assert!((turn * neck(11.0) - neck(19.0)).norm() < 1e-9 && shift.norm() < 1e-12);
        // The stem's axis keeps its place in the bone.
        assert!((neck(11.0) + change.femur_shift(&neck(11.0)) - neck(19.0)).norm() < 1e-9);
        let varus = FemurChange { stem_varus_deg: 3.0, ..FemurChange::default() }.stem_motion(&neck(11.0)).0 * neck(11.0);
        let level = NeckAngles { elevation_deg: 39.0, anteversion_deg: 11.0 }.right_hip_axis().into_inner() * 50.0;
        assert!((varus - level).norm() < 1e-9);
        let longer = FemurChange { neck_length_mm: 4.0, ..FemurChange::default() };
        assert!((longer.femur_shift(&neck(11.0)).norm() - 4.0).abs() < 1e-9);
        assert!(longer.femur_shift(&neck(11.0)).y < 0.0 && longer.femur_shift(&neck(11.0)).z > 0.0, "lower and further lateral");
    }
}
