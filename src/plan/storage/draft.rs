//! A case while it is being made: in a folder beside its place, so that a failed plan leaves nothing.

use super::{
    CaseFolder, Journal, StorageError,
    edits::EDITS,
    folder::{CASE, JOURNAL},
    lock::{HOLDER, Lock, belongs_to_lock},
    plans::{PLANS, plan_path},
    sha256_of_file,
};
use std::{
    collections::BTreeMap,
    error::Error,
    fs::{self, File},
    ops::Deref,
    path::{Path, PathBuf},
    sync::Arc,
};

/// A case that is not there yet. Dropped without [`CaseDraft::commit`], it leaves nothing behind.
#[derive(Debug)]
pub struct CaseDraft {
    folder: CaseFolder,
    place: PathBuf,
}

impl Deref for CaseDraft {
    type Target = CaseFolder;

    fn deref(&self) -> &CaseFolder {
        &self.folder
    }
}

impl CaseDraft {
    pub(super) fn new(place: PathBuf) -> Result<Self, StorageError> {
        recover(&place)?;
        refuse_unless_replaceable(&place)?;
        let path = beside(&place, "draft")?;
        fs::create_dir_all(&path).map_err(StorageError::writing(&path))?;
        let lock = Some(Arc::new(Lock::take(&path, &place)?));
        clear(&path)?;
        Ok(Self { folder: CaseFolder { path, journalled: false, lock, who: None }, place })
    }

    /// Lets a function write a file of its own format, such as `volume.nii.gz`, at a path in the case.
    ///
    /// # Errors
    /// When the path leaves the case, or whatever the function reports.
    pub fn write_file<E: Error + Send + Sync + 'static>(
        &self,
        relative: &str,
        write: impl FnOnce(&Path) -> Result<(), E>,
    ) -> Result<(), StorageError> {
        let path = self.folder.inside(relative)?;
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(StorageError::writing(parent))?;
        }
        write(&path).map_err(|error| StorageError::Content(Box::new(error)))
    }

    /// Writes the journal's first entry over all that was written, and puts the case in its place.
    ///
    /// # Errors
    /// When `case.ron` was not written, a file cannot be written, or the place was taken or is being written to meanwhile. Nothing is left
    /// then.
    pub fn commit(mut self) -> Result<CaseFolder, StorageError> {
        self.folder.read_case()?;
        let mut documents = BTreeMap::new();
        record(&self.folder.path, "", &mut documents)?;
        self.folder.write_journal(&Journal::begin(self.folder.who.as_deref(), documents))?;
        let replacing = self.place.exists();
        let mut lock_of_old = replacing.then(|| Lock::take(&self.place, &self.place)).transpose()?;
        refuse_unless_replaceable(&self.place)?;
        if cfg!(windows) {
            // There an open file keeps its folder where it is: whoever takes a lock in between makes a rename fail, and nothing is lost.
            (self.folder.lock, lock_of_old) = (None, None);
        }

        // Only renames from here: whatever happens, the old case or the new one can be found again.
        let old = beside(&self.place, "replaced")?;
        if replacing {
            fs::rename(&self.place, &old).map_err(StorageError::writing(&self.place))?;
        }
        if let Err(error) = fs::rename(&self.folder.path, &self.place) {
            if replacing {
                fs::rename(&old, &self.place).map_err(StorageError::writing(&self.place))?;
            }
            return Err(StorageError::writing(&self.place)(error));
        }
        // The draft's lock has come along with its folder.
        fs::remove_file(self.place.join(HOLDER)).ok();
        let parent = self.place.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(parent).and_then(|folder| folder.sync_all()).map_err(StorageError::writing(parent))?;
        if replacing {
            remove(&old)?;
        }
        drop(lock_of_old);
        self.folder = CaseFolder::at(self.place.clone());
        Ok(self.folder.clone())
    }
}

impl Drop for CaseDraft {
    fn drop(&mut self) {
        if !self.folder.journalled {
            // Best effort: the error worth telling is the one that led here.
            fs::remove_dir_all(&self.folder.path).ok();
        }
    }
}

