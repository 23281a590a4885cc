//! The labels of a case in memory while they are repaired: what is drawn, what stands, and what of it the case has.

use crate::{
    i18n::Sentence,
    labels::{
        LabelMap,
        edit::{Change, Edit, EditError, EditHistory, apply},
    },
    plan::storage::{CaseFolder, StorageError},
    volume::Volume,
};
use std::{path::Path, sync::Arc};

/// Labels, what was done to them, and what of that the case has.
#[derive(Debug)]
pub struct Work {
    map: LabelMap,
    volume: Arc<Volume>,
    history: EditHistory,
    /// The edits that stood in the case when it was last read or written.
    kept: Vec<Edit>,
    /// What is seen of an edit while the hand still moves.
    tried: Option<Change>,
    /// Grows with every change of the labels.
    revision: u64,
}

impl Work {
    /// Reads the labels of a case with all that was done to them. A CT that is in memory already is not read again. `wanted` are edits that
    /// shall stand afterwards, where some were made before.
    ///
    /// # Errors
    /// A sentence that says why not.
    pub fn read(folder: &Path, ct: Option<Arc<Volume>>, wanted: Option<&[Edit]>) -> Result<Self, Sentence> {
        let editing = CaseFolder::open(folder).and_then(|folder| folder.edit_labels()).map_err(|why| Sentence::of(&why))?;
        let (map, volume, history) = editing.into_parts();
        let kept = history.edits();
        // The two are the same bytes of the case: one of them is let go.
        let volume = ct.filter(|ct| ct.grid == volume.grid && ct.hu.len() == volume.hu.len()).unwrap_or_else(|| volume.into());
        let mut work = Self { map, volume, history, kept, tried: None, revision: 0 };
        if let Some(wanted) = wanted {
            work.bring_to(wanted).map_err(|why| Sentence::of(&why))?;
        }
        Ok(work)
    }

    fn bring_to(&mut self, wanted: &[Edit]) -> Result<(), EditError> {
        let same = self.history.done().iter().zip(wanted).take_while(|(step, edit)| step.edit == **edit).count();
        while self.history.done().len() > same {
            self.history.undo(&mut self.map)?;
        }
        wanted[same..].iter().try_for_each(|edit| self.history.apply(edit.clone(), &mut self.map, &self.volume).map(drop))
    }

    /// The labels, with what is being tried.
    #[must_use]
    pub const fn map(&self) -> &LabelMap {
        &self.map
    }

    /// What stands, and what was taken back.
    #[must_use]
    pub const fn history(&self) -> &EditHistory {
        &self.history
    }

    /// Grows with every change of the labels.
    #[must_use]
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// How many edits the case does not have yet, or has although they were taken back.
    #[must_use]
    pub fn pending(&self) -> usize {
        let done = self.history.done();
        let same = done.iter().zip(&self.kept).take_while(|(step, edit)| step.edit == **edit).count();
        done.len() - same + self.kept.len() - same
    }

    /// What the case must have for [`keep`]: what stood in it, and what shall stand.
    #[must_use]
    pub fn to_keep(&self) -> [Vec<Edit>; 2] {
        [self.kept.clone(), self.history.edits()]
    }

    /// The case has all that stands.
    pub fn kept(&mut self, edits: Vec<Edit>) {
        self.kept = edits;
    }

    /// Shows what an edit would do, in place of what was shown so. Whether it may be is asked only when it is done.
    pub fn try_out(&mut self, edit: &Edit) {
        self.drop_tried();
        self.tried = apply(&edit.clone().on_any_side(), &mut self.map, &self.volume).ok();
        self.revision += 1;
    }

    /// Takes back what was only shown.
    pub fn drop_tried(&mut self) {
        if let Some(change) = self.tried.take() {
            // Nothing else touches the labels meanwhile.
            change.undo(&mut self.map).ok();
            self.revision += 1;
        }
    }

    /// Does an edit. The change may be empty.
    ///
    /// # Errors
    /// When it is refused; the labels are as they were.
    pub fn apply(&mut self, edit: Edit) -> Result<Change, EditError> {
        self.drop_tried();
        self.revision += 1;
        self.history.apply(edit, &mut self.map, &self.volume)
    }

    /// Takes the newest edit back.
    ///
    /// # Errors
    /// When the labels are not as they were after it.
    pub fn undo(&mut self) -> Result<(), EditError> {
        self.drop_tried();
        self.revision += 1;
        self.history.undo(&mut self.map).map(drop)
    }

    /// Does it again.
    ///
    /// # Errors
    /// When the labels are not as they were before it.
    pub fn redo(&mut self) -> Result<(), EditError> {
        self.drop_tried();
        self.revision += 1;
        self.history.redo(&mut self.map).map(drop)
    }
}

/// Brings a case from the edits that stood in it to those that shall stand, and returns these.
///
/// # Errors
/// When the case cannot be written, or somebody else has changed its labels meanwhile: then it is left as it is.
pub fn keep(folder: &Path, [kept, wanted]: [Vec<Edit>; 2]) -> Result<Vec<Edit>, Sentence> {
    let write = || -> Result<bool, StorageError> {
        let mut editing = CaseFolder::open(folder)?.edit_labels()?;
        if editing.history().edits() != kept {
            return Ok(false);
        }
        editing.bring_to(&wanted)?;
        Ok(true)
    };
    match write() {
        Ok(true) => Ok(wanted),
        Ok(false) => Err(Sentence::new(|texts| texts.get("repair-meanwhile"))),
        Err(why) => Err(Sentence::of(&why)),
    }
}
