//! What was done to a plan by hand survives a restart and can be taken back to the beginning, byte by byte; snapshots, reviews, reasons and
//! approvals are kept with it, and whatever was changed behind the program's back is told.

use crate::{
    plan::Patient,
    storage::{made, names, plan},
    support::child,
};
use coxa::{
    frames::Side,
    implants::Catalogue,
    plan::{
        Judge, Plan, PlanSettings, PlanState, Scan,
        edit::{Command, EditError, PlanAction},
        storage::{CaseFolder, Journal, NameFault, ROM, StorageError},
    },
};
use std::{collections::BTreeMap, fs, path::Path, process::Command as Program};

pub fn judge() -> Judge {
    let (anatomy, catalogue) = (Patient::default().anatomy(), Catalogue::shipped().unwrap());
    Judge::new(&anatomy, &catalogue, Side::Right, &BTreeMap::new(), &PlanSettings::default(), Scan::default()).unwrap()
}

pub fn up(mm: f64) -> Command {
    Command::MoveCup { medial_mm: 0.0, superior_mm: mm, anterior_mm: 0.0 }
}

fn bytes(folder: &CaseFolder, relative: &str) -> Vec<u8> {
    fs::read(folder.path().join(relative)).unwrap()
}

const PLAN: &str = "plans/0001.ron";
const EDITS: &str = "plans/0001.edits.ron";

/// Nothing that was only made ready.
fn assert_tidy(folder: &CaseFolder) {
    let all = [names(folder.path()), names(&folder.path().join("plans"))].concat();
    assert!(all.iter().all(|name| !name.contains(".staged.") && !name.ends_with(".tmp")), "{all:?}");
}

#[test]
fn edits_survive_a_restart_and_are_taken_back_byte_by_byte() {
    let root = tempfile::tempdir().unwrap();
    let (folder, judge) = (made(&root.path().join("case")).written_by("resident"), judge());
    let first = bytes(&folder, PLAN);
    let catalogue = judge.catalogue().clone();
    let automatic = plan();
    let chosen = automatic.chosen(&catalogue).unwrap();
    let (stem, head) = chosen.stem.unwrap();
    let other = catalogue.heads_for(chosen.cup).find(|other| other.id != head.id).unwrap();
    let commands =
        [up(3.0), Command::TurnStem { deg: 4.0 }, Command::ChooseHead { id: other.id.clone() }, Command::DeepenStem { mm: 2.0 }];
    let mut states = vec![first.clone()];
    for command in &commands {
        // Opened anew for each, as by another program on another day.
        let mut editing = folder.edit_plan(1).unwrap();
        assert_eq!(editing.apply(std::slice::from_ref(command), &judge).unwrap(), [true]);
        assert_eq!(folder.read_plan(1).unwrap(), *editing.plan());
        states.push(bytes(&folder, PLAN));
    }
    assert_tidy(&folder);
    folder.verify_journal().unwrap();
    let last = folder.read_plan(1).unwrap();
    let longer = -(other.offset_mm - head.offset_mm) * stem.neck_shaft_angle_deg.to_radians().cos();
    let changed = last.leg_length_change_mm.unwrap() - automatic.leg_length_change_mm.unwrap();
    assert!((changed - (longer - 5.0)).abs() < 1e-9, "{changed}");
    for (place, command) in commands.iter().enumerate().rev() {
        let step = folder.edit_plan(1).unwrap().undo().unwrap().unwrap();
        assert_eq!(step.command.as_ref(), Some(command));
        assert!(bytes(&folder, PLAN) == states[place], "{command}");
    }
    assert!(folder.edit_plan(1).unwrap().undo().unwrap().is_none());
    assert_eq!(folder.read_plan(1).unwrap(), plan());
    for (place, _) in commands.iter().enumerate() {
        folder.edit_plan(1).unwrap().redo().unwrap().unwrap();
        assert!(bytes(&folder, PLAN) == states[place + 1]);
    }
    assert!(folder.edit_plan(1).unwrap().redo().unwrap().is_none());
    // A new edit forgets what was taken back, but the record of it stays.
    let mut editing = folder.edit_plan(1).unwrap();
    editing.undo().unwrap();
    editing.apply(&[up(1.0)], &judge).unwrap();
    assert!(!editing.history().can_redo());
    let records = folder.plan_edits(1).unwrap().unwrap().records;
    assert_eq!(records.len(), 4 + 4 + 4 + 2);
    assert!(records.iter().all(|record| record.who.as_deref() == Some("resident") && record.when.len() == 20));
    assert!(matches!(records[12].action, PlanAction::Undo) && matches!(records[13].action, PlanAction::Edit { .. }));
    // The journal says who did what, and what the plan was before and after.
    let journal: Journal = folder.read_document("journal.ron").unwrap();
    let entry = &journal.entries[1];
    assert_eq!(entry.action, "edit plan 1: move the cup by +0 mm medially, +3 mm superiorly, +0 mm anteriorly");
    let hash = |bytes: &[u8]| coxa::plan::storage::sha256(bytes);
    assert_eq!((&entry.before[PLAN], &entry.documents[PLAN]), (&hash(&states[0]), &hash(&states[1])));
    assert_eq!(entry.who.as_deref(), Some("resident"));
    assert_eq!(folder.plan_numbers().unwrap(), [1], "the edits are no plan");
    assert_eq!(folder.stale().unwrap(), Vec::<String>::new());
    assert!(matches!(CaseFolder::create(folder.path()), Err(StorageError::Edited { .. })), "a person's work is not replaced");
}

