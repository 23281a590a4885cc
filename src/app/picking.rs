//! What lies under the pointer.

use super::{
    bodies::{Body, BodyKind},
    eye::ViewArea,
    schedule::AppSet,
};
use bevy::{picking::pointer::PointerInteraction, prelude::*};

/// The body under the pointer.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hovered(pub Option<BodyKind>);

/// Finds the body under the pointer by casting a ray at the meshes.
pub struct PickingPlugin;

impl Plugin for PickingPlugin {
    fn build(&self, app: &mut App) {
        app.add_plugins(MeshPickingPlugin).add_systems(Update, hover.in_set(AppSet::Input));
    }
}

fn hover(pointers: Query<&PointerInteraction>, bodies: Query<&Body>, area: Res<ViewArea>, mut hovered: ResMut<Hovered>) {
    let nearest =
        pointers.iter().filter_map(PointerInteraction::get_nearest_hit).find_map(|(entity, _)| bodies.get(*entity).ok());
    let found = nearest.filter(|_| area.pointer_inside).map(|body| body.kind);
    hovered.set_if_neq(Hovered(found));
}
