//! Edits of the augment on the cup.

use super::{
    EditError, Limit,
    error::{finite, within},
};
use crate::{
    implants::{Augment, Catalogue, Cup},
    plan::{AugmentPlacement, Deformity, Judge, Plan, PlanError},
};

/// An augment on the cup, or another one, or elsewhere on it: its middle at an hour, turned by so many degrees towards the pole.
pub(super) fn put(plan: &Plan, judge: &Judge, id: &str, [hour, tilt_deg]: [f64; 2]) -> Result<Plan, EditError> {
    let catalogue = judge.catalogue();
    let unknown = || PlanError::UnknownImplant { catalogue: catalogue.title(), kind: "augment", id: id.into() };
    let augment = catalogue.augment(id).ok_or_else(unknown)?;
    let cup = plan.chosen(catalogue)?.cup;
    if !catalogue.augments_for(cup).any(|other| other.id == id) {
        return Err(refused(augment, cup, catalogue));
    }
    within(Limit::AugmentHour, finite("hour", hour)?, 0.0, 12.0)?;
    let (least, most) = augment.tilts_deg();
    within(Limit::AugmentTilt, finite("tilt_deg", tilt_deg)?, least, most)?;
    let app = &judge.anatomy().pelvis.app;
    let placed = AugmentPlacement::at(id, &plan.cup, app, plan.side, [hour, tilt_deg]).ok_or(EditError::NoClockFace)?;
    Ok(with(plan, Some(placed)))
}

/// The cup without its augment.
pub(super) fn removed(plan: &Plan) -> Plan {
    with(plan, None)
}

/// The plan whose cup was changed for another, with its augment in the size for that.
pub(super) fn fitted(plan: Plan, judge: &Judge) -> Result<Plan, EditError> {
    let catalogue = judge.catalogue();
    let chosen = plan.chosen(catalogue)?;
    let (Some(placed), Some(augment)) = (&plan.deformity.augment, chosen.augment) else { return Ok(plan) };
    let alike = |other: &&Augment| other.family == augment.family && other.thickness_mm == augment.thickness_mm;
    let fits = catalogue.augments_for(chosen.cup).find(alike).ok_or_else(|| refused(augment, chosen.cup, catalogue))?;
    let placed = AugmentPlacement { augment: fits.id.clone(), ..placed.clone() };
    Ok(with(&plan, Some(placed)))
}

fn refused(augment: &Augment, cup: &Cup, catalogue: &Catalogue) -> EditError {
    let allowed = catalogue.augments_for(cup).map(|other| other.id.clone()).collect();
    EditError::Augment { augment: augment.id.clone(), cup: cup.id.clone(), allowed }
}

fn with(plan: &Plan, augment: Option<AugmentPlacement>) -> Plan {
    Plan { deformity: Deformity { augment, ..plan.deformity.clone() }, ..plan.clone() }
}
