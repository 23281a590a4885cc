//! From bones to an anatomy.

use super::{
    bones::{Bone, Bones},
    canal::canal_of,
    canal_contours::CanalScan,
    error::AnatomyError,
    estimate::Completion,
    femur::{describe, measured_shaft, turned_outwards_deg},
    findings::{femur_missing, finding, hip_bone_missing, hip_missing, not_joined, of_hip, without_knee},
    head::{femoral_head, lone_head},
    lone::expected_in_socket,
    model::{Acetabulum, Anatomy, Femur, Finding, ShaftSource, Sphere},
    opening::{opening_axis, settled_socket},
    parts::{HipParts, Parts},
    pelvis::pelvis,
    socket::acetabulum,
};
use crate::{
    frames::{AnatomicalFrame, Side},
    labels::Label,
    progress::Progress,
    volume::Volume,
};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Measures the pelvis and each hip whose hip bone and femur are there; with the CT also the femoral canal.
///
/// # Errors
/// When a hip bone is missing, no side has a hip that can be measured, the anterior pelvic plane cannot be found, or the caller cancels.
pub fn measure(bones: &Bones, ct: Option<&Volume>, progress: &dyn Progress) -> Result<Anatomy, AnatomyError> {
    survey(bones, ct, progress)?.whole()
}

/// As [`measure`], but of the hip of `side` head and socket are taken for one hip although they were not found with each other, as in a
/// dislocation: a person accepts that the socket may be wrong by a centimetre.
///
/// # Errors
/// As [`measure`].
pub fn measure_accepting(
    bones: &Bones,
    ct: Option<&Volume>,
    side: Side,
    progress: &dyn Progress,
) -> Result<Anatomy, AnatomyError> {
    survey(bones, ct, progress)?.accepting(side).whole()
}

/// Measures what the bones at hand allow, whichever of them are missing.
///
/// # Errors
/// When the caller cancels; what cannot be measured is said in the findings.
pub(super) fn survey(bones: &Bones, ct: Option<&Volume>, progress: &dyn Progress) -> Result<Parts, AnatomyError> {
    let hip_bones = Side::BOTH.map(|side| bones.bone(Label::hip(side)).ok_or(AnatomyError::HipBoneMissing { side }));
    let [left, right] = Side::BOTH.map(HipParts::unknown);
    let mut parts = Parts { pelvis: None, left, right, findings: Vec::new(), failure: None };
    match &hip_bones {
        [Ok(left), Ok(right)] => match pelvis(left, right) {
            Ok(found) => parts.pelvis = Some(found),
            Err(error) => {
                parts.findings.push(finding("pelvis-not-measured", None, format!("The pelvis is not measured: {error}.")));
                parts.failure = Some(error);
            }
        },
        [Err(missing), _] | [_, Err(missing)] => parts.failure = Some(missing.clone()),
    }
    let (patient, done) = (Patient { directions: parts.directions(), ct }, AtomicUsize::new(0));
    progress.report("anatomy", 0.1);
    let surveyed = |side: Side, hip_bone: Option<&Bone>| {
        if progress.cancelled() {
            return Err(AnatomyError::Cancelled);
        }
        let surveyed = Surveyed::of(side, hip_bone, bones, &patient);
        progress.report("anatomy", 0.1 + 0.45 * (done.fetch_add(1, Ordering::Relaxed) + 1) as f64);
        Ok(surveyed)
    };
    let [left, right] = [&hip_bones[0], &hip_bones[1]].map(|bone| bone.as_ref().ok());
    // Each hip stands alone, and a femur whose knee is out of the scan takes a second.
    let (left, right) = rayon::join(|| surveyed(Side::Left, left), || surveyed(Side::Right, right));
    let [left, right] = [left?, right?].map(|surveyed| {
        parts.findings.extend(surveyed.findings);
        parts.failure = parts.failure.take().or(surveyed.failure);
        surveyed.hip
    });
    (parts.left, parts.right) = (left, right);
    progress.report("anatomy", 1.0);
    Ok(parts)
}

/// What is the same for both hips of a patient.
struct Patient<'a> {
    /// Which way is up and right.
    directions: AnatomicalFrame,
    ct: Option<&'a Volume>,
}

/// What was found of one hip.
struct Surveyed {
    hip: HipParts,
    findings: Vec<Finding>,
    /// The first thing that could not be measured though its bones are there.
    failure: Option<AnatomyError>,
}

