//! Measurements of the pelvis and of both legs against it, each from landmarks alone.

use super::{
    femoral::{length_mm, offset_mm},
    landmark::{LandmarkName::*, Landmarks},
    measurement::{Measurement, Quantity, Unit},
    pelvis::{app_frame, lean_deg, obliquity_deg},
    propagate::Points,
};
use crate::frames::{AnatomicalFrame, Side};
use nalgebra::{Point3, Vector3};

static PELVIC_TILT: Quantity = Quantity::new(
    "pelvic_tilt_app",
    Unit::Degrees,
    None,
    "Angle of the anterior pelvic plane to the table's coronal plane, seen from the side; posterior tilt positive.",
    "Lewinnek 1978; sign as in Komiyama, PMC6029136",
);
static OBLIQUITY: Quantity = Quantity::new(
    "pelvic_obliquity",
    Unit::Degrees,
    None,
    "Angle of the line between both anterior superior iliac spines to the table's transverse plane; positive when the left is higher.",
    "As scanned",
);
pub(super) static PELVIC_INCIDENCE: Quantity = Quantity::new(
    "pelvic_incidence",
    Unit::Degrees,
    Some([42.0, 64.0]),
    "Angle between the perpendicular to the S1 endplate at its middle and the line from there to the mid-point of both femoral \
                 head centres, in the plane perpendicular to the line between these centres.",
    "Legaye 1998, 10.1007/s005860050038. Norm: 53 ± 11, PMC7340719",
);
static SACRAL_SLOPE: Quantity = Quantity::new(
    "sacral_slope_supine",
    Unit::Degrees,
    None,
    "Angle of the S1 endplate to the table's transverse plane, seen from the side, as scanned.",
    "Legaye 1998, 10.1007/s005860050038",
);
static SPINOPELVIC_TILT: Quantity = Quantity::new(
    "spinopelvic_tilt_supine",
    Unit::Degrees,
    None,
    "Angle of the line from the mid-point of the femoral head centres to the middle of the S1 endplate to the table's long axis, seen \
                 from the side, as scanned; the endplate behind the heads is positive.",
    "Legaye 1998, 10.1007/s005860050038",
);
static LENGTH_BY_ISCHIA: Quantity = Quantity::new(
    "leg_length_difference_ischial",
    Unit::Millimetres,
    Some([-5.0, 5.0]),
    "How much further below the line through both ischial tuberosities the left lesser trochanter lies than the right, along the \
                 superior axis of the pelvis; positive when the left leg is longer. Legs as they lay in the scanner.",
    "Inter-ischial line; tolerance of 5 to 10 mm",
);
static LENGTH_BY_TEARDROPS: Quantity = Quantity::new(
    "leg_length_difference_teardrop",
    Unit::Millimetres,
    Some([-5.0, 5.0]),
    "How much further below the line through both acetabular teardrops the left lesser trochanter lies than the right, along the \
                 superior axis of the pelvis; positive when the left leg is longer. Legs as they lay in the scanner.",
    "Inter-teardrop line; tolerance of 5 to 10 mm",
);
static SYMPHYSIS_PLANE: Quantity = Quantity::new(
    "app_to_symphysis_plane",
    Unit::Degrees,
    None,
    "Angle from the anterior pelvic plane through both anterior superior iliac spines and the mid-point of the pubic tubercles to the plane \
                 through the same spines and the front of the symphysis, about the line of the spines; positive when the latter is \
                 tilted further posteriorly.",
    "Both planes are called anterior pelvic plane after Lewinnek 1978",
);
static LENGTH_BY_SPINES: Quantity = Quantity::new(
    "leg_length_difference_asis",
    Unit::Millimetres,
    Some([-5.0, 5.0]),
    "How much further below its anterior superior iliac spine the left lesser trochanter lies than the right, along the superior \
                 axis of the pelvis; positive when the left leg is longer. Legs as they lay in the scanner.",
    "Inter-spinous line; tolerance of 5 to 10 mm",
);
static FEMORAL_LENGTH_DIFFERENCE: Quantity = Quantity::new(
    "femoral_length_difference",
    Unit::Millimetres,
    Some([-5.0, 5.0]),
    "Length of the left femur from head centre to knee centre less that of the right.",
    "Tolerance of 5 to 10 mm",
);
static GLOBAL_OFFSET: Quantity = Quantity::new(
    "global_offset",
    Unit::Millimetres,
    None,
    "Distance of the head centre from the pelvic mid-plane and of the shaft axis from the head centre, added.",
    "Loss of more than 5 mm impairs function, 10.1186/s12891-020-03674-8",
);
static GLOBAL_OFFSET_DIFFERENCE: Quantity = Quantity::new(
    "global_offset_difference",
    Unit::Millimetres,
    Some([-5.0, 5.0]),
    "Global offset of the left hip less that of the right.",
    "10.1186/s12891-020-03674-8",
);

/// The anterior pelvic plane as the landmarks give it.
pub(super) fn anterior_pelvic_plane(p: &Points) -> Option<AnatomicalFrame> {
    let (left, right) = (p.at(Asis, Side::Left)?, p.at(Asis, Side::Right)?);
    let tubercles = nalgebra::center(&p.at(PubicTubercle, Side::Left)?, &p.at(PubicTubercle, Side::Right)?);
    let origin = nalgebra::center(&left, &right);
    app_frame(&left, &right, &tubercles, origin)
}

/// The plane through both anterior superior iliac spines and the front of the symphysis, as a frame like the former.
pub(super) fn symphysis_plane(p: &Points) -> Option<AnatomicalFrame> {
    let (left, right) = (p.at(Asis, Side::Left)?, p.at(Asis, Side::Right)?);
    app_frame(&left, &right, &p.at(PubicSymphysisFront, None)?, nalgebra::center(&left, &right))
}

