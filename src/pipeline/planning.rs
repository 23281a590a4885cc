//! A hip planned, with what only the whole scan tells: metal in the way, and where knee and ankle are.

use super::PipelineError;
use crate::{
    anatomy::{Anatomy, Bones, LandmarkName, Landmarks},
    frames::Side,
    implants::Catalogue,
    plan::{self, Plan, PlanSettings, alignment, metal_pieces, obstacles},
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
    plan.deformity.hardware = obstacles(&plan, catalogue, &bones.meshes, &metal_pieces(bones, Some(ct)))?;
    plan.findings.extend(plan.deformity.hardware.iter().map(|obstacle| obstacle.finding(side)));
    if let (Some(osteotomy), Some(hip)) = (plan.deformity.osteotomy, anatomy.hip(side)) {
        let landmarks = landmarks()?;
        let [knee, ankle] = [LandmarkName::KneeCentre, LandmarkName::AnkleCentre].map(|name| landmarks.position(name, side));
        let native = osteotomy.motion(side).inverse() * hip.head.centre;
        let head = plan.head_centre_from_below(catalogue)?.unwrap_or(native);
        plan.deformity.alignment = alignment(&osteotomy, hip, &head, knee.as_ref(), ankle.as_ref());
    }
    Ok(plan)
}
