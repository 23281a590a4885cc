//! The trial on screen: bodies, joint, contact and numbers follow what is tried; the case on disk does not.

use super::{PlannedHip, Trial};
use crate::{
    app::{
        activity::{ActivityState, PelvisView},
        bodies::{self, Body},
        case::{self, Tried},
        contact::ContactState,
        document::OpenDocument,
        joint::HipPosture,
        keeping::KeepState,
        latest::Latest,
        model::TrialModel,
        reach::ReachState,
        rehearsal::RehearsalState,
        schedule::AppSet,
        space::ViewSpace,
        zone::ZoneState,
    },
    i18n::Sentence,
    motion::{MotionError, RomTable},
    progress::Progress,
};
use bevy::{ecs::system::SystemParam, prelude::*};
use std::sync::Arc;

/// What is tried, and what of it is on screen.
#[derive(Resource, Debug, Default)]
pub struct TrialState {
    hip: Option<Arc<PlannedHip>>,
    planned: Option<Trial>,
    wanted: Option<Trial>,
    /// What the bodies on screen stand for.
    stands: Option<Trial>,
    worker: Option<Latest<Trial, Answer>>,
    asked: Option<Trial>,
    parts: Vec<(Option<String>, Vec<String>)>,
    /// Counts what has stood on screen: an answer about bodies is one about a revision.
    revision: u64,
    /// Why what was tried cannot be; shown until dismissed.
    pub failure: Option<Sentence>,
}

enum Answer {
    Stands(Box<(Trial, Tried)>),
    Limits(RomTable),
}

impl TrialState {
    /// Of a newly opened case.
    fn open(hip: Option<Arc<PlannedHip>>, revision: u64) -> Self {
        let planned = hip.as_ref().map(|hip| hip.planned());
        let parts = hip.as_ref().map(|hip| hip.parts()).unwrap_or_default();
        let [wanted, stands, asked] = [(); 3].map(|()| planned.clone());
        Self { hip, planned, wanted, stands, asked, parts, revision, ..Self::default() }
    }

    /// Tries something else. Another liner brings the head that is nearest to the present one, where that does not fit.
    pub fn attempt(&mut self, mut trial: Trial) {
        let Some(hip) = &self.hip else { return };
        if let Some((_, heads)) = self.parts.iter().find(|(liner, _)| *liner == trial.liner)
            && !heads.iter().any(|head| Some(head) == trial.head.as_ref())
        {
            trial.head = hip.nearest_head(trial.head.as_deref(), heads);
        }
        self.wanted = Some(trial);
    }

    /// Parts and places of the plan again; what was said of the spine stays.
    pub fn back_to_plan(&mut self) {
        self.wanted = with_spine_of(self.planned.as_ref(), self.wanted.as_ref());
    }

    /// What is tried, and on which hip.
    #[must_use]
    pub fn trial(&self) -> Option<(&Arc<PlannedHip>, &Trial)> {
        self.hip.as_ref().zip(self.wanted.as_ref())
    }

    /// Which state of the bodies is on screen; `None` while they do not yet stand as is tried.
    #[must_use]
    pub fn revision(&self) -> Option<u64> {
        same(self.wanted.as_ref(), self.stands.as_ref()).then_some(self.revision)
    }

    /// True while the parts on screen are those of the plan, and are to be.
    #[must_use]
    pub fn as_planned(&self) -> bool {
        self.revision().is_some() && same(self.stands.as_ref(), self.planned.as_ref())
    }

    /// True while what is tried is being worked out, limits of motion among it.
    #[must_use]
    pub fn busy(&self) -> bool {
        self.worker.as_ref().is_some_and(Latest::busy)
    }

    /// For the panels.
    #[must_use]
    pub fn model(&self) -> Option<TrialModel<'_>> {
        let (trial, planned) = self.wanted.as_ref().zip(self.planned.as_ref())?;
        Some(TrialModel { trial, planned, parts: &self.parts, busy: self.busy() })
    }

    fn ask(&mut self) {
        let Some((hip, wanted)) = self.hip.clone().zip(self.wanted.clone()) else { return };
        if self.asked.as_ref().is_some_and(|asked| asked.same_parts(&wanted)) {
            return;
        }
        let start = || Latest::start(move |trial: &Trial, progress, tell| work(&hip, trial, progress, tell));
        self.worker.get_or_insert_with(start).ask(wanted.clone());
        self.asked = Some(wanted);
    }
}

/// What is tried, and what is looked at with it.
#[derive(SystemParam)]
pub struct Trying<'w> {
    /// Components.
    pub trial: ResMut<'w, TrialState>,
    /// The activity that is played.
    pub activity: ResMut<'w, ActivityState>,
    /// How the pelvis stands in the picture.
    pub pelvis: ResMut<'w, PelvisView>,
    /// The target zone.
    pub zone: ResMut<'w, ZoneState>,
    /// What can be reached.
    pub reach: ResMut<'w, ReachState>,
    /// What is written to the case.
    pub keep: ResMut<'w, KeepState>,
}

