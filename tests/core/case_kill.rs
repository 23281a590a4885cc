//! Killed at any instant of saving, a case is the old one or the new one, and the next program goes on.

use crate::{
    plan_history::{judge, up},
    storage::{fill, made, names, plan},
    support::child,
};
use coxa::{
    anatomy::Finding,
    plan::{Plan, storage::CaseFolder},
};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::{fs, path::Path, thread, time::Duration};

/// The two versions that are saved in turn; they differ from the first number to the last finding.
fn versions() -> [Plan; 2] {
    let old = plan();
    [("old ".repeat(1000), 0.0), ("new ".repeat(2000), 1.0)].map(|(text, by)| {
        let mut plan = old.clone();
        plan.findings = vec![Finding::new("finding-version", None, text)];
        plan.cup.centre.x += by;
        plan
    })
}

fn numbered(number: u32, plan: &Plan) -> Plan {
    Plan { number, ..plan.clone() }
}

/// Starts a program that saves, and kills it at a random instant.
fn kill(test: &str, case: &Path, random: &mut impl Rng) {
    let mut child = child::start(test, case);
    thread::sleep(Duration::from_micros(random.random_range(0..60_000)));
    child.kill().unwrap();
    let status = child.wait().unwrap();
    assert!(!status.success(), "it ended by itself: {status}");
}

/// Files that were only made ready.
fn half_written(case: &Path) -> usize {
    [case.to_path_buf(), case.join("plans")].iter().flat_map(|f| names(f)).filter(|name| name.ends_with(".tmp")).count()
}

#[test]
fn two_hundred_kills_while_plans_are_saved() {
    let root = tempfile::tempdir().unwrap();
    let mut random = ChaCha8Rng::seed_from_u64(200);
    let versions = versions();
    let [mut interrupted, mut left, mut old, mut new] = [0; 4];
    for round in 0..10 {
        // A case of its own now and then, because the journal grows.
        let place = root.path().join(format!("case{round}"));
        let folder = made(&place);
        for number in [1, 2] {
            folder.write_plan(&numbered(number, &versions[0])).unwrap();
        }
        for _ in 0..20 {
            kill("case_kill::child_that_saves_plans", &place, &mut random);
            let folder = CaseFolder::open(&place).unwrap();
            assert_eq!(folder.plan_numbers().unwrap(), [1, 2]);
            for number in [1, 2] {
                let read = folder.read_plan(number).unwrap();
                let is = [0, 1].map(|which: usize| read == numbered(number, &versions[which]));
                assert!(is[0] != is[1], "plan {number} is a mixture");
                old += usize::from(is[0]);
                new += usize::from(is[1]);
            }
            interrupted += folder.verify_journal().unwrap().interrupted.len();
            left += half_written(&place);
            // The next program writes at once, and clears up.
            folder.write_bytes("report.html", b"<html>").unwrap();
            assert_eq!(folder.verify_journal().unwrap().interrupted, Vec::<String>::new());
            assert_eq!(half_written(&place), 0);
        }
        assert_eq!(names(&place), [".lock", "case.ron", "journal.ron", "landmarks.ron", "plans", "report.html"]);
    }
    eprintln!(
        "200 kills: {interrupted} writes interrupted, {left} files half-written, plans {old} times old and {new} times new"
    );
    assert!(interrupted >= 10 && left >= 10 && old >= 50 && new >= 50, "the kills did not fall into the saving");
}

#[test]
#[ignore = "a program that other tests start"]
fn child_that_saves_plans() {
    let Some(case) = child::case() else { return };
    let folder = CaseFolder::open(case).unwrap();
    let [old, new] = versions();
    let turns = [(1, &new), (2, &new), (1, &old), (2, &old)].map(|(number, plan)| numbered(number, plan));
    child::ready();
    for plan in turns.iter().cycle() {
        folder.write_plan(plan).unwrap();
    }
}

