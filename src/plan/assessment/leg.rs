//! What a plan does to the length of the leg, to the offset and to the centre of rotation.

use super::{
    inputs::{Inputs, Thigh},
    placement::Placed,
};
use crate::{
    anatomy::{Quantity, Unit, View},
    plan::leg::Extent,
};

const OWN: &str = "Coxa";
const OFFSET_SOURCE: &str = "Coxa. 5 mm: 10.1186/s12891-020-03674-8";

pub(super) static LEG_LENGTH: Quantity = Quantity::new(
    "leg_length_change",
    Unit::Millimetres,
    None,
    "Change of leg length against the scan: how much higher the new head stands on the femur (along the femur) less how much higher the cup \
     stands in the pelvis (along the anterior pelvic plane), both from the native head centre; longer is positive.",
    OWN,
);
pub(super) static FEMORAL_OFFSET: Quantity = Quantity::new(
    "femoral_offset_change",
    Unit::Millimetres,
    None,
    "Change of the head centre's distance from the shaft axis against the scan; more is positive.",
    OWN,
);
pub(super) static ACETABULAR_OFFSET: Quantity = Quantity::new(
    "acetabular_offset_change",
    Unit::Millimetres,
    None,
    "How far the cup's centre lies lateral of the native head centre, along the line of both anterior superior iliac spines; lateral is positive.",
    OWN,
);
pub(super) static GLOBAL_OFFSET: Quantity = Quantity::new(
    "global_offset_change",
    Unit::Millimetres,
    None,
    "Change of the global offset against the scan: femoral and acetabular change together; more lateral is positive.",
    OWN,
);
pub(super) static LEG_LENGTH_OTHER: Quantity = Quantity::new(
    "leg_length_to_other_side",
    Unit::Millimetres,
    Some([-10.0, 10.0]),
    "Leg length after the operation less that of the other side: from the origin of the pelvic frame to the head (along the pelvis), and to \
     the tip of the lesser trochanter (along the femur); longer is positive. The range is a rule of thumb.",
    OWN,
);
pub(super) static FEMORAL_OFFSET_OTHER: Quantity = Quantity::new(
    "femoral_offset_to_other_side",
    Unit::Millimetres,
    None,
    "Femoral offset after the operation less that of the other side.",
    OWN,
);
pub(super) static ACETABULAR_OFFSET_OTHER: Quantity = Quantity::new(
    "acetabular_offset_to_other_side",
    Unit::Millimetres,
    None,
    "Distance of the rotation centre from the midline of the pelvis after the operation less that of the other side; more lateral is positive.",
    OWN,
);
pub(super) static GLOBAL_OFFSET_OTHER: Quantity = Quantity::new(
    "global_offset_to_other_side",
    Unit::Millimetres,
    Some([-5.0, 5.0]),
    "Global offset (femoral and acetabular) after the operation less that of the other side; a loss of more than 5 mm impairs function.",
    OFFSET_SOURCE,
);
pub(super) static SHIFT_MEDIAL: Quantity = Quantity::new(
    "centre_shift_medial",
    Unit::Millimetres,
    None,
    "How far the cup's centre lies medial of the native socket's, in the frame of the anterior pelvic plane; lateral is negative.",
    OWN,
);
pub(super) static SHIFT_SUPERIOR: Quantity = Quantity::new(
    "centre_shift_superior",
    Unit::Millimetres,
    None,
    "How far the cup's centre lies superior to the native socket's, in the frame of the anterior pelvic plane; inferior is negative.",
    OWN,
);
pub(super) static SHIFT_ANTERIOR: Quantity = Quantity::new(
    "centre_shift_anterior",
    Unit::Millimetres,
    None,
    "How far the cup's centre lies anterior of the native socket's, in the frame of the anterior pelvic plane; posterior is negative.",
    OWN,
);

pub(super) fn leg_length(inputs: &Inputs, placed: &Placed) -> Option<f64> {
    Some(inputs.thighs[0]?.leg.lengthened_mm(&inputs.app, &placed.cup_centre, &placed.stem.as_ref()?.head))
}

pub(super) fn femoral_offset(inputs: &Inputs, placed: &Placed) -> Option<f64> {
    Some(inputs.thighs[0]?.leg.more_femoral_offset_mm(&placed.stem.as_ref()?.head))
}

pub(super) fn acetabular_offset(inputs: &Inputs, placed: &Placed) -> Option<f64> {
    Some(inputs.thighs[0]?.leg.more_acetabular_offset_mm(&inputs.app, &placed.cup_centre))
}

pub(super) fn global_offset(inputs: &Inputs, placed: &Placed) -> Option<f64> {
    Some(femoral_offset(inputs, placed)? + acetabular_offset(inputs, placed)?)
}

pub(super) fn leg_length_other(inputs: &Inputs, placed: &Placed) -> Option<f64> {
    Some(leg_length(inputs, placed)? + lead(inputs, |extent| extent.length_mm)?)
}

pub(super) fn femoral_offset_other(inputs: &Inputs, placed: &Placed) -> Option<f64> {
    Some(femoral_offset(inputs, placed)? + lead(inputs, |extent| extent.femoral_offset_mm)?)
}

pub(super) fn acetabular_offset_other(inputs: &Inputs, placed: &Placed) -> Option<f64> {
    Some(acetabular_offset(inputs, placed)? + lead(inputs, |extent| extent.acetabular_offset_mm)?)
}

pub(super) fn global_offset_other(inputs: &Inputs, placed: &Placed) -> Option<f64> {
    Some(femoral_offset_other(inputs, placed)? + acetabular_offset_other(inputs, placed)?)
}

/// How much more of something the planned side has than the other one, as scanned.
fn lead(inputs: &Inputs, of: impl Fn(&Extent) -> f64) -> Option<f64> {
    let extent = |thigh: &Option<Thigh>| thigh.as_ref()?.leg.extent(&inputs.app).map(|extent| of(&extent));
    Some(extent(&inputs.thighs[0])? - extent(&inputs.thighs[1])?)
}

/// Medial, superior and anterior way from the native centre of the socket to the cup's, mm.
pub(super) fn centre_shift(inputs: &Inputs, placed: &Placed) -> [f64; 3] {
    let way = View { frame: &inputs.app, side: inputs.side }.vector(&(placed.cup_centre - inputs.socket));
    [-way.z, way.y, way.x]
}