/// Puts an old case back that was moved away for a new one which then did not come, because the program was stopped.
pub(super) fn recover(place: &Path) -> Result<(), StorageError> {
    let old = beside(place, "replaced")?;
    if !old.exists() {
        return Ok(());
    }
    let came = || place.join(CASE).is_file();
    if came() {
        // Best effort: a program that is replacing the case at this moment clears up itself, and who may only read need not.
        if let Ok(_lock) = Lock::take(place, place) {
            remove(&old).ok();
        }
        return Ok(());
    }
    // A program that is between its two renames at this moment still holds the lock of its draft.
    let draft = beside(place, "draft")?;
    let lock = draft.exists().then(|| Lock::take(&draft, place));
    if came() {
        return Ok(());
    }
    let _lock = lock.transpose()?;
    match fs::rename(&old, place) {
        // Another program has put it back.
        Err(_) if came() => Ok(()),
        outcome => outcome.map_err(StorageError::writing(place)),
    }
}

/// Only nothing, an empty folder, or a case without an approved plan and without anything done by hand may be replaced.
fn refuse_unless_replaceable(place: &Path) -> Result<(), StorageError> {
    if !place.exists() {
        return Ok(());
    }
    let foreign = || StorageError::NotACase { path: place.into() };
    let entries = if place.is_dir() { fs::read_dir(place).map_err(StorageError::reading(place))? } else { return Err(foreign()) };
    if entries.flatten().all(|entry| belongs_to_lock(&entry.file_name().to_string_lossy())) {
        return Ok(());
    }
    if !place.join(CASE).is_file() {
        return Err(foreign());
    }
    let by_hand = |name: &str| name.ends_with(".edits.ron") || name == "snapshots.ron";
    let plans = fs::read_dir(place.join(PLANS)).into_iter().flatten().flatten();
    if place.join(EDITS).exists() || plans.into_iter().any(|entry| by_hand(&entry.file_name().to_string_lossy())) {
        return Err(StorageError::Edited { path: place.into() });
    }
    let case = CaseFolder::at(place.into());
    if !case.read_landmarks_by_hand()?.is_empty() {
        return Err(StorageError::Edited { path: place.into() });
    }
    for number in case.plan_numbers()? {
        // What cannot be read may have been approved.
        let plan = case.read_plan(number)?;
        if plan.approval.is_some() {
            return Err(StorageError::Approved { path: place.join(plan_path(number)) });
        }
        if plan.review.is_some() {
            return Err(StorageError::Edited { path: place.into() });
        }
    }
    Ok(())
}

/// A hidden sibling of the case.
fn beside(place: &Path, role: &str) -> Result<PathBuf, StorageError> {
    let name = place.file_name().ok_or_else(|| StorageError::Outside { relative: place.display().to_string() })?;
    Ok(place.with_file_name(format!(".{}.{role}", name.to_string_lossy())))
}

/// Removes what a run that was killed has left in its draft, all but the lock.
fn clear(draft: &Path) -> Result<(), StorageError> {
    for entry in fs::read_dir(draft).map_err(StorageError::reading(draft))? {
        let path = entry.map_err(StorageError::reading(draft))?.path();
        if path.is_dir() {
            remove(&path)?;
        } else if !path.file_name().is_some_and(|name| belongs_to_lock(&name.to_string_lossy())) {
            fs::remove_file(&path).map_err(StorageError::writing(&path))?;
        }
    }
    Ok(())
}

fn remove(path: &Path) -> Result<(), StorageError> {
    if path.exists() { fs::remove_dir_all(path).map_err(StorageError::writing(path)) } else { Ok(()) }
}

/// Hashes of all files below a folder, by their path in the case.
fn record(folder: &Path, prefix: &str, documents: &mut BTreeMap<String, String>) -> Result<(), StorageError> {
    for entry in fs::read_dir(folder).map_err(StorageError::reading(folder))? {
        let path = entry.map_err(StorageError::reading(folder))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let relative = if prefix.is_empty() { name.into_owned() } else { format!("{prefix}/{name}") };
        if path.is_dir() {
            record(&path, &relative, documents)?;
        } else if relative != JOURNAL && !belongs_to_lock(&relative) {
            let hash = sha256_of_file(&path).map_err(StorageError::reading(&path))?;
            documents.insert(relative, hash);
        }
    }
    Ok(())
}
