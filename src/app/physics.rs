//! The same bodies once more as sensors in a Rapier world: what the physics engine says about touching, shown beside the motion
//! solver's answer. No number from here is ever reported.
//!
//! Rapier's tolerances are made for things of a person's size, so its world is in centimetres with a length unit of one.
//! The sensors are entities of their own; the drawn bodies keep their metres.

pub mod rehearsal;

use super::{
    bodies::BodyKind,
    document::OpenDocument,
    joint::HipPosture,
    schedule::AppSet,
    space::{ViewSpace, view_direction},
};
use crate::{frames::Side, labels::Label, mesh::TriMesh, plan::ImplantPart};
use bevy::prelude::*;
use bevy_rapier3d::prelude::*;
use std::collections::BTreeSet;

/// Centimetres per millimetre.
const MM_TO_PHYSICS: f64 = 0.1;

/// What the physics engine says.
#[derive(Resource, Clone, Debug, Default, PartialEq, Eq)]
pub struct PhysicsContact {
    /// There are bodies that could touch.
    pub expected: bool,
    /// `None` before it has said anything.
    pub touching: Option<bool>,
    /// The pairs that touch.
    pub pairs: BTreeSet<(BodyKind, BodyKind)>,
}

/// A body of the physics world.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sensed {
    /// Which body it stands for.
    pub kind: BodyKind,
    /// Follows the femur.
    pub moves: bool,
}

/// The physics world.
pub struct PhysicsPlugin;

impl Plugin for PhysicsPlugin {
    fn build(&self, app: &mut App) {
        app.add_plugins(RapierPhysicsPlugin::<NoUserData>::default().with_length_unit(1.0))
            .insert_resource(TimestepMode::Fixed { dt: 1.0 / 60.0, substeps: 1 })
            .init_resource::<PhysicsContact>()
            .add_systems(Update, spawn_sensors.in_set(AppSet::Document))
            .add_systems(Update, move_sensors.in_set(AppSet::Move))
            .add_systems(Update, hear_sensors.in_set(AppSet::Show));
    }
}

fn spawn_sensors(
    document: Option<Res<OpenDocument>>,
    old: Query<Entity, With<Sensed>>,
    mut contact: ResMut<PhysicsContact>,
    mut commands: Commands,
) {
    let Some(document) = document.filter(|d| d.is_changed()) else { return };
    old.iter().for_each(|entity| commands.entity(entity).despawn());
    *contact = PhysicsContact { expected: document.joint.is_some(), ..default() };
    if document.joint.is_none() {
        return;
    }
    let space = ViewSpace { origin: document.focus };
    for part in &document.bodies {
        let moves = part.kind.follows_femur(document.side);
        // A surface that Rapier refuses is left out of the comparison; the motion solver still has it.
        let Some(collider) = part.sensor.as_ref().and_then(|mesh| collider(mesh, &space)) else { continue };
        commands.spawn((
            Sensed { kind: part.kind, moves },
            if moves { RigidBody::KinematicPositionBased } else { RigidBody::Fixed },
            collider,
            Sensor,
            // Without this flag a moved body and a fixed one are never compared.
            ActiveCollisionTypes::KINEMATIC_STATIC,
            ActiveEvents::COLLISION_EVENTS,
            Transform::IDENTITY,
        ));
    }
}

/// What must not touch. The head is left out, since it bears in the cup.
pub(super) fn takes_part(kind: BodyKind, side: Side) -> bool {
    match kind {
        BodyKind::Bone(label) => label == Label::Sacrum || label == Label::hip(side) || label == Label::femur(side),
        BodyKind::Implant(part) => matches!(part, ImplantPart::Cup | ImplantPart::Stem | ImplantPart::Augment),
    }
}

fn collider(mesh: &TriMesh, space: &ViewSpace) -> Option<Collider> {
    let vertices = mesh.vertices.iter().map(|p| view_direction(&((p - space.origin) * MM_TO_PHYSICS))).collect();
    let flags = TriMeshFlags::MERGE_DUPLICATE_VERTICES | TriMeshFlags::DELETE_DEGENERATE_TRIANGLES;
    Collider::trimesh_with_flags(vertices, mesh.triangles.clone(), flags).ok()
}

fn move_sensors(
    document: Option<Res<OpenDocument>>,
    posture: Res<HipPosture>,
    space: Res<ViewSpace>,
    mut sensors: Query<(&Sensed, &mut Transform)>,
) {
    let Some(joint) = document.and_then(|document| document.joint) else { return };
    let moved = space.scaled_motion(&joint.motion(&posture.0), MM_TO_PHYSICS);
    for (_, mut transform) in sensors.iter_mut().filter(|(sensed, transform)| sensed.moves && **transform != moved) {
        *transform = moved;
    }
}

fn hear_sensors(world: ReadRapierContext, sensors: Query<&Sensed>, mut contact: ResMut<PhysicsContact>) {
    let Ok(world) = world.single() else { return };
    if sensors.is_empty() {
        return;
    }
    let mut pairs = BTreeSet::new();
    for (first, second, touching) in world.simulation.intersection_pairs(world.colliders) {
        if let (true, Ok(a), Ok(b)) = (touching, sensors.get(first), sensors.get(second)) {
            // The cup in its bone and the stem in its femur are not news.
            if a.moves != b.moves {
                pairs.insert((a.kind.min(b.kind), a.kind.max(b.kind)));
            }
        }
    }
    contact.set_if_neq(PhysicsContact { expected: true, touching: Some(!pairs.is_empty()), pairs });
}
