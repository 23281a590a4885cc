//! The pointer on the bones while a tool is in hand: what it picks is taken back to where the bone was scanned.

use super::{Ground, RepairState, RepairTool};
use crate::{
    app::{
        bodies::{Body, BodyKind},
        camera::OrbitCamera,
        document::OpenDocument,
        eye::{Eye, Ray, ViewArea},
        joint::HipPosture,
        model::Step,
        space::ViewSpace,
    },
    labels::Label,
    surface::MeshIndex,
};
use bevy::{ecs::system::SystemParam, prelude::*};
use nalgebra::{Isometry3, Point3};
use std::collections::BTreeMap;

/// Where the pointer is and what it looks at.
#[derive(SystemParam)]
pub(super) struct Look<'w, 's> {
    document: Option<Res<'w, OpenDocument>>,
    area: Option<Res<'w, ViewArea>>,
    posture: Res<'w, HipPosture>,
    space: Res<'w, ViewSpace>,
    cameras: Query<'w, 's, &'static OrbitCamera>,
    bodies: Query<'w, 's, (&'static Body, &'static Visibility)>,
}

/// Begins on a bone under the pointer, goes on along that bone, and ends where the button is let go. Beside the bones the camera turns.
pub(super) fn point(
    look: Look,
    buttons: Option<Res<ButtonInput<MouseButton>>>,
    mut state: ResMut<RepairState>,
    mut surfaces: Local<BTreeMap<Label, MeshIndex>>,
) {
    let (Some(document), Some(area), Some(buttons), Ok(camera)) = (&look.document, &look.area, buttons, look.cameras.single())
    else {
        return;
    };
    if document.is_changed() {
        surfaces.clear();
    }
    let (drawn, settings) = (state.drawn_on(), *state.settings());
    // A plane is drawn in a slice.
    let Some(tool) = settings.tool.filter(|tool| *tool != RepairTool::Plane) else { return };
    let begins = drawn.is_none() && !state.holding() && area.pointer_inside && buttons.just_pressed(MouseButton::Left);
    if let Some(pointer) = area.pointer.filter(|_| begins || drawn.is_some() && tool.draws()) {
        let ray = Eye::new(camera, &look.space, area.rect).ray(pointer);
        let shown = look.bodies.iter().filter(|(_, visibility)| **visibility != Visibility::Hidden);
        let bones = shown.filter_map(|(body, _)| match body.kind {
            BodyKind::Bone(label) => Some(label),
            BodyKind::Implant(_) => None,
        });
        // A stroke stays on its bone.
        let bones: Vec<Label> = bones.filter(|bone| drawn.is_none_or(|drawn| drawn == *bone)).collect();
        for bone in &bones {
            if let (false, Some(mesh)) = (surfaces.contains_key(bone), document.whole(*bone)) {
                surfaces.insert(*bone, MeshIndex::new(mesh));
            }
        }
        // As they are seen where they are repaired.
        let motion = |bone| document.femur_motion(&look.posture.0, bone == Label::femur(document.side), Step::Bones);
        let candidates = bones.iter().filter_map(|bone| Some((*bone, motion(*bone), surfaces.get(bone)?)));
        if let Some((bone, place, ray)) = picked(&ray, candidates) {
            state.touch(place, Ground::Bone(bone, ray.direction));
        }
    }
    if state.drawn_on().is_some() && !buttons.pressed(MouseButton::Left) {
        state.lift();
    }
}

/// The bone that is met first by a line of sight, the place where it is met, and the line, both as the bone was scanned.
fn picked<'a>(
    ray: &Ray,
    bones: impl Iterator<Item = (Label, Isometry3<f64>, &'a MeshIndex)>,
) -> Option<(Label, Point3<f64>, Ray)> {
    let met = bones.filter_map(|(bone, motion, mesh)| {
        let back = motion.inverse();
        let ray = Ray { origin: back * ray.origin, direction: back * ray.direction };
        let hit = mesh.ray(&ray.origin, &ray.direction)?;
        Some((bone, hit.point, ray))
    });
    met.min_by(|a, b| (a.1 - a.2.origin).norm().total_cmp(&(b.1 - b.2.origin).norm()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::implants::geometry::revolve;
    use nalgebra::{Unit, Vector3};

    #[test]
    fn the_bone_in_front_is_picked_where_it_was_scanned() {
        let bone = MeshIndex::new(&revolve(&[(0.0, -20.0), (10.0, 0.0), (0.0, 20.0)], 32));
        let ray = Ray { origin: Point3::new(3.0, -500.0, 5.0), direction: Unit::new_normalize(Vector3::y()) };
        // The femur was scanned where the hip bone is, and has moved 100 mm backwards or forwards with the hip.
        for (back_mm, expected) in [(100.0, Label::HipRight), (-100.0, Label::FemurRight)] {
            let moved = Isometry3::translation(0.0, back_mm, 0.0);
            let bones = [(Label::HipRight, Isometry3::identity(), &bone), (Label::FemurRight, moved, &bone)];
            let (label, place, seen) = picked(&ray, bones.into_iter()).unwrap();
            assert_eq!(label, expected);
            assert!(place.y < 0.0 && place.y > -10.0 && (place.x - 3.0).abs() < 1e-9, "{place}");
            assert_eq!(seen.direction, ray.direction);
        }
        let beside = Ray { origin: Point3::new(30.0, -500.0, 5.0), ..ray };
        assert!(picked(&beside, [(Label::HipRight, Isometry3::identity(), &bone)].into_iter()).is_none());
    }
}
