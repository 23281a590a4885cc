//! Where the bytes come from: the files of a folder, or the entries of a zip archive, which is never extracted.

use super::error::ImportError;
use std::{
    fs,
    io::{self, Cursor, Read},
    path::{Path, PathBuf},
    sync::Arc,
};
use zip::ZipArchive;

/// No single slice is larger; neither is anything that claims to be one worth reading.
pub(super) const LARGEST_FILE: u64 = 1 << 30;
/// An archive may not announce more than this when unpacked.
const LARGEST_ARCHIVE: u64 = 8 << 30;
/// Nor shrink its contents by more: CT noise does not.
const LARGEST_RATIO: u64 = 200;
const MOST_FILES: usize = 100_000;

/// The files of a folder or archive, in a fixed order.
pub(super) struct Inputs {
    /// Name of the folder or archive, for messages.
    pub name: String,
    entries: Vec<Entry>,
    archive: Option<ZipArchive<Cursor<Arc<[u8]>>>>,
}

struct Entry {
    name: String,
    place: Place,
}

enum Place {
    File(PathBuf),
    Zipped(usize),
}

impl Inputs {
    /// All files under a folder, or all entries of an archive.
    pub(super) fn open(path: &Path) -> Result<Self, ImportError> {
        let name = file_name(path);
        let unreadable = |source| ImportError::Unreadable { name: name.clone(), source };
        let kind = fs::metadata(path).map_err(unreadable)?;
        if kind.is_dir() {
            let mut files = Vec::new();
            walk(path, &mut files, 0).map_err(unreadable)?;
            return Self::of_files(name, files);
        }
        let archive = open_archive(path, &name, kind.len())?;
        let entries = archive.1.into_iter().map(|(index, name)| Entry { name, place: Place::Zipped(index) }).collect();
        Self { name, entries, archive: Some(archive.0) }.not_empty()
    }

    /// The files beside a single file, without the folders below.
    pub(super) fn beside(file: &Path) -> Result<Self, ImportError> {
        let folder = file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let unreadable = |source| ImportError::Unreadable { name: file_name(folder), source };
        let mut files = Vec::new();
        for entry in fs::read_dir(folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path.is_file() {
                files.push(path);
            }
        }
        Self::of_files(file_name(folder), files)
    }

    fn of_files(name: String, mut files: Vec<PathBuf>) -> Result<Self, ImportError> {
        files.sort();
        let entries = files.into_iter().map(|path| Entry { name: file_name(&path), place: Place::File(path) }).collect();
        Self { name, entries, archive: None }.not_empty()
    }

    fn not_empty(self) -> Result<Self, ImportError> {
        if self.entries.is_empty() { Err(ImportError::Empty { name: self.name }) } else { Ok(self) }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The name of one file, without its folder.
    pub(super) fn name(&self, index: usize) -> &str {
        &self.entries[index].name
    }

    /// The index of a file of the folder.
    pub(super) fn position(&self, file: &Path) -> Option<usize> {
        let name = file.file_name()?;
        self.entries.iter().position(|entry| matches!(&entry.place, Place::File(path) if path.file_name() == Some(name)))
    }

    /// The bytes of one file.
    pub(super) fn bytes(&self, index: usize) -> Result<Vec<u8>, ImportError> {
        let entry = &self.entries[index];
        let bytes = match &entry.place {
            Place::File(path) => fs::File::open(path).and_then(|file| {
                let size = file.metadata()?.len();
                bounded(file, size)
            }),
            Place::Zipped(index) => self.unzip(*index),
        };
        bytes.map_err(|source| ImportError::Unreadable { name: entry.name.clone(), source })
    }

    fn unzip(&self, index: usize) -> io::Result<Vec<u8>> {
        let mut archive = self.archive.clone().ok_or(io::ErrorKind::NotFound)?;
        let entry = archive.by_index(index).map_err(io::Error::other)?;
        let size = entry.size();
        bounded(entry, size)
    }
}

/// Reads what is announced and not a byte more.
fn bounded(mut source: impl Read, size: u64) -> io::Result<Vec<u8>> {
    if size > LARGEST_FILE {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("its {size} bytes are too many for one slice")));
    }
    let mut bytes = Vec::with_capacity(size as usize);
    source.by_ref().take(size).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>, depth: usize) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        let kind = entry.file_type()?;
        if kind.is_dir() && !hidden && depth < 32 {
            walk(&entry.path(), files, depth + 1)?;
        } else if !hidden && (kind.is_file() || kind.is_symlink() && entry.path().is_file()) {
            files.push(entry.path());
        }
        if files.len() > MOST_FILES {
            return Err(io::Error::other(format!("more than {MOST_FILES} files; choose a folder with one examination")));
        }
    }
    Ok(())
}

type Archive = (ZipArchive<Cursor<Arc<[u8]>>>, Vec<(usize, String)>);

/// Opens an archive after looking at what it announces; nothing is unpacked yet.
fn open_archive(path: &Path, name: &str, size: u64) -> Result<Archive, ImportError> {
    let refuse = |problem: String| ImportError::Archive { name: name.into(), problem };
    if size > LARGEST_ARCHIVE {
        return Err(refuse(format!("it has {size} bytes, more than {LARGEST_ARCHIVE}")));
    }
    let bytes: Arc<[u8]> = fs::read(path).map_err(|source| ImportError::Unreadable { name: name.into(), source })?.into();
    let mut archive =
        ZipArchive::new(Cursor::new(bytes)).map_err(|error| refuse(format!("it is not a readable zip ({error})")))?;
    if archive.len() > MOST_FILES {
        return Err(refuse(format!("it holds {} entries, more than {MOST_FILES}", archive.len())));
    }
    let mut entries = Vec::new();
    let (mut unpacked, mut packed) = (0u64, 0u64);
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|error| refuse(format!("entry {index} is not readable ({error})")))?;
        unpacked = unpacked.saturating_add(entry.size());
        packed = packed.saturating_add(entry.compressed_size());
        if entry.encrypted() {
            return Err(refuse("it is encrypted; unpack it first".into()));
        }
        let inside =
            entry.enclosed_name().ok_or_else(|| refuse("an entry's path leaves the archive ('..' or absolute)".into()))?;
        if entry.is_file() && !entry.is_symlink() && !file_name(&inside).starts_with('.') {
            entries.push((index, inside));
        }
    }
    if unpacked > LARGEST_ARCHIVE || unpacked / LARGEST_RATIO > packed {
        return Err(refuse(format!(
            "it announces {unpacked} bytes in {packed} (at most {LARGEST_ARCHIVE} bytes and {LARGEST_RATIO}-fold are accepted)"
        )));
    }
    entries.sort_by(|a, b| a.1.cmp(&b.1));
    Ok((archive, entries.into_iter().map(|(index, path)| (index, file_name(&path))).collect()))
}

/// The last part of a path: folders may carry a patient's name.
pub(super) fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    name.chars().filter(|c| !c.is_control()).collect()
}
