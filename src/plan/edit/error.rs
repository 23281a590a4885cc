//! Why an edit of a plan is refused.

use crate::plan::PlanError;
use std::fmt;
use thiserror::Error;

/// What has limits beyond which nothing can be implanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Radiographic inclination of the cup in the anterior pelvic plane, degrees.
    CupInclination,
    /// Radiographic anteversion of the cup in the anterior pelvic plane, degrees.
    CupAnteversion,
    /// Distance of the cup's centre from that of the socket, mm.
    CupShift,
    /// Distance of the cup's centre from the midline, mm.
    CupFromMidline,
    /// The stem's origin below the native crossing of neck and shaft, mm.
    StemDepth,
    /// Turn of the stem from the native version, degrees.
    StemTurn,
    /// Lean of the stem against the canal, degrees.
    StemLean,
    /// The neck's cut, from the stem's axis along its neck, mm.
    Cut,
    /// Pelvic tilt, posterior positive, degrees.
    PelvicTilt,
    /// Clock position of an augment's middle, hours.
    AugmentHour,
    /// Turn of an augment towards the cup's pole, degrees.
    AugmentTilt,
}

impl Limit {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::CupInclination,
        Self::CupAnteversion,
        Self::CupShift,
        Self::CupFromMidline,
        Self::StemDepth,
        Self::StemTurn,
        Self::StemLean,
        Self::Cut,
        Self::PelvicTilt,
        Self::AugmentHour,
        Self::AugmentTilt,
    ];

    /// Name behind `limit-` in the language files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CupInclination => "cup-inclination",
            Self::CupAnteversion => "cup-anteversion",
            Self::CupShift => "cup-shift",
            Self::CupFromMidline => "cup-from-midline",
            Self::StemDepth => "stem-depth",
            Self::StemTurn => "stem-turn",
            Self::StemLean => "stem-lean",
            Self::Cut => "cut",
            Self::PelvicTilt => "pelvic-tilt",
            Self::AugmentHour => "augment-hour",
            Self::AugmentTilt => "augment-tilt",
        }
    }

    /// `mm`, `h` or `°`, as it follows a number.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        match self {
            Self::CupShift | Self::CupFromMidline | Self::StemDepth | Self::Cut => " mm",
            Self::AugmentHour => " h",
            _ => "°",
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CupInclination => "the cup's inclination (radiographic, anterior pelvic plane)",
            Self::CupAnteversion => "the cup's anteversion (radiographic, anterior pelvic plane)",
            Self::CupShift => "the distance of the cup's centre from that of the socket",
            Self::CupFromMidline => "the distance of the cup's centre from the midline",
            Self::StemDepth => "the depth of the stem below the native crossing of neck and shaft",
            Self::StemTurn => "the turn of the stem from the native version",
            Self::StemLean => "the lean of the stem against the canal",
            Self::Cut => "the place of the neck's cut, along the neck from the stem's axis",
            Self::PelvicTilt => "the pelvic tilt",
            Self::AugmentHour => "the clock position of the augment",
            Self::AugmentTilt => "the turn of the augment towards the pole of the cup",
        })
    }
}

/// Why an edit is refused. The plan is as it was before.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum EditError {
    /// The plan is approved.
    #[error(
        "plan {number} is approved and is never changed; take it up again as a new plan (coxa plans CASE revise {number}) and edit that"
    )]
    Approved {
        /// Its number.
        number: u32,
    },
    /// Not a number.
    #[error("{what} is not a finite number; give mm or degrees")]
    NotFinite {
        /// Which value.
        what: &'static str,
    },
    /// Physically impossible.
    #[error("{limit} would be {found:.1}{unit}; from {least:.1} to {most:.1}{unit} is possible", unit = .limit.unit())]
    Beyond {
        /// What.
        limit: Limit,
        /// What it would be.
        found: f64,
        /// The least that is possible.
        least: f64,
        /// The most.
        most: f64,
    },
    /// Parts that do not go together.
    #[error("the head '{head}' of {head_mm} mm does not go into the liner of the cup '{cup}' for {liner_mm} mm; choose one of {}", .allowed.join(", "))]
    HeadLiner {
        /// Id of the head.
        head: String,
        /// Its diameter, mm.
        head_mm: f64,
        /// Id of the cup.
        cup: String,
        /// What its liner takes, mm.
        liner_mm: f64,
        /// Heads that go in.
        allowed: Vec<String>,
    },
    /// A liner that does not go into the cup.
    #[error("the liner '{liner}' does not go into the cup '{cup}'; choose one of {}", listed(.allowed))]
    Liner {
        /// Id of the liner.
        liner: String,
        /// Id of the cup.
        cup: String,
        /// Liners that go in.
        allowed: Vec<String>,
    },
    /// An augment that does not go onto the cup.
    #[error(
        "the augment '{augment}' does not go onto the cup '{cup}'; choose one of {}, another cup, or none (remove-augment)",
        listed(.allowed)
    )]
    Augment {
        /// Id of the augment.
        augment: String,
        /// Id of the cup.
        cup: String,
        /// Augments that go onto it.
        allowed: Vec<String>,
    },
    /// There are no hours.
    #[error("the cup opens straight up or down, so that it has no clock face; turn it first")]
    NoClockFace,
    /// There is no liner to turn.
    #[error("the plan's cup states its liner itself; choose a liner first")]
    NoLiner,
    /// There is no stem to move.
    #[error("the plan has no stem; choose one first")]
    NoStem,
    /// There is nothing to measure the height from.
    #[error("the lesser trochanter was not found, so that no height above it can be given; move the cut by mm instead")]
    NoTrochanter,
    /// Neither angle was given.
    #[error("neither inclination nor anteversion is given; give one or both")]
    NoAngle,
    /// The plan has no such finding.
    #[error("the plan has no finding '{key}' that could be overridden; it has {}", listed(.known))]
    NoFinding {
        /// Its key.
        key: String,
        /// The keys of those it has.
        known: Vec<String>,
    },
    /// A text that must be given.
    #[error("'{what}' is empty; somebody who answers for a finding says who they are and why")]
    Empty {
        /// Which.
        what: &'static str,
    },
    /// The implants or the hip.
    #[error(transparent)]
    Plan(#[from] PlanError),
}

/// Names with commas; of none it is said.
pub(crate) fn listed(names: &[String]) -> String {
    if names.is_empty() { "–".into() } else { names.join(", ") }
}

/// Refuses what is no number.
pub(super) fn finite(what: &'static str, value: f64) -> Result<f64, EditError> {
    if value.is_finite() { Ok(value) } else { Err(EditError::NotFinite { what }) }
}

/// Refuses what lies outside the possible.
pub(super) fn within(limit: Limit, found: f64, least: f64, most: f64) -> Result<(), EditError> {
    // A rounding of the last digits is no step over a limit.
    if (least - 1e-9..=most + 1e-9).contains(&found) { Ok(()) } else { Err(EditError::Beyond { limit, found, least, most }) }
}
