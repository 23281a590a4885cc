//! A case on disk is there whole or not at all, is read back as it was written, and notices what was done to it meanwhile.

use crate::plan::{Patient, planned};
use coxa::{
    anatomy::{Anatomy, CupAngles, Finding},
    frames::Side,
    labels::Label,
    plan::{
        Plan,
        storage::{
            Case, CaseDraft, CaseFolder, Document, Journal, OlderReader, Provenance, StorageError, inputs_sha256, older_content,
            pseudonym,
        },
    },
    volume::{Grid, Volume},
};
use nalgebra::{Point3, Vector3};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fs, io, path::Path, process::Command};

pub fn case() -> Case {
    Case {
        pseudonym: pseudonym("0123"),
        side: Side::Right,
        provenance: Provenance {
            input: "phantom".into(),
            inputs_sha256: "0123".into(),
            software_version: "0.1.0".into(),
            segmentation_model: "bones 1".into(),
            segmentation_sha256: "4567".into(),
            device: "CPU".into(),
            catalogue: "Generic 1.0".into(),
            catalogue_sha256: "89ab".into(),
            warnings: vec!["the scan ends 12 mm below the lesser trochanter".into()],
        },
    }
}

fn anatomy() -> Anatomy {
    Patient::default().anatomy()
}

pub fn plan() -> Plan {
    planned(&anatomy(), Side::Right)
}

pub fn fill(draft: &CaseDraft) {
    draft.write_case(&case()).unwrap();
    draft.write_anatomy(&anatomy()).unwrap();
    draft.write_plan(&plan()).unwrap();
}

pub fn made(place: &Path) -> CaseFolder {
    let draft = CaseFolder::create(place).unwrap();
    fill(&draft);
    draft.commit().unwrap()
}

pub fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn what_is_written_is_read_back() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"));
    assert_eq!(names(root.path()), ["case"], "nothing is left beside the case");
    assert_eq!(names(folder.path()), [".lock", "case.ron", "journal.ron", "landmarks.ron", "plans"]);
    let opened = CaseFolder::open(folder.path()).unwrap();
    assert_eq!(opened.read_case().unwrap(), case());
    assert_eq!(opened.read_anatomy().unwrap(), anatomy());
    assert_eq!(opened.plan_numbers().unwrap(), [1]);
    assert_eq!(opened.read_plan(1).unwrap(), plan());
    opened.write_plan(&Plan { number: 2, ..plan() }).unwrap();
    assert_eq!(opened.plan_numbers().unwrap(), [1, 2]);
    assert_eq!(names(&opened.path().join("plans")), ["0001.ron", "0002.ron"]);
    let state = opened.verify_journal().unwrap();
    assert_eq!((state.entries, state.interrupted.len()), (2, 0));
    for (relative, version) in [("case.ron", 1), ("landmarks.ron", 1), ("journal.ron", 2), ("plans/0001.ron", 1)] {
        let text = fs::read_to_string(opened.path().join(relative)).unwrap();
        assert!(text.contains(&format!("format_version: {version},")), "{relative} carries its version");
    }
}

#[test]
fn a_whole_case_with_images_and_bones_is_read_back() {
    let root = tempfile::tempdir().unwrap();
    let grid = Grid::axis_aligned([5, 4, 3], [0.75, 0.5, 1.25], Point3::new(-10.0, 20.0, -30.0));
    let volume = Volume { hu: (0..60).map(|i| i * 40 - 1000).collect(), grid: grid.clone() };
    let ids: Vec<u8> = (0..60).map(|i| i % 14).collect();
    let bone = coxa::implants::geometry::revolve(&[(0.0, -2.0), (3.0, 0.0), (0.0, 2.0)], 8);
    let bones = BTreeMap::from([(Label::HipRight, bone.clone()), (Label::FemurLeft, bone)]);
    let draft = CaseFolder::create(root.path().join("case")).unwrap();
    fill(&draft);
    draft.write_volume(&volume).unwrap();
    draft.write_labels(&grid, &ids).unwrap();
    draft.write_bones(&bones).unwrap();
    let folder = draft.commit().unwrap();
    assert_eq!(names(&folder.path().join("bones")), ["femur_left.stl", "hip_right.stl"]);
    let read = folder.read_volume().unwrap();
    assert_eq!(read.hu, volume.hu);
    let (read_grid, read_ids) = folder.read_labels().unwrap();
    assert_eq!(read_ids, ids);
    for (found, expected) in [(&read.grid, &grid), (&read_grid, &grid)] {
        assert_eq!(found.size, expected.size);
        assert!((found.origin - expected.origin).norm() < 1e-4 && (found.direction - expected.direction).norm() < 1e-5);
    }
    let read = folder.read_bones().unwrap();
    assert_eq!(read.keys().collect::<Vec<_>>(), bones.keys().collect::<Vec<_>>());
    for (label, mesh) in &bones {
        assert!((read[label].volume_mm3() - mesh.volume_mm3()).abs() < 1e-3 && read[label].is_watertight());
    }
    folder.verify_journal().unwrap();
}

