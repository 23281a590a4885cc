//! A case that is on disk.

use super::{
    Case, CaseDraft, Document, Journal, JournalState, StorageError,
    document::{from_text, to_text},
    lock::Lock,
    sha256,
};
use crate::{
    anatomy::Anatomy,
    files::write_atomically,
    plan::{Approval, Plan},
};
use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Component, Path, PathBuf},
    sync::Arc,
};

pub(super) const CASE: &str = "case.ron";
pub(super) const LANDMARKS: &str = "landmarks.ron";
pub(super) const JOURNAL: &str = "journal.ron";
pub(super) const PLANS: &str = "plans";

/// A case folder.
#[derive(Clone, Debug)]
pub struct CaseFolder {
    pub(super) path: PathBuf,
    /// False while the case is being made: then its journal is written at the end, at once for all documents.
    pub(super) journalled: bool,
    /// Held by this value and its clones; `None` where each write takes it for itself.
    pub(super) lock: Option<Arc<Lock>>,
}

impl CaseFolder {
    /// Begins a new case, which appears at `path` as a whole when the draft is committed. An existing case is replaced then.
    ///
    /// # Errors
    /// When the folder holds something that is no case, or a case with an approved plan or with something done by hand; cannot be written;
    /// or another program is making a case there.
    pub fn create(path: impl Into<PathBuf>) -> Result<CaseDraft, StorageError> {
        CaseDraft::new(path.into())
    }

