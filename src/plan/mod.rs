//! The case and its plans: documents, storage, and the first plan.

pub mod assessment;
mod auto;
mod change;
mod deformity;
mod document;
mod dome;
pub mod edit;
mod error;
mod hardware;
mod leg;
mod metal;
mod osteotomy;
mod placed;
mod resection;
mod room;
mod severity;
mod standing;
pub mod storage;
mod validate;

pub use auto::{
    Alternative, Centre, Judge, PlanSettings, Restore, RunnerUp, Scan, SettingsError, Spread, Stock, StockItem, Term, TermKind,
    Weights, alternatives, first_plan, stock,
};
pub use change::Change;
pub use deformity::{Deformity, Junction, PieceFit};
pub use document::{Approval, CupPlacement, Grounds, LinerPlacement, Plan, ResectionPlane, StemPlacement};
pub use dome::{Augment, Dome};
pub use error::PlanError;
pub use hardware::{Obstacle, OldMetal, Planned, obstacles};
pub use metal::{MetalPiece, metal_pieces};
pub use osteotomy::{
    Alignment, Contact, Correction, CutForm, FemurPieces, Hinge, Mechanical, Osteotomy, OsteotomyChoice, OsteotomyFault, Piece,
    alignment, contact, femur_pieces, operated_femur,
};
pub use placed::{Chosen, ImplantPart, placed, placed_shell};
pub use resection::resected_femur;
pub use severity::{Severity, severity};
pub use standing::{Override, PlanState, Review};
pub use validate::validate;

use crate::{anatomy::Finding, frames::Side};

fn finding(key: &str, side: Side, text: String) -> Finding {
    Finding::new(key, Some(side), text)
}
