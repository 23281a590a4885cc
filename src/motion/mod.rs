//! Joint motion and its limits: exact, `f64`, deterministic. No physics engine speaks here.

mod rom;

pub use rom::{Couple, Motion, RomRow, RomTable};
