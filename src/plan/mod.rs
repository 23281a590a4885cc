//! The case and its plans: documents, storage, and the first plan.

pub mod assessment;
mod auto;
mod change;
mod document;
pub mod edit;
mod error;
mod leg;
mod placed;
mod resection;
mod room;
mod severity;
mod standing;
pub mod storage;
mod validate;

pub use auto::{
    Judge, PlanSettings, Restore, RunnerUp, SettingsError, Spread, Stock, StockItem, Term, TermKind, Weights, first_plan, stock,
};
pub use change::Change;
pub use document::{Approval, CupPlacement, Grounds, LinerPlacement, Plan, ResectionPlane, StemPlacement};
pub use error::PlanError;
pub use placed::{Chosen, ImplantPart, placed, placed_shell};
pub use resection::resected_femur;
pub use severity::{Severity, severity};
pub use standing::{Override, PlanState, Review};
pub use validate::validate;

use crate::{anatomy::Finding, frames::Side};

fn finding(key: &str, side: Side, text: String) -> Finding {
    Finding::new(key, Some(side), text)
}
