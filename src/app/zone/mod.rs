//! The target zone in the window: a map of all cups that follows what is tried, worked out in the background.

mod instead;
mod map;

pub use instead::ZoneInstead;
pub use map::{ZoneMaker, ZoneMap, ZoneQuestion};

use super::{
    document::OpenDocument,
    latest::Latest,
    model::ZoneModel,
    schedule::AppSet,
    steps::AtStep,
    trial::{PlannedHip, TrialState},
};
use crate::{
    i18n::Sentence,
    motion::{PelvicPosture, activity::Group},
};
use bevy::prelude::*;
use std::sync::Arc;

/// The zone on screen.
#[derive(Resource, Debug)]
pub struct ZoneState {
    /// Activities it is made of; `None` for all.
    pub group: Option<Group>,
    /// Frame of its angles; `None` for the anterior pelvic plane.
    pub frame: Option<PelvicPosture>,
    /// What else is changed.
    pub instead: ZoneInstead,
    worker: Option<Latest<ZoneQuestion, ZoneMap>>,
    asked: Option<ZoneQuestion>,
    found: Option<ZoneMap>,
    /// Why there is none; shown until dismissed.
    pub failure: Option<Sentence>,
}

impl Default for ZoneState {
    fn default() -> Self {
        let (worker, asked, found, failure) = (None, None, None, None);
        Self { group: Some(Group::Daily), frame: None, instead: ZoneInstead::default(), worker, asked, found, failure }
    }
}

impl ZoneState {
    /// The map of what was asked last; `None` while there is none yet.
    #[must_use]
    pub fn current(&self) -> Option<&ZoneMap> {
        self.found.as_ref().filter(|found| self.asked.as_ref() == Some(&found.asked))
    }

    /// True while a map, or its fine form, is outstanding.
    #[must_use]
    pub fn busy(&self) -> bool {
        self.worker.as_ref().is_some_and(Latest::busy)
    }

    /// True when the fine map of what is tried is there, or there will be none.
    #[must_use]
    pub fn settled(&self) -> bool {
        self.failure.is_some() || !self.busy() && self.current().is_some_and(|map| map.fine)
    }

    /// For the panels.
    #[must_use]
    pub fn model(&self) -> ZoneModel<'_> {
        // The last map is drawn faint until the new one is there.
        let current = self.current().is_some();
        let Self { group, frame, instead, .. } = *self;
        ZoneModel { map: self.found.as_ref(), current, busy: self.busy(), group, frame, instead }
    }

    fn ask(&mut self, hip: &Arc<PlannedHip>, question: ZoneQuestion) {
        if self.asked.as_ref() == Some(&question) {
            return;
        }
        let hip = Arc::clone(hip);
        let start = || {
            let mut maker = ZoneMaker::default();
            Latest::start(move |question: &ZoneQuestion, progress, tell| maker.answer(&hip, question, progress, tell))
        };
        self.worker.get_or_insert_with(start).ask(question.clone());
        (self.asked, self.failure) = (Some(question), None);
    }
}

/// Works out the zone.
pub struct ZonePlugin;

impl Plugin for ZonePlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<ZoneState>()
            .add_systems(Update, hear.in_set(AppSet::Tasks))
            .add_systems(Update, open.in_set(AppSet::Document))
            .add_systems(Update, ask.in_set(AppSet::Input));
    }
}

fn open(document: Option<Res<OpenDocument>>, mut state: ResMut<ZoneState>) {
    if let Some(document) = document.filter(|document| document.is_changed()) {
        let ZoneState { group, frame, instead, .. } = *state;
        *state = if document.again { ZoneState { group, frame, instead, ..default() } } else { default() };
    }
}

fn ask(trial: Res<TrialState>, at: Res<AtStep>, mut state: ResMut<ZoneState>) {
    // Nobody works out what nobody sees.
    if let Some((hip, trial)) = trial.trial().filter(|_| at.0.shows_zone()) {
        let ZoneState { group, frame, instead, .. } = *state;
        let state = state.bypass_change_detection();
        state.ask(hip, ZoneQuestion { trial: trial.clone(), group, frame, instead });
    }
}

fn hear(mut state: ResMut<ZoneState>) {
    let told = state.bypass_change_detection().worker.as_mut().map(Latest::hear).unwrap_or_default();
    for answer in told {
        match answer {
            Ok(map) => state.found = Some(map),
            Err(why) => (state.found, state.failure) = (None, Some(why)),
        }
    }
}
