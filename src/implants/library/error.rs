//! Why a catalogue cannot be used.

use crate::implants::Catalogue;
use std::{
    io,
    path::{Path, PathBuf},
};
use thiserror::Error;

/// Why a catalogue cannot be used.
#[derive(Debug, Error)]
pub enum CatalogueError {
    /// The file cannot be read.
    #[error("the implant catalogue {} cannot be read: {source}; check the path and the permissions", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// The file is of a kind that a catalogue is never written in.
    #[error("{} is {what}, not an implant catalogue in RON: it was not looked into; write the dimensions into a RON file, or name the surface (STL) in a frame file", .path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// The file is no catalogue.
    #[error("the implant catalogue {} is not well formed at line {line}, column {column}: {reason}; correct that line", .path.display())]
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
    /// The file is of another format.
    #[error(
        "the implant catalogue {} has format version {found}, this program reads versions up to {}; {}",
        .path.display(), Catalogue::FORMAT_VERSION, advice(*.found)
    )]
    Version {
        /// The file.
        path: PathBuf,
        /// The version in the file.
        found: u32,
    },
    /// The dimensions make no sense.
    #[error("the implant catalogue {} cannot be used: {}; correct these entries", .path.display(), .problems.join("; "))]
    Content {
        /// The file.
        path: PathBuf,
        /// One sentence a problem, each naming its entry.
        problems: Vec<String>,
    },
}

impl CatalogueError {
    pub(super) fn syntax(path: &Path, error: &ron::error::SpannedError) -> Self {
        let (line, column) = (error.span.start.line, error.span.start.col);
        Self::Syntax { path: path.into(), line, column, reason: error.code.to_string() }
    }

    pub(super) fn content(path: &Path, problem: String) -> Self {
        Self::Content { path: path.into(), problems: vec![problem] }
    }
}

const fn advice(found: u32) -> &'static str {
    if found > Catalogue::FORMAT_VERSION {
        "use a newer program"
    } else {
        "there was never such a version, correct `format_version`"
    }
}
