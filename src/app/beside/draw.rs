//! The other hip in the picture: bodies that only the second view shows, and the camera of that view, which follows the first.

use super::BesideState;
use crate::{
    app::{
        bodies::{self, Body, BodyKind, Opacity},
        camera::OrbitCamera,
        document::OpenDocument,
        joint::HipPosture,
        raycast::SolidState,
        space::ViewSpace,
    },
    frames::Side,
    labels::Label,
};
use bevy::{camera::visibility::RenderLayers, core_pipeline::tonemapping::Tonemapping, picking::Pickable, prelude::*};

/// Layers of what is drawn: the first view, and the one beside it.
pub const LAYERS: [usize; 2] = [0, 1];

/// A body of the other hip.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub struct BesideBody {
    /// Bone or implant.
    pub kind: BodyKind,
    /// It goes with the femur.
    pub follows: bool,
    /// Its surface is its own, and so is what it is painted with.
    own: bool,
}

/// The camera of the second view.
#[derive(Component, Clone, Copy, Debug)]
pub struct BesideCamera;

/// True for what another plan may leave otherwise; all other bones are the same in both views.
fn differs(kind: BodyKind, side: Side) -> bool {
    !matches!(kind, BodyKind::Bone(label) if label != Label::hip(side) && label != Label::femur(side))
}

/// Bodies of what stands there, once they are known; gone with it.
pub(super) fn spawn(
    document: Option<Res<OpenDocument>>,
    space: Res<ViewSpace>,
    old: Query<Entity, With<BesideBody>>,
    shown: Query<(&Body, &Mesh3d, &MeshMaterial3d<StandardMaterial>)>,
    mut state: ResMut<BesideState>,
    (mut meshes, mut materials): (ResMut<Assets<Mesh>>, ResMut<Assets<StandardMaterial>>),
    mut commands: Commands,
) {
    let Some(document) = document else { return };
    let Some(stands) = state.stands.as_ref() else {
        old.iter().for_each(|entity| commands.entity(entity).despawn());
        return;
    };
    if state.drawn {
        return;
    }
    old.iter().for_each(|entity| commands.entity(entity).despawn());
    let layer = || (RenderLayers::layer(LAYERS[1]), Transform::IDENTITY, Visibility::Visible, Pickable::IGNORE);
    for (body, mesh, material) in shown.iter().filter(|(body, ..)| !differs(body.kind, document.side)) {
        let same = BesideBody { kind: body.kind, follows: false, own: false };
        commands.spawn((same, layer(), mesh.clone(), material.clone()));
    }
    for part in &stands.bodies {
        let (_, metallic, roughness) = part.kind.surface();
        let material = StandardMaterial { metallic, perceptual_roughness: roughness, reflectance: 0.35, ..default() };
        let body = BesideBody { kind: part.kind, follows: part.kind.follows_femur(document.side), own: true };
        let (mesh, material) = (meshes.add(bodies::drawn(part, &space)), materials.add(material));
        commands.spawn((body, layer(), Mesh3d(mesh), MeshMaterial3d(material)));
    }
    state.bypass_change_detection().drawn = true;
}

/// In the posture in which the planned hip stands, about its own centre.
pub(super) fn stand(
    state: Res<BesideState>,
    posture: Res<HipPosture>,
    space: Res<ViewSpace>,
    mut bodies: Query<(&BesideBody, &mut Transform)>,
) {
    let Some(joint) = state.stands.as_ref().and_then(|stands| stands.joint) else { return };
    let moved = space.motion(&joint.motion(&posture.0));
    for (_, mut transform) in bodies.iter_mut().filter(|(body, _)| body.follows) {
        transform.set_if_neq(moved);
    }
}

/// What is hidden or see-through in the first view is so in the second.
pub(super) fn paint(
    shown: Query<(&Body, &Visibility, &Opacity), Without<BesideBody>>,
    solid: Res<SolidState>,
    mut bodies: Query<(&BesideBody, &mut Visibility, &MeshMaterial3d<StandardMaterial>)>,
    mut materials: ResMut<Assets<StandardMaterial>>,
) {
    for (body, mut visibility, handle) in &mut bodies {
        let like = shown.iter().find(|(other, ..)| other.kind == body.kind);
        visibility.set_if_neq(like.map_or(Visibility::Visible, |(_, visibility, _)| *visibility));
        if !body.own {
            continue;
        }
        let ([r, g, b], opacity) =
            (body.kind.surface().0, like.map_or(1.0, |(.., opacity)| opacity.0) * bodies::in_xray(body.kind, &solid));
        bodies::tint(&mut materials, &handle.0, Color::linear_rgba(r, g, b, opacity));
    }
}

/// What of the first view's camera the second has as well.
type First = (&'static Transform, &'static Projection, &'static Tonemapping, &'static Msaa);

/// The second view is there while something stands in it, and is seen from where the first is.
pub(super) fn look(
    state: Res<BesideState>,
    first: Query<First, (With<OrbitCamera>, Without<BesideCamera>)>,
    mut second: Query<(Entity, &mut Transform), With<BesideCamera>>,
    mut commands: Commands,
) {
    let wanted = first.iter().next().filter(|_| state.stands.is_some());
    match (wanted, second.single_mut()) {
        (Some((from, ..)), Ok((_, mut transform))) => _ = transform.set_if_neq(*from),
        (Some((from, projection, tonemapping, smoothing)), Err(_)) => {
            // Drawn before the first, into its own part of the window.
            let camera = Camera { order: -1, ..default() };
            let layer = RenderLayers::layer(LAYERS[1]);
            commands.spawn((
                BesideCamera,
                Camera3d::default(),
                camera,
                *from,
                projection.clone(),
                *tonemapping,
                *smoothing,
                layer,
            ));
        }
        (None, Ok((entity, _))) => commands.entity(entity).despawn(),
        (None, Err(_)) => {}
    }
}
