//! From bones to an anatomy.

use super::{
    bones::{Bone, Bones},
    canal::canal_of,
    canal_contours::CanalScan,
    error::AnatomyError,
    estimate::estimated_shaft,
    femur::{describe, measured_shaft},
    findings::{femur_missing, finding, of_hip},
    head::femoral_head,
    model::{Anatomy, Femur, Finding, Hip, Pelvis, ShaftSource, Sphere},
    opening::opening_axis,
    pelvis::pelvis,
    socket::acetabulum,
};
use crate::{frames::Side, labels::Label, progress::Progress, volume::Volume};

/// Measures the pelvis and each hip whose hip bone and femur are there; with the CT also the femoral canal.
///
/// # Errors
/// When a hip bone is missing, no side has a hip that can be measured, the anterior pelvic plane cannot be found, or the caller cancels.
pub fn measure(bones: &Bones, ct: Option<&Volume>, progress: &dyn Progress) -> Result<Anatomy, AnatomyError> {
    let bone = |label| bones.meshes.get(&label).filter(|m| !m.is_empty()).map(|m| Bone::new(m, bones.field_of_view.as_ref()));
    let hip_bone = |side| bone(Label::hip(side)).ok_or(AnatomyError::HipBoneMissing { side });
    let hip_bones = [hip_bone(Side::Left)?, hip_bone(Side::Right)?];
    let pelvis = pelvis(&hip_bones[0], &hip_bones[1])?;
    let mut findings = Vec::new();
    let mut hips = [None, None];
    let mut first_failure = None;
    for (index, side) in Side::BOTH.into_iter().enumerate() {
        progress.report("anatomy", 0.1 + 0.45 * index as f64);
        if progress.cancelled() {
            return Err(AnatomyError::Cancelled);
        }
        let Some(femur) = bone(Label::femur(side)) else {
            findings.push(femur_missing(side));
            continue;
        };
        match hip(side, &hip_bones[index], &femur, &Patient { pelvis: &pelvis, ct }, &mut findings) {
            Ok(hip) => {
                of_hip(&hip, &hip_bones[index], bones, &mut findings);
                hips[index] = Some(hip);
            }
            Err(error) => {
                findings.push(finding("hip-not-measured", Some(side), format!("The {side} hip is not measured: {error}.")));
                first_failure.get_or_insert(error);
            }
        }
    }
    progress.report("anatomy", 1.0);
    match hips {
        [None, None] => Err(first_failure.unwrap_or(AnatomyError::NoHip)),
        [left, right] => Ok(Anatomy { pelvis, left, right, findings }),
    }
}

/// What is the same for both hips of a patient.
struct Patient<'a> {
    pelvis: &'a Pelvis,
    ct: Option<&'a Volume>,
}

fn hip(side: Side, hip_bone: &Bone, femur: &Bone, patient: &Patient, findings: &mut Vec<Finding>) -> Result<Hip, AnatomyError> {
    let head = femoral_head(femur, hip_bone, side)?;
    let mut acetabulum = acetabulum(hip_bone, &head, side)?;
    if let Some(axis) = opening_axis(hip_bone, &acetabulum.sphere, &acetabulum.axis, &patient.pelvis.app, side) {
        acetabulum.axis = axis;
    }
    let femur = femur_of(side, femur, &head, patient, findings);
    Ok(Hip { side, acetabulum, head, femur })
}

/// The femur on its own shaft when enough of that is in the scan, else on the shape model's, else nothing but the reason.
fn femur_of(side: Side, femur: &Bone, head: &Sphere, patient: &Patient, findings: &mut Vec<Finding>) -> Option<Femur> {
    let (superior, right) = (patient.pelvis.app.superior(), patient.pelvis.app.right());
    let shaft = measured_shaft(femur, head, side).or_else(|| {
        let (shaft, said) = estimated_shaft(femur, head, side, &superior);
        findings.push(said);
        shaft
    })?;
    let mut described = describe(femur, head, side, shaft, &right)?;
    if let (Some(ct), ShaftSource::Measured) = (patient.ct, described.shaft_source) {
        described.canal = CanalScan::new(femur, ct, head, side, &described).map_or_else(Vec::new, |scan| canal_of(&scan));
    }
    Some(described)
}
