//! How cup and stem are turned.

use super::{inputs::Inputs, placement::Placed};
use crate::{
    anatomy::{self, CupAngles, Quantity, Unit},
    frames::{AnatomicalFrame, as_right_hip},
};
use nalgebra::{Point3, Vector3};

const LEWINNEK: &str = "Murray 1993, 10.1302/0301-620X.75B2.8444942. Lewinnek 1978";
const OWN: &str = "Coxa";

pub(super) static INCLINATION: Quantity = Quantity::new(
    "cup_inclination",
    Unit::Degrees,
    Some([30.0, 50.0]),
    "Radiographic inclination of the cup in the frame of the anterior pelvic plane.",
    LEWINNEK,
);
pub(super) static ANTEVERSION: Quantity = Quantity::new(
    "cup_anteversion",
    Unit::Degrees,
    Some([5.0, 25.0]),
    "Radiographic anteversion of the cup in the frame of the anterior pelvic plane.",
    LEWINNEK,
);
pub(super) static INCLINATION_SUPINE: Quantity = Quantity::new(
    "cup_inclination_supine",
    Unit::Degrees,
    None,
    "Radiographic inclination of the cup with the pelvis tilted as it lay in the scanner.",
    "Murray 1993, 10.1302/0301-620X.75B2.8444942",
);
pub(super) static ANTEVERSION_SUPINE: Quantity = Quantity::new(
    "cup_anteversion_supine",
    Unit::Degrees,
    None,
    "Radiographic anteversion of the cup with the pelvis tilted as it lay in the scanner.",
    "Murray 1993, 10.1302/0301-620X.75B2.8444942",
);
pub(super) static STEM_VERSION: Quantity = Quantity::new(
    "stem_version",
    Unit::Degrees,
    None,
    "Angle of the stem's neck against the posterior condylar line, both seen along the mechanical axis; anteversion positive. Comparable with \
     the native version of Murphy's method, which looks from the shaft to the head as well. Not given without the knee.",
    "Murphy 1987, 10.2106/00004623-198769080-00011",
);
pub(super) static VERSION_TO_NECK: Quantity = Quantity::new(
    "stem_version_to_native_neck",
    Unit::Degrees,
    None,
    "Angle of the stem's neck against the native neck axis (head centre to the narrowest place of the neck), both seen along the shaft axis; \
     more anteversion than the native neck is positive. Needs no knee.",
    OWN,
);
pub(super) static COMBINED: Quantity = Quantity::new(
    "combined_anteversion",
    Unit::Degrees,
    Some([25.0, 50.0]),
    "Radiographic anteversion of the cup (anterior pelvic plane) and version of the stem (posterior condylar line) together.",
    "Dorr 2009, 10.1007/s11999-008-0598-4",
);
pub(super) static VARUS: Quantity = Quantity::new(
    "stem_varus",
    Unit::Degrees,
    Some([-3.0, 3.0]),
    "Angle of the stem's axis against the shaft axis in the frontal plane of the femur; varus (tip lateral) is positive, valgus negative. The \
     range is a rule of thumb.",
    OWN,
);
pub(super) static TIP_ANTERIOR: Quantity = Quantity::new(
    "stem_tip_anterior",
    Unit::Degrees,
    None,
    "Angle of the stem's axis against the shaft axis in the sagittal plane of the femur; positive when the tip lies anterior.",
    OWN,
);

pub(super) fn of_cup(inputs: &Inputs, placed: &Placed) -> CupAngles {
    CupAngles::of_axis(&placed.cup_axis, &inputs.app, inputs.side)
}

pub(super) fn of_cup_supine(inputs: &Inputs, placed: &Placed) -> CupAngles {
    CupAngles::of_axis(&placed.cup_axis, &inputs.app.tilted_posteriorly(inputs.tilt_deg), inputs.side)
}

/// Version of a direction from the shaft to the head, degrees.
fn version_deg(inputs: &Inputs, frame: &AnatomicalFrame, towards_head: &Vector3<f64>) -> f64 {
    anatomy::version_deg(&Point3::from(*towards_head), &Point3::origin(), frame, inputs.side)
}

pub(super) fn stem_version(inputs: &Inputs, placed: &Placed) -> Option<f64> {
    let thigh = inputs.thighs[0].filter(|thigh| thigh.knee_in_scan)?;
    Some(version_deg(inputs, &thigh.leg.frame, &placed.stem.as_ref()?.towards_head))
}

pub(super) fn version_to_neck(inputs: &Inputs, placed: &Placed) -> Option<f64> {
    let thigh = inputs.thighs[0]?;
    let along_shaft = along_shaft(&thigh.leg.shaft.direction, &thigh.leg.frame)?;
    let [stem, native] =
        [placed.stem.as_ref()?.towards_head, thigh.towards_head()].map(|v| version_deg(inputs, &along_shaft, &v));
    // Between −180° and 180°.
    Some((stem - native + 180.0).rem_euclid(360.0) - 180.0)
}

pub(super) fn combined(inputs: &Inputs, placed: &Placed) -> Option<f64> {
    Some(of_cup(inputs, placed).anteversion_deg + stem_version(inputs, placed)?)
}

/// Varus, and tip anterior, degrees.
pub(super) fn stem_lean(inputs: &Inputs, placed: &Placed) -> Option<[f64; 2]> {
    let leg = inputs.thighs[0]?.leg;
    let seen = along_shaft(&leg.shaft.direction, &leg.frame)?.local_vector(&placed.stem.as_ref()?.proximal);
    let seen = as_right_hip(inputs.side, &seen);
    Some([(-seen.z).atan2(seen.y), (-seen.x).atan2(seen.y)].map(f64::to_degrees))
}

/// The femoral frame, made to stand on the shaft axis.
fn along_shaft(shaft: &Vector3<f64>, frame: &AnatomicalFrame) -> Option<AnatomicalFrame> {
    AnatomicalFrame::from_superior_and_right(frame.origin, shaft, &frame.right())
}
