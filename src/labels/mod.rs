//! Which voxel is which bone, and how sure that is.

mod calibration;
mod codes;
pub mod components;
mod distance;
mod doubt;
pub mod edit;
mod label;
pub mod metrics;
mod names;
#[cfg(feature = "neural")]
pub mod neural;
#[cfg(feature = "neural")]
mod postprocess;
#[cfg(feature = "neural")]
mod refine;
#[cfg(feature = "neural")]
mod refine_densities;
#[cfg(feature = "neural")]
mod refine_edge;
#[cfg(feature = "neural")]
mod refine_flood;
#[cfg(feature = "neural")]
mod refine_gap;
#[cfg(feature = "neural")]
mod refine_head;
#[cfg(feature = "neural")]
mod refine_joint;
#[cfg(feature = "neural")]
mod refine_marrow;
#[cfg(feature = "neural")]
mod refine_prior;
#[cfg(feature = "neural")]
mod refine_smooth;
#[cfg(feature = "neural")]
mod segment;
#[cfg(feature = "neural")]
mod solid;
pub mod synthesis;

pub use calibration::{Calibration, Tally};
pub use distance::squared_edt;
pub use doubt::touching_mm2;
pub use label::{Label, LabelMap};
pub use names::{LabelNames, NamesError, check_ids};
#[cfg(feature = "neural")]
pub use segment::{BoneReport, Doubt, SegmentError, SegmentOptions, Segmentation, segment, segment_with};
