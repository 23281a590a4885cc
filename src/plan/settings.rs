//! What the first plan aims at.

use serde::{Deserialize, Serialize};

/// Aims and allowances of the first plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlanSettings {
    /// Radiographic inclination of the cup in the anterior pelvic plane's frame, degrees (middle of Lewinnek's zone, 1978).
    pub inclination_deg: f64,
    /// Radiographic anteversion of the cup in the anterior pelvic plane's frame, degrees (middle of Lewinnek's zone, 1978).
    pub anteversion_deg: f64,
    /// How far the reamer goes beyond the sphere through the bony lunate surface, mm.
    pub reaming_mm: f64,
    /// Least thickness of the medial wall that must remain behind the cup, mm.
    pub medial_wall_mm: f64,
    /// How many catalogue sizes the cup may be smaller than the socket asks for, to spare the medial wall.
    pub smaller_cups: usize,
    /// Distance to be kept between the stem and the largest circle inside the canal, mm.
    pub cortical_clearance_mm: f64,
    /// The stem is held against the canal from here to its tip, mm below the lesser trochanter: further up the canal is not round.
    pub fit_from_mm: f64,
    /// Share of the canal's diameter that the stem should fill where it is tightest.
    pub fill_target: f64,
    /// How far above or below the native crossing of neck and shaft the stem may sit, mm.
    pub depth_range_mm: f64,
}

impl Default for PlanSettings {
    fn default() -> Self {
        Self {
            inclination_deg: 40.0,
            anteversion_deg: 15.0,
            reaming_mm: 1.0,
            medial_wall_mm: 2.0,
            smaller_cups: 2,
            cortical_clearance_mm: 0.5,
            fit_from_mm: 20.0,
            fill_target: 0.8,
            depth_range_mm: 15.0,
        }
    }
}
