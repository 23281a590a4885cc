//! Real bones: four skeletons with raters' clicks, one with an expert's joint centre.

use super::{
    Gathered, Held,
    raters::{Neck, Reading, jackknife},
};
use crate::{
    accuracy::skeletons::{LHDL_ANKLE_CENTRE, LHDL_HIP_CENTRE, LHDL_KNEE_CENTRE, Skeleton, lhdl as bones_of_lhdl},
    anatomy::{
        Examination,
        LandmarkName::{self, *},
        examine,
    },
    frames::{AnatomicalFrame, Side, angle_between, as_right_hip},
    progress::Silent,
};
use nalgebra::{Point3, Vector3};
use std::path::Path;

const FOUR: &str = "four skeletons (VSD)";
const LHDL: &str = "one skeleton (LHDL)";
/// Landmarks and their names in the raters' files. Those of the pelvis with a side begin with it.
const PELVIS: [(LandmarkName, &str); 8] = [
    (Asis, "ASIS"),
    (Aiis, "AIIS"),
    (Psis, "PSIS"),
    (Piis, "PIIS"),
    (IschialSpine, "Ischial Spine (IS)"),
    (PubicTubercle, "Pubic Tubercle (PT)"),
    (SacralEndplate, "Sacral Center (SC)"),
    (SacralPromontory, "Sacral Promontory (SP)"),
];
const FEMUR: [(LandmarkName, &str); 9] = [
    (GreaterTrochanter, "(SGT)"),
    (LesserTrochanter, "(LT)"),
    (MedialEpicondyle, "(MEC)"),
    (LateralEpicondyle, "(LEC)"),
    (MedialPosteriorCondyle, "(PMC)"),
    (LateralPosteriorCondyle, "(PLC)"),
    (MedialDistalCondyle, "(DMC)"),
    (LateralDistalCondyle, "(DLC)"),
    (IntercondylarNotch, "(ICN)"),
];
/// A landmark is to lie this near to the raters' mean, or within this many of their own spreads where that is more.
const NEAR_MM: f64 = 3.0;
const SPREADS: f64 = 1.5;
/// Aims for frames and for what depends on the neck, degrees.
const FRAME_DEG: f64 = 1.0;
const NECK_DEG: f64 = 2.5;
/// Aims for the tibia: the expert's knee centre is the femur's, and joint centres have no edge to be clicked on.
const TIBIAL_AXIS_DEG: f64 = 2.0;
const ANKLE_MM: f64 = 3.0;

pub(super) fn four_skeletons(data: &Path, gathered: &mut Gathered) -> Result<(), String> {
    let folder = data.join("vsd_bones");
    if !folder.exists() {
        return Err(format!("{FOUR}: {} is not at hand", folder.display()));
    }
    for skeleton in Skeleton::four(&folder)? {
        let found = examine(&skeleton.bones, None, &Silent).map_err(|e| format!("{FOUR}, {}: {e}", skeleton.name))?;
        for (name, key) in PELVIS {
            for (word, side) in [("Left ", Some(Side::Left)), ("Right ", Some(Side::Right)), ("", None)] {
                hold(&found, name, side, &skeleton, &format!("{word}{key}"), gathered);
            }
        }
        for (name, key) in FEMUR {
            hold(&found, name, Some(skeleton.femur_side), &skeleton, key, gathered);
        }
        gathered.case = skeleton.name.to_owned();
        pelvic_plane(&found, &skeleton, gathered);
        femoral_frame(&found, &skeleton, gathered);
    }
    Ok(())
}

fn hold(found: &Examination, name: LandmarkName, side: Option<Side>, skeleton: &Skeleton, key: &str, gathered: &mut Gathered) {
    let (Some(click), Some(landmark)) = (skeleton.click(key), found.landmarks.get(name, side)) else { return };
    gathered.case = side.map_or_else(|| skeleton.name.to_owned(), |side| format!("{} {side}", skeleton.name));
    let limit = (SPREADS * click.spread_mm).max(NEAR_MM);
    gathered.add(FOUR, name.key(), "mm", (landmark.position - click.position).norm(), limit, 0.0);
}

/// The plane through the raters' means.
fn pelvic_plane(found: &Examination, skeleton: &Skeleton, gathered: &mut Gathered) -> Option<()> {
    let [left, right] = ["Left ASIS", "Right ASIS"].map(|key| skeleton.click(key).map(|click| click.position));
    let (left, right) = (left?, right?);
    let tubercles = skeleton.middle(&["Left Pubic Tubercle (PT)", "Right Pubic Tubercle (PT)"])?;
    let origin = nalgebra::center(&left, &right);
    let plane = AnatomicalFrame::from_right_and_superior(origin, &(right - left), &(origin - tubercles))?;
    let app = &found.anatomy.pelvis.as_ref()?.app;
    gathered.add(FOUR, "anterior pelvic plane", "deg", degrees(&plane.anterior(), &app.anterior()), FRAME_DEG, 0.0);
    gathered.add(FOUR, "anterior pelvic plane, whole frame", "deg", turn(&plane, app), FRAME_DEG, 0.0);
    Some(())
}

