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
/// How much slower it is near the first contact, and how long it stands there, seconds.
const SLOWER: f32 = 5.0;
const STANDS: f32 = 1.5;

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
    /// Seconds that it will still stand at the first contact.
    stands: f32,
    /// It is not slower near the first contact.
    pub hasty: bool,
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
        (self.playing, self.between, self.stands) = (playing && self.found.is_some(), 0.0, 0.0);
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

    /// True while it is played slowly towards the first contact, or stands there.
    #[must_use]
    pub fn slowed(&self) -> bool {
        let near = || self.found.as_ref().zip(self.at).is_some_and(|(found, at)| found.nears_contact(at));
        self.playing && !self.hasty && (self.stands > 0.0 || near())
    }

    /// Goes on for so many seconds.
    fn go_on(&mut self, seconds: f32) {
        let Some((at, last, contact)) =
            self.at.zip(self.found.as_ref()).map(|(at, found)| (at, found.poses.len() - 1, found.contact()))
        else {
            return;
        };
        if self.stands > 0.0 {
            self.stands -= seconds;
            return;
        }
        let pace = if self.slowed() { 1.0 / SLOWER } else { 1.0 };
        self.between += seconds * pace / SECONDS * last as f32;
        let steps = self.between as usize;
        if steps == 0 {
            return;
        }
        self.between -= steps as f32;
        let next = (at + steps).min(last);
        // However long a frame takes, the contact is not jumped over.
        let contact = contact.filter(|contact| !self.hasty && at < *contact && next >= *contact);
        if contact.is_some() {
            (self.between, self.stands) = (0.0, STANDS);
        }
        self.at = Some(contact.unwrap_or(next));
        self.playing = self.at != Some(last) || self.stands > 0.0;
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
            slow: !self.hasty,
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
        *state = ActivityState { hip: document.hip.clone(), chosen, begin, hasty: state.hasty, ..default() };
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
    let Some((at, wanted)) = state.found.as_ref().zip(state.at).map(|(found, at)| (at, found.poses[at].posture)) else {
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
        state.go_on(time.delta_secs());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::activity::{Meeting, Pose},
        motion::{ActivityMargin, Couple, Posture},
    };
    use nalgebra::Point3;

    /// A hip that flexes by 100° in as many poses and touches at 60.4°.
    fn playing(hasty: bool, touches: bool) -> ActivityState {
        let posture = |flexion_deg| Posture { flexion_deg, ..Posture::NEUTRAL };
        let pose = |at: usize| {
            let margin_deg = (at as f64 - 60.4).abs() * if at as f64 > 60.4 { -1.0 } else { 1.0 };
            let margin_deg = if touches { margin_deg } else { margin_deg.abs().max(1.0) };
            Pose { posture: posture(at as f64), tilt_deg: 0.0, margin_deg, couple: Couple::BoneBone }
        };
        let place = Point3::origin();
        let meeting =
            Meeting { touches, part: 0.604, posture: posture(60.4), couple: Couple::BoneBone, on_femur: place, on_pelvis: place };
        let margin = ActivityMargin {
            activity: "test".into(),
            margin_deg: 0.0,
            part: 0.0,
            posture: Posture::NEUTRAL,
            contact: None,
            bone: None,
            stem: None,
            couple: Couple::BoneBone,
            exceeded: touches,
            undecided: None,
        };
        let activity = crate::motion::Activity::shipped_with(&[]).unwrap().remove(0);
        let found = Followed { activity, poses: (0..=100).map(pose).collect(), margin, meeting: Some(meeting) };
        let mut state = ActivityState { found: Some(found), hasty, ..Default::default() };
        state.play(true);
        state
    }

    /// Seconds that it takes in frames of so many seconds, and the poses that were shown.
    fn played(mut state: ActivityState, frame: f32) -> (f32, Vec<usize>) {
        let (mut took, mut shown) = (0.0, Vec::new());
        while state.playing {
            assert!(took < 60.0, "it never ends");
            shown.extend(state.at);
            state.go_on(frame);
            took += frame;
        }
        (took, shown)
    }

    #[test]
    fn time_is_slower_just_before_the_contact_and_stands_at_it() {
        // Five of a hundred poses take five times as long, and the contact is looked at for a while.
        let (slow, shown) = played(playing(false, true), 0.005);
        let expected = SECONDS + 5.0 * (SLOWER - 1.0) * SECONDS / 100.0 + STANDS;
        assert!((slow - expected).abs() < 0.15, "{slow} s, not {expected} s");
        assert!(shown.contains(&61));
        // Without it, and where nothing touches, it takes what it always took.
        for state in [playing(true, true), playing(false, false)] {
            let (took, _) = played(state, 0.005);
            assert!((took - SECONDS).abs() < 0.1, "{took} s");
        }
    }

    #[test]
    fn frames_that_take_long_do_not_jump_over_the_contact() {
        let (_, shown) = played(playing(false, true), 0.42);
        assert!(shown.contains(&61), "{shown:?}");
        let (_, shown) = played(playing(true, true), 0.42);
        assert!(!shown.contains(&61), "{shown:?}");
    }
}