#[test]
fn fifty_kills_while_a_case_is_replaced() {
    let root = tempfile::tempdir().unwrap();
    let place = root.path().join("case");
    made(&place);
    let mut random = ChaCha8Rng::seed_from_u64(50);
    let mut left = 0;
    for _ in 0..50 {
        kill("case_kill::child_that_replaces_the_case", &place, &mut random);
        left += usize::from(names(root.path()) != ["case"]);
        let folder = CaseFolder::open(&place).unwrap();
        folder.verify_journal().unwrap();
        assert_eq!((folder.read_plan(1).unwrap(), folder.plan_numbers().unwrap()), (plan(), vec![1]));
        folder.write_bytes("report.html", b"<html>").unwrap();
    }
    eprintln!("50 kills: {left} left a draft or the old case beside it");
    assert!(left >= 10, "the kills did not fall into the replacing");
    made(&place);
    assert_eq!(names(root.path()), ["case"], "the next one clears up");
    assert!(!fs::exists(place.join("report.html")).unwrap());
}

#[test]
#[ignore = "a program that other tests start"]
fn child_that_replaces_the_case() {
    let Some(case) = child::case() else { return };
    child::ready();
    loop {
        let draft = CaseFolder::create(&case).unwrap();
        fill(&draft);
        draft.commit().unwrap();
    }
}

/// Killed while a plan is edited and edits are taken back, the plan is that before or after an act, and the history goes on.
#[test]
fn two_hundred_kills_while_a_plan_is_edited() {
    let root = tempfile::tempdir().unwrap();
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let judge = judge();
    let start = plan().cup.centre;
    let [mut interrupted, mut left, mut steps] = [0; 3];
    for round in 0..10 {
        let place = root.path().join(format!("case{round}"));
        let first = fs::read(made(&place).path().join("plans/0001.ron")).unwrap();
        for _ in 0..20 {
            kill("case_kill::child_that_edits_a_plan", &place, &mut random);
            let folder = CaseFolder::open(&place).unwrap();
            let read = folder.read_plan(1).unwrap();
            interrupted += folder.verify_journal().unwrap().interrupted.len();
            left += names(&place.join("plans")).iter().filter(|name| name.starts_with('.')).count();
            let mut editing = folder.edit_plan(1).unwrap();
            // Each edit moves the cup by a millimetre: the plan is a whole number of them away, and says so in every number.
            let states: Vec<Plan> =
                editing.history().done().chain(editing.history().undone()).map(|step| step.plan.clone()).collect();
            assert!(states.contains(&read), "the plan is a mixture");
            let moved = (read.cup.centre - start).norm();
            let shorter = plan().leg_length_change_mm.unwrap() - read.leg_length_change_mm.unwrap();
            assert!((moved - moved.round()).abs() < 1e-6 && (shorter - moved).abs() < 1e-6, "{moved} {shorter}");
            steps += editing.history().done().count();
            // What was interrupted is completed, and the next act follows.
            assert_eq!(*editing.plan(), folder.read_plan(1).unwrap());
            editing.apply(&[up(1.0)], &judge).unwrap();
            editing.undo().unwrap();
            folder.verify_journal().unwrap();
            assert!(names(&place.join("plans")).iter().all(|name| !name.starts_with('.')));
        }
        let folder = CaseFolder::open(&place).unwrap();
        let mut editing = folder.edit_plan(1).unwrap();
        while editing.undo().unwrap().is_some() {}
        assert!(fs::read(place.join("plans/0001.ron")).unwrap() == first, "byte by byte");
    }
    eprintln!("200 kills: {interrupted} documents interrupted, {left} files half-written, {steps} steps stood");
    // What an edit takes is mostly reckoning: few kills fall into the writing, fewer on a busy machine.
    assert!(interrupted + left >= 1 && steps > 400, "the kills did not fall into the editing");
}

#[test]
#[ignore = "a program that other tests start"]
fn child_that_edits_a_plan() {
    let Some(case) = child::case() else { return };
    let (folder, judge) = (CaseFolder::open(case).unwrap(), judge());
    let mut editing = folder.edit_plan(1).unwrap();
    child::ready();
    loop {
        for _ in 0..4 {
            editing.apply(&[up(1.0)], &judge).unwrap();
        }
        // To the beginning, so that it stays within what is possible.
        while editing.undo().unwrap().is_some() {}
    }
}
