//! The case and its plans: documents, storage, and the first plan.

pub mod assessment;
mod auto;
mod change;
mod document;
mod error;
mod leg;
mod placed;
mod resection;
mod room;
pub mod storage;
mod validate;

pub use auto::{
    PlanSettings, Restore, RunnerUp, SettingsError, Spread, Stock, StockItem, Term, TermKind, Weights, first_plan, stock,
};
pub use change::Change;
pub use document::{Approval, CupPlacement, LinerPlacement, Plan, ResectionPlane, StemPlacement};
pub use error::PlanError;
pub use placed::{Chosen, ImplantPart, placed, placed_shell};
pub use resection::resected_femur;
pub use validate::validate;

use crate::{anatomy::Finding, frames::Side};

fn finding(key: &str, side: Side, text: String) -> Finding {
    Finding::new(key, Some(side), text)
}
