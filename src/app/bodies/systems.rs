//! Spawning the bodies and painting them.

use super::{Body, BodyKind, FollowsFemur, InContact, Opacity, mesh};
use crate::{
    app::{
        contact::ContactState,
        distance::Heated,
        document::{BodyMesh, OpenDocument},
        examination::Layers,
        model::Layer,
        raycast::SolidState,
        space::ViewSpace,
    },
    labels::Label,
    plan::ImplantPart,
};
use bevy::prelude::*;

/// How opaque a native head is drawn that would hide the cup.
const GHOST: f32 = 0.3;
/// How much of a planned body is seen within the femur as it was scanned.
const THROUGH: f32 = 0.45;
/// Neighbouring faces of a machined part that meet at more than this are drawn as an edge.
const CREASE_DEG: f64 = 35.0;

/// When another document is opened: its bodies replace the old ones, and the view's origin moves to its hip.
pub fn spawn_bodies(
    document: Option<Res<OpenDocument>>,
    old: Query<(Entity, &Body, &Visibility, &Opacity)>,
    mut space: ResMut<ViewSpace>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<StandardMaterial>>,
    mut commands: Commands,
) {
    let Some(document) = document.filter(|d| d.is_changed()) else { return };
    // After a change of the plan bodies look as they did.
    let looks: Vec<_> =
        old.iter().filter(|_| document.again).map(|(_, body, shown, opacity)| (body.kind, *shown, *opacity)).collect();
    old.iter().for_each(|(entity, ..)| commands.entity(entity).despawn());
    space.origin = document.focus;
    for part in &document.bodies {
        let drawn = drawn(part, &space);
        let (_, metallic, roughness) = part.kind.surface();
        let opacity = Opacity(if hides_cup(&document, part.kind) { GHOST } else { 1.0 });
        let look = looks.iter().find(|(kind, ..)| *kind == part.kind);
        let (shown, opacity) = look.map_or((Visibility::Visible, opacity), |(_, shown, opacity)| (*shown, *opacity));
        let material = StandardMaterial { metallic, perceptual_roughness: roughness, reflectance: 0.35, ..default() };
        let mut entity = commands.spawn((
            Name::new(part.kind.text_key()),
            Body { kind: part.kind, side: part.kind.side().or(document.side_of(part.kind)) },
            opacity,
            shown,
            Transform::IDENTITY,
            Mesh3d(meshes.add(drawn)),
            MeshMaterial3d(materials.add(material)),
        ));
        if part.kind.follows_femur(document.side) {
            entity.insert(FollowsFemur);
        }
    }
}

/// A body as the renderer wants it.
#[must_use]
pub fn drawn(part: &BodyMesh, space: &ViewSpace) -> Mesh {
    match part.kind {
        BodyKind::Bone(_) => mesh::smooth(&part.mesh, space),
        BodyKind::Implant(_) => mesh::creased(&part.mesh, space, CREASE_DEG),
    }
}

/// Without a stem the femur is not cut: its head still fills the cup.
fn hides_cup(document: &OpenDocument, kind: BodyKind) -> bool {
    let has = |part: ImplantPart| document.bodies.iter().any(|body| body.kind == BodyKind::Implant(part));
    kind == BodyKind::Bone(Label::femur(document.side)) && has(ImplantPart::Cup) && !has(ImplantPart::Stem)
}

/// Bodies in contact carry [`InContact`], no others.
pub fn mark_contact(contact: Res<ContactState>, bodies: Query<(Entity, &Body, Has<InContact>)>, mut commands: Commands) {
    for (entity, body, marked) in &bodies {
        let touches = contact.touches(body.kind);
        if touches && !marked {
            commands.entity(entity).insert(InContact);
        } else if !touches && marked {
            commands.entity(entity).remove::<InContact>();
        }
    }
}

/// A body with all that its look depends on.
type Painted =
    (&'static Body, &'static Opacity, Has<FollowsFemur>, Has<InContact>, Has<Heated>, &'static MeshMaterial3d<StandardMaterial>);

/// Colour and transparency of each body's own material follow its components.
pub fn paint_bodies(
    bodies: Query<Painted>,
    layers: Res<Layers>,
    solid: Res<SolidState>,
    mut materials: ResMut<Assets<StandardMaterial>>,
) {
    for (body, opacity, follows, touching, heated, handle) in &bodies {
        // Under the femur as it was scanned the planned one is see-through.
        let through = if follows && layers.0.contains(&Layer::Native) { THROUGH } else { 1.0 };
        let [r, g, b] = match (heated, touching) {
            // Distances have colours of their own, which this one is multiplied with.
            (true, _) => [1.0; 3],
            (false, true) => [0.85, 0.06, 0.04],
            (false, false) => body.kind.surface().0,
        };
        tint(&mut materials, &handle.0, Color::linear_rgba(r, g, b, opacity.0 * through * in_xray(body.kind, &solid)));
    }
}

/// An X-ray goes through bone; metal is seen in it.
pub fn in_xray(kind: BodyKind, solid: &SolidState) -> f32 {
    if solid.view.through_bones() && matches!(kind, BodyKind::Bone(_)) { 0.0 } else { 1.0 }
}

/// Gives a material a colour. Only what differs is written: every write is an upload.
pub fn tint(materials: &mut ResMut<Assets<StandardMaterial>>, handle: &Handle<StandardMaterial>, colour: Color) {
    if materials.get(handle).is_some_and(|material| material.base_color == colour) {
        return;
    }
    if let Some(mut material) = materials.get_mut(handle) {
        material.base_color = colour;
        material.alpha_mode = if colour.alpha() < 1.0 { AlphaMode::Blend } else { AlphaMode::Opaque };
    }
}