#[test]
fn a_plan_that_fails_leaves_nothing() {
    let root = tempfile::tempdir().unwrap();
    let place = root.path().join("case");
    let draft = CaseFolder::create(&place).unwrap();
    fill(&draft);
    drop(draft);
    assert_eq!(names(root.path()), Vec::<String>::new());
    // Killed while writing: what it left is cleared by the next run.
    let draft = CaseFolder::create(&place).unwrap();
    fill(&draft);
    let [beside, kept] = [".case.draft", "kept"].map(|name| root.path().join(name));
    fs::rename(&beside, &kept).unwrap();
    drop(draft);
    fs::rename(&kept, &beside).unwrap();
    assert!(!place.exists());
    made(&place);
    assert_eq!(names(root.path()), ["case"]);
    // A writer that fails is told, and the case never appears.
    let other = root.path().join("other");
    let draft = CaseFolder::create(&other).unwrap();
    let told = draft.write_file("bones/hip_left.stl", |_| Err(io::Error::other("no space left"))).unwrap_err();
    assert_eq!(told.to_string(), "no space left");
    assert!(matches!(draft.commit(), Err(StorageError::Missing { path }) if path.ends_with("case.ron")));
    assert_eq!(names(root.path()), ["case"]);
}

#[test]
fn a_folder_that_is_no_case_is_left_alone() {
    let root = tempfile::tempdir().unwrap();
    let place = root.path().join("thesis");
    fs::create_dir(&place).unwrap();
    fs::write(place.join("chapter1.txt"), "…").unwrap();
    assert!(matches!(CaseFolder::create(&place), Err(StorageError::NotACase { .. })));
    assert!(matches!(CaseFolder::open(&place), Err(StorageError::NotACase { .. })));
    assert!(matches!(CaseFolder::create(place.join("chapter1.txt")), Err(StorageError::NotACase { .. })));
    assert!(matches!(CaseFolder::open(root.path().join("absent")), Err(StorageError::Missing { .. })));
    assert_eq!(fs::read_to_string(place.join("chapter1.txt")).unwrap(), "…");
    assert_eq!(names(root.path()), ["thesis"]);
    // An empty folder and a case may be used.
    let empty = root.path().join("empty");
    fs::create_dir(&empty).unwrap();
    made(&empty);
    made(&empty).verify_journal().unwrap();
}

#[test]
fn a_kill_between_the_renames_loses_neither_case() {
    let root = tempfile::tempdir().unwrap();
    let place = root.path().join("case");
    made(&place);
    // Stopped after the old case was moved away: it comes back.
    fs::rename(&place, root.path().join(".case.replaced")).unwrap();
    assert_eq!(CaseFolder::open(&place).unwrap().read_case().unwrap(), case());
    // Stopped after the new case came: the old one goes.
    fs::create_dir(root.path().join(".case.replaced")).unwrap();
    CaseFolder::open(&place).unwrap().verify_journal().unwrap();
    assert_eq!(names(root.path()), ["case"]);
}

#[test]
fn an_approved_plan_is_never_changed() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"));
    folder.review_plan(1, "registrar").unwrap();
    let approved = folder.approve_plan(1, "attending").unwrap();
    assert_eq!(folder.read_plan(1).unwrap(), approved);
    let refused =
        |outcome: Result<(), StorageError>| assert!(matches!(outcome, Err(StorageError::Approved { .. })), "{outcome:?}");
    refused(folder.write_plan(&plan()));
    refused(folder.write_bytes("plans/0001.ron", b"()"));
    refused(folder.approve_plan(1, "resident").map(drop));
    refused(CaseFolder::create(folder.path()).map(drop));
    folder.write_plan(&Plan { number: 2, ..plan() }).unwrap();
    assert_eq!(folder.read_plan(1).unwrap(), approved);
    // Changed by another hand: told, not used.
    let path = folder.path().join("plans/0001.ron");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("cup-hemi-52", "cup-hemi-54")).unwrap();
    assert!(matches!(folder.read_plan(1), Err(StorageError::ApprovalBroken { .. })));
}

