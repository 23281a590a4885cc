//! The examination in the window: made in the background when a case is opened, and again whenever a landmark was moved by hand.

mod pointing;
mod source;
mod state;

pub use source::{Examined, Examiner, OfCase};
pub use state::{ExaminationState, Shown, Which};

use super::{camera, document::OpenDocument, model::Layer, schedule::AppSet};
use crate::{anatomy::Landmarks, history};
use bevy::{ecs::system::SystemParam, prelude::*};
use std::collections::BTreeSet;

/// The landmarks set by hand, with undo and redo.
pub type History = history::History<Landmarks>;

/// What of the examination is on screen; at first what [`super::ViewOptions`] asks for, usually nothing.
#[derive(Resource, Clone, Debug, Default, PartialEq, Eq)]
pub struct Layers(pub BTreeSet<Layer>);

/// The examination with what of it is on screen.
#[derive(SystemParam)]
pub struct Examining<'w> {
    /// The examination.
    pub state: ResMut<'w, ExaminationState>,
    /// What of it is on screen.
    pub layers: ResMut<'w, Layers>,
}

impl Examining<'_> {
    /// Shows or hides a layer.
    pub fn show(&mut self, layer: Layer, on: bool) {
        if on {
            self.layers.0.insert(layer);
        } else {
            self.layers.0.remove(&layer);
        }
    }

    /// Lets landmarks be moved, or no longer. What can be moved must be seen.
    pub fn unlock(&mut self, unlocked: bool) {
        self.state.unlocked = unlocked;
        if unlocked {
            self.show(Layer::Landmarks, true);
        } else {
            self.state.let_go();
        }
    }
}

/// The pointer and the keys on landmarks, before those on anything else.
#[derive(SystemSet, Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pointing;

/// Examines cases, and lets the pointer move landmarks.
pub struct ExaminationPlugin;

impl Plugin for ExaminationPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<ExaminationState>()
            .init_resource::<Layers>()
            .add_systems(Update, receive.in_set(AppSet::Tasks))
            .add_systems(Update, open.in_set(AppSet::Document))
            .add_systems(
                Update,
                (pointing::keys, pointing::point).chain().in_set(Pointing).in_set(AppSet::Input).before(camera::drag),
            );
    }
}

fn open(document: Option<Res<OpenDocument>>, mut state: ResMut<ExaminationState>) {
    if let Some(document) = document.filter(|document| document.is_changed() && !document.again) {
        *state = ExaminationState::open(document.examiner.clone(), document.by_hand.clone());
    }
}

fn receive(mut state: ResMut<ExaminationState>) {
    state.receive();
}
