//! The examination on screen: what was found, what a person moved, what follows from that at once and what a moment later.

use super::{
    History,
    source::{Examined, Examiner},
};
use crate::{
    anatomy::{Examination, Landmark, LandmarkName, Landmarks, Measurement, measurements},
    app::tasks::{Task, TaskError},
    frames::Side,
    i18n::Sentence,
};
use bevy::prelude::Resource;
use nalgebra::Point3;
use std::sync::Arc;

/// A landmark of a side, or of none.
pub type Which = (LandmarkName, Option<Side>);

/// The examination of the open case.
#[derive(Resource, Debug, Default)]
pub struct ExaminationState {
    source: Option<Arc<dyn Examiner>>,
    task: Option<Task<Examined>>,
    examined: Option<Examined>,
    history: History,
    held: Option<(Which, Point3<f64>)>,
    shown: Option<Shown>,
    /// Landmarks can be moved.
    pub unlocked: bool,
    /// The landmark under the pointer.
    pub hovered: Option<Which>,
    /// Why there is no examination.
    pub failure: Option<Sentence>,
    /// Why a landmark could not be moved; shown until dismissed.
    pub message: Option<Sentence>,
}

/// Landmarks and numbers as they are shown, with what was moved since the last examination.
#[derive(Clone, Debug)]
pub struct Shown {
    /// All landmarks.
    pub landmarks: Landmarks,
    /// All numbers, with true for those that wait for the next examination.
    pub measurements: Vec<(Measurement, bool)>,
}

impl ExaminationState {
    /// Of a newly opened case; examines it at once.
    #[must_use]
    pub fn open(source: Option<Arc<dyn Examiner>>, by_hand: Landmarks) -> Self {
        let mut state = Self { source, history: History::new(by_hand), ..Self::default() };
        state.start();
        state
    }

    /// Whether the bones are examined; `None` while they are being.
    #[must_use]
    pub const fn examined(&self) -> Option<bool> {
        match (self.shown.is_some(), self.busy()) {
            (true, _) => Some(true),
            (false, true) if self.failure.is_none() => None,
            (false, _) => Some(false),
        }
    }

    /// Landmarks and numbers; `None` before the first examination.
    #[must_use]
    pub const fn shown(&self) -> Option<&Shown> {
        self.shown.as_ref()
    }

    /// The last examination.
    #[must_use]
    pub fn examination(&self) -> Option<&Examination> {
        self.examined.as_ref().map(|examined| &examined.examination)
    }

    /// The landmarks set by hand, with undo and redo.
    #[must_use]
    pub const fn history(&self) -> &History {
        &self.history
    }

    /// True while the bones are being examined.
    #[must_use]
    pub const fn busy(&self) -> bool {
        self.task.is_some()
    }

    /// True while a landmark is held.
    #[must_use]
    pub const fn holding(&self) -> bool {
        self.held.is_some()
    }

    /// The landmark held, with where it is.
    #[must_use]
    pub const fn held(&self) -> Option<(Which, Point3<f64>)> {
        self.held
    }

    /// Takes hold of a landmark; nothing happens while landmarks are locked, or to one that is not there.
    pub fn grab(&mut self, which: Which) {
        let position = self.shown.as_ref().and_then(|shown| shown.landmarks.position(which.0, which.1));
        if let (true, Some(position)) = (self.unlocked, position) {
            self.held = Some((which, position));
        }
    }

    /// Moves the landmark held; what follows from landmarks alone follows at once.
    pub fn drag(&mut self, position: Point3<f64>) {
        if let Some((_, held)) = &mut self.held
            && *held != position
        {
            *held = position;
            self.refresh();
        }
    }

    /// Lets it go where it was.
    pub fn let_go(&mut self) {
        if self.held.take().is_some() {
            self.refresh();
        }
    }

    /// Sets it down: it is kept in the case, and everything is examined anew. A place that is refused is told.
    pub fn set_down(&mut self) {
        let Some(((name, side), position)) = self.held.take() else { return };
        let before = self.examined.as_ref().and_then(|examined| self.settled(examined).position(name, side));
        let refused = self.source.as_ref().and_then(|source| source.check(name, side, &position).err());
        if refused.is_none() && before != Some(position) {
            let mut next = self.history.now().clone();
            next.insert(name, side, Landmark::by_hand(position));
            self.change(|history| history.set(next));
        }
        self.message = refused.or(self.message.take());
        self.refresh();
    }

    /// Puts a landmark back where it was found.
    pub fn reset(&mut self, (name, side): Which) {
        let mut next = self.history.now().clone();
        if self.unlocked && next.remove(name, side).is_some() {
            self.change(|history| history.set(next));
        }
    }

    /// Takes the last change back.
    pub fn undo(&mut self) {
        if self.unlocked && self.history.can_undo() {
            self.change(History::undo);
        }
    }

    /// Does it again.
    pub fn redo(&mut self) {
        if self.unlocked && self.history.can_redo() {
            self.change(History::redo);
        }
    }

    /// Changes the landmarks set by hand, in the case and on screen, or says why not.
    fn change(&mut self, change: impl FnOnce(&mut History)) {
        self.held = None;
        let mut next = self.history.clone();
        change(&mut next);
        match self.source.as_ref().map_or(Ok(()), |source| source.keep(next.now())) {
            Ok(()) => {
                self.history = next;
                self.start();
            }
            Err(reason) => self.message = Some(reason),
        }
        self.refresh();
    }

    /// Examines anew in the background; an examination under way is no longer wanted.
    fn start(&mut self) {
        let Some(source) = self.source.clone() else { return };
        let by_hand = self.history.now().clone();
        self.task = Some(Task::start(move |progress| source.examine(&by_hand, progress)));
    }

    /// Receives an examination that has ended.
    pub fn receive(&mut self) {
        let Some(outcome) = self.task.as_ref().and_then(Task::poll) else { return };
        self.task = None;
        match outcome {
            Ok(examined) => (self.examined, self.failure) = (Some(examined), None),
            Err(TaskError::Cancelled) => {}
            Err(TaskError::Failed(reason)) => self.failure = Some(reason),
            Err(TaskError::Panicked(reason)) => self.failure = Some(reason.into()),
        }
        self.refresh();
    }

    /// The landmarks as they are to be, the one held left aside: those of the last examination, but for what was changed since.
    fn settled(&self, examined: &Examined) -> Landmarks {
        let mut landmarks = examined.examination.landmarks.clone();
        for (name, side, _) in examined.examination.landmarks.iter().filter(|(.., landmark)| landmark.is_by_hand()) {
            landmarks.remove(name, side);
            if let Some(found) = examined.found.get(name, side) {
                landmarks.insert(name, side, found.clone());
            }
        }
        self.history.now().iter().for_each(|(name, side, landmark)| landmarks.insert(name, side, landmark.clone()));
        landmarks
    }

    fn refresh(&mut self) {
        self.shown = self.examined.as_ref().map(|examined| {
            let mut landmarks = self.settled(examined);
            if let Some(((name, side), position)) = self.held {
                landmarks.insert(name, side, Landmark::by_hand(position));
            }
            let known = &examined.examination;
            let moved = landmarks != known.landmarks;
            let follow = if moved { measurements(&landmarks) } else { Vec::new() };
            let now = |m: &Measurement| {
                let same = follow.iter().find(|n| (n.quantity.key, n.side) == (m.quantity.key, m.side));
                same.map_or((*m, moved), |new| (*new, false))
            };
            Shown { measurements: known.measurements.iter().map(now).collect(), landmarks }
        });
    }
}
