//! Activities: what a hip is asked to do, as paths of joint angles with the evidence behind them.
//!
//! Angles are the project's joint coordinates ([`JOINT_ORDER`](super::JOINT_ORDER)) of femur against pelvis, zero where the femoral frame
//! and that of the anterior pelvic plane are aligned. Published angles are counted from other pelvic frames or from standing, which
//! differ from it by some degrees: that is part of what [`Grade`] says.

mod demand;
mod descent;
mod load;
mod margin;
mod recorded;
mod table;
mod track;

pub use demand::{Demand, Keyframe};
pub(crate) use descent::{FINE_DEG, best_arc};
pub use load::{ActivityError, FORMAT_VERSION};
pub use margin::{ActivityMargin, BoneMargin, FirstContact, margins};
pub use recorded::read_recording;
pub(crate) use track::DIP;
pub use track::{Least, Track};

use super::{MotionError, PelvicPosture};
use serde::{Deserialize, Serialize};

/// A name in both languages of the interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Name {
    /// English.
    pub en: String,
    /// Simplified Chinese.
    pub zh: String,
}

/// Which activities are usually asked about together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Group {
    /// The eight planes of the passive examination.
    Passive,
    /// What a standard asks of the components alone.
    Component,
    /// Walking, stairs, chairs, shoes, the car, the bed.
    Daily,
    /// Squatting, kneeling and sitting on the floor.
    Floor,
    /// Tests of the examining surgeon.
    Clinical,
}

impl Group {
    /// All groups.
    pub const ALL: [Self; 5] = [Self::Passive, Self::Component, Self::Daily, Self::Floor, Self::Clinical];

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Passive => "passive",
            Self::Component => "component",
            Self::Daily => "daily",
            Self::Floor => "floor",
            Self::Clinical => "clinical",
        }
    }
}

/// How good the evidence for the angles is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Grade {
    /// A range that the named authors require of a replaced hip.
    Criterion,
    /// The range that a standard requires.
    Standard,
    /// An illustrative path to published mean peaks. That these peaks occur at the same instant is an assumption.
    PublishedPeak,
    /// Recorded on the person or persons named.
    Recorded,
    /// A clinical test whose manoeuvre is defined; its angles are illustrative.
    ClinicalTest,
    /// Illustrative: no published figure stands behind the angles.
    Illustrative,
}

impl Grade {
    /// Key of its name in the language files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Criterion => "evidence-criterion",
            Self::Standard => "evidence-standard",
            Self::PublishedPeak => "evidence-published-peak",
            Self::Recorded => "evidence-recorded",
            Self::ClinicalTest => "evidence-clinical-test",
            Self::Illustrative => "evidence-illustrative",
        }
    }
}

/// What the angles rest on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// How good it is.
    pub grade: Grade,
    /// True when the figures were noted from memory and must be held against the source before they are relied on.
    #[serde(default)]
    pub recalled: bool,
    /// Where they come from, and what was assumed.
    pub source: String,
}

/// Something that a hip is asked to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Activity {
    /// Unique id, e.g. `rise-low-seat`.
    pub id: String,
    /// Its name.
    pub name: Name,
    /// Its group.
    pub group: Group,
    /// How the person is meanwhile; decides what the spine has a part in.
    pub posture: PelvicPosture,
    /// What is asked for.
    pub demand: Demand,
    /// What that rests on.
    pub evidence: Evidence,
}

impl Activity {
    /// The track of what is asked for.
    ///
    /// # Errors
    /// When it cannot be followed; the message names the activity.
    pub fn track(&self) -> Result<Track, MotionError> {
        Track::new(&self.demand).map_err(|error| match error {
            MotionError::Demand(problem) => MotionError::Demand(format!("'{}', {problem}", self.id)),
            other => other,
        })
    }
}
