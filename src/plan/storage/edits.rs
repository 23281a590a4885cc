//! `edits.ron`: corrections of the labels by hand. The labels as they were first are kept in `labels-automatic.nii.gz`, and replaying the
//! edits on them gives `labels.nii.gz` again.
//!
//! Nothing is taken out of `edits.ron`: an undo is one more record. It is written before the labels, so that a kill in between leaves the
//! old labels, and the next [`CaseFolder::edit_labels`] completes them.

use super::{CaseFolder, Document, StorageError, contents::LABELS, document::to_text, sha256, sha256_of_file};
use crate::{
    files::write_atomically,
    labels::{
        LabelMap,
        edit::{Change, Edit, EditAction, EditError, EditHistory, Step, apply},
    },
    volume::{Volume, nifti},
};
use serde::{Deserialize, Serialize};
use std::{
    fmt,
    fs::{self, File},
    io::{self, Write},
};

pub(super) const EDITS: &str = "edits.ron";
pub(super) const AUTOMATIC: &str = "labels-automatic.nii.gz";

/// All that was done to the labels of a case by hand, from the first to the newest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Edits {
    /// In the order in which it was done; only ever added to.
    pub records: Vec<EditRecord>,
}

/// One act, and what it led to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EditRecord {
    /// What was done.
    pub action: EditAction,
    /// SHA-256 of the label ids afterwards (one byte a voxel, `i` fastest), hexadecimal: a replay that leads elsewhere is noticed.
    pub labels_sha256: String,
}

impl Document for Edits {
    const KIND: &'static str = "edits";
}

/// The labels of a case while they are corrected: every edit is on disk when its call returns.
pub struct LabelEditing {
    folder: CaseFolder,
    volume: Volume,
    map: LabelMap,
    history: EditHistory,
    edits: Edits,
    automatic_sha256: String,
}

impl CaseFolder {
    /// Opens the labels for correction. What was done before can be undone.
    ///
    /// A case keeps no confidence, so the labels count as certain here.
    ///
    /// # Errors
    /// When volume or labels cannot be read, the journal does not hold, labels and edits do not belong together, or an edit that was
    /// interrupted cannot be completed.
    pub fn edit_labels(&self) -> Result<LabelEditing, StorageError> {
        self.verify_journal()?;
        let volume = self.read_volume()?;
        let (grid, present) = self.read_labels()?;
        let first = self.path().join(AUTOMATIC).is_file().then(|| self.read_label_file(AUTOMATIC)).transpose()?;
        let mut map = first.map_or_else(|| LabelMap::certain(grid, present.clone()), |(grid, ids)| LabelMap::certain(grid, ids));
        let edits = self.read_edits()?;
        let automatic_sha256 = sha256(&map.ids);
        let actions = edits.records.iter().map(|record| &record.action);
        let history = EditHistory::replay(actions, &mut map, &volume).map_err(astray(self))?;
        let mut states = vec![automatic_sha256.clone()];
        states.extend(edits.records.iter().map(|record| record.labels_sha256.clone()));
        if states.last() != Some(&sha256(&map.ids)) {
            let reason = "replayed, the edits lead to other labels than when they were made, perhaps by another version";
            return Err(wrong(self, reason.into()));
        }
        let editing = LabelEditing { folder: self.clone(), volume, map, history, edits, automatic_sha256 };
        if present != editing.map.ids {
            if !states.contains(&sha256(&present)) {
                return Err(wrong(self, "they are the labels after none of the edits".into()));
            }
            if self.lock.is_none() {
                // Interrupted, or under way in another program: looked at again once nobody else can be writing.
                self.locked()?.edit_labels()?;
                return self.edit_labels();
            }
            editing.write(self, "complete an edit of the labels that was interrupted", &editing.edits)?;
        }
        Ok(editing)
    }

