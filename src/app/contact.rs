//! Impingement while the hip moves: the motion solver answers on its own thread, the window never waits for it.

use super::{
    bodies::BodyKind,
    document::OpenDocument,
    joint::HipPosture,
    model::{Contact, ContactModel},
    schedule::AppSet,
};
use crate::motion::Posture;
use bevy::prelude::*;
use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

/// Answers what touches in a posture.
pub type ContactQuery = Box<dyn FnMut(&Posture) -> Contact + Send>;

/// Builds the solver of a document. That takes seconds (distance fields), so it happens on the solver's thread.
#[derive(Clone)]
pub struct ContactSource(Arc<dyn Fn() -> Result<ContactQuery, String> + Send + Sync>);

impl ContactSource {
    /// From a function that builds the solver.
    #[must_use]
    pub fn new(build: impl Fn() -> Result<ContactQuery, String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(build))
    }
}

impl fmt::Debug for ContactSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ContactSource")
    }
}

/// What the solver has said so far.
#[derive(Resource, Debug, Default)]
pub struct ContactState {
    worker: Option<Worker>,
    asked: Option<Posture>,
    /// The last answer, with the posture it belongs to.
    pub answer: Option<(Posture, Contact)>,
    /// Why there will be no answer.
    pub failure: Option<String>,
}

impl ContactState {
    /// True when this body touches another in the last posture answered.
    #[must_use]
    pub fn touches(&self, kind: BodyKind) -> bool {
        self.answer.as_ref().is_some_and(|(_, contact)| contact.touches(kind))
    }

    /// Asks another solver from now on.
    pub fn restart(&mut self, source: Option<ContactSource>) {
        *self = Self { worker: source.map(Worker::start), ..Self::default() };
    }

    /// For the panels.
    #[must_use]
    pub fn model(&self) -> ContactModel<'_> {
        match (&self.answer, &self.worker) {
            (Some((_, contact)), _) => ContactModel::Answer(contact),
            (None, Some(_)) if self.failure.is_none() => ContactModel::Preparing,
            _ => ContactModel::Unknown,
        }
    }

    /// True when no answer is outstanding: the last posture is answered, or none ever will be.
    #[must_use]
    pub fn settled(&self) -> bool {
        self.worker.is_none() || self.failure.is_some() || self.asked.is_some() && self.asked == self.answer.as_ref().map(|a| a.0)
    }
}

#[derive(Debug)]
struct Worker {
    questions: Sender<Posture>,
    /// In a mutex only because a resource must be `Sync`.
    answers: Mutex<Receiver<Result<(Posture, Contact), String>>>,
}

impl Worker {
    /// The thread ends when the worker is dropped: its channel closes.
    fn start(source: ContactSource) -> Self {
        let (questions, asked) = channel::<Posture>();
        let (tell, answers) = channel();
        thread::spawn(move || {
            let outcome = catch_unwind(AssertUnwindSafe(|| -> Result<(), String> {
                let mut query = (source.0)()?;
                while let Ok(first) = asked.recv() {
                    // Postures that were left again meanwhile are not worth an answer.
                    let posture = asked.try_iter().last().unwrap_or(first);
                    if tell.send(Ok((posture, query(&posture)))).is_err() {
                        break;
                    }
                }
                Ok(())
            }));
            let failure = match outcome {
                Ok(Ok(())) => return,
                Ok(Err(reason)) => reason,
                Err(panic) => super::tasks::panic_message(panic.as_ref()),
            };
            // Nobody listens any more when the window has closed.
            tell.send(Err(failure)).ok();
        });
        Self { questions, answers: Mutex::new(answers) }
    }
}

/// Asks and hears the solver.
pub struct ContactPlugin;

impl Plugin for ContactPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<ContactState>()
            .add_systems(Update, start_solver.in_set(AppSet::Document))
            .add_systems(Update, (ask, hear).chain().in_set(AppSet::Move));
    }
}

fn start_solver(document: Option<Res<OpenDocument>>, mut state: ResMut<ContactState>) {
    if let Some(document) = document.filter(|d| d.is_changed()) {
        state.restart(document.contact.clone());
    }
}

fn ask(posture: Res<HipPosture>, mut state: ResMut<ContactState>) {
    if state.worker.is_none() || state.asked == Some(posture.0) {
        return;
    }
    if let Some(worker) = &state.worker {
        // A closed channel means a failure that `hear` reports.
        worker.questions.send(posture.0).ok();
    }
    state.asked = Some(posture.0);
}

fn hear(mut state: ResMut<ContactState>) {
    let heard: Vec<_> = match &state.worker {
        Some(worker) => worker.answers.lock().map(|answers| answers.try_iter().collect()).unwrap_or_default(),
        None => return,
    };
    for answer in heard {
        match answer {
            Ok(answer) => state.answer = Some(answer),
            Err(reason) => state.failure = Some(reason),
        }
    }
}
