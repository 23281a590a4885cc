//! What is tried is written to the case as the same edits that `coxa plans CASE edit` makes, with history and journal; refused it loses nothing.

use crate::{
    case, scene,
    trial::{request, until},
};
use bevy::prelude::*;
use coxa::{
    anatomy::{Axis, CanalSection, CupAngles, Landmark},
    app::{
        self,
        bodies::{Body, BodyKind, Opacity},
        document::OpenDocument,
        joint::HipPosture,
        keeping::{KeepState, edits},
        model::{Command, KeepModel},
        trial::{PlannedHip, RollBack, Spine, Trial, TrialState},
    },
    frames::Side,
    i18n::{Language, Texts},
    implants::Catalogue,
    motion::{NeckInLiner, Posture},
    pipeline::edit_plan,
    plan::{ImplantPart, Plan, PlanSettings, edit::Command as Edit, storage::CaseFolder},
};
use nalgebra::{Point3, Vector3};
use std::{fs, path::Path, sync::Arc};

pub fn made(place: &Path) -> CaseFolder {
    made_of(place, Side::Right)
}

/// The case of boxes with a canal about its stem, so that a stem can be judged in it, and the hip away from the midline, which is x = 0.
pub fn made_of(place: &Path, side: Side) -> CaseFolder {
    let folder = CaseFolder::open(case::write_of(place, side)).unwrap();
    let (mut anatomy, plan) = (folder.read_anatomy().unwrap(), folder.read_plan(1).unwrap());
    anatomy.pelvis.app.origin.x = 0.0;
    let hip = if side == Side::Right { &mut anatomy.right } else { &mut anatomy.left }.as_mut().unwrap();
    let at = Point3::from(plan.stem.as_ref().unwrap().pose.translation.vector);
    let femur = hip.femur.as_mut().unwrap();
    femur.shaft = Axis { point: at, direction: Vector3::z_axis() };
    let trochanter = at + Vector3::new(0.0, 20.0, -45.0);
    femur.lesser_trochanter =
        Some(Landmark { position: trochanter, sd_mm: None, along: None, method: "made up".into(), doubt: None });
    let section = |level: f64| CanalSection {
        distal_of_lesser_trochanter_mm: level,
        centre: Point3::new(at.x, at.y, trochanter.z - level),
        inscribed_radius_mm: 10.5 - 0.04 * (level - 20.0),
        outer_radius_mm: 15.5 - 0.04 * (level - 20.0),
        endosteal_mm: Vec::new(),
        periosteal_mm: Vec::new(),
    };
    femur.canal = (0..=32).map(|step| section(5.0 * f64::from(step))).collect();
    folder.write_anatomy(&anatomy).unwrap();
    folder
}

pub fn opened(folder: &CaseFolder) -> App {
    scene::app(app::read_case(folder.path()).unwrap())
}

pub fn hip(app: &App) -> Arc<PlannedHip> {
    app.world().resource::<OpenDocument>().hip.clone().unwrap()
}

fn model(app: &App) -> KeepModel<'_> {
    app.world().resource::<KeepState>().model().unwrap()
}

pub fn try_out(app: &mut App, trial: &Trial) {
    request(app, Command::Try(trial.clone()));
    // It stands; its limits of motion are not waited for.
    until(app, |world| world.resource::<TrialState>().revision().is_some());
}

pub fn done(app: &mut App, command: Command) {
    request(app, command);
    app.update();
    until(app, |world| !world.resource::<KeepState>().busy());
    // What was read anew stands.
    app.update();
    app.update();
}

pub fn tried(hip: &PlannedHip) -> Trial {
    let catalogue = Catalogue::shipped().unwrap();
    let planned = hip.planned();
    let (_, heads) = hip.parts(&planned).into_iter().find(|(liner, _)| *liner == planned.liner).unwrap();
    let present = catalogue.head(planned.head.as_deref().unwrap()).unwrap();
    let other = heads.into_iter().find(|id| catalogue.head(id).unwrap().offset_mm != present.offset_mm).unwrap();
    let cup = CupAngles { inclination_deg: 44.0, anteversion_deg: 21.0 };
    Trial { cup, head: Some(other), stem_version_deg: 6.0, ..planned }
}

