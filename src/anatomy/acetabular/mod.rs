//! Measurements of the acetabulum and of how it covers the head, in a pelvic frame.

mod coverage;
mod measures;
mod quantities;
mod shape;
mod spread;
#[cfg(test)]
mod tests;

use super::{
    bones::Bone,
    clock::{ClockCurve, ClockFace, ClockPoint},
    landmark::Landmark,
    measurement::{Measurement, Quantity},
    parts::HipParts,
    view::View,
};
use crate::frames::AnatomicalFrame;
use measures::{Concerns, MEASURES};
use nalgebra::Vector3;
use shape::Shape;

/// What is measured on a socket.
pub(super) struct SocketMeasures {
    /// Numbers, in a fixed order; what cannot be measured is not there.
    pub measurements: Vec<Measurement>,
    /// How far the socket reaches round the head, on every 5° of the clock, with the rim's places; needs the head.
    pub coverage: Option<ClockCurve>,
    /// Lower end of the teardrop, when the notch was found.
    pub teardrop: Option<Landmark>,
}

/// Measures a socket in a pelvic frame (the anterior pelvic plane's, or that of a posture) that may be turned by `frame_sd_deg`
/// about each of its axes (standard deviations); without a femur, what concerns the socket alone. `None` when a third of the rim or more is
/// not in the scan.
pub(super) fn of_socket(
    hip: &HipParts,
    hip_bone: &Bone,
    frame: &AnatomicalFrame,
    frame_sd_deg: [f64; 3],
) -> Option<SocketMeasures> {
    let view = View { frame, side: hip.side };
    let shape = Shape::of(hip, hip_bone, &view)?;
    let values = |shape: &Shape| MEASURES.map(|(_, _, measure)| measure(shape));
    let nominal = values(&shape);
    let variances = spread::variances(&shape, &nominal, hip_bone.scatter_mm, frame_sd_deg, values);
    let measurement = |quantity: &'static Quantity, value: f64, variance: f64| Measurement {
        quantity,
        side: Some(hip.side),
        value,
        sd: variance.sqrt(),
    };
    let measurements = MEASURES
        .iter()
        .zip(nominal)
        .zip(variances)
        .filter(|(((_, concerns, _), _), _)| *concerns == Concerns::Socket || hip.head.is_some())
        .filter_map(|(((quantity, ..), value), variance)| Some(measurement(quantity, value?, variance)))
        .collect();
    let teardrop = shape.teardrop.map(|seen| Landmark {
        position: view.lps_point(&seen),
        sd_mm: Some(spread::teardrop_sd_mm(&shape, hip_bone.scatter_mm)),
        along: None,
        method: "deepest point of the acetabular notch's edge, where the floor of the fossa ends above the obturator foramen"
            .into(),
        doubt: None,
    });
    Some(SocketMeasures { measurements, coverage: hip.head.and_then(|_| coverage_curve(&shape, &view)), teardrop })
}

fn coverage_curve(shape: &Shape, view: &View) -> Option<ClockCurve> {
    let face = ClockFace::new(shape.axis, &Vector3::y())?;
    let point = |rim: &super::rim::RimPoint| ClockPoint {
        hour: face.hours(&(rim.position - shape.head)),
        value: shape.reach_deg(&rim.position),
        position: view.lps_point(&rim.position),
    };
    let mut points: Vec<ClockPoint> = shape.rim.points.iter().map(point).collect();
    points.sort_by(|a, b| a.hour.total_cmp(&b.hour));
    Some(ClockCurve { quantity: &quantities::REACH, side: view.side, points })
}