#[test]
fn several_edits_are_done_or_none() {
    let root = tempfile::tempdir().unwrap();
    let (folder, judge) = (made(&root.path().join("case")), judge());
    let before = bytes(&folder, "journal.ron");
    let mut editing = folder.edit_plan(1).unwrap();
    let error = editing.apply(&[up(2.0), up(99.0)], &judge).unwrap_err();
    assert!(
        matches!(&error, StorageError::PlanEdit { number: 2, of: 2, source, .. } if matches!(**source, EditError::Beyond { .. }))
    );
    assert!(error.to_string().contains("101.0 mm; from 0.0 to 60.0 mm"), "{error}");
    assert!(bytes(&folder, "journal.ron") == before && !folder.path().join(EDITS).exists() && *editing.plan() == plan());
    // What changes nothing is not kept.
    assert_eq!(editing.apply(&[up(0.0)], &judge).unwrap(), [false]);
    assert!(!folder.path().join(EDITS).exists());
    assert_eq!(editing.apply(&[up(2.0), up(0.0), up(1.0)], &judge).unwrap(), [true, false, true]);
    assert_eq!(folder.plan_edits(1).unwrap().unwrap().records.len(), 2);
    assert_eq!(folder.verify_journal().unwrap().entries, 2, "both under one entry");
}

#[test]
fn an_approved_plan_is_not_edited_and_its_revision_is() {
    let root = tempfile::tempdir().unwrap();
    let (folder, judge) = (made(&root.path().join("case")), judge());
    folder.edit_plan(1).unwrap().apply(&[up(2.0)], &judge).unwrap();
    let mut open = folder.edit_plan(1).unwrap();
    folder.review_plan(1, "registrar").unwrap();
    folder.approve_plan(1, "attending").unwrap();
    let before = [PLAN, EDITS, "journal.ron"].map(|name| bytes(&folder, name));
    assert!(matches!(folder.edit_plan(1), Err(StorageError::Approved { .. })));
    assert!(matches!(folder.review_plan(1, "resident"), Err(StorageError::Approved { .. })));
    // A program that had it open does not change it either.
    assert!(matches!(open.apply(&[up(1.0)], &judge), Err(StorageError::Approved { .. })));
    assert!(matches!(open.undo(), Err(StorageError::Approved { .. })));
    assert!([PLAN, EDITS, "journal.ron"].map(|name| bytes(&folder, name)) == before);
    let revision = folder.revise_plan(1).unwrap();
    assert_eq!((revision.number, revision.revision_of, revision.state()), (2, Some(1), PlanState::Draft));
    let mut editing = folder.edit_plan(2).unwrap();
    assert!(!editing.history().can_undo(), "what was done before is the other plan's");
    editing.apply(&[up(-1.0)], &judge).unwrap();
    // Back to the search's plan, by way of the plan that it was begun from.
    editing.apply(&[Command::Reset], &judge).unwrap();
    assert_eq!(folder.read_plan(2).unwrap(), Plan { number: 2, revision_of: Some(1), ..plan() });
    assert!(folder.read_plan(1).unwrap().approval.is_some());
}

