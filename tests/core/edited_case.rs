//! Corrections by hand are kept in the case: reproducible, undone at any time, never half on disk, and what they make stale is told.

use crate::plan::{Patient, planned};
use coxa::{
    frames::Side,
    implants::Catalogue,
    labels::{
        Label,
        edit::{Edit, EditAction, Region},
    },
    plan::storage::{Case, CaseFolder, Journal, Provenance, StorageError},
    volume::{Grid, Volume},
};
use nalgebra::Point3;
use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Output},
};

const ALL: [&str; 4] = ["bones/femur_right.stl", "bones/hip_right.stl", "landmarks.ron", "plans/0001.ron"];

/// A case with a CT, labels (a femur of 10 mm and a hip bone of 10 mm), two bones, landmarks and a plan.
fn made(place: &Path) -> CaseFolder {
    let catalogue = Catalogue::shipped().unwrap();
    let grid = Grid::axis_aligned([40, 20, 20], [1.0; 3], Point3::new(-110.0, -10.0, 10.0));
    let label = |i: usize| match i {
        5..15 => Label::FemurRight,
        20..30 => Label::HipRight,
        _ => Label::Background,
    };
    let ids: Vec<u8> = (0..grid.len()).map(|at| label(at % 40).id()).collect();
    let hu = ids.iter().map(|&id| if id == 0 { -500 } else { 500 }).collect();
    let provenance = Provenance {
        input: "phantom".into(),
        inputs_sha256: "01".into(),
        software_version: "0.1.0".into(),
        segmentation_model: "bones 1".into(),
        segmentation_sha256: "23".into(),
        device: "CPU".into(),
        catalogue: catalogue.title(),
        catalogue_sha256: catalogue.sha256.clone(),
        warnings: Vec::new(),
    };
    let draft = CaseFolder::create(place).unwrap();
    draft.write_case(&Case { pseudonym: "CX-012345".into(), side: Side::Right, provenance }).unwrap();
    draft.write_labels(&grid, &ids).unwrap();
    draft.write_volume(&Volume { grid, hu }).unwrap();
    let anatomy = Patient::default().anatomy();
    draft.write_anatomy(&anatomy).unwrap();
    draft.write_plan(&planned(&anatomy, Side::Right)).unwrap();
    let bone = coxa::implants::geometry::revolve(&[(0.0, -20.0), (30.0, 0.0), (0.0, 20.0)], 12);
    draft.write_bones(&BTreeMap::from([(Label::HipRight, bone.clone()), (Label::FemurRight, bone)])).unwrap();
    draft.commit().unwrap()
}

/// A ball of hip bone that becomes femur.
fn split(radius_mm: f64) -> Edit {
    let at = Region::Ball { centre: Point3::new(-85.0, 0.0, 20.0), radius_mm };
    Edit::Split { label: Label::HipRight, at, to: Label::FemurRight }
}

fn labels(folder: &CaseFolder) -> Vec<u8> {
    folder.read_labels().unwrap().1
}

fn actions(folder: &CaseFolder) -> Vec<String> {
    let journal: Journal = folder.read_document("journal.ron").unwrap();
    journal.entries.into_iter().map(|entry| entry.action).collect()
}

/// Nothing but documents and the lock: no file that was only made ready.
fn assert_tidy(folder: &CaseFolder) {
    let hidden = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(hidden.filter(|name| name.starts_with('.')).collect::<Vec<_>>(), [".lock"]);
}

