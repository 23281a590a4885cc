//! What is outstanding: what a picture waits for, and why a window is drawn on.

use super::{
    activity::ActivityState,
    beside::BesideState,
    contact::ContactState,
    distance::DistanceState,
    examination::{ExaminationState, Layers},
    film::FilmState,
    loading::Loading,
    model::{Layer, Step},
    physics::PhysicsContact,
    raycast::SolidState,
    reach::ReachState,
    rehearsal::RehearsalState,
    repair::RepairState,
    risks::RisksState,
    slices::SlicesState,
    steps::AtStep,
    trial::TrialState,
    zone::ZoneState,
};
use bevy::{
    ecs::system::SystemParam,
    prelude::*,
    window::RequestRedraw,
    winit::{UpdateMode, WinitSettings},
};
use std::time::Duration;

/// All that is asked of the solvers.
#[derive(SystemParam)]
pub(super) struct Answers<'w> {
    contact: Res<'w, ContactState>,
    physics: Option<Res<'w, PhysicsContact>>,
    examination: Res<'w, ExaminationState>,
    activity: Res<'w, ActivityState>,
    zone: Res<'w, ZoneState>,
    distance: Res<'w, DistanceState>,
    reach: Res<'w, ReachState>,
    risks: Res<'w, RisksState>,
    rehearsal: Res<'w, RehearsalState>,
    trial: Res<'w, TrialState>,
    beside: Res<'w, BesideState>,
    film: Res<'w, FilmState>,
    layers: Res<'w, Layers>,
    at: Res<'w, AtStep>,
    slices: Res<'w, SlicesState>,
    repair: Res<'w, RepairState>,
    solid: Res<'w, SolidState>,
}

impl Answers<'_> {
    /// True when everything that is on screen is as it will stay. An examination of which nothing is to be seen is not waited for.
    pub fn complete(&self) -> bool {
        let sensed = self.physics.as_ref().is_none_or(|physics| physics.touching.is_some() || !physics.expected);
        // A zone that could not be made is not waited for, nor one without a hip to make it of.
        let shows = |layer: Layer| self.layers.0.contains(&layer);
        let zone = !self.at.0.shows_zone() || self.trial.trial().is_none() || self.zone.settled();
        let distance = !shows(Layer::Distance) || self.distance.current();
        let reach = !shows(Layer::Reach) || self.trial.trial().is_none() || self.reach.settled();
        let risks = !self.at.0.shows_risks() || self.trial.trial().is_none() || self.risks.settled();
        let moving = self.slices.settled()
            && self.solid.settled(&self.slices)
            && zone
            && distance
            && reach
            && risks
            && (self.trial.trial().is_none() || self.beside.settled())
            && self.film.settled(&self.slices)
            && !self.activity.waited_for()
            && !self.trial.busy()
            && !self.repair.awaited();
        sensed
            && moving
            && self.contact.settled()
            && (self.layers.0.is_empty() && self.at.0 != Step::Diagnosis || !self.examination.busy())
    }
    /// True while something moves by itself, or is about to.
    fn playing(&self) -> bool {
        self.activity.playing() || self.rehearsal.playing() || self.rehearsal.busy()
    }
}

/// Draws a window only as often as something in it changes: without a graphics card each picture takes both cores for a moment.
pub struct PacePlugin;

/// A pointer or key, or an answer, brings the next picture at once; without any the window is drawn so seldom, to be sure.
const IDLE: Duration = Duration::from_millis(500);

impl Plugin for PacePlugin {
    fn build(&self, app: &mut App) {
        app.insert_resource(WinitSettings {
            focused_mode: UpdateMode::reactive(IDLE),
            unfocused_mode: UpdateMode::reactive(IDLE),
        })
        .add_systems(Last, go_on);
    }
}

/// Asks for the next picture at once while something is awaited, moves, or has just come to rest.
fn go_on(answers: Answers, loading: Res<Loading>, mut rest: Local<u32>, mut redraw: MessageWriter<RequestRedraw>) {
    let at_rest = !loading.busy() && answers.complete() && !answers.playing();
    *rest = if at_rest { (*rest + 1).min(SETTLES) } else { 0 };
    if *rest < SETTLES {
        redraw.write(RequestRedraw);
    }
}

/// What has arrived is drawn, shaded and seen within so many frames.
const SETTLES: u32 = 5;
