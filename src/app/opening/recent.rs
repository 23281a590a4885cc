//! The cases that were open last, in a file of the user's own.

use crate::{files, frames::Side};
use serde::{Deserialize, Serialize};
use std::{fs, io::Write, path::PathBuf};

/// How many are kept.
const KEPT: usize = 12;

/// A case that was open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recent {
    /// Its folder.
    pub folder: PathBuf,
    /// Never a name.
    pub pseudonym: String,
    /// The planned hip.
    pub side: Side,
}

#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    format_version: u32,
    cases: Vec<Recent>,
}

impl Kept {
    const FORMAT_VERSION: u32 = 1;
}

/// The newest first.
#[derive(Clone, Debug, Default)]
pub struct Recents {
    cases: Vec<Recent>,
    file: Option<PathBuf>,
}

impl Recents {
    /// Those of the user; none where none are kept, or the file is damaged: it is only a convenience.
    #[must_use]
    pub fn read() -> Self {
        Self::of(state_folder().map(|folder| folder.join("recent.ron")))
    }

    /// Those that a file keeps.
    #[must_use]
    pub fn of(file: Option<PathBuf>) -> Self {
        let text = file.as_ref().and_then(|file| fs::read_to_string(file).ok());
        let kept = text.and_then(|text| ron::from_str::<Kept>(&text).ok());
        let cases = kept.filter(|kept| kept.format_version == Kept::FORMAT_VERSION).map(|kept| kept.cases);
        // One that was deleted or moved cannot be opened.
        let there = |recent: &Recent| recent.folder.join("case.ron").is_file();
        Self { cases: cases.unwrap_or_default().into_iter().filter(there).collect(), file }
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[Recent] {
        &self.cases
    }

    /// Puts a case at the top.
    pub fn remember(&mut self, mut recent: Recent) {
        recent.folder = recent.folder.canonicalize().unwrap_or(recent.folder);
        self.cases.retain(|other| other.folder != recent.folder);
        self.cases.insert(0, recent);
        self.cases.truncate(KEPT);
        let Some(file) = &self.file else { return };
        let kept = Kept { format_version: Kept::FORMAT_VERSION, cases: self.cases.clone() };
        let text = ron::ser::to_string_pretty(&kept, ron::ser::PrettyConfig::default());
        let written = text.map_err(std::io::Error::other).and_then(|text| {
            file.parent().map_or(Ok(()), fs::create_dir_all)?;
            files::write_atomically(file, |out| out.write_all(text.as_bytes()))
        });
        if let Err(error) = written {
            tracing::warn!("the list of recent cases is not kept: {error}");
        }
    }
}

/// Where the window keeps what it remembers of its user.
#[must_use]
pub fn state_folder() -> Option<PathBuf> {
    let state = std::env::var_os("XDG_STATE_HOME").or_else(|| std::env::var_os("LOCALAPPDATA")).map(PathBuf::from);
    let state = state.or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/state")))?;
    Some(state.join("coxa"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_is_first_no_case_is_kept_twice_and_what_is_gone_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("state/coxa/recent.ron");
        let case = |name: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(&path).unwrap();
            fs::write(path.join("case.ron"), "()").unwrap();
            Recent { folder: path.canonicalize().unwrap(), pseudonym: name.into(), side: Side::Right }
        };
        let mut recents = Recents::of(Some(file.clone()));
        assert!(recents.all().is_empty());
        let cases: Vec<_> = (0..14).map(|number| case(&format!("case-{number}"))).collect();
        cases.iter().for_each(|case| recents.remember(case.clone()));
        recents.remember(cases[5].clone());
        let read = Recents::of(Some(file.clone()));
        assert_eq!(read.all(), recents.all());
        let names: Vec<_> = read.all().iter().map(|recent| recent.pseudonym.as_str()).collect();
        assert_eq!((names.len(), names[0], names[1]), (12, "case-5", "case-13"));
        fs::remove_dir_all(&cases[13].folder).unwrap();
        assert_eq!(Recents::of(Some(file.clone())).all().len(), 11);
        fs::write(&file, "nonsense").unwrap();
        assert!(Recents::of(Some(file)).all().is_empty());
    }
}
