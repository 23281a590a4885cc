//! A plan that is not as it was written, to the last byte, is not used: wherever it is read, and by whom.

use crate::{
    storage::{made, plan},
    support::child,
};
use coxa::plan::{
    Plan,
    storage::{CaseFolder, StorageError},
};
use std::{collections::BTreeMap, fs, process::Command};

/// What becomes of a byte: each bit turned over, and another digit or letter in its place.
fn spoiled(byte: u8) -> impl Iterator<Item = u8> {
    (0..8).map(move |bit| byte ^ (1 << bit)).chain([b'0', b'7', b' ', b'e']).filter(move |other| *other != byte)
}

#[test]
fn every_flipped_byte_is_detected() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"));
    folder.write_plan(&Plan { number: 2, ..plan() }).unwrap();
    let path = folder.path().join("plans/0001.ron");
    let good = fs::read(&path).unwrap();
    let (mut tried, mut told) = (0, BTreeMap::<&str, usize>::new());
    for place in 0..good.len() {
        for byte in spoiled(good[place]) {
            let mut bytes = good.clone();
            bytes[place] = byte;
            fs::write(&path, bytes).unwrap();
            let error = folder.read_plan(1).expect_err("a flipped byte went unnoticed");
            assert!(error.to_string().contains("0001.ron"), "{error}");
            let kind = match error {
                StorageError::Changed { entry: 1, .. } => "changed",
                StorageError::Syntax { .. } | StorageError::Io { .. } => "not well formed",
                StorageError::Kind { .. } | StorageError::Newer { .. } | StorageError::UnknownVersion { .. } => "head",
                StorageError::ApprovalBroken { .. } => "approval",
                other => panic!("byte {place}: {other}"),
            };
            *told.entry(kind).or_default() += 1;
            tried += 1;
        }
    }
    eprintln!("{tried} spoiled bytes in {} places: {told:?}", good.len());
    assert!(told["changed"] > 1000, "most of them leave a well-formed plan: {told:?}");
    // Cut off, and longer.
    for bytes in [&good[..good.len() - 1], &[&good[..], b"\n"].concat()] {
        fs::write(&path, bytes).unwrap();
        assert!(matches!(folder.read_plan(1), Err(StorageError::Changed { entry: 1, .. })));
    }
    assert_eq!(folder.read_plan(2).unwrap().number, 2, "the other plan is as it was");
    fs::write(&path, good).unwrap();
    assert_eq!(folder.read_plan(1).unwrap(), plan());
}

#[test]
fn a_changed_plan_is_neither_used_nor_covered_up() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"));
    folder.write_plan(&Plan { number: 2, ..plan() }).unwrap();
    let path = folder.path().join("plans/0001.ron");
    let good = fs::read_to_string(&path).unwrap();
    fs::write(&path, good.replacen("cup-hemi-52", "cup-hemi-54", 1)).unwrap();

    let changed = |outcome: Result<(), StorageError>| {
        assert!(matches!(outcome, Err(StorageError::Changed { entry: 1, .. })), "{outcome:?}");
    };
    changed(folder.read_plan(1).map(drop));
    changed(folder.write_plan(&plan()));
    changed(folder.approve_plan(1, "attending").map(drop));
    changed(folder.revise_plan(1).map(drop));
    changed(CaseFolder::create(folder.path()).map(drop));
    let [film, export] = ["x.png", "export"].map(|name| root.path().join(name).display().to_string());
    for arguments in [
        &["plans"][..],
        &["plans", "diff", "1", "2"],
        &["plans", "approve", "1", "--by", "attending"],
        &["xray", "--plan", "1", "--view", "ap", "--out", &film],
        &["export", "--plan", "1", "--out", &export],
    ] {
        let (command, rest) = arguments.split_first().unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_coxa")).arg(command).arg(folder.path()).args(rest).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && told.contains("0001.ron is not as it was written (entry 1"), "{arguments:?}: {told}");
    }
    assert!(!fs::exists(film).unwrap() && !fs::exists(export).unwrap());

    // A plan of another case in its place, and one with a number of its own.
    fs::write(&path, &good).unwrap();
    fs::copy(&path, folder.path().join("plans/0003.ron")).unwrap();
    assert!(matches!(folder.read_plan(3), Err(StorageError::Foreign { path }) if path.ends_with("0003.ron")));
    // Without the journal nothing can be held against it.
    let journal = folder.path().join("journal.ron");
    let text = fs::read_to_string(&journal).unwrap();
    fs::write(&journal, text.replacen("\"create\"", "\"crated\"", 1)).unwrap();
    assert!(matches!(folder.read_plan(1), Err(StorageError::Journal { .. })));
    fs::remove_file(&journal).unwrap();
    assert!(matches!(folder.read_plan(1), Err(StorageError::Missing { path }) if path.ends_with("journal.ron")));
}

/// Reading needs no lock, and never takes another program's write for a change by another hand.
#[test]
fn reading_while_another_program_saves_is_no_false_alarm() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"));
    folder.write_plan(&Plan { number: 2, ..plan() }).unwrap();
    let mut child = child::start("case_kill::child_that_saves_plans", folder.path());
    let outcome = (0..300).try_for_each(|turn| {
        folder.read_plan(1 + turn % 2)?;
        folder.verify_journal().map(drop)
    });
    let entries = folder.verify_journal().map(|state| state.entries);
    child.kill().unwrap();
    child.wait().unwrap();
    outcome.unwrap();
    assert!(entries.unwrap() > 5, "nothing was saved meanwhile");
}