#[test]
fn a_plan_goes_from_draft_over_reviewed_to_approved_with_its_grounds() {
    let root = tempfile::tempdir().unwrap();
    let (folder, judge) = (made(&root.path().join("case")), judge());
    assert!(matches!(folder.review_plan(1, "  "), Err(StorageError::Nobody)));
    assert_eq!(folder.review_plan(1, "attending").unwrap().state(), PlanState::Reviewed);
    assert!(matches!(CaseFolder::create(folder.path()), Err(StorageError::Edited { .. })));
    // Any edit takes it back to a draft, and so does taking one back.
    let mut editing = folder.edit_plan(1).unwrap();
    editing.apply(&[up(1.0)], &judge).unwrap();
    assert_eq!(folder.read_plan(1).unwrap().state(), PlanState::Draft);
    folder.review_plan(1, "attending").unwrap();
    assert!(matches!(editing.undo(), Err(StorageError::Meanwhile { .. })), "reviewed meanwhile");
    folder.edit_plan(1).unwrap().undo().unwrap();
    assert_eq!(folder.read_plan(1).unwrap(), plan());

    folder.review_plan(1, "attending").unwrap();
    let approved = folder.approve_plan(1, "head of department").unwrap();
    assert_eq!((approved.state(), approved.review.as_ref().unwrap().by.as_str()), (PlanState::Approved, "attending"));
    assert_eq!(folder.read_plan(1).unwrap(), approved);
    let approval = approved.approval.as_ref().unwrap();
    let grounds = approval.grounds.as_ref().unwrap();
    let from = folder.read_case().unwrap().provenance;
    assert_eq!(
        (&grounds.inputs_sha256, &grounds.segmentation_model, &grounds.segmentation_sha256),
        (&from.inputs_sha256, &from.segmentation_model, &from.segmentation_sha256)
    );
    assert_eq!((&grounds.software, &grounds.catalogue_sha256), (&"coxa 0.1.0".to_owned(), &approved.catalogue_sha256));
    let landmarks = coxa::plan::storage::sha256(&bytes(&folder, "landmarks.ron"));
    assert_eq!(grounds.documents, BTreeMap::from([("landmarks.ron".to_owned(), landmarks)]), "all that this case has");
    assert_eq!(folder.changed_since_approval(&approved).unwrap(), Vec::<String>::new());
    // Measured again: told, and the plan is still the one that was approved.
    folder.write_anatomy(&Patient { tilt_deg: 7.0, ..Patient::default() }.anatomy()).unwrap();
    assert_eq!(folder.changed_since_approval(&folder.read_plan(1).unwrap()).unwrap(), ["landmarks.ron"]);
    // Grounds changed afterwards are noticed, even where the journal was made to agree.
    let text = String::from_utf8(bytes(&folder, PLAN)).unwrap().replace("software: \"coxa 0.1.0\"", "software: \"coxa 9\"");
    fs::write(folder.path().join(PLAN), text).unwrap();
    assert!(folder.read_plan(1).is_err());
}

/// An approval as it was before it stated its grounds is still one.
#[test]
fn an_older_approval_still_holds() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"));
    let [mut text, case] = [PLAN, "case.ron"].map(|name| String::from_utf8(bytes(&folder, name)).unwrap());
    let sha256 = coxa::plan::storage::sha256([text.clone(), case].concat().as_bytes());
    text = text.replace("approval: None", &format!("approval: Some((by: \"attending\", sha256: \"{sha256}\"))"));
    let place = root.path().join("old");
    let draft = CaseFolder::create(&place).unwrap();
    crate::storage::fill(&draft);
    draft.write_bytes("plans/0002.ron", text.as_bytes()).unwrap();
    let folder = draft.commit().unwrap();
    let plan = folder.read_plan(2).unwrap();
    assert_eq!((plan.state(), plan.approval.as_ref().unwrap().grounds.as_ref()), (PlanState::Approved, None));
    assert!(matches!(folder.edit_plan(2), Err(StorageError::Approved { .. })));
}

