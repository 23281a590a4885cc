//! What is left in every activity with what is tried, and its dangers in words: followed in the background, as `coxa rom` does.

mod told;

pub use told::{Risk, Risks, follow_all};

use super::{
    activity::Standing,
    document::OpenDocument,
    latest::Latest,
    model::RisksModel,
    schedule::AppSet,
    steps::AtStep,
    trial::{PlannedHip, Trial, TrialState},
};
use crate::i18n::Sentence;
use bevy::prelude::*;
use std::sync::Arc;

/// The risks on screen.
#[derive(Resource, Debug, Default)]
pub struct RisksState {
    worker: Option<Latest<Trial, Risks>>,
    asked: Option<Trial>,
    found: Option<Risks>,
    /// Why there are none; shown until dismissed.
    pub failure: Option<Sentence>,
}

impl RisksState {
    /// What was found last, for the panels; faint while it is not of what is tried now.
    #[must_use]
    pub fn model(&self) -> RisksModel<'_> {
        let current = self.found.as_ref().is_some_and(|found| self.asked.as_ref() == Some(&found.trial));
        RisksModel { found: self.found.as_ref(), current, busy: self.busy() }
    }

    /// True while something is outstanding.
    #[must_use]
    pub fn busy(&self) -> bool {
        self.worker.as_ref().is_some_and(Latest::busy)
    }

    /// True when all of what is tried is there, or there will be none.
    #[must_use]
    pub fn settled(&self) -> bool {
        self.failure.is_some() || !self.busy() && self.model().current
    }

    /// How many activities of daily life end in contact, once they were followed with what is tried.
    #[must_use]
    pub fn meeting(&self) -> Option<usize> {
        let found = self.found.as_ref().filter(|found| self.asked.as_ref() == Some(&found.trial))?;
        Some(found.daily().filter(|risk| risk.standing == Standing::Touches).count())
    }

    fn ask(&mut self, hip: &Arc<PlannedHip>, trial: &Trial) {
        if self.asked.as_ref() == Some(trial) {
            return;
        }
        let hip = Arc::clone(hip);
        let start = || Latest::start(move |trial: &Trial, progress, tell| follow_all(&hip, trial, progress, tell));
        self.worker.get_or_insert_with(start).ask(trial.clone());
        (self.asked, self.failure) = (Some(trial.clone()), None);
    }
}

/// Follows all activities.
pub struct RisksPlugin;

impl Plugin for RisksPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<RisksState>()
            .add_systems(Update, hear.in_set(AppSet::Tasks))
            .add_systems(Update, open.in_set(AppSet::Document))
            .add_systems(Update, ask.in_set(AppSet::Input));
    }
}

fn open(document: Option<Res<OpenDocument>>, mut state: ResMut<RisksState>) {
    if document.is_some_and(|document| document.is_changed()) {
        *state = RisksState::default();
    }
}

fn ask(trial: Res<TrialState>, at: Res<AtStep>, mut state: ResMut<RisksState>) {
    // Nobody works out what nobody sees.
    if let Some((hip, trial)) = trial.trial().filter(|_| at.0.shows_risks()) {
        state.bypass_change_detection().ask(hip, trial);
    }
}

fn hear(mut state: ResMut<RisksState>) {
    let told = state.bypass_change_detection().worker.as_mut().map(Latest::hear).unwrap_or_default();
    for answer in told {
        match answer {
            Ok(risks) => state.found = Some(risks),
            Err(why) => (state.found, state.failure) = (None, Some(why)),
        }
    }
}
