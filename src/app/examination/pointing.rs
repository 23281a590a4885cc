//! The pointer on landmarks: hovering, and dragging them while they are unlocked.

use super::{ExaminationState, Layers, Which};
use crate::{
    app::{
        camera::OrbitCamera,
        document::OpenDocument,
        eye::{Eye, Ray, ViewArea},
        joint::HipPosture,
        model::Layer,
        space::ViewSpace,
        steps::AtStep,
    },
    labels::Label,
    surface::MeshIndex,
};
use bevy::{ecs::system::SystemParam, prelude::*};
use bevy_egui::input::EguiWantsInput;
use nalgebra::Point3;
use std::collections::BTreeMap;

/// A landmark is under the pointer when it is seen within this of it, points.
const REACH: f32 = 10.0;

/// A line of sight meets a bone at most so often; one that runs along a surface is not followed for ever.
const MOST_PLACES: usize = 32;
/// How far past one place of a surface the next is looked for, mm.
const PAST_MM: f64 = 0.01;

/// How a landmark is held.
#[derive(Clone, Copy, Default)]
pub(super) struct Grip {
    /// From the pointer to the landmark, so that it does not jump when it is taken hold of.
    offset: egui::Vec2,
    /// Where the pointer was last: a pointer at rest moves nothing.
    last: egui::Pos2,
}

/// Where the pointer is and what it looks at.
#[derive(SystemParam)]
pub(super) struct Look<'w, 's> {
    document: Option<Res<'w, OpenDocument>>,
    area: Option<Res<'w, ViewArea>>,
    posture: Res<'w, HipPosture>,
    space: Res<'w, ViewSpace>,
    layers: Res<'w, Layers>,
    at: Res<'w, AtStep>,
    cameras: Query<'w, 's, &'static OrbitCamera>,
}

/// Undo, redo, and Escape while a landmark is held.
pub(super) fn keys(
    keys: Option<Res<ButtonInput<KeyCode>>>,
    egui: Option<Res<EguiWantsInput>>,
    mut state: ResMut<ExaminationState>,
) {
    let Some(keys) = keys.filter(|_| egui.is_none_or(|egui| !egui.wants_any_keyboard_input())) else { return };
    if keys.just_pressed(KeyCode::Escape) && state.holding() {
        state.let_go();
    }
    // A key that was let go within the same frame, as happens on slow machines, was held all the same.
    let held = |key: [KeyCode; 2]| keys.any_pressed(key) || keys.any_just_released(key);
    let control = held([KeyCode::ControlLeft, KeyCode::ControlRight]) || held([KeyCode::SuperLeft, KeyCode::SuperRight]);
    let shift = held([KeyCode::ShiftLeft, KeyCode::ShiftRight]);
    if control && keys.just_pressed(KeyCode::KeyZ) {
        if shift { state.redo() } else { state.undo() }
    }
    if control && keys.just_pressed(KeyCode::KeyY) {
        state.redo();
    }
}

/// Takes hold of the landmark under the pointer, moves it, sets it down.
pub(super) fn point(
    look: Look,
    buttons: Option<Res<ButtonInput<MouseButton>>>,
    mut state: ResMut<ExaminationState>,
    mut grip: Local<Grip>,
    mut surfaces: Local<BTreeMap<Label, MeshIndex>>,
) {
    let (Some(document), Some(area), Some(buttons), Ok(camera)) = (&look.document, &look.area, buttons, look.cameras.single())
    else {
        return;
    };
    if document.is_changed() {
        surfaces.clear();
    }
    let Some(pointer) = area.pointer else { return };
    let eye = Eye::new(camera, &look.space, area.rect);
    let Some(((name, side), position)) = state.held() else {
        let seen = |which: Which, p: &Point3<f64>| eye.see(&(document.motion(which, &look.posture.0, look.at.0) * p));
        let near = nearest(&state, |which, p| seen(which, p).map(|place| place - pointer));
        let near = near.filter(|_| area.pointer_inside && look.layers.0.contains(&Layer::Landmarks));
        let hovered = near.map(|(which, _)| which);
        if state.hovered != hovered {
            state.hovered = hovered;
        }
        if let (true, Some((which, away))) = (state.unlocked && buttons.just_pressed(MouseButton::Left), near) {
            *grip = Grip { offset: away, last: pointer };
            state.grab(which);
        }
        return;
    };
    if pointer != grip.last {
        grip.last = pointer;
        // Seen from the bone, which may have moved with the hip.
        let back = document.motion((name, side), &look.posture.0, look.at.0).inverse();
        let ray = eye.ray(pointer + grip.offset);
        let ray = Ray { origin: back * ray.origin, direction: back * ray.direction };
        let bone = name.bone(side).filter(|_| name.on_surface());
        let mesh = bone.and_then(|bone| Some((bone, document.whole(bone)?)));
        let surface = mesh.map(|(bone, mesh)| &*surfaces.entry(bone).or_insert_with(|| MeshIndex::new(mesh)));
        state.drag(follow(&ray, &position, surface));
    }
    if !buttons.pressed(MouseButton::Left) {
        state.set_down();
    }
}