#[test]
fn plans_are_listed_compared_approved_and_taken_up_again_on_the_command_line() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"));
    let coxa = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_coxa")).arg("plans").arg(folder.path()).args(arguments).output().unwrap();
        let [out, told] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        (output.status.success(), out, told)
    };
    let json = |arguments: &[&str]| -> serde_json::Value {
        let (good, out, told) = coxa(&[arguments, &["--json"]].concat());
        assert!(good, "{told}");
        let value: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!(value["disclaimer"], coxa::DISCLAIMER);
        value["result"].clone()
    };
    let first = plan();
    let listed = json(&[]);
    assert_eq!(listed["plans"].as_array().unwrap().len(), 1);
    assert_eq!((&listed["plans"][0]["state"], &listed["plans"][0]["cup"]), (&"draft".into(), &first.cup.cup.as_str().into()));

    // An approved plan is taken up again as a draft; the cup of the draft is moved and turned.
    let (good, _, told) = coxa(&["approve", "1", "--by", "attending"]);
    assert!(!good && told.contains("review 1 --by") && folder.read_plan(1).unwrap() == first, "{told}");
    json(&["review", "1", "--by", "registrar"]);
    assert_eq!(json(&["approve", "1", "--by", "attending"])["state"], "approved");
    let (good, _, told) = coxa(&["approve", "1", "--by", "resident"]);
    assert!(!good && told.contains("0001.ron"), "{told}");
    assert_eq!(json(&["revise", "1"])["number"], 2);
    let mut second = folder.read_plan(2).unwrap();
    assert_eq!(Plan { number: 1, revision_of: None, ..second.clone() }, first);
    assert!(json(&["diff", "1", "2"])["differences"].as_array().unwrap().is_empty());
    let app = anatomy().pelvis.app;
    second.cup.centre += app.superior().into_inner() * 3.0 - app.right().into_inner() * 2.0;
    second.cup.axis = CupAngles { inclination_deg: 43.0, anteversion_deg: 15.0 }.axis(&app, Side::Right);
    folder.write_plan(&second).unwrap();
    let differences = json(&["diff", "1", "2"])["differences"].clone();
    let row =
        |what: &str| differences.as_array().unwrap().iter().find(|row| row["what"].as_str().unwrap().contains(what)).cloned();
    let inclination = row("nclination").unwrap();
    assert!(inclination["a"].as_str().unwrap().starts_with("40.0") && inclination["b"].as_str().unwrap().starts_with("43.0"));
    assert_eq!(row("Cup centre from the native one").unwrap()["b"], "+2.0 / +3.0 / +0.0 mm");
    assert!(row("stem").is_none(), "the stem is the same: {differences}");

    let (good, out, _) = coxa(&["list", "--language", "zh"]);
    assert!(good && out.contains("已由 attending 批准") && out.contains("草案") && out.contains("不是医疗器械"), "{out}");
    // A flipped byte of an approved plan, a plan that is not there, a foreign catalogue.
    let path = folder.path().join("plans/0001.ron");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("cup-hemi-52", "cup-hemi-54")).unwrap();
    let (good, _, told) = coxa(&[]);
    assert!(!good && told.contains("0001.ron"), "{told}");
    fs::write(&path, text).unwrap();
    assert!(!coxa(&["diff", "1", "7"]).0);
    folder.write_plan(&Plan { catalogue_sha256: "other".into(), ..second }).unwrap();
    let (good, _, told) = coxa(&["diff", "1", "2"]);
    assert!(!good && told.contains("--catalogue"), "{told}");
}

