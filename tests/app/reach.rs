//! What can be reached in the window is what the library says, asked only where it is seen, stopped, cut where the hip stands, and drawn.

use crate::trial::{hip, opened, request, until};
use bevy::prelude::*;
use coxa::{
    anatomy::CupAngles,
    app::{
        examination::Layers,
        model::{Command, Layer},
        reach::{ReachCone, ReachState, STEPS_DEG, reach},
        trial::Trial,
    },
    motion::{FemurChange, FreeHip, Posture, PostureBox, RomSurface},
    progress::{Progress, Silent},
};
use std::sync::atomic::{AtomicUsize, Ordering};

fn show(app: &mut App) {
    app.world_mut().resource_mut::<Layers>().0.insert(Layer::Reach);
    app.update();
}

#[test]
fn it_is_what_the_library_says_of_what_is_tried() {
    let (_folder, app) = opened();
    let hip = hip(&app);
    let trial = Trial { cup: CupAngles { inclination_deg: 46.0, anteversion_deg: 9.0 }, ..hip.planned() };
    let mut told = Vec::new();
    // Coarser than the window's, which takes a while.
    let steps = [20.0, 15.0];
    reach(&hip, &trial, &steps, &Silent, &mut |found| told.push(found)).unwrap();
    assert_eq!(told.iter().map(|found| found.fine).collect::<Vec<_>>(), [false, true], "coarse first");
    let room = hip.room(&trial).unwrap();
    let (joint, bones) = (hip.joint(&trial).unwrap(), room.bones.as_ref().unwrap());
    let moving = bones.moving(&FemurChange::default());
    let free = FreeHip { joint: &joint, bones: Some((bones, &moving, &room.reach)) };
    for (found, step_deg) in told.iter().zip(steps) {
        assert!(found.bones && found.trial == trial);
        assert_eq!(*found.surface, RomSurface::of(&free, &PostureBox::default(), step_deg).unwrap());
    }
    let (margin, couple) = told[1].at(&Posture::NEUTRAL).unwrap();
    assert!((margin - free.margin_deg(&Posture::NEUTRAL, told[1].surface.enough_deg()).0).abs() < 7.5, "{margin} {couple:?}");
}

/// Gives up after so many questions.
struct Impatient(AtomicUsize);

impl Progress for Impatient {
    fn report(&self, _stage: &str, _fraction: f64) {}

    fn cancelled(&self) -> bool {
        self.0.fetch_add(1, Ordering::Relaxed) > 500
    }
}

#[test]
fn what_nobody_waits_for_ends_without_a_word() {
    let (_folder, app) = opened();
    let hip = hip(&app);
    let impatient = Impatient(AtomicUsize::new(0));
    reach(&hip, &hip.planned(), &STEPS_DEG, &impatient, &mut |_| panic!("told though nobody waits")).unwrap();
    assert!(impatient.0.load(Ordering::Relaxed) < 5000);
}

#[test]
fn it_is_asked_where_it_is_seen_and_follows_what_is_tried_and_where_the_hip_stands() {
    let (_folder, mut app) = opened();
    for _ in 0..3 {
        app.update();
    }
    assert!(!app.world().resource::<ReachState>().busy(), "nobody looks at it");
    show(&mut app);
    assert!(app.world().resource::<ReachState>().busy());
    until(&mut app, |world| world.resource::<ReachState>().current().is_some());
    app.update();
    let stands = Posture { flexion_deg: 40.0, adduction_deg: -5.0, internal_rotation_deg: 12.0 };
    request(&mut app, Command::SetPosture(stands));
    let state = app.world().resource::<ReachState>();
    assert_eq!(state.planes().iter().map(|plane| plane.fixed_deg).collect::<Vec<_>>(), [-5.0, 12.0, 40.0]);
    assert!(state.planes()[1].limit.iter().all(|(couple, _)| couple.is_some()));
    // Drawn where a limit runs through the plane, and no body: bones behind it can be pointed at.
    let limit = usize::from(!state.planes()[1].limit.is_empty());
    let mut cones = app.world_mut().query_filtered::<&Mesh3d, With<ReachCone>>();
    assert_eq!(cones.iter(app.world()).count(), limit);
    request(&mut app, Command::FixReach(1, Some(-20.0)));
    assert_eq!(app.world().resource::<ReachState>().planes()[1].fixed_deg, -20.0);
    // Something else is tried: what was found is no longer drawn over it, and it is asked again.
    let trial = Trial { cup: CupAngles { inclination_deg: 30.0, anteversion_deg: 5.0 }, ..hip(&app).planned() };
    request(&mut app, Command::Try(trial.clone()));
    app.update();
    assert!(app.world().resource::<ReachState>().current().is_none_or(|found| found.trial == trial));
    // Stopped, it stays as it is; asked again, it goes on; not seen, it is not worked on.
    request(&mut app, Command::StopReach);
    app.update();
    assert!(!app.world().resource::<ReachState>().busy() && app.world().resource::<ReachState>().settled());
    request(&mut app, Command::AskReach);
    app.update();
    until(&mut app, |world| world.resource::<ReachState>().current().is_some_and(|found| found.trial == trial));
    app.world_mut().resource_mut::<Layers>().0.remove(&Layer::Reach);
    app.update();
    app.update();
    assert!(!app.world().resource::<ReachState>().busy());
    assert_eq!(cones.iter(app.world()).count(), 0);
}
