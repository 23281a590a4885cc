//! The first plan, made without a click.

use super::{Change, Plan, PlanError, PlanSettings, cup, finding, stem, validate};
use crate::{anatomy::Anatomy, frames::Side, implants::Catalogue, labels::Label, mesh::TriMesh};
use std::collections::BTreeMap;

/// Plans a hip: cup sized to the socket at its native centre, stem by the canal, head and offset option by leg length and offset.
///
/// `bones` are closed surfaces in LPS mm. The hip bone is used for the medial wall and the coverage of the cup, the femur for
/// the outer contour of the shaft where the canal was not measured; without them the plan says what could not be checked.
/// The same input gives the same plan, to the last bit.
///
/// # Errors
/// When the hip is not in the scan, or the catalogue has no cup, head or stem.
pub fn first_plan(
    anatomy: &Anatomy,
    catalogue: &Catalogue,
    side: Side,
    bones: &BTreeMap<Label, TriMesh>,
    settings: &PlanSettings,
) -> Result<Plan, PlanError> {
    let hip = anatomy.hip(side).ok_or_else(|| PlanError::no_hip(anatomy, side))?;
    let pelvis = &anatomy.pelvis;
    let (chosen_cup, cup, mut findings) = cup::choose(pelvis, hip, catalogue, bones.get(&Label::hip(side)), settings)?;
    let stem = match &hip.femur {
        Some(femur) => {
            let bone = bones.get(&Label::femur(side));
            let (stem, told) = stem::choose(pelvis, hip, femur, (chosen_cup, &cup.centre), catalogue, bone, settings)?;
            findings.extend(told);
            stem
        }
        None => {
            let text = format!("No stem is planned: too little of the {side} femur is in the scan even for an estimate.");
            findings.push(finding("finding-stem-left-out", side, text));
            None
        }
    };
    let mut plan = Plan {
        format_version: Plan::FORMAT_VERSION,
        number: 1,
        side,
        catalogue: catalogue.title(),
        catalogue_sha256: catalogue.sha256.clone(),
        cup,
        stem,
        leg_length_change_mm: None,
        offset_change_mm: None,
        findings: Vec::new(),
        approval: None,
    };
    if let Some((head, femur)) = plan.head_centre(catalogue)?.zip(hip.femur.as_ref()) {
        let change = Change::of(pelvis, hip, femur, &plan.cup.centre, &head);
        plan.leg_length_change_mm = Some(change.leg_length_mm);
        plan.offset_change_mm = Some(change.offset_mm);
    }
    findings.extend(validate(&plan, catalogue, anatomy));
    plan.findings = findings;
    Ok(plan)
}