#[test]
fn edits_are_kept_undone_redone_and_reproduced() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"));
    let file = |name: &str| fs::read(folder.path().join(name)).unwrap();
    let (first, automatic) = (labels(&folder), file("labels.nii.gz"));
    assert_eq!(folder.stale().unwrap(), Vec::<String>::new());
    assert!(folder.stale_finding().unwrap().is_none());
    assert!(!folder.path().join("edits.ron").exists() && !folder.path().join("labels-automatic.nii.gz").exists());

    let mut editing = folder.edit_labels().unwrap();
    let changes = editing.apply(&[split(4.0), split(6.0)]).unwrap();
    assert!(changes.iter().all(|change| change.voxels() > 100));
    let second = labels(&folder);
    assert_eq!(second, editing.map().ids);
    assert_eq!(second.iter().zip(&first).filter(|(a, b)| a != b).count(), changes[0].voxels() + changes[1].voxels());
    assert!(editing.apply(&[split(6.0)]).unwrap()[0].is_empty(), "nothing is left to be split off");
    assert!(file("labels-automatic.nii.gz") == automatic);
    assert_eq!(folder.stale().unwrap(), ALL);
    assert!(folder.stale_finding().unwrap().unwrap().text.contains("landmarks.ron, plans/0001.ron"));
    folder.verify_journal().unwrap();
    assert_tidy(&folder);

    // Opened again, what was done before is still undone; only records are added.
    drop(editing);
    let mut editing = folder.edit_labels().unwrap();
    assert_eq!(editing.undo().unwrap().unwrap().edit, split(6.0));
    assert_eq!(editing.undo().unwrap().unwrap().edit, split(4.0));
    assert!(editing.undo().unwrap().is_none());
    assert!(matches!(CaseFolder::create(folder.path()), Err(StorageError::Edited { .. })), "a person's work is not replaced");
    assert!(file("labels.nii.gz") == automatic, "byte by byte");
    assert_eq!(folder.stale().unwrap(), Vec::<String>::new(), "what was made from these labels is true again");
    assert_eq!(folder.edit_labels().unwrap().history().undone().len(), 2);
    assert_eq!(editing.redo().unwrap().unwrap().edit, split(4.0));
    assert_eq!(editing.redo().unwrap().unwrap().edit, split(6.0));
    assert_eq!(labels(&folder), second);
    let kept: Vec<EditAction> = folder.read_edits().unwrap().records.into_iter().map(|record| record.action).collect();
    use EditAction::{Edit, Redo, Undo};
    assert_eq!(kept, [Edit(split(4.0)), Edit(split(6.0)), Undo, Undo, Redo, Redo]);
    assert_eq!(
        actions(&folder),
        [
            "create",
            "edit labels: split femur_right off hip_right; split femur_right off hip_right",
            "undo labels: split femur_right off hip_right",
            "undo labels: split femur_right off hip_right",
            "redo labels: split femur_right off hip_right",
            "redo labels: split femur_right off hip_right",
        ]
    );
    folder.verify_journal().unwrap();
    assert_tidy(&folder);
}

/// What was corrected in memory is brought to the case: what stands there already stays as it was written.
#[test]
fn the_case_is_brought_to_edits_made_in_memory() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"));
    folder.edit_labels().unwrap().apply(&[split(3.0), split(4.0)]).unwrap();
    let (mut map, volume, mut history) = folder.edit_labels().unwrap().into_parts();
    history.undo(&mut map).unwrap();
    history.apply(split(5.0), &mut map, &volume).unwrap();
    history.apply(split(6.0), &mut map, &volume).unwrap();
    let mut editing = folder.edit_labels().unwrap();
    editing.bring_to(&history.edits()).unwrap();
    assert!(labels(&folder) == map.ids && *editing.map() == map);
    let names: Vec<String> = actions(&folder).iter().map(|action| action.split(':').next().unwrap().to_owned()).collect();
    assert_eq!(names, ["create", "edit labels", "undo labels", "edit labels"]);
    // Nothing is left to be done, and one that is refused leaves what stands.
    editing.bring_to(&history.edits()).unwrap();
    assert_eq!(actions(&folder).len(), 4);
    assert!(editing.bring_to(&[split(3.0), split(-1.0)]).is_err());
    assert_eq!(editing.history().edits(), [split(3.0)]);
    folder.verify_journal().unwrap();
}

#[test]
fn one_refused_edit_stops_the_whole_list() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"));
    let first = labels(&folder);
    let mut editing = folder.edit_labels().unwrap();
    editing.apply(&[split(4.0)]).unwrap();
    editing.undo().unwrap();
    let error = editing.apply(&[split(3.0), split(-1.0)]).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("edit 2 of 2 (split femur_right off hip_right)") && text.contains("radius"), "{text}");
    assert!(labels(&folder) == first && editing.map().ids == first);
    assert!(editing.redo().unwrap().is_some(), "what was taken back can still be done again");
    assert_eq!(actions(&folder).len(), 4);
}

