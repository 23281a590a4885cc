//! Files written whole or not at all, and the data folders that ship with the program.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};
use thiserror::Error;

/// Why a folder cannot be written.
#[derive(Debug, Error)]
pub enum FolderError {
    /// There is something in it, or it is a file.
    #[error("{} is not free: name a new or an empty folder, so that nothing is mixed with or lost among other files", .path.display())]
    Used {
        /// The folder.
        path: PathBuf,
    },
    /// The file system refuses.
    #[error("{} cannot be written: {source}; check permissions and free space", .path.display())]
    Io {
        /// The folder.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
}

/// Refuses a place that holds anything, so that a result is never mixed with other files.
///
/// # Errors
/// [`FolderError::Used`], or [`FolderError::Io`] for a place that cannot be looked at.
pub fn refuse_used_folder(path: &Path) -> Result<(), FolderError> {
    match fs::read_dir(path) {
        Ok(mut entries) => {
            if entries.next().is_none() {
                Ok(())
            } else {
                Err(FolderError::Used { path: path.into() })
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Err(FolderError::Used { path: path.into() }),
        Err(source) => Err(FolderError::Io { path: path.into(), source }),
    }
}

/// [`whole_folder`] in a place that must be free.
///
/// # Errors
/// [`FolderError`], or whatever `fill` reports; nothing is left then.
pub fn write_folder<E: From<FolderError>>(path: &Path, fill: impl FnOnce(&Path) -> Result<(), E>) -> Result<(), E> {
    refuse_used_folder(path)?;
    whole_folder(path, |source| FolderError::Io { path: path.into(), source }.into(), fill)
}

/// Writes a file through a temporary one beside it, then `fsync` and rename: a kill at any instant leaves the old file or the new one.
///
/// # Errors
/// Whatever `fill` or the file system reports; the temporary file is removed and the old file is untouched.
pub fn write_atomically(path: &Path, fill: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> io::Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let name = path.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the path names no file"))?;
    let temporary = folder.join(format!(".{}.{}.tmp", name.to_string_lossy(), std::process::id()));
    let result = (|| {
        let mut writer = BufWriter::new(File::create(&temporary)?);
        fill(&mut writer)?;
        writer.flush()?;
        writer.get_ref().sync_all()?;
        fs::rename(&temporary, path)?;
        // The rename itself lives in the folder: without this a power loss could forget it.
        File::open(folder)?.sync_all()
    })();
    if result.is_err() {
        // Best effort: the error worth telling is the first one.
        fs::remove_file(&temporary).ok();
    }
    result
}

/// Lets `fill` write into a folder beside `folder`, which then takes its place: it appears whole or not at all. An empty folder in
/// the place is replaced; `failed` turns what the file system reports into the caller's error.
///
/// # Errors
/// Whatever `fill` or the file system reports; nothing is left then.
pub fn whole_folder<E>(
    folder: &Path,
    failed: impl Fn(io::Error) -> E,
    fill: impl FnOnce(&Path) -> Result<(), E>,
) -> Result<(), E> {
    let no_name = || failed(io::Error::new(io::ErrorKind::InvalidInput, "the path does not end in the name of a folder"));
    let name = folder.file_name().ok_or_else(no_name)?;
    let parent = folder.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let draft = parent.join(format!(".{}.{}.tmp", name.to_string_lossy(), std::process::id()));
    let result = fs::create_dir_all(&draft)
        .map_err(&failed)
        .and_then(|()| fill(&draft))
        .and_then(|()| fs::rename(&draft, folder).and_then(|()| File::open(parent)?.sync_all()).map_err(&failed));
    if result.is_err() {
        // Best effort: the error worth telling is the first one.
        fs::remove_dir_all(&draft).ok();
    }
    result
}

/// A file or folder that ships with Coxa, such as `assets/anatomy` or `models`.
///
/// Looked for in `$COXA_HOME`, beside the executable and above it, in the current folder, and in the source tree it was built from.
///
/// # Errors
/// `NotFound`, naming the places that were tried.
pub fn shipped(relative: &str) -> io::Result<PathBuf> {
    let mut tried = Vec::new();
    let home = std::env::var_os("COXA_HOME").map(PathBuf::from);
    let executable = std::env::current_exe().ok();
    let beside = executable.iter().flat_map(|exe| exe.ancestors().skip(1).take(4).map(Path::to_path_buf));
    let places =
        home.into_iter().chain(beside).chain(std::env::current_dir().ok()).chain([PathBuf::from(env!("CARGO_MANIFEST_DIR"))]);
    for place in places {
        let candidate = place.join(relative);
        if candidate.exists() {
            return Ok(candidate);
        }
        tried.push(candidate.display().to_string());
    }
    Err(io::Error::new(
        io::ErrorKind::NotFound,
        format!(
            "'{relative}' ships with Coxa but was not found; set COXA_HOME to the folder that holds it (tried {})",
            tried.join(", ")
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plan.ron");
        write_atomically(&path, |w| w.write_all(b"old")).unwrap();
        let failed = write_atomically(&path, |w| {
            w.write_all(b"half")?;
            Err(io::Error::other("disk full"))
        });
        assert!(failed.is_err());
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_appears_whole_or_not_at_all_and_only_in_a_free_place() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("result");
        let write = |done: bool| {
            write_folder(&place, |draft| {
                fs::write(draft.join("labels"), b"1").unwrap();
                if done { Ok(()) } else { Err(FolderError::Io { path: draft.into(), source: io::Error::other("disk full") }) }
            })
        };
        assert!(write(false).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        fs::create_dir(&place).unwrap();
        write(true).unwrap();
        assert_eq!(fs::read(place.join("labels")).unwrap(), b"1");
        assert!(matches!(write(true), Err(FolderError::Used { .. })), "a folder with files was taken");
        assert!(
            matches!(refuse_used_folder(&place.join("labels")), Err(FolderError::Used { .. })),
            "a file was taken for a folder"
        );
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_does_not_ship_is_named_with_the_places_tried() {
        let error = shipped("assets/no-such-thing").unwrap_err();
        assert!(error.to_string().contains("assets/no-such-thing"));
    }
}
