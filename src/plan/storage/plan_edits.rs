//! `plans/NNNN.edits.ron`: what was done to a plan by hand, from the plan that it began with to the newest act, each with the plan that it led
//! to, so that everything can be taken back after a restart, to the last byte.
//!
//! Nothing is taken out of it: an undo is one more record. It is put in place before the plan, so that a kill in between leaves the old plan,
//! and the next [`CaseFolder::edit_plan`] completes it.

use super::{
    CaseFolder, Document, Journal, StorageError,
    document::to_text,
    journal::{ABSENT, Holding},
    plans::{PLANS, ROM, named, plan_path},
    sha256, sha256_of_file, when,
};
use crate::plan::{
    Judge, Plan,
    edit::{Command, Context, History, PlanAction, Step},
};
use serde::{Deserialize, Serialize};

/// All that was done to a plan by hand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanEdits {
    /// The plan before anything was done to it.
    pub start: Plan,
    /// In the order in which it was done; only ever added to.
    pub records: Vec<PlanEditRecord>,
}

/// One act: who, when, what, and what it led to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanEditRecord {
    /// Role or initials; `None` when nobody was named. Never a patient's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// When, UTC (RFC 3339), by the computer's clock.
    pub when: String,
    /// What was done.
    pub action: PlanAction,
    /// SHA-256 of the plan's document afterwards, hexadecimal.
    pub plan_sha256: String,
}

impl Document for PlanEdits {
    const KIND: &'static str = "plan edits";
}

/// A plan of a case while it is edited: every act is on disk when its call returns.
#[derive(Debug)]
pub struct PlanEditing {
    folder: CaseFolder,
    number: u32,
    history: History,
    edits: PlanEdits,
    automatic: Plan,
    /// The plan as the case holds it, with its review.
    present: Plan,
}

impl CaseFolder {
    /// Opens a plan for editing. What was done before can be taken back.
    ///
    /// # Errors
    /// When the plan is approved; plan, edits or journal are not as they were written, or do not belong together; an edit that was interrupted
    /// cannot be completed.
    pub fn edit_plan(&self, number: u32) -> Result<PlanEditing, StorageError> {
        let present = self.unapproved(number)?;
        let editing = PlanEditing::at(self, number, present)?;
        if *editing.history.plan() == draft(&editing.present) {
            return Ok(editing);
        }
        if editing.history.done().chain(editing.history.undone()).all(|step| step.plan != draft(&editing.present)) {
            return Err(editing.astray("the plan is that after none of its edits"));
        }
        if self.lock.is_none() {
            // Interrupted, or under way in another program: looked at again once nobody else can be writing.
            let case = self.locked()?;
            drop(case.edit_plan(number)?);
            drop(case);
            return self.edit_plan(number);
        }
        editing.write(self, "complete an edit of the plan that was interrupted", &editing.edits, editing.history.plan())?;
        let present = editing.history.plan().clone();
        Ok(PlanEditing { present, ..editing })
    }

    /// What was done to a plan by hand, approved or not; `None` when nothing was.
    ///
    /// # Errors
    /// When the edits are not as they were written.
    pub fn plan_edits(&self, number: u32) -> Result<Option<PlanEdits>, StorageError> {
        let relative = edits_path(number);
        if self.path().join(&relative).is_file() {
            return self.read_held(&relative).map(Some);
        }
        // Not begun anew where it was lost; one that was never put in place is as if it had never been.
        let plan = sha256_of_file(&self.path().join(plan_path(number))).unwrap_or_default();
        let lost = |journal: &Journal| {
            Ok(match journal.holds(&relative, ABSENT) {
                Holding::Other { .. } => true,
                // The edits come first: where the plan is there already, they were.
                Holding::Interrupted => {
                    journal.entries.last().is_some_and(|entry| entry.documents.get(&plan_path(number)) == Some(&plan))
                }
                Holding::Written | Holding::Unknown => false,
            })
        };
        if self.journalled && self.beside_journal(lost)? {
            return Err(StorageError::Missing { path: self.path().join(relative) });
        }
        Ok(None)
    }

    /// The plan that the search made: that of this number before anything was done to it, or of the plan that it was begun from.
    ///
    /// # Errors
    /// As [`CaseFolder::read_plan`].
    fn automatic_plan(&self, plan: &Plan) -> Result<Plan, StorageError> {
        let start = self.plan_edits(plan.number)?.map_or_else(|| draft(plan), |edits| edits.start);
        match start.revision_of {
            // Each has a smaller number than its revision, so that this ends.
            Some(before) if before < plan.number => self.automatic_plan(&self.read_plan(before)?),
            _ => Ok(start),
        }
    }
}

impl PlanEditing {
    fn at(folder: &CaseFolder, number: u32, present: Plan) -> Result<Self, StorageError> {
        let edits = folder.plan_edits(number)?.unwrap_or_else(|| PlanEdits { start: draft(&present), records: Vec::new() });
        let actions = edits.records.iter().map(|record| &record.action);
        let wrong =
            |reason: &str| StorageError::PlanEdits { path: folder.path().join(edits_path(number)), reason: reason.into() };
        let history = History::replay(edits.start.clone(), actions)
            .ok_or_else(|| wrong("they take back, or do again, what is not there"))?;
        if let Some(record) = edits.records.last()
            && record.plan_sha256 != sha256(to_text(folder.path(), history.plan())?.as_bytes())
        {
            return Err(wrong("they lead to another plan than when they were made"));
        }
        let automatic = folder.automatic_plan(&present)?;
        Ok(Self { folder: folder.clone(), number, history, edits, automatic, present })
    }

