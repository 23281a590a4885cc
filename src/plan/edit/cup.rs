//! Edits of the cup.

use super::{
    EditError, Limit, PelvicFrame,
    error::{finite, within},
    stem::fits,
};
use crate::{
    anatomy::{CupAngles, CupDefinition},
    plan::{CupPlacement, Judge, Plan, PlanError, StemPlacement},
};
use nalgebra::Point3;

/// Radiographic inclination that a cup can have, degrees: beyond, it opens upwards or inwards.
const INCLINATION_DEG: (f64, f64) = (0.0, 90.0);
/// Radiographic anteversion that a cup can have, degrees.
const ANTEVERSION_DEG: (f64, f64) = (-45.0, 60.0);
/// No cup is put further than this from the centre of the socket, mm: there is no more ilium.
const MOST_SHIFT_MM: f64 = 60.0;
/// Nor further from the midline, mm.
const MOST_FROM_MIDLINE_MM: f64 = 200.0;

/// Unit vectors nearer to each other than this are one.
const SAME_AXIS: f64 = 1e-13;

/// Another cup, and a head where one is named.
pub(super) fn chosen(plan: &Plan, judge: &Judge, id: &str, head: Option<&str>) -> Result<Plan, EditError> {
    let catalogue = judge.catalogue();
    let mut changed = plan.clone();
    changed.cup.cup = id.into();
    if catalogue.cup(id).is_none() {
        return Err(PlanError::UnknownImplant { catalogue: catalogue.title(), kind: "cup", id: id.into() }.into());
    }
    match (&plan.stem, head) {
        (Some(stem), head) => {
            let head = head.unwrap_or(&stem.head);
            fits(catalogue, id, head)?;
            changed.stem = Some(StemPlacement { head: head.into(), ..stem.clone() });
        }
        (None, Some(_)) => return Err(EditError::NoStem),
        (None, None) => {}
    }
    Ok(changed)
}

/// The centre moved medially, superiorly and anteriorly, mm.
pub(super) fn moved(plan: &Plan, judge: &Judge, [medial, superior, anterior]: [f64; 3]) -> Result<Plan, EditError> {
    for (what, value) in [("medial_mm", medial), ("superior_mm", superior), ("anterior_mm", anterior)] {
        finite(what, value)?;
    }
    let app = &judge.anatomy().pelvis.app;
    let way = app.right().into_inner() * (plan.side.lps_sign() * medial)
        + app.superior().into_inner() * superior
        + app.anterior().into_inner() * anterior;
    placed(plan, judge, plan.cup.centre + way)
}

/// The centre somewhere, LPS mm.
pub(super) fn placed(plan: &Plan, judge: &Judge, centre: Point3<f64>) -> Result<Plan, EditError> {
    for value in centre.iter() {
        finite("centre", *value)?;
    }
    let app = &judge.anatomy().pelvis.app;
    let shift_mm = (centre - judge.hip()?.acetabulum.sphere.centre).norm();
    within(Limit::CupShift, shift_mm, 0.0, MOST_SHIFT_MM)?;
    let from_midline_mm = -(centre - app.origin).dot(&app.right()) * plan.side.lps_sign();
    within(Limit::CupFromMidline, from_midline_mm, 0.0, MOST_FROM_MIDLINE_MM)?;
    Ok(Plan { cup: CupPlacement { centre, ..plan.cup.clone() }, ..plan.clone() })
}

/// The centre moved against the axis, mm.
pub(super) fn deepened(plan: &Plan, judge: &Judge, mm: f64) -> Result<Plan, EditError> {
    placed(plan, judge, plan.cup.centre - plan.cup.axis.into_inner() * finite("mm", mm)?)
}

/// Inclination and anteversion given.
pub(super) fn oriented(
    plan: &Plan,
    judge: &Judge,
    [inclination, anteversion]: [Option<f64>; 2],
    definition: CupDefinition,
    frame: &PelvicFrame,
) -> Result<Plan, EditError> {
    if inclination.is_none() && anteversion.is_none() {
        return Err(EditError::NoAngle);
    }
    let present = plan.cup.angles(&frame.of(&judge.anatomy().pelvis)?, plan.side).as_given(definition);
    let given = [inclination.unwrap_or(present.0), anteversion.unwrap_or(present.1)];
    facing(plan, judge, given, definition, frame)
}

/// Inclination and anteversion added to.
pub(super) fn turned(
    plan: &Plan,
    judge: &Judge,
    [inclination, anteversion]: [f64; 2],
    definition: CupDefinition,
    frame: &PelvicFrame,
) -> Result<Plan, EditError> {
    if inclination == 0.0 && anteversion == 0.0 {
        return Ok(plan.clone());
    }
    let present = plan.cup.angles(&frame.of(&judge.anatomy().pelvis)?, plan.side).as_given(definition);
    facing(plan, judge, [present.0 + inclination, present.1 + anteversion], definition, frame)
}

fn facing(
    plan: &Plan,
    judge: &Judge,
    [inclination, anteversion]: [f64; 2],
    definition: CupDefinition,
    frame: &PelvicFrame,
) -> Result<Plan, EditError> {
    let pelvis = &judge.anatomy().pelvis;
    let (inclination, anteversion) = (finite("inclination_deg", inclination)?, finite("anteversion_deg", anteversion)?);
    let axis = CupAngles::given(definition, inclination, anteversion).axis(&frame.of(pelvis)?, plan.side);
    let angles = CupAngles::of_axis(&axis, &pelvis.app, plan.side);
    // Of angles beyond a right angle the axis comes round again: they are looked at as they were given, too.
    for (limit, given, found, (least, most)) in [
        (Limit::CupInclination, inclination, angles.inclination_deg, INCLINATION_DEG),
        (Limit::CupAnteversion, anteversion, angles.anteversion_deg, ANTEVERSION_DEG),
    ] {
        within(limit, given, least, 90.0)?;
        within(limit, found, least, most)?;
    }
    // The angles that it has already, but for the rounding on the way there and back.
    let axis = if (axis.into_inner() - plan.cup.axis.into_inner()).norm() < SAME_AXIS { plan.cup.axis } else { axis };
    Ok(Plan { cup: CupPlacement { axis, ..plan.cup.clone() }, ..plan.clone() })
}
