//! Two programs on one case: one writes, the other may read, and says who writes.

use crate::{
    storage::{made, names, plan},
    support::child,
};
use coxa::{
    anatomy::{Landmark, LandmarkName, Landmarks},
    frames::Side,
    plan::{
        Plan,
        storage::{CaseFolder, StorageError},
    },
};
use nalgebra::Point3;
use std::{
    fs::{self, File},
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

fn refused<T: std::fmt::Debug>(outcome: Result<T, StorageError>, process: u32) {
    let error = outcome.unwrap_err();
    let StorageError::Locked { holder, .. } = &error else { panic!("{error}") };
    assert!(holder.contains("coxa 0.1.0") && holder.contains(&format!("process {process}")), "{holder}");
    assert!(error.to_string().contains(holder) && error.to_string().contains("case"), "{error}");
}

#[test]
fn the_second_program_reads_and_says_who_writes() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"));
    let mut child = child::start("case_lock::child_that_holds_the_lock", folder.path());

    // Everything can be read.
    let opened = CaseFolder::open(folder.path()).unwrap();
    assert_eq!(opened.read_plan(1).unwrap(), plan());
    opened.verify_journal().unwrap();
    let coxa = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_coxa")).arg("plans").arg(folder.path()).args(arguments).output().unwrap()
    };
    assert!(coxa(&["list"]).status.success());
    // Nothing can be written, and the case is not replaced.
    let before = fs::read(folder.path().join("journal.ron")).unwrap();
    refused(opened.write_plan(&Plan { number: 2, ..plan() }), child.id());
    refused(opened.approve_plan(1, "attending"), child.id());
    refused(opened.revise_plan(1), child.id());
    refused(opened.write_bytes("report.html", b"x"), child.id());
    refused(opened.locked(), child.id());
    let draft = CaseFolder::create(folder.path()).unwrap();
    crate::storage::fill(&draft);
    refused(draft.commit(), child.id());
    let output = coxa(&["approve", "1", "--by", "attending"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && told.contains(&format!("process {}", child.id())), "{told}");
    assert!(fs::read(folder.path().join("journal.ron")).unwrap() == before && opened.plan_numbers().unwrap() == [1]);
    assert_eq!(names(root.path()), ["case"]);

    // The lock ends with the program, even if it is killed.
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(folder.path().join(".lock-holder").exists(), "what it left behind does not matter");
    let start = Instant::now();
    opened.review_plan(1, "attending").unwrap();
    opened.approve_plan(1, "attending").unwrap();
    assert!(start.elapsed() < Duration::from_millis(500), "nothing was waited for");
    assert_eq!(names(folder.path()), [".lock", "case.ron", "journal.ron", "landmarks.ron", "plans"]);
}

#[test]
#[ignore = "a program that other tests start"]
fn child_that_holds_the_lock() {
    let Some(case) = child::case() else { return };
    let _held = CaseFolder::open(case).unwrap().locked().unwrap();
    child::ready();
    thread::sleep(Duration::from_secs(60));
}

#[test]
fn a_case_is_made_by_one_program_at_a_time() {
    let root = tempfile::tempdir().unwrap();
    let place = root.path().join("case");
    let draft = CaseFolder::create(&place).unwrap();
    crate::storage::fill(&draft);
    // The second does not clear away what the first has written.
    refused(CaseFolder::create(&place), std::process::id());
    draft.commit().unwrap().verify_journal().unwrap();
    assert_eq!(names(root.path()), ["case"]);
}

const WRITERS: u32 = 4;
const PLANS_EACH: u32 = 15;

#[test]
fn writing_at_once_loses_no_entry() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"));
    let test = "case_lock::child_that_writes_new_plans";
    let children: Vec<_> = (0..WRITERS).map(|_| child::command(test, folder.path()).spawn().unwrap()).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
    let all = 1 + WRITERS * PLANS_EACH;
    assert_eq!(folder.plan_numbers().unwrap(), (1..=all).collect::<Vec<_>>(), "no number was taken twice");
    let state = folder.verify_journal().unwrap();
    assert_eq!((state.entries, state.interrupted.len()), (all as usize, 0));
}

#[test]
#[ignore = "a program that other tests start"]
fn child_that_writes_new_plans() {
    let Some(case) = child::case() else { return };
    let folder = CaseFolder::open(case).unwrap();
    for _ in 0..PLANS_EACH {
        while let Err(error) = folder.revise_plan(1) {
            assert!(matches!(error, StorageError::Locked { .. }), "{error}");
        }
    }
}

/// The window keeps the landmarks in memory while another program may set one.
#[test]
fn a_landmark_set_by_another_program_meanwhile_is_not_lost() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"));
    let with = |landmarks: &Landmarks, name, x| {
        let mut landmarks = landmarks.clone();
        landmarks.insert(name, Some(Side::Left), Landmark::by_hand(Point3::new(x, 2.0, 3.0)));
        landmarks
    };
    let none = Landmarks::default();
    let one = with(&none, LandmarkName::Asis, 0.1);
    folder.change_landmarks_by_hand(&none, &one).unwrap();
    let other = with(&none, LandmarkName::Psis, 0.2);
    let refused = folder.change_landmarks_by_hand(&none, &other);
    assert!(matches!(refused, Err(StorageError::Meanwhile { .. })), "{refused:?}");
    assert_eq!(folder.read_landmarks_by_hand().unwrap(), one);
    let both = with(&one, LandmarkName::Psis, 0.2);
    folder.change_landmarks_by_hand(&one, &both).unwrap();
    assert_eq!(folder.read_landmarks_by_hand().unwrap(), both);
}

/// Who waited for the lock of a case that was replaced meanwhile writes to the new one, and not to the one that is about to be removed.
#[test]
fn a_lock_taken_on_a_replaced_case_does_not_count() {
    let root = tempfile::tempdir().unwrap();
    let place = |name: &str| root.path().join(name);
    let (folder, _) = (made(&place("case")), made(&place("new")));
    let lock = File::open(place("case").join(".lock")).unwrap();
    lock.lock().unwrap();
    let writer = thread::spawn(move || folder.write_plan(&Plan { number: 2, ..plan() }));
    thread::sleep(Duration::from_millis(200));
    fs::rename(place("case"), place("old")).unwrap();
    fs::rename(place("new"), place("case")).unwrap();
    lock.unlock().unwrap();
    writer.join().unwrap().unwrap();
    let numbers = |path: &Path| CaseFolder::open(path).unwrap().plan_numbers().unwrap();
    assert_eq!((numbers(&place("case")), numbers(&place("old"))), (vec![1, 2], vec![1]));
}
