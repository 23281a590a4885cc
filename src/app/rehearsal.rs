//! The rehearsal of a dislocation: worked out in the background, then played with the hip on screen.

use super::{
    document::OpenDocument,
    joint::{HeadOut, HipPosture},
    model::RehearsalModel,
    schedule::AppSet,
    tasks::{Task, TaskError},
};
use crate::{i18n::Sentence, risk::dislocation::Rehearsal};
use bevy::{ecs::system::SystemParam, prelude::*};
use nalgebra::Vector3;
use std::{fmt, sync::Arc};

/// Works out the rehearsal of a document.
#[derive(Clone)]
pub struct RehearsalSource(Arc<dyn Fn() -> Result<Rehearsal, Sentence> + Send + Sync>);

impl RehearsalSource {
    /// From a function that works it out.
    #[must_use]
    pub fn new(work: impl Fn() -> Result<Rehearsal, Sentence> + Send + Sync + 'static) -> Self {
        Self(Arc::new(work))
    }
}

impl fmt::Debug for RehearsalSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RehearsalSource")
    }
}

/// The rehearsal on screen.
#[derive(Resource, Debug, Default)]
pub struct RehearsalState {
    task: Option<Task<Rehearsal>>,
    found: Option<Rehearsal>,
    /// Step at which the hip stands; `None` while it is moved otherwise.
    at: Option<usize>,
    playing: bool,
    /// Why there is none.
    pub failure: Option<Sentence>,
}

impl RehearsalState {
    /// Starts to work it out.
    pub fn begin(&mut self, source: &RehearsalSource) {
        let work = source.0.clone();
        *self = Self { task: Some(Task::start(move |_| work())), ..Self::default() };
    }

    /// Shows a step.
    pub fn show(&mut self, step: usize) {
        let last = self.found.as_ref().map_or(0, |found| found.steps.len().saturating_sub(1));
        (self.at, self.playing) = (self.found.as_ref().map(|_| step.min(last)), false);
    }

    /// True while it is played.
    #[must_use]
    pub const fn playing(&self) -> bool {
        self.playing
    }

    /// Plays it from where it stands, or from the beginning; or stops.
    pub fn play(&mut self, playing: bool) {
        let ended = self.found.as_ref().is_some_and(|found| self.at.is_some_and(|at| at + 1 >= found.steps.len()));
        if playing && (self.at.is_none() || ended) {
            self.show(0);
        }
        self.playing = playing && self.found.is_some();
    }

    /// Lets somebody else move the hip.
    pub fn leave(&mut self) {
        (self.at, self.playing) = (None, false);
    }

    /// True while it is being worked out.
    #[must_use]
    pub const fn busy(&self) -> bool {
        self.task.is_some()
    }

    /// For the panels.
    #[must_use]
    pub fn model(&self) -> RehearsalModel<'_> {
        RehearsalModel { busy: self.busy(), found: self.found.as_ref(), at: self.at, playing: self.playing }
    }
}

/// The hip and its rehearsal, for who moves either.
#[derive(SystemParam)]
pub struct Rehearsing<'w> {
    document: Option<Res<'w, OpenDocument>>,
    /// Where the hip stands.
    pub posture: ResMut<'w, HipPosture>,
    /// The rehearsal.
    pub rehearsal: ResMut<'w, RehearsalState>,
}

impl Rehearsing<'_> {
    /// Starts to work out the open document's, if it has one.
    pub fn begin(&mut self) {
        if let Some(source) = self.document.as_ref().and_then(|document| document.rehearsal.as_ref()) {
            self.rehearsal.begin(source);
        }
    }
}

/// Works out and plays the rehearsal.
pub struct RehearsalPlugin;

impl Plugin for RehearsalPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<RehearsalState>()
            .add_systems(Update, hear.in_set(AppSet::Tasks))
            .add_systems(Update, forget.in_set(AppSet::Document))
            .add_systems(Update, play.in_set(AppSet::Input));
    }
}

fn hear(mut state: ResMut<RehearsalState>) {
    let Some(outcome) = state.task.as_ref().and_then(Task::poll) else { return };
    *state = match outcome {
        Ok(found) => RehearsalState { found: Some(found), at: Some(0), playing: true, ..default() },
        Err(TaskError::Cancelled) => default(),
        Err(TaskError::Failed(why)) => RehearsalState { failure: Some(why), ..default() },
        Err(defect) => RehearsalState { failure: Some(Sentence::new(|_| defect.to_string())), ..default() },
    };
}

fn forget(document: Option<Res<OpenDocument>>, mut state: ResMut<RehearsalState>, mut out: ResMut<HeadOut>) {
    if document.is_some_and(|document| document.is_changed()) {
        *state = default();
        out.set_if_neq(HeadOut::default());
    }
}

/// The hip follows the rehearsal, until it is moved otherwise.
fn play(
    mut state: ResMut<RehearsalState>,
    mut posture: ResMut<HipPosture>,
    mut out: ResMut<HeadOut>,
    mut shown: Local<Option<usize>>,
) {
    let wanted = state.found.as_ref().zip(state.at).map(|(found, at)| (at, found.steps[at].posture, found.steps[at].head_mm));
    match wanted {
        Some((at, ..)) if *shown == Some(at) && wanted.is_some_and(|(_, shown, _)| shown != posture.0) => {
            // Somebody has taken the sliders: the head goes back into its seat.
            (state.at, state.playing) = (None, false);
            *shown = None;
            out.set_if_neq(HeadOut::default());
        }
        Some((at, step, head)) => {
            posture.set_if_neq(HipPosture(step));
            out.set_if_neq(HeadOut(Vector3::from(head)));
            *shown = Some(at);
            let last = state.found.as_ref().map_or(0, |found| found.steps.len() - 1);
            if state.playing {
                state.at = Some((at + 1).min(last));
                state.playing = at < last;
            }
        }
        None => *shown = None,
    }
}
