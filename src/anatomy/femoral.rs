//! Measurements of the femur, each from its landmarks alone.

use super::{
    knee::version_deg,
    landmark::{LandmarkName::*, Landmarks},
    measurement::{Measurement, Quantity, Unit},
    propagate::Points,
};
use crate::frames::{AnatomicalFrame, Side, as_right_hip};
use nalgebra::{Point3, Vector3};

const BOISSONNEAULT: &str = "Norm: interquartile range of 1070 CTs, PMC4775021";
const METHODS: &str =
    "Method as compared in Schmaranzer 2019, CORR 477:1073; range of means between methods up to 18°, BJO 2022 0102";

static NECK_SHAFT_ANGLE: Quantity = Quantity::new(
    "neck_shaft_angle",
    Unit::Degrees,
    Some([117.9, 125.6]),
    "Angle in space between the neck axis (head centre to the centroid of the neck's smallest section) and the shaft axis.",
    BOISSONNEAULT,
);
static VERSION_MURPHY: Quantity = Quantity::new(
    "femoral_version_murphy",
    Unit::Degrees,
    Some([7.4, 20.4]),
    "Angle of the line from the base of the neck (centroid of the section 10 mm above the tip of the lesser trochanter) to the head centre \
     against the posterior condylar line, both along the mechanical axis; anteversion positive.",
    "Murphy 1987, 10.2106/00004623-198769080-00011. Norm: interquartile range of 1070 CTs, PMC4775021",
);
static VERSION_REIKERAS: Quantity = Quantity::new(
    "femoral_version_reikeras",
    Unit::Degrees,
    None,
    "Angle of the line from the narrowest place of the neck to the head centre against the posterior condylar line, both along the \
     mechanical axis; anteversion positive.",
    METHODS,
);
static VERSION_LEE: Quantity = Quantity::new(
    "femoral_version_lee",
    Unit::Degrees,
    None,
    "Angle of the line from the saddle between neck and greater trochanter to the head centre against the posterior condylar line, both \
     along the mechanical axis; anteversion positive.",
    METHODS,
);
static FEMORAL_OFFSET: Quantity = Quantity::new(
    "femoral_offset",
    Unit::Millimetres,
    None,
    "Distance of the head centre from the shaft axis in space.",
    "Definition in space; not projected",
);
static NECK_LENGTH: Quantity = Quantity::new(
    "neck_length",
    Unit::Millimetres,
    None,
    "Distance along the neck axis from the head centre to where it passes nearest to the shaft axis.",
    "Definition in space",
);
static TROCHANTERIC_DISTANCE: Quantity = Quantity::new(
    "articulotrochanteric_distance",
    Unit::Millimetres,
    None,
    "Height of the head centre over the tip of the greater trochanter along the shaft axis; positive when the centre is higher.",
    "Counted from the head centre, not from its upper edge",
);
static FEMORAL_LENGTH: Quantity = Quantity::new(
    "femoral_length",
    Unit::Millimetres,
    None,
    "Distance of the head centre from the knee centre (mid-point of the epicondyles).",
    "Mechanical length; knee centre as in Wu 2002, 10.1016/S0021-9290(01)00222-6",
);
static MECHANICAL_ANATOMICAL: Quantity = Quantity::new(
    "anatomical_mechanical_angle",
    Unit::Degrees,
    Some([2.9, 6.8]),
    "Angle in the frontal plane of the femur between mechanical axis and shaft axis.",
    "Norm: range, PMC7875943",
);
static LDFA: Quantity = Quantity::new(
    "ldfa",
    Unit::Degrees,
    Some([85.0, 90.0]),
    "Mechanical lateral distal femoral angle: on the lateral side between mechanical axis and the line of both condyles' most distal points, \
     in the frontal plane of the femur.",
    "Paley 2002, Principles of Deformity Correction",
);

/// Along the posterior condylar line to the patient's right.
fn condylar_line(p: &Points, side: Side) -> Option<Vector3<f64>> {
    Some((p.at(LateralPosteriorCondyle, side)? - p.at(MedialPosteriorCondyle, side)?) * -side.lps_sign())
}

/// The anatomical frame of a femur: origin at the head centre, Y along the shaft axis, Z along the posterior condylar line.
pub(super) fn anatomical_frame(p: &Points, side: Side) -> Option<AnatomicalFrame> {
    AnatomicalFrame::from_superior_and_right(p.at(FemoralHeadCentre, side)?, &shaft_direction(p, side)?, &condylar_line(p, side)?)
}