#[test]
fn a_kill_at_any_instant_leaves_old_or_new_labels() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"));
    let old_labels = fs::read(folder.path().join("labels.nii.gz")).unwrap();
    let first = labels(&folder);
    folder.edit_labels().unwrap().apply(&[split(5.0)]).unwrap();
    let second = labels(&folder);
    let new_labels = fs::read(folder.path().join("labels.nii.gz")).unwrap();
    let new_edits = fs::read(folder.path().join("edits.ron")).unwrap();
    let put = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();

    // Stopped before the labels: at first the old ones stay, and a report may even be written meanwhile.
    for report_first in [false, true] {
        put("labels.nii.gz", &old_labels);
        assert_eq!(folder.verify_journal().unwrap().interrupted, ["labels.nii.gz"]);
        if report_first {
            folder.write_bytes("report.html", b"<html>").unwrap();
            assert_eq!(folder.stale().unwrap(), Vec::<String>::new());
        }
        let editing = folder.edit_labels().unwrap();
        assert!(editing.map().ids == second && labels(&folder) == second, "the edit is completed");
        assert_eq!(folder.verify_journal().unwrap().interrupted, Vec::<String>::new());
        assert!(folder.stale().unwrap().contains(&"landmarks.ron".to_owned()));
    }
    // Stopped right after the journal's entry: nothing was edited.
    let folder = made(&root.path().join("other"));
    folder.edit_labels().unwrap().apply(&[split(5.0)]).unwrap();
    fs::write(folder.path().join("labels.nii.gz"), &old_labels).unwrap();
    fs::remove_file(folder.path().join("edits.ron")).unwrap();
    fs::remove_file(folder.path().join("labels-automatic.nii.gz")).unwrap();
    fs::write(folder.path().join(".staged.labels.nii.gz"), &new_labels).unwrap();
    fs::write(folder.path().join(".staged.edits.ron"), &new_edits).unwrap();
    let mut editing = folder.edit_labels().unwrap();
    assert!(editing.map().ids == first && editing.history().done().is_empty());
    editing.apply(&[split(5.0)]).unwrap();
    assert_eq!(labels(&folder), second);
    folder.verify_journal().unwrap();
    assert_tidy(&folder);
}

#[test]
fn labels_and_edits_that_do_not_belong_together_are_refused() {
    let root = tempfile::tempdir().unwrap();
    let refused = |spoil: &dyn Fn(&CaseFolder), expected: &str| {
        let folder = made(&root.path().join("case"));
        folder.edit_labels().unwrap().apply(&[split(5.0)]).unwrap();
        spoil(&folder);
        let error = folder.edit_labels().unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        fs::remove_dir_all(folder.path()).unwrap();
    };
    let edited = |folder: &CaseFolder, from: &str, to: &str| {
        let text = fs::read_to_string(folder.path().join("edits.ron")).unwrap();
        assert!(text.contains(from), "{text}");
        text.replacen(from, to, 1)
    };
    refused(
        &|folder| fs::write(folder.path().join("edits.ron"), edited(folder, "5.0", "6.0")).unwrap(),
        "edits.ron is not what entry 2 wrote",
    );
    // Written through the journal, but leading elsewhere: a replay by a version that computes otherwise.
    refused(
        &|folder| folder.write_bytes("edits.ron", edited(folder, "5.0", "6.0").as_bytes()).unwrap(),
        "lead to other labels than when they were made",
    );
    refused(
        &|folder| folder.write_bytes("labels-automatic.nii.gz", &fs::read(folder.path().join("labels.nii.gz")).unwrap()).unwrap(),
        "so it cannot be replayed",
    );
    refused(
        &|folder| {
            let (grid, mut ids) = folder.read_labels().unwrap();
            ids[0] = 1;
            let other = root.path().join("other.nii.gz");
            coxa::volume::nifti::write_labels(&other, &grid, &ids).unwrap();
            folder.write_bytes("labels.nii.gz", &fs::read(other).unwrap()).unwrap();
        },
        "after none of the edits",
    );
    // Two programs at once: the second one notices.
    let folder = made(&root.path().join("case"));
    let (mut one, mut other) = (folder.edit_labels().unwrap(), folder.edit_labels().unwrap());
    one.apply(&[split(4.0)]).unwrap();
    let before = other.map().clone();
    let error = other.apply(&[split(6.0)]).unwrap_err();
    assert!(matches!(error, StorageError::Edits { .. }) && error.to_string().contains("another program"), "{error}");
    assert!(*other.map() == before);
    folder.verify_journal().unwrap();
}

