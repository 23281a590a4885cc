//! The implant catalogue (RON) and the parametric geometry drawn from it.

mod catalogue;

pub use catalogue::{Catalogue, Cup, Head, OffsetOption, Stem, StemSection};
