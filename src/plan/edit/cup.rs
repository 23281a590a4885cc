//! Edits of the cup.

use super::{
    EditError, Limit, PelvicFrame,
    error::{finite, within},
    stem::fits,
};
use crate::{
    anatomy::{CupAngles, CupDefinition},
    implants::{Catalogue, Cup, Liner},
    plan::{CupPlacement, Judge, LinerPlacement, Plan, PlanError, StemPlacement},
};
use nalgebra::{Point3, Unit, UnitQuaternion, Vector3};
use std::f64::consts::TAU;

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
    let unknown = || PlanError::UnknownImplant { catalogue: catalogue.title(), kind: "cup", id: id.into() };
    let cup = catalogue.cup(id).ok_or_else(unknown)?;
    let present = plan.chosen(catalogue)?.liner;
    // Of the present liner's family: for the head that is named, or else the present one, where there is one, else for the cup's usual head.
    let named_mm = head.and_then(|id| catalogue.head(id)).map(|head| head.diameter_mm);
    let head_mm = named_mm.or(present.map(|of| of.head_diameter_mm));
    let liner = liner_with(catalogue, cup, present, head_mm);
    let mut changed = plan.clone();
    changed.cup = with_liner(&CupPlacement { cup: id.into(), ..plan.cup.clone() }, present, liner);
    headed(changed, judge, head)
}

/// The liner that comes with another cup in place of the present one: of its family, for a head of this diameter (mm) where there is one, else
/// for the cup's usual head; else the cup's usual liner.
#[must_use]
pub fn liner_with<'a>(
    catalogue: &'a Catalogue,
    cup: &'a Cup,
    present: Option<&Liner>,
    head_mm: Option<f64>,
) -> Option<&'a Liner> {
    let alike = |liner: &&Liner| present.is_some_and(|of| of.family == liner.family);
    let same_head = |liner: &&Liner| head_mm.is_some_and(|mm| mm == liner.head_diameter_mm);
    let usual_head = |liner: &&Liner| liner.head_diameter_mm == cup.head_diameter_mm;
    let family = || catalogue.liners_for(cup).filter(alike);
    let liner = family().find(same_head).or_else(|| family().find(usual_head)).or_else(|| family().next());
    liner.or_else(|| catalogue.usual_liner(cup))
}

/// Another liner, and a head where one is named. The shell stays where it is.
pub(super) fn lined(plan: &Plan, judge: &Judge, id: &str, head: Option<&str>) -> Result<Plan, EditError> {
    let catalogue = judge.catalogue();
    let unknown = || PlanError::UnknownImplant { catalogue: catalogue.title(), kind: "liner", id: id.into() };
    let liner = catalogue.liner(id).ok_or_else(unknown)?;
    let chosen = plan.chosen(catalogue)?;
    if catalogue.liner_refused(chosen.cup, liner).is_some() {
        return Err(EditError::Liner {
            liner: id.into(),
            cup: chosen.cup.id.clone(),
            allowed: catalogue.liners_for(chosen.cup).map(|liner| liner.id.clone()).collect(),
        });
    }
    let mut changed = plan.clone();
    changed.cup = with_liner(&plan.cup, chosen.liner, Some(liner));
    headed(changed, judge, head)
}

/// The liner turned about the cup's axis by so many of its positions, clockwise as seen from outside on a right hip.
pub(super) fn liner_turned(plan: &Plan, positions: i32) -> Result<Plan, EditError> {
    let placed = plan.cup.liner.as_ref().ok_or(EditError::NoLiner)?;
    let part = f64::from(positions) / f64::from(Liner::POSITIONS);
    // Twelve, three (anterior), six: on the left hip the mirrored way.
    let turn = UnitQuaternion::from_axis_angle(&plan.cup.axis, part * TAU * plan.side.lps_sign());
    let liner = Some(LinerPlacement { towards: turn * placed.towards, ..placed.clone() });
    Ok(Plan { cup: CupPlacement { liner, ..plan.cup.clone() }, ..plan.clone() })
}

/// The head named, or else the present one, if it goes into the liner.
fn headed(plan: Plan, judge: &Judge, head: Option<&str>) -> Result<Plan, EditError> {
    let stem = match (&plan.stem, head) {
        (Some(stem), head) => {
            let head = head.unwrap_or(&stem.head);
            fits(judge.catalogue(), &plan, head)?;
            Some(StemPlacement { head: head.into(), ..stem.clone() })
        }
        (None, Some(_)) => return Err(EditError::NoStem),
        (None, None) => None,
    };
    Ok(Plan { stem, ..plan })
}

/// A cup with another liner, its shell where it was; a lip stays turned as it was, and one that is new stands upwards.
fn with_liner(cup: &CupPlacement, present: Option<&Liner>, liner: Option<&Liner>) -> CupPlacement {
    let axis = cup.axis.into_inner();
    let upwards = || Unit::new_normalize(Vector3::z() - axis * axis.z);
    let further_out = liner.map_or(0.0, |liner| liner.lateral_mm) - present.map_or(0.0, |liner| liner.lateral_mm);
    let towards = cup.liner.as_ref().map_or_else(upwards, |placed| placed.towards);
    CupPlacement {
        centre: cup.centre + axis * further_out,
        liner: liner.map(|liner| LinerPlacement { liner: liner.id.clone(), towards }),
        ..cup.clone()
    }
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
    // A lip goes round with the axis.
    let turn = UnitQuaternion::rotation_between_axis(&plan.cup.axis, &axis).unwrap_or_default();
    let lip = |placed: &LinerPlacement| LinerPlacement { towards: turn * placed.towards, ..placed.clone() };
    let liner = plan.cup.liner.as_ref().map(lip);
    // And so does an augment.
    let mut turned = Plan { cup: CupPlacement { axis, liner, ..plan.cup.clone() }, ..plan.clone() };
    if let Some(augment) = &mut turned.deformity.augment {
        augment.towards = turn * augment.towards;
    }
    Ok(turned)
}
