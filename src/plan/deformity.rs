//! What a dysplastic or deformed hip needs beyond cup and stem.

use super::{Alignment, Alternative, AugmentPlacement, Contact, Dome, Obstacle, Osteotomy};
use serde::{Deserialize, Serialize};

/// The part of a plan that only dysplastic, deformed and operated hips have.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Deformity {
    /// How the femur is cut and moved below the lesser trochanter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub osteotomy: Option<Osteotomy>,
    /// How its pieces are held together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub junction: Option<Junction>,
    /// What it makes of the femur's angles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alignment: Option<Alignment>,
    /// An augment on the cup.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub augment: Option<AugmentPlacement>,
    /// What lacks over the cup superiorly; `None` without the hip bone's surface.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dome: Option<Dome>,
    /// The true and the high centre side by side, the plan's own among them; empty where the hip does not ask for the question.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Alternative>,
    /// Metal that is in the patient already and lies in the way.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hardware: Vec<Obstacle>,
}

impl Deformity {
    /// True when there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// How the pieces of an osteotomy are held together.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Junction {
    /// Bone that meets in the cut; `None` without the femur's surface.
    pub contact: Option<Contact>,
    /// Bone that is taken out, ml; `None` without the femur's surface.
    pub removed_ml: Option<f64>,
    /// How far the stem reaches beyond the cut, along the shaft axis, mm.
    pub bridging_mm: f64,
    /// How far it should: canal diameters at the distal cut as the settings ask for, mm.
    pub bridging_asked_mm: f64,
    /// How the stem fits above the cut; `None` where the cut lies so high that only spongy bone fills the canal above it.
    pub above: Option<PieceFit>,
    /// How it fits below.
    pub below: Option<PieceFit>,
}

/// How a stem fits the canal of one piece.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PieceFit {
    /// Least distance to the inner border of the cortex, mm; negative in the cortex.
    pub clearance_mm: f64,
    /// Share of the canal's radius that the stem fills there.
    pub fill: f64,
}
