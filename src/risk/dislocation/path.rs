//! The postures that a rehearsal goes through, close enough together to be followed.

use super::{RehearsalError, RehearsalHip};
use crate::motion::{Activity, Demand, Keyframe, Posture};
use nalgebra::{Rotation3, Unit, Vector3};

/// Joint angles change by no more than this in sum between two steps, degrees.
const STEP_DEG: f64 = 0.25;
/// How far a motion is driven on, degrees.
const DRIVEN_DEG: f64 = 75.0;

/// A posture on the way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Station {
    /// Place on the activity's path, 0 to 1; `None` where the motion is driven on beyond it.
    pub part: Option<f64>,
    /// The femur's turn in the pelvic frame of a right hip.
    pub turn: Rotation3<f64>,
}

impl Station {
    /// Its angles.
    #[must_use]
    pub fn posture(&self) -> Posture {
        Posture::of_rotation(&self.turn, crate::frames::Side::Right)
    }
}

/// The path of an activity.
///
/// # Errors
/// When it is no path of postures, or cannot be followed.
pub fn stations(activity: &Activity) -> Result<Vec<Station>, RehearsalError> {
    activity.track()?;
    let Demand::Path(keyframes) = &activity.demand else {
        return Err(RehearsalError::NoPath { activity: activity.id.clone() });
    };
    let legs = keyframes.len().saturating_sub(1).max(1) as f64;
    let turn = |k: &Keyframe| k.posture().right_hip_rotation();
    let mut found: Vec<Station> =
        keyframes.first().map(|first| Station { part: Some(0.0), turn: turn(first) }).into_iter().collect();
    for (leg, [from, to]) in keyframes.array_windows().enumerate() {
        let change = [
            to.flexion_deg - from.flexion_deg,
            to.adduction_deg - from.adduction_deg,
            to.internal_rotation_deg - from.internal_rotation_deg,
        ];
        let steps = (change.iter().map(|angle| angle.abs()).sum::<f64>() / STEP_DEG).ceil().max(1.0) as u32;
        found.extend((1..=steps).map(|step| {
            let part = f64::from(step) / f64::from(steps);
            let posture = Posture {
                flexion_deg: from.flexion_deg + part * change[0],
                adduction_deg: from.adduction_deg + part * change[1],
                internal_rotation_deg: from.internal_rotation_deg + part * change[2],
            };
            Station { part: Some((leg as f64 + part) / legs), turn: posture.right_hip_rotation() }
        }));
    }
    Ok(found)
}

/// The path up to where the neck leans furthest from the cup's axis, and from there straight on the way it leans: the neck is levered against
/// the rim without turning about itself.
#[must_use]
pub fn driven_on(hip: &RehearsalHip, path: &[Station]) -> Vec<Station> {
    let cup = hip.cup_axis();
    let lean = |station: &Station| cup.dot(&(station.turn * hip.neck_axis.into_inner()));
    let Some(worst) = (0..path.len()).min_by(|a, b| lean(&path[*a]).total_cmp(&lean(&path[*b]))) else { return Vec::new() };
    let mut found = path[..=worst].to_vec();
    let from = path[worst].turn;
    let axis: Vector3<f64> = cup.cross(&(from * hip.neck_axis.into_inner()));
    let Some(axis) = Unit::try_new(axis, 1e-9) else { return found };
    let steps = (DRIVEN_DEG / STEP_DEG) as u32;
    found.extend((1..=steps).map(|step| {
        let angle = (f64::from(step) * STEP_DEG).to_radians();
        Station { part: None, turn: Rotation3::from_axis_angle(&axis, angle) * from }
    }));
    found
}
