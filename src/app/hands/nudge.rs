//! Small steps of cup and stem, as keys make them.

use super::Tool;
use crate::{
    app::trial::{Shelf, Trial},
    frames::Side,
};

/// One step of the keyboard, degrees or mm.
pub const STEP: f64 = 0.5;
/// Numbers that a hand has set are told to a tenth, and are no finer.
const TENTHS: f64 = 10.0;
/// What keys and handles leave alone: there the sliders end.
const INCLINATION_DEG: (f64, f64) = (0.0, 80.0);
const ANTEVERSION_DEG: (f64, f64) = (-30.0, 55.0);

/// A small step; +1 is the way of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nudge {
    /// More inclination of the cup.
    Inclination,
    /// More anteversion of the cup.
    Anteversion,
    /// The cup to the patient's left, as it is seen on the right of a picture from the front.
    Leftwards,
    /// The cup upwards.
    Superior,
    /// The cup deeper into the bone, along its axis.
    Deeper,
    /// The cup forwards.
    Anterior,
    /// More anteversion of the stem.
    Version,
    /// The stem deeper into the canal.
    StemDeeper,
    /// The stem more in varus.
    Varus,
    /// The next size of the family.
    Size,
}

impl Nudge {
    /// A trial with a step in its way, or against it.
    #[must_use]
    pub fn of(self, tool: Tool, trial: &Trial, steps: i32, side: Side, shelf: &Shelf) -> Trial {
        let (mut next, by) = (trial.clone(), f64::from(steps) * STEP);
        match self {
            Self::Inclination => next.cup.inclination_deg = kept(trial.cup.inclination_deg, by, INCLINATION_DEG),
            Self::Anteversion => next.cup.anteversion_deg = kept(trial.cup.anteversion_deg, by, ANTEVERSION_DEG),
            // Medial of a right hip is to the patient's left.
            Self::Leftwards => next.cup_shift_mm[0] = tenth(trial.cup_shift_mm[0] - by * side.lps_sign()),
            Self::Superior => next.cup_shift_mm[1] = tenth(trial.cup_shift_mm[1] + by),
            Self::Anterior => next.cup_shift_mm[2] = tenth(trial.cup_shift_mm[2] + by),
            Self::Deeper => next = trial.with_cup_depth_mm(tenth(trial.cup_depth_mm() + by)),
            Self::Version => next.stem_version_deg = tenth(trial.stem_version_deg + by),
            Self::StemDeeper => next.stem_depth_mm = tenth(trial.stem_depth_mm + by),
            Self::Varus => next.stem_lean_deg = tenth(trial.stem_lean_deg + by),
            Self::Size => return resized(tool, next, steps, shelf),
        }
        next
    }
}

/// The next larger or smaller size of the family, where there is one.
fn resized(tool: Tool, mut trial: Trial, steps: i32, shelf: &Shelf) -> Trial {
    match tool {
        Tool::Cup => {
            if let Some(id) = shelf.next_cup(&trial.cup_id, steps) {
                trial.cup_id = id.to_owned();
            }
        }
        Tool::Stem => {
            if let Some(id) = trial.stem_id.as_deref().and_then(|id| shelf.next_stem(id, steps)) {
                trial.stem_id = Some(id.to_owned());
            }
        }
    }
    trial
}

/// A tenth of a degree or of a millimetre, and no nought with a sign.
pub(super) fn tenth(value: f64) -> f64 {
    (value * TENTHS).round() / TENTHS + 0.0
}

/// A value moved by so much, but not out of a span that it is in.
pub(super) fn kept(value: f64, by: f64, (least, most): (f64, f64)) -> f64 {
    tenth(value + by).clamp(least.min(value), most.max(value))
}

/// The angles of a cup that a hand has turned: to a tenth, and within what sliders have.
pub(super) fn cup_angles(inclination_deg: f64, anteversion_deg: f64) -> crate::anatomy::CupAngles {
    let within = |value: f64, (least, most): (f64, f64)| tenth(value).clamp(least, most);
    crate::anatomy::CupAngles {
        inclination_deg: within(inclination_deg, INCLINATION_DEG),
        anteversion_deg: within(anteversion_deg, ANTEVERSION_DEG),
    }
}
