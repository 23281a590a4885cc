//! The case and its plans: documents, storage, and the first plan.

mod canal;
mod change;
mod cup;
mod document;
mod error;
mod first;
mod placed;
mod resection;
mod settings;
mod socket_bone;
mod stem;
pub mod storage;
mod validate;

pub use change::Change;
pub use document::{Approval, CupPlacement, Plan, ResectionPlane, StemPlacement};
pub use error::PlanError;
pub use first::first_plan;
pub use placed::{Chosen, ImplantPart, placed};
pub use resection::resected_femur;
pub use settings::PlanSettings;
pub use validate::validate;

use crate::{anatomy::Finding, frames::Side};

fn finding(key: &str, side: Side, text: String) -> Finding {
    Finding::new(key, Some(side), text)
}
