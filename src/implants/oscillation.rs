//! How far neck and liner can swing against each other.

use super::{Bearing, Cup, Head, NeckOutline, Stem};

/// Oscillation angle of a coupling with the cup's usual liner, degrees: see [`Bearing::oscillation_angle_deg`].
#[must_use]
pub fn oscillation_angle_deg(cup: &Cup, head: &Head, stem: &Stem) -> f64 {
    Bearing::of(cup, None).oscillation_angle_deg(&NeckOutline::of(head, stem))
}

/// The two edge circles of a usual liner's rim as (radius, height along the cup axis), mm: where the bearing ends and the chamfer
/// begins, and where the chamfer ends on the rim's face. They are one circle when there is no chamfer.
///
/// Above the bearing's equator the liner's wall is cylindrical, so that the head can enter.
#[must_use]
pub fn rim_edges(cup: &Cup, bearing_radius_mm: f64) -> [(f64, f64); 2] {
    let usual = Bearing::of(cup, None);
    Bearing { diameter_mm: 2.0 * bearing_radius_mm, ..usual }.edges(0.0)
}
