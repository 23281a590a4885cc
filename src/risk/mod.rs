//! What may go wrong: the zone in which a cup is free, what scatter does to a plan, and dangers in words with what would remove them.
//!
//! Everything here counts neck and liner as they are, and bones where they are given; no capsule, no muscle.
//! No number of it is a probability of dislocation.

#[cfg(feature = "card")]
mod bone_card;
mod bone_remedy;
mod bone_scatter;
mod chances;
mod contour;
mod danger;
pub mod dislocation;
mod hip_room;
mod jump;
mod remedy;
mod spread;
mod steep;
mod target_zone;
mod uncertainty;
#[cfg(feature = "card")]
mod words;
mod zone_bones;
#[cfg(feature = "card")]
mod zone_card;
mod zone_device;
mod zone_hold;
mod zone_request;
#[cfg(feature = "card")]
mod zone_said;
#[cfg(feature = "card")]
mod zone_words;

#[cfg(feature = "card")]
pub use bone_card::PelvisOnCard;
pub use bone_remedy::{BoneAfter, LongerHead, longer_heads};
pub use bone_scatter::BoneScatter;
pub use chances::{ActivityChance, Chance, Quantiles, Swing, Uncertainty};
pub(crate) use contour::Field;
pub use danger::{BONE_RESERVE_MM, Danger, RESERVE_DEG, RimPlace, dangers, dangers_on_bones};
pub use hip_room::{HipRoom, Variant};
pub use jump::{head_offset_mm, jump_distance_mm, jump_distance_of};
pub use remedy::{HeadChoice, Offer, RANGE_DEG, Remedy, head_choices};
pub use spread::{Basis, Deviation, MeasurementSpread, Preset, Source, Spread, SpreadError, SpreadSettings};
pub use steep::{STEEP_DEG, SteepCup, held_mm};
pub use target_zone::{COMBINED_DEG, LEWINNEK_DEG, TargetZone, ZoneGrid, widmer_anteversion_deg};
pub use uncertainty::{margin_sd_deg, uncertainty, uncertainty_on_bones};
pub use zone_bones::ZoneBones;
#[cfg(feature = "card")]
pub use zone_card::{ZoneCard, ZoneCardError};
pub use zone_device::{ZoneDevice, ZoneError};
pub use zone_hold::ZoneHold;
pub use zone_request::{Bound, ZoneRequest};
