//! A hip planned, with what only the whole scan tells: metal in the way, and where knee and ankle are.

use super::PipelineError;
use crate::{
    anatomy::{Anatomy, Bones, LandmarkName, Landmarks, examine_with},
    frames::Side,
    implants::Catalogue,
    labels::LabelMap,
    plan::{self, OldMetal, Plan, PlanSettings, Scan, alignment, metal_pieces, storage::CaseFolder},
    progress::Silent,
    volume::Volume,
};

/// Plans a hip; `landmarks` are asked for only where the femur is cut.
///
/// # Errors
/// As [`plan::first_plan`], and as `landmarks`.
pub(super) fn planned(
    anatomy: &Anatomy,
    bones: &Bones,
    ct: &Volume,
    (catalogue, side, settings): (&Catalogue, Side, &PlanSettings),
    landmarks: impl FnOnce() -> Result<Landmarks, PipelineError>,
) -> Result<Plan, PipelineError> {
    let mut plan = plan::first_plan(anatomy, catalogue, side, &bones.meshes, settings)?;
    let metal = OldMetal::new(metal_pieces(bones, Some(ct)), &bones.meshes, side);
    plan.deformity.hardware = metal.obstacles(&plan, catalogue)?;
    plan.findings.extend(plan.deformity.hardware.iter().map(|obstacle| obstacle.finding(side)));
    plan.findings.extend(metal.blocked_holes(&plan, catalogue, &anatomy.pelvis.app)?);
    if let (Some(osteotomy), Some(hip)) = (plan.deformity.osteotomy, anatomy.hip(side)) {
        let landmarks = landmarks()?;
        let [knee, ankle] = [LandmarkName::KneeCentre, LandmarkName::AnkleCentre].map(|name| landmarks.position(name, side));
        let native = osteotomy.motion(side).inverse() * hip.head.centre;
        let head = plan.head_centre_from_below(catalogue)?.unwrap_or(native);
        plan.deformity.alignment = alignment(&osteotomy, hip, &head, knee.as_ref(), ankle.as_ref());
    }
    Ok(plan)
}

/// What the whole scan of a case tells that an edit may need. A case without its labels tells nothing; where the femur is cut, knee and ankle
/// are looked for as well.
///
/// # Errors
/// When the case cannot be read, or its bones cannot be measured.
pub(super) fn scan_of(folder: &CaseFolder, side: Side, cuts: bool) -> Result<Scan, PipelineError> {
    if !folder.has_labels() {
        return Ok(Scan::default());
    }
    let ct = folder.has_volume().then(|| folder.read_volume()).transpose()?;
    let (grid, ids) = folder.read_labels()?;
    let bones = Bones::in_scan(folder.read_bones()?, &LabelMap::certain(grid, ids));
    let mut scan = Scan { metal: metal_pieces(&bones, ct.as_ref()), ..Scan::default() };
    if cuts {
        let landmarks = examine_with(&bones, ct.as_ref(), &folder.read_landmarks_by_hand()?, &Silent)?.landmarks;
        [scan.knee, scan.ankle] =
            [LandmarkName::KneeCentre, LandmarkName::AnkleCentre].map(|name| landmarks.position(name, side));
    }
    Ok(scan)
}
