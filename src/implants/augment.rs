//! Augments: what fills a defect beside a cup.

use nalgebra::Vector3;
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

impl Augment {
    /// True for one that differs in nothing but the cups that it fits.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        let alike = Self { id: other.id.clone(), cup_diameter_mm: other.cup_diameter_mm, ..self.clone() };
        alike == *other
    }

    /// Its volume, mm³.
    #[must_use]
    pub fn volume_mm3(&self) -> f64 {
        let [inside, outside] = self.radii_mm();
        self.solid_angle() * (outside.powi(3) - inside.powi(3)) / 3.0
    }

    /// Radii of its inner and its outer face, mm.
    #[must_use]
    pub fn radii_mm(&self) -> [f64; 2] {
        let inside = self.cup_diameter_mm / 2.0;
        [inside, inside + self.thickness_mm]
    }

    /// The solid angle that it takes about the cup's centre.
    #[must_use]
    pub fn solid_angle(&self) -> f64 {
        let [low, high] = self.heights();
        self.arc_deg.to_radians() * (high - low)
    }

    /// Evenly spread directions in which it lies, unit vectors in its own frame.
    #[must_use]
    pub fn directions(&self, count: usize) -> Vec<Vector3<f64>> {
        let ([low, high], arc) = (self.heights(), self.arc_deg.to_radians());
        // The golden ratio leaves no part of the height out.
        let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
        let one = |at: usize| {
            let z = low + (high - low) * (at as f64 * golden).fract();
            let (sin, cos) = (arc * ((at as f64 + 0.5) / count as f64 - 0.5)).sin_cos();
            let across = (1.0 - z * z).max(0.0).sqrt();
            Vector3::new(across * cos, across * sin, z)
        };
        (0..count).map(one).collect()
    }

    /// True where it lies in a direction (unit vector in its own frame).
    #[must_use]
    pub fn lies_along(&self, way: &Vector3<f64>) -> bool {
        let [low, high] = self.heights();
        (low..=high).contains(&way.z) && way.y.atan2(way.x).abs() <= self.arc_deg.to_radians() / 2.0
    }

    /// How far it can be turned towards the cup's pole, degrees: from where its edge reaches the plane of the cup's centre to where the other
    /// reaches the pole.
    #[must_use]
    pub fn tilts_deg(&self) -> (f64, f64) {
        (self.latitudes_deg.1, 90.0 + self.latitudes_deg.0)
    }

    /// Of both edges on a sphere of radius 1, along +Z.
    fn heights(&self) -> [f64; 2] {
        let (low, high) = self.latitudes_deg;
        [low, high].map(|latitude| latitude.to_radians().sin())
    }
}
