//! Why a case cannot be read or written.

use crate::{
    i18n::{Said, Texts},
    plan::{
        edit::listed,
        storage::{StorageError, told},
    },
};
use std::path::Path;

impl Said for StorageError {
    fn find(&self, texts: &Texts) -> Option<String> {
        let of = |key, path: &Path| texts.find(key, &[("path", &path.display().to_string())]);
        let because =
            |key, path: &Path, reason: &str| texts.find(key, &[("path", &path.display().to_string()), ("reason", reason)]);
        match self {
            Self::NotACase { path } => of("error-not-a-case", path),
            Self::Missing { path } => of("error-case-missing", path),
            Self::Io { path, action, source } => {
                let key = if *action == "read" { "error-case-unreadable" } else { "error-case-not-written" };
                because(key, path, &source.to_string())
            }
            Self::Full { path, source } => because("error-case-full", path, &source.to_string()),
            Self::ReadOnly { path, source } => because("error-case-read-only", path, &source.to_string()),
            Self::Syntax { path, line, column, reason } => {
                let path = path.display().to_string();
                let (line, column) = (line.to_string(), column.to_string());
                texts.find("error-case-syntax", &[("path", &path), ("line", &line), ("column", &column), ("reason", reason)])
            }
            Self::Kind { path, found, expected } => {
                texts.find("error-case-kind", &[("path", &path.display().to_string()), ("found", found), ("expected", expected)])
            }
            Self::Newer { path, found, known } => texts.find(
                "error-case-newer",
                &[("path", &path.display().to_string()), ("found", &found.to_string()), ("known", &known.to_string())],
            ),
            Self::UnknownVersion { path, found } => {
                texts.find("error-case-version", &[("path", &path.display().to_string()), ("found", &found.to_string())])
            }
            Self::Unwritable { path, reason } => because("error-case-not-written", path, reason),
            Self::Approved { path } => of("error-plan-approved", path),
            Self::Edited { path } => of("error-case-edited", path),
            Self::ApprovalBroken { path } => of("error-approval-broken", path),
            Self::Changed { path, entry } => {
                texts.find("error-plan-changed", &[("path", &path.display().to_string()), ("entry", &entry.to_string())])
            }
            Self::Foreign { path } => of("error-plan-foreign", path),
            Self::Locked { path, holder } => {
                texts.find("error-case-locked", &[("path", &path.display().to_string()), ("holder", holder)])
            }
            Self::Meanwhile { path } => of("error-case-meanwhile", path),
            Self::Outside { relative } => texts.find("error-path-outside", &[("path", relative)]),
            Self::Journal { path, reason } => because("error-case-journal", path, reason),
            Self::Edits { path, reason } => because("error-case-edits", path, reason),
            Self::Unanswered { path, number, findings } => texts.find(
                "error-plan-unanswered",
                &[("path", &path.display().to_string()), ("number", &number.to_string()), ("findings", &told(findings))],
            ),
            Self::Unreviewed { path, number } => {
                texts.find("error-plan-unreviewed", &[("path", &path.display().to_string()), ("number", &number.to_string())])
            }
            Self::Nobody => texts.find("error-nobody-named", &[]),
            Self::Edit { number, of, name, source } => texts.find(
                "error-case-edit",
                &[("number", &number.to_string()), ("of", &of.to_string()), ("name", name), ("reason", &texts.say(source))],
            ),
            Self::PlanEdit { number, of, name, source } => texts.find(
                "error-plan-edit",
                &[("number", &number.to_string()), ("of", &of.to_string()), ("name", name), ("reason", &texts.say(&**source))],
            ),
            Self::PlanEdits { path, reason } => because("error-plan-edits", path, reason),
            Self::NoSnapshot { name, known } => texts.find("error-no-snapshot", &[("name", name), ("known", &listed(known))]),
            Self::SnapshotName { name, fault } => {
                let fault = texts.find(fault.key(), &[])?;
                texts.find("error-snapshot-name", &[("name", name), ("fault", &fault)])
            }
            Self::Landmark { path, reason } => because("error-case-landmark", path, reason),
            Self::Content(_) => None,
        }
    }
}
