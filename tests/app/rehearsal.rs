//! The rehearsal in the window: worked out in the background, played with the hip, and left when somebody takes the sliders.

use crate::scene;
use bevy::prelude::*;
use coxa::{
    app::{
        bodies::FollowsFemur,
        joint::{HeadOut, HipPosture},
        model::Command,
        rehearsal::{RehearsalSource, RehearsalState},
        requests::Requests,
        space::MM_TO_VIEW,
    },
    motion::Posture,
    risk::dislocation::{HeadState, Rehearsal, Step},
};
use std::time::{Duration, Instant};

fn step(index: usize) -> Step {
    let out = index as f64;
    Step {
        part: None,
        posture: Posture { flexion_deg: 90.0, adduction_deg: 0.0, internal_rotation_deg: out },
        turned_deg: out,
        head_mm: [0.0, -out, 0.0],
        state: if index < 3 { HeadState::LeverOut } else { HeadState::Dislocated },
        neck_contact_mm: None,
        neck_force_n: 0.0,
        below_rim_deg: 0.0,
        edge_loading: true,
        resisting_nm: out,
        tensions_n: Vec::new(),
        stored_nmm: 0.0,
        work_nmm: 0.0,
    }
}

fn request(app: &mut App, command: Command) {
    app.world_mut().resource_mut::<Requests>().0.push(command);
    app.update();
}

#[test]
fn it_is_worked_out_played_scrubbed_and_left() {
    let mut document = scene::document();
    document.rehearsal = Some(RehearsalSource::new(|| {
        Ok(Rehearsal { steps: (0..4).map(step).collect(), first_contact: Some(1), subluxation: Some(3), dislocation: Some(3) })
    }));
    let mut app = scene::app(document);
    let place = |app: &mut App| {
        let mut query = app.world_mut().query_filtered::<&Transform, With<FollowsFemur>>();
        query.iter(app.world()).next().unwrap().translation
    };
    request(&mut app, Command::SetPosture(Posture { flexion_deg: 90.0, ..Posture::NEUTRAL }));
    let seated = place(&mut app);
    request(&mut app, Command::Rehearse);
    let begin = Instant::now();
    while app.world().resource::<RehearsalState>().busy() {
        assert!(begin.elapsed() < Duration::from_secs(20), "never worked out");
        app.update();
    }
    // It plays by itself to its end.
    for _ in 0..8 {
        app.update();
    }
    assert_eq!(app.world().resource::<HipPosture>().0.internal_rotation_deg, 3.0);
    assert_eq!(app.world().resource::<HeadOut>().0.y, -3.0);
    request(&mut app, Command::ShowRehearsal(0));
    app.update();
    assert!((place(&mut app) - seated).length() < 1e-6, "the first step has the head in its seat");
    // Scrubbed to a step whose posture hardly differs: the head's way is what is left.
    request(&mut app, Command::ShowRehearsal(2));
    app.update();
    assert_eq!(app.world().resource::<HeadOut>().0.y, -2.0);
    assert!((place(&mut app) - seated).length() > 1.9 * MM_TO_VIEW as f32);
    // Sliders end it, and the head is back.
    request(&mut app, Command::SetPosture(Posture::NEUTRAL));
    app.update();
    assert_eq!(app.world().resource::<HeadOut>().0.norm(), 0.0);
    assert_eq!(app.world().resource::<HipPosture>().0, Posture::NEUTRAL);
}
