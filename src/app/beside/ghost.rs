//! The femur as it was scanned over the planned one, in the same posture: see-through, or solid with the planned one see-through.

use crate::{
    app::{
        bodies,
        document::{BodyMesh, OpenDocument},
        examination::Layers,
        joint::{HipPosture, Joint},
        model::Layer,
        space::ViewSpace,
    },
    labels::Label,
};
use bevy::{picking::Pickable, prelude::*};
use std::sync::Arc;

/// A blue that no bone and no metal has, linear.
const COLOUR: [f32; 3] = [0.10, 0.36, 0.85];
/// How opaque it is where the planned one is solid.
const OPACITY: f32 = 0.38;

/// The femur as it was scanned.
#[derive(Component, Clone, Copy, Debug, PartialEq)]
pub struct Ghost {
    joint: Joint,
}

/// On screen while its layer is.
pub(super) fn draw(
    document: Option<Res<OpenDocument>>,
    layers: Res<Layers>,
    space: Res<ViewSpace>,
    old: Query<(Entity, &MeshMaterial3d<StandardMaterial>), With<Ghost>>,
    (mut meshes, mut materials): (ResMut<Assets<Mesh>>, ResMut<Assets<StandardMaterial>>),
    mut commands: Commands,
) {
    let Some(document) = document else { return };
    let opened = document.is_changed();
    if !(layers.is_changed() || opened) {
        return;
    }
    let opacity = match (layers.0.contains(&Layer::Native), layers.0.contains(&Layer::Ghost)) {
        (true, _) => Some(1.0),
        (false, ghost) => ghost.then_some(OPACITY),
    };
    let scanned = document.hip.as_ref().map(|_| &document.scanned);
    let native = scanned.zip(opacity).and_then(|(scanned, opacity)| {
        let femur = scanned.bones.iter().find(|(label, _)| *label == Label::femur(document.side));
        Some((femur?, scanned.joint?, opacity))
    });
    let Some(((label, femur), joint, opacity)) = native else {
        old.iter().for_each(|(entity, _)| commands.entity(entity).despawn());
        return;
    };
    let [r, g, b] = COLOUR;
    let colour = Color::linear_rgba(r, g, b, opacity);
    if let Some((_, material)) = old.iter().next().filter(|_| !opened) {
        bodies::tint(&mut materials, &material.0, colour);
        return;
    }
    old.iter().for_each(|(entity, _)| commands.entity(entity).despawn());
    let material = materials.add(StandardMaterial { perceptual_roughness: 0.7, reflectance: 0.35, ..default() });
    bodies::tint(&mut materials, &material, colour);
    let body = BodyMesh { kind: bodies::BodyKind::Bone(*label), mesh: Arc::clone(femur), sensor: None };
    commands.spawn((
        Name::new("native"),
        Ghost { joint },
        Mesh3d(meshes.add(bodies::drawn(&body, &space))),
        MeshMaterial3d(material),
        Transform::IDENTITY,
        Visibility::Visible,
        // What lies within it is pointed at.
        Pickable::IGNORE,
    ));
}

/// In the posture in which the planned hip stands, about the native centre.
pub(super) fn stand(posture: Res<HipPosture>, space: Res<ViewSpace>, mut ghosts: Query<(&Ghost, &mut Transform)>) {
    for (ghost, mut transform) in &mut ghosts {
        transform.set_if_neq(space.motion(&ghost.joint.motion(&posture.0)));
    }
}
