//! How much a search may look at before it gives up.

use crate::motion::MotionError;

/// Pairs of parts that the search for a first contact may look at: some seconds. No scene of a hip comes near it; surfaces that lie on each
/// other, or a hair apart, all along a motion would take minutes.
pub(super) const MOST: u64 = 8_000_000;

/// Steps of a search, counted rather than timed, so that the same scene always ends the same way.
pub(super) struct Work {
    steps: u64,
    most: u64,
}

/// A search has looked at more than it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Undecided;

impl Work {
    /// Up to so many steps.
    pub const fn up_to(most: u64) -> Self {
        Self { steps: 0, most }
    }

    /// Where the geometry is known to be no such case.
    pub const fn any() -> Self {
        Self::up_to(u64::MAX)
    }

    /// One step more.
    #[inline]
    pub const fn step(&mut self) {
        self.steps += 1;
    }

    /// How many there were.
    #[cfg(test)]
    pub const fn steps(&self) -> u64 {
        self.steps
    }

    /// An error where there were too many.
    #[inline]
    pub const fn check(&self) -> Result<(), Undecided> {
        if self.steps > self.most { Err(Undecided) } else { Ok(()) }
    }
}

impl From<Undecided> for MotionError {
    fn from(_: Undecided) -> Self {
        Self::Undecided { looked: MOST }
    }
}