/// Head and mechanical frame of the raters' means, by the same definitions, and what depends on the neck by both readings of their clicks.
fn femoral_frame(found: &Examination, skeleton: &Skeleton, gathered: &mut Gathered) -> Option<()> {
    let side = skeleton.femur_side;
    let at = |key: &str| skeleton.click(key).map(|click| click.position);
    let head = Neck::of(skeleton, Reading::Mean)?.head;
    let outwards = (at("(PLC)")? - at("(PMC)")?) * -side.lps_sign();
    let frame = AnatomicalFrame::from_superior_and_right(head, &(head - skeleton.middle(&["(MEC)", "(LEC)"])?), &outwards)?;
    let femur = found.anatomy.hip(side).femur.as_ref()?;
    gathered.add(FOUR, "mechanical axis", "deg", degrees(&frame.superior(), &femur.frame.superior()), FRAME_DEG, 0.0);
    gathered.add(FOUR, "femoral frame", "deg", turn(&frame, &femur.frame), FRAME_DEG, 0.0);
    let ours = found.landmarks.position(FemoralHeadCentre, side)?;
    gathered.add(FOUR, "head centre", "mm", (ours - head).norm(), 1.0, 0.0);
    for reading in Reading::ALL {
        neck(found, skeleton, &frame, reading, gathered);
    }
    Some(())
}

/// Neck axis, version and neck–shaft angle against one reading of the raters' clicks, with its standard error.
fn neck(
    found: &Examination,
    skeleton: &Skeleton,
    frame: &AnatomicalFrame,
    reading: Reading,
    gathered: &mut Gathered,
) -> Option<()> {
    let side = skeleton.femur_side;
    let (clicked, others) = (Neck::of(skeleton, reading)?, Neck::without_each(skeleton, reading));
    let axis = clicked.axis();
    let femur = found.anatomy.hip(side).femur.as_ref()?;
    let error_of = |number: &dyn Fn(&Neck) -> f64| jackknife(others.iter().map(|other| number(other) - number(&clicked)));
    let axis_error = error_of(&|other| degrees(&other.axis(), &axis));
    let mut say = |what: &str, size, error, stated_sd| {
        let held = Held { case: gathered.case.clone(), error: size, limit: NECK_DEG, stated_sd, reference_error: error };
        gathered.hold(FOUR, &format!("{what}, {}", reading.called()), "deg", held);
    };
    let smallest = found.landmarks.position(NeckIsthmus, side)? - found.landmarks.position(FemoralHeadCentre, side)?;
    say("neck axis (smallest section)", degrees(&smallest, &axis), axis_error, 0.0);
    say("neck axis (isthmus)", degrees(&femur.neck_axis.direction, &axis), axis_error, 0.0);
    let version = |neck: &Neck| {
        let neck = as_right_hip(side, &frame.local_vector(&-neck.axis()));
        neck.x.atan2(-neck.z).to_degrees()
    };
    let measured = |key: &str| found.measurements.iter().find(|m| m.quantity.key == key && m.side == Some(side));
    let ours = measured("femoral_version_reikeras")?;
    say("version (Reikerås)", ours.value - version(&clicked), error_of(&version), ours.sd);
    let to_shaft = |neck: &Neck| degrees(&neck.axis(), &femur.shaft.direction);
    let ours = measured("neck_shaft_angle")?;
    say("neck–shaft angle", ours.value - to_shaft(&clicked), error_of(&to_shaft), ours.sd);
    Some(())
}

fn degrees(a: &Vector3<f64>, b: &Vector3<f64>) -> f64 {
    a.angle(b).to_degrees()
}

fn turn(a: &AnatomicalFrame, b: &AnatomicalFrame) -> f64 {
    angle_between(&a.rotation, &b.rotation).to_degrees()
}

pub(super) fn lhdl(data: &Path, gathered: &mut Gathered) -> Result<(), String> {
    let folder = data.join("staple_lhdl");
    if !folder.exists() {
        return Err(format!("{LHDL}: {} is not at hand", folder.display()));
    }
    let failed = |error: String| format!("{LHDL}: {error}");
    let bones = bones_of_lhdl(&folder).map_err(failed)?;
    let found = examine(&bones, None, &Silent).map_err(|error| failed(error.to_string()))?;
    gathered.case = "right".into();
    let expert = Point3::from(LHDL_HIP_CENTRE);
    for (what, name, limit) in [("head centre", FemoralHeadCentre, 1.0), ("socket centre", AcetabularCentre, 3.0)] {
        if let Some(centre) = found.landmarks.position(name, Side::Right) {
            gathered.add(LHDL, what, "mm", (centre - expert).norm(), limit, 0.0);
        }
    }
    tibial_axis(&found, gathered);
    Ok(())
}

/// The expert's ankle is in the talus, below the plafond: of the two only the distance across the leg is comparable.
fn tibial_axis(found: &Examination, gathered: &mut Gathered) -> Option<()> {
    let (knee, ankle) = (Point3::from(LHDL_KNEE_CENTRE), Point3::from(LHDL_ANKLE_CENTRE));
    let ours = found.landmarks.position(AnkleCentre, Side::Right)?;
    let down = (ankle - knee).normalize();
    gathered.add(LHDL, "ankle centre, across the leg", "mm", (ours - ankle).cross(&down).norm(), ANKLE_MM, 0.0);
    let axis = ours - found.landmarks.position(TibialKneeCentre, Side::Right)?;
    gathered.add(LHDL, "tibial mechanical axis", "deg", degrees(&axis, &down), TIBIAL_AXIS_DEG, 0.0);
    Some(())
}
