//! How far the passive motions go, as arcs around the joint: each in the plane in which the leg moves, in the colour of the couple that ends it.

use super::Figure;
use crate::{
    app::{joint::Joint, model::Layer},
    frames::as_right_hip,
    motion::{Motion, RomTable},
};
use nalgebra::{Point3, Rotation3, Unit, Vector3};

/// Degrees between two corners of an arc.
const STEP_DEG: f64 = 3.0;
/// Radii of the arcs of the leg, and of those of rotation, which are drawn about the thigh so far from the joint, mm.
const SAGITTAL_MM: f64 = 112.0;
const FRONTAL_MM: f64 = 96.0;
const ROTATION_MM: f64 = 42.0;
const ALONG_THIGH_MM: f64 = 120.0;
/// What is not limited is drawn as far as this, degrees.
const UNLIMITED_DEG: f64 = 180.0;
/// How far inwards the mark at an arc's end goes, in radii.
const TICK: f64 = 0.8;

/// Where the arc of a motion lies: its middle and what is turned, in the pelvic frame of a right hip about the joint's centre, mm.
fn place(motion: Motion) -> (Vector3<f64>, Vector3<f64>) {
    let (down, front) = (-Vector3::y(), Vector3::x());
    match motion {
        Motion::Flexion | Motion::Extension => (Vector3::zeros(), down * SAGITTAL_MM),
        Motion::Abduction | Motion::Adduction => (Vector3::zeros(), down * FRONTAL_MM),
        // Where the knee cap looks: forward, and upwards once the thigh is flexed.
        Motion::InternalRotation0 | Motion::ExternalRotation0 => (down * ALONG_THIGH_MM, front * ROTATION_MM),
        Motion::InternalRotation90 | Motion::ExternalRotation90 => (front * ALONG_THIGH_MM, -down * ROTATION_MM),
    }
}

/// Short name of a motion in the language files.
const fn name(motion: Motion) -> &'static str {
    match motion {
        Motion::Flexion => "limit-flexion",
        Motion::Extension => "limit-extension",
        Motion::Abduction => "limit-abduction",
        Motion::Adduction => "limit-adduction",
        Motion::InternalRotation0 => "limit-internal-rotation-0",
        Motion::ExternalRotation0 => "limit-external-rotation-0",
        Motion::InternalRotation90 => "limit-internal-rotation-90",
        Motion::ExternalRotation90 => "limit-external-rotation-90",
    }
}

/// An arc a motion; of one that touches where it begins only the mark.
#[must_use]
pub fn limits(joint: &Joint, table: &RomTable) -> Vec<Figure> {
    let at = |v: Vector3<f64>| joint.centre + joint.pelvic.lps_vector(&as_right_hip(joint.side, &v));
    let arc = |row: &crate::motion::RomRow| {
        let (middle, start) = place(row.motion);
        let axis = Unit::new_normalize(row.motion.axis());
        let limit = row.limit_deg();
        let end = limit.unwrap_or(UNLIMITED_DEG);
        let turned =
            |degrees: f64, reach: f64| at(middle + Rotation3::from_axis_angle(&axis, degrees.to_radians()) * start * reach);
        let steps = (end / STEP_DEG).ceil().max(1.0) as usize;
        let along = (0..=steps).map(|step| turned(end * step as f64 / steps as f64, 1.0));
        let points: Vec<Point3<f64>> = std::iter::once(turned(0.0, TICK)).chain(along).chain([turned(end, TICK)]).collect();
        let text = limit.map_or_else(|| format!("> {UNLIMITED_DEG:.0}°"), |degrees| format!("{degrees:.0}°"));
        let figure = Figure { couple: row.first, ..Figure::line(Layer::Limits, Some(joint.side), points) };
        figure.labelled(turned(end, 1.14), name(row.motion), text)
    };
    table.rows.iter().map(arc).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        frames::{AnatomicalFrame, Side},
        motion::{Couple, Posture, RomRow},
    };
    use nalgebra::Isometry3;

    /// The arc of each motion ends where that motion takes the leg: the long axis of the thigh, or where its front looks.
    #[test]
    fn arcs_end_where_the_motion_takes_the_leg() {
        for side in Side::BOTH {
            let centre = Point3::new(-90.0, 20.0, 700.0);
            let frame = AnatomicalFrame::scanner(centre);
            let joint = Joint { side, pelvic: frame, femoral: frame, centre, reduction: Isometry3::identity() };
            for (motion, degrees) in Motion::ALL.into_iter().zip([113.0, 31.0, 44.0, 27.0, 52.0, 61.0, 33.0, 58.0]) {
                let row = RomRow {
                    motion,
                    implant_deg: Some(degrees),
                    bone_deg: Some(degrees + 9.0),
                    first: Some(Couple::ImplantImplant),
                    contact: None,
                    limits: Vec::new(),
                };
                let figure = limits(&joint, &RomTable { rows: vec![row], findings: Vec::new() }).remove(0);
                assert_eq!((figure.couple, figure.label.unwrap().text), (Some(Couple::ImplantImplant), format!("{degrees}°")));
                let [from, to] = [figure.points[1], figure.points[figure.points.len() - 2]];
                let move_leg = |posture: Posture, point: Point3<f64>| joint.motion(&posture) * point;
                // The place of the leg that is at the arc's beginning, carried on by the motion, is at the arc's end.
                let on_leg = joint.motion(&motion.start()).inverse() * from;
                let expected = move_leg(motion.posture(degrees), on_leg);
                assert!((to - expected).norm() < 1e-6, "{side:?} {motion}: {to} instead of {expected}");
            }
        }
    }
}
