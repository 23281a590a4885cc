//! How the pelvis stands in the picture: as scanned, or tilted as in a posture or in the activity that is played.
//!
//! Nothing of the patient is moved for it. The eye goes round the hip instead, which is the same picture, so that landmarks, figures and
//! contact stay in the one space in which they are computed.

use super::ActivityState;
use crate::{
    app::{camera::OrbitCamera, document::OpenDocument, schedule::AppSet, space::view_direction, trial::TrialState},
    motion::PelvicPosture,
};
use bevy::prelude::*;

/// In which posture the pelvis is shown while no activity says otherwise; `None`: as scanned.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct PelvisView {
    /// Chosen by a person.
    pub posture: Option<PelvicPosture>,
    /// Posterior tilt against the scan that is on screen, degrees.
    pub tilt_deg: f64,
}

/// Tilts the picture.
pub struct PelvisPlugin;

impl Plugin for PelvisPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<PelvisView>().add_systems(Update, tilt.in_set(AppSet::Move));
    }
}

fn tilt(
    document: Option<Res<OpenDocument>>,
    trial: Res<TrialState>,
    activity: Res<ActivityState>,
    mut view: ResMut<PelvisView>,
    mut cameras: Query<&mut OrbitCamera>,
) {
    let Some(document) = document else { return };
    if document.is_changed() && !document.again {
        view.set_if_neq(PelvisView::default());
    }
    let of_posture = |posture: PelvicPosture| {
        let (hip, trial) = trial.trial()?;
        let spine = hip.spine(trial);
        Some(spine.tilt_deg(posture)? - spine.supine_tilt_deg?)
    };
    let tilt_deg = activity.pose().map(|pose| pose.tilt_deg).or_else(|| view.posture.and_then(of_posture)).unwrap_or(0.0);
    view.set_if_neq(PelvisView { tilt_deg, ..*view });
    let Some(joint) = document.joint else { return };
    // Posterior tilt is positive about the axis to the patient's right; the eye goes the other way.
    let axis = view_direction(&joint.pelvic.right());
    let lean = Quat::from_axis_angle(axis.normalize_or(Vec3::NEG_X), -(tilt_deg.to_radians() as f32));
    for mut camera in cameras.iter_mut().filter(|camera| camera.lean.angle_between(lean) > 1e-4) {
        camera.lean = lean;
    }
}