    /// The plan as it is now.
    #[must_use]
    pub const fn plan(&self) -> &Plan {
        &self.present
    }

    /// What was done and taken back.
    #[must_use]
    pub const fn history(&self) -> &History {
        &self.history
    }

    /// What was done, by whom and when.
    #[must_use]
    pub const fn edits(&self) -> &PlanEdits {
        &self.edits
    }

    /// The plan as the search made it.
    #[must_use]
    pub const fn automatic(&self) -> &Plan {
        &self.automatic
    }

    /// Carries commands out one after another and writes them together: all of them or none. For each, whether it changed anything; what did
    /// not is not kept.
    ///
    /// # Errors
    /// When one is refused, naming it; when the plan was changed by another program meanwhile, or the case cannot be written.
    pub fn apply(&mut self, commands: &[Command], judge: &Judge) -> Result<Vec<bool>, StorageError> {
        let mut history = self.history.clone();
        let (mut changed, mut records, mut names) = (Vec::new(), Vec::new(), Vec::new());
        for (position, command) in commands.iter().enumerate() {
            let context = Context { judge, automatic: &self.automatic };
            let refused = |source| StorageError::PlanEdit {
                number: position + 1,
                of: commands.len(),
                name: command.to_string(),
                source: Box::new(source),
            };
            let one = history.apply(command.clone(), &context).map_err(refused)?;
            if one {
                let plan = Box::new(history.plan().clone());
                records.push(self.record(PlanAction::Edit { command: command.clone(), plan }, history.plan())?);
                names.push(command.to_string());
            }
            changed.push(one);
        }
        self.keep(&format!("edit plan {}: {}", self.number, names.join("; ")), records, history)?;
        Ok(changed)
    }

    /// Takes the newest step back; `None` when there is none.
    ///
    /// # Errors
    /// As [`PlanEditing::apply`]; the step stands then.
    pub fn undo(&mut self) -> Result<Option<Step>, StorageError> {
        let mut history = self.history.clone();
        let Some(step) = history.undo().cloned() else { return Ok(None) };
        self.turn("undo", PlanAction::Undo, history, &step)?;
        Ok(Some(step))
    }

    /// Does the step again that was taken back last; `None` when there is none.
    ///
    /// # Errors
    /// As [`PlanEditing::apply`]; the step stays taken back then.
    pub fn redo(&mut self) -> Result<Option<Step>, StorageError> {
        let mut history = self.history.clone();
        let Some(step) = history.redo().cloned() else { return Ok(None) };
        self.turn("redo", PlanAction::Redo, history, &step)?;
        Ok(Some(step))
    }

    fn turn(&mut self, verb: &str, action: PlanAction, history: History, step: &Step) -> Result<(), StorageError> {
        let name = step.command.as_ref().map(ToString::to_string).unwrap_or_default();
        let record = self.record(action, history.plan())?;
        self.keep(&format!("{verb} in plan {}: {name}", self.number), vec![record], history)
    }

    fn record(&self, action: PlanAction, plan: &Plan) -> Result<PlanEditRecord, StorageError> {
        let who = self.folder.who.as_deref().map(named).transpose()?.map(Into::into);
        let plan_sha256 = sha256(to_text(self.folder.path(), plan)?.as_bytes());
        Ok(PlanEditRecord { who, when: when::now(), action, plan_sha256 })
    }

    /// Writes what was just done, and goes on from there.
    fn keep(&mut self, action: &str, new: Vec<PlanEditRecord>, history: History) -> Result<(), StorageError> {
        if new.is_empty() {
            return Ok(());
        }
        let case = self.folder.locked()?;
        let same = case.plan_edits(self.number)?.map_or(self.edits.records.is_empty(), |edits| edits == self.edits);
        if !same || case.unapproved(self.number)? != self.present {
            return Err(StorageError::Meanwhile { path: case.path().join(plan_path(self.number)) });
        }
        let mut edits = self.edits.clone();
        edits.records.extend(new);
        self.write(&case, action, &edits, history.plan())?;
        (self.edits, self.present, self.history) = (edits, history.plan().clone(), history);
        Ok(())
    }

    /// In the case with its lock held: the edits before the plan. What an older program wrote is kept beside it; the range of motion of another
    /// plan than this goes.
    fn write(&self, case: &CaseFolder, action: &str, edits: &PlanEdits, plan: &Plan) -> Result<(), StorageError> {
        let (place, list) = (plan_path(self.number), edits_path(self.number));
        let older = [case.older::<PlanEdits>(&list)?, case.older::<Plan>(&place)?];
        let texts = [to_text(&case.path().join(&list), edits)?, to_text(&case.path().join(&place), plan)?];
        let kept = older.iter().flatten().map(|(name, text)| (name.as_str(), text.as_bytes()));
        let files: Vec<(&str, &[u8])> =
            kept.chain([(list.as_str(), texts[0].as_bytes()), (place.as_str(), texts[1].as_bytes())]).collect();
        let newest = case.plan_numbers()?.last() == Some(&self.number);
        case.put_together(action, newest.then_some(ROM), &files)
    }

    fn astray(&self, reason: &str) -> StorageError {
        StorageError::PlanEdits { path: self.folder.path().join(edits_path(self.number)), reason: reason.into() }
    }
}

/// The plan without what somebody has said about it as a whole.
fn draft(plan: &Plan) -> Plan {
    Plan { review: None, approval: None, ..plan.clone() }
}

pub(super) fn edits_path(number: u32) -> String {
    format!("{PLANS}/{number:04}.edits.ron")
}