impl Surveyed {
    fn of(side: Side, hip_bone: Option<&Bone>, bones: &Bones, patient: &Patient) -> Self {
        let (femur, mut findings, mut failure) = (bones.bone(Label::femur(side)), Vec::new(), None);
        match hip(side, hip_bone, femur.as_ref(), patient, &mut findings, &mut failure) {
            Ok(hip) => {
                of_hip(&hip, hip_bone, bones, &mut findings);
                Self { hip, findings, failure }
            }
            Err(error) => {
                let text = format!("The {side} hip is not measured: {error}.");
                findings.push(finding("hip-not-measured", Some(side), text));
                Self { hip: HipParts::unknown(side), findings, failure: failure.or(Some(error)) }
            }
        }
    }
}

fn hip(
    side: Side,
    hip_bone: Option<&Bone>,
    femur: Option<&Bone>,
    patient: &Patient,
    findings: &mut Vec<Finding>,
    failure: &mut Option<AnatomyError>,
) -> Result<HipParts, AnatomyError> {
    let missing = match (hip_bone, femur) {
        (Some(_), Some(_)) => None,
        (Some(_), None) => Some(femur_missing(side)),
        (None, Some(_)) => Some(hip_bone_missing(side)),
        (None, None) => Some(hip_missing(side)),
    };
    findings.extend(missing);
    let mut parts = HipParts::unknown(side);
    match (hip_bone, femur) {
        (Some(hip_bone), Some(femur)) => match joint(side, hip_bone, femur) {
            Ok((head, acetabulum)) => {
                parts = HipParts { head: Some(head), acetabulum: Some(acetabulum), joined: true, ..parts };
            }
            // A head that is not in its socket: each is looked for on its own bone.
            Err(error) => {
                let (Ok(head), Some(acetabulum)) = (lone_head(femur, side), lone_socket(side, hip_bone)) else {
                    return Err(error);
                };
                findings.push(not_joined(side, &error));
                failure.get_or_insert(error);
                parts = HipParts { head: Some(head), acetabulum: Some(acetabulum), ..parts };
            }
        },
        (Some(hip_bone), None) => parts.acetabulum = lone_socket(side, hip_bone),
        (None, Some(femur)) => parts.head = Some(lone_head(femur, side)?),
        (None, None) => {}
    }
    parts.femur = femur.zip(parts.head).and_then(|(femur, head)| femur_of(side, femur, &head, patient, findings));
    Ok(parts)
}

/// The head in its socket.
fn joint(side: Side, hip_bone: &Bone, femur: &Bone) -> Result<(Sphere, Acetabulum), AnatomyError> {
    let head = femoral_head(femur, hip_bone, side)?;
    Ok((head, socket(side, hip_bone, &head)?))
}

/// The socket of a hip bone where no head says where it is.
fn lone_socket(side: Side, hip_bone: &Bone) -> Option<Acetabulum> {
    socket(side, hip_bone, &expected_in_socket(hip_bone, side)?).ok()
}

fn socket(side: Side, hip_bone: &Bone, head: &Sphere) -> Result<Acetabulum, AnatomyError> {
    let about = acetabulum(hip_bone, head, side)?;
    Ok(settled_socket(hip_bone, &about, side).unwrap_or_else(|| {
        let axis = opening_axis(hip_bone, &about.sphere, &about.axis, side).unwrap_or(about.axis);
        Acetabulum { axis, ..about }
    }))
}

/// The femur on its own shaft when enough of that is in the scan, else on the shape model's, else nothing but the reason.
fn femur_of(side: Side, femur: &Bone, head: &Sphere, patient: &Patient, findings: &mut Vec<Finding>) -> Option<Femur> {
    let completion = Completion::new(femur, head, side, patient.directions.superior());
    let shaft = measured_shaft(femur, head, side).or_else(|| {
        let (shaft, said) = completion.shaft();
        findings.push(said);
        shaft
    })?;
    let mut described = describe(femur, head, side, shaft)?;
    if !described.knee_in_scan {
        findings.push(without_knee(side, turned_outwards_deg(&described.frame, &patient.directions.right(), side)));
        if let Some((knee, said)) = completion.knee(described.shaft_source) {
            described.estimated_knee = Some(knee);
            findings.push(said);
        }
    }
    if let (Some(ct), ShaftSource::Measured) = (patient.ct, described.shaft_source) {
        described.canal = CanalScan::new(femur, ct, head, side, &described).map_or_else(Vec::new, |scan| canal_of(&scan));
    }
    Some(described)
}
