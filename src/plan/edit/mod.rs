//! A plan in the surgeon's hand: every change of it is a [`Command`], plain data that can be kept, sent and done again.
//!
//! ```text
//! Command ── apply ──► the plan with all that follows from it: length, offset, coverage, terms, findings
//!    └──── History holds command and plan, in order: undo and redo to the beginning
//! ```
//!
//! What is physically impossible is refused, with what was found and what is allowed; what is unusual is done, and told by a finding.

mod angles;
mod augment;
mod command;
mod cup;
mod error;
mod history;
mod osteotomy;
mod stem;

pub use angles::PelvicFrame;
pub use command::Command;
pub use cup::liner_with;
pub(crate) use error::listed;
pub use error::{EditError, Limit};
pub use history::{History, PlanAction, Step};

use super::{Judge, Override, Plan};
use crate::anatomy::Finding;

/// What an edit needs to know besides the plan.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// What the plan is judged against.
    pub judge: &'a Judge,
    /// The plan as the search made it, for going back to it.
    pub automatic: &'a Plan,
}

/// Carries a command out: the plan with the change, and with every number that follows from it. A draft again, whoever had reviewed it. A
/// command that changes nothing gives the plan as it was.
///
/// # Errors
/// When the plan is approved, the command makes no sense or asks for what is physically impossible, or the plan cannot be judged.
pub fn apply(plan: &Plan, command: &Command, context: &Context) -> Result<Plan, EditError> {
    if plan.approval.is_some() {
        return Err(EditError::Approved { number: plan.number });
    }
    let judge = context.judge;
    judge.refuse_other_hip(plan)?;
    let changed = match command {
        Command::ChooseCup { id, head } => augment::fitted(cup::chosen(plan, judge, id, head.as_deref())?, judge)?,
        Command::ChooseLiner { id, head } => cup::lined(plan, judge, id, head.as_deref())?,
        Command::TurnLiner { positions } => cup::liner_turned(plan, *positions)?,
        Command::MoveCup { medial_mm, superior_mm, anterior_mm } => {
            cup::moved(plan, judge, [*medial_mm, *superior_mm, *anterior_mm])?
        }
        Command::PlaceCup { centre } => cup::placed(plan, judge, *centre)?,
        Command::CupToNativeCentre => cup::placed(plan, judge, judge.hip()?.acetabulum.sphere.centre)?,
        Command::DeepenCup { mm } => cup::deepened(plan, judge, *mm)?,
        Command::OrientCup { inclination_deg, anteversion_deg, definition, frame } => {
            cup::oriented(plan, judge, [*inclination_deg, *anteversion_deg], *definition, frame)?
        }
        Command::TurnCup { inclination_deg, anteversion_deg, definition, frame } => {
            cup::turned(plan, judge, [*inclination_deg, *anteversion_deg], *definition, frame)?
        }
        Command::ChooseHead { id } => stem::headed(plan, judge, id)?,
        Command::ChooseStem { id, head } => stem::chosen(plan, judge, id, head.as_deref())?,
        Command::DeepenStem { mm } => stem::deepened(plan, judge, *mm)?,
        Command::TurnStem { deg } => stem::turned(plan, judge, *deg)?,
        Command::LeanStem { deg } => stem::leaned(plan, judge, *deg)?,
        Command::MoveCut { mm } => stem::cut_moved(plan, judge, *mm)?,
        Command::SetCutHeight { mm } => stem::cut_at(plan, judge, *mm)?,
        Command::PutAugment { id, hour, tilt_deg } => augment::put(plan, judge, id, [*hour, *tilt_deg])?,
        Command::RemoveAugment => augment::removed(plan),
        Command::SetOsteotomy { correction } => osteotomy::set(plan, judge, *correction)?,
        Command::RemoveOsteotomy => osteotomy::removed(plan),
        Command::Override { finding, reason, by } => return overridden(plan, finding, reason, by),
        Command::Reset => return taken(plan, context.automatic, context),
        Command::Take { plan: other, .. } => return taken(plan, other, context),
    };
    if changed == *plan { Ok(changed) } else { Ok(judge.judged(&draft(changed))?) }
}

fn draft(plan: Plan) -> Plan {
    Plan { review: None, ..plan }
}

/// The implants of another state of this plan, where they were then, and the reasons that were given for them.
fn taken(plan: &Plan, other: &Plan, context: &Context) -> Result<Plan, EditError> {
    let (number, revision_of, aim) = (plan.number, plan.revision_of, plan.aim);
    let judged = context.judge.judged(&draft(Plan { number, revision_of, aim, approval: None, ..other.clone() }))?;
    // The search still says why, as long as what it was judged by is what it is judged by now.
    let same = judged.aim == other.aim
        && judged.terms.len() == other.terms.len()
        && judged.terms.iter().zip(&other.terms).all(|(a, b)| a.kind == b.kind && (a.value - b.value).abs() < SAME);
    let known = Plan {
        runners_up: other.runners_up.clone(),
        findings: other.findings.clone(),
        terms: other.terms.clone(),
        overrides: other.overrides.clone(),
        deformity: other.deformity.clone(),
        ..judged.clone()
    };
    let taken = if same && !other.runners_up.is_empty() { known } else { judged };
    Ok(if (Plan { review: plan.review.clone(), ..taken.clone() }) == *plan { plan.clone() } else { taken })
}

/// Terms further apart than this are other terms, mm, degrees or percent.
const SAME: f64 = 1e-6;

fn overridden(plan: &Plan, key: &str, reason: &str, by: &str) -> Result<Plan, EditError> {
    for (what, text) in [("reason", reason), ("by", by)] {
        if text.trim().is_empty() {
            return Err(EditError::Empty { what });
        }
    }
    let full = if key.starts_with("finding-") { key.to_owned() } else { format!("finding-{key}") };
    let said: Vec<_> = plan.findings.iter().filter(|finding| finding.key == full).collect();
    if said.is_empty() {
        let mut known: Vec<String> = plan.findings.iter().map(|finding| finding.key.clone()).collect();
        known.dedup();
        return Err(EditError::NoFinding { key: full, known });
    }
    let mut changed = draft(plan.clone());
    changed.overrides.retain(|given| given.finding.key != full);
    let given = |finding: &&Finding| Override {
        finding: (*finding).clone(),
        reason: reason.trim().into(),
        by: by.trim().into(),
        lapsed: false,
    };
    changed.overrides.extend(said.iter().map(given));
    Ok(if changed.overrides == plan.overrides { plan.clone() } else { changed })
}
