//! `.lock`: one program writes to a case at a time, and anybody may read it meanwhile.
//!
//! Whoever writes holds a lock of the operating system on this file. It ends with the program, however that ends, so that a file which
//! was left behind blocks nobody. Who holds it stands in `.lock-holder`, because Windows lets nobody read a file that another has locked.
//!
//! It is held for one write, or from the reading to the writing where the one follows from the other ([`CaseFolder::locked`]), and not for
//! as long as a case is open: a window that only shows a case, perhaps over night, would keep everybody else from working on it.

use super::{CaseFolder, StorageError, contents::BONES, plans::PLANS};
use std::{
    fs::{self, File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

pub(super) const LOCK: &str = ".lock";
pub(super) const HOLDER: &str = ".lock-holder";

/// How long the end of another program's write is awaited: one write takes some hundredths of a second.
const PATIENCE: Duration = Duration::from_secs(1);

/// The right to write to a case, until it is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    folder: PathBuf,
    /// Locked while it is open.
    _file: File,
}

impl Lock {
    /// Takes the lock of a folder; `case` is named in errors. What killed programs left half-written in the folder is cleared away: nobody
    /// else can be writing it.
    pub(super) fn take(folder: &Path, case: &Path) -> Result<Self, StorageError> {
        let path = folder.join(LOCK);
        let until = Instant::now() + PATIENCE;
        loop {
            let options = OpenOptions::new().write(true).create(true).truncate(false).open(&path);
            // Where several people share a folder the file may be another's. To lock it, reading is enough.
            let file = options.or_else(|error| File::open(&path).map_err(|_| error)).map_err(StorageError::writing(case))?;
            match file.try_lock() {
                Ok(()) if is_at(&file, &path) => {
                    let lock = Self { folder: folder.into(), _file: file };
                    lock.settle_in();
                    return Ok(lock);
                }
                // The folder was replaced between opening and locking: this is the lock of the old one.
                Ok(()) | Err(TryLockError::WouldBlock) if Instant::now() < until => {
                    drop(file);
                    thread::sleep(Duration::from_millis(5));
                }
                Ok(()) | Err(TryLockError::WouldBlock) => {
                    let holder = fs::read_to_string(folder.join(HOLDER)).unwrap_or_default();
                    let holder = if holder.is_empty() { "it does not say which".into() } else { holder };
                    return Err(StorageError::Locked { path: case.into(), holder });
                }
                Err(TryLockError::Error(error)) => return Err(StorageError::writing(case)(error)),
            }
        }
    }

    /// Says who holds it, and clears up. Best effort: what fails here, the write itself will tell.
    fn settle_in(&self) {
        let holder = self.folder.join(HOLDER);
        // Removed first, because it may be another's file.
        fs::remove_file(&holder).ok();
        fs::write(&holder, this_program()).ok();
        for part in ["", PLANS, BONES] {
            for entry in fs::read_dir(self.folder.join(part)).into_iter().flatten().flatten() {
                if is_half_written(&entry.file_name().to_string_lossy()) {
                    fs::remove_file(entry.path()).ok();
                }
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        fs::remove_file(self.folder.join(HOLDER)).ok();
    }
}

impl CaseFolder {
    /// The same case, which no other program can write to for as long as this value or a clone of it is there. For whoever reads something,
    /// changes it and writes it back; the functions that write take the lock by themselves where it is not held yet.
    ///
    /// # Errors
    /// [`StorageError::Locked`], naming who holds the lock, when that program does not release it within a second; when the folder cannot
    /// be written to.
    pub fn locked(&self) -> Result<Self, StorageError> {
        if self.lock.is_some() {
            return Ok(self.clone());
        }
        let lock = Lock::take(&self.path, &self.path)?;
        Ok(Self { lock: Some(Arc::new(lock)), ..self.clone() })
    }
}

/// Files of [`write_atomically`](crate::files::write_atomically) and of edits that were never renamed to their place.
fn is_half_written(name: &str) -> bool {
    name.starts_with('.') && name.ends_with(".tmp") || name.starts_with(".staged.")
}

/// True for the files that belong to the lock and are no documents.
pub(super) fn belongs_to_lock(name: &str) -> bool {
    name == LOCK || name == HOLDER
}

/// Program, process and computer; nobody's name.
fn this_program() -> String {
    let computer = computer().map(|name| format!(" on {name}")).unwrap_or_default();
    format!("{}, process {}{computer}", super::program(), std::process::id())
}

fn computer() -> Option<String> {
    let told = fs::read_to_string("/proc/sys/kernel/hostname").or_else(|_| fs::read_to_string("/etc/hostname")).ok();
    let told = told.or_else(|| ["COMPUTERNAME", "HOSTNAME"].into_iter().find_map(|name| std::env::var(name).ok()));
    told.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty())
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let place = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    file.metadata().map(place).ok().is_some_and(|this| fs::metadata(path).map(place).is_ok_and(|that| this == that))
}

/// Elsewhere a folder is not replaced while a file in it is open.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}
