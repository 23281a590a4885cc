//! RON documents with their kind and format version, and how older ones are read.

use super::StorageError;
use crate::{anatomy::Anatomy, plan::Plan};
use ron::{error::SpannedError, ser::PrettyConfig};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::path::Path;

/// Reads the text of a document of an older format version and brings it up to date.
pub type OlderReader<T> = fn(&str) -> Result<T, SpannedError>;

/// Something that is kept as a RON document `(kind: "…", format_version: n, content: …)`.
pub trait Document: Serialize + DeserializeOwned + 'static {
    /// What it is; a document of another kind in its place is refused.
    const KIND: &'static str;
    /// The format version that is written. Raise it with every change of the fields, and keep a reader of the version before.
    const FORMAT_VERSION: u32 = 1;
    /// Readers of the older versions that are still understood. Each reads its own version's type with [`older_content`] and
    /// converts it to the next; the last conversion gives `Self`.
    const OLDER: &'static [(u32, OlderReader<Self>)] = &[];
}

impl Document for Anatomy {
    const KIND: &'static str = "landmarks";
}

impl Document for Plan {
    const KIND: &'static str = "plan";
    const FORMAT_VERSION: u32 = Self::FORMAT_VERSION;
}

#[derive(Serialize, Deserialize)]
struct Envelope<T> {
    kind: String,
    format_version: u32,
    content: T,
}

/// The same without looking at the content, which another version need not share.
#[derive(Deserialize)]
struct Header {
    kind: String,
    format_version: u32,
}

/// The content of an older document, for the readers in [`Document::OLDER`].
///
/// # Errors
/// When the text is not a document with such a content.
pub fn older_content<T: DeserializeOwned>(text: &str) -> Result<T, SpannedError> {
    ron::from_str::<Envelope<T>>(text).map(|envelope| envelope.content)
}

/// The format version of a text that is a document of this kind, but older than what is written now.
pub(super) fn older_version<T: Document>(text: &str) -> Option<u32> {
    let header: Header = ron::from_str(text).ok()?;
    (header.kind == T::KIND && header.format_version < T::FORMAT_VERSION).then_some(header.format_version)
}

/// The text of a document; `path` is for the message only.
pub(super) fn to_text<T: Document>(path: &Path, content: &T) -> Result<String, StorageError> {
    let envelope = Envelope { kind: T::KIND.into(), format_version: T::FORMAT_VERSION, content };
    let style = PrettyConfig::new().compact_arrays(true);
    let text = ron::ser::to_string_pretty(&envelope, style)
        .map_err(|error| StorageError::Unwritable { path: path.into(), reason: error.to_string() })?;
    Ok(text + "\n")
}

/// The document in a text; `path` is for messages only.
pub(super) fn from_text<T: Document>(path: &Path, text: &str) -> Result<T, StorageError> {
    let syntax = |error: SpannedError| StorageError::Syntax {
        path: path.into(),
        line: error.span.start.line,
        column: error.span.start.col,
        reason: error.code.to_string(),
    };
    let header: Header = ron::from_str(text).map_err(syntax)?;
    if header.kind != T::KIND {
        return Err(StorageError::Kind { path: path.into(), found: header.kind, expected: T::KIND });
    }
    let found = header.format_version;
    if found == T::FORMAT_VERSION {
        return older_content(text).map_err(syntax);
    }
    if found > T::FORMAT_VERSION {
        return Err(StorageError::Newer { path: path.into(), found, known: T::FORMAT_VERSION });
    }
    match T::OLDER.iter().find(|(version, _)| *version == found) {
        Some((_, read)) => read(text).map_err(syntax),
        None => Err(StorageError::UnknownVersion { path: path.into(), found }),
    }
}
