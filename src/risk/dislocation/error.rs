//! Why a rehearsal cannot be made.

use crate::{
    motion::{ActivityError, MotionError},
    plan::PlanError,
};
use std::{io, path::PathBuf};
use thiserror::Error;

/// Why a rehearsal cannot be made.
#[derive(Debug, Error)]
pub enum RehearsalError {
    /// The settings cannot be read.
    #[error("the soft tissue settings {} cannot be read: {source}; check the path and the permissions", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// The file is no settings.
    #[error("the soft tissue settings {} are not well formed at line {line}, column {column}: {reason}; correct that line", .path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What was found and expected.
        reason: String,
    },
    /// An entry makes no sense.
    #[error("the soft tissue settings {} cannot be used: {problem}; correct this entry", .path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong, with the entry's name.
        problem: String,
    },
    /// No approach has this id.
    #[error("there is no approach '{wanted}'; there are {known}")]
    UnknownApproach {
        /// What was asked for.
        wanted: String,
        /// All ids.
        known: String,
    },
    /// No structure has this id.
    #[error("there is no ligament or muscle '{wanted}' to release; there are {known}")]
    UnknownStructure {
        /// What was asked for.
        wanted: String,
        /// All ids.
        known: String,
    },
    /// Nothing to move.
    #[error("plan {plan} has no stem, or its femur was not measured: there is no head that could dislocate")]
    NoStem {
        /// Number of the plan.
        plan: u32,
    },
    /// A body weight that is none.
    #[error("a body weight of {found} kg cannot be reckoned with; give 20 to 300 kg")]
    Weight {
        /// What was given.
        found: f64,
    },
    /// The activity has no path.
    #[error("'{activity}' is no path of postures but an arc that components must allow; choose an activity with a path")]
    NoPath {
        /// Id of the activity.
        activity: String,
    },
    /// The plan cannot be used.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The activity cannot be followed.
    #[error(transparent)]
    Motion(#[from] MotionError),
    /// The activities cannot be read.
    #[error(transparent)]
    Activity(#[from] ActivityError),
}
