//! Which voxel is which bone, and how sure that is.

mod distance;
mod label;
pub mod synthesis;

pub use distance::squared_edt;
pub use label::{Label, LabelMap};
