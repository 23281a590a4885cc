//! A case that is on disk.

use super::{
    Case, CaseDraft, Document, Journal, JournalState, StorageError,
    document::{from_text, older_version, to_text},
    journal::ABSENT,
    lock::Lock,
    sha256,
};
use crate::{anatomy::Anatomy, files::write_atomically};
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Write,
    path::{Component, Path, PathBuf},
    sync::Arc,
};

pub(super) const CASE: &str = "case.ron";
pub(super) const LANDMARKS: &str = "landmarks.ron";
pub(super) const JOURNAL: &str = "journal.ron";

/// How often a case is looked at again that is written to meanwhile.
const OFTEN: usize = 20;

/// A case folder.
#[derive(Clone, Debug)]
pub struct CaseFolder {
    pub(super) path: PathBuf,
    /// False while the case is being made: then its journal is written at the end, at once for all documents.
    pub(super) journalled: bool,
    /// Held by this value and its clones; `None` where each write takes it for itself.
    pub(super) lock: Option<Arc<Lock>>,
    /// Who the journal says has written; `None` for the program.
    pub(super) who: Option<String>,
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
        Self { path, journalled: true, lock: None, who: None }
    }

    /// The same case, to which somebody writes: a role or initials for the journal, never a patient's name.
    #[must_use]
    pub fn written_by(&self, who: &str) -> Self {
        Self { who: Some(who.into()), ..self.clone() }
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

    /// Reads a document by its path in the case.
    ///
    /// # Errors
    /// When it is missing, damaged, of another kind, or of a version that this program does not know.
    pub fn read_document<T: Document>(&self, relative: &str) -> Result<T, StorageError> {
        let path = self.inside(relative)?;
        let text = fs::read_to_string(&path).map_err(StorageError::reading(&path))?;
        from_text(&path, &text)
    }

    /// Writes a document by its path in the case; it is there whole or not at all. One of an older format is kept beside it.
    ///
    /// # Errors
    /// When the path leaves the case, names an approved plan, or cannot be written; another program is writing to the case; the journal
    /// does not hold.
    pub fn write_document<T: Document>(&self, relative: &str, document: &T) -> Result<(), StorageError> {
        self.write_document_as("write", relative, document)
    }

    /// The same, called what it is in the journal.
    pub(super) fn write_document_as<T: Document>(&self, action: &str, relative: &str, document: &T) -> Result<(), StorageError> {
        let text = to_text(&self.inside(relative)?, document)?;
        let case = self.locked()?;
        let older = case.older::<T>(relative)?;
        let kept = older.iter().map(|(name, text)| (name.as_str(), text.as_bytes()));
        case.put(action, &kept.chain([(relative, text.as_bytes())]).collect::<Vec<_>>())
    }

    /// What is to be kept of a document that an older program wrote and this one is about to replace: the name to keep it under, such as
    /// `plans/0001.v1.ron`, and its text.
    pub(super) fn older<T: Document>(&self, relative: &str) -> Result<Option<(String, String)>, StorageError> {
        let path = self.inside(relative)?;
        if !path.exists() {
            return Ok(None);
        }
        let text = fs::read_to_string(&path).map_err(StorageError::reading(&path))?;
        let Some(version) = older_version::<T>(&text) else { return Ok(None) };
        let kept = format!("{}.v{version}.ron", relative.strip_suffix(".ron").unwrap_or(relative));
        // Kept once already: what came first is what the older program left.
        Ok((!self.inside(&kept)?.exists()).then_some((kept, text)))
    }

    /// Writes any file, such as a report, by its path in the case; it is there whole or not at all.
    ///
    /// # Errors
    /// As [`CaseFolder::write_document`].
    pub fn write_bytes(&self, relative: &str, bytes: &[u8]) -> Result<(), StorageError> {
        self.put("write", &[(relative, bytes)])
    }

    /// Writes files one after another under one entry of the journal, each whole or not at all.
    fn put(&self, action: &str, files: &[(&str, &[u8])]) -> Result<(), StorageError> {
        for (relative, _) in files {
            self.inside(relative)?;
            if *relative == JOURNAL {
                return Err(StorageError::Outside { relative: JOURNAL.into() });
            }
        }
        let case = self.locked()?;
        files.iter().try_for_each(|(relative, _)| case.refuse_protected(relative))?;
        if case.journalled {
            case.enter(action, files.iter().map(|(relative, bytes)| ((*relative).into(), sha256(bytes))).collect())?;
        }
        files.iter().try_for_each(|(relative, bytes)| {
            let path = self.path.join(relative);
            write_atomically(&path, |file| file.write_all(bytes)).map_err(StorageError::writing(&path))
        })
    }

    /// Writes files that belong together under one entry of the journal: everything is made ready beside its place; then comes the entry, then
    /// `gone` goes where it is there, then only renames, the last file last. The lock is held.
    pub(super) fn put_together(&self, action: &str, gone: Option<&str>, files: &[(&str, &[u8])]) -> Result<(), StorageError> {
        let staged = |relative: &str| -> Result<PathBuf, StorageError> {
            let path = self.inside(relative)?;
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Ok(path.with_file_name(format!(".staged.{name}")))
        };
        let mut documents: BTreeMap<String, String> =
            files.iter().map(|(relative, bytes)| ((*relative).into(), sha256(bytes))).collect();
        let gone = gone.filter(|relative| self.path.join(relative).exists());
        documents.extend(gone.map(|relative| (relative.to_owned(), ABSENT.to_owned())));
        for (relative, bytes) in files {
            let path = staged(relative)?;
            write_atomically(&path, |file| file.write_all(bytes)).map_err(StorageError::writing(&path))?;
        }
        self.enter(action, documents)?;
        if let Some(relative) = gone {
            let path = self.inside(relative)?;
            fs::remove_file(&path).map_err(StorageError::writing(&path))?;
        }
        for (relative, _) in files {
            let path = self.path.join(relative);
            fs::rename(staged(relative)?, &path).map_err(StorageError::writing(&path))?;
            let folder = path.parent().unwrap_or(&self.path);
            File::open(folder).and_then(|folder| folder.sync_all()).map_err(StorageError::writing(folder))?;
        }
        Ok(())
    }

    /// Checks that the journal's chain holds and that every document is as it was written last.
    ///
    /// A journal that was cut off at its end together with the documents written since cannot be told from an older case.
    ///
    /// # Errors
    /// When it does not hold, naming the entry or the document.
    pub fn verify_journal(&self) -> Result<JournalState, StorageError> {
        self.beside_journal(|journal| {
            journal.verify(&self.path).map_err(|reason| StorageError::Journal { path: self.path.join(JOURNAL), reason })
        })
    }

    /// Lets a function look at the case beside its journal, and look again if another program wrote meanwhile: an entry comes before its
    /// documents, so that what is found between two readings of the same journal can be held against it.
    pub(super) fn beside_journal<T>(&self, look: impl Fn(&Journal) -> Result<T, StorageError>) -> Result<T, StorageError> {
        let path = self.path.join(JOURNAL);
        let read = || fs::read_to_string(&path).map_err(StorageError::reading(&path));
        let mut text = read()?;
        for _ in 0..OFTEN {
            let outcome = look(&from_text(&path, &text)?);
            let now = read()?;
            if now == text {
                return outcome;
            }
            text = now;
        }
        // Somebody writes without a pause: only when nobody does can it be told.
        look(&self.locked()?.read_document(JOURNAL)?)
    }

    /// Adds an entry to the journal; the lock is held. The documents follow: see there for why they come after.
    pub(super) fn enter(&self, action: &str, documents: BTreeMap<String, String>) -> Result<(), StorageError> {
        let mut journal: Journal = self.read_document(JOURNAL)?;
        let broken = |reason| StorageError::Journal { path: self.path.join(JOURNAL), reason };
        journal.settle(&self.path).map_err(broken)?;
        journal.append(&self.path, self.who.as_deref(), action, documents);
        self.write_journal(&journal)
    }

    pub(super) fn write_journal(&self, journal: &Journal) -> Result<(), StorageError> {
        let path = self.path.join(JOURNAL);
        let text = to_text(&path, journal)?;
        write_atomically(&path, |file| file.write_all(text.as_bytes())).map_err(StorageError::writing(&path))
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
