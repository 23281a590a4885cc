//! A file of a library, read as text and refused when it is something else.

use super::CatalogueError;
use crate::implants::Catalogue;
use ron::extensions::Extensions;
use serde::{Deserialize, de::DeserializeOwned};
use std::{fs, path::Path};

/// The ending of names, the beginning of contents, and what that is.
const FOREIGN: [(&str, &[u8], &str); 6] = [
    ("3mf", b"PK\x03\x04", "a 3MF or another zip archive"),
    ("xml", b"<?xml", "XML"),
    ("xml", b"<!DOCTYPE", "XML with a DOCTYPE"),
    ("xml", b"<", "XML or HTML"),
    ("stl", b"solid ", "an STL surface"),
    ("pdf", b"%PDF", "a PDF"),
];

/// A file as it is, and what it says it is.
pub(super) struct Read {
    pub text: String,
    pub header: Header,
}

/// What a file is told by. Everything else is left for later: a newer format need not even parse.
#[derive(Deserialize)]
pub(super) struct Header {
    pub format_version: u32,
    #[serde(default)]
    pub family: Option<serde::de::IgnoredAny>,
    #[serde(default)]
    pub files: Option<serde::de::IgnoredAny>,
    #[serde(default)]
    pub surface: Option<serde::de::IgnoredAny>,
}

/// Reads a file and its header.
pub(super) fn read(path: &Path) -> Result<Read, CatalogueError> {
    let failed = |source| CatalogueError::Read { path: path.into(), source };
    let bytes = fs::read(path).map_err(failed)?;
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let trimmed = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes).trim_ascii_start();
    let starts = |start: &[u8]| trimmed.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start));
    let foreign = FOREIGN.iter().find(|(_, start, what)| starts(start) && *what != "an STL surface");
    let named = FOREIGN.iter().find(|(name, _, _)| *name == ending);
    if let Some((_, _, what)) = foreign.or(named) {
        return Err(CatalogueError::Foreign { path: path.into(), what });
    }
    let invalid = |_| failed(std::io::Error::new(std::io::ErrorKind::InvalidData, "it is not text in UTF-8"));
    let text = String::from_utf8(bytes).map_err(invalid)?;
    let header: Header = parse(path, &text)?;
    if !(1..=Catalogue::FORMAT_VERSION).contains(&header.format_version) {
        return Err(CatalogueError::Version { path: path.into(), found: header.format_version });
    }
    Ok(Read { text, header })
}

/// RON in which what may be left out need not be wrapped in `Some`.
pub(super) fn parse<T: DeserializeOwned>(path: &Path, text: &str) -> Result<T, CatalogueError> {
    let options = ron::Options::default().with_default_extension(Extensions::IMPLICIT_SOME);
    options.from_str(text).map_err(|error| CatalogueError::syntax(path, &error))
}

/// Refuses a unit other than the one that all lengths are in.
pub(super) fn millimetres(path: &Path, unit: &str) -> Result<(), CatalogueError> {
    if unit == "mm" {
        return Ok(());
    }
    let problem = format!("its unit is '{unit}', lengths in a catalogue are in millimetres: convert them and write unit: \"mm\"");
    Err(CatalogueError::content(path, problem))
}
