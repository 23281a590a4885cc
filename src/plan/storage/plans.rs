//! The plans of a case: numbered, each as it was written to the last byte, immutable once approved.

use super::{
    CaseFolder, Journal, StorageError,
    document::{from_text, to_text},
    folder::{CASE, JOURNAL},
    journal::Holding,
    sha256,
};
use crate::plan::{Approval, Plan};
use std::{fs, path::Path};

pub(super) const PLANS: &str = "plans";

impl CaseFolder {
    /// Numbers of the plans, in order.
    ///
    /// # Errors
    /// When the folder of plans cannot be read.
    pub fn plan_numbers(&self) -> Result<Vec<u32>, StorageError> {
        let folder = self.path().join(PLANS);
        if !folder.exists() {
            return Ok(Vec::new());
        }
        let mut numbers = Vec::new();
        for entry in fs::read_dir(&folder).map_err(StorageError::reading(&folder))? {
            let name = entry.map_err(StorageError::reading(&folder))?.file_name();
            let number: Option<u32> = name.to_str().and_then(|name| name.strip_suffix(".ron")).and_then(|stem| stem.parse().ok());
            numbers.extend(number);
        }
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// Reads a plan. It must be as it was written, to the last byte, and an approved one as it was approved.
    ///
    /// # Errors
    /// As [`CaseFolder::read_document`]; when the plan or the journal was changed by another hand, or the plan was not written here.
    pub fn read_plan(&self, number: u32) -> Result<Plan, StorageError> {
        let relative = plan_path(number);
        let path = self.path().join(&relative);
        let look = |journal: Option<&Journal>| {
            let text = fs::read_to_string(&path).map_err(StorageError::reading(&path))?;
            let plan: Plan = from_text(&path, &text)?;
            if let Some(approval) = &plan.approval
                && approval.sha256 != self.approval_sha256(&plan)?
            {
                return Err(StorageError::ApprovalBroken { path: path.clone() });
            }
            journal.map_or(Ok(()), |journal| self.hold_against(journal, &relative, text.as_bytes()))?;
            Ok(plan)
        };
        if self.journalled { self.beside_journal(|journal| look(Some(journal))) } else { look(None) }
    }

    /// Writes a plan under its own number.
    ///
    /// # Errors
    /// When that number is an approved plan's, and as [`CaseFolder::write_document`].
    pub fn write_plan(&self, plan: &Plan) -> Result<(), StorageError> {
        self.write_document(&plan_path(plan.number), plan)
    }

    /// Approves a plan: from now on it cannot be changed. `by` is a role or initials, never a patient's name.
    ///
    /// # Errors
    /// When it is approved already, and as [`CaseFolder::read_plan`] and [`CaseFolder::write_document`].
    pub fn approve_plan(&self, number: u32, by: &str) -> Result<Plan, StorageError> {
        let case = self.locked()?.written_by(by);
        let mut plan = case.read_plan(number)?;
        if plan.approval.is_some() {
            return Err(StorageError::Approved { path: self.path().join(plan_path(number)) });
        }
        plan.approval = Some(Approval { by: by.into(), sha256: self.approval_sha256(&plan)? });
        case.write_document_as("approve", &plan_path(number), &plan)?;
        Ok(plan)
    }

    /// Takes up a plan again, approved or not: a copy of it becomes the newest plan, a draft.
    ///
    /// # Errors
    /// As [`CaseFolder::read_plan`] and [`CaseFolder::write_document`].
    pub fn revise_plan(&self, number: u32) -> Result<Plan, StorageError> {
        let case = self.locked()?;
        let plan = case.read_plan(number)?;
        let newest = case.plan_numbers()?.last().copied().unwrap_or(number);
        let revision = Plan { number: newest + 1, approval: None, ..plan };
        case.write_plan(&revision)?;
        Ok(revision)
    }

    /// Hash over a plan without its approval and over the case with all its provenance.
    fn approval_sha256(&self, plan: &Plan) -> Result<String, StorageError> {
        let draft = Plan { approval: None, ..plan.clone() };
        let texts = [to_text(Path::new(PLANS), &draft)?, to_text(Path::new(CASE), &self.read_case()?)?];
        Ok(sha256(texts.concat().as_bytes()))
    }

    /// Refuses to write over a plan that is approved, or is not as it was written: that would cover it up.
    pub(super) fn refuse_protected(&self, relative: &str) -> Result<(), StorageError> {
        let path = self.path().join(relative);
        if !relative.starts_with(PLANS) || !path.exists() {
            return Ok(());
        }
        if self.read_document::<Plan>(relative)?.approval.is_some() {
            return Err(StorageError::Approved { path });
        }
        if !self.journalled {
            return Ok(());
        }
        let bytes = fs::read(&path).map_err(StorageError::reading(&path))?;
        self.hold_against(&self.read_document(JOURNAL)?, relative, &bytes)
    }

    /// Refuses a document that is neither as the journal says, nor as it was before a write that was interrupted.
    fn hold_against(&self, journal: &Journal, relative: &str, bytes: &[u8]) -> Result<(), StorageError> {
        let path = self.path().join(relative);
        journal.chain().map_err(|reason| StorageError::Journal { path: self.path().join(JOURNAL), reason })?;
        match journal.holds(relative, &sha256(bytes)) {
            Holding::Written | Holding::Interrupted => Ok(()),
            Holding::Other { entry } => Err(StorageError::Changed { path, entry }),
            Holding::Unknown => Err(StorageError::Foreign { path }),
        }
    }
}

pub(super) fn plan_path(number: u32) -> String {
    format!("{PLANS}/{number:04}.ron")
}
