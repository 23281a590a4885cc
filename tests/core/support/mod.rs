//! What several tests share: readers of the data sets beside the project, which are never part of it.

pub mod ply;

use std::path::PathBuf;

/// A file or folder below `../shared`; `None`, with the reason printed, where it is not at hand.
pub fn shared(relative: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared").join(relative);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {} is not at hand", path.display());
    None
}