impl Trying<'_> {
    /// What went wrong has been read.
    pub fn dismiss(&mut self) {
        (self.trial.failure, self.activity.failure) = (None, None);
        (self.zone.failure, self.reach.failure) = (None, None);
    }
}

fn same(one: Option<&Trial>, other: Option<&Trial>) -> bool {
    one.zip(other).is_none_or(|(one, other)| one.same_parts(other))
}

/// The parts of one trial with the spine of another.
fn with_spine_of(parts: Option<&Trial>, spine: Option<&Trial>) -> Option<Trial> {
    Some(Trial { spine: spine?.spine, ..parts?.clone() })
}

fn work(hip: &Arc<PlannedHip>, trial: &Trial, progress: &dyn Progress, tell: &mut dyn FnMut(Answer)) -> Result<(), Sentence> {
    let said = |error: &dyn std::fmt::Display| Sentence::new(|_| error.to_string());
    let plan = hip.plan_of(trial).map_err(|error| said(&error))?;
    let scene = hip.scene(&plan).map_err(|error| said(&error))?;
    let tried = case::tried(hip, &plan, &scene).map_err(|error| said(&error))?;
    tell(Answer::Stands(Box::new((trial.clone(), tried))));
    match hip.engine(&scene).and_then(|engine| engine.range_of_motion(progress)) {
        Ok(limits) => tell(Answer::Limits(limits)),
        Err(MotionError::Cancelled) => {}
        Err(error) => return Err(said(&error)),
    }
    Ok(())
}

/// Lets bodies stand as is tried.
pub struct TrialPlugin;

impl Plugin for TrialPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<TrialState>()
            .add_systems(Update, hear.in_set(AppSet::Tasks))
            .add_systems(Update, open.in_set(AppSet::Document))
            .add_systems(Update, ask.in_set(AppSet::Input));
    }
}

fn open(document: Option<Res<OpenDocument>>, mut state: ResMut<TrialState>) {
    if let Some(document) = document.filter(|document| document.is_changed()) {
        let spine = state.wanted.take().filter(|_| document.again).map(|wanted| wanted.spine);
        *state = TrialState::open(document.hip.clone(), state.revision + 1);
        // What was said of the spine is of the patient, whatever the plan.
        if let Some((wanted, spine)) = state.wanted.as_mut().zip(spine) {
            wanted.spine = spine;
        }
    }
}

fn ask(mut state: ResMut<TrialState>) {
    if state.is_changed() {
        state.bypass_change_detection().ask();
    }
}

/// What a trial moves and changes on screen.
#[derive(SystemParam)]
struct Stage<'w, 's> {
    document: Option<ResMut<'w, OpenDocument>>,
    posture: ResMut<'w, HipPosture>,
    contact: ResMut<'w, ContactState>,
    rehearsal: ResMut<'w, RehearsalState>,
    space: Res<'w, ViewSpace>,
    meshes: ResMut<'w, Assets<Mesh>>,
    bodies: Query<'w, 's, (&'static Body, &'static mut Mesh3d)>,
}

impl Stage<'_, '_> {
    fn stand(&mut self, tried: Tried) {
        let Some(document) = &mut self.document else { return };
        // The same document with other components: it is not opened anew, so that posture, view and examination stay.
        let document = &mut document.bypass_change_detection().0;
        for implant in tried.implants {
            for (_, mut mesh) in self.bodies.iter_mut().filter(|(body, _)| body.kind == implant.kind) {
                mesh.0 = self.meshes.add(bodies::drawn(&implant, &self.space));
            }
            if let Some(body) = document.bodies.iter_mut().find(|body| body.kind == implant.kind) {
                body.mesh = implant.mesh;
            }
        }
        (document.joint, document.plan, document.rom) = (Some(tried.joint), Some(tried.numbers), None);
        (document.contact, document.rehearsal) = (Some(tried.contact), Some(tried.rehearsal));
        self.contact.restart(document.contact.clone());
        *self.rehearsal = RehearsalState::default();
        self.posture.set_changed();
    }
}

fn hear(mut state: ResMut<TrialState>, mut stage: Stage) {
    let told = state.bypass_change_detection().worker.as_mut().map(Latest::hear).unwrap_or_default();
    for answer in told {
        match answer {
            Ok(Answer::Stands(stands)) => {
                let (trial, tried) = *stands;
                stage.stand(tried);
                (state.stands, state.revision) = (Some(trial), state.revision + 1);
            }
            Ok(Answer::Limits(limits)) => {
                if let Some(document) = &mut stage.document {
                    document.bypass_change_detection().0.rom = Some(limits);
                }
            }
            Err(why) => {
                state.failure = Some(why);
                let spine = state.wanted.take();
                state.wanted = with_spine_of(state.stands.as_ref(), spine.as_ref());
                state.asked = state.stands.clone();
            }
        }
    }
}
