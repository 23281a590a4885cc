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
use crate::frames::{AnatomicalFrame, Side};
use nalgebra::Vector3;

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

/// Everything of a femur but its canal, given its shaft. `right` is the pelvis's right: the rotation of the frame when there is no knee.
pub(super) fn describe(femur: &Bone, head: &Sphere, side: Side, shaft: Shaft, right: &Vector3<f64>) -> Option<Femur> {
    let neck_axis = neck_axis(femur, head)?;
    let about = AboutShaft::new(&shaft.axis, head, side)?;
    let whole = shaft.source == ShaftSource::Measured && extent(femur, head, &-shaft.axis.direction).whole;
    let knee = if whole { knee(femur, head, &shaft.axis, side) } else { None };
    let frame = match &knee {
        Some(mechanical) => *mechanical,
        None => AnatomicalFrame::from_superior_and_right(head.centre, &shaft.axis.direction, right)?,
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

/// How far a landmark lies below the head centre along the shaft, mm.
pub(super) fn level_below_head(head: &Sphere, shaft: &Axis, landmark: &Landmark) -> f64 {
    (head.centre - landmark.position).dot(&shaft.direction)
}
