//! Trial components: what is tried stands on screen and in the solver, the plan does not change, and parts that do not fit are refused.

use crate::{keeping::made, scene};
use bevy::prelude::*;
use coxa::{
    anatomy::CupAngles,
    app::{
        self,
        bodies::{Body, BodyKind},
        contact::ContactState,
        document::OpenDocument,
        model::Command,
        requests::Requests,
        trial::{PlannedHip, Trial, TrialState},
    },
    motion::{FemurChange, Motion, Posture},
    plan::ImplantPart,
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// The case of boxes that the pipeline would leave, opened in the window.
pub fn opened() -> (tempfile::TempDir, App) {
    let folder = tempfile::tempdir().unwrap();
    let document = app::read_case(made(&folder.path().join("case")).path()).unwrap();
    let app = scene::app(document);
    (folder, app)
}

pub fn hip(app: &App) -> Arc<PlannedHip> {
    app.world().resource::<OpenDocument>().hip.clone().unwrap()
}

pub fn request(app: &mut App, command: Command) {
    app.world_mut().resource_mut::<Requests>().0.push(command);
    app.update();
}

pub fn until(app: &mut App, done: impl Fn(&World) -> bool) {
    let begin = Instant::now();
    while !done(app.world()) {
        assert!(begin.elapsed() < Duration::from_secs(600), "never done");
        app.update();
    }
}

fn stands(app: &mut App, trial: &Trial) {
    request(app, Command::Try(trial.clone()));
    until(app, |world| !world.resource::<TrialState>().busy() && world.resource::<TrialState>().revision().is_some());
}

fn mesh(app: &mut App, part: ImplantPart) -> Handle<Mesh> {
    let mut query = app.world_mut().query::<(&Body, &Mesh3d)>();
    query.iter(app.world()).find(|(body, _)| body.kind == BodyKind::Implant(part)).unwrap().1.0.clone()
}

#[test]
fn a_cup_that_is_turned_stands_turned_everywhere_but_in_the_case() {
    let (folder, mut app) = opened();
    let planned = hip(&app).planned();
    let drawn = mesh(&mut app, ImplantPart::Cup);
    until(&mut app, |world| world.resource::<ContactState>().settled());
    let margin = |app: &App| app.world().resource::<ContactState>().answer.clone().unwrap().1.neck_margin_deg.unwrap();
    let before = margin(&app);
    let trial = Trial { cup: CupAngles { inclination_deg: 55.0, anteversion_deg: 4.0 }, ..planned.clone() };
    stands(&mut app, &trial);
    until(&mut app, |world| world.resource::<ContactState>().settled() && world.resource::<ContactState>().answer.is_some());
    assert_ne!(mesh(&mut app, ImplantPart::Cup), drawn);
    let document = app.world().resource::<OpenDocument>();
    let numbers = document.plan.clone().unwrap();
    assert!((numbers.cup_angles.inclination_deg - 55.0).abs() < 1e-9 && (numbers.cup_angles.anteversion_deg - 4.0).abs() < 1e-9);
    // The solver's margin is that of the closed form for the cup that is tried.
    let hip = hip(&app);
    let joint = hip.joint(&trial).unwrap();
    assert!((margin(&app) - joint.margin_deg(&Posture::NEUTRAL)).abs() < 1e-6 && (margin(&app) - before).abs() > 1.0);
    // And the limits of motion.
    let limits = document.rom.clone().unwrap();
    let flexion = joint.case().limits()[0].degrees().unwrap();
    assert_eq!(limits.rows[0].motion, Motion::Flexion);
    assert!((limits.rows[0].implant_deg.unwrap() - flexion).abs() < 0.3, "{:?} {flexion}", limits.rows[0].implant_deg);
    // The case on disk has the plan that it had.
    let again = app::read_case(&folder.path().join("case")).unwrap();
    assert_eq!(again.hip.unwrap().planned(), planned);
    // Back to the plan, and all is as it was.
    request(&mut app, Command::BackToPlan);
    until(&mut app, |world| world.resource::<TrialState>().as_planned() && !world.resource::<TrialState>().busy());
    until(&mut app, |world| world.resource::<ContactState>().settled() && world.resource::<ContactState>().answer.is_some());
    assert!((margin(&app) - before).abs() < 1e-9);
}

#[test]
fn more_version_of_the_stem_is_as_much_anteversion_of_the_neck() {
    let (_folder, app) = opened();
    let hip = hip(&app);
    let planned = hip.planned();
    let neck = |trial: &Trial| hip.scene(&hip.plan_of(trial).unwrap()).unwrap().case().unwrap().neck;
    let (before, after) = (neck(&planned), neck(&Trial { stem_version_deg: 12.0, ..planned.clone() }));
    assert!((after.anteversion_deg - before.anteversion_deg - 12.0).abs() < 1e-6, "{before:?} {after:?}");
    assert!((after.elevation_deg - before.elevation_deg).abs() < 1e-6);
    // And what zone and activities are asked with is the neck that stands there.
    let tried = Trial { stem_version_deg: 12.0, ..planned.clone() };
    let asked = hip.joint(&tried).unwrap().neck;
    assert!(
        (asked.anteversion_deg - after.anteversion_deg).abs() < 1e-9 && (asked.elevation_deg - after.elevation_deg).abs() < 1e-9
    );
    // Bones on their own account, as `coxa zone --stem-version` has them, agree with the plan whose stem is turned.
    let trial = Trial { stem_version_deg: 12.0, ..planned };
    assert_eq!(hip.femur_change(&trial), FemurChange { stem_version_deg: 12.0, ..FemurChange::default() });
}

#[test]
fn a_part_that_does_not_fit_is_refused_and_what_stood_stays() {
    let (_folder, mut app) = opened();
    let planned = hip(&app).planned();
    request(&mut app, Command::Try(Trial { liner: Some("none-such".into()), ..planned.clone() }));
    until(&mut app, |world| world.resource::<TrialState>().failure.is_some());
    let state = app.world().resource::<TrialState>();
    assert!(state.as_planned() && state.failure.clone().unwrap().get(coxa::i18n::Language::English).contains("none-such"));
    assert_eq!(state.trial().unwrap().1, &planned);
}
