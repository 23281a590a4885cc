//! The case and its plans: documents, storage, and the first plan.

pub mod assessment;
mod augment;
mod auto;
mod blocked_holes;
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

pub use augment::AugmentPlacement;
pub use auto::{
    Alternative, Centre, Judge, PlanSettings, Restore, RunnerUp, Scan, SettingsError, Spread, Stock, StockItem, Term, TermKind,
    Weights, alternatives, families_of, first_plan, stock,
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

/// A clock position by its hours from 12 o'clock, which is 0.
fn clock(hours: f64) -> String {
    let minutes = (hours.rem_euclid(12.0) * 60.0).round() as u32;
    let hour = minutes / 60 % 12;
    format!("{}:{:02}", if hour == 0 { 12 } else { hour }, minutes % 60)
}
