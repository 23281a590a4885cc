//! Modular heads.

use serde::{Deserialize, Serialize};

/// The taper that parts have when they do not say which.
pub(super) fn usual_taper() -> String {
    "12/14".into()
}

/// A modular head. Head frame: origin at its centre, +Z along the neck towards the shaft.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Unique id, e.g. `head-32+3.5`.
    pub id: String,
    /// Id of its family; empty in a catalogue of format 1.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub family: String,
    /// Diameter, mm.
    pub diameter_mm: f64,
    /// Distance of the head centre from the taper's reference point along the neck, mm (0: standard).
    pub offset_mm: f64,
    /// The taper that it takes.
    #[serde(default = "usual_taper")]
    pub taper: String,
    /// The collar about the neck that a long head needs to hold its taper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skirt: Option<Skirt>,
}

/// A head's skirt: a cylinder about the neck, which makes the neck thicker where it meets the liner.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Skirt {
    /// Its diameter, mm.
    pub diameter_mm: f64,
    /// Distance of its end from the head's centre along the neck, mm.
    pub end_mm: f64,
}
