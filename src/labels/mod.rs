//! Which voxel is which bone, and how sure that is.

mod label;

pub use label::{Label, LabelMap};
