//! One plan: which implants, and where.

use crate::{
    anatomy::{CupAngles, Finding},
    frames::{AnatomicalFrame, Side},
};
use nalgebra::{Isometry3, Point3, Unit, Vector3};
use serde::{Deserialize, Serialize};

/// Where the cup sits, LPS mm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CupPlacement {
    /// Id in the catalogue.
    pub cup: String,
    /// Centre of the bearing, LPS mm.
    pub centre: Point3<f64>,
    /// Out of the opening, LPS.
    pub axis: Unit<Vector3<f64>>,
}

impl CupPlacement {
    /// Radiographic angles in a pelvic frame.
    #[must_use]
    pub fn angles(&self, pelvic: &AnatomicalFrame, side: Side) -> CupAngles {
        CupAngles::of_axis(&self.axis, pelvic, side)
    }
}

/// Where the stem sits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StemPlacement {
    /// Id of the stem in the catalogue.
    pub stem: String,
    /// Id of the head in the catalogue.
    pub head: String,
    /// From the stem's own frame (a right stem; a left one is mirrored in Z first) to the bone as scanned, LPS mm.
    pub pose: Isometry3<f64>,
    /// True when the shaft it follows is the fitted shape model's, not the scan's.
    pub estimated: bool,
}

/// A plan for one hip.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Version of this document's format.
    pub format_version: u32,
    /// Number of the plan within its case, from 1.
    pub number: u32,
    /// The hip that is replaced.
    pub side: Side,
    /// Name and version of the catalogue, as `name version`.
    pub catalogue: String,
    /// The cup.
    pub cup: CupPlacement,
    /// The stem; `None` with a finding that says why.
    pub stem: Option<StemPlacement>,
    /// Change of leg length against the scan, mm; longer is positive. `None` without a stem.
    pub leg_length_change_mm: Option<f64>,
    /// Change of global offset (femoral offset plus cup centre) against the scan, mm; more lateral is positive. `None` without a stem.
    pub offset_change_mm: Option<f64>,
    /// What the surgeon must know about this plan.
    pub findings: Vec<Finding>,
}