#[test]
fn what_is_made_anew_after_an_edit_is_no_longer_stale() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"));
    folder.edit_labels().unwrap().apply(&[split(5.0)]).unwrap();
    let anatomy = Patient::default().anatomy();
    // A plan that is changed while the bones are old is still made from them.
    folder.write_plan(&coxa::plan::Plan { number: 2, ..planned(&anatomy, Side::Right) }).unwrap();
    assert_eq!(folder.stale().unwrap(), [&ALL[..], &["plans/0002.ron"]].concat());
    for bone in ["bones/femur_right.stl", "bones/hip_right.stl"] {
        folder.write_bytes(bone, &fs::read(folder.path().join(bone)).unwrap()).unwrap();
    }
    folder.write_anatomy(&anatomy).unwrap();
    assert_eq!(folder.stale().unwrap(), ["plans/0001.ron"], "the older plan was made before");
}

fn coxa(arguments: &[&str], case: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_coxa")).arg(arguments[0]).arg(case).args(&arguments[1..]).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn the_command_line_edits_and_warns() {
    let root = tempfile::tempdir().unwrap();
    let place = root.path().join("case");
    let folder = made(&place);
    let first = labels(&folder);
    let file = root.path().join("edits.ron");
    let list = "[Split(label: HipRight, at: Ball(centre: (-85.0, 0.0, 20.0), radius_mm: 5.0), to: FemurRight),\n\
                 Smooth(label: Sacrum, sigma_mm: 1.0)]";
    fs::write(&file, list).unwrap();
    let path = file.to_str().unwrap();

    let output = coxa(&["edit", "script", path], &place);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let told = text(&output.stdout);
    assert!(told.contains("done            split femur_right off hip_right"), "{told}");
    assert!(
        told.contains("changed nothing smooth sacrum by 1 mm") && told.contains(" ml") && told.contains(coxa::DISCLAIMER),
        "{told}"
    );
    assert!(text(&output.stderr).contains("warning: not made from the present labels: bones/"), "{}", text(&output.stderr));

    let out = root.path().join("export");
    let output = coxa(&["export", "--out", out.to_str().unwrap()], &place);
    assert!(output.status.success() && text(&output.stderr).contains("warning: Labels or landmarks were changed"));
    assert!(fs::read_to_string(out.join("README.txt")).unwrap().contains("WARNING   Labels or landmarks were changed"));
    let output = coxa(&["report"], &place);
    assert!(
        output.status.success() && text(&output.stderr).contains("warning: Labels or landmarks were changed"),
        "{}",
        text(&output.stderr)
    );
    for (report, words) in [("report.html", "changed by hand"), ("report.zh-CN.html", "手工修改")] {
        assert!(fs::read_to_string(place.join(report)).unwrap().contains(words), "{report}");
    }

    let output = coxa(&["edit", "list", "--json"], &place);
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["edits"].as_array().unwrap().len(), 1);
    assert_eq!((&told["edits"][0]["state"], &told["edits"][0]["labels"][1]["label"]), (&"stands".into(), &"femur_right".into()));
    assert!(told["stale"].as_array().unwrap().len() >= 4);

    assert!(coxa(&["edit", "undo"], &place).status.success());
    assert!(labels(&folder) == first);
    assert!(!text(&coxa(&["report"], &place).stderr).contains("warning"));
    assert!(!fs::read_to_string(place.join("report.html")).unwrap().contains("corrected by hand"));
    assert!(coxa(&["edit", "redo"], &place).status.success());
    assert!(labels(&folder) != first);
    folder.verify_journal().unwrap();

    for (content, expected) in [
        ("[Brush(region: Ball(centre: (0.0, 0.0), radius_mm: 5.0), to: FemurRight)]", "is no list of edits: line 1, column"),
        ("[Split(label: HipRight, at: Ball(centre: (-85.0, 0.0, 20.0), radius_mm: 500.0), to: FemurRight)]", "at most 200 mm"),
    ] {
        fs::write(&file, content).unwrap();
        let output = coxa(&["edit", "script", path], &place);
        assert!(!output.status.success() && text(&output.stderr).contains(expected), "{}", text(&output.stderr));
    }
    assert!(text(&coxa(&["edit", "redo"], &place).stderr).contains("there is no edit to do again"));
    assert!(!coxa(&["edit"], &place).status.success());
}

