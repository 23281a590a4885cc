//! Trial components: what the surgeon tries in place of the plan, on the bones at once, and kept nowhere.

mod hip;
mod spine;
mod state;

pub use hip::PlannedHip;
pub use spine::{RollBack, Spine};
pub use state::{TrialPlugin, TrialState, Trying};

use crate::anatomy::CupAngles;

/// What is tried in place of the plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// The cup in the frame of the anterior pelvic plane, radiographic.
    pub cup: CupAngles,
    /// Id of the head.
    pub head: Option<String>,
    /// Id of the liner; `None` for a cup that states its own.
    pub liner: Option<String>,
    /// Positions that the liner is locked further round; forwards from twelve o'clock is positive.
    pub liner_positions: i32,
    /// The stem turned about its own axis against the plan, as it can turn in its canal, degrees; more anteversion is positive.
    pub stem_version_deg: f64,
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
}
