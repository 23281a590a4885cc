//! The head–neck junction: alpha angles all round the head, and the offset between head and neck.

use super::{
    bones::Bone,
    clock::{ClockCurve, ClockPoint},
    junction::{AROUND, Junction, PATCHES},
    measurement::{Measurement, Quantity, Unit as Count},
    meridian::Surroundings,
    model::{Femur, Sphere},
    view::View,
};
use crate::frames::Side;
use nalgebra::Unit;

const NOETZLI: &str = "Nötzli et al. 2002, J Bone Joint Surg Br 84:556; above 55° a cam (PMC5037965); mean 45.6° in dry bones \
    (Toogood et al. 2009, 10.1007/s11999-008-0473-3)";

macro_rules! alpha {
    ($name:ident, $key:literal, $where:literal, $norm:expr) => {
        static $name: Quantity = Quantity::new(
            $key,
            Count::Degrees,
            $norm,
            concat!(
                "angle at the femoral head centre between the neck axis and the place where the contour of the bone leaves the head's \
                 circle, in the plane that contains the neck axis ",
                $where,
                " (clock about the neck axis: 12 towards the proximal end of the shaft, 3 anterior, on both sides)"
            ),
            NOETZLI,
        );
    };
}
alpha!(ALPHA, "alpha_angle", "at each clock position", None);
alpha!(ALPHA_12, "alpha_angle_12_oclock", "at 12 o'clock", Some([0.0, 55.0]));
alpha!(ALPHA_1_30, "alpha_angle_1_30", "at 1:30 o'clock", Some([0.0, 55.0]));
alpha!(ALPHA_3, "alpha_angle_3_oclock", "at 3 o'clock", Some([0.0, 55.0]));
alpha!(ALPHA_MAX, "alpha_angle_maximum", "where it is greatest from 9 over 12 to 4 o'clock", None);

static ALPHA_MAX_DIRECTION: Quantity = Quantity::new(
    "alpha_angle_maximum_direction",
    Count::Degrees,
    None,
    "where the alpha angle is greatest from 9 over 12 to 4 o'clock, as an angle about the neck axis from 12 o'clock \
        (towards the proximal end of the shaft) to 3 o'clock (anterior, +90°)",
    NOETZLI,
);
static OFFSET_RATIO: Quantity = Quantity::new(
    "head_neck_offset_ratio",
    Count::Ratio,
    None,
    "distance between the lines parallel to the neck axis that touch the front of the head's circle and the waist of the \
        neck's front (the contour's least distance from the axis), divided by the head's diameter, in the plane at 3 o'clock",
    "Eijer et al. 2001, Hip Int 11:37",
);
static HEAD_DIAMETER: Quantity = Quantity::new(
    "femoral_head_diameter",
    Count::Millimetres,
    None,
    "diameter of the sphere through the bony surface of the femoral head",
    "robust sphere fit; no reference range",
);

/// What is measured on head and neck.
pub(super) struct JunctionMeasures {
    /// Numbers, in a fixed order; what cannot be measured is not there.
    pub measurements: Vec<Measurement>,
    /// Alpha angle in every radial plane, with the place where the contour leaves the head.
    pub alpha: ClockCurve,
}

/// In the order of [`super::junction::Look::values`].
const QUANTITIES: [&Quantity; 6] = [&ALPHA_12, &ALPHA_1_30, &ALPHA_3, &ALPHA_MAX, &ALPHA_MAX_DIRECTION, &OFFSET_RATIO];

/// Measures head and neck of a femur, in its own frame: no pelvis takes part. `None` when the contour cannot be followed anywhere.
pub(super) fn of_head_and_neck(side: Side, head: &Sphere, femur: &Femur, femur_bone: &Bone) -> Option<JunctionMeasures> {
    let view = View { frame: &femur.frame, side };
    let around = Surroundings::new(femur_bone, &head.centre, AROUND * head.radius_mm, &view);
    let junction = Junction {
        centre: view.point(&head.centre),
        radius_mm: head.radius_mm,
        neck: Unit::new_normalize(view.vector(&femur.neck_axis.direction)),
        proximal: view.vector(&femur.shaft.direction),
    };
    let look = junction.look(&around)?;
    let scatter_mm = femur_bone.scatter_mm.hypot(head.rms_mm);
    let variances = junction.variances(&around, &look, scatter_mm);
    let measurement = |quantity, value, sd| Measurement { quantity, side: Some(side), value, sd };
    let mut measurements = vec![measurement(&HEAD_DIAMETER, 2.0 * head.radius_mm, 2.0 * scatter_mm / PATCHES.sqrt())];
    for ((quantity, value), variance) in QUANTITIES.into_iter().zip(look.values()).zip(variances) {
        measurements.extend(value.map(|value| measurement(quantity, value, variance.sqrt())));
    }
    let points = look.alpha.iter().map(|a| ClockPoint { hour: a.hour, value: a.deg, position: view.lps_point(&a.place) });
    let alpha = ClockCurve { quantity: &ALPHA, side, points: points.collect() };
    Some(JunctionMeasures { measurements, alpha })
}