/// Each verb is the edit that it says, and refuses what makes no sense in words.
#[test]
fn corrections_are_typed() {
    let root = tempfile::tempdir().unwrap();
    let place = root.path().join("case");
    let folder = made(&place);
    let first = labels(&folder);
    let told = |arguments: &[&str]| -> serde_json::Value {
        let output = coxa(&[&["repair"], arguments, &["--json"]].concat(), &place);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let at = |x: &'static str| ["--at", x, "0", "20"];
    let voxels = |arguments: &[&str]| told(arguments)["edits"][0]["voxels"].as_u64().unwrap();
    let ball = |radius: f64| 4.0 / 3.0 * std::f64::consts::PI * f64::powi(radius, 3);

    // Voxels of a cubic millimetre: half a diagonal, 0.87 mm, is the shell between the smallest and the largest possible number.
    let brushed = voxels(&[&["brush", "--to", "sacrum", "--radius", "6"][..], &at("-90")].concat()) as f64;
    assert!(brushed > ball(5.13) && brushed < ball(6.87), "{brushed}");
    let stroke = [&["erase", "--over", "sacrum", "--across", "k", "--radius", "2"][..], &at("-95"), &at("-85")].concat();
    let flat = voxels(&stroke);
    assert!((30..=60).contains(&flat), "10 × 4 mm and a disc, in one slice: {flat}");
    assert_eq!(told(&stroke)["edits"][0]["state"], "changed nothing");
    let femur = voxels(&[&["region", "--to", "metal", "--radius", "50", "--hu", "300", "700"][..], &at("-103")].concat());
    assert_eq!(femur, 10 * 20 * 20 - overlap(&first, Label::FemurRight, 6.0));
    let half = ["split-plane", "--of", "metal", "--to", "femur_right", "--normal", "0", "0", "-3"];
    assert!(voxels(&[&half[..], &["--at", "0", "0", "19.5"]].concat()) < femur);
    assert!(
        voxels(&[&["split-sphere", "--of", "hip_right", "--to", "femur_left", "--radius", "4"][..], &at("-83")].concat()) > 0
    );
    assert!(voxels(&[&["reassign", "--of", "femur_left", "--to", "background"][..], &at("-83")].concat()) > 0);

    let list = told(&["list"]);
    assert_eq!(list["edits"].as_array().unwrap().len(), 6);
    assert_eq!(list["edits"][5]["name"], "move a piece of femur_left to background");
    assert!(list["stale"].as_array().unwrap().iter().any(|path| path == "landmarks.ron"));
    for _ in 0..6 {
        told(&["undo"]);
    }
    assert!(labels(&folder) == first);

    for (arguments, expected) in [
        (
            &["brush", "--to", "femur", "--radius", "6", "--at", "-90", "0", "20"][..],
            "is no label; these are: background, sacrum",
        ),
        (&["brush", "--to", "sacrum", "--radius", "0", "--at", "-90", "0", "20"], "more than 0 and at most 200 mm"),
        (&["brush", "--to", "sacrum", "--radius", "NaN", "--at", "-90", "0", "20"], "radius of the edit is NaN mm"),
        (&["brush", "--to", "sacrum", "--radius", "3", "--at", "500", "0", "20"], "outside the volume"),
        (&["brush", "--to", "sacrum", "--radius", "3", "--at", "NaN", "0", "20"], "three finite numbers"),
        (&["brush", "--to", "femur_left", "--radius", "1", "--at", "-109.6", "0", "20"], "on the patient's other side"),
        (&["erase", "--radius", "3", "--across", "z", "--at", "-90", "0", "20"], "write i, j or k"),
        (&["reassign", "--of", "sacrum", "--to", "metal", "--at", "-83", "0", "20"], "lies in hip_right, not in sacrum"),
        (&["split-plane", "--of", "hip_right", "--to", "metal", "--at", "0", "0", "0", "--normal", "0", "0", "0"], "no length"),
    ] {
        let output = coxa(&[&["edit"], arguments].concat(), &place);
        assert!(!output.status.success() && text(&output.stderr).contains(expected), "{arguments:?}: {}", text(&output.stderr));
    }
    assert!(labels(&folder) == first);
}

/// How many voxels of a label lay in a ball about the middle.
fn overlap(ids: &[u8], label: Label, radius_mm: f64) -> u64 {
    let grid = Grid::axis_aligned([40, 20, 20], [1.0; 3], Point3::new(-110.0, -10.0, 10.0));
    let inside = |at: &usize| (grid.centre(grid.voxel(*at)) - Point3::new(-90.0, 0.0, 20.0)).norm() <= radius_mm;
    (0..ids.len()).filter(|at| ids[*at] == label.id()).filter(inside).count() as u64
}
