//! A case on disk: a folder of documents, each written whole or not at all.
//!
//! ```text
//! case.ron            pseudonym, side, provenance
//! volume.nii.gz       the CT
//! labels.nii.gz       one label a voxel
//! labels-automatic.nii.gz, edits.ron   once labels were corrected by hand: what they were before, and the corrections
//! bones/<label>.stl   surfaces, LPS mm
//! landmarks.ron       everything measured
//! landmarks-by-hand.ron   once a person has set landmarks: those
//! plans/NNNN.ron      plans, from 0001; immutable once approved
//! plans/NNNN.vN.ron   a plan as an older program wrote it, once this one has written it in its own format; no plan of its own
//! rom.ron             the range of motion
//! journal.ron         what was written, hash-chained
//! .lock               held by whoever writes
//! ```

mod by_hand;
mod case;
mod contents;
mod document;
mod draft;
mod edits;
mod error;
mod folder;
mod journal;
mod lock;
mod plans;
mod stale;
mod when;

pub use case::{Case, Provenance, inputs_sha256, pseudonym};
pub use document::{Document, OlderReader, older_content};
pub use draft::CaseDraft;
pub use edits::{EditRecord, Edits, LabelEditing};
pub use error::StorageError;
pub use folder::CaseFolder;
pub use journal::{Journal, JournalEntry, JournalState};

use sha2::{Digest, Sha256};
use std::{
    fmt::Write,
    fs::File,
    io::{self, Read},
    path::Path,
};

/// Name and version of this program.
fn program() -> String {
    format!("coxa {}", env!("CARGO_PKG_VERSION"))
}

/// SHA-256 of some bytes, hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// SHA-256 of a file's content, hexadecimal.
///
/// # Errors
/// Whatever the file system reports.
pub fn sha256_of_file(path: &Path) -> io::Result<String> {
    let mut hasher = Sha256::new();
    let mut file = File::open(path)?;
    let mut block = vec![0; 1 << 16];
    loop {
        match file.read(&mut block)? {
            0 => break,
            length => hasher.update(&block[..length]),
        }
    }
    Ok(hexadecimal(&hasher.finalize()))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        write!(text, "{byte:02x}").ok();
        text
    })
}
