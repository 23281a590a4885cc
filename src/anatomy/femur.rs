//! One femur: neck, shaft, trochanters, frame and canal.

use super::{
    bones::Bone,
    knee::{knee, neck_base, version_deg},
    landmark::Landmark,
    model::{Axis, Femur, ShaftSource, Sphere},
    neck::neck_axis,
    shaft::{EXPECTED_LESSER_TROCHANTER_MM, extent, shaft_axis, towards_far_end},
    trochanters::{AboutShaft, greater_trochanter, lesser_trochanter},
};
use crate::frames::{AnatomicalFrame, Side, as_right_hip};
use nalgebra::{Point3, Rotation3, Unit, Vector3};

/// Torsion of femora: the median of 1070 CTs (PMC4775021), degrees.
pub(super) const TORSION_DEG: f64 = 14.2;

/// The shaft of a femur and the tip of the lesser trochanter above it.
pub(super) struct Shaft {
    pub axis: Axis,
    pub source: ShaftSource,
    pub lesser_trochanter: Option<Landmark>,
}

/// The shaft and the lesser trochanter, each found with the other until they agree; `None` when too little shaft is in the mesh.
pub(super) fn measured_shaft(femur: &Bone, head: &Sphere, side: Side) -> Option<Shaft> {
    let mut level = EXPECTED_LESSER_TROCHANTER_MM;
    let mut start = towards_far_end(femur, head)?;
    let mut found = None;
    for _ in 0..4 {
        let axis = shaft_axis(femur, head, level, &start)?;
        let about = AboutShaft::new(&axis, head, side)?;
        let tip = lesser_trochanter(femur, head, &axis, &about);
        if let Some(tip) = &tip {
            level = level_below_head(head, &axis, tip);
        }
        start = -axis.direction;
        found = Some(Shaft { axis, source: ShaftSource::Measured, lesser_trochanter: tip });
    }
    found
}

/// Everything of a femur but its canal, given its shaft.
pub(super) fn describe(femur: &Bone, head: &Sphere, side: Side, shaft: Shaft) -> Option<Femur> {
    let neck_axis = neck_axis(femur, head)?;
    let about = AboutShaft::new(&shaft.axis, head, side)?;
    let whole = shaft.source == ShaftSource::Measured && extent(femur, head, &-shaft.axis.direction).whole;
    let knee = if whole { knee(femur, head, &shaft.axis, side) } else { None };
    let frame = match &knee {
        Some(mechanical) => *mechanical,
        None => frame_of_usual_torsion(&head.centre, &shaft.axis.direction, &neck_axis.direction, side)?,
    };
    let version_murphy_deg = knee.as_ref().zip(shaft.lesser_trochanter.as_ref()).and_then(|(knee, tip)| {
        let base = neck_base(femur, head, &shaft.axis, level_below_head(head, &shaft.axis, tip))?;
        Some(version_deg(&head.centre, &base, knee, side))
    });
    Some(Femur {
        neck_axis,
        shaft: shaft.axis,
        shaft_source: shaft.source,
        frame,
        knee_in_scan: knee.is_some(),
        greater_trochanter: greater_trochanter(femur, head, &shaft.axis, &about),
        lesser_trochanter: shaft.lesser_trochanter,
        neck_shaft_angle_deg: neck_axis.direction.angle(&shaft.axis.direction).to_degrees(),
        femoral_offset_mm: (head.centre - shaft.axis.point).cross(&shaft.axis.direction).norm(),
        version_murphy_deg,
        estimated_knee: None,
        canal: Vec::new(),
    })
}

/// The frame of a femur whose knee is not in the scan: along the shaft, and turned so that the neck has the torsion that femora have.
///
/// How the leg lay tells less: eight real femora (VSD) lay turned outwards by 3° to 41°, 22° RMS from straight, as legs do that are let lie;
/// the frame misses them by 8° RMS, and femora differ by 10° (one standard deviation as the quartiles give it).
pub(super) fn frame_of_usual_torsion(
    head: &Point3<f64>,
    shaft: &Unit<Vector3<f64>>,
    neck: &Unit<Vector3<f64>>,
    side: Side,
) -> Option<AnatomicalFrame> {
    // From a neck without torsion, whose lateral end is to the right on a right femur.
    let straight = AnatomicalFrame::from_superior_and_right(*head, shaft, &(neck.into_inner() * -side.lps_sign()))?;
    let forwards = TORSION_DEG.to_radians() * -side.lps_sign();
    Some(AnatomicalFrame { rotation: Rotation3::from_axis_angle(&straight.superior(), forwards) * straight.rotation, ..straight })
}

/// How far the femur lay turned outwards from the pelvis, whose right is given, degrees; negative inwards.
pub(super) fn turned_outwards_deg(frame: &AnatomicalFrame, right: &Vector3<f64>, side: Side) -> f64 {
    let lateral = as_right_hip(side, &frame.local_vector(&(right * -side.lps_sign())));
    lateral.x.atan2(lateral.z).to_degrees()
}

/// How far a landmark lies below the head centre along the shaft, mm.
pub(super) fn level_below_head(head: &Sphere, shaft: &Axis, landmark: &Landmark) -> f64 {
    (head.centre - landmark.position).dot(&shaft.direction)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomy::knee::version_deg;

    #[test]
    fn without_a_knee_the_neck_has_the_usual_torsion_however_the_leg_lay() {
        for (side, lay_deg) in Side::BOTH.into_iter().flat_map(|side| [-30.0, 0.0, 41.0].map(|lay| (side, lay))) {
            let shaft = Unit::new_normalize(Vector3::new(-0.08 * side.lps_sign(), 0.03, 1.0));
            // A neck without torsion is to the side; then the leg is laid.
            let out = Rotation3::from_axis_angle(&shaft, f64::to_radians(lay_deg + TORSION_DEG) * side.lps_sign());
            let neck = Unit::new_normalize(out * Vector3::new(side.lps_sign(), 0.0, -0.8));
            let head = Point3::new(90.0 * side.lps_sign(), 20.0, 700.0);
            let frame = frame_of_usual_torsion(&head, &shaft, &neck, side).unwrap();
            assert!((version_deg(&head, &(head + neck.into_inner()), &frame, side) - TORSION_DEG).abs() < 1e-9);
            assert!((frame.superior().dot(&shaft) - 1.0).abs() < 1e-12 && frame.origin == head);
            assert!((turned_outwards_deg(&frame, &-Vector3::x(), side) - lay_deg).abs() < 2.0, "{side} {lay_deg}");
        }
    }
}
