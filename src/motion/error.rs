//! What can go wrong in the motion stage.

use std::{io, path::PathBuf};
use thiserror::Error;

/// Errors of the motion stage.
#[derive(Debug, Error)]
pub enum MotionError {
    /// The table of cases cannot be read.
    #[error("{} cannot be read", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The table of cases lacks a column.
    #[error("{}: the first line must name the columns RI, RA, a, b and theta; '{column}' is missing", .path.display())]
    NoColumn {
        /// The file.
        path: PathBuf,
        /// The missing column.
        column: &'static str,
    },
    /// A cell of the table is not a usable number.
    #[error("{}, line {line}: {column} must be {expected}, found '{found}'", .path.display())]
    BadCell {
        /// The file.
        path: PathBuf,
        /// Line in the file, from 1.
        line: usize,
        /// Name of the column.
        column: &'static str,
        /// What would be accepted.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// A number given is outside what the method can compute.
    #[error("{what} must be {expected}, found {found}")]
    OutOfRange {
        /// The quantity.
        what: &'static str,
        /// What would be accepted.
        expected: &'static str,
        /// What was given.
        found: f64,
    },
    /// A demand cannot be followed.
    #[error("the activity cannot be followed: {0}")]
    Demand(String),
    /// A body has no triangles.
    #[error("the {0} has no triangles: nothing can touch it; leave it out or give its mesh")]
    EmptyBody(&'static str),
    /// Two surfaces are too near to each other, over too much of them, to say where they first touch.
    #[error(
        "two surfaces lie on each other, or a hair apart, over so much of a motion that after {looked} looks it is not decided where they first \
         touch; is a bone there twice (in both labels, or the head left on the femur), or a part in the same place as another?"
    )]
    Undecided {
        /// Pairs of parts that were looked at.
        looked: u64,
    },
    /// An implant of the plan is not in the catalogue.
    #[error(transparent)]
    Plan(#[from] crate::plan::PlanError),
    /// A bone's surface cannot be cut.
    #[error(transparent)]
    Surface(#[from] crate::surface::SurfaceError),
    /// The caller no longer wants the result.
    #[error("cancelled")]
    Cancelled,
}
