//! What the case says of itself, for the first step and the last.

use crate::plan::{Plan, storage::Case};
use std::path::PathBuf;

/// Where the case is, what it rests on, and all its plans.
#[derive(Clone, Debug, PartialEq)]
pub struct About {
    /// The case folder; never a patient's name.
    pub folder: PathBuf,
    /// Its head document.
    pub case: Case,
    /// By their numbers.
    pub plans: Vec<Plan>,
    /// Numbers of older plans that cannot be read.
    pub unreadable: Vec<u32>,
    /// Reports that it holds.
    pub reports: Vec<PathBuf>,
}

impl About {
    /// The plan on screen.
    #[must_use]
    pub fn newest(&self) -> Option<&Plan> {
        self.plans.last()
    }
}
