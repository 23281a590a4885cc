//! What stands beside what is planned, in a view of its own that turns with the first: the hip as it was scanned, or another plan of the case.

mod draw;
mod ghost;
mod told;

pub use draw::{BesideBody, BesideCamera, LAYERS};
pub use ghost::Ghost;
pub(super) use told::told;
pub use told::{Binding, Column, Compared, Row, RowName};

use super::{
    about::About,
    case::{self, Stands},
    document::OpenDocument,
    latest::Latest,
    model::BesideModel,
    schedule::AppSet,
    trial::{PlannedHip, Trial, TrialState},
};
use crate::i18n::{Sentence, Texts};
use bevy::prelude::*;
use std::{str::FromStr, sync::Arc};

/// What can stand beside what is planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Other {
    /// The hip as it was scanned.
    Native,
    /// A plan of the case as it is written, by its number.
    Plan(u32),
}

impl Other {
    /// In words.
    #[must_use]
    pub fn name(self, texts: &Texts) -> String {
        match self {
            Self::Native => texts.get("beside-native"),
            Self::Plan(number) => texts.with("plan-number", &[("number", &number.to_string())]),
        }
    }
}

impl FromStr for Other {
    type Err = String;

    /// `native`, or the number of a plan.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match (text, text.parse()) {
            ("native", _) => Ok(Self::Native),
            (_, Ok(number)) => Ok(Self::Plan(number)),
            _ => Err(format!("'{text}' cannot stand beside the plan; expected native or the number of a plan")),
        }
    }
}

/// What is asked: what stands beside what, and whether its bodies are not yet known.
type Question = (Other, Trial, bool);

#[derive(Debug)]
enum Answer {
    Stands(Box<Stands>),
    Compared(Box<Compared>),
}

/// What stands beside what is planned, and how they differ.
#[derive(Resource, Debug, Default)]
pub struct BesideState {
    other: Option<Other>,
    begin: bool,
    worker: Option<Latest<Question, Answer>>,
    asked: Option<(Other, Trial)>,
    stands: Option<Stands>,
    /// Its bodies are on screen.
    drawn: bool,
    compared: Option<Compared>,
    /// Why it cannot stand there; shown until dismissed.
    pub failure: Option<Sentence>,
}

impl BesideState {
    /// With this beside the plan at first.
    #[must_use]
    pub fn beginning(other: Option<Other>) -> Self {
        Self { other, begin: other.is_some(), ..Self::default() }
    }

    /// Lets something stand beside what is planned, or nothing.
    pub fn choose(&mut self, other: Option<Other>) {
        if self.other != other {
            // What was asked of something else is no longer of interest.
            self.worker.iter_mut().for_each(Latest::stop);
            *self = Self { other, worker: self.worker.take(), ..Self::default() };
        }
    }

    /// What stands there.
    #[must_use]
    pub const fn other(&self) -> Option<Other> {
        self.other
    }

    /// True when nothing is outstanding.
    #[must_use]
    pub fn settled(&self) -> bool {
        self.other.is_none() || self.failure.is_some() || self.compared.is_some() && !self.busy() && self.drawn
    }

    fn busy(&self) -> bool {
        self.worker.as_ref().is_some_and(Latest::busy)
    }

    /// For the panels, with whatever could stand there.
    #[must_use]
    pub fn model(&self, about: Option<&About>) -> BesideModel<'_> {
        let plans = about.into_iter().flat_map(|about| about.plans.iter().map(|plan| Other::Plan(plan.number)));
        let choices = [Other::Native].into_iter().chain(plans).collect();
        BesideModel { other: self.other, choices, compared: self.compared.as_ref(), busy: self.busy() }
    }
}

/// Works it out and draws it.
pub struct BesidePlugin;

