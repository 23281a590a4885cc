//! At which height a cup is put, and what the true and the high centre cost.

use super::{
    settings::PlanSettings,
    task::Task,
    term::{Term, TermKind},
};
use crate::{
    anatomy::Anatomy,
    frames::Side,
    implants::Catalogue,
    labels::Label,
    mesh::TriMesh,
    plan::{Plan, PlanError},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, str::FromStr};

/// Where the centre of the cup may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Centre {
    /// In the true socket; higher where it reaches the coverage that is wanted nowhere there.
    #[default]
    Automatic,
    /// In the true socket.
    TrueSocket,
    /// Above it.
    High,
}

impl FromStr for Centre {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "automatic" => Ok(Self::Automatic),
            "true-socket" => Ok(Self::TrueSocket),
            "high" => Ok(Self::High),
            _ => Err(format!("'{text}' is no centre: write automatic, true-socket or high")),
        }
    }
}

/// What becomes of a hip whose cup is put at one of both centres.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alternative {
    /// Which: [`Centre::TrueSocket`] or [`Centre::High`].
    pub centre: Centre,
    /// True for the one that the plan took.
    pub chosen: bool,
    /// Id of the cup.
    pub cup: String,
    /// Id of the stem, when there is one.
    pub stem: Option<String>,
    /// Its centre from that of the bony socket: medial, superior, anterior, mm, in the frame of the anterior pelvic plane.
    pub shift_mm: [f64; 3],
    /// Part of the cup that bone covers, 0 to 1.
    pub coverage: Option<f64>,
    /// What lacks over it superiorly, ml.
    pub dome_ml: Option<f64>,
    /// Change of leg length against the scan, mm.
    pub leg_length_change_mm: Option<f64>,
    /// Change of global offset against the scan, mm.
    pub offset_change_mm: Option<f64>,
    /// What is taken out of the femur for it, mm.
    pub shortening_mm: f64,
    /// What it costs altogether.
    pub cost: f64,
    /// True when it has what no plan may have.
    pub hard: bool,
}

impl Alternative {
    fn of(plan: &Plan, anatomy: &Anatomy, settings: &PlanSettings, chosen: bool) -> Self {
        let shift_mm = shift(plan, anatomy);
        Self {
            centre: if is_high(shift_mm, settings) { Centre::High } else { Centre::TrueSocket },
            chosen,
            cup: plan.cup.cup.clone(),
            stem: plan.stem.as_ref().map(|stem| stem.stem.clone()),
            shift_mm,
            coverage: plan.cup.bone_coverage,
            dome_ml: plan.deformity.dome.map(|dome| dome.volume_ml),
            leg_length_change_mm: plan.leg_length_change_mm,
            offset_change_mm: plan.offset_change_mm,
            shortening_mm: plan.deformity.osteotomy.map_or(0.0, |osteotomy| osteotomy.correction.shortening_mm),
            cost: plan.terms.iter().map(|term| term.cost).sum(),
            hard: plan.terms.iter().any(|term| term.hard),
        }
    }
}

fn shift(plan: &Plan, anatomy: &Anatomy) -> [f64; 3] {
    let app = &anatomy.pelvis.app;
    let Some(hip) = anatomy.hip(plan.side) else { return [0.0; 3] };
    let way = plan.cup.centre - hip.acetabulum.sphere.centre;
    let medial = app.right().into_inner() * plan.side.lps_sign();
    [way.dot(&medial), way.dot(&app.superior()), way.dot(&app.anterior())]
}

fn is_high([_, superior_mm, _]: [f64; 3], settings: &PlanSettings) -> bool {
    superior_mm > settings.cup_shift_mm + 1e-6
}

/// The hip planned at its true and at a high centre, whatever the settings say of it, the true one first. The one that the settings choose is
/// marked.
///
/// # Errors
/// As [`super::first_plan`].
pub fn alternatives(
    anatomy: &Anatomy,
    catalogue: &Catalogue,
    side: Side,
    bones: &BTreeMap<Label, TriMesh>,
    settings: &PlanSettings,
) -> Result<Vec<Alternative>, PlanError> {
    let plan = Task::new(anatomy, catalogue, side, bones, settings)?.plan()?;
    beside(&plan, anatomy, settings, |centre| searched(centre, anatomy, catalogue, side, bones, settings))
}

/// Both centres of a hip of which one was planned; `other` is asked for what the search makes of the other one.
pub(super) fn beside(
    plan: &Plan,
    anatomy: &Anatomy,
    settings: &PlanSettings,
    other: impl FnOnce(Centre) -> Result<Alternative, PlanError>,
) -> Result<Vec<Alternative>, PlanError> {
    let high = is_high(shift(plan, anatomy), settings);
    let mut both = vec![Alternative::of(plan, anatomy, settings, true)];
    // Nothing is as high as that where nothing above may be tried.
    if high || settings.high_centre_mm >= super::cup::HIGH_STEP_MM {
        both.insert(usize::from(!high), other(if high { Centre::TrueSocket } else { Centre::High })?);
    }
    Ok(both)
}

/// What the search makes of one of both centres.
pub(super) fn searched(
    centre: Centre,
    anatomy: &Anatomy,
    catalogue: &Catalogue,
    side: Side,
    bones: &BTreeMap<Label, TriMesh>,
    settings: &PlanSettings,
) -> Result<Alternative, PlanError> {
    let asked = PlanSettings { centre, ..settings.clone() };
    let plan = Task::new(anatomy, catalogue, side, bones, &asked)?.plan()?;
    Ok(Alternative::of(&plan, anatomy, settings, false))
}

/// True for a hip whose centre is a question: dislocated, not covered enough, put high, or asked for by name.
pub(super) fn is_a_question(plan: &Plan, anatomy: &Anatomy, settings: &PlanSettings) -> bool {
    let lacks = |term: &Term| term.kind == TermKind::CupCoverage && term.excess > 0.0;
    settings.centre != Centre::Automatic
        || plan.deformity.osteotomy.is_some()
        || anatomy.hip(plan.side).is_some_and(super::restore::has_left_socket)
        || is_high(shift(plan, anatomy), settings)
        || plan.terms.iter().any(lacks)
}
