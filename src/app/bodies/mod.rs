//! Bones and implants as entities: a one-way view of the open document.

mod kinds;
mod mesh;
mod systems;

pub use kinds::BodyKind;
pub(super) use systems::{drawn, in_xray, tint};

use super::schedule::AppSet;
use bevy::prelude::*;

/// What this entity is, and the side it belongs to.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Body {
    /// Bone or implant.
    pub kind: BodyKind,
    /// `None` for what lies in the midline.
    pub side: Option<crate::frames::Side>,
}

/// How opaque it is drawn, 0 to 1. Hiding it altogether is Bevy's [`Visibility`].
#[derive(Component, Clone, Copy, Debug, PartialEq)]
pub struct Opacity(pub f32);

/// Follows the femur when the hip moves.
#[derive(Component, Clone, Copy, Debug)]
pub struct FollowsFemur;

/// Is touching another body in the present posture; drawn red.
#[derive(Component, Clone, Copy, Debug)]
pub struct InContact;

/// Spawns the bodies of the open document and keeps their look in step with their components.
pub struct BodiesPlugin;

impl Plugin for BodiesPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(Update, systems::spawn_bodies.in_set(AppSet::Document))
            .add_systems(Update, (systems::mark_contact, systems::paint_bodies).chain().in_set(AppSet::Show));
    }
}
