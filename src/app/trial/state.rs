//! The trial on screen: bodies, joint, contact and numbers follow what is tried; the case on disk does not.

use super::{
    Fitting, PlannedHip, Shelf, Trial,
    steps::{changes, goes_on},
};
use crate::{
    anatomy::Finding,
    app::{
        activity::{ActivityState, PelvisView},
        bodies::{self, Body},
        case::{self, Cuts, Tried},
        contact::ContactState,
        document::{BodyMesh, OpenDocument},
        hands::{HandsSet, HandsState, Nudge, Tool},
        joint::HipPosture,
        keeping::KeepState,
        latest::Latest,
        model::TrialModel,
        reach::ReachState,
        rehearsal::RehearsalState,
        risks::RisksState,
        schedule::AppSet,
        space::ViewSpace,
        steps::AtStep,
        tasks::Task,
        zone::ZoneState,
    },
    history::History,
    i18n::Sentence,
    motion::{MotionError, RomTable},
    pipeline::PipelineError,
    progress::Progress,
};
use bevy::{ecs::system::SystemParam, prelude::*};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// A hand that has rested for so long has made its step.
const RESTED: Duration = Duration::from_millis(400);

/// What is tried, and what of it is on screen.
#[derive(Resource, Debug, Default)]
pub struct TrialState {
    hip: Option<Arc<PlannedHip>>,
    planned: Option<Trial>,
    wanted: Option<Trial>,
    /// What the bodies on screen stand for.
    stands: Option<Trial>,
    worker: Option<Latest<Question, Answer>>,
    asked: Option<Trial>,
    /// How the bones on screen are cut.
    cuts: Option<Cuts>,
    /// Parts that go with what is tried.
    parts: Fitting,
    /// Parts that gave way to others because they no longer fitted, until something else is tried.
    told: Vec<Sentence>,
    /// What was tried one after another, from the plan on.
    steps: History<Option<Trial>>,
    /// When something else was tried last.
    changed: Option<Instant>,
    /// The pointer's button is down: what is dragged is one step.
    dragging: bool,
    shelf: Shelf,
    /// Counts what has stood on screen: an answer about bodies is one about a revision.
    revision: u64,
    /// Why what was tried cannot be; shown until dismissed.
    pub failure: Option<Sentence>,
}

/// What is tried, and how the bones on screen are cut.
type Question = (Trial, Cuts);

enum Answer {
    Stands(Box<(Trial, Tried)>),
    /// With what they tell.
    Limits(RomTable, Vec<Finding>),
    Bones(Cuts, Vec<BodyMesh>),
}

impl TrialState {
    /// Of a newly opened case.
    fn open(hip: Option<Arc<PlannedHip>>, revision: u64) -> Self {
        let planned = hip.as_ref().map(|hip| hip.planned());
        let cuts = hip.as_ref().and_then(|hip| Cuts::of(&hip.plan, &hip.catalogue).ok());
        let [wanted, stands, asked] = [(); 3].map(|()| planned.clone());
        let shelf = hip.as_ref().map(|hip| Shelf::of(&hip.catalogue)).unwrap_or_default();
        let steps = History::new(planned.clone());
        let mut state = Self { hip, planned, stands, asked, cuts, steps, shelf, revision, ..Self::default() };
        state.want(wanted);
        state
    }

    /// Tries something else. What no longer fits gives way to what does, and that is told.
    pub fn attempt(&mut self, trial: Trial) {
        let Some(hip) = &self.hip else { return };
        let (trial, told) = hip.fitted(&trial);
        if !same(self.wanted.as_ref(), Some(&trial)) {
            self.told = told;
            self.begin_step(&trial);
        }
        self.want(Some(trial));
    }

    /// What a key does to cup or stem.
    pub fn nudge(&mut self, tool: Tool, nudge: Nudge, steps: i32) {
        if let Some((hip, trial)) = self.trial() {
            let next = nudge.of(tool, trial, steps, hip.side(), &self.shelf);
            self.attempt(next);
        }
    }

    /// Another thing is changed than before: what was done until now was a step of its own.
    fn begin_step(&mut self, next: &Trial) {
        if let (false, Some(now), Some(wanted)) = (self.dragging, self.steps.now(), &self.wanted) {
            let begun = changes(now, wanted);
            if !begun.is_empty() && !goes_on(&begun, &changes(wanted, next)) {
                self.end_step();
            }
        }
    }