#[test]
fn damaged_and_foreign_documents_are_told_with_file_and_line() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"));
    let path = folder.path().join("plans/0001.ron");
    let good = fs::read_to_string(&path).unwrap();
    // Cut off at every length: never a plan, never a panic.
    for length in (0..good.len() - 2).step_by(97).filter(|&length| good.is_char_boundary(length)) {
        fs::write(&path, &good[..length]).unwrap();
        let error = folder.read_plan(1).unwrap_err();
        assert!(matches!(error, StorageError::Syntax { .. }) && error.to_string().contains("0001.ron"), "{error}");
    }
    let line = 1 + good.lines().position(|line| line.contains("number: 1")).unwrap();
    fs::write(&path, good.replace("number: 1,", "number: one,")).unwrap();
    assert!(matches!(folder.read_plan(1), Err(StorageError::Syntax { line: found, .. }) if found == line));
    fs::copy(folder.path().join("landmarks.ron"), &path).unwrap();
    let error = folder.read_plan(1).unwrap_err();
    assert!(error.to_string().contains("kind 'landmarks', expected 'plan'"), "{error}");
    fs::write(&path, [0xff, 0xfe, 0x00]).unwrap();
    assert!(matches!(folder.read_plan(1), Err(StorageError::Io { action: "read", .. })));
    fs::remove_file(&path).unwrap();
    assert!(matches!(folder.read_plan(1), Err(StorageError::Missing { .. })));
    for relative in ["../case.ron", "/etc/passwd", "", "plans/../../x.ron", "journal.ron"] {
        assert!(matches!(folder.write_bytes(relative, b"x"), Err(StorageError::Outside { .. })), "{relative}");
    }
}

/// A document whose second version renamed a field and changed its unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Note {
    length_mm: f64,
}

#[derive(Deserialize)]
struct NoteVersion1 {
    length_cm: f64,
}

impl Document for Note {
    const KIND: &'static str = "note";
    const FORMAT_VERSION: u32 = 2;
    const OLDER: &'static [(u32, OlderReader<Self>)] =
        &[(1, |text| older_content::<NoteVersion1>(text).map(|old| Self { length_mm: 10.0 * old.length_cm }))];
}

#[test]
fn older_documents_are_brought_up_to_date_and_newer_ones_refused() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"));
    folder.write_document("note.ron", &Note { length_mm: 3.0 }).unwrap();
    let path = folder.path().join("note.ron");
    let put = |text: &str| fs::write(&path, text).unwrap();
    put(r#"(kind: "note", format_version: 1, content: (length_cm: 1.25))"#);
    assert_eq!(folder.read_document::<Note>("note.ron").unwrap(), Note { length_mm: 12.5 });
    // A newer one need not even have the fields that are known.
    put(r#"(kind: "note", format_version: 3, content: (length: Millimetres(1.0), how: [Measured, "twice"]))"#);
    let error = folder.read_document::<Note>("note.ron").unwrap_err();
    assert!(error.to_string().contains("newer program (format version 3, this one knows 2)"), "{error}");
    put(r#"(kind: "note", format_version: 0, content: (length_mm: 1.0))"#);
    assert!(matches!(folder.read_document::<Note>("note.ron"), Err(StorageError::UnknownVersion { found: 0, .. })));
    // The same for a real document.
    let path = folder.path().join("plans/0001.ron");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("format_version: 1", "format_version: 2", 1)).unwrap();
    assert!(matches!(folder.read_plan(1), Err(StorageError::Newer { found: 2, known: 1, .. })));
}

#[test]
fn tampering_is_noticed() {
    let root = tempfile::tempdir().unwrap();
    let place = root.path().join("case");
    let broken = |spoil: &dyn Fn(&Path), expected: &str| {
        let folder = made(&place);
        folder.write_plan(&Plan { number: 2, ..plan() }).unwrap();
        folder.write_plan(&Plan { number: 3, ..plan() }).unwrap();
        folder.verify_journal().unwrap();
        spoil(folder.path());
        let error = folder.verify_journal().unwrap_err();
        assert!(matches!(error, StorageError::Journal { .. }) && error.to_string().contains(expected), "{error}");
        fs::remove_dir_all(&place).unwrap();
    };
    let edit = |path: &Path, from: &str, to: &str| {
        let text = fs::read_to_string(path).unwrap();
        assert!(text.contains(from));
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    };
    broken(
        &|folder| edit(&folder.join("plans/0002.ron"), "cup-hemi-52", "cup-hemi-54"),
        "plans/0002.ron is not what entry 2 wrote",
    );
    broken(
        &|folder| edit(&folder.join("plans/0003.ron"), "cup-hemi-52", "cup-hemi-54"),
        "plans/0003.ron is not what entry 3 wrote",
    );
    broken(&|folder| fs::remove_file(folder.join("landmarks.ron")).unwrap(), "landmarks.ron is missing, entry 1 wrote it");
    broken(
        &|folder| edit(&folder.join("journal.ron"), "\"create\"", "\"crated\""),
        "entry 1 was changed after entry 2 was written",
    );
    broken(&|folder| edit(&folder.join("journal.ron"), "sequence: 2", "sequence: 4"), "entry 4 stands where entry 2 belongs");
    // A changed document stops further writes too: it would be covered up.
    let folder = made(&place);
    folder.write_plan(&Plan { number: 2, ..plan() }).unwrap();
    edit(&place.join("plans/0002.ron"), "cup-hemi-52", "cup-hemi-54");
    assert!(matches!(folder.write_bytes("report.html", b"x"), Err(StorageError::Journal { .. })));
}

#[test]
fn a_write_that_was_killed_after_its_journal_entry_is_no_tampering() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"));
    let before = fs::read(folder.path().join("plans/0001.ron")).unwrap();
    let mut changed = plan();
    changed.findings.push(Finding::new("x", None, "y"));
    folder.write_plan(&changed).unwrap();
    folder.write_plan(&Plan { number: 2, ..plan() }).unwrap();
    // As if the second write had been killed before its document came.
    fs::remove_file(folder.path().join("plans/0002.ron")).unwrap();
    assert_eq!(folder.verify_journal().unwrap().interrupted, ["plans/0002.ron"]);
    folder.write_plan(&Plan { number: 3, ..plan() }).unwrap();
    assert_eq!(folder.verify_journal().unwrap().interrupted, Vec::<String>::new());
    // The same for a document that was there before.
    folder.write_plan(&plan()).unwrap();
    folder.write_plan(&changed).unwrap();
    fs::write(folder.path().join("plans/0001.ron"), before).unwrap();
    assert_eq!(folder.verify_journal().unwrap().interrupted, ["plans/0001.ron"]);
    folder.write_bytes("report.html", b"<html>").unwrap();
    folder.verify_journal().unwrap();
    let journal: Journal = folder.read_document("journal.ron").unwrap();
    assert_eq!(journal.entries.iter().filter(|entry| entry.action.starts_with("interrupted")).count(), 2);
}

