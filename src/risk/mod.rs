//! What may go wrong: the zone in which a cup is free, what scatter does to a plan, and dangers in words with what would remove them.
//!
//! Everything here counts neck and liner by the closed form, and bones where the motion stage was asked about them; no capsule, no muscle.
//! No number of it is a probability of dislocation.

mod contour;
mod danger;
pub mod dislocation;
mod jump;
mod remedy;
mod spread;
mod target_zone;
mod uncertainty;

pub use danger::{Danger, RESERVE_DEG, RimPlace, dangers};
pub use jump::{head_offset_mm, jump_distance_mm, jump_distance_of};
pub use remedy::{HeadChoice, Offer, RANGE_DEG, Remedy, head_choices};
pub use spread::{Basis, Deviation, MeasurementSpread, Preset, Source, Spread, SpreadError, SpreadSettings};
pub use target_zone::{LEWINNEK_DEG, TargetZone, ZoneGrid, widmer_anteversion_deg};
pub use uncertainty::{ActivityChance, Chance, Quantiles, Swing, Uncertainty, margin_sd_deg, uncertainty};
