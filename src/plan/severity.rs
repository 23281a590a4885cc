//! How much a finding about a plan weighs.

/// From what is only told to what may not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Told so that it is known.
    Note,
    /// Unusual: somebody should have looked at it.
    Warning,
    /// May not be: the plan is approved only when somebody answers for it with a reason.
    Hard,
}

impl Severity {
    /// Its name in JSON, and behind `severity-` in the language files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Hard => "hard",
        }
    }
}

/// A breached wall, a perforated femur, a stem that does not go in, a nerve in danger, parts that do not belong together, numbers that are not
/// the plan's.
const HARD: [&str; 12] = [
    "finding-cup-breach",
    "finding-cup-breached",
    "finding-canal-narrow",
    "finding-stem-tight",
    "finding-stem-perforation",
    "finding-nerve",
    "finding-head-liner",
    "finding-augment-cup",
    "finding-side",
    "finding-unknown-implant",
    "finding-catalogue-changed",
    "finding-change-stale",
];

/// How the plan was made, and what its numbers are in another frame.
const NOTES: [&str; 5] =
    ["finding-cup-functional", "finding-cup-smaller", "finding-stem-version", "finding-stem-turned", "finding-stem-leans"];

/// How much a finding weighs, by its key.
#[must_use]
pub fn severity(key: &str) -> Severity {
    if HARD.contains(&key) {
        Severity::Hard
    } else if NOTES.contains(&key) {
        Severity::Note
    } else {
        Severity::Warning
    }
}