    /// True when a person has corrected the labels of this case.
    #[must_use]
    pub fn labels_are_corrected(&self) -> bool {
        self.path().join(EDITS).is_file()
    }

    /// Reads `edits.ron`; without it, nothing was edited.
    ///
    /// # Errors
    /// As [`CaseFolder::read_document`].
    pub fn read_edits(&self) -> Result<Edits, StorageError> {
        if self.labels_are_corrected() { self.read_document(EDITS) } else { Ok(Edits::default()) }
    }
}

impl fmt::Debug for LabelEditing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LabelEditing").field("folder", &self.folder).field("edits", &self.edits).finish_non_exhaustive()
    }
}

impl LabelEditing {
    /// The labels as they are now.
    #[must_use]
    pub const fn map(&self) -> &LabelMap {
        &self.map
    }

    /// The CT that they lie on.
    #[must_use]
    pub const fn volume(&self) -> &Volume {
        &self.volume
    }

    /// What was done and taken back.
    #[must_use]
    pub const fn history(&self) -> &EditHistory {
        &self.history
    }

    /// Carries edits out one after another and writes them together: all of them or none. A change may be empty; then nothing met the
    /// edit's conditions, and it is not kept.
    ///
    /// # Errors
    /// When one is refused, naming it, or the case cannot be written.
    pub fn apply(&mut self, edits: &[Edit]) -> Result<Vec<Change>, StorageError> {
        let mut steps: Vec<Step> = Vec::new();
        let mut records = Vec::new();
        let mut failed = None;
        for (position, edit) in edits.iter().enumerate() {
            match apply(edit, &mut self.map, &self.volume) {
                Ok(change) => {
                    if !change.is_empty() {
                        records.push(self.record(EditAction::Edit(edit.clone())));
                    }
                    steps.push(Step { edit: edit.clone(), change });
                }
                Err(source) => {
                    failed = Some(StorageError::Edit { number: position + 1, of: edits.len(), name: edit.name(), source });
                    break;
                }
            }
        }
        let names: Vec<String> = steps.iter().filter(|step| !step.change.is_empty()).map(|step| step.edit.name()).collect();
        let written = failed.map_or_else(|| self.keep(&format!("edit labels: {}", names.join("; ")), records), Err);
        if let Err(error) = written {
            steps.iter().rev().try_for_each(|step| step.change.undo(&mut self.map)).map_err(astray(&self.folder))?;
            return Err(error);
        }
        Ok(steps
            .into_iter()
            .map(|step| {
                let change = step.change.clone();
                self.history.push(step);
                change
            })
            .collect())
    }

    /// Takes the newest edit back; `None` when there is none.
    ///
    /// # Errors
    /// When the case cannot be written; the edit stands then.
    pub fn undo(&mut self) -> Result<Option<Step>, StorageError> {
        self.turn("undo", EditAction::Undo, EditHistory::undo, EditHistory::redo)
    }

    /// Does the edit again that was taken back last; `None` when there is none.
    ///
    /// # Errors
    /// When the case cannot be written; the edit stays taken back then.
    pub fn redo(&mut self) -> Result<Option<Step>, StorageError> {
        self.turn("redo", EditAction::Redo, EditHistory::redo, EditHistory::undo)
    }

    /// Takes back what is not wanted and carries out the rest of what is: afterwards exactly these edits stand. Edits that stand already are
    /// not done again.
    ///
    /// # Errors
    /// As [`LabelEditing::apply`]; what was taken back before stays taken back, and can be done again.
    pub fn bring_to(&mut self, wanted: &[Edit]) -> Result<(), StorageError> {
        let same = self.history.done().iter().zip(wanted).take_while(|(step, edit)| step.edit == **edit).count();
        while self.history.done().len() > same {
            self.undo()?;
        }
        self.apply(&wanted[same..]).map(drop)
    }

    /// Labels, CT and history, to go on with in memory.
    #[must_use]
    pub fn into_parts(self) -> (LabelMap, Volume, EditHistory) {
        (self.map, self.volume, self.history)
    }

