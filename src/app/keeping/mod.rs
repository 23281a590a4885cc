//! What is tried, written into the case as edits of its plan, and taken back: in the background, with what was written told.

mod desk;
mod edits;

pub use desk::{Act, Desk, Kept, Refused};
pub use edits::edits;

use super::{
    document::{Document, OpenDocument},
    model::KeepModel,
    schedule::AppSet,
    tasks::{Task, TaskError},
    trial::TrialState,
};
use crate::i18n::Sentence;
use bevy::prelude::*;
use std::sync::Arc;

/// What is being written, and what was.
#[derive(Resource, Debug, Default)]
pub struct KeepState {
    desk: Option<Arc<Desk>>,
    task: Option<Task<Result<Kept, Refused>>>,
    /// What was written last; until it is dismissed.
    told: Vec<Sentence>,
    /// Why nothing was; until it is dismissed.
    refused: Option<Refused>,
    /// Who edits: a role or initials; empty for nobody named.
    pub by: String,
}

impl KeepState {
    fn open(document: &Document, before: &mut Self) -> Self {
        let told = if document.again { std::mem::take(&mut before.told) } else { Vec::new() };
        let by = std::mem::take(&mut before.by);
        Self { desk: document.desk.clone(), told, by, ..Self::default() }
    }

    /// Begins to do something to the plan; nothing while something is being done to it.
    pub fn begin(&mut self, act: Act) {
        let Some(desk) = self.desk.clone().filter(|_| !self.busy()) else { return };
        let by = self.by.clone();
        self.dismiss();
        // Nothing cancels it: what is half told would be a lie.
        self.task = Some(Task::start(move |progress| Ok(desk.act(&act, &by, progress))));
    }

    /// Writes what is tried.
    pub fn keep(&mut self, trial: &TrialState, revise: bool) {
        if let Some((hip, trial)) = trial.trial() {
            self.begin(Act::Keep { edits: edits(hip, trial), revise });
        }
    }

    /// True while something is being written.
    #[must_use]
    pub const fn busy(&self) -> bool {
        self.task.is_some()
    }

    /// What was told has been read.
    pub fn dismiss(&mut self) {
        (self.told, self.refused) = (Vec::new(), None);
    }

    /// For the panels; `None` where there is no case to write to.
    #[must_use]
    pub fn model(&self) -> Option<KeepModel<'_>> {
        let desk = self.desk.as_ref()?;
        Some(KeepModel {
            approved: desk.approved,
            undo: desk.steps[0].as_ref(),
            redo: desk.steps[1].as_ref(),
            busy: self.busy(),
            told: &self.told,
            refused: self.refused.as_ref(),
            by: &self.by,
        })
    }
}

/// Writes what is tried.
pub struct KeepPlugin;

impl Plugin for KeepPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<KeepState>()
            .add_systems(Update, hear.in_set(AppSet::Tasks))
            .add_systems(Update, open.in_set(AppSet::Document));
    }
}

fn open(document: Option<Res<OpenDocument>>, mut state: ResMut<KeepState>) {
    if let Some(document) = document.filter(|document| document.is_changed()) {
        *state = KeepState::open(&document, &mut state);
    }
}

fn hear(mut state: ResMut<KeepState>, mut commands: Commands) {
    let Some(outcome) = state.task.as_ref().and_then(Task::poll) else { return };
    state.task = None;
    match outcome {
        Ok(Ok(kept)) => {
            state.told = kept.told;
            match kept.document {
                Ok(document) => commands.insert_resource(OpenDocument(document)),
                Err(why) => state.refused = Some(Refused { why, approved: false }),
            }
        }
        Ok(Err(refused)) => state.refused = Some(refused),
        Err(TaskError::Cancelled) => {}
        Err(TaskError::Failed(why)) => state.refused = Some(Refused { why, approved: false }),
        Err(TaskError::Panicked(reason)) => {
            let why = Sentence::new(|texts| texts.with("job-panicked", &[("reason", &reason)]));
            state.refused = Some(Refused { why, approved: false });
        }
    }
}