    /// What is tried now is a step that can be taken back; what is refused, or waits to be, is none.
    fn end_step(&mut self) {
        if self.revision().is_some() && !same(self.steps.now().as_ref(), self.wanted.as_ref()) {
            self.steps.set(self.wanted.clone());
        }
    }

    /// Takes the last step back, the one that is under way first.
    pub fn undo(&mut self) {
        self.end_step();
        if same(self.steps.now().as_ref(), self.wanted.as_ref()) {
            self.steps.undo();
        }
        self.want_step();
    }

    /// Does it again.
    pub fn redo(&mut self) {
        self.end_step();
        self.steps.redo();
        self.want_step();
    }

    fn want_step(&mut self) {
        self.told.clear();
        let step = with_spine_of(self.steps.now().as_ref(), self.wanted.as_ref());
        self.want(step);
    }

    /// Parts and places of the plan again; what was said of the spine stays.
    pub fn back_to_plan(&mut self) {
        self.told.clear();
        self.end_step();
        self.want(with_spine_of(self.planned.as_ref(), self.wanted.as_ref()));
    }

    fn want(&mut self, trial: Option<Trial>) {
        if !same(self.wanted.as_ref(), trial.as_ref()) {
            self.changed = Some(Instant::now());
        }
        self.parts = self.hip.as_ref().zip(trial.as_ref()).map(|(hip, trial)| hip.parts(trial)).unwrap_or_default();
        self.wanted = trial;
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
        let (stands, busy) = (self.revision().is_some(), self.busy());
        let Self { parts, told, shelf, .. } = self;
        Some(TrialModel {
            trial,
            planned,
            parts,
            told,
            shelf,
            stands,
            busy,
            undo: self.undoes(),
            redo: self.redoes(),
            tool: None,
        })
    }

    /// From and to what the step goes that would be taken back: the one under way, or the last.
    fn undoes(&self) -> Option<(&Trial, &Trial)> {
        let (now, wanted) = (self.steps.now().as_ref()?, self.wanted.as_ref()?);
        if !now.same_parts(wanted) {
            return Some((now, wanted));
        }
        self.steps.before().last()?.as_ref().map(|before| (before, now))
    }

    fn redoes(&self) -> Option<(&Trial, &Trial)> {
        let now = self.steps.now().as_ref().filter(|now| same(Some(now), self.wanted.as_ref()))?;
        self.steps.after().last()?.as_ref().map(|after| (now, after))
    }

    fn ask(&mut self) {
        let Some(((hip, wanted), cuts)) = self.hip.clone().zip(self.wanted.clone()).zip(self.cuts) else { return };
        if self.asked.as_ref().is_some_and(|asked| asked.same_parts(&wanted)) {
            return;
        }
        let start = || {
            Latest::start(move |question: &Question, progress, tell| match work(&hip, question, progress, tell) {
                Err(PipelineError::Motion(MotionError::Cancelled)) | Ok(()) => Ok(()),
                Err(error) => Err(case::said(&error)),
            })
        };
        self.worker.get_or_insert_with(start).ask((wanted.clone(), cuts));
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
    /// What is left in every activity.
    pub risks: ResMut<'w, RisksState>,
    /// What is in hand.
    pub hands: ResMut<'w, HandsState>,
}

impl Trying<'_> {
    /// What went wrong has been read.
    pub fn dismiss(&mut self) {
        (self.trial.failure, self.activity.failure) = (None, None);
        (self.zone.failure, self.reach.failure, self.risks.failure) = (None, None, None);
    }
}

fn same(one: Option<&Trial>, other: Option<&Trial>) -> bool {
    one.zip(other).is_none_or(|(one, other)| one.same_parts(other))
}

/// The parts of one trial with the spine of another.
fn with_spine_of(parts: Option<&Trial>, spine: Option<&Trial>) -> Option<Trial> {
    Some(Trial { spine: spine?.spine, ..parts?.clone() })
}

