//! One thing that a plan is judged by: its value, how far that is from what is allowed, and what it costs.

use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// What is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum TermKind {
    /// Outer diameter of the cup less what the socket asks for, mm.
    CupSize,
    /// Distance of the cup's centre from the native one, mm.
    CupShift,
    /// Part of the cup that bone covers, percent.
    CupCoverage,
    /// Bone that remains medially of the cup, mm.
    MedialWall,
    /// Bone that remains before the cup, mm.
    AnteriorWall,
    /// Bone that remains behind the cup, mm.
    PosteriorWall,
    /// Change of leg length less the aim, mm.
    LegLength,
    /// Change of global offset less the aim, mm.
    Offset,
    /// Distance of the stem from the inner border of the cortex where it is least, mm.
    Room,
    /// Distance of the stem from the outside of the femur where it is least, mm.
    Cortex,
    /// Offset of the head, mm.
    HeadOffset,
    /// Angle of the stem to the canal in the frontal plane, varus positive, degrees.
    Varus,
    /// Turn of the stem from the native version, anteversion positive, degrees.
    Turn,
    /// Sum of the cup's anteversion and the stem's version, degrees.
    CombinedAnteversion,
    /// How far the stem reaches beyond an osteotomy, mm.
    Bridging,
}

impl TermKind {
    /// Key in the language files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::CupSize => "term-cup-size",
            Self::CupShift => "term-cup-shift",
            Self::CupCoverage => "term-cup-coverage",
            Self::MedialWall => "term-medial-wall",
            Self::AnteriorWall => "term-anterior-wall",
            Self::PosteriorWall => "term-posterior-wall",
            Self::LegLength => "term-leg-length",
            Self::Offset => "term-offset",
            Self::Room => "term-room",
            Self::Cortex => "term-cortex",
            Self::HeadOffset => "term-head-offset",
            Self::Varus => "term-varus",
            Self::Turn => "term-turn",
            Self::CombinedAnteversion => "term-combined-anteversion",
            Self::Bridging => "term-bridging",
        }
    }

    /// `mm`, `%` or `°`.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        match self {
            Self::CupCoverage => "%",
            Self::Varus | Self::Turn | Self::CombinedAnteversion => "°",
            _ => "mm",
        }
    }
}

/// What one thing costs a plan.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Term {
    /// What is judged.
    pub kind: TermKind,
    /// Its value, in the unit of its kind.
    pub value: f64,
    /// How far it is from what is wanted or allowed, in the same unit; 0 where nothing is wrong with it.
    pub excess: f64,
    /// (excess × weight)², and more for what counts as not restored.
    pub cost: f64,
    /// True for a departure that no plan may have if it can be avoided: a breached wall, a perforated femur, a stem that does not go in.
    pub hard: bool,
}

impl Term {
    pub(super) fn new(kind: TermKind, value: f64, excess: f64, weight: f64) -> Self {
        Self { kind, value, excess, cost: (excess * weight).powi(2), hard: false }
    }

    /// The same, not to be had if it can be avoided.
    pub(super) const fn hard_if(mut self, hard: bool) -> Self {
        self.hard = hard;
        self
    }

    /// A value that should be so much at least.
    pub(super) fn at_least(kind: TermKind, value: f64, least: f64, weight: f64) -> Self {
        Self::new(kind, value, (least - value).max(0.0), weight)
    }
}

/// What a whole plan costs: first what may not be, then the sum of the rest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cost {
    hard: usize,
    sum: f64,
}

impl Cost {
    pub fn of<'t>(terms: impl IntoIterator<Item = &'t Term>) -> Self {
        let add = |cost: Self, term: &Term| Self { hard: cost.hard + usize::from(term.hard), sum: cost.sum + term.cost };
        terms.into_iter().fold(Self { hard: 0, sum: 0.0 }, add)
    }

    pub fn plus(self, other: Self) -> Self {
        Self { hard: self.hard + other.hard, sum: self.sum + other.sum }
    }

    pub fn total_cmp(&self, other: &Self) -> Ordering {
        self.hard.cmp(&other.hard).then(self.sum.total_cmp(&other.sum))
    }

    pub fn less_than(&self, other: &Self) -> bool {
        self.total_cmp(other).is_lt()
    }

    pub const fn sum(&self) -> f64 {
        self.sum
    }
}