    /// Opens a case.
    ///
    /// # Errors
    /// When there is none, or its `case.ron` cannot be read.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, StorageError> {
        let folder = Self::at(path.into());
        super::draft::recover(&folder.path)?;
        if !folder.path.exists() {
            return Err(StorageError::Missing { path: folder.path });
        }
        if !folder.path.join(CASE).is_file() {
            return Err(StorageError::NotACase { path: folder.path });
        }
        folder.read_case()?;
        Ok(folder)
    }

    pub(super) const fn at(path: PathBuf) -> Self {
        Self { path, journalled: true, lock: None }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads `case.ron`.
    ///
    /// # Errors
    /// As [`CaseFolder::read_document`].
    pub fn read_case(&self) -> Result<Case, StorageError> {
        self.read_document(CASE)
    }

    /// Writes `case.ron`.
    ///
    /// # Errors
    /// As [`CaseFolder::write_document`].
    pub fn write_case(&self, case: &Case) -> Result<(), StorageError> {
        self.write_document(CASE, case)
    }

    /// Reads `landmarks.ron`.
    ///
    /// # Errors
    /// As [`CaseFolder::read_document`].
    pub fn read_anatomy(&self) -> Result<Anatomy, StorageError> {
        self.read_document(LANDMARKS)
    }

    /// Writes `landmarks.ron`.
    ///
    /// # Errors
    /// As [`CaseFolder::write_document`].
    pub fn write_anatomy(&self, anatomy: &Anatomy) -> Result<(), StorageError> {
        self.write_document(LANDMARKS, anatomy)
    }

    /// Numbers of the plans, in order.
    ///
    /// # Errors
    /// When the folder of plans cannot be read.
    pub fn plan_numbers(&self) -> Result<Vec<u32>, StorageError> {
        let folder = self.path.join(PLANS);
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

    /// Reads a plan; an approved one is held against its approval.
    ///
    /// # Errors
    /// As [`CaseFolder::read_document`], and when an approved plan was changed.
    pub fn read_plan(&self, number: u32) -> Result<Plan, StorageError> {
        let plan: Plan = self.read_document(&plan_path(number))?;
        if let Some(approval) = &plan.approval
            && approval.sha256 != self.approval_sha256(&plan)?
        {
            return Err(StorageError::ApprovalBroken { path: self.path.join(plan_path(number)) });
        }
        Ok(plan)
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
        let case = self.locked()?;
        let mut plan = case.read_plan(number)?;
        if plan.approval.is_some() {
            return Err(StorageError::Approved { path: self.path.join(plan_path(number)) });
        }
        plan.approval = Some(Approval { by: by.into(), sha256: self.approval_sha256(&plan)? });
        case.write_plan(&plan)?;
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

    /// Reads a document by its path in the case.
    ///
    /// # Errors
    /// When it is missing, damaged, of another kind, or of a version that this program does not know.
    pub fn read_document<T: Document>(&self, relative: &str) -> Result<T, StorageError> {
        let path = self.inside(relative)?;
        let text = fs::read_to_string(&path).map_err(StorageError::reading(&path))?;
        from_text(&path, &text)
    }

    /// Writes a document by its path in the case; it is there whole or not at all.
    ///
    /// # Errors
    /// When the path leaves the case, names an approved plan, or cannot be written; another program is writing to the case; the journal
    /// does not hold.
    pub fn write_document<T: Document>(&self, relative: &str, document: &T) -> Result<(), StorageError> {
        let text = to_text(&self.inside(relative)?, document)?;
        self.write_bytes(relative, text.as_bytes())
    }

    /// Writes any file, such as a report, by its path in the case; it is there whole or not at all.
    ///
    /// # Errors
    /// As [`CaseFolder::write_document`].
    pub fn write_bytes(&self, relative: &str, bytes: &[u8]) -> Result<(), StorageError> {
        let path = self.inside(relative)?;
        if relative == JOURNAL {
            return Err(StorageError::Outside { relative: relative.into() });
        }
        let case = self.locked()?;
        case.refuse_approved(relative)?;
        if case.journalled {
            case.enter("write", BTreeMap::from([(relative.into(), sha256(bytes))]))?;
        }
        write_atomically(&path, |file| file.write_all(bytes)).map_err(StorageError::writing(&path))
    }

    /// Checks that the journal's chain holds and that every document is as it was written last.
    ///
    /// A journal that was cut off at its end together with the documents written since cannot be told from an older case.
    ///
    /// # Errors
    /// When it does not hold, naming the entry or the document.
    pub fn verify_journal(&self) -> Result<JournalState, StorageError> {
        let journal: Journal = self.read_document(JOURNAL)?;
        journal.verify(&self.path).map_err(|reason| StorageError::Journal { path: self.path.join(JOURNAL), reason })
    }

    /// Adds an entry to the journal; the lock is held. The documents follow: see there for why they come after.
    pub(super) fn enter(&self, action: &str, documents: BTreeMap<String, String>) -> Result<(), StorageError> {
        let mut journal: Journal = self.read_document(JOURNAL)?;
        let broken = |reason| StorageError::Journal { path: self.path.join(JOURNAL), reason };
        journal.settle(&self.path).map_err(broken)?;
        journal.append(action, documents);
        self.write_journal(&journal)
    }

    pub(super) fn write_journal(&self, journal: &Journal) -> Result<(), StorageError> {
        let path = self.path.join(JOURNAL);
        let text = to_text(&path, journal)?;
        write_atomically(&path, |file| file.write_all(text.as_bytes())).map_err(StorageError::writing(&path))
    }

    fn refuse_approved(&self, relative: &str) -> Result<(), StorageError> {
        let path = self.path.join(relative);
        if relative.starts_with(PLANS) && path.exists() && self.read_document::<Plan>(relative)?.approval.is_some() {
            return Err(StorageError::Approved { path });
        }
        Ok(())
    }

    /// The path of something in the case, refused when it would lie outside.
    pub(super) fn inside(&self, relative: &str) -> Result<PathBuf, StorageError> {
        let plain = Path::new(relative).components().all(|part| matches!(part, Component::Normal(_)));
        if !plain || relative.is_empty() {
            return Err(StorageError::Outside { relative: relative.into() });
        }
        Ok(self.path.join(relative))
    }
}

pub(super) fn plan_path(number: u32) -> String {
    format!("{PLANS}/{number:04}.ron")
}
