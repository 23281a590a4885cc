//! The implant library (RON) and the parametric geometry drawn from it.

mod augment;
mod bearing;
mod catalogue;
mod check;
mod choosing;
mod cup;
pub mod geometry;
mod head;
mod library;
mod liner;
mod neck_range;
mod oscillation;
mod outline;
mod rules;
mod stem;

pub use augment::Augment;
pub use bearing::{Bearing, RimPoint};
pub use catalogue::{Catalogue, Family, PartKind, Parts};
pub use check::{MINIMUM_POLYETHYLENE_MM, MINIMUM_SHELL_MM, check};
pub use choosing::UnknownFamily;
pub use cup::{Cup, Fixation, ScrewHole};
pub use head::{Head, Skirt};
pub use library::CatalogueError;
pub use liner::{Liner, Lip, MobileBall};
pub use neck_range::NeckRange;
pub use oscillation::{oscillation_angle_deg, rim_edges};
pub use outline::NeckOutline;
pub use rules::{AugmentRule, CupRule, Incompatible, Rules};
pub use stem::{Collar, OffsetOption, Stem, StemFixation, StemSection};
