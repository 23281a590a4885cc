//! What in a case was made from other labels than the present ones.

use super::{
    CaseFolder, Journal, StorageError,
    by_hand::BY_HAND,
    contents::{LABELS, VOLUME},
    edits::{AUTOMATIC, EDITS},
    folder::{CASE, JOURNAL, LANDMARKS},
    journal::{ABSENT, INTERRUPTED},
};
use crate::anatomy::Finding;
use std::collections::BTreeMap;

/// What is not made from labels.
const SOURCES: [&str; 6] = [CASE, VOLUME, LABELS, AUTOMATIC, EDITS, BY_HAND];

impl CaseFolder {
    /// Documents that rest on other labels than `labels.nii.gz` holds now, because these were edited since: sorted, empty when all is well.
    ///
    /// The journal tells which labels were there when a document was written. When a bone or the landmarks are stale, so is everything else:
    /// it was made from them. Taking the edits back makes all of it true again.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn stale(&self) -> Result<Vec<String>, StorageError> {
        let journal: Journal = self.read_document(JOURNAL)?;
        let mut labels = None;
        let mut newest = BTreeMap::new();
        // By document and its hash: the labels that were there when it was written.
        let mut made_from = BTreeMap::new();
        for entry in &journal.entries {
            labels = entry.documents.get(LABELS).or(labels);
            for (path, hash) in entry.documents.iter().filter(|(path, _)| !SOURCES.contains(&path.as_str())) {
                newest.insert(path, hash);
                if entry.action != INTERRUPTED {
                    made_from.insert((path, hash), labels);
                }
            }
        }
        newest.retain(|_, hash| *hash != ABSENT);
        let older = |(path, hash): &(&&String, &&String)| made_from.get(&(**path, **hash)).is_some_and(|made| *made != labels);
        let mut stale: Vec<String> = newest.iter().filter(older).map(|(path, _)| (*path).clone()).collect();
        if stale.iter().any(|path| path == LANDMARKS || path.starts_with("bones/")) {
            stale = newest.into_keys().cloned().collect();
        }
        Ok(stale)
    }

    /// The same as a finding for what is shown; `None` when all is well. Reports are left aside: nothing is made from them.
    ///
    /// # Errors
    /// As [`CaseFolder::stale`].
    pub fn stale_finding(&self) -> Result<Option<Finding>, StorageError> {
        let mut stale = self.stale()?;
        stale.retain(|path| !path.starts_with("report"));
        let text = format!(
            "The labels were corrected by hand after these were made from them: {}. Plan the case again from its volume.nii.gz with \
             --labels labels.nii.gz, or take the corrections back.",
            stale.join(", ")
        );
        Ok((!stale.is_empty()).then(|| Finding { key: "finding-stale".into(), text, side: None }))
    }
}
