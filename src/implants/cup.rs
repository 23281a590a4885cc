//! Cups: shells, and cups that are one piece with their bearing.

use nalgebra::{Point3, Unit, Vector3};
use serde::{Deserialize, Serialize};

/// How a cup is held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Fixation {
    /// Pressed into a socket that is reamed to its own size.
    #[default]
    PressFit,
    /// In a mantle of cement, the cup itself all of polyethylene.
    Cemented,
}

/// A hemispherical cup. Cup frame: origin at the centre of the bearing, +Z out of the opening, +X towards the first screw hole's azimuth 0,
/// which a plan turns as far superior as the cup's axis allows.
///
/// Its bearing is stated with the liner that it usually has; another [`Liner`](super::Liner) changes it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cup {
    /// Unique id, e.g. `cup-hemi-52`.
    pub id: String,
    /// Id of its family; empty in a catalogue of format 1.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub family: String,
    /// How it is held.
    #[serde(default)]
    pub fixation: Fixation,
    /// Outer diameter, mm.
    pub outer_diameter_mm: f64,
    /// Head diameter that its usual liner takes, mm.
    pub head_diameter_mm: f64,
    /// Height of the usual liner's rim above the bearing's centre along the cup axis, mm (0: a plain hemisphere).
    pub rim_height_mm: f64,
    /// Width of the 45° chamfer on the inner edge of that rim, mm (0: a sharp edge).
    pub chamfer_mm: f64,
    /// Wall thickness of the metal shell, mm; the rest up to the head is polyethylene. 0 for a cup without metal.
    pub shell_thickness_mm: f64,
    /// Thickness of the cement around it, mm.
    #[serde(default)]
    pub mantle_mm: f64,
    /// True when a polyethylene ball turns in the shell itself, and the head in the ball.
    #[serde(default)]
    pub dual_mobility: bool,
    /// Holes for screws.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub screw_holes: Vec<ScrewHole>,
}

/// A hole for a screw in a shell.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScrewHole {
    /// Angle from the pole of the shell, degrees.
    pub from_pole_deg: f64,
    /// Azimuth about the cup's axis from +X towards +Y, degrees.
    pub azimuth_deg: f64,
    /// Diameter, mm.
    pub diameter_mm: f64,
}

impl ScrewHole {
    /// Direction in which a screw leaves the shell: along its radius, in the cup's frame.
    #[must_use]
    pub fn direction(&self) -> Unit<Vector3<f64>> {
        let ((sin, cos), (sin_azimuth, cos_azimuth)) =
            (self.from_pole_deg.to_radians().sin_cos(), self.azimuth_deg.to_radians().sin_cos());
        Unit::new_normalize(Vector3::new(sin * cos_azimuth, sin * sin_azimuth, -cos))
    }
}

impl Cup {
    /// Thickness of the polyethylene between shell and head, mm.
    #[must_use]
    pub fn polyethylene_mm(&self) -> f64 {
        (self.outer_diameter_mm - self.head_diameter_mm) / 2.0 - self.shell_thickness_mm
    }

    /// Diameter of the hollow that a liner, or the ball of a dual mobility, fills, mm; `None` for a cup of one piece.
    #[must_use]
    pub fn seat_diameter_mm(&self) -> Option<f64> {
        (self.shell_thickness_mm > 0.0).then_some(self.outer_diameter_mm - 2.0 * self.shell_thickness_mm)
    }

    /// Diameter of the socket that it needs: its own, and the cement's around it, mm.
    #[must_use]
    pub fn reamed_diameter_mm(&self) -> f64 {
        self.outer_diameter_mm + 2.0 * self.mantle_mm
    }

    /// Middle of a screw hole on the outside of the shell, in a frame like the cup's whose origin is the **shell's** centre, mm.
    #[must_use]
    pub fn screw_hole_position(&self, hole: &ScrewHole) -> Point3<f64> {
        Point3::from(hole.direction().into_inner() * (self.outer_diameter_mm / 2.0))
    }
}
