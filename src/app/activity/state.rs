//! The activity on screen.

use super::{Followed, Pose, follow};
use crate::{
    app::{
        document::OpenDocument,
        joint::HipPosture,
        latest::Latest,
        model::ActivityModel,
        schedule::AppSet,
        trial::{PlannedHip, Trial, TrialState},
    },
    i18n::Sentence,
};
use bevy::prelude::*;
use std::sync::Arc;

/// How long a whole activity takes on screen, seconds.
const SECONDS: f32 = 5.0;

/// The activity that is played.
#[derive(Resource, Debug, Default)]
pub struct ActivityState {
    hip: Option<Arc<PlannedHip>>,
    chosen: Option<String>,
    worker: Option<Latest<(Trial, String), Followed>>,
    /// What was last asked: a trial and an activity. What was found belongs to it, or there is nothing found.
    asked: Option<(Trial, String)>,
    found: Option<Followed>,
    /// Pose at which the hip stands; `None` while it is moved otherwise.
    at: Option<usize>,
    playing: bool,
    /// How far the picture is between two poses.
    between: f32,
    /// Place on the path, 0 to 1, that is shown once it has been followed.
    begin: Option<f64>,
    /// Why it cannot be followed; shown until dismissed.
    pub failure: Option<Sentence>,
}

impl ActivityState {
    /// Follows an activity of the case that will be opened, and shows a place on its path, 0 to 1.
    #[must_use]
    pub fn beginning(id: String, part: f64) -> Self {
        Self { chosen: Some(id), begin: Some(part), ..Self::default() }
    }

    /// Chooses an activity by its id, or none.
    pub fn choose(&mut self, id: Option<String>) {
        if self.chosen != id {
            (self.chosen, self.found, self.asked) = (id, None, None);
            self.leave();
        }
    }

    /// Shows a pose.
    pub fn show(&mut self, pose: usize) {
        let last = self.found.as_ref().map_or(0, |found| found.poses.len() - 1);
        (self.at, self.playing) = (self.found.as_ref().map(|_| pose.min(last)), false);
    }

    /// Plays it from where it stands, or from the beginning; or stops.
    pub fn play(&mut self, playing: bool) {
        let ended = self.found.as_ref().is_some_and(|found| self.at.is_some_and(|at| at + 1 >= found.poses.len()));
        if playing && (self.at.is_none() || ended) {
            self.show(0);
        }
        (self.playing, self.between) = (playing && self.found.is_some(), 0.0);
    }

    /// Lets somebody else move the hip.
    pub fn leave(&mut self) {
        (self.at, self.playing) = (None, false);
    }

    /// What was found, for what is chosen and tried now.
    #[must_use]
    pub const fn found(&self) -> Option<&Followed> {
        self.found.as_ref()
    }

    /// The pose on screen.
    #[must_use]
    pub fn pose(&self) -> Option<&Pose> {
        self.found.as_ref().zip(self.at).and_then(|(found, at)| found.poses.get(at))
    }

    /// True while it is being followed, or is about to be.
    #[must_use]
    pub fn busy(&self) -> bool {
        self.chosen.is_some() && self.found.is_none() && self.failure.is_none()
    }

    /// True while it is played.
    #[must_use]
    pub const fn playing(&self) -> bool {
        self.playing
    }

    /// True while a picture should wait for it.
    #[must_use]
    pub fn waited_for(&self) -> bool {
        self.hip.is_some() && self.busy()
    }

    /// For the panels; `None` where there is no hip to follow it through.
    #[must_use]
    pub fn model(&self) -> Option<ActivityModel<'_>> {
        let hip = self.hip.as_ref()?;
        Some(ActivityModel {
            all: &hip.activities,
            chosen: self.chosen.as_deref(),
            busy: self.busy(),
            found: self.found.as_ref(),
            at: self.at,
            playing: self.playing,
        })
    }
}

/// Follows and plays activities.
pub struct ActivityPlugin;

impl Plugin for ActivityPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<ActivityState>()
            .add_systems(Update, hear.in_set(AppSet::Tasks))
            .add_systems(Update, open.in_set(AppSet::Document))
            .add_systems(Update, (ask, play).chain().in_set(AppSet::Input));
    }
}

fn open(document: Option<Res<OpenDocument>>, mut state: ResMut<ActivityState>) {
    if let Some(document) = document.filter(|document| document.is_changed()) {
        // What was to begin with the case is kept.
        let begin = state.begin.take();
        let chosen = state.chosen.take().filter(|_| begin.is_some() || document.again);
        *state = ActivityState { hip: document.hip.clone(), chosen, begin, ..default() };
    }
}

fn ask(trial: Res<TrialState>, mut state: ResMut<ActivityState>) {
    let Some(((hip, trial), chosen)) = trial.trial().zip(state.chosen.clone()) else { return };
    let question = (trial.clone(), chosen);
    if state.asked.as_ref() == Some(&question) {
        return;
    }
    let hip = Arc::clone(hip);
    let start = || {
        Latest::start(move |(trial, id): &(Trial, String), progress, tell| {
            if let Some(found) = follow(&hip, trial, id, progress)? {
                tell(found);
            }
            Ok(())
        })
    };
    state.worker.get_or_insert_with(start).ask(question.clone());
    // What was found was found for another hip.
    (state.asked, state.found, state.failure) = (Some(question), None, None);
    state.playing = false;
}

fn hear(mut state: ResMut<ActivityState>) {
    let told = state.bypass_change_detection().worker.as_mut().map(Latest::hear).unwrap_or_default();
    for answer in told {
        match answer {
            Ok(found) => {
                // The hip stays at the place of the path where it stood.
                let last = found.poses.len() - 1;
                let begin = state.begin.take().map(|part| (part * last as f64).round() as usize);
                state.at = begin.or(state.at).map(|at| at.min(last));
                state.found = Some(found);
            }
            Err(why) => state.failure = Some(why),
        }
    }
}

/// The hip follows the activity, until it is moved otherwise.
fn play(
    time: Res<Time>,
    mut state: ResMut<ActivityState>,
    mut posture: ResMut<HipPosture>,
    mut shown: Local<Option<(usize, crate::motion::Posture)>>,
) {
    let Some((at, wanted, last)) =
        state.found.as_ref().zip(state.at).map(|(found, at)| (at, found.poses[at].posture, found.poses.len() - 1))
    else {
        *shown = None;
        return;
    };
    if shown.is_some_and(|(before, set)| before == at && set != posture.0) {
        // Somebody has taken the sliders.
        state.leave();
        *shown = None;
        return;
    }
    posture.set_if_neq(HipPosture(wanted));
    *shown = Some((at, wanted));
    if state.playing {
        state.between += time.delta_secs() / SECONDS * last as f32;
        let steps = state.between as usize;
        if steps > 0 {
            state.between -= steps as f32;
            state.at = Some((at + steps).min(last));
            state.playing = at + steps < last;
        }
    }
}
