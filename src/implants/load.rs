//! Reading a catalogue from disk.

use super::{Catalogue, check::check};
use crate::files::shipped;
use sha2::{Digest, Sha256};
use std::{
    fs, io,
    path::{Path, PathBuf},
};
use thiserror::Error;

/// Where the shipped catalogue lies below the program's data folder.
const SHIPPED: &str = "models/implants/generic.ron";

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
        "the implant catalogue {} has format version {found}, this program reads version {}; {}",
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

impl Catalogue {
    /// Reads and checks a catalogue.
    ///
    /// # Errors
    /// When the file cannot be read, is not well formed, is of another format version, or fails [`check`].
    pub fn load(path: &Path) -> Result<Self, CatalogueError> {
        let text = fs::read_to_string(path).map_err(|source| CatalogueError::Read { path: path.into(), source })?;
        let syntax = |error: ron::error::SpannedError| CatalogueError::Syntax {
            path: path.into(),
            line: error.span.start.line,
            column: error.span.start.col,
            reason: error.code.to_string(),
        };
        // The version first: a newer format need not even parse.
        let Header { format_version: found } = ron::from_str(&text).map_err(syntax)?;
        if found != Self::FORMAT_VERSION {
            return Err(CatalogueError::Version { path: path.into(), found });
        }
        let mut catalogue: Self = ron::from_str(&text).map_err(syntax)?;
        let problems = check(&catalogue);
        if !problems.is_empty() {
            return Err(CatalogueError::Content { path: path.into(), problems });
        }
        catalogue.sha256 = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(catalogue)
    }

    /// The generic catalogue that ships with the program.
    ///
    /// # Errors
    /// As [`Catalogue::load`].
    pub fn shipped() -> Result<Self, CatalogueError> {
        let path = shipped(SHIPPED).map_err(|source| CatalogueError::Read { path: SHIPPED.into(), source })?;
        Self::load(&path)
    }
}

#[derive(serde::Deserialize)]
struct Header {
    format_version: u32,
}

const fn advice(found: u32) -> &'static str {
    if found > Catalogue::FORMAT_VERSION {
        "use a newer program"
    } else {
        "there was never such a version, correct `format_version`"
    }
}
