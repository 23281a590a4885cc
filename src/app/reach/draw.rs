//! The cone in the picture: see-through, in the colours of what meets.

use super::{ReachState, cone};
use crate::app::{document::OpenDocument, examination::Layers, model::Layer, space::ViewSpace, theme};
use bevy::{
    asset::RenderAssetUsages,
    mesh::{Indices, PrimitiveTopology},
    picking::Pickable,
    prelude::*,
};

/// How much of it is seen.
const OPACITY: f32 = 0.30;

/// The cone on screen.
#[derive(Component, Clone, Copy, Debug)]
pub struct ReachCone;

pub(super) fn draw(
    document: Option<Res<OpenDocument>>,
    layers: Res<Layers>,
    state: Res<ReachState>,
    space: Res<ViewSpace>,
    old: Query<Entity, With<ReachCone>>,
    (mut meshes, mut materials): (ResMut<Assets<Mesh>>, ResMut<Assets<StandardMaterial>>),
    mut commands: Commands,
) {
    let opened = document.as_ref().is_some_and(|document| document.is_changed());
    if !(state.is_changed() || layers.is_changed() || opened) {
        return;
    }
    old.iter().for_each(|entity| commands.entity(entity).despawn());
    // What belongs to another trial is not drawn over this one.
    let Some(plane) = state.planes().get(1).filter(|_| state.current().is_some() && layers.0.contains(&Layer::Reach)) else {
        return;
    };
    let Some(joint) = document.and_then(|document| document.joint) else { return };
    let (mut positions, mut colours, mut indices) = (Vec::new(), Vec::new(), Vec::new());
    for piece in cone(&joint, plane) {
        let Some(couple) = piece.couple else { continue };
        let colour = theme::couple(couple);
        let linear = Color::srgb_u8(colour.r(), colour.g(), colour.b()).to_linear();
        let first = positions.len() as u32;
        for place in piece.inner.iter().zip(&piece.rim).flat_map(|(inner, rim)| [inner, rim]) {
            positions.push(space.point(place).to_array());
            colours.push([linear.red, linear.green, linear.blue, OPACITY]);
        }
        let strips = piece.rim.len().saturating_sub(1) as u32;
        indices.extend((0..strips).map(|strip| first + 2 * strip).flat_map(|at| [at, at + 1, at + 3, at, at + 3, at + 2]));
    }
    if positions.is_empty() {
        return;
    }
    let normals = vec![[0.0, 0.0, 1.0]; positions.len()];
    let mesh = Mesh::new(PrimitiveTopology::TriangleList, RenderAssetUsages::default())
        .with_inserted_attribute(Mesh::ATTRIBUTE_POSITION, positions)
        .with_inserted_attribute(Mesh::ATTRIBUTE_NORMAL, normals)
        .with_inserted_attribute(Mesh::ATTRIBUTE_COLOR, colours)
        .with_inserted_indices(Indices::U32(indices));
    // Its colour tells what meets, and is the same in any light.
    let material =
        StandardMaterial { unlit: true, double_sided: true, cull_mode: None, alpha_mode: AlphaMode::Blend, ..default() };
    commands.spawn((
        Name::new("reach"),
        ReachCone,
        Mesh3d(meshes.add(mesh)),
        MeshMaterial3d(materials.add(material)),
        Transform::IDENTITY,
        Visibility::Visible,
        // Bones behind it are pointed at through it.
        Pickable::IGNORE,
    ));
}
