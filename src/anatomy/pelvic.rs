//! Measurements of the pelvis and of both legs against it, each from landmarks alone.

use super::{
    landmark::{LandmarkName::*, Landmarks},
    measurement::{Measurement, Quantity, Unit},
    propagate::Points,
};
use crate::frames::{AnatomicalFrame, Side};
use nalgebra::{Point3, Vector3};

static PELVIC_TILT: Quantity = Quantity {
    key: "pelvic_tilt_app",
    unit: Unit::Degrees,
    definition: "Angle of the anterior pelvic plane to the table's coronal plane, seen from the side; posterior tilt positive.",
    norm: None,
    citation: "Lewinnek 1978; sign as in Komiyama, PMC6029136",
};
static OBLIQUITY: Quantity = Quantity {
    key: "pelvic_obliquity",
    unit: Unit::Degrees,
    definition: "Angle of the line between both anterior superior iliac spines to the table's transverse plane; positive when the left is higher.",
    norm: None,
    citation: "As scanned",
};
static PELVIC_INCIDENCE: Quantity = Quantity {
    key: "pelvic_incidence",
    unit: Unit::Degrees,
    definition: "Angle between the perpendicular to the S1 endplate at its middle and the line from there to the mid-point of both femoral \
                 head centres, in the plane perpendicular to the line between these centres.",
    norm: Some([42.0, 64.0]),
    citation: "Legaye 1998, 10.1007/s005860050038. Norm: 53 ± 11, PMC7340719",
};
static SACRAL_SLOPE: Quantity = Quantity {
    key: "sacral_slope_supine",
    unit: Unit::Degrees,
    definition: "Angle of the S1 endplate to the table's transverse plane, seen from the side, as scanned.",
    norm: None,
    citation: "Legaye 1998, 10.1007/s005860050038",
};
static SPINOPELVIC_TILT: Quantity = Quantity {
    key: "spinopelvic_tilt_supine",
    unit: Unit::Degrees,
    definition: "Angle of the line from the mid-point of the femoral head centres to the middle of the S1 endplate to the table's long axis, seen \
                 from the side, as scanned; the endplate behind the heads is positive.",
    norm: None,
    citation: "Legaye 1998, 10.1007/s005860050038",
};
static LENGTH_BY_ISCHIA: Quantity = Quantity {
    key: "leg_length_difference_ischial",
    unit: Unit::Millimetres,
    definition: "How much further below the line through both ischial tuberosities the left lesser trochanter lies than the right, along the \
                 superior axis of the pelvis; positive when the left leg is longer. Legs as they lay in the scanner.",
    norm: Some([-5.0, 5.0]),
    citation: "Inter-ischial line; tolerance of 5 to 10 mm",
};
static LENGTH_BY_SPINES: Quantity = Quantity {
    key: "leg_length_difference_asis",
    unit: Unit::Millimetres,
    definition: "How much further below its anterior superior iliac spine the left lesser trochanter lies than the right, along the superior \
                 axis of the pelvis; positive when the left leg is longer. Legs as they lay in the scanner.",
    norm: Some([-5.0, 5.0]),
    citation: "Inter-spinous line; tolerance of 5 to 10 mm",
};
static FEMORAL_LENGTH_DIFFERENCE: Quantity = Quantity {
    key: "femoral_length_difference",
    unit: Unit::Millimetres,
    definition: "Length of the left femur from head centre to knee centre less that of the right.",
    norm: Some([-5.0, 5.0]),
    citation: "Tolerance of 5 to 10 mm",
};
static GLOBAL_OFFSET: Quantity = Quantity {
    key: "global_offset",
    unit: Unit::Millimetres,
    definition: "Distance of the head centre from the pelvic mid-plane and of the shaft axis from the head centre, added.",
    norm: None,
    citation: "Loss of more than 5 mm impairs function, 10.1186/s12891-020-03674-8",
};
static GLOBAL_OFFSET_DIFFERENCE: Quantity = Quantity {
    key: "global_offset_difference",
    unit: Unit::Millimetres,
    definition: "Global offset of the left hip less that of the right.",
    norm: Some([-5.0, 5.0]),
    citation: "10.1186/s12891-020-03674-8",
};

