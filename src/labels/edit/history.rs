//! What was done, what was taken back, and what of it has to be computed again.

use super::{Change, Edit, EditError, LabelChange, apply};
use crate::{
    labels::{Label, LabelMap},
    volume::Volume,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// An edit with what it did.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What was asked for.
    pub edit: Edit,
    /// What it did.
    pub change: Change,
}

/// One act of a person, as it is kept: replaying them all in order gives the present labels again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum EditAction {
    /// An edit.
    Edit(Edit),
    /// The newest edit that still stands was taken back.
    Undo,
    /// The edit taken back last was done again.
    Redo,
}

/// Edits done and edits taken back, without limit. A new edit forgets those that were taken back.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EditHistory {
    done: Vec<Step>,
    undone: Vec<Step>,
}

impl EditHistory {
    /// Carries out an edit. One that changes nothing is told by its empty change and not kept.
    ///
    /// # Errors
    /// As [`apply`]; map and history are untouched then.
    pub fn apply(&mut self, edit: Edit, map: &mut LabelMap, volume: &Volume) -> Result<Change, EditError> {
        let change = apply(&edit, map, volume)?;
        self.push(Step { edit, change: change.clone() });
        Ok(change)
    }

    /// Takes in an edit that was carried out already.
    pub fn push(&mut self, step: Step) {
        if !step.change.is_empty() {
            self.undone.clear();
            self.done.push(step);
        }
    }

    /// Takes the newest edit back; `None` when there is none.
    ///
    /// # Errors
    /// When the map was changed by something else meanwhile; map and history are untouched then.
    pub fn undo(&mut self, map: &mut LabelMap) -> Result<Option<&Step>, EditError> {
        let Some(step) = self.done.last() else { return Ok(None) };
        step.change.undo(map)?;
        self.undone.extend(self.done.pop());
        Ok(self.undone.last())
    }

    /// Does the edit again that was taken back last; `None` when there is none.
    ///
    /// # Errors
    /// As [`EditHistory::undo`].
    pub fn redo(&mut self, map: &mut LabelMap) -> Result<Option<&Step>, EditError> {
        let Some(step) = self.undone.last() else { return Ok(None) };
        step.change.redo(map)?;
        self.done.extend(self.undone.pop());
        Ok(self.done.last())
    }

    /// Carries out what was kept, on the labels that it began with.
    ///
    /// # Errors
    /// As [`apply`]: when the labels or the CT are others than those that the edits were made on.
    pub fn replay<'a>(
        actions: impl IntoIterator<Item = &'a EditAction>,
        map: &mut LabelMap,
        volume: &Volume,
    ) -> Result<Self, EditError> {
        let mut history = Self::default();
        for action in actions {
            let changed = match action {
                EditAction::Edit(edit) => !history.apply(edit.clone(), map, volume)?.is_empty(),
                EditAction::Undo => history.undo(map)?.is_some(),
                EditAction::Redo => history.redo(map)?.is_some(),
            };
            // What changed nothing was not kept.
            if !changed {
                return Err(EditError::OtherState { what: "replayed" });
            }
        }
        Ok(history)
    }

    /// The edits that stand, in order.
    #[must_use]
    pub fn done(&self) -> &[Step] {
        &self.done
    }

    /// The edits that stand, as they were asked for.
    #[must_use]
    pub fn edits(&self) -> Vec<Edit> {
        self.done.iter().map(|step| step.edit.clone()).collect()
    }

    /// The edits that were taken back; the last of them is the next to be done again.
    #[must_use]
    pub fn undone(&self) -> &[Step] {
        &self.undone
    }

    /// The labels that an edit which stands has touched: their surfaces, and all that was measured on them, have to be made again.
    #[must_use]
    pub fn touched(&self) -> BTreeSet<Label> {
        let labels = self.done.iter().flat_map(|step| step.change.labels());
        labels.map(|LabelChange { label, .. }| label).filter(|&label| label != Label::Background).collect()
    }
}
