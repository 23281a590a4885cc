//! Edits of stem, head and neck cut.

use super::{
    EditError, Limit,
    error::{finite, within},
};
use crate::{
    implants::{Catalogue, Head, Stem},
    plan::{Judge, Plan, PlanError, ResectionPlane, StemPlacement},
};
use nalgebra::{Isometry3, Point3, Unit, UnitQuaternion, Vector3};

/// Beyond these a stem does not stand in a femur: its origin from the native crossing of neck and shaft, mm; its turn and lean, degrees.
const MOST_DEPTH_MM: f64 = 60.0;
const MOST_TURN_DEG: f64 = 60.0;
const MOST_LEAN_DEG: f64 = 15.0;

/// Refuses a head that does not go into the liner of the plan's cup.
pub(super) fn fits(catalogue: &Catalogue, plan: &Plan, head: &str) -> Result<(), EditError> {
    let unknown = |kind, id: &str| PlanError::UnknownImplant { catalogue: catalogue.title(), kind, id: id.into() };
    let found = catalogue.head(head).ok_or_else(|| unknown("head", head))?;
    let cup = catalogue.cup(&plan.cup.cup).ok_or_else(|| unknown("cup", &plan.cup.cup))?;
    let liner = match &plan.cup.liner {
        None => None,
        Some(placed) => Some(catalogue.liner(&placed.liner).ok_or_else(|| unknown("liner", &placed.liner))?),
    };
    if cup.head_refused(liner, found).is_none() {
        return Ok(());
    }
    let liner_mm = liner.map_or(cup.head_diameter_mm, |liner| liner.head_diameter_mm);
    Err(EditError::HeadLiner {
        head: head.into(),
        head_mm: found.diameter_mm,
        cup: cup.id.clone(),
        liner_mm,
        allowed: catalogue.heads_of(liner_mm).map(|head| head.id.clone()).collect(),
    })
}

/// The stem of a plan with its entries in the catalogue.
fn of<'p>(plan: &'p Plan, judge: &'p Judge) -> Result<(&'p StemPlacement, &'p Stem, &'p Head), EditError> {
    let (stem, head) = plan.chosen(judge.catalogue())?.stem.ok_or(EditError::NoStem)?;
    Ok((plan.stem.as_ref().ok_or(EditError::NoStem)?, stem, head))
}

/// Another head.
pub(super) fn headed(plan: &Plan, judge: &Judge, id: &str) -> Result<Plan, EditError> {
    let (placed, ..) = of(plan, judge)?;
    fits(judge.catalogue(), plan, id)?;
    Ok(with(plan, StemPlacement { head: id.into(), ..placed.clone() }))
}

/// Another stem, its shoulder where the present one's is.
pub(super) fn chosen(plan: &Plan, judge: &Judge, id: &str, head: Option<&str>) -> Result<Plan, EditError> {
    let catalogue = judge.catalogue();
    let unknown = |kind, id: &str| PlanError::UnknownImplant { catalogue: catalogue.title(), kind, id: id.into() };
    let stem = catalogue.stem(id).ok_or_else(|| unknown("stem", id))?;
    let Some(placed) = &plan.stem else { return first(plan, judge, stem, head) };
    let (_, present, _) = of(plan, judge)?;
    let head = head.unwrap_or(&placed.head);
    fits(catalogue, plan, head)?;
    let deeper_mm = shoulder_mm(present) - shoulder_mm(stem);
    let pose = along(&placed.pose, deeper_mm);
    // A cut by hand stays as far from the one that the stem asks for.
    let cut_mm = cut_mm(placed, plan) - present.resection_mm + stem.resection_mm;
    let changed = StemPlacement { stem: id.into(), head: head.into(), pose, ..placed.clone() };
    seated(with(plan, cut(changed, plan, stem, cut_mm)), judge)
}

/// The first stem of a plan without one.
fn first(plan: &Plan, judge: &Judge, stem: &Stem, head: Option<&str>) -> Result<Plan, EditError> {
    let catalogue = judge.catalogue();
    let chosen = plan.chosen(catalogue)?;
    let cup = chosen.cup;
    let diameter_mm = chosen.liner.map_or(cup.head_diameter_mm, |liner| liner.head_diameter_mm);
    let standard = catalogue.heads_of(diameter_mm).min_by(|a, b| a.offset_mm.abs().total_cmp(&b.offset_mm.abs()));
    let missing = || PlanError::NothingToImplant { catalogue: catalogue.title(), kind: format!("head for the cup '{}'", cup.id) };
    let head = match head {
        Some(head) => head,
        None => &standard.ok_or_else(missing)?.id,
    };
    fits(catalogue, plan, head)?;
    let placed = StemPlacement {
        stem: stem.id.clone(),
        head: head.into(),
        pose: judge.native_pose(plan, stem)?,
        resection: ResectionPlane { point: Point3::origin(), normal: Vector3::y_axis() },
        estimated: false,
    };
    Ok(with(plan, cut(placed, plan, stem, stem.resection_mm)))
}

/// Moved distally along its own axis, mm.
pub(super) fn deepened(plan: &Plan, judge: &Judge, mm: f64) -> Result<Plan, EditError> {
    let mm = finite("mm", mm)?;
    posed(plan, judge, |placed| Ok(along(&placed.pose, mm)))
}

