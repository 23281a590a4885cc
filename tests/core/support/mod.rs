//! What several tests share: small DICOM series, and readers of the data sets beside the project, which are never part of it.

pub mod child;
pub mod dicom;
pub mod shapes;
pub mod vsd;

use coxa::{anatomy::Space, mesh::TriMesh, surface::io::ply};
use std::path::{Path, PathBuf};

/// A file or folder below `../shared`; `None`, with the reason printed, where it is not at hand.
pub fn shared(relative: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared").join(relative);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {} is not at hand", path.display());
    None
}

/// Reads one bone of `../shared/data/vsd_bones`, which are RAS, turned into LPS mm.
pub fn read_ply(path: &Path) -> TriMesh {
    Space::Ras.in_lps(ply::read(path).unwrap_or_else(|error| panic!("{error}")))
}

/// The Python that has highdicom and pydicom, as `tests/run` installs it; `None`, with the reason printed, where it is not there.
pub fn python() -> Option<PathBuf> {
    let home = std::env::var_os("HOME").unwrap_or_default();
    let place = PathBuf::from(home).join(".cache/coxa-python");
    // Comes last, when all is installed.
    if place.join("readers.txt").exists() {
        return Some(place.join("bin/python"));
    }
    eprintln!("skipped: no Python with highdicom and pydicom in {}; tests/run installs it", place.display());
    None
}

/// False, with the reason printed, where one of the programs is not on the PATH.
pub fn has_programs(names: &[&str]) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let missing = names.iter().find(|name| !std::env::split_paths(&path).any(|folder| folder.join(name).is_file()));
    if let Some(name) = missing {
        eprintln!("skipped: '{name}' is not on the PATH");
    }
    missing.is_none()
}
