//! What the surgeon must know, in plain words.

use super::{
    bones::{Bone, Bones},
    error::AnatomyError,
    femur::TORSION_DEG,
    model::{Finding, Sphere},
    parts::HipParts,
};
use crate::frames::Side;

/// A head further than this from its socket's centre is not concentric, mm.
const CONCENTRIC_MM: f64 = 3.0;
/// A head whose points lie further than this from its sphere is not round, mm RMS.
const ROUND_MM: f64 = 1.0;
/// Metal within this distance of a head centre can disturb the measures of that hip, mm.
const METAL_NEAR_MM: f64 = 120.0;

/// A finding.
pub(super) fn finding(key: &str, side: Option<Side>, text: String) -> Finding {
    Finding::new(format!("finding-{key}"), side, text)
}

/// What can be said of a hip once it is measured.
pub(super) fn of_hip(hip: &HipParts, hip_bone: Option<&Bone>, bones: &Bones, findings: &mut Vec<Finding>) {
    let side = hip.side;
    if hip_bone.is_some_and(Bone::is_cut) {
        findings.push(finding(
            "hip-bone-cut-off",
            Some(side),
            format!("The {side} hip bone is cut off at the edge of the scan."),
        ));
    }
    let Some(head) = &hip.head else { return };
    let apart_mm = hip.acetabulum.as_ref().map_or(0.0, |socket| (head.centre - socket.sphere.centre).norm());
    if apart_mm > CONCENTRIC_MM {
        let text =
            format!("The {side} femoral head is not concentric: its centre lies {apart_mm:.1} mm from the centre of the socket.");
        findings.push(finding("head-not-concentric", Some(side), text).with("apart", format!("{apart_mm:.1}")));
    }
    if head.rms_mm > ROUND_MM {
        let text = format!("The {side} femoral head is not round: its surface lies {:.1} mm RMS from a sphere.", head.rms_mm);
        findings.push(finding("head-not-round", Some(side), text).with("rms", format!("{:.1}", head.rms_mm)));
    }
    metal(side, head, bones, findings);
}

/// What follows from a knee that is not in the scan, for a leg that then seems to have lain turned outwards by so much.
pub(super) fn without_knee(side: Side, outwards_deg: f64) -> Finding {
    let [torsion, turn] = [TORSION_DEG, outwards_deg].map(|degrees| format!("{degrees:.0}"));
    let text = format!(
        "The {side} knee is not in the scan: femoral version cannot be measured. The frame of the femur follows the shaft axis instead of \
         the mechanical axis and is turned so that its neck has the {torsion}° of torsion that femora have in the middle (10° standard \
         deviation): as it lay the leg was turned outwards by {turn}° (inwards where negative). Rotation in motion and activities counts from \
         there, and is off by as much as this femur's torsion is another."
    );
    finding("knee-not-in-scan", Some(side), text).with("torsion", torsion).with("turn", turn)
}

fn metal(side: Side, head: &Sphere, bones: &Bones, findings: &mut Vec<Finding>) {
    let distances: Vec<f64> = bones.metal.iter().map(|p| (p - head.centre).norm()).filter(|d| *d < METAL_NEAR_MM).collect();
    let Some(nearest) = distances.iter().copied().min_by(f64::total_cmp) else { return };
    let amount = bones.field_of_view.as_ref().map(|grid| format!("{:.1}", distances.len() as f64 * grid.voxel_mm3() / 1000.0));
    let about = amount.as_ref().map_or_else(String::new, |cm3| format!(" (about {cm3} cm³)"));
    let text = format!(
        "There is metal{about} within {METAL_NEAR_MM:.0} mm of the {side} femoral head, the nearest {nearest:.0} mm from its centre: \
         surfaces and measures beside it may be wrong."
    );
    let mut metal = finding("metal-near", Some(side), text)
        .with("within", format!("{METAL_NEAR_MM:.0}"))
        .with("nearest", format!("{nearest:.0}"));
    if let Some(cm3) = amount {
        metal = metal.with("amount", cm3);
    }
    findings.push(metal);
}

/// A side of which no more than the socket is measured.
pub(super) fn femur_missing(side: Side) -> Finding {
    let text = format!("The {side} femur is missing: of the {side} hip no more than the socket can be measured.");
    finding("femur-missing", Some(side), text)
}

/// A pelvis without its sacrum.
pub(super) fn sacrum_missing() -> Finding {
    let text = "The sacrum is missing: sacral slope, spinopelvic tilt and pelvic incidence cannot be measured.";
    finding("sacrum-missing", None, text.into())
}

/// A side of which no more than the femur is measured.
pub(super) fn hip_bone_missing(side: Side) -> Finding {
    let text = format!(
        "The {side} hip bone is missing: there is no anterior pelvic plane, and of the {side} hip no more than the femur can be measured."
    );
    finding("hip-bone-missing", Some(side), text)
}

/// A side of which there is nothing.
pub(super) fn hip_missing(side: Side) -> Finding {
    let text =
        format!("The {side} hip bone and femur are missing: there is no anterior pelvic plane, and nothing of the {side} hip.");
    finding("hip-missing", Some(side), text)
}

/// A side whose head and socket were not found with each other.
pub(super) fn not_joined(side: Side, error: &AnatomyError) -> Finding {
    let text = format!(
        "The {side} head and socket were not found with each other, as in a dislocation: {error}. Each is measured on its own bone; the centre \
         of the socket may be wrong by a centimetre and should be set by hand. A plan is made on this hip only when someone accepts that \
         (coxa plan --accept-doubtful)."
    );
    finding("hip-not-joined", Some(side), text)
}
