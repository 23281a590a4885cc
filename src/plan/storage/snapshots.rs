//! `plans/snapshots.ron`: states of plans that the surgeon has given names, to hold them against each other or to go back to one.

use super::{
    CaseFolder, Document, StorageError,
    error::NameFault,
    plans::{PLANS, named},
    when,
};
use crate::plan::Plan;
use serde::{Deserialize, Serialize};

const LONGEST_NAME: usize = 40;

#[derive(Default, Serialize, Deserialize)]
struct Snapshots {
    snapshots: Vec<Snapshot>,
}

impl Document for Snapshots {
    const KIND: &'static str = "snapshots";
}

/// A plan as it was when it was given a name. It never changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Its name within the case, e.g. `A`; never a patient's.
    pub name: String,
    /// Role or initials; `None` when nobody was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// When, UTC (RFC 3339), by the computer's clock.
    pub when: String,
    /// The plan, whole; its number says of which it is.
    pub plan: Plan,
}

impl CaseFolder {
    /// The snapshots of the case, in the order in which they were taken.
    ///
    /// # Errors
    /// When they are not as they were written.
    pub fn snapshots(&self) -> Result<Vec<Snapshot>, StorageError> {
        if !self.path().join(snapshots_path()).is_file() {
            return Ok(Vec::new());
        }
        Ok(self.read_held::<Snapshots>(&snapshots_path())?.snapshots)
    }

    /// One of them.
    ///
    /// # Errors
    /// When there is none of that name, and as [`CaseFolder::snapshots`].
    pub fn snapshot(&self, name: &str) -> Result<Snapshot, StorageError> {
        let mut all = self.snapshots()?;
        match all.iter().position(|snapshot| snapshot.name == name) {
            Some(at) => Ok(all.swap_remove(at)),
            None => Err(StorageError::NoSnapshot {
                name: name.into(),
                known: all.into_iter().map(|snapshot| snapshot.name).collect(),
            }),
        }
    }

    /// Keeps a plan as it is now under a name.
    ///
    /// # Errors
    /// When the name is taken, is a number (which would be a plan's), or is no name; as [`CaseFolder::read_plan`] and
    /// [`CaseFolder::write_document`].
    pub fn take_snapshot(&self, number: u32, name: &str) -> Result<Snapshot, StorageError> {
        let name = name.trim();
        let wrong = |fault| StorageError::SnapshotName { name: name.into(), fault };
        if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
            return Err(wrong(NameFault::Form));
        }
        if name.parse::<u32>().is_ok() {
            return Err(wrong(NameFault::Number));
        }
        let case = self.locked()?;
        let mut snapshots = case.snapshots()?;
        if snapshots.iter().any(|snapshot| snapshot.name == name) {
            return Err(wrong(NameFault::Taken));
        }
        let who = self.who.as_deref().map(named).transpose()?.map(Into::into);
        let snapshot = Snapshot { name: name.into(), who, when: when::now(), plan: case.read_plan(number)? };
        snapshots.push(snapshot.clone());
        let action = format!("snapshot {name} of plan {number}");
        case.write_document_as(&action, &snapshots_path(), &Snapshots { snapshots })?;
        Ok(snapshot)
    }
}

pub(super) fn snapshots_path() -> String {
    format!("{PLANS}/snapshots.ron")
}
