//! Why a case cannot be read or written.

use super::edits::EDITS;
use crate::{labels::edit::EditError, plan::edit};
use std::{
    io::{self, ErrorKind},
    path::PathBuf,
};
use thiserror::Error;

/// Why a case cannot be read or written. Paths are those of the case, never of the patient's images.
#[derive(Debug, Error)]
pub enum StorageError {
    /// The folder holds something else.
    #[error("{} holds files, but no case.ron, so it is no case; choose a new or empty folder", .path.display())]
    NotACase {
        /// The folder.
        path: PathBuf,
    },
    /// There is nothing.
    #[error("{} does not exist; make the case first, or check the path", .path.display())]
    Missing {
        /// The file or folder.
        path: PathBuf,
    },
    /// The file system refuses.
    #[error("{} cannot be {action}: {source}; check the disk and the permissions", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// `read` or `written`.
        action: &'static str,
        /// What the file system said.
        source: io::Error,
    },
    /// There is no room left.
    #[error("there is no free space to write {}: {source}; what was there before is as it was: free some space and do it again", .path.display())]
    Full {
        /// The file or folder.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// The file system or its permissions allow no writing.
    #[error("{} may not be written: {source}; what was there before is as it was: ask for the right to write there, or copy the case to a folder of your own", .path.display())]
    ReadOnly {
        /// The file or folder.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// A document is damaged.
    #[error("{} is not well formed at line {line}, column {column}: {reason}; restore it from a copy, or make the case again", .path.display())]
    Syntax {
        /// The document.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What was found and expected.
        reason: String,
    },
    /// A document is something else.
    #[error("{} holds a document of kind '{found}', expected '{expected}'; it was probably copied to the wrong place", .path.display())]
    Kind {
        /// The document.
        path: PathBuf,
        /// Its kind.
        found: String,
        /// The kind that belongs there.
        expected: &'static str,
    },
    /// A newer program wrote it.
    #[error("{} was written by a newer program (format version {found}, this one knows {known}); open it with that program", .path.display())]
    Newer {
        /// The document.
        path: PathBuf,
        /// The version in the file.
        found: u32,
        /// The newest version known.
        known: u32,
    },
    /// No program wrote it.
    #[error("{} has format version {found}, which no program ever wrote; restore it from a copy", .path.display())]
    UnknownVersion {
        /// The document.
        path: PathBuf,
        /// The version in the file.
        found: u32,
    },
    /// A value cannot be written as a document.
    #[error("{} cannot be written: {reason}", .path.display())]
    Unwritable {
        /// The document.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// An approved plan is never changed.
    #[error("{} is approved and cannot be changed or replaced; save the edit as a new plan, or the case in another folder", .path.display())]
    Approved {
        /// The plan.
        path: PathBuf,
    },
    /// A person's work is not replaced.
    #[error("{} holds labels, landmarks or plans that were set by hand and is not replaced; choose another folder", .path.display())]
    Edited {
        /// The case.
        path: PathBuf,
    },
    /// An approved plan was changed behind the program's back.
    #[error("{} was changed after its approval: the approval's hash does not match; do not use it, restore it from a copy", .path.display())]
    ApprovalBroken {
        /// The plan.
        path: PathBuf,
    },
    /// A plan is not as it was written.
    #[error("{} is not as it was written (entry {entry} of the journal): it was damaged, or changed by another hand; do not use it, restore it from a copy", .path.display())]
    Changed {
        /// The plan.
        path: PathBuf,
        /// The newest entry that wrote it.
        entry: u32,
    },
    /// A plan that was put into the case by another hand.
    #[error("{} is in no entry of the journal, so it was not written in this case; do not use it, take it out of the folder", .path.display())]
    Foreign {
        /// The plan.
        path: PathBuf,
    },
    /// Another program holds the lock. The case can be read.
    #[error("{} is being written to by another program ({holder}); it can be looked at meanwhile, try to change it again when that program is done", .path.display())]
    Locked {
        /// The case.
        path: PathBuf,
        /// Which program, process and computer.
        holder: String,
    },
    /// It is no longer what was read.
    #[error("{} was changed by another program meanwhile; open the case again to see it, then make the change again", .path.display())]
    Meanwhile {
        /// The document.
        path: PathBuf,
    },
    /// A path that leaves the case.
    #[error("'{relative}' is no plain path inside a case; use names without '..' that do not start with '/'")]
    Outside {
        /// The path.
        relative: String,
    },
    /// The journal and the documents disagree.
    #[error("the journal {} does not hold: {reason}; restore the case from a copy", .path.display())]
    Journal {
        /// The journal.
        path: PathBuf,
        /// What does not hold, naming the entry or document.
        reason: String,
    },
    /// An edit of the labels is refused; nothing was changed.
    #[error("edit {number} of {of} ({name}) was refused, and nothing was changed: {source}")]
    Edit {
        /// Which, from 1.
        number: usize,
        /// How many were asked for.
        of: usize,
        /// What it was to do.
        name: String,
        /// Why.
        source: EditError,
    },
    /// The labels on disk are not those that the edits lead to.
    #[error("{} and the edits in {EDITS} do not belong together: {reason}; restore the case from a copy, or make it again", .path.display())]
    Edits {
        /// The labels.
        path: PathBuf,
        /// What does not fit.
        reason: String,
    },
    /// What may not be, and nobody answers for.
    #[error(
        "{} is not approved: {}. Change the plan, or give a reason for each (coxa plans CASE override {number} FINDING --reason … --by …)",
        .path.display(), told(.findings)
    )]
    Unanswered {
        /// The plan.
        path: PathBuf,
        /// Its number.
        number: u32,
        /// Key and sentence of each finding.
        findings: Vec<(String, String)>,
    },
    /// Nobody has looked at the plan as it is.
    #[error(
        "{} is not approved: nobody has reviewed plan {number} as it is now. Look at it and note that (coxa plans CASE review {number} --by …), \
         then approve it; reviewer and approver may be the same person, which the journal says",
        .path.display()
    )]
    Unreviewed {
        /// The plan.
        path: PathBuf,
        /// Its number.
        number: u32,
    },
    /// Who does it was left out.
    #[error("nobody is named; give a role or initials (never a patient's name)")]
    Nobody,
    /// An edit of a plan is refused; nothing was changed.
    #[error("edit {number} of {of} ({name}) was refused, and nothing was changed: {source}")]
    PlanEdit {
        /// Which, from 1.
        number: usize,
        /// How many were asked for.
        of: usize,
        /// What it was to do.
        name: String,
        /// Why.
        source: Box<edit::EditError>,
    },
    /// A plan and its edits do not belong together.
    #[error("the edits {} do not hold: {reason}; restore the case from a copy, or take up the plan as a new one (coxa plans CASE revise)", .path.display())]
    PlanEdits {
        /// The edits.
        path: PathBuf,
        /// What does not fit.
        reason: String,
    },
    /// There is no such snapshot.
    #[error("there is no snapshot '{name}' in the case; it has {}", edit::listed(.known))]
    NoSnapshot {
        /// Its name.
        name: String,
        /// Names of those there are.
        known: Vec<String>,
    },
    /// A snapshot cannot have that name.
    #[error("a snapshot cannot be named '{name}': {fault}; choose another name")]
    SnapshotName {
        /// The name.
        name: String,
        /// What is wrong with it.
        fault: NameFault,
    },
    /// A landmark set by hand is none.
    #[error("{} does not hold: {reason}; correct it, or delete it to go back to the landmarks that were found", .path.display())]
    Landmark {
        /// The document.
        path: PathBuf,
        /// What is wrong, naming the landmark.
        reason: String,
    },
    /// A volume, label map or surface cannot be read or written; the message names it.
    #[error(transparent)]
    Content(Box<dyn std::error::Error + Send + Sync>),
}

/// What is wrong with the name of a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NameFault {
    /// It is none.
    #[error("a name has 1 to 40 letters, in one line")]
    Form,
    /// It would be taken for a plan.
    #[error("a number means a plan")]
    Number,
    /// There is one already.
    #[error("it is taken, and a snapshot is never replaced")]
    Taken,
}

impl NameFault {
    /// Key in the language files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Form => "snapshot-name-form",
            Self::Number => "snapshot-name-number",
            Self::Taken => "snapshot-name-taken",
        }
    }
}

/// Findings with their keys, by which they are overridden.
pub(crate) fn told(findings: &[(String, String)]) -> String {
    let one = |(key, text): &(String, String)| format!("{key}: {}", text.trim_end_matches('.'));
    findings.iter().map(one).collect::<Vec<_>>().join("; ")
}

impl StorageError {
    pub(super) fn reading(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| {
            if source.kind() == ErrorKind::NotFound { Self::Missing { path } } else { Self::Io { path, action: "read", source } }
        }
    }

    pub(super) fn writing(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => Self::Full { path, source },
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { path, source },
            _ => Self::Io { path, action: "written", source },
        }
    }
}
