//! Reading activities from disk: those that ship with Coxa, and a hospital's own.

use super::{Activity, Demand};
use crate::files::shipped;
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};
use thiserror::Error;

/// Version of the format that this program reads.
pub const FORMAT_VERSION: u32 = 1;
/// Where the shipped activities lie below the program's data folder.
const SHIPPED: &str = "assets/activities";

/// Why activities cannot be used.
#[derive(Debug, Error)]
pub enum ActivityError {
    /// A file or folder cannot be read.
    #[error("the activities {} cannot be read: {source}; check the path and the permissions", .path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// A file is no list of activities.
    #[error("the activities {} are not well formed at line {line}, column {column}: {reason}; correct that line", .path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What was found and expected, with the field's name.
        reason: String,
    },
    /// A file is of another format.
    #[error("the activities {} have format version {found}, this program reads version {FORMAT_VERSION}", .path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// The version in the file.
        found: u32,
    },
    /// An activity makes no sense.
    #[error("the activities {} cannot be used: line {line}, '{id}': {problem}; correct this entry", .path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// Line of its id, from 1.
        line: usize,
        /// The activity.
        id: String,
        /// What is wrong, with the field's name.
        problem: String,
    },
    /// Two activities have one id.
    #[error("the activity '{id}' is in {} and again in {}: give one of them another id", .first.display(), .second.display())]
    Twice {
        /// The id.
        id: String,
        /// File of the one.
        first: PathBuf,
        /// File of the other.
        second: PathBuf,
    },
    /// A recording cannot be used.
    #[error("the recording {} cannot be used: {problem}", .path.display())]
    Recording {
        /// The file.
        path: PathBuf,
        /// What is wrong, with line and column, and what would be accepted.
        problem: String,
    },
    /// No activity has this id.
    #[error("there is no activity '{wanted}'; there are {known}, and the groups {groups}")]
    Unknown {
        /// What was asked for.
        wanted: String,
        /// All ids.
        known: String,
        /// All groups.
        groups: String,
    },
}

#[derive(Deserialize)]
struct Header {
    format_version: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename = "Activities")]
struct File {
    #[serde(rename = "format_version")]
    _version: u32,
    activities: Vec<Activity>,
}

impl Activity {
    /// Reads a file of activities.
    ///
    /// # Errors
    /// When it cannot be read, is not well formed, is of another version, or holds an activity that makes no sense: an empty path, an angle
    /// that is no number or beyond what a hip does, an id that is used twice.
    pub fn load(path: &Path) -> Result<Vec<Self>, ActivityError> {
        let text = fs::read_to_string(path).map_err(|source| ActivityError::Read { path: path.into(), source })?;
        let syntax = |error: ron::error::SpannedError| ActivityError::Syntax {
            path: path.into(),
            line: error.span.start.line,
            column: error.span.start.col,
            reason: error.code.to_string(),
        };
        // The version first: a newer format need not even parse.
        let Header { format_version: found } = ron::from_str(&text).map_err(syntax)?;
        if found != FORMAT_VERSION {
            return Err(ActivityError::Version { path: path.into(), found });
        }
        let File { activities, .. } = ron::from_str(&text).map_err(syntax)?;
        for activity in &activities {
            if let Some(problem) = activity.problem() {
                let id = activity.id.clone();
                return Err(ActivityError::Content { path: path.into(), line: line_of(&text, &id), id, problem });
            }
        }
        let mut seen = BTreeMap::new();
        gather(&mut seen, path, &activities)?;
        Ok(activities)
    }

    /// Reads all `.ron` files of a folder, by name.
    ///
    /// # Errors
    /// As [`Activity::load`], and when two files share an id.
    pub fn load_folder(folder: &Path) -> Result<Vec<Self>, ActivityError> {
        let read = |source| ActivityError::Read { path: folder.into(), source };
        let entries = fs::read_dir(folder).and_then(|entries| entries.collect::<Result<Vec<_>, _>>()).map_err(read)?;
        let mut paths: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "ron"));
        paths.sort();
        let (mut all, mut seen) = (Vec::new(), BTreeMap::new());
        for path in &paths {
            let activities = Self::load(path)?;
            gather(&mut seen, path, &activities)?;
            all.extend(activities);
        }
        Ok(all)
    }

    /// The activities that ship with the program, and those of further files or folders.
    ///
    /// # Errors
    /// As [`Activity::load_folder`].
    pub fn shipped_with(further: &[PathBuf]) -> Result<Vec<Self>, ActivityError> {
        let folder = shipped(SHIPPED).map_err(|source| ActivityError::Read { path: SHIPPED.into(), source })?;
        let mut all = Self::load_folder(&folder)?;
        let mut seen = BTreeMap::new();
        gather(&mut seen, &folder, &all)?;
        for path in further {
            let more = if path.is_dir() { Self::load_folder(path)? } else { Self::load(path)? };
            gather(&mut seen, path, &more)?;
            all.extend(more);
        }
        Ok(all)
    }

    /// Those of some activities that are named: ids, names of groups, or `all`. In the order of `all`, each once.
    ///
    /// # Errors
    /// [`ActivityError::Unknown`].
    pub fn named(all: &[Self], wanted: &[String]) -> Result<Vec<Self>, ActivityError> {
        let matches = |activity: &Self, name: &str| name == "all" || activity.id == name || activity.group.name() == name;
        for name in wanted {
            if !all.iter().any(|activity| matches(activity, name)) {
                let known = all.iter().map(|activity| activity.id.as_str()).collect::<Vec<_>>().join(", ");
                let groups = super::Group::ALL.map(super::Group::name).join(", ");
                return Err(ActivityError::Unknown { wanted: name.clone(), known, groups });
            }
        }
        Ok(all.iter().filter(|activity| wanted.iter().any(|name| matches(activity, name))).cloned().collect())
    }

    fn problem(&self) -> Option<String> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.id.is_empty() || !self.id.chars().all(plain) {
            return Some("id must be of small letters, digits and hyphens".into());
        }
        let said = [("name.en", &self.name.en), ("name.zh", &self.name.zh), ("evidence.source", &self.evidence.source)];
        if let Some((field, _)) = said.into_iter().find(|(_, text)| text.trim().is_empty()) {
            return Some(format!("{field} is empty"));
        }
        let field = match self.demand {
            Demand::Path(_) => "demand: Path",
            Demand::Arc { .. } => "demand: Arc",
        };
        self.demand.problem().map(|problem| format!("{field}: {problem}"))
    }
}

/// Refuses ids that were seen before.
fn gather(seen: &mut BTreeMap<String, PathBuf>, path: &Path, activities: &[Activity]) -> Result<(), ActivityError> {
    for activity in activities {
        if let Some(first) = seen.insert(activity.id.clone(), path.into()) {
            return Err(ActivityError::Twice { id: activity.id.clone(), first, second: path.into() });
        }
    }
    Ok(())
}

/// Line on which an id stands, from 1.
fn line_of(text: &str, id: &str) -> usize {
    let quoted = format!("\"{id}\"");
    text.lines().position(|line| line.contains(&quoted)).map_or(1, |index| index + 1)
}
