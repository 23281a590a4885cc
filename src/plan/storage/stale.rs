//! What in a case was made from other labels, or with other landmarks set by hand, than the present ones.

use super::{
    CaseFolder, Journal, StorageError,
    by_hand::{BY_HAND, none_by_hand_sha256},
    contents::{BONES, LABELS, VOLUME},
    edits::{AUTOMATIC, EDITS},
    folder::{CASE, JOURNAL, LANDMARKS},
    journal::{ABSENT, INTERRUPTED},
    plans::{PLANS, plan_path},
    snapshots::snapshots_path,
};
use crate::anatomy::Finding;
use std::collections::BTreeMap;

/// What is not made from labels and landmarks.
const SOURCES: [&str; 6] = [CASE, VOLUME, LABELS, AUTOMATIC, EDITS, BY_HAND];

impl CaseFolder {
    /// Documents that rest on other labels or landmarks set by hand than the case holds now, because these were changed since: sorted, empty
    /// when all is well.
    ///
    /// The journal tells which were there when a document was written. When a bone is stale, so is everything else, and when the landmarks
    /// are, all but the bones: it was made from them. Taking the change back makes all of it true again.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn stale(&self) -> Result<Vec<String>, StorageError> {
        let journal: Journal = self.read_document(JOURNAL)?;
        let none = none_by_hand_sha256()?;
        let (mut labels, mut by_hand) = (None, None);
        let mut newest = BTreeMap::new();
        // By document and its hash: the labels and landmarks that were there when it was written.
        let mut made_from = BTreeMap::new();
        let from = |path: &str, labels, by_hand| (labels, if is_bone(path) { None } else { by_hand });
        for entry in &journal.entries {
            labels = entry.documents.get(LABELS).or(labels);
            by_hand = entry.documents.get(BY_HAND).or(by_hand).filter(|hash| **hash != none && **hash != ABSENT);
            for (path, hash) in entry.documents.iter().filter(|(path, _)| !is_source(path)) {
                newest.insert(path, hash);
                if entry.action != INTERRUPTED {
                    made_from.insert((path, hash), from(path, labels, by_hand));
                }
            }
        }
        newest.retain(|_, hash| *hash != ABSENT);
        let older = |(path, hash): &(&&String, &&String)| {
            made_from.get(&(**path, **hash)).is_some_and(|made| *made != from(path, labels, by_hand))
        };
        let mut stale: Vec<String> = newest.iter().filter(older).map(|(path, _)| (*path).clone()).collect();
        if stale.iter().any(|path| is_bone(path)) {
            stale = newest.into_keys().cloned().collect();
        } else if stale.iter().any(|path| path == LANDMARKS) {
            stale = newest.into_keys().filter(|path| !is_bone(path)).cloned().collect();
        }
        Ok(stale)
    }

    /// The same as a finding for what is shown; `None` when all is well. Reports and older plans are left aside: nothing is made from them.
    ///
    /// # Errors
    /// As [`CaseFolder::stale`].
    pub fn stale_finding(&self) -> Result<Option<Finding>, StorageError> {
        let mut stale = self.stale()?;
        let newest = self.plan_numbers()?.into_iter().max().map(plan_path);
        stale.retain(|path| !path.starts_with("report") && (!path.starts_with(PLANS) || newest.as_ref() == Some(path)));
        let text = format!(
            "Labels or landmarks were changed by hand after these were made from them: {}. Plan the case again (coxa plan CASE), or take \
             the changes back.",
            stale.join(", ")
        );
        Ok((!stale.is_empty()).then(|| Finding::new("finding-stale", None, text)))
    }
}

/// What people have done to plans is kept for itself, too.
fn is_source(path: &str) -> bool {
    SOURCES.contains(&path) || path.ends_with(".edits.ron") || path == snapshots_path()
}

fn is_bone(path: &str) -> bool {
    path.starts_with(BONES)
}
