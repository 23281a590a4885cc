//! Trial components: what the surgeon tries in place of the plan, on the bones at once, and kept nowhere.

mod hip;
mod parts;
mod room;
mod shelf;
mod spine;
mod state;
mod steps;

pub use hip::{Judging, PlannedHip};
pub use parts::Fitting;
pub use shelf::{Rack, Shelf, Shelved};
pub use spine::{RollBack, Spine};
pub use state::{TrialPlugin, TrialState, Trying};
pub use steps::{Change, changes, named};

use crate::anatomy::CupAngles;

/// What is tried in place of the plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// Id of the cup.
    pub cup_id: String,
    /// The cup in the frame of the anterior pelvic plane, radiographic.
    pub cup: CupAngles,
    /// How far the cup's shell is moved medially, superiorly and anteriorly against the plan, along the axes of the pelvis, mm. A cup that is
    /// turned keeps its shell where it is.
    pub cup_shift_mm: [f64; 3],
    /// Id of the liner; `None` for a cup that states its own.
    pub liner: Option<String>,
    /// Positions that the liner is locked further round; forwards from twelve o'clock is positive.
    pub liner_positions: i32,
    /// Id of the head.
    pub head: Option<String>,
    /// Id of the stem.
    pub stem_id: Option<String>,
    /// The stem turned about its own axis against the plan, as it can turn in its canal, degrees; more anteversion is positive.
    pub stem_version_deg: f64,
    /// Leaned in the frontal plane against the plan, degrees; varus is positive.
    pub stem_lean_deg: f64,
    /// Moved distally along its own axis against the plan, mm; deeper is positive.
    pub stem_depth_mm: f64,
    /// The neck's cut moved along the shaft against the stem, mm; higher is positive.
    pub cut_mm: f64,
    /// How the pelvis stands in postures.
    pub spine: Spine,
}

impl Trial {
    /// True when parts and places are those of another; the spine is no part of a plan.
    #[must_use]
    pub fn same_parts(&self, other: &Self) -> bool {
        let spineless = |trial: &Self| Self { spine: Spine::default(), ..trial.clone() };
        spineless(self) == spineless(other)
    }

    /// How far the shell is moved into the bone along the axis that the cup has now, mm; the rest of its shift is across it.
    #[must_use]
    pub fn cup_depth_mm(&self) -> f64 {
        let (axis, [medial, superior, anterior]) = (self.cup.right_hip_axis(), self.cup_shift_mm);
        // In the frame of a right hip +Z is lateral.
        medial * axis.z - superior * axis.y - anterior * axis.x + 0.0
    }

    /// The same with the shell moved along that axis until it is so deep, mm.
    #[must_use]
    pub fn with_cup_depth_mm(&self, depth_mm: f64) -> Self {
        let (axis, further) = (self.cup.right_hip_axis(), depth_mm - self.cup_depth_mm());
        let [medial, superior, anterior] = self.cup_shift_mm;
        let cup_shift_mm = [medial + further * axis.z, superior - further * axis.y, anterior - further * axis.x];
        Self { cup_shift_mm, ..self.clone() }
    }
}