/// Turned about its own axis, degrees of anteversion.
pub(super) fn turned(plan: &Plan, judge: &Judge, deg: f64) -> Result<Plan, EditError> {
    let deg = finite("deg", deg)?;
    posed(plan, judge, |placed| Ok(placed.turned(plan.side, deg)))
}

/// Leaned in the frontal plane about its origin, degrees of varus.
pub(super) fn leaned(plan: &Plan, judge: &Judge, deg: f64) -> Result<Plan, EditError> {
    let deg = finite("deg", deg)?;
    posed(plan, judge, |StemPlacement { pose, .. }| {
        let lean = UnitQuaternion::new(judge.lean_axis(plan)? * deg.to_radians());
        Ok(Isometry3::from_parts(pose.translation, lean * pose.rotation))
    })
}

/// The neck's cut moved proximally along the shaft, mm.
pub(super) fn cut_moved(plan: &Plan, judge: &Judge, mm: f64) -> Result<Plan, EditError> {
    let (placed, stem, _) = of(plan, judge)?;
    let steepness = steepness(placed, judge, plan)?;
    let at_mm = cut_mm(placed, plan) + finite("mm", mm)? * steepness;
    cut_within(plan, placed, stem, at_mm)
}

/// The neck's cut so far above the tip of the lesser trochanter, along the shaft, mm.
pub(super) fn cut_at(plan: &Plan, judge: &Judge, mm: f64) -> Result<Plan, EditError> {
    let (placed, ..) = of(plan, judge)?;
    let femur = judge.hip()?.femur.as_ref();
    let tip = femur.and_then(|femur| femur.lesser_trochanter.as_ref()).ok_or(EditError::NoTrochanter)?.position;
    let height_mm = (placed.resection.point - tip).dot(&placed.resection.normal) / steepness(placed, judge, plan)?;
    cut_moved(plan, judge, finite("mm", mm)? - height_mm)
}

/// How far the cut moves along the neck when it moves a millimetre along the shaft.
fn steepness(placed: &StemPlacement, judge: &Judge, plan: &Plan) -> Result<f64, EditError> {
    let hip = judge.hip()?;
    let no_canal = || PlanError::NoCanal { side: plan.side, reason: "the femur was not measured.".into() };
    Ok(hip.femur.as_ref().ok_or_else(no_canal)?.shaft.direction.dot(&placed.resection.normal))
}

fn with(plan: &Plan, stem: StemPlacement) -> Plan {
    Plan { stem: Some(stem), ..plan.clone() }
}

/// The stem with another pose; the neck's cut goes with it.
fn posed(
    plan: &Plan,
    judge: &Judge,
    pose: impl Fn(&StemPlacement) -> Result<Isometry3<f64>, EditError>,
) -> Result<Plan, EditError> {
    let (placed, stem, _) = of(plan, judge)?;
    let moved = StemPlacement { pose: pose(placed)?, ..placed.clone() };
    if moved.pose == placed.pose {
        return Ok(plan.clone());
    }
    seated(with(plan, cut(moved, plan, stem, cut_mm(placed, plan))), judge)
}

/// Refuses a stem that does not stand in the femur any more.
fn seated(plan: Plan, judge: &Judge) -> Result<Plan, EditError> {
    let (placed, ..) = of(&plan, judge)?;
    let [depth, lean, turn] = judge.seated(&plan, &placed.pose)?;
    within(Limit::StemDepth, depth, -MOST_DEPTH_MM, MOST_DEPTH_MM)?;
    within(Limit::StemLean, lean, -MOST_LEAN_DEG, MOST_LEAN_DEG)?;
    within(Limit::StemTurn, turn, -MOST_TURN_DEG, MOST_TURN_DEG)?;
    Ok(plan)
}

/// A pose moved distally along its own axis, mm.
fn along(pose: &Isometry3<f64>, distally_mm: f64) -> Isometry3<f64> {
    let way = pose * (Vector3::y() * -distally_mm);
    Isometry3::from_parts((pose.translation.vector + way).into(), pose.rotation)
}

/// Where the body begins below the origin, mm: mostly negative.
fn shoulder_mm(stem: &Stem) -> f64 {
    stem.sections.first().map_or(0.0, |section| section.distal_mm)
}

/// Distance of the cut from the origin along the neck, mm.
fn cut_mm(placed: &StemPlacement, plan: &Plan) -> f64 {
    (placed.resection.point - placed.lps_point(plan.side, &Point3::origin())).dot(&placed.resection.normal)
}

/// The stem cut across its neck so far from its origin, mm.
fn cut(placed: StemPlacement, plan: &Plan, stem: &Stem, at_mm: f64) -> StemPlacement {
    let resection = ResectionPlane {
        point: placed.lps_point(plan.side, &Point3::from(stem.towards_head() * at_mm)),
        normal: Unit::new_normalize(placed.lps_vector(plan.side, &stem.towards_head())),
    };
    StemPlacement { resection, ..placed }
}

fn cut_within(plan: &Plan, placed: &StemPlacement, stem: &Stem, at_mm: f64) -> Result<Plan, EditError> {
    within(Limit::Cut, at_mm, 0.0, stem.neck_length_mm)?;
    Ok(with(plan, cut(placed.clone(), plan, stem, at_mm)))
}
