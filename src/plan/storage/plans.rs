//! The plans of a case: numbered, each as it was written to the last byte, immutable once approved.

use super::{
    CaseFolder, Document, Journal, StorageError,
    by_hand::BY_HAND,
    contents::{BONES, LABELS, VOLUME},
    document::{from_text, to_text},
    folder::{CASE, JOURNAL, LANDMARKS},
    journal::Holding,
    program, sha256, sha256_of_file, when,
};
use crate::plan::{Approval, Grounds, Plan, Review};
use std::{collections::BTreeMap, fs, path::Path};

pub(super) const PLANS: &str = "plans";
/// The range of motion of the newest plan; it goes when that becomes another.
pub const ROM: &str = "rom.ron";

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
            numbers.extend(name.to_str().and_then(number_of));
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
        self.read_held_as(&relative, |plan: &Plan| match &plan.approval {
            Some(approval) if approval.sha256 != self.approval_sha256(plan, approval.grounds.as_ref())? => {
                Err(StorageError::ApprovalBroken { path: self.path().join(&relative) })
            }
            _ => Ok(()),
        })
    }

    /// Reads a document that must be as the journal says, or as it was before a write that was interrupted.
    pub(super) fn read_held<T: Document>(&self, relative: &str) -> Result<T, StorageError> {
        self.read_held_as(relative, |_| Ok(()))
    }

    /// The same of a document that says something about itself, which is looked at first.
    fn read_held_as<T: Document>(
        &self,
        relative: &str,
        check: impl Fn(&T) -> Result<(), StorageError>,
    ) -> Result<T, StorageError> {
        let path = self.inside(relative)?;
        let look = |journal: Option<&Journal>| {
            let text = fs::read_to_string(&path).map_err(StorageError::reading(&path))?;
            let document = from_text(&path, &text)?;
            check(&document)?;
            journal.map_or(Ok(()), |journal| self.hold_against(journal, relative, text.as_bytes()))?;
            Ok(document)
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

    /// Notes that somebody has looked at a plan as it is; whoever did so before is replaced. `by` is a role or initials, never a patient's name.
    ///
    /// # Errors
    /// When the plan is approved, nobody is named, and as [`CaseFolder::read_plan`] and [`CaseFolder::write_document`].
    pub fn review_plan(&self, number: u32, by: &str) -> Result<Plan, StorageError> {
        let by = named(by)?;
        let case = self.locked()?.written_by(by);
        let mut plan = case.unapproved(number)?;
        plan.review = Some(Review { by: by.into(), when: when::now() });
        case.write_document_as("review", &plan_path(number), &plan)?;
        Ok(plan)
    }

    /// Approves a plan that somebody has reviewed as it is: from now on it cannot be changed. `by` is a role or initials, never a patient's
    /// name. The journal says who had reviewed it, and whether it was the same person.
    ///
    /// # Errors
    /// When it is approved already, nobody is named, something that may not be is not answered for, nobody has reviewed it, and as
    /// [`CaseFolder::read_plan`] and [`CaseFolder::write_document`].
    pub fn approve_plan(&self, number: u32, by: &str) -> Result<Plan, StorageError> {
        let by = named(by)?;
        let case = self.locked()?.written_by(by);
        let mut plan = case.unapproved(number)?;
        let unanswered = plan.unanswered();
        if !unanswered.is_empty() {
            let findings = unanswered.into_iter().map(|finding| (finding.key.clone(), finding.text.clone())).collect();
            return Err(StorageError::Unanswered { path: self.path().join(plan_path(number)), number, findings });
        }
        // An answer is an edit, which takes a review back: it is asked for first.
        let Some(review) = &plan.review else {
            return Err(StorageError::Unreviewed { path: self.path().join(plan_path(number)), number });
        };
        let action = match review.by == by {
            true => "approve (reviewed by the same person)".to_owned(),
            false => format!("approve (reviewed by {})", review.by),
        };
        let grounds = case.grounds(&plan)?;
        let sha256 = case.approval_sha256(&plan, Some(&grounds))?;
        plan.approval = Some(Approval { by: by.into(), when: Some(when::now()), grounds: Some(grounds), sha256 });
        case.write_document_as(&action, &plan_path(number), &plan)?;
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
        let revision = Plan { number: newest + 1, revision_of: Some(number), review: None, approval: None, ..plan };
        if newest == number {
            case.write_plan(&revision)?;
        } else {
            // The range of motion at hand is that of another plan.
            let relative = plan_path(revision.number);
            let text = to_text(&self.inside(&relative)?, &revision)?;
            case.put_together("write", Some(ROM), &[(&relative, text.as_bytes())])?;
        }
        Ok(revision)
    }

    /// What of the grounds of an approval the case no longer holds as it was then: sorted paths, empty when all is as it was, and when the
    /// plan is no approved one or says nothing about it.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn changed_since_approval(&self, plan: &Plan) -> Result<Vec<String>, StorageError> {
        let Some(then) = plan.approval.as_ref().and_then(|approval| approval.grounds.as_ref()) else { return Ok(Vec::new()) };
        let now = self.grounds(plan)?;
        let mut paths: Vec<&String> = then.documents.keys().chain(now.documents.keys()).collect();
        paths.sort();
        paths.dedup();
        Ok(paths.into_iter().filter(|path| then.documents.get(*path) != now.documents.get(*path)).cloned().collect())
    }

    pub(super) fn unapproved(&self, number: u32) -> Result<Plan, StorageError> {
        let plan = self.read_plan(number)?;
        if plan.approval.is_some() {
            return Err(StorageError::Approved { path: self.path().join(plan_path(number)) });
        }
        Ok(plan)
    }

    /// What the plan rests on as the case is now.
    fn grounds(&self, plan: &Plan) -> Result<Grounds, StorageError> {
        let from = self.read_case()?.provenance;
        let mut documents = BTreeMap::new();
        let mut paths: Vec<String> = [VOLUME, LABELS, LANDMARKS, BY_HAND].map(Into::into).into();
        let bones = self.path().join(BONES);
        if bones.is_dir() {
            for entry in fs::read_dir(&bones).map_err(StorageError::reading(&bones))? {
                let name = entry.map_err(StorageError::reading(&bones))?.file_name().to_string_lossy().into_owned();
                paths.extend(name.ends_with(".stl").then(|| format!("{BONES}{name}")));
            }
        }
        for relative in paths {
            let path = self.path().join(&relative);
            if path.is_file() {
                documents.insert(relative, sha256_of_file(&path).map_err(StorageError::reading(&path))?);
            }
        }
        Ok(Grounds {
            software: program(),
            inputs_sha256: from.inputs_sha256,
            segmentation_model: from.segmentation_model,
            segmentation_sha256: from.segmentation_sha256,
            catalogue: plan.catalogue.clone(),
            catalogue_sha256: plan.catalogue_sha256.clone(),
            documents,
        })
    }

    /// Hash over a plan without its approval, over the case with all its provenance, and over the grounds where an approval states them.
    fn approval_sha256(&self, plan: &Plan, grounds: Option<&Grounds>) -> Result<String, StorageError> {
        let draft = Plan { approval: None, ..plan.clone() };
        let mut texts = [to_text(Path::new(PLANS), &draft)?, to_text(Path::new(CASE), &self.read_case()?)?].concat();
        if let Some(grounds) = grounds {
            let unwritable = |error: ron::Error| StorageError::Unwritable { path: PLANS.into(), reason: error.to_string() };
            texts += &ron::to_string(grounds).map_err(unwritable)?;
        }
        Ok(sha256(texts.as_bytes()))
    }

    /// Refuses to write over a plan that is approved, or over what is not as it was written: that would cover it up.
    pub(super) fn refuse_protected(&self, relative: &str) -> Result<(), StorageError> {
        let path = self.path().join(relative);
        let Some(name) = relative.strip_prefix(PLANS).and_then(|rest| rest.strip_prefix('/')) else { return Ok(()) };
        if !path.exists() {
            return Ok(());
        }
        if number_of(name).is_some() && self.read_document::<Plan>(relative)?.approval.is_some() {
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

/// The number of the plan in a file of this name.
fn number_of(name: &str) -> Option<u32> {
    name.strip_suffix(".ron").and_then(|stem| stem.parse().ok())
}

/// Who it was: nobody is refused.
pub(super) fn named(by: &str) -> Result<&str, StorageError> {
    let by = by.trim();
    if by.is_empty() { Err(StorageError::Nobody) } else { Ok(by) }
}
