//! The plan that is made without a click.
//!
//! Not a climb from one guess: every cup of about the right size, every stem, head, depth, lean and turn is put into the bones and judged
//! by the same terms, whose weights are data ([`PlanSettings`]). The cheapest wins; what may not be (a breached wall, a perforated femur,
//! a stem that does not go in) is only taken where everything else has it too, and is said then.

mod choice;
mod cup;
mod fit;
mod judge;
mod restore;
mod runner_up;
mod seat;
mod settings;
mod shaft;
mod stem;
mod stock;
mod term;
mod told;

pub use judge::Judge;
pub use restore::Restore;
pub use runner_up::RunnerUp;
pub use settings::{PlanSettings, SettingsError, Spread, Weights};
pub use stock::{Stock, StockItem, stock};
pub use term::{Term, TermKind};

use super::{Change, Plan, PlanError, finding, validate};
use crate::{anatomy::Anatomy, frames::Side, implants::Catalogue, labels::Label, mesh::TriMesh};
use cup::Socket;
use shaft::Shaft;
use std::collections::BTreeMap;
use told::Maker;

/// The finding of a plan without a stem, with the reason.
const STEM_LEFT_OUT: &str = "finding-stem-left-out";

/// Plans a hip: cup by the socket's size, walls and coverage, stem by the canal, head and offset option by leg length and offset.
///
/// `bones` are closed surfaces in LPS mm. The hip bone is used for the walls and the coverage of the cup, the femur for
/// the outer contour of the shaft where the canal was not measured; without them the plan says what could not be checked.
/// The same input gives the same plan, to the last bit.
///
/// # Errors
/// When the hip is not in the scan, the other side is aimed at but was not measured, or the catalogue has no cup, head or stem, or none of the
/// families that the settings name.
pub fn first_plan(
    anatomy: &Anatomy,
    catalogue: &Catalogue,
    side: Side,
    bones: &BTreeMap<Label, TriMesh>,
    settings: &PlanSettings,
) -> Result<Plan, PlanError> {
    let hip = anatomy.hip(side).ok_or_else(|| PlanError::no_hip(anatomy, side))?;
    let catalogue = &*catalogue.choosing(&settings.families)?;
    let mut socket = Socket::new(&anatomy.pelvis, hip, bones.get(&Label::hip(side)), settings);
    let cups = socket.ways(catalogue)?;
    let shaft = Shaft::new(anatomy, hip, catalogue, bones.get(&Label::femur(side)), settings);
    let field = shaft.as_ref().map_err(|why| *why).map(|shaft| shaft.field(catalogue, &cups, settings));
    let chosen = match (&shaft, &field) {
        (Ok(shaft), Ok(Ok(field))) => {
            shaft.chosen(field).ok_or("the canal that is known lies beyond the reach of every stem in the catalogue.")
        }
        (_, Ok(Err(error))) => return Err(error.clone()),
        (Err(why), _) | (_, Err(why)) => Err(*why),
    };
    let cup = chosen.as_ref().map_or(&cups[0], |chosen| chosen.cup);
    let placed = socket.placement(cup);
    let mut findings = told::cup(&anatomy.pelvis, &placed, cup, &socket, (settings, Maker::Search));
    let mut plan = Plan {
        format_version: Plan::FORMAT_VERSION,
        number: 1,
        side,
        catalogue: catalogue.title(),
        catalogue_sha256: catalogue.sha256.clone(),
        cup: placed,
        stem: None,
        leg_length_change_mm: None,
        offset_change_mm: None,
        terms: cup.terms.clone(),
        runners_up: Vec::new(),
        aim: Some(settings.restore),
        revision_of: None,
        findings: Vec::new(),
        overrides: Vec::new(),
        review: None,
        approval: None,
    };
    match chosen {
        Ok(chosen) => {
            findings.extend(chosen.findings);
            findings.extend(told::turned(side, &chosen.terms));
            (plan.stem, plan.terms, plan.runners_up) = (Some(chosen.placement), chosen.terms, chosen.runners_up);
        }
        Err(why) => findings.push(finding(STEM_LEFT_OUT, side, format!("No stem is planned: {why}"))),
    }
    if let Some((head, femur)) = plan.head_centre(catalogue)?.zip(hip.femur.as_ref()) {
        let change = Change::of(&anatomy.pelvis, hip, femur, &plan.cup.centre, &head);
        plan.leg_length_change_mm = Some(change.leg_length_mm);
        plan.offset_change_mm = Some(change.offset_mm);
    }
    findings.extend(validate(&plan, catalogue, anatomy));
    plan.findings = findings;
    Ok(plan)
}
