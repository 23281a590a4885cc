//! The order of a frame.

use bevy::prelude::*;

/// Steps of `Update`, in this order.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AppSet {
    /// Results of background work arrive.
    Tasks,
    /// The open document becomes entities.
    Document,
    /// Camera and pointer.
    Input,
    /// The hip's posture moves what follows the femur, and contact is asked for.
    Move,
    /// Looks follow components.
    Show,
}

/// Chains the sets.
pub struct SchedulePlugin;

impl Plugin for SchedulePlugin {
    fn build(&self, app: &mut App) {
        let order = (AppSet::Tasks, AppSet::Document, AppSet::Input, AppSet::Move, AppSet::Show).chain();
        app.configure_sets(Update, order);
    }
}
