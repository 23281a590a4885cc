//! Activities in the window: followed in the background as the library follows them, played, scrubbed, left, and never shown for another hip
//! than the one that stands there.

use crate::trial::{hip, opened, request, until};
use bevy::prelude::*;
use coxa::{
    anatomy::CupAngles,
    app::{
        activity::{ActivityState, PelvisView, Standing, follow},
        joint::HipPosture,
        model::Command,
        trial::{Spine, Trial, TrialState},
    },
    motion::{Couple, Posture, activity::margins},
    progress::Silent,
};

const LOW: &str = "rise-low-seat";

fn followed(app: &mut App, id: &str) {
    request(app, Command::ChooseActivity(Some(id.into())));
    app.update();
    until(app, |world| !world.resource::<ActivityState>().busy());
}

#[test]
fn it_is_what_the_library_says_pose_by_pose() {
    let (_folder, app) = opened();
    let hip = hip(&app);
    // A cup that is turned backwards, so that the neck meets it in front.
    let trial = Trial { cup: CupAngles { inclination_deg: 40.0, anteversion_deg: -20.0 }, ..hip.planned() };
    let found = follow(&hip, &trial, LOW, &Silent).unwrap().unwrap();
    let joint = hip.joint(&trial).unwrap();
    let expected = margins(std::slice::from_ref(&found.activity), &joint, None).unwrap().remove(0);
    assert!((found.margin.margin_deg - expected.margin_deg).abs() < 1e-9);
    for pose in &found.poses {
        assert!(pose.margin_deg <= joint.margin_deg(&pose.posture) + 1e-9, "no pose has more room than its neck");
        if pose.couple == Couple::ImplantImplant {
            assert!((pose.margin_deg - joint.margin_deg(&pose.posture)).abs() < 1e-9);
        }
    }
    // The poses begin and end as the path does, and their least is the path's to what lies between two of them.
    let keyframes = found.activity.demand.keyframes();
    let ends = [found.poses[0], found.poses[found.poses.len() - 1]].map(|pose| pose.posture);
    assert_eq!(ends, [keyframes[0].posture(), keyframes[keyframes.len() - 1].posture()]);
    let neck = found.poses.iter().map(|pose| joint.margin_deg(&pose.posture)).fold(f64::INFINITY, f64::min);
    assert!((neck - expected.margin_deg).abs() < 1.5, "{neck} {}", expected.margin_deg);
    // It touches, and where it first does both marks are in one place.
    assert!(found.poses.iter().any(|pose| pose.standing() == Standing::Touches));
    let first = found.meeting.unwrap();
    assert!(first.touches);
    let pose = app.world().resource::<coxa::app::document::OpenDocument>().joint.unwrap().motion(&first.posture);
    let apart = (pose * first.on_femur - first.on_pelvis).norm();
    assert!(apart < 1.0, "the marks are {apart} mm apart where they first touch");
    let before = found.poses.iter().take_while(|pose| pose.standing() != Standing::Touches).count();
    let at = first.part * (found.poses.len() - 1) as f64;
    assert!((at - before as f64).abs() <= 1.0, "first contact at pose {at}, first touching pose {before}");
}

#[test]
fn it_is_played_scrubbed_and_left() {
    let (_folder, mut app) = opened();
    followed(&mut app, LOW);
    let poses = app.world().resource::<ActivityState>().found().unwrap().poses.clone();
    assert_eq!(app.world().resource::<HipPosture>().0, Posture::NEUTRAL, "nothing moves before it is asked to");
    let middle = poses.len() / 2;
    request(&mut app, Command::ShowActivity(middle));
    assert_eq!(app.world().resource::<HipPosture>().0, poses[middle].posture);
    app.update();
    assert_eq!(app.world().resource::<PelvisView>().tilt_deg, poses[middle].tilt_deg, "the pelvis goes along");
    request(&mut app, Command::PlayActivity(true));
    until(&mut app, |world| world.resource::<HipPosture>().0 != poses[middle].posture);
    let at = app.world().resource::<HipPosture>().0;
    assert!(poses[middle..].iter().any(|pose| pose.posture == at), "it plays on along the path");
    until(&mut app, |world| !world.resource::<ActivityState>().model().unwrap().playing);
    app.update();
    assert_eq!(app.world().resource::<HipPosture>().0, poses[poses.len() - 1].posture, "to its end");
    let own = Posture { flexion_deg: 12.0, ..Posture::NEUTRAL };
    request(&mut app, Command::SetPosture(own));
    app.update();
    assert!(app.world().resource::<ActivityState>().pose().is_none() && app.world().resource::<HipPosture>().0 == own);
    app.update();
    assert_eq!(app.world().resource::<PelvisView>().tilt_deg, 0.0);
}

#[test]
fn what_was_found_for_another_cup_is_never_shown() {
    let (_folder, mut app) = opened();
    followed(&mut app, LOW);
    let planned = app.world().resource::<ActivityState>().found().unwrap().margin.margin_deg;
    let hip = hip(&app);
    let trial = Trial { cup: CupAngles { inclination_deg: 40.0, anteversion_deg: -20.0 }, ..hip.planned() };
    request(&mut app, Command::Try(trial.clone()));
    // From the moment on in which something else is tried, there is only an answer that belongs to it.
    let expected = follow(&hip, &trial, LOW, &Silent).unwrap().unwrap().margin.margin_deg;
    assert!((expected - planned).abs() > 1.0);
    let mut answered = false;
    while !answered {
        let state = app.world().resource::<ActivityState>();
        if let Some(found) = state.found() {
            assert_eq!(found.margin.margin_deg, expected);
            answered = true;
        }
        assert!(answered || state.busy());
        app.update();
    }
    assert_eq!(app.world().resource::<TrialState>().trial().unwrap().1, &trial);
}

#[test]
fn a_stiff_spine_makes_the_hip_flex_more() {
    let (_folder, app) = opened();
    let hip = hip(&app);
    let spine = Spine { standing_tilt_deg: Some(0.0), sitting_tilt_deg: Some(0.0), ..Spine::default() };
    let stiff = Trial { spine, ..hip.planned() };
    let most = |trial: &Trial| {
        let found = follow(&hip, trial, LOW, &Silent).unwrap().unwrap();
        found.poses.iter().map(|pose| pose.posture.flexion_deg).fold(0.0, f64::max)
    };
    assert!(most(&stiff) > most(&hip.planned()) + 10.0);
    assert!(follow(&hip, &stiff, "none-such", &Silent).is_err());
}
