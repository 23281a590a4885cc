//! Landmarks set by hand: kept in the case, followed by what is measured, taken back, refused where they cannot be.

use crate::measure::case;
use coxa::{
    anatomy::{Bones, Examination, Landmark, LandmarkName, Landmarks, examine, examine_with},
    frames::{Side, angle_between},
    labels::{
        Label,
        edit::{Edit, Region},
        synthesis::{DrawOptions, FieldOfView, Phantom, ShapeModel},
    },
    plan::storage::{CaseFolder, StorageError},
    progress::Silent,
};
use nalgebra::{Point3, Vector3};
use serde_json::Value;
use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

fn coxa(arguments: &[&str], case: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_coxa")).arg(arguments[0]).arg(case).args(&arguments[1..]).output().unwrap()
}

fn json(arguments: &[&str], case: &Path) -> Value {
    let output = coxa(arguments, case);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What a command that must fail says.
fn refusal(arguments: &[&str], case: &Path) -> String {
    let output = coxa(arguments, case);
    assert!(!output.status.success(), "{arguments:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn position(measured: &Value, name: &str, side: &str) -> [f64; 3] {
    let place = measured["landmarks"][name][side]["lps_mm"].as_array().unwrap();
    [0, 1, 2].map(|axis| place[axis].as_f64().unwrap())
}

#[test]
fn a_landmark_set_by_hand_moves_what_follows_and_is_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = case(folder.path());
    let opened = CaseFolder::open(&path).unwrap();
    let before = json(&["measure", "--json"], &path);
    let [x, y, z] = position(&before, "asis", "left");
    let obliquity = |measured: &Value| measured["measurements"]["pelvic_obliquity"][""]["value"].as_f64().unwrap();
    let at = [x, y, z + 8.0].map(|v| v.to_string());
    let set = ["landmark", "asis", "--side", "left", "--json", "--set", &at[0], &at[1], &at[2]];
    let told = json(&set, &path);
    assert!((told["moved_mm"].as_f64().unwrap() - 8.0).abs() < 1e-9);
    assert!(told["changes"].as_array().unwrap().iter().any(|change| change["quantity"] == "pelvic_obliquity"), "{told}");

    let after = json(&["measure", "--json"], &path);
    assert_eq!(position(&after, "asis", "left"), [x, y, z + 8.0]);
    let entry = &after["landmarks"]["asis"]["left"];
    assert_eq!((entry["method"].as_str(), entry["sd_mm"].as_f64()), (Some(Landmark::BY_HAND), Some(Landmark::BY_HAND_SD_MM)));
    // The left spine 8 mm higher, over a width of some 240 mm.
    let turned = obliquity(&after) - obliquity(&before);
    assert!((1.3..2.6).contains(&turned), "{turned}°");
    let said = |measured: &Value| {
        measured["flags"]
            .as_array()
            .unwrap()
            .iter()
            .find(|f| f["key"] == "finding-landmarks-by-hand")
            .map(|f| f["text"].to_string())
    };
    assert!(said(&after).unwrap().contains("asis left") && said(&before).is_none());
    assert_eq!(json(&["landmark", "--list", "--json"], &path)["by_hand"][0]["name"], "asis");
    assert_eq!(opened.verify_journal().unwrap().entries, 2);
    let stale = opened.stale().unwrap();
    assert!(stale.contains(&"plans/0001.ron".into()) && !stale.iter().any(|path| path.starts_with("bones/")), "{stale:?}");
    assert!(matches!(CaseFolder::create(&path), Err(StorageError::Edited { .. })), "a person's work is not replaced");

    json(&["landmark", "asis", "--side", "left", "--json", "--reset"], &path);
    assert!(opened.stale().unwrap().is_empty(), "all is as it was");
    assert_eq!(json(&["measure", "--json"], &path), before);
    assert!(CaseFolder::create(&path).is_ok(), "nothing of a person's is left");
    assert!(refusal(&["landmark", "asis", "--side", "left", "--reset"], &path).contains("was not set by hand"));

    let far = x + 31.0;
    for (arguments, words) in [
        (&["nose", "--reset"][..], "the landmarks are asis, aiis"),
        (&["asis", "--reset"], "say which with the side"),
        (&["pubic_symphysis", "--side", "left", "--reset"], "leave the side out"),
        (&["asis", "--side", "left", "--set", "1", "inf", "2"], "no place"),
        (&["asis", "--side", "left", "--set", &far.to_string(), &at[1], &z.to_string()], "31.0 mm from where it was found"),
        (&["asis", "--side", "left"], "--set"),
    ] {
        let said = refusal(&[&["landmark"], arguments].concat(), &path);
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
    assert!(opened.read_landmarks_by_hand().unwrap().is_empty(), "what is refused changes nothing");
}

#[test]
fn a_document_of_landmarks_that_does_not_hold_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let opened = CaseFolder::open(case(folder.path())).unwrap();
    let mut by_hand = Landmarks::default();
    by_hand.insert(LandmarkName::Saddle, Side::Right, Landmark::by_hand(Point3::new(1.0, 2.0, 3.5)));
    opened.write_landmarks_by_hand(&by_hand).unwrap();
    assert_eq!(opened.read_landmarks_by_hand().unwrap(), by_hand);
    let path = opened.path().join("landmarks-by-hand.ron");
    let text = fs::read_to_string(&path).unwrap();
    for (from, to, words) in [
        ("saddle", "nose", "there is no landmark 'nose'"),
        ("Some(Right)", "None", "'saddle' has no side"),
        ("3.5", "inf", "not finite"),
        ("format_version: 1", "format_version: 9", "newer program"),
    ] {
        assert!(text.contains(from), "{text}");
        fs::write(&path, text.replace(from, to)).unwrap();
        let said = opened.read_landmarks_by_hand().unwrap_err().to_string();
        assert!(said.contains(words) && said.contains("landmarks-by-hand.ron"), "{said}");
    }
}

/// Frames, axes and the socket's measures follow landmarks set by hand, as geometry says.
#[test]
fn frames_and_axes_follow_landmarks_set_by_hand() {
    let meshes = Phantom::draw(
        &ShapeModel::load().unwrap(),
        7,
        &DrawOptions { field_of_view: FieldOfView::WholeFemora, ..DrawOptions::default() },
    )
    .meshes;
    let bones = Bones { meshes, ..Bones::default() };
    let found = examine(&bones, None, &Silent).unwrap();
    let value = |examination: &Examination, key: &str, side: Option<Side>| {
        examination.measurements.iter().find(|m| m.quantity.key == key && m.side == side).unwrap().value
    };
    let moved = |name: LandmarkName, side: Side, by: Vector3<f64>| {
        let mut by_hand = Landmarks::default();
        by_hand.insert(name, side, Landmark::by_hand(found.landmarks.position(name, side).unwrap() + by));
        examine_with(&bones, None, &by_hand, &Silent).unwrap()
    };
    assert_eq!(examine_with(&bones, None, &Landmarks::default(), &Silent).unwrap(), found);

    // Both tubercles as one: one of them 10 mm forwards turns the plane by half of that over its height.
    let (Some(before), side) = (&found.anatomy.pelvis, Side::Left) else { panic!("no pelvis") };
    let after = moved(LandmarkName::PubicTubercle, side, before.app.anterior().into_inner() * 10.0);
    let pelvis = after.anatomy.pelvis.as_ref().unwrap();
    let tubercles = nalgebra::center(&before.tubercle_left.position, &before.tubercle_right.position);
    let turn = (5.0 / before.app.local_point(&tubercles).y.abs()).atan().to_degrees();
    let tilt = angle_between(&pelvis.app.rotation, &before.app.rotation).to_degrees();
    assert!((tilt - turn).abs() < 1e-6, "{tilt}° for {turn}°");
    let anteversion = |e: &Examination| value(e, "acetabular_anteversion_radiographic", Some(side));
    assert!((anteversion(&after) - anteversion(&found)).abs() > 0.5 * turn, "the socket is seen from the new plane");

    // The head centre moved along the shaft: the frame starts there, the neck axis runs to the isthmus, offset and length follow.
    let femur = found.anatomy.hip(side).femur.as_ref().unwrap();
    let after = moved(LandmarkName::FemoralHeadCentre, side, femur.shaft.direction.into_inner() * 6.0);
    let hip = after.anatomy.hip(side);
    let (head, now) = (hip.head.unwrap().centre, hip.femur.as_ref().unwrap());
    assert_eq!(now.frame.origin, head);
    let isthmus = after.landmarks.position(LandmarkName::NeckIsthmus, side).unwrap();
    assert!(now.neck_axis.direction.cross(&(isthmus - head)).norm() < 1e-9);
    assert!((now.femoral_offset_mm - femur.femoral_offset_mm).abs() < 1e-9, "along the shaft the offset stays");
    assert!(now.neck_shaft_angle_deg > femur.neck_shaft_angle_deg + 3.0);
    let length = |e: &Examination| value(e, "femoral_length", Some(side));
    assert!((length(&after) - length(&found) - 6.0).abs() < 0.1);
    assert!((value(&after, "head_socket_distance", Some(side)) - 6.0).abs() < 2.0);

    // A condyle 3 mm further back turns the frame and every version with it.
    let back = -femur.frame.anterior().into_inner() * 3.0;
    let after = moved(LandmarkName::LateralPosteriorCondyle, side, back);
    let now = after.anatomy.hip(side).femur.as_ref().unwrap();
    let change = now.version_murphy_deg.unwrap() - femur.version_murphy_deg.unwrap();
    let table =
        |e: &Examination| value(e, "femoral_version_murphy", Some(side)) - value(&found, "femoral_version_murphy", Some(side));
    assert!((change - table(&after)).abs() < 1e-9 && change.abs() > 2.0, "{change}");
    let other = |e: &Examination| value(e, "femoral_version_murphy", Some(side.opposite()));
    assert_eq!(other(&after), other(&found));
}

/// The plan aims at 40° and 15° in the anterior pelvic plane and at the socket's centre, so that both follow.
#[test]
fn a_case_planned_again_follows_landmarks_and_labels_and_keeps_its_older_plans() {
    let folder = tempfile::tempdir().unwrap();
    let path = case(folder.path());
    let opened = CaseFolder::open(&path).unwrap();
    let (first, found) = (opened.read_plan(1).unwrap(), opened.read_anatomy().unwrap());
    let mut by_hand = Landmarks::default();
    let spine = json(&["measure", "--json"], &path);
    let [x, y, z] = position(&spine, "asis", "left");
    by_hand.insert(LandmarkName::Asis, Some(Side::Left), Landmark::by_hand(Point3::new(x, y, z + 8.0)));
    let centre = found.hip(Side::Left).unwrap().acetabulum.sphere.centre + Vector3::new(-2.0, 1.0, 3.0);
    by_hand.insert(LandmarkName::AcetabularCentre, Some(Side::Left), Landmark::by_hand(centre));
    opened.write_landmarks_by_hand(&by_hand).unwrap();
    let told = opened.stale_finding().unwrap().unwrap().text;
    assert!(told.contains("plans/0001.ron") && told.contains("coxa plan CASE"), "{told}");

    let planned = json(&["plan", "--json"], &path);
    let (second, anatomy) = (opened.read_plan(2).unwrap(), opened.read_anatomy().unwrap());
    assert_eq!(opened.read_plan(1).unwrap(), first, "the older plan is kept");
    assert_eq!((planned["side"].as_str(), second.side), (Some("left"), Side::Left));
    let turned = anatomy.pelvis.app.superior().angle(&found.pelvis.app.superior()).to_degrees();
    assert!((1.0..3.0).contains(&turned), "{turned}°");
    let angles = second.cup.angles(&anatomy.pelvis.app, Side::Left);
    assert!((angles.inclination_deg - 40.0).abs() < 1e-6 && (angles.anteversion_deg - 15.0).abs() < 1e-6, "{angles:?}");
    let shift = (second.cup.centre - first.cup.centre).norm();
    assert!((shift - 14.0_f64.sqrt()).abs() < 0.5, "{shift} mm");
    assert!(anatomy.findings.iter().any(|finding| finding.key == "finding-landmarks-by-hand"));
    assert!(fs::read_to_string(path.join("report.html")).unwrap().contains("asis left"));
    assert!(opened.stale_finding().unwrap().is_none());
    opened.verify_journal().unwrap();

    // Without anything set by hand, and with more of the left trochanter: the bone is made anew, and the plan follows.
    opened.write_landmarks_by_hand(&Landmarks::default()).unwrap();
    assert!(opened.stale_finding().unwrap().is_some(), "the second plan rests on what was taken back");
    json(&["plan", "--json"], &path);
    let third = opened.read_plan(3).unwrap();
    // The surfaces on disk are f32.
    assert!((third.cup.centre - first.cup.centre).norm() < 0.01 && third.cup.cup == first.cup.cup);
    let bone = fs::read(path.join("bones/femur_left.stl")).unwrap();
    let tip = Point3::from(position(&spine, "greater_trochanter", "left"));
    let region = Region::Ball { centre: tip, radius_mm: 4.0 };
    let osteophyte = Edit::Brush { region, over: Some(Label::Background), to: Label::FemurLeft, allow_other_side: false };
    opened.edit_labels().unwrap().apply(&[osteophyte]).unwrap();
    json(&["plan", "--json"], &path);
    assert!(opened.stale_finding().unwrap().is_none() && opened.plan_numbers().unwrap() == [1, 2, 3, 4]);
    assert_ne!(fs::read(path.join("bones/femur_left.stl")).unwrap(), bone);
    opened.verify_journal().unwrap();

    let said = refusal(&["plan", "--side", "right"], &path);
    assert!(said.contains("is a case") && said.contains("--side"), "{said}");
    let said = refusal(&["plan", "--side", "right"], &folder.path().join("ct.nii.gz"));
    assert!(said.contains("--out FOLDER"), "{said}");
}