#[test]
fn what_may_not_be_is_approved_only_with_a_reason() {
    let root = tempfile::tempdir().unwrap();
    let (folder, judge) = (made(&root.path().join("case")), judge());
    let mut editing = folder.edit_plan(1).unwrap();
    editing.apply(&[Command::LeanStem { deg: 6.0 }], &judge).unwrap();
    let error = folder.approve_plan(1, "attending").unwrap_err();
    let StorageError::Unanswered { findings, .. } = &error else { panic!("{error}") };
    assert!(error.to_string().contains("finding-stem-tight: The stem") && error.to_string().contains("override 1"), "{error}");
    let answers: Vec<Command> = findings
        .iter()
        .map(|(key, _)| Command::Override { finding: key.clone(), reason: "will be reamed".into(), by: "attending".into() })
        .collect();
    editing.apply(&answers, &judge).unwrap();
    // The reason lapses with the next edit of what it was given for.
    editing.apply(&[Command::LeanStem { deg: 1.0 }], &judge).unwrap();
    assert!(matches!(folder.approve_plan(1, "attending"), Err(StorageError::Unanswered { .. })));
    editing.undo().unwrap();
    folder.review_plan(1, "attending").unwrap();
    let approved = folder.approve_plan(1, "attending").unwrap();
    assert!(approved.overrides.len() >= findings.len() && approved.overrides.iter().all(|given| !given.lapsed));
}

#[test]
fn snapshots_are_kept_by_name_and_taken_over() {
    let root = tempfile::tempdir().unwrap();
    let (folder, judge) = (made(&root.path().join("case")), judge());
    let mut editing = folder.edit_plan(1).unwrap();
    folder.written_by("resident").take_snapshot(1, "A").unwrap();
    editing.apply(&[up(3.0)], &judge).unwrap();
    let second = folder.take_snapshot(1, " B ").unwrap();
    assert_eq!(second.name, "B");
    for (name, fault) in [("A", NameFault::Taken), ("12", NameFault::Number), ("", NameFault::Form), ("a\nb", NameFault::Form)] {
        let outcome = folder.take_snapshot(1, name);
        assert!(matches!(&outcome, Err(StorageError::SnapshotName { fault: found, .. }) if *found == fault), "{outcome:?}");
    }
    let all = folder.snapshots().unwrap();
    assert_eq!(all.iter().map(|snapshot| snapshot.name.as_str()).collect::<Vec<_>>(), ["A", "B"]);
    assert_eq!((all[0].who.as_deref(), &all[0].plan), (Some("resident"), &plan()));
    let error = folder.snapshot("C").unwrap_err();
    assert!(error.to_string().contains("it has A, B"), "{error}");
    // A snapshot does not change with its plan, and can be gone back to.
    editing.apply(&[Command::Take { from: "A".into(), plan: Box::new(folder.snapshot("A").unwrap().plan) }], &judge).unwrap();
    assert_eq!(folder.read_plan(1).unwrap(), plan());
    editing.undo().unwrap();
    assert_eq!(folder.read_plan(1).unwrap(), second.plan);
    // Changed by another hand.
    let path = folder.path().join("plans/snapshots.ron");
    let good = fs::read_to_string(&path).unwrap();
    fs::write(&path, good.replacen("cup-hemi-50", "cup-hemi-52", 1)).unwrap();
    assert!(matches!(folder.snapshots(), Err(StorageError::Changed { .. })));
    assert!(matches!(folder.take_snapshot(1, "D"), Err(StorageError::Changed { .. })));
    fs::write(&path, good).unwrap();
    folder.verify_journal().unwrap();
}

