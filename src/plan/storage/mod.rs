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
//! plans/NNNN.edits.ron   what was done to a plan by hand, with each plan that it led to: undo and redo to the beginning
//! plans/snapshots.ron   plans as they were when they were given a name
//! plans/NNNN.vN.ron   a plan as an older program wrote it, once this one has written it in its own format; no plan of its own
//! rom.ron             the range of motion of the newest plan; missing after an edit until it is reckoned again
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
mod plan_edits;
mod plans;
mod snapshots;
mod stale;
mod when;

pub use case::{Case, Provenance, inputs_sha256, pseudonym};
pub use document::{Document, OlderReader, older_content};
pub use draft::CaseDraft;
pub use edits::{EditRecord, Edits, LabelEditing};
pub(crate) use error::told;
pub use error::{NameFault, StorageError};
pub use folder::CaseFolder;
pub use journal::{Journal, JournalEntry, JournalState};
pub use plan_edits::{PlanEditRecord, PlanEditing, PlanEdits};
pub use plans::ROM;
pub use snapshots::Snapshot;

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
