//! What the hip can reach in the window: worked out in the background for what is tried, drawn as planes on the page of motion and as a cone
//! about the joint.

mod cone;
mod draw;
mod set;

pub use cone::{ConePiece, LENGTH_MM, cone, thigh};
pub use draw::ReachCone;
pub use set::{Reach, STEPS_DEG, reach};

use super::{
    document::OpenDocument,
    examination::Layers,
    joint::HipPosture,
    latest::Latest,
    model::{Layer, ReachModel},
    schedule::AppSet,
    trial::{PlannedHip, Trial, TrialState},
};
use crate::{
    i18n::Sentence,
    motion::{Posture, PostureBox},
    report::SurfacePlane,
};
use bevy::prelude::*;
use std::sync::Arc;

/// The set on screen.
#[derive(Resource, Debug, Default)]
pub struct ReachState {
    worker: Option<Latest<Trial, Reach>>,
    asked: Option<Trial>,
    found: Option<Reach>,
    /// The fixed angle of each plane, degrees; `None`: where the hip stands.
    fixed_deg: [Option<f64>; 3],
    /// Planes through what was found, as [`SurfacePlane::ALL`] has them.
    planes: Vec<SurfacePlane>,
    /// A person has stopped it.
    stopped: bool,
    /// Why there is none; shown until dismissed.
    pub failure: Option<Sentence>,
}

impl ReachState {
    /// What was found for what was asked last.
    #[must_use]
    pub fn current(&self) -> Option<&Reach> {
        self.found.as_ref().filter(|found| self.asked.as_ref().is_some_and(|asked| asked.same_parts(&found.trial)))
    }

    /// Planes through what was found last.
    #[must_use]
    pub fn planes(&self) -> &[SurfacePlane] {
        &self.planes
    }

    /// True while it, or its fine form, is outstanding.
    #[must_use]
    pub fn busy(&self) -> bool {
        self.worker.as_ref().is_some_and(Latest::busy)
    }

    /// True when the fine form is there, or there will be none.
    #[must_use]
    pub fn settled(&self) -> bool {
        self.failure.is_some() || self.stopped || !self.busy() && self.current().is_some_and(|found| found.fine)
    }

    /// Nobody waits for it any more; what was found so far stays.
    pub fn stop(&mut self) {
        if let Some(worker) = self.worker.as_mut().filter(|worker| worker.busy()) {
            worker.stop();
            self.stopped = true;
        }
    }

    /// Goes on after a stop.
    pub fn ask_again(&mut self) {
        (self.asked, self.stopped) = (None, false);
    }

    /// Fixes the third angle of a plane, or lets it follow the hip.
    pub fn fix(&mut self, plane: usize, angle_deg: Option<f64>) {
        if let Some(fixed) = self.fixed_deg.get_mut(plane) {
            *fixed = angle_deg;
        }
    }

    /// For the panels.
    #[must_use]
    pub fn model(&self) -> ReachModel<'_> {
        ReachModel {
            found: self.found.as_ref(),
            current: self.current().is_some(),
            done: self.worker.as_ref().filter(|worker| worker.busy()).map(Latest::done),
            stopped: self.stopped,
            planes: &self.planes,
            fixed_deg: self.fixed_deg,
        }
    }

    fn ask(&mut self, hip: &Arc<PlannedHip>, trial: &Trial) {
        if self.asked.as_ref().is_some_and(|asked| asked.same_parts(trial)) {
            return;
        }
        let hip = Arc::clone(hip);
        let start = || Latest::start(move |trial: &Trial, progress, tell| reach(&hip, trial, &STEPS_DEG, progress, tell));
        self.worker.get_or_insert_with(start).ask(trial.clone());
        (self.asked, self.stopped, self.failure) = (Some(trial.clone()), false, None);
    }

    /// Cuts what was found where the hip stands, or where a person wants it.
    fn cut(&mut self, posture: &Posture) {
        let Some(found) = &self.found else {
            self.planes.clear();
            return;
        };
        let postures = PostureBox::default();
        let spans = [postures.flexion_deg, postures.adduction_deg, postures.internal_rotation_deg];
        let stands = [posture.flexion_deg, posture.adduction_deg, posture.internal_rotation_deg];
        let plane = |(angles, fixed_deg): ([usize; 3], Option<f64>)| {
            let [from, to] = spans[angles[2]];
            let fixed_deg = fixed_deg.unwrap_or(stands[angles[2]]).clamp(from, to);
            SurfacePlane::of(&found.surface, &postures, angles, fixed_deg, 1.0)
        };
        self.planes = SurfacePlane::ALL.into_iter().zip(self.fixed_deg).map(plane).collect();
    }
}

/// Works out what can be reached, and draws it.
pub struct ReachPlugin;

impl Plugin for ReachPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<ReachState>()
            .add_systems(Update, hear.in_set(AppSet::Tasks))
            .add_systems(Update, open.in_set(AppSet::Document))
            .add_systems(Update, ask.in_set(AppSet::Input))
            .add_systems(Update, (cut, draw::draw).chain().in_set(AppSet::Show));
    }
}

fn open(document: Option<Res<OpenDocument>>, mut state: ResMut<ReachState>) {
    if document.is_some_and(|document| document.is_changed()) {
        *state = ReachState { fixed_deg: state.fixed_deg, ..default() };
    }
}

fn ask(trial: Res<TrialState>, layers: Res<Layers>, mut state: ResMut<ReachState>) {
    // Nobody works out what nobody sees.
    if !layers.0.contains(&Layer::Reach) {
        if state.busy() {
            state.stop();
            state.ask_again();
        }
        return;
    }
    if let Some((hip, trial)) = trial.trial() {
        state.bypass_change_detection().ask(hip, trial);
    }
}

fn hear(mut state: ResMut<ReachState>) {
    let told = state.bypass_change_detection().worker.as_mut().map(Latest::hear).unwrap_or_default();
    for answer in told {
        match answer {
            Ok(found) => state.found = Some(found),
            Err(why) => (state.found, state.failure) = (None, Some(why)),
        }
    }
}

fn cut(layers: Res<Layers>, posture: Res<HipPosture>, mut state: ResMut<ReachState>) {
    let changed = state.is_changed() || posture.is_changed() || layers.is_changed();
    if changed && layers.0.contains(&Layer::Reach) {
        // What is drawn of it changes with it.
        state.cut(&posture.0);
    }
}
