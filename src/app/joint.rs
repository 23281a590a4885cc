//! The hip in motion: one posture moves everything that follows the femur.

use super::{bodies::FollowsFemur, document::OpenDocument, raycast::SolidState, schedule::AppSet, space::ViewSpace};
use crate::{
    frames::{AnatomicalFrame, Side, as_right_hip},
    motion::{Posture, femur_transform},
};
use bevy::prelude::*;
use nalgebra::{Isometry3, Point3, Translation3, UnitQuaternion, Vector3};

/// The hip joint of the open case.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Joint {
    /// Which hip.
    pub side: Side,
    /// Frame of the pelvis.
    pub pelvic: AnatomicalFrame,
    /// Frame of the femur as scanned.
    pub femoral: AnatomicalFrame,
    /// Centre of rotation, LPS mm: the cup's, or the native head's where nothing is planned.
    pub centre: Point3<f64>,
    /// Brings the head of the femur as scanned (with its stem) to that centre, LPS mm.
    pub reduction: Isometry3<f64>,
}

impl Joint {
    /// From the femur as scanned to the femur in a posture, LPS mm.
    #[must_use]
    pub fn motion(&self, posture: &Posture) -> Isometry3<f64> {
        let rotation = self.reduction.rotation.to_rotation_matrix() * self.femoral.rotation;
        let reduced = AnatomicalFrame { origin: self.reduction * self.femoral.origin, rotation };
        femur_transform(&self.pelvic, &reduced, &self.centre, posture, self.side) * self.reduction
    }
}

impl Joint {
    /// The same with the head out of its seat: anterior, superior, lateral in the pelvic frame of a right hip, mm.
    #[must_use]
    pub fn motion_out(&self, posture: &Posture, out_mm: &Vector3<f64>) -> Isometry3<f64> {
        let out = self.pelvic.lps_vector(&as_right_hip(self.side, out_mm));
        Isometry3::from_parts(Translation3::from(out), UnitQuaternion::identity()) * self.motion(posture)
    }
}

/// How far the head is out of its seat: anterior, superior, lateral in the pelvic frame of a right hip, mm.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct HeadOut(pub Vector3<f64>);

/// Where the hip stands now.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct HipPosture(pub Posture);

/// Where the hip of a newly opened case stands.
#[derive(Resource, Clone, Copy, Debug, Default)]
pub struct StartPosture(pub Posture);

/// Moves the femur with its stem.
pub struct JointPlugin;

impl Plugin for JointPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<HipPosture>()
            .init_resource::<HeadOut>()
            .init_resource::<StartPosture>()
            .add_systems(Update, reset_on_open.in_set(AppSet::Document))
            .add_systems(Update, move_femur.in_set(AppSet::Move));
    }
}

fn reset_on_open(document: Option<Res<OpenDocument>>, start: Res<StartPosture>, mut posture: ResMut<HipPosture>) {
    if document.is_some_and(|d| d.is_changed() && !d.again) {
        posture.0 = start.0;
    }
}

fn move_femur(
    document: Option<Res<OpenDocument>>,
    posture: Res<HipPosture>,
    out: Res<HeadOut>,
    space: Res<ViewSpace>,
    solid: Res<SolidState>,
    mut bodies: Query<&mut Transform, With<FollowsFemur>>,
) {
    let Some(document) = document else { return };
    if !(document.is_changed() || posture.is_changed() || out.is_changed() || solid.is_changed()) {
        return;
    }
    let Some(joint) = document.joint else { return };
    // On an X-ray of the scan they lie in the bone as it was scanned, as they do in slices: anywhere else they would seem to be outside it.
    let scanned = solid.view.through_bones();
    let moved = if scanned { Transform::IDENTITY } else { space.motion(&joint.motion_out(&posture.0, &out.0)) };
    bodies.iter_mut().for_each(|mut transform| _ = transform.set_if_neq(moved));
}
