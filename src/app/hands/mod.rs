//! Cup and stem in the surgeon's hand: locked until one of them is taken, then moved by keys and by handles in the view.

mod drag;
mod handle;
mod keys;
mod nudge;
mod pointing;

pub use drag::{Held, Reached, reached};
pub use handle::{Handle, HandleShape, Standing, shapes};
pub use keys::{BINDINGS, Binding};
pub use nudge::Nudge;

use super::{
    camera,
    document::OpenDocument,
    examination,
    model::Step,
    schedule::AppSet,
    trial::{TrialState, named},
};
use crate::i18n::Texts;
use bevy::{input::keyboard::KeyboardInput, prelude::*};
use std::str::FromStr;

/// What can be taken in hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// The cup with its liner.
    Cup,
    /// The stem with its head.
    Stem,
}

impl Tool {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Cup, Self::Stem];

    /// The end of its keys in the language files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cup => "cup",
            Self::Stem => "stem",
        }
    }

    /// True at the steps at which it can be in hand: its own, and where motion answers.
    #[must_use]
    pub const fn stays_at(self, step: Step) -> bool {
        matches!((self, step), (_, Step::Motion) | (Self::Cup, Step::Cup) | (Self::Stem, Step::Stem))
    }
}

impl FromStr for Tool {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|tool| tool.name() == text);
        found.ok_or_else(|| format!("'{text}' cannot be taken in hand: write cup or stem"))
    }
}

/// What is in hand; at first nothing, so that nothing is moved by accident.
#[derive(Resource, Debug, Default)]
pub struct HandsState {
    /// What is unlocked.
    pub tool: Option<Tool>,
    /// The handle under the pointer.
    pub hovered: Option<Handle>,
    held: Option<Held>,
    /// What is taken once a case is open.
    begin: Option<Tool>,
}

impl HandsState {
    /// Something is in hand as soon as a case is open.
    #[must_use]
    pub fn beginning(begin: Option<Tool>) -> Self {
        Self { begin, ..Self::default() }
    }

    /// True while a handle is held: the camera does not turn then.
    #[must_use]
    pub const fn holding(&self) -> bool {
        self.held.is_some()
    }

    /// The handle that is held.
    #[must_use]
    pub fn held(&self) -> Option<Handle> {
        self.held.as_ref().map(|held| held.handle)
    }

    /// What the handle that is held has changed so far, in words; nothing while none is held.
    #[must_use]
    pub fn changed(&self, trial: &TrialState, texts: &Texts) -> String {
        let changed = self.held.as_ref().zip(trial.trial());
        changed.map(|(held, (_, trial))| named(texts, &held.start, trial)).unwrap_or_default()
    }

    /// Takes something in hand, or locks everything.
    pub fn take(&mut self, tool: Option<Tool>) {
        (self.tool, self.hovered, self.held) = (tool, None, None);
    }

    /// Locks what has no place at a step.
    pub fn lock_at(&mut self, step: Step) {
        if self.tool.is_some_and(|tool| !tool.stays_at(step)) {
            self.take(None);
        }
    }
}

/// Keys and handles, before anything follows from them.
#[derive(SystemSet, Clone, Debug, PartialEq, Eq, Hash)]
pub struct HandsSet;

/// Keys and handles.
pub struct HandsPlugin;

impl Plugin for HandsPlugin {
    fn build(&self, app: &mut App) {
        let systems = (keys::keys, pointing::point).chain();
        app.init_resource::<HandsState>()
            .add_message::<KeyboardInput>()
            .add_systems(Update, lock.in_set(AppSet::Document))
            .add_systems(
                Update,
                systems.in_set(HandsSet).in_set(AppSet::Input).after(examination::Pointing).before(camera::drag),
            );
    }
}

/// Another case is locked.
fn lock(document: Option<Res<OpenDocument>>, mut state: ResMut<HandsState>) {
    if document.is_some_and(|document| document.is_changed() && !document.again) {
        let begin = state.begin.take();
        state.take(begin);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_hand_is_locked_where_it_has_no_place() {
        let at = |tool, step| {
            let mut state = HandsState { tool: Some(tool), ..HandsState::default() };
            state.lock_at(step);
            state.tool
        };
        assert_eq!(at(Tool::Cup, Step::Cup), Some(Tool::Cup));
        assert_eq!(at(Tool::Cup, Step::Motion), Some(Tool::Cup));
        assert_eq!(at(Tool::Stem, Step::Cup), None);
        assert_eq!(at(Tool::Stem, Step::Report), None);
    }
}
