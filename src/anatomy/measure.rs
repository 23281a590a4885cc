//! From bones to an anatomy.

use super::{
    bones::{Bone, Bones},
    error::AnatomyError,
    femur::{describe, measured_shaft},
    findings::{femur_missing, finding, of_hip},
    head::femoral_head,
    model::{Anatomy, Femur, Finding, Hip, Pelvis, Sphere},
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
        match hip(side, &hip_bones[index], &femur, &pelvis, ct, &mut findings) {
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

fn hip(
    side: Side,
    hip_bone: &Bone,
    femur: &Bone,
    pelvis: &Pelvis,
    ct: Option<&Volume>,
    findings: &mut Vec<Finding>,
) -> Result<Hip, AnatomyError> {
    let head = femoral_head(femur, hip_bone, side)?;
    let acetabulum = acetabulum(hip_bone, &head, side)?;
    let femur = femur_of(side, femur, &head, pelvis, ct, findings);
    Ok(Hip { side, acetabulum, head, femur })
}

fn femur_of(
    side: Side,
    femur: &Bone,
    head: &Sphere,
    pelvis: &Pelvis,
    _ct: Option<&Volume>,
    findings: &mut Vec<Finding>,
) -> Option<Femur> {
    let measured = measured_shaft(femur, head, side).and_then(|shaft| describe(femur, head, side, shaft, &pelvis.app.right()));
    if measured.is_none() {
        let text =
            format!("Too little of the {side} femur is in the scan: its shaft axis is not measured and no stem is planned.");
        findings.push(finding("femur-too-short", Some(side), text));
    }
    measured
}