/// The document on disk, byte by byte.
fn bytes(folder: &CaseFolder) -> Vec<u8> {
    fs::read(folder.path().join("plans/0001.ron")).unwrap()
}

#[test]
fn it_writes_what_the_command_line_would_and_what_was_seen() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"));
    let by_hand = made(&root.path().join("by hand"));
    let first = bytes(&folder);
    let mut app = opened(&folder);
    let hip_before = hip(&app);
    let trial = tried(&hip_before);
    let commands = edits(&hip_before, &trial);
    assert!(
        matches!(&commands[..], [Edit::ChooseHead { .. }, Edit::OrientCup { .. }, Edit::TurnStem { deg }] if *deg == 6.0),
        "{commands:?}"
    );
    assert!(edits(&hip_before, &hip_before.planned()).is_empty(), "the plan itself needs no edit");
    // The same through the library, as `coxa plans CASE edit` does it.
    let (catalogue, settings) = (Catalogue::shipped().unwrap(), PlanSettings::shipped().unwrap());
    let (mut editing, judge) = edit_plan(&by_hand, 1, &catalogue, &settings, &commands).unwrap();
    editing.apply(&commands, &judge).unwrap();

    let spine = Spine { roll_back: Some(RollBack::PelvicTilt([10.0, 24.0])), ..Spine::default() };
    try_out(&mut app, &Trial { spine, ..trial.clone() });
    let stands = Posture { flexion_deg: 33.0, ..Posture::NEUTRAL };
    request(&mut app, Command::SetPosture(stands));
    request(&mut app, Command::SetOpacity(BodyKind::Implant(ImplantPart::Cup), 0.4));
    request(&mut app, Command::KeepBy("resident".into()));
    done(&mut app, Command::Keep { revise: false });
    assert_eq!(model(&app).refused, None);
    let written: Plan = folder.read_plan(1).unwrap();
    assert_eq!(written, by_hand.read_plan(1).unwrap());
    // It is what stood on screen: cup, head, and the neck turned about the stem's own axis.
    let seen = hip_before.plan_of(&trial).unwrap();
    let anatomy = folder.read_anatomy().unwrap();
    let angles = written.cup.angles(&anatomy.pelvis.app, written.side);
    assert!((angles.inclination_deg - 44.0).abs() < 1e-9 && (angles.anteversion_deg - 21.0).abs() < 1e-9);
    assert!((written.cup.centre - seen.cup.centre).norm() < 1e-9);
    let neck = |plan: &Plan| NeckInLiner::of_plan(plan, &catalogue, &anatomy).unwrap().unwrap().neck;
    let (as_written, as_seen) = (neck(&written), neck(&seen));
    assert!(
        (as_written.anteversion_deg - as_seen.anteversion_deg).abs() < 1e-9 && as_written.elevation_deg == as_seen.elevation_deg
    );
    // Told line by line, with the numbers.
    let texts = Texts::new(Language::English);
    let told: Vec<&str> = model(&app).told.iter().map(|line| line.get(Language::English)).collect();
    assert_eq!(told[0], texts.with("kept-written", &[("number", "1")]));
    for command in &commands {
        assert!(told.contains(&texts.with("plans-done", &[("what", &texts.say(command))]).as_str()), "{told:?}");
    }
    assert!(told.iter().any(|line| line.contains('→')), "{told:?}");
    // In the journal and the history, by name.
    folder.verify_journal().unwrap();
    let journal = fs::read_to_string(folder.path().join("journal.ron")).unwrap();
    assert!(journal.contains("edit plan 1: choose the head") && journal.contains("resident"), "{journal}");
    assert_eq!(folder.plan_edits(1).unwrap().unwrap().records[0].who.as_deref(), Some("resident"));
    // The plan is now what was tried; what was looked at, and what is known of the patient, stays.
    let state = app.world().resource::<TrialState>();
    assert!(state.as_planned());
    assert_eq!(state.trial().unwrap().1.spine, spine);
    assert_eq!(app.world().resource::<HipPosture>().0, stands);
    let mut bodies = app.world_mut().query::<(&Body, &Opacity)>();
    let cup = bodies.iter(app.world()).find(|(body, _)| body.kind == BodyKind::Implant(ImplantPart::Cup)).unwrap();
    assert_eq!(cup.1.0, 0.4);
    // Taken back edit by edit, to the last byte, and done again.
    assert_eq!(model(&app).undo, Some(&Edit::TurnStem { deg: 6.0 }));
    for _ in 0..3 {
        done(&mut app, Command::UndoPlan);
        assert_eq!(model(&app).refused, None);
    }
    assert!(bytes(&folder) == first && model(&app).undo.is_none());
    for _ in 0..3 {
        done(&mut app, Command::RedoPlan);
    }
    assert_eq!(folder.read_plan(1).unwrap(), written);
    folder.verify_journal().unwrap();
}

