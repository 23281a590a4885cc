//! The implant catalogue (RON) and the parametric geometry drawn from it.

mod catalogue;
mod check;
pub mod geometry;
mod load;
mod oscillation;

pub use catalogue::{Catalogue, Cup, Head, OffsetOption, Stem, StemSection};
pub use check::{MINIMUM_POLYETHYLENE_MM, MINIMUM_SHELL_MM, check};
pub use load::CatalogueError;
pub use oscillation::{oscillation_angle_deg, rim_edges};
