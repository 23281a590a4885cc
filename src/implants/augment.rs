//! Augments: what fills a defect beside a cup.

use serde::{Deserialize, Serialize};

/// A part of a hemispherical shell that is put between a cup and the bone, and is joined to the cup by cement.
///
/// Augment frame: origin at the centre of the cup's sphere, +Z along the cup's axis out of its opening, +X through the augment's middle.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Augment {
    /// Unique id, e.g. `augment-segment-60-15`.
    pub id: String,
    /// Id of its family.
    pub family: String,
    /// Outer diameter of the cups that it fits, mm.
    pub cup_diameter_mm: f64,
    /// Thickness in its middle, mm.
    pub thickness_mm: f64,
    /// Arc of azimuth that it spans, degrees.
    pub arc_deg: f64,
    /// Latitudes of its lower and upper edge, degrees from the plane of the cup's centre; the pole is at −90.
    pub latitudes_deg: (f64, f64),
}
