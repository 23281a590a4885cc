//! The plan of the open case on disk: what is tried is written to it as edits, which can be taken back.

use crate::{
    anatomy::Anatomy,
    app::{case, document::Document},
    i18n::Sentence,
    implants::Catalogue,
    pipeline::{PipelineError, edit_plan, reckon_rom, rewrite_reports, would_be},
    plan::{
        Plan, PlanSettings,
        edit::{Command, History, Step},
        storage::{CaseFolder, StorageError},
    },
    progress::Progress,
    report::PlanChanges,
};

/// A case on disk, with what was done to its newest plan.
#[derive(Clone, Debug)]
pub struct Desk {
    folder: CaseFolder,
    /// As it was read; nothing is written to another.
    plan: Plan,
    catalogue: Catalogue,
    anatomy: Anatomy,
    /// The plan is approved, and never changed.
    pub approved: bool,
    /// The newest edit that stands, and the one that was taken back last.
    pub steps: [Option<Command>; 2],
}

/// What came of it.
#[derive(Debug)]
pub struct Kept {
    /// What was written, line by line; nothing where nothing was.
    pub told: Vec<Sentence>,
    /// The case as it is now.
    pub document: Result<Document, Sentence>,
}

/// Why nothing was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// In a sentence.
    pub why: Sentence,
    /// The plan is approved: it can be taken up again as a new one.
    pub approved: bool,
}

impl From<PipelineError> for Refused {
    fn from(error: PipelineError) -> Self {
        let approved = matches!(error, PipelineError::Storage(StorageError::Approved { .. }));
        Self { why: Sentence::of(&error), approved }
    }
}

/// What is done to the plan.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// What is tried is written; to a new plan made from this one, if `revise`.
    Keep {
        /// What is tried, as edits of the plan.
        edits: Vec<Command>,
        /// A plan that is approved stays as it is.
        revise: bool,
    },
    /// The newest edit is taken back.
    Undo,
    /// The edit that was taken back last is done again.
    Redo,
    /// Somebody has looked at the plan as it is.
    Review,
    /// The plan is approved.
    Approve,
    /// A plan is taken up again as a new one.
    Revise,
    /// Somebody answers for a finding.
    Answer {
        /// Its key.
        finding: String,
        /// Why the plan is right nevertheless.
        reason: String,
    },
    /// The case's report is written anew.
    Report,
}

impl Desk {
    /// Of a plan of a case. What cannot be read of its edits is told once somebody edits.
    #[must_use]
    pub fn new(folder: CaseFolder, plan: Plan, catalogue: Catalogue, anatomy: Anatomy) -> Self {
        let edits = folder.plan_edits(plan.number).ok().flatten();
        let history = edits.and_then(|edits| History::replay(edits.start, edits.records.iter().map(|record| &record.action)));
        let command = |step: Option<&Step>| step.and_then(|step| step.command.clone());
        let steps = history.map_or([None, None], |history| [command(history.done().last()), command(history.undone().next())]);
        Self { folder, approved: plan.approval.is_some(), steps, plan, catalogue, anatomy }
    }

    /// Does it to the plan, and reads the case anew. All of it is written, or nothing.
    ///
    /// # Errors
    /// When the case cannot be written, another program is writing to it or has changed the plan meanwhile, the plan is approved, or an edit is
    /// refused; nothing was written then.
    pub fn act(&self, act: &Act, by: &str, progress: &dyn Progress) -> Result<Kept, Refused> {
        let mut told = if *act == Act::Report { self.reported()? } else { self.acted(act, by)? };
        // The lock is free again: what follows from the edit is told and hinders it no more.
        if self.plan.stem.is_some()
            && let Err(error) = reckon_rom(&self.folder, &self.catalogue, progress)
        {
            let reason = Sentence::of(&error);
            told.push(Sentence::new(|texts| texts.with("kept-no-motion", &[("reason", reason.get(texts.language()))])));
        }
        let document = case::read(self.folder.path(), progress).map(|document| Document { again: true, ..document });
        Ok(Kept { told, document })
    }