#[test]
fn an_approved_plan_stays_and_what_is_tried_goes_into_a_new_one() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"));
    folder.review_plan(1, "resident").unwrap();
    folder.approve_plan(1, "surgeon").unwrap();
    let first = bytes(&folder);
    let mut app = opened(&folder);
    assert!(model(&app).approved);
    let trial = tried(&hip(&app));
    try_out(&mut app, &trial);
    done(&mut app, Command::Keep { revise: false });
    let refused = model(&app).refused.unwrap();
    assert!(refused.approved && refused.why.get(Language::Chinese).contains("已获批准"), "{refused:?}");
    assert!(bytes(&folder) == first && folder.plan_numbers().unwrap() == [1]);
    assert_eq!(app.world().resource::<TrialState>().trial().unwrap().1, &trial, "what is tried is not lost");
    done(&mut app, Command::Keep { revise: true });
    assert_eq!(model(&app).refused, None);
    assert!(bytes(&folder) == first);
    let revision = folder.read_plan(2).unwrap();
    assert_eq!((revision.revision_of, revision.approval.is_none()), (Some(1), true));
    assert_eq!(revision.stem.as_ref().unwrap().head, trial.head.unwrap());
    assert_eq!(app.world().resource::<OpenDocument>().plan.as_ref().unwrap().number, 2);
    folder.verify_journal().unwrap();
}

#[test]
fn what_another_program_does_is_told_and_nothing_is_lost() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"));
    let mut app = opened(&folder);
    let trial = tried(&hip(&app));
    try_out(&mut app, &trial);
    // Another program is writing.
    let held = folder.locked().unwrap();
    let first = bytes(&folder);
    done(&mut app, Command::Keep { revise: false });
    assert!(model(&app).refused.unwrap().why.get(Language::English).contains("another program"), "{:?}", model(&app).refused);
    assert!(bytes(&folder) == first);
    drop(held);
    // It has changed the plan.
    let (catalogue, settings) = (Catalogue::shipped().unwrap(), PlanSettings::shipped().unwrap());
    let commands = [Edit::TurnStem { deg: -2.0 }];
    let (mut editing, judge) = edit_plan(&folder, 1, &catalogue, &settings, &commands).unwrap();
    editing.apply(&commands, &judge).unwrap();
    let changed = bytes(&folder);
    done(&mut app, Command::Keep { revise: false });
    assert!(model(&app).refused.unwrap().why.get(Language::English).contains("changed by another program"));
    assert!(bytes(&folder) == changed);
    assert_eq!(app.world().resource::<TrialState>().trial().unwrap().1, &trial, "what is tried is not lost");
}
