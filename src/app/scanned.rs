//! The operated hip as it was scanned, where the bones are judged and not the plan: whole bones, no implants, the hip in its own centre.

use super::{
    bodies::{self, Body, BodyKind, Opacity},
    document::{BodyMesh, OpenDocument},
    joint::{HipPosture, Joint},
    raycast::SolidState,
    schedule::AppSet,
    space::ViewSpace,
    steps::AtStep,
};
use crate::labels::Label;
use bevy::{camera::visibility::RenderLayers, picking::Pickable, prelude::*};
use std::sync::Arc;

/// A bone of the operated hip as it was scanned; its planned form has the same kind.
#[derive(Component, Clone, Copy, Debug, PartialEq)]
pub struct AsScanned {
    /// Which bone.
    pub kind: BodyKind,
    /// Of the femur.
    joint: Option<Joint>,
}

/// Shows the one or the other.
pub struct ScannedPlugin;

impl Plugin for ScannedPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(Update, spawn.in_set(AppSet::Document))
            .add_systems(Update, stand.in_set(AppSet::Move))
            .add_systems(Update, (exchange, follow).chain().in_set(AppSet::Show));
    }
}

/// Which bones of a plan are cut, and what stands for them before.
fn spawn(
    document: Option<Res<OpenDocument>>,
    old: Query<Entity, With<AsScanned>>,
    space: Res<ViewSpace>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<StandardMaterial>>,
    mut commands: Commands,
) {
    let Some(document) = document.filter(|document| document.is_changed()) else { return };
    old.iter().for_each(|entity| commands.entity(entity).despawn());
    // Without a plan bones are whole anyway.
    if document.placed.is_none() {
        return;
    }
    for (label, mesh) in &document.scanned.bones {
        let kind = BodyKind::Bone(*label);
        let (_, metallic, perceptual_roughness) = kind.surface();
        let body = BodyMesh { kind, mesh: Arc::clone(mesh), sensor: None };
        commands.spawn((
            Name::new("as scanned"),
            AsScanned { kind, joint: document.scanned.joint.filter(|_| *label == Label::femur(document.side)) },
            Mesh3d(meshes.add(bodies::drawn(&body, &space))),
            MeshMaterial3d(materials.add(StandardMaterial { metallic, perceptual_roughness, reflectance: 0.35, ..default() })),
            Transform::IDENTITY,
            RenderLayers::none(),
            Pickable::IGNORE,
        ));
    }
}

/// In the posture in which the planned hip stands, about the native centre.
fn stand(posture: Res<HipPosture>, space: Res<ViewSpace>, mut bones: Query<(&AsScanned, &mut Transform)>) {
    for (bone, mut transform) in &mut bones {
        if let Some(joint) = bone.joint {
            transform.set_if_neq(space.motion(&joint.motion(&posture.0)));
        }
    }
}

/// At the steps of the bones what is planned gives way to what was scanned.
fn exchange(
    at: Res<AtStep>,
    mut scanned: Query<(&AsScanned, &mut RenderLayers)>,
    planned: Query<(Entity, &Body, Has<RenderLayers>), Without<AsScanned>>,
    mut commands: Commands,
) {
    let shows = at.0.shows_as_scanned() && !scanned.is_empty();
    let layers = if shows { RenderLayers::default() } else { RenderLayers::none() };
    for (_, mut own) in &mut scanned {
        own.set_if_neq(layers.clone());
    }
    for (entity, body, hidden) in &planned {
        let stood_for = matches!(body.kind, BodyKind::Implant(_)) || scanned.iter().any(|(bone, _)| bone.kind == body.kind);
        match (shows && stood_for, hidden) {
            (true, false) => drop(commands.entity(entity).insert(RenderLayers::none())),
            (false, true) => drop(commands.entity(entity).remove::<RenderLayers>()),
            _ => {}
        }
    }
}

/// Hidden, see-through and coloured as its planned form is.
fn follow(
    planned: Query<(&Body, &Opacity, &Visibility), Without<AsScanned>>,
    solid: Res<SolidState>,
    mut scanned: Query<(&AsScanned, &mut Visibility, &MeshMaterial3d<StandardMaterial>)>,
    mut materials: ResMut<Assets<StandardMaterial>>,
) {
    for (bone, mut visibility, material) in &mut scanned {
        let Some((_, opacity, shown)) = planned.iter().find(|(body, ..)| body.kind == bone.kind) else { continue };
        visibility.set_if_neq(*shown);
        let [r, g, b] = bone.kind.surface().0;
        let colour = Color::linear_rgba(r, g, b, opacity.0 * bodies::in_xray(bone.kind, &solid));
        bodies::tint(&mut materials, &material.0, colour);
    }
}
