//! `journal.ron`: who wrote what to a case, and when, in order, each entry holding the hash of the one before.
//!
//! An entry is written *before* its documents, so that a kill in between leaves an entry whose documents are still the old
//! ones: [`CaseFolder::verify_journal`](super::CaseFolder::verify_journal) tells this from tampering.

use super::{Document, OlderReader, older_content, program, sha256, sha256_of_file, when};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::Path};

/// What stands for the hash of a document that is not there.
pub(super) const ABSENT: &str = "absent";
/// The action of an entry that says what an interrupted write left.
pub(super) const INTERRUPTED: &str = "interrupted, left as it was";

/// The journal of a case. Entries are only ever added.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journal {
    /// From the first to the newest.
    pub entries: Vec<JournalEntry>,
}

impl Document for Journal {
    const KIND: &'static str = "journal";
    const FORMAT_VERSION: u32 = 2;
    // Version 1 did not say who and when, nor what was there before. Its entries stay as they are, so that their hashes do.
    const OLDER: &'static [(u32, OlderReader<Self>)] = &[(1, older_content)];
}

/// One change of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// Counts from 1. Order is told by this, not by a clock, which can be set back.
    pub sequence: u32,
    /// Who did it: the role that was given, else the program, e.g. `coxa 0.1.0`. Never a patient's name. `None` in an entry of format 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// When, UTC (RFC 3339), by the computer's clock. `None` in an entry of format 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// What was done, e.g. `create` or `approve`.
    pub action: String,
    /// SHA-256 of what was there before, by its path in the case, or `absent`; empty for the first entry, and in one of format 1.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub before: BTreeMap<String, String>,
    /// SHA-256 of the documents written, by their path in the case.
    pub documents: BTreeMap<String, String>,
    /// SHA-256 of the entry before; empty for the first.
    pub previous_sha256: String,
}

/// What a journal that holds says about its case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JournalState {
    /// Number of entries.
    pub entries: usize,
    /// Documents of the newest entry that were not written any more, because the program was stopped.
    pub interrupted: Vec<String>,
}

/// How a document stands to its journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holding {
    /// As it was written last.
    Written,
    /// As before the newest entry, whose write was interrupted.
    Interrupted,
    /// Changed by another hand.
    Other {
        /// The newest entry that wrote it.
        entry: u32,
    },
    /// No entry knows it.
    Unknown,
}

impl JournalEntry {
    /// Hash of the whole entry, hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> String {
        // Numbers and strings can always be written.
        sha256(ron::to_string(self).unwrap_or_default().as_bytes())
    }
}

impl Journal {
    /// The journal of a case that was just made.
    pub(super) fn begin(who: Option<&str>, documents: BTreeMap<String, String>) -> Self {
        let mut journal = Self::default();
        journal.push(who, "create", BTreeMap::new(), documents);
        journal
    }

    /// Adds an entry at the end, before its documents are written.
    pub(super) fn append(&mut self, folder: &Path, who: Option<&str>, action: &str, documents: BTreeMap<String, String>) {
        let before = documents.keys().map(|path| (path.clone(), found(folder, path))).collect();
        self.push(who, action, before, documents);
    }

    fn push(&mut self, who: Option<&str>, action: &str, before: BTreeMap<String, String>, documents: BTreeMap<String, String>) {
        self.entries.push(JournalEntry {
            sequence: self.entries.len() as u32 + 1,
            who: Some(who.map_or_else(program, Into::into)),
            when: Some(when::now()),
            action: action.into(),
            before,
            documents,
            previous_sha256: self.entries.last().map(JournalEntry::sha256).unwrap_or_default(),
        });
    }

    /// Closes a write that was interrupted, so that the next entry can follow.
    pub(super) fn settle(&mut self, folder: &Path) -> Result<(), String> {
        let interrupted = self.check(folder, self.entries.last().map(|entry| &entry.documents))?.interrupted;
        if !interrupted.is_empty() {
            let documents = interrupted.into_iter().map(|path| (path.clone(), found(folder, &path))).collect();
            self.append(folder, None, INTERRUPTED, documents);
        }
        Ok(())
    }

    /// Checks the chain, and every document that is in it.
    pub(super) fn verify(&self, folder: &Path) -> Result<JournalState, String> {
        let all = self.entries.iter().flat_map(|entry| entry.documents.clone()).collect();
        self.check(folder, Some(&all))
    }

    /// Checks that each entry holds the hash of the one before.
    pub(super) fn chain(&self) -> Result<(), String> {
        let mut previous = String::new();
        for (position, entry) in self.entries.iter().enumerate() {
            if entry.sequence as usize != position + 1 {
                return Err(format!("entry {} stands where entry {} belongs", entry.sequence, position + 1));
            }
            if entry.previous_sha256 != previous {
                return Err(format!("entry {position} was changed after entry {} was written", entry.sequence));
            }
            previous = entry.sha256();
        }
        Ok(())
    }

    /// How a document, by the hash of what is found, stands to the newest entry that knows it.
    pub(super) fn holds(&self, path: &str, actual: &str) -> Holding {
        let mut recorded = self.entries.iter().rev().filter_map(|entry| Some((entry.sequence, entry.documents.get(path)?)));
        let Some((entry, newest)) = recorded.next() else { return Holding::Unknown };
        let before = recorded.next().map_or(ABSENT, |(_, hash)| hash);
        if actual == newest {
            Holding::Written
        } else if entry as usize == self.entries.len() && actual == before {
            Holding::Interrupted
        } else {
            Holding::Other { entry }
        }
    }

    /// Checks the chain, and the documents named: each must be as the newest entry that knows it says.
    fn check(&self, folder: &Path, documents: Option<&BTreeMap<String, String>>) -> Result<JournalState, String> {
        self.chain()?;
        let mut state = JournalState { entries: self.entries.len(), interrupted: Vec::new() };
        for path in documents.into_iter().flat_map(BTreeMap::keys) {
            let actual = found(folder, path);
            match self.holds(path, &actual) {
                Holding::Written | Holding::Unknown => {}
                Holding::Interrupted => state.interrupted.push(path.clone()),
                Holding::Other { entry } if actual == ABSENT => return Err(format!("{path} is missing, entry {entry} wrote it")),
                Holding::Other { entry } => return Err(format!("{path} is not what entry {entry} wrote")),
            }
        }
        Ok(state)
    }
}

fn found(folder: &Path, relative: &str) -> String {
    sha256_of_file(&folder.join(relative)).unwrap_or_else(|_| ABSENT.into())
}
