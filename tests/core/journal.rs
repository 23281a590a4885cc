//! The journal says who wrote what, when, and what was there before; one of an older program goes on where it ended.

use crate::storage::{made, plan};
use coxa::plan::{
    Plan,
    storage::{CaseFolder, Journal, StorageError, sha256, sha256_of_file},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fs, path::Path, process::Command};

fn journal(folder: &CaseFolder) -> Journal {
    folder.read_document("journal.ron").unwrap()
}

/// The computer's time by the program `date`.
fn utc() -> String {
    let output = Command::new("date").args(["-u", "+%Y-%m-%dT%H:%M:%SZ"]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().into()
}

#[test]
fn who_when_what_and_what_was_there_before() {
    let root = tempfile::tempdir().unwrap();
    let start = utc();
    let folder = made(&root.path().join("case"));
    let hash = |relative: &str| sha256_of_file(&folder.path().join(relative)).unwrap();
    folder.review_plan(1, "registrar").unwrap();
    let first = hash("plans/0001.ron");
    folder.approve_plan(1, "attending").unwrap();
    folder.written_by("resident").revise_plan(1).unwrap();
    folder.write_bytes("report.html", b"<html>").unwrap();
    let end = utc();
    let entries = journal(&folder).entries;
    let told: Vec<_> = entries.iter().map(|entry| (entry.who.as_deref().unwrap(), entry.action.as_str())).collect();
    let approved = ("attending", "approve (reviewed by registrar)");
    let others = [("resident", "write"), ("coxa 0.1.0", "write")];
    assert_eq!(told, [("coxa 0.1.0", "create"), ("registrar", "review"), approved, others[0], others[1]]);
    let one = |path: &str, hash: &str| BTreeMap::from([(path.to_owned(), hash.to_owned())]);
    assert!(entries[0].before.is_empty());
    assert_eq!(
        (&entries[2].before, &entries[2].documents),
        (&one("plans/0001.ron", &first), &one("plans/0001.ron", &hash("plans/0001.ron")))
    );
    assert_eq!(
        (&entries[3].before, &entries[3].documents),
        (&one("plans/0002.ron", "absent"), &one("plans/0002.ron", &hash("plans/0002.ron")))
    );
    let times: Vec<_> = entries.iter().map(|entry| entry.when.clone().unwrap()).collect();
    assert!(times.is_sorted() && times[0] >= start && times[4] <= end, "{start} {times:?} {end}");
    assert_eq!(folder.verify_journal().unwrap().entries, 5);
}

#[test]
fn who_and_when_cannot_be_changed_afterwards() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"));
    folder.review_plan(1, "attending").unwrap();
    folder.approve_plan(1, "attending").unwrap();
    folder.write_bytes("report.html", b"<html>").unwrap();
    let path = folder.path().join("journal.ron");
    let good = fs::read_to_string(&path).unwrap();
    let approval = &journal(&folder).entries[2];
    let before = &approval.before["plans/0001.ron"];
    for (from, to) in [
        ("\"attending\"", "\"resident\"".to_owned()),
        (approval.when.as_deref().unwrap(), "2001-01-01T00:00:00Z".into()),
        (before, "0".repeat(64)),
    ] {
        // In the third entry only: those before have the plan's hash too, and perhaps the same second.
        let at = good.find("sequence: 3").unwrap();
        fs::write(&path, good[..at].to_owned() + &good[at..].replacen(from, &to, 1)).unwrap();
        let error = folder.verify_journal().unwrap_err();
        assert!(matches!(error, StorageError::Journal { .. }) && error.to_string().contains("entry 3 was changed"), "{error}");
    }
}

/// But for the journal, which says when, the same input gives the same case.
#[test]
fn the_same_input_gives_the_same_documents() {
    let root = tempfile::tempdir().unwrap();
    let read = |folder: &CaseFolder| {
        ["case.ron", "landmarks.ron", "plans/0001.ron"].map(|name| fs::read(folder.path().join(name)).unwrap())
    };
    let [one, other] = ["one", "other"].map(|name| made(&root.path().join(name)));
    assert!(read(&one) == read(&other));
    assert_eq!(journal(&one).entries[0].documents, journal(&other).entries[0].documents);
}

/// An entry as version 1 of the format had it.
#[derive(Serialize, Deserialize)]
struct OldEntry {
    sequence: u32,
    action: String,
    documents: BTreeMap<String, String>,
    previous_sha256: String,
}

/// Puts a journal of version 1 in the place of a case's: all that was made, and a report.
fn make_old(folder: &Path) -> String {
    fs::write(folder.join("report.html"), b"old").unwrap();
    let hash = |relative: &str| (relative.to_owned(), sha256_of_file(&folder.join(relative)).unwrap());
    let documents = BTreeMap::from(["case.ron", "landmarks.ron", "plans/0001.ron"].map(hash));
    let create = OldEntry { sequence: 1, action: "create".into(), documents, previous_sha256: String::new() };
    let previous_sha256 = sha256(ron::to_string(&create).unwrap().as_bytes());
    let documents = BTreeMap::from([hash("report.html")]);
    let report = OldEntry { sequence: 2, action: "write".into(), documents, previous_sha256 };
    let entries = [create, report].map(|entry| ron::to_string(&entry).unwrap()).join(",");
    let text = format!("(kind: \"journal\", format_version: 1, content: (entries: [{entries}]))");
    fs::write(folder.join("journal.ron"), &text).unwrap();
    text
}

#[test]
fn a_journal_of_the_first_format_is_read_and_goes_on() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"));
    let old = make_old(folder.path());
    assert_eq!(folder.verify_journal().unwrap().entries, 2);
    assert_eq!(folder.read_plan(1).unwrap(), plan());
    assert_eq!(fs::read_to_string(folder.path().join("journal.ron")).unwrap(), old, "reading changes nothing");
    folder.write_plan(&Plan { number: 2, ..plan() }).unwrap();
    assert_eq!(folder.verify_journal().unwrap().entries, 3);
    let entries = journal(&folder).entries;
    assert!(entries[..2].iter().all(|entry| entry.who.is_none() && entry.when.is_none() && entry.before.is_empty()));
    assert_eq!(entries[2].who.as_deref(), Some("coxa 0.1.0"));
    // Its old entries are still guarded.
    let path = folder.path().join("journal.ron");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("format_version: 2"));
    fs::write(&path, text.replacen("\"create\"", "\"crated\"", 1)).unwrap();
    assert!(matches!(folder.verify_journal(), Err(StorageError::Journal { .. })));
}