#[test]
fn a_flipped_byte_in_the_history_is_detected_and_nothing_is_built_on_it() {
    let root = tempfile::tempdir().unwrap();
    let (folder, judge) = (made(&root.path().join("case")), judge());
    let mut open = folder.edit_plan(1).unwrap();
    open.apply(&[up(3.0), Command::TurnStem { deg: 4.0 }], &judge).unwrap();
    let path = folder.path().join(EDITS);
    let good = fs::read(&path).unwrap();
    let mut changed = 0;
    for place in (0..good.len()).step_by(13) {
        let mut spoiled = good.clone();
        spoiled[place] ^= 1 << (place % 7);
        fs::write(&path, spoiled).unwrap();
        let error = folder.edit_plan(1).expect_err("a flipped byte went unnoticed");
        assert!(error.to_string().contains("0001.edits.ron"), "{error}");
        changed += usize::from(matches!(error, StorageError::Changed { .. }));
    }
    assert!(changed > 200, "most of them leave a well-formed document: {changed}");
    assert!(open.apply(&[up(1.0)], &judge).is_err(), "nor does a program write over it that had it open");
    assert!(folder.read_plan(1).is_ok(), "the plan itself is as it was");
    fs::write(&path, &good).unwrap();
    assert!(folder.edit_plan(1).unwrap().history().can_undo());
    // Gone, with the plan still there.
    fs::remove_file(&path).unwrap();
    assert!(matches!(folder.edit_plan(1), Err(StorageError::Missing { .. })), "it is not begun anew over a loss");
    fs::write(&path, &good).unwrap();
    folder.edit_plan(1).unwrap().apply(&[up(1.0)], &judge).unwrap();
    fs::remove_file(&path).unwrap();
    assert!(matches!(folder.edit_plan(1), Err(StorageError::Missing { .. })));
    assert!(matches!(folder.verify_journal(), Err(StorageError::Journal { .. })));
    fs::write(&path, &good).unwrap();
    assert!(folder.edit_plan(1).is_err(), "nor over an older one");
}

#[test]
fn a_plan_that_none_of_its_edits_led_to_is_not_edited() {
    let root = tempfile::tempdir().unwrap();
    let (folder, judge) = (made(&root.path().join("case")), judge());
    folder.edit_plan(1).unwrap().apply(&[up(3.0)], &judge).unwrap();
    folder.write_plan(&Plan { leg_length_change_mm: Some(9.0), ..plan() }).unwrap();
    assert!(matches!(folder.edit_plan(1), Err(StorageError::PlanEdits { .. })));
}

#[test]
fn two_programs_on_one_plan_lose_nothing() {
    let root = tempfile::tempdir().unwrap();
    let (folder, judge) = (made(&root.path().join("case")), judge());
    let [mut one, mut other] = [(); 2].map(|()| folder.edit_plan(1).unwrap());
    one.apply(&[up(2.0)], &judge).unwrap();
    let refused = other.apply(&[up(5.0)], &judge);
    assert!(matches!(refused, Err(StorageError::Meanwhile { .. })), "{refused:?}");
    assert_eq!(folder.read_plan(1).unwrap(), *one.plan());
    other = folder.edit_plan(1).unwrap();
    other.apply(&[up(5.0)], &judge).unwrap();
    assert!(matches!(one.undo(), Err(StorageError::Meanwhile { .. })));
    // While somebody holds the lock, the other reads and says who.
    let mut child = child::start("case_lock::child_that_holds_the_lock", folder.path());
    assert!(matches!(other.undo(), Err(StorageError::Locked { .. })));
    assert_eq!(folder.edit_plan(1).unwrap().plan(), other.plan());
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(other.undo().unwrap().is_some());
}

#[test]
fn the_range_of_motion_goes_with_the_plan_that_it_was_of() {
    let root = tempfile::tempdir().unwrap();
    let (folder, judge) = (made(&root.path().join("case")), judge());
    let there = || folder.path().join(ROM).exists();
    let put = || folder.write_bytes(ROM, b"()").unwrap();
    put();
    folder.review_plan(1, "attending").unwrap();
    folder.revise_plan(1).unwrap();
    assert!(there(), "the same implants in the same places");
    folder.edit_plan(1).unwrap().apply(&[up(1.0)], &judge).unwrap();
    assert!(there(), "it is of the newest plan, which is another");
    folder.edit_plan(2).unwrap().apply(&[up(1.0)], &judge).unwrap();
    assert!(!there(), "it would be that of other implants");
    folder.verify_journal().unwrap();
    put();
    folder.edit_plan(2).unwrap().undo().unwrap();
    assert!(!there());
    put();
    folder.revise_plan(1).unwrap();
    assert!(!there(), "a revision of another plan than the newest");
    folder.verify_journal().unwrap();
}