#[test]
fn a_pseudonym_follows_from_the_pixels_alone() {
    let grid = Grid::axis_aligned([2, 2, 1], [1.0, 1.0, 1.0], Point3::origin());
    let volume = Volume { grid: grid.clone(), hu: vec![0, 1, 2, 3] };
    let hash = inputs_sha256(&volume);
    assert_eq!((hash.len(), inputs_sha256(&volume.clone())), (64, hash.clone()));
    assert_ne!(inputs_sha256(&Volume { hu: vec![0, 1, 2, 4], ..volume.clone() }), hash);
    assert_ne!(inputs_sha256(&Volume { grid: Grid { spacing: [1.0, 1.0, 1.5], ..grid }, ..volume }), hash);
    let name = pseudonym(&hash);
    assert!(name.len() == 9 && name.starts_with("CX-") && !hash.to_uppercase().contains(&name[3..]), "{name}");
    assert_eq!(name, pseudonym(&hash));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever the numbers and texts, a plan comes back bit by bit.
    #[test]
    fn any_plan_survives_the_disk(
        numbers in proptest::array::uniform12(-1e4..1e4_f64),
        text in "\\PC{0,60}",
        number in 1..9999_u32,
        estimated: bool,
        left: bool,
        length in proptest::option::of(-50.0..50.0_f64),
    ) {
        let root = tempfile::tempdir().unwrap();
        let folder = made(&root.path().join("case"));
        let mut any = plan();
        any.number = number;
        any.side = if left { Side::Left } else { Side::Right };
        any.cup.centre = Point3::new(numbers[0], numbers[1], numbers[2]);
        any.cup.bone_coverage = length.map(|l| l / 100.0);
        let stem = any.stem.as_mut().unwrap();
        stem.estimated = estimated;
        stem.pose.translation.vector = Vector3::new(numbers[3], numbers[4], numbers[5] / 3.0);
        stem.pose.rotation = nalgebra::UnitQuaternion::from_euler_angles(numbers[6], numbers[7], numbers[8]);
        stem.resection.normal = nalgebra::Unit::new_normalize(Vector3::new(numbers[9], numbers[10], numbers[11] + 2e4));
        any.leg_length_change_mm = length;
        any.findings = vec![Finding::new("finding-x", length.map(|_| Side::Left), text)];
        folder.write_plan(&any).unwrap();
        prop_assert_eq!(folder.read_plan(number).unwrap(), any);
    }

    /// Any bytes in a document's place are an error, not a panic.
    #[test]
    fn any_bytes_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("case.ron"), bytes).unwrap();
        prop_assert!(CaseFolder::open(root.path()).is_err());
    }
}