    fn turn(&mut self, verb: &str, action: EditAction, forth: Turn, back: Turn) -> Result<Option<Step>, StorageError> {
        let astray = astray(&self.folder);
        let Some(step) = forth(&mut self.history, &mut self.map).map_err(&astray)?.cloned() else { return Ok(None) };
        if let Err(error) = self.keep(&format!("{verb} labels: {}", step.edit.name()), vec![self.record(action)]) {
            back(&mut self.history, &mut self.map).map_err(&astray)?;
            return Err(error);
        }
        Ok(Some(step))
    }

    fn record(&self, action: EditAction) -> EditRecord {
        EditRecord { action, labels_sha256: sha256(&self.map.ids) }
    }

    /// Writes the labels, and the edits with what was just done.
    fn keep(&mut self, action: &str, new: Vec<EditRecord>) -> Result<(), StorageError> {
        if new.is_empty() {
            return Ok(());
        }
        let case = self.folder.locked()?;
        if case.read_edits()? != self.edits {
            return Err(wrong(&self.folder, "they were edited by another program meanwhile; open the case again".into()));
        }
        let mut edits = self.edits.clone();
        edits.records.extend(new);
        self.write(&case, action, &edits)?;
        self.edits = edits;
        Ok(())
    }

    /// In the case with its lock held. Everything is made ready beside its place; then comes the entry in the journal, then only renames, the labels last.
    fn write(&self, case: &CaseFolder, action: &str, edits: &Edits) -> Result<(), StorageError> {
        let folder = case.path();
        let staged = |relative: &str| folder.join(format!(".staged.{relative}"));
        let copy = |from: &str, to: &str| -> Result<(), StorageError> {
            let mut source = File::open(folder.join(from)).map_err(StorageError::reading(folder.join(from)))?;
            let to = staged(to);
            write_atomically(&to, |file| io::copy(&mut source, file).map(drop)).map_err(StorageError::writing(&to))
        };
        let mut files = vec![EDITS, LABELS];
        if !folder.join(AUTOMATIC).is_file() {
            files.insert(0, AUTOMATIC);
            copy(LABELS, AUTOMATIC)?;
        }
        let text = to_text(&folder.join(EDITS), edits)?;
        write_atomically(&staged(EDITS), |file| file.write_all(text.as_bytes())).map_err(StorageError::writing(staged(EDITS)))?;
        if sha256(&self.map.ids) == self.automatic_sha256 {
            // Byte by byte what they were at first, so that what was made from them then is known to be true again.
            copy(AUTOMATIC, LABELS)?;
        } else {
            nifti::write_labels(&staged(LABELS), &self.map.grid, &self.map.ids)
                .map_err(|error| StorageError::Content(Box::new(error)))?;
        }
        let hash = |relative: &&str| -> Result<(String, String), StorageError> {
            let hash = sha256_of_file(&staged(relative)).map_err(StorageError::reading(staged(relative)))?;
            Ok(((*relative).into(), hash))
        };
        case.enter(action, files.iter().map(hash).collect::<Result<_, _>>()?)?;
        for relative in files {
            fs::rename(staged(relative), folder.join(relative)).map_err(StorageError::writing(folder.join(relative)))?;
        }
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(StorageError::writing(folder))
    }
}

/// Undo or redo of a history.
type Turn = for<'a, 'b> fn(&'a mut EditHistory, &'b mut LabelMap) -> Result<Option<&'a Step>, EditError>;

fn wrong(folder: &CaseFolder, reason: String) -> StorageError {
    StorageError::Edits { path: folder.path().join(LABELS), reason }
}

fn astray(folder: &CaseFolder) -> impl Fn(EditError) -> StorageError + use<> {
    let folder = folder.clone();
    move |error| wrong(&folder, error.to_string())
}