fn coxa(case: &Path, arguments: &[&str]) -> (bool, String, String) {
    let output = Program::new(env!("CARGO_BIN_EXE_coxa")).arg("plans").arg(case).args(arguments).output().unwrap();
    let [out, told] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (output.status.success(), out, told)
}

fn json(case: &Path, arguments: &[&str]) -> serde_json::Value {
    let (good, out, told) = coxa(case, &[arguments, &["--json"]].concat());
    assert!(good, "{arguments:?}: {told}");
    let value: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(value["disclaimer"], coxa::DISCLAIMER);
    value["result"].clone()
}

#[test]
fn a_plan_is_edited_compared_reviewed_and_approved_on_the_command_line() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"));
    let case = folder.path();
    assert_eq!(json(case, &["snapshot", "1", "A"])["snapshots"][0]["name"], "A");
    let edited = json(case, &["edit", "1", "move-cup", "--superior", "3", "--by", "resident"]);
    assert_eq!(edited["edits"][0]["changed"], true);
    let leg = plan().leg_length_change_mm.unwrap();
    assert!((edited["leg_length_change_mm"].as_f64().unwrap() - leg + 3.0).abs() < 1e-9);
    assert!(edited["differences"].as_array().unwrap().iter().any(|row| row["key"] == "measure-leg-length"));
    json(case, &["edit", "1", "turn-cup", "--anteversion", "-5", "--definition", "operative", "--frame", "as-scanned"]);
    json(case, &["edit", "1", "deepen-stem", "-1.5"]);
    json(case, &["snapshot", "1", "B"]);
    let script = root.path().join("edits.ron");
    fs::write(&script, "[MoveCup(medial_mm: 1.0), DeepenStem(mm: 1.5), OrientCup(inclination_deg: Some(42.0))]").unwrap();
    let ran = json(case, &["edit", "1", "script", script.to_str().unwrap()]);
    assert_eq!(ran["edits"].as_array().unwrap().len(), 3);
    json(case, &["snapshot", "1", "C"]);
    // Three side by side: every measure of each.
    let table = json(case, &["compare", "A", "B", "C", "1"]);
    assert_eq!(table["columns"].as_array().unwrap().len(), 4);
    let row = |key: &str| table["rows"].as_array().unwrap().iter().find(|row| row["key"] == key).unwrap()["values"].clone();
    assert!(row("measure-cup-inclination")[2].as_str().unwrap().starts_with("42.0"));
    assert_eq!(row("measure-leg-length")[2], row("measure-leg-length")[3]);
    assert_ne!(row("measure-leg-length")[0], row("measure-leg-length")[1]);
    let (good, out, _) = coxa(case, &["compare", "A", "B", "--language", "zh"]);
    assert!(good && out.lines().next().unwrap().starts_with("项目"), "{out}");
    // Undo, redo and the list; nothing that was not done can be undone.
    let history = json(case, &["history", "1"]);
    assert_eq!(history["edits"].as_array().unwrap().len(), 6);
    assert_eq!((&history["edits"][0]["who"], &history["edits"][0]["stands"]), (&"resident".into(), &true.into()));
    for _ in 0..6 {
        json(case, &["undo", "1"]);
    }
    assert_eq!(folder.read_plan(1).unwrap(), plan());
    let (good, _, told) = coxa(case, &["undo", "1"]);
    assert!(!good && told.contains("nothing was done"), "{told}");
    json(case, &["redo", "1"]);
    let (_, out, _) = coxa(case, &["history", "1", "--language", "zh"]);
    assert!(out.contains("髋臼杯向内移动 +0 mm，向上 +3 mm") && out.contains("已撤销") && out.contains("最初的方案"), "{out}");
    json(case, &["edit", "1", "take", "C"]);
    json(case, &["edit", "1", "reset"]);
    // What is impossible is refused with a sentence, in either program.
    let (good, _, told) = coxa(case, &["edit", "1", "lean-stem", "--", "-40"]);
    assert!(!good && told.contains("from -15.0 to 15.0°"), "{told}");
    for wrong in
        [&["edit", "1", "turn-cup", "--frame", "sideways"][..], &["edit", "1", "take", "Z"], &["show", "7"], &["compare", "A"]]
    {
        assert!(!coxa(case, wrong).0, "{wrong:?}");
    }
    // A hard finding, a reason, a review, an approval.
    json(case, &["edit", "1", "lean-stem", "6"]);
    let (good, _, told) = coxa(case, &["approve", "1", "--by", "attending"]);
    assert!(!good && told.contains("finding-stem-tight"), "{told}");
    let shown = json(case, &["show", "1"]);
    let hard: Vec<String> = shown["told"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|told| told["severity"] == "hard")
        .map(|told| told["key"].as_str().unwrap().to_owned())
        .collect();
    for key in &hard {
        json(case, &["override", "1", key, "--reason", "reamed first", "--by", "attending"]);
    }
    let (_, out, _) = coxa(case, &["show", "1"]);
    assert!(out.contains("attending answers for it: reamed first"), "{out}");
    let lapsed = json(case, &["edit", "1", "lean-stem", "0.5"]);
    assert!(!lapsed["lapsed"].as_array().unwrap().is_empty());
    json(case, &["undo", "1"]);
    assert_eq!(json(case, &["review", "1", "--by", "attending"])["state"], "reviewed");
    let approved = json(case, &["approve", "1", "--by", "head"]);
    assert_eq!((&approved["state"], &approved["reviewed_by"]), (&"approved".into(), &"attending".into()));
    assert_eq!(json(case, &["show", "1"])["approval"]["grounds"]["software"], "coxa 0.1.0");
    for refused in [
        &["edit", "1", "reset"][..],
        &["undo", "1"],
        &["review", "1", "--by", "x"],
        &["override", "1", &hard[0], "--reason", "y", "--by", "x"],
    ] {
        let (good, _, told) = coxa(case, refused);
        assert!(!good && told.contains("approved"), "{refused:?}: {told}");
    }
    let revised = json(case, &["revise", "1"]);
    assert_eq!((&revised["number"], &revised["revision_of"], &revised["state"]), (&2.into(), &1.into(), &"draft".into()));
    assert_eq!(json(case, &["list"])["plans"].as_array().unwrap().len(), 2);
    CaseFolder::open(case).unwrap().verify_journal().unwrap();
}