/// The landmark seen nearest to the pointer, with how far it is seen from it.
fn nearest(state: &ExaminationState, away: impl Fn(Which, &Point3<f64>) -> Option<egui::Vec2>) -> Option<(Which, egui::Vec2)> {
    let landmarks = &state.shown()?.landmarks;
    let seen = landmarks.iter().filter_map(|(name, side, landmark)| {
        let which = (name, side);
        Some((which, away(which, &landmark.position)?))
    });
    seen.filter(|(_, away)| away.length() <= REACH).min_by(|a, b| a.1.length().total_cmp(&b.1.length()))
}

/// Where a landmark goes that is dragged along a line of sight: without a surface it keeps its depth; on a surface it goes to the place under
/// the pointer that is nearest to where it was, so that one on the back of a bone stays there, and glides along the outline where the
/// pointer has left the bone.
#[must_use]
fn follow(ray: &Ray, from: &Point3<f64>, surface: Option<&MeshIndex>) -> Point3<f64> {
    let Some(surface) = surface else { return ray.nearest(from) };
    let nearest = under(ray, surface).into_iter().min_by(|a, b| (a - from).norm().total_cmp(&(b - from).norm()));
    nearest.unwrap_or_else(|| outline(ray, from, surface))
}

/// All places of a surface on a line of sight.
fn under(ray: &Ray, surface: &MeshIndex) -> Vec<Point3<f64>> {
    let mut places = Vec::new();
    let mut origin = ray.origin;
    while let Some(hit) = surface.ray(&origin, &ray.direction).filter(|_| places.len() < MOST_PLACES) {
        places.push(hit.point);
        origin = hit.point + ray.direction.into_inner() * PAST_MM;
    }
    places
}

/// The place of a surface that comes nearest to a line of sight which misses it, near `from`: going to the nearest point of the line and of
/// the surface by turns ends there.
fn outline(ray: &Ray, from: &Point3<f64>, surface: &MeshIndex) -> Point3<f64> {
    let mut place = *from;
    for _ in 0..50 {
        let Some(closest) = surface.closest(&ray.nearest(&place)) else { return place };
        let step = (closest.point - place).norm();
        place = closest.point;
        if step < 0.01 {
            break;
        }
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::TriMesh;
    use nalgebra::{Unit, Vector3};

    /// A box of 20 mm about the origin.
    fn cube() -> MeshIndex {
        let corner = |i: usize| Point3::from([0, 1, 2].map(|bit| if i >> bit & 1 == 1 { 10.0 } else { -10.0 }));
        let quads = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]];
        let triangles = quads.iter().flat_map(|&[a, b, c, d]| [[a, b, c], [a, c, d]]).collect();
        MeshIndex::new(&TriMesh { vertices: (0..8).map(corner).collect(), triangles })
    }

    fn along_y(x: f64, z: f64) -> Ray {
        Ray { origin: Point3::new(x, -500.0, z), direction: Unit::new_normalize(Vector3::y()) }
    }

    #[test]
    fn a_surface_landmark_stays_on_its_side_of_the_bone_and_glides_along_the_outline() {
        let cube = cube();
        for y in [-10.0, 10.0] {
            let place = follow(&along_y(4.0, -3.0), &Point3::new(0.0, y, 0.0), Some(&cube));
            assert!((place - Point3::new(4.0, y, -3.0)).norm() < 1e-9, "{place}");
        }
        let place = follow(&along_y(40.0, -3.0), &Point3::new(0.0, -10.0, 0.0), Some(&cube));
        assert!((place.x - 10.0).abs() < 1e-9 && (place.z + 3.0).abs() < 0.05, "{place}");
    }

    #[test]
    fn a_centre_keeps_its_depth() {
        assert_eq!(follow(&along_y(4.0, -3.0), &Point3::new(0.0, 2.0, 0.0), None), Point3::new(4.0, 2.0, -3.0));
    }
}