fn work(
    hip: &Arc<PlannedHip>,
    (trial, cuts): &Question,
    progress: &dyn Progress,
    tell: &mut dyn FnMut(Answer),
) -> Result<(), PipelineError> {
    let plan = hip.plan_of(trial)?;
    let scene = hip.scene(&plan)?;
    tell(Answer::Stands(Box::new((trial.clone(), case::tried(hip, &plan, &scene)?))));
    if progress.cancelled() {
        return Ok(());
    }
    // While the hand moves on, bones stay as they were cut.
    let bones = case::cut_bones(hip, &plan, cuts)?;
    if !bones.is_empty() {
        tell(Answer::Bones(Cuts::of(&plan, &hip.catalogue)?, bones));
    }
    let limits = hip.engine(&scene)?.range_of_motion(progress)?;
    let findings = case::findings(&hip.anatomy, Some(&plan), Some(&limits));
    tell(Answer::Limits(limits, findings));
    Ok(())
}

/// Lets bodies stand as is tried.
pub struct TrialPlugin;

impl Plugin for TrialPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<TrialState>()
            .add_systems(Update, hear.in_set(AppSet::Tasks))
            .add_systems(Update, open.in_set(AppSet::Document))
            .add_systems(Update, (make_ready, rest, ask).chain().in_set(AppSet::Input).after(HandsSet));
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

/// Where something can be tried, what it will be judged against is made ready, so that the first move does not wait for it. What goes wrong
/// is told by what is tried.
fn make_ready(at: Res<AtStep>, state: Res<TrialState>, mut under_way: Local<Option<(Arc<PlannedHip>, Task<()>)>>) {
    let Some(hip) = state.hip.as_ref().filter(|_| at.0.shows_risks()) else { return };
    if under_way.as_ref().is_none_or(|(of, _)| !Arc::ptr_eq(of, hip)) {
        let judged = Arc::clone(hip);
        let work = move |_: &dyn Progress| judged.judge().map(drop).map_err(|error| case::said(&error));
        *under_way = Some((Arc::clone(hip), Task::start(work)));
    }
}

/// A hand that rests has made a step.
fn rest(buttons: Option<Res<ButtonInput<MouseButton>>>, mut state: ResMut<TrialState>) {
    let dragging = buttons.is_some_and(|buttons| buttons.any_pressed([MouseButton::Left, MouseButton::Right]));
    let rested = !dragging && state.changed.is_some_and(|changed| changed.elapsed() >= RESTED) && state.revision().is_some();
    let state = state.bypass_change_detection();
    state.dragging = dragging;
    if rested {
        state.changed = None;
        state.end_step();
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
        (document.joint, document.plan, document.rom) = (Some(tried.joint), Some(tried.numbers), None);
        (document.contact, document.rehearsal) = (Some(tried.contact), Some(tried.rehearsal));
        (document.findings, document.placed) = (tried.findings, Some(tried.placed));
        self.contact.restart(document.contact.clone());
        *self.rehearsal = RehearsalState::default();
        self.posture.set_changed();
        self.show(tried.implants);
    }

    /// Other surfaces of bodies that are there.
    fn show(&mut self, others: Vec<BodyMesh>) {
        let Some(document) = &mut self.document else { return };
        let document = &mut document.bypass_change_detection().0;
        for other in others {
            for (_, mut mesh) in self.bodies.iter_mut().filter(|(body, _)| body.kind == other.kind) {
                mesh.0 = self.meshes.add(bodies::drawn(&other, &self.space));
            }
            if let Some(body) = document.bodies.iter_mut().find(|body| body.kind == other.kind) {
                body.mesh = other.mesh;
            }
        }
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
            Ok(Answer::Bones(cuts, bones)) => {
                stage.show(bones);
                (state.cuts, state.revision) = (Some(cuts), state.revision + 1);
            }
            Ok(Answer::Limits(limits, findings)) => {
                if let Some(document) = &mut stage.document {
                    let document = &mut document.bypass_change_detection().0;
                    (document.rom, document.findings) = (Some(limits), findings);
                }
            }
            Err(why) => {
                state.failure = Some(why);
                let back = with_spine_of(state.stands.as_ref(), state.wanted.as_ref());
                state.want(back);
                state.asked = state.stands.clone();
            }
        }
    }
}