#[test]
fn a_plan_that_nobody_has_reviewed_as_it_is_is_not_approved() {
    let root = tempfile::tempdir().unwrap();
    let (folder, judge) = (made(&root.path().join("case")), judge());
    let actions = || {
        let journal: Journal = folder.read_document("journal.ron").unwrap();
        journal.entries.into_iter().map(|entry| (entry.who.unwrap_or_default(), entry.action)).collect::<Vec<_>>()
    };
    let before = [bytes(&folder, PLAN), bytes(&folder, "journal.ron")];
    let error = folder.approve_plan(1, "attending").unwrap_err();
    assert!(
        matches!(error, StorageError::Unreviewed { number: 1, .. }) && error.to_string().contains("review 1 --by"),
        "{error}"
    );
    assert!(before == [bytes(&folder, PLAN), bytes(&folder, "journal.ron")], "nothing was written");
    // What was reviewed was another plan than this.
    folder.review_plan(1, "registrar").unwrap();
    folder.edit_plan(1).unwrap().apply(&[up(1.0)], &judge).unwrap();
    assert!(matches!(folder.approve_plan(1, "attending"), Err(StorageError::Unreviewed { .. })));
    folder.review_plan(1, "registrar").unwrap();
    folder.approve_plan(1, "attending").unwrap();
    assert_eq!(actions().pop().unwrap(), ("attending".into(), "approve (reviewed by registrar)".into()));
    // The same person may do both, and that is said.
    folder.revise_plan(1).unwrap();
    folder.review_plan(2, "attending").unwrap();
    folder.approve_plan(2, " attending ").unwrap();
    assert_eq!(actions().pop().unwrap(), ("attending".into(), "approve (reviewed by the same person)".into()));
}