/// The anterior pelvic plane as the landmarks give it.
pub(super) fn anterior_pelvic_plane(p: &Points) -> Option<AnatomicalFrame> {
    let (left, right) = (p.at(Asis, Side::Left)?, p.at(Asis, Side::Right)?);
    let tubercles = nalgebra::center(&p.at(PubicTubercle, Side::Left)?, &p.at(PubicTubercle, Side::Right)?);
    let origin = nalgebra::center(&left, &right);
    AnatomicalFrame::from_right_and_superior(origin, &(right - left), &(origin - tubercles))
}

/// Mid-point and line (to the right) of the femoral head centres.
fn hip_axis(p: &Points) -> Option<(Point3<f64>, Vector3<f64>)> {
    let [left, right] = [p.at(FemoralHeadCentre, Side::Left)?, p.at(FemoralHeadCentre, Side::Right)?];
    Some((nalgebra::center(&left, &right), (right - left).try_normalize(1e-9)?))
}

/// Along the endplate forwards.
fn endplate(p: &Points) -> Option<Vector3<f64>> {
    let along = p.at(SacralEndplate, None)? - p.at(SacralEndplatePosterior, None)?;
    along.try_normalize(1e-9)
}

fn incidence_deg(p: &Points) -> Option<f64> {
    let (middle, axis) = hip_axis(p)?;
    let flat = |v: Vector3<f64>| v - axis * axis.dot(&v);
    let down = flat(middle - p.at(SacralEndplate, None)?);
    let along = flat(endplate(p)?);
    // Right × forwards is up and out of the endplate; the perpendicular goes into the sacrum.
    let into = -axis.cross(&along);
    Some(into.angle(&down).to_degrees())
}

/// Global offset of a side, mm.
fn global_offset_mm(p: &Points, side: Side) -> Option<f64> {
    let (head, app) = (p.at(FemoralHeadCentre, side)?, anterior_pelvic_plane(p)?);
    let shaft = (p.at(ShaftProximal, side)? - p.at(ShaftDistal, side)?).try_normalize(1e-9)?;
    let from_middle = app.local_point(&head).z * -side.lps_sign();
    Some(from_middle + (head - p.at(ShaftProximal, side)?).cross(&shaft).norm())
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
        found.extend(points.measure(quantity, side, 0.0, compute));
    };
    say(&PELVIC_TILT, None, &|p| {
        let up = table.local_vector(&anterior_pelvic_plane(p)?.superior());
        Some((-up.x).atan2(up.y).to_degrees())
    });
    say(&OBLIQUITY, None, &|p| {
        let right = table.local_vector(&anterior_pelvic_plane(p)?.right());
        Some((-right.y).atan2(right.z).to_degrees())
    });
    say(&PELVIC_INCIDENCE, None, &incidence_deg);
    say(&SACRAL_SLOPE, None, &|p| {
        let along = table.local_vector(&endplate(p)?);
        Some((-along.y).atan2(along.x).to_degrees())
    });
    say(&SPINOPELVIC_TILT, None, &|p| {
        let up = table.local_vector(&(p.at(SacralEndplate, None)? - hip_axis(p)?.0));
        Some((-up.x).atan2(up.y).to_degrees())
    });
    say(&LENGTH_BY_ISCHIA, None, &|p| difference(|side| below(p, IschialTuberosity, side)));
    say(&LENGTH_BY_SPINES, None, &|p| difference(|side| below(p, Asis, side)));
    say(&FEMORAL_LENGTH_DIFFERENCE, None, &|p| {
        let length = |side| {
            let knee = nalgebra::center(&p.at(MedialEpicondyle, side)?, &p.at(LateralEpicondyle, side)?);
            Some((p.at(FemoralHeadCentre, side)? - knee).norm())
        };
        difference(length)
    });
    for side in Side::BOTH {
        say(&GLOBAL_OFFSET, Some(side), &|p| global_offset_mm(p, side));
    }
    say(&GLOBAL_OFFSET_DIFFERENCE, None, &|p| difference(|side| global_offset_mm(p, side)));
}