    fn reported(&self) -> Result<Vec<Sentence>, PipelineError> {
        rewrite_reports(self.folder.path())?;
        Ok(vec![Sentence::new(|texts| texts.get("standing-reported"))])
    }

    fn acted(&self, act: &Act, by: &str) -> Result<Vec<Sentence>, PipelineError> {
        // Nobody else writes between the look at the plan and the last of the edit.
        let case = self.folder.locked()?;
        let case = if by.trim().is_empty() { case } else { case.written_by(by.trim()) };
        let number = self.plan.number;
        let before = case.read_plan(number)?;
        if before != self.plan || case.plan_numbers()?.last() != Some(&number) {
            return Err(StorageError::Meanwhile { path: case.path().into() }.into());
        }
        let (mut told, after) = match act {
            Act::Keep { edits, revise } => self.keep(&case, &before, edits, *revise)?,
            Act::Undo | Act::Redo => {
                let mut editing = case.edit_plan(number)?;
                let (key, step) =
                    if *act == Act::Undo { ("plans-undone", editing.undo()?) } else { ("plans-redone", editing.redo()?) };
                let told = step.and_then(|step| step.command).map(|command| said(key, command));
                (told.into_iter().collect(), editing.plan().clone())
            }
            Act::Review => (vec![stands("standing-reviewed", number)], case.review_plan(number, by)?),
            Act::Approve => (vec![stands("standing-approved", number)], case.approve_plan(number, by)?),
            Act::Revise => {
                let revision = case.revise_plan(number)?;
                let values = [number, revision.number].map(|number| number.to_string());
                let told = Sentence::new(|texts| texts.with("kept-revision", &[("old", &values[0]), ("number", &values[1])]));
                (vec![told], revision)
            }
            Act::Answer { finding, reason } => {
                let command = Command::Override { finding: finding.clone(), reason: reason.clone(), by: by.trim().to_owned() };
                let (mut editing, judge) =
                    edit_plan(&case, number, &self.catalogue, &PlanSettings::shipped()?, std::slice::from_ref(&command))?;
                editing.apply(std::slice::from_ref(&command), &judge)?;
                (vec![said("plans-done", command)], editing.plan().clone())
            }
            // It writes beside the plan, and locks the case itself.
            Act::Report => (Vec::new(), before.clone()),
        };
        told.extend(PlanChanges::of(&before, &after, &self.catalogue, &self.anatomy).lines());
        if before != after && case.path().join("report.html").is_file() {
            let path = case.path().display().to_string();
            told.push(Sentence::new(|texts| texts.with("plans-report-old", &[("case", &path)])));
        }
        Ok(told)
    }

    /// Writes what is tried; tells what, and gives the plan as it is now.
    fn keep(
        &self,
        case: &CaseFolder,
        before: &Plan,
        edits: &[Command],
        revise: bool,
    ) -> Result<(Vec<Sentence>, Plan), PipelineError> {
        let (settings, mut number) = (PlanSettings::shipped()?, before.number);
        let mut told = Vec::new();
        if revise {
            // Looked at before a new plan is made that would then be without its edit.
            would_be(case, before, &self.catalogue, &settings, edits)?;
            let revision = case.revise_plan(number)?;
            let values = [number, revision.number].map(|number| number.to_string());
            told.push(Sentence::new(|texts| texts.with("kept-revision", &[("old", &values[0]), ("number", &values[1])])));
            number = revision.number;
        }
        let (mut editing, judge) = edit_plan(case, number, &self.catalogue, &settings, edits)?;
        let changed = editing.apply(edits, &judge)?;
        let written = number.to_string();
        told.insert(0, Sentence::new(|texts| texts.with("kept-written", &[("number", &written)])));
        let done = edits.iter().zip(changed).filter(|(_, changed)| *changed);
        told.extend(done.map(|(command, _)| said("plans-done", command.clone())));
        Ok((told, editing.plan().clone()))
    }
}

fn stands(key: &str, number: u32) -> Sentence {
    let number = number.to_string();
    Sentence::new(|texts| texts.with(key, &[("number", &number)]))
}

fn said(key: &str, command: Command) -> Sentence {
    Sentence::new(|texts| texts.with(key, &[("what", &texts.say(&command))]))
}