/// The pelvic frame of the ISB: origin at a hip's centre, Z along both anterior superior iliac spines, X in the plane through these and
/// the mid-point of the posterior ones (Wu et al. 2002, 10.1016/S0021-9290(01)00222-6).
pub(super) fn isb_pelvis(p: &Points, side: Side) -> Option<AnatomicalFrame> {
    let (left, right) = (p.at(Asis, Side::Left)?, p.at(Asis, Side::Right)?);
    let behind = nalgebra::center(&p.at(Psis, Side::Left)?, &p.at(Psis, Side::Right)?);
    let forwards = nalgebra::center(&left, &right) - behind;
    AnatomicalFrame::from_right_and_superior(hip_centre(p, side)?, &(right - left), &(right - left).cross(&forwards))
}

/// Centre of a femoral head, of the socket where the femur is missing.
fn hip_centre(p: &Points, side: Side) -> Option<Point3<f64>> {
    p.at(FemoralHeadCentre, side).or_else(|| p.at(AcetabularCentre, side))
}

/// Mid-point and line (to the right) of the femoral head centres, of the sockets' where a femur is missing.
fn hip_axis(p: &Points) -> Option<(Point3<f64>, Vector3<f64>)> {
    let [left, right] = Side::BOTH.map(|side| hip_centre(p, side));
    let (left, right) = (left?, right?);
    Some((nalgebra::center(&left, &right), (right - left).try_normalize(1e-9)?))
}

/// Along the endplate forwards.
fn endplate(p: &Points) -> Option<Vector3<f64>> {
    let along = p.at(SacralEndplate, None)? - p.at(SacralEndplatePosterior, None)?;
    along.try_normalize(1e-9)
}

pub(super) fn incidence_deg(p: &Points) -> Option<f64> {
    let (middle, axis) = hip_axis(p)?;
    let flat = |v: Vector3<f64>| v - axis * axis.dot(&v);
    let down = flat(middle - p.at(SacralEndplate, None)?);
    let along = flat(endplate(p)?);
    // Right × forwards is up and out of the endplate; the perpendicular goes into the sacrum.
    let into = -axis.cross(&along);
    Some(into.angle(&down).to_degrees())
}

/// Backward lean of the anterior pelvic plane in a frame, degrees.
pub(super) fn tilt_deg(p: &Points, frame: &AnatomicalFrame) -> Option<f64> {
    Some(lean_deg(frame, &anterior_pelvic_plane(p)?.superior()))
}

/// Sacral slope in a frame, degrees.
pub(super) fn slope_deg(p: &Points, frame: &AnatomicalFrame) -> Option<f64> {
    let along = frame.local_vector(&endplate(p)?);
    Some((-along.y).atan2(along.x).to_degrees())
}

/// Spinopelvic tilt in a frame, degrees.
pub(super) fn spinopelvic_deg(p: &Points, frame: &AnatomicalFrame) -> Option<f64> {
    Some(lean_deg(frame, &(p.at(SacralEndplate, None)? - hip_axis(p)?.0)))
}

/// Global offset of a side, mm.
fn global_offset_mm(p: &Points, side: Side) -> Option<f64> {
    let (head, app) = (p.at(FemoralHeadCentre, side)?, anterior_pelvic_plane(p)?);
    let from_middle = app.local_point(&head).z * -side.lps_sign();
    Some(from_middle + offset_mm(p, side)?)
}

/// How far the lesser trochanter lies below a landmark of its side, along the pelvis, mm.
fn below(p: &Points, landmark: super::LandmarkName, side: Side) -> Option<f64> {
    Some((p.at(landmark, side)? - p.at(LesserTrochanter, side)?).dot(&anterior_pelvic_plane(p)?.superior()))
}

fn difference(of: impl Fn(Side) -> Option<f64>) -> Option<f64> {
    Some(of(Side::Left)? - of(Side::Right)?)
}

/// All measurements of pelvis and legs that the landmarks allow.
pub(super) fn of_pelvis(landmarks: &Landmarks, found: &mut Vec<Measurement>) {
    let points = Points::new(landmarks);
    let table = AnatomicalFrame::scanner(Point3::origin());
    let mut say = |quantity, side: Option<Side>, compute: &dyn Fn(&Points) -> Option<f64>| {
        found.extend(points.measure(quantity, side, compute));
    };
    say(&PELVIC_TILT, None, &|p| tilt_deg(p, &table));
    say(&SYMPHYSIS_PLANE, None, &|p| Some(lean_deg(&anterior_pelvic_plane(p)?, &symphysis_plane(p)?.superior())));
    say(&OBLIQUITY, None, &|p| Some(obliquity_deg(&table, &anterior_pelvic_plane(p)?.right())));
    say(&PELVIC_INCIDENCE, None, &incidence_deg);
    say(&SACRAL_SLOPE, None, &|p| slope_deg(p, &table));
    say(&SPINOPELVIC_TILT, None, &|p| spinopelvic_deg(p, &table));
    say(&LENGTH_BY_ISCHIA, None, &|p| difference(|side| below(p, IschialTuberosity, side)));
    say(&LENGTH_BY_TEARDROPS, None, &|p| difference(|side| below(p, Teardrop, side)));
    say(&LENGTH_BY_SPINES, None, &|p| difference(|side| below(p, Asis, side)));
    say(&FEMORAL_LENGTH_DIFFERENCE, None, &|p| difference(|side| length_mm(p, side)));
    for side in Side::BOTH {
        say(&GLOBAL_OFFSET, Some(side), &|p| global_offset_mm(p, side));
    }
    say(&GLOBAL_OFFSET_DIFFERENCE, None, &|p| difference(|side| global_offset_mm(p, side)));
}
