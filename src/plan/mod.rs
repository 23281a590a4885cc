//! The case and its plans: documents, storage, and the first plan.

mod document;

pub use document::{Approval, CupPlacement, Plan, ResectionPlane, StemPlacement};