/// The frame of a femur that lies on a table: X perpendicular to the plane that both condyles and the proximal femur touch from behind
/// (table-top plane of Fischer et al. 2020, 10.1038/s41598-020-77479-z), Y the mechanical axis projected on it, origin at the head centre.
pub(super) fn table_top_frame(p: &Points, side: Side) -> Option<AnatomicalFrame> {
    let head = p.at(FemoralHeadCentre, side)?;
    let right = condylar_line(p, side)?;
    let along = p.at(PosteriorTrochanter, side)? - p.at(MedialPosteriorCondyle, side)?;
    let anterior = along.cross(&right).try_normalize(1e-9)?;
    let mechanical = head - p.knee_centre(side)?;
    AnatomicalFrame::from_superior_and_right(head, &(mechanical - anterior * anterior.dot(&mechanical)), &right)
}

/// The mechanical frame of a femur as its landmarks give it: origin at the head centre, Y from the knee centre, Z along the posterior
/// condylar line.
pub(super) fn mechanical_frame(p: &Points, side: Side) -> Option<AnatomicalFrame> {
    let head = p.at(FemoralHeadCentre, side)?;
    AnatomicalFrame::from_superior_and_right(head, &(head - p.knee_centre(side)?), &condylar_line(p, side)?)
}

/// Distance of the head centre from the shaft axis, mm.
pub(super) fn offset_mm(p: &Points, side: Side) -> Option<f64> {
    let from = p.at(FemoralHeadCentre, side)? - p.at(ShaftProximal, side)?;
    Some(from.cross(&shaft_direction(p, side)?).norm())
}

/// Distance of the head centre from the knee centre, mm.
pub(super) fn length_mm(p: &Points, side: Side) -> Option<f64> {
    Some((p.at(FemoralHeadCentre, side)? - p.knee_centre(side)?).norm())
}

fn shaft_direction(p: &Points, side: Side) -> Option<Vector3<f64>> {
    (p.at(ShaftProximal, side)? - p.at(ShaftDistal, side)?).try_normalize(1e-9)
}

/// Anteversion of a line from `from` to the head centre, degrees.
fn version_from(p: &Points, side: Side, from: &Point3<f64>) -> Option<f64> {
    Some(version_deg(&p.at(FemoralHeadCentre, side)?, from, &mechanical_frame(p, side)?, side))
}

/// Femoral version by the method of Murphy (1987), degrees.
pub(super) fn version_murphy(p: &Points, side: Side) -> Option<f64> {
    version_from(p, side, &p.at(NeckBase, side)?)
}

/// A direction in the frontal plane of the femur: superior, lateral.
pub(super) fn frontal(p: &Points, side: Side, v: &Vector3<f64>) -> Option<[f64; 2]> {
    let local = as_right_hip(side, &mechanical_frame(p, side)?.local_vector(v));
    Some([local.y, local.z])
}

/// All measurements of the femur of a side that its landmarks allow.
pub(super) fn of_femur(landmarks: &Landmarks, side: Side, found: &mut Vec<Measurement>) {
    let points = Points::new(landmarks);
    let mut say = |quantity, compute: &dyn Fn(&Points) -> Option<f64>| {
        found.extend(points.measure(quantity, Some(side), compute));
    };
    let neck = |p: &Points| Some(p.at(NeckIsthmus, side)? - p.at(FemoralHeadCentre, side)?);
    say(&NECK_SHAFT_ANGLE, &|p| Some(neck(p)?.angle(&shaft_direction(p, side)?).to_degrees()));
    say(&VERSION_MURPHY, &|p| version_murphy(p, side));
    say(&VERSION_REIKERAS, &|p| version_from(p, side, &p.at(NeckIsthmus, side)?));
    say(&VERSION_LEE, &|p| version_from(p, side, &p.at(Saddle, side)?));
    say(&FEMORAL_OFFSET, &|p| offset_mm(p, side));
    say(&NECK_LENGTH, &|p| {
        let (n, s) = (neck(p)?.try_normalize(1e-9)?, shaft_direction(p, side)?);
        let across = n.cross(&s);
        let from = p.at(ShaftProximal, side)? - p.at(FemoralHeadCentre, side)?;
        Some(from.cross(&s).dot(&across) / across.norm_squared())
    });
    say(&TROCHANTERIC_DISTANCE, &|p| {
        Some((p.at(FemoralHeadCentre, side)? - p.at(GreaterTrochanter, side)?).dot(&shaft_direction(p, side)?))
    });
    say(&FEMORAL_LENGTH, &|p| length_mm(p, side));
    say(&MECHANICAL_ANATOMICAL, &|p| {
        let [up, out] = frontal(p, side, &shaft_direction(p, side)?)?;
        Some(out.atan2(up).to_degrees())
    });
    say(&LDFA, &|p| {
        let [up, out] = frontal(p, side, &(p.at(LateralDistalCondyle, side)? - p.at(MedialDistalCondyle, side)?))?;
        Some(90.0 - up.atan2(out).to_degrees())
    });
}
