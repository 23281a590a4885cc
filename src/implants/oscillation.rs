//! How far neck and liner can swing against each other.

use super::{Cup, Head, Stem};

/// Oscillation angle of a coupling, degrees: the full angle of the cone in which the neck axis can move.
///
/// A cylindrical neck of radius r through the bearing's centre touches an edge circle of the liner of radius ρ at the height h
/// along the cup axis when it has turned by atan2(ρ, h) − asin(r / √(ρ² + h²)) from the cup axis; twice the smallest of these
/// over the rim's edges is the answer. For a plain hemisphere that is 2·acos(neck diameter / head diameter)
/// (Yoshimine and Ginbayashi 2002, J Biomech 35:1315). Zero when the neck is as thick as the opening.
#[must_use]
pub fn oscillation_angle_deg(cup: &Cup, head: &Head, stem: &Stem) -> f64 {
    let neck_radius = stem.neck_diameter_mm / 2.0;
    let half = rim_edges(cup, head.diameter_mm / 2.0)
        .map(|(radius, height)| radius.atan2(height) - (neck_radius / radius.hypot(height)).min(1.0).asin())
        .into_iter()
        .fold(f64::INFINITY, f64::min);
    2.0 * half.max(0.0).to_degrees()
}

/// The two edge circles of a liner's rim as (radius, height along the cup axis), mm: where the bearing ends and the chamfer
/// begins, and where the chamfer ends on the rim's face. They are one circle when there is no chamfer.
///
/// Above the bearing's equator the liner's wall is cylindrical, so that the head can enter.
#[must_use]
pub fn rim_edges(cup: &Cup, bearing_radius_mm: f64) -> [(f64, f64); 2] {
    let inner_height = cup.rim_height_mm - cup.chamfer_mm;
    let below = inner_height.min(0.0);
    let inner_radius = (bearing_radius_mm.powi(2) - below.powi(2)).max(0.0).sqrt();
    [(inner_radius, inner_height), (inner_radius + cup.chamfer_mm, cup.rim_height_mm)]
}