impl Plugin for BesidePlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<BesideState>()
            .add_systems(Update, hear.in_set(AppSet::Tasks))
            .add_systems(Update, open.in_set(AppSet::Document))
            .add_systems(Update, ask.in_set(AppSet::Input))
            .add_systems(
                Update,
                (draw::spawn, draw::stand, draw::paint, draw::look, ghost::draw, ghost::stand).chain().in_set(AppSet::Show),
            );
    }
}

/// Another case has other plans; after an edit of this one the same stands beside it.
fn open(document: Option<Res<OpenDocument>>, mut state: ResMut<BesideState>) {
    let Some(document) = document.filter(|document| document.is_changed()) else { return };
    let there = |other: &Other| match other {
        Other::Native => document.hip.is_some(),
        Other::Plan(number) => document.about.as_ref().is_some_and(|about| about.plans.iter().any(|plan| plan.number == *number)),
    };
    let missing = state.begin.then_some(state.other).flatten().filter(|other| !there(other));
    let other = state.other.filter(|other| (state.begin || document.again) && there(other));
    *state = BesideState { other, failure: missing.map(absent), ..default() };
}

fn absent(other: Other) -> Sentence {
    Sentence::new(move |texts| texts.with("beside-absent", &[("what", &other.name(texts))]))
}

fn ask(document: Option<Res<OpenDocument>>, trial: Res<TrialState>, mut state: ResMut<BesideState>) {
    // While a hand moves, what was said before stays: it is compared once what is tried stands.
    let Some(other) = state.other.filter(|_| trial.revision().is_some()) else { return };
    let (Some((hip, trial)), Some(document)) = (trial.trial(), document) else { return };
    if state.asked.as_ref().is_some_and(|(of, with)| *of == other && with.same_parts(trial)) {
        return;
    }
    let question = (other, trial.clone(), state.stands.is_none());
    state.asked = Some((other, trial.clone()));
    let (hip, about) = (Arc::clone(hip), document.about.clone());
    let start = || Latest::start(move |question: &Question, _, tell| work(&hip, about.as_deref(), question, tell));
    state.worker.get_or_insert_with(start).ask(question);
}

fn work(hip: &PlannedHip, about: Option<&About>, question: &Question, tell: &mut dyn FnMut(Answer)) -> Result<(), Sentence> {
    let &(other, ref trial, bodies) = question;
    let plan = match other {
        Other::Native => None,
        Other::Plan(number) => {
            let written = about.into_iter().flat_map(|about| &about.plans).find(|plan| plan.number == number);
            Some(written.ok_or_else(|| absent(other))?)
        }
    };
    let said = |error| case::said(&error);
    if bodies {
        tell(Answer::Stands(Box::new(case::stands(hip, plan).map_err(said)?)));
    }
    let tried = hip.plan_of(trial).map_err(said)?;
    let mut compared = Compared {
        other,
        columns: [Column::of(hip, plan).map_err(said)?, Column::of(hip, Some(&tried)).map_err(said)?],
        settled: false,
    };
    tell(Answer::Compared(Box::new(compared.clone())));
    // What binds takes longer.
    let activities: Vec<_> = hip.activities.iter().map(|activity| hip.spine(trial).adapted(activity)).collect();
    for (column, plan) in compared.columns.iter_mut().zip([plan, Some(&tried)]) {
        column.binding = plan.map(|plan| Binding::of(hip, plan, &activities)).transpose().map_err(said)?.flatten();
    }
    compared.settled = true;
    tell(Answer::Compared(Box::new(compared)));
    Ok(())
}

fn hear(mut state: ResMut<BesideState>) {
    let told = state.bypass_change_detection().worker.as_mut().map(Latest::hear).unwrap_or_default();
    for answer in told {
        match answer {
            Ok(Answer::Stands(stands)) => (state.stands, state.drawn) = (Some(*stands), false),
            Ok(Answer::Compared(compared)) => state.compared = Some(*compared),
            Err(why) => {
                // What cannot stand there is not asked again.
                state.choose(None);
                state.failure = Some(why);
            }
        }
    }
}
