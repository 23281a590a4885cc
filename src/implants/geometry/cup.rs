//! A cup with its liner as one solid.

use super::{arc, revolve, sphere_segments};
use crate::{
    implants::{Cup, rim_edges},
    mesh::TriMesh,
};
use std::f64::consts::FRAC_PI_2;

/// The cup in its own frame: origin at the bearing's centre, +Z out of the opening; mm.
///
/// Outside: a hemisphere, made longer by a cylinder or cut short where the rim is not at the bearing's height. Then the rim's flat
/// face, the chamfer, and the bearing as a sphere of the head's radius.
#[must_use]
pub fn cup_mesh(cup: &Cup, chord_error_mm: f64) -> TriMesh {
    let (outer, bearing, rim) = (cup.outer_diameter_mm / 2.0, cup.head_diameter_mm / 2.0, cup.rim_height_mm);
    let [inner_edge, chamfer_edge] = rim_edges(cup, bearing);
    let equator = |radius: f64, height: f64| (height.min(0.0) / radius).asin();

    let mut profile: Vec<(f64, f64)> = arc(outer, -FRAC_PI_2, equator(outer, rim), chord_error_mm).collect();
    if rim > 0.0 {
        profile.push((outer, rim));
    }
    profile.push(chamfer_edge);
    if cup.chamfer_mm > 0.0 {
        profile.push(inner_edge);
    }
    // The arc's own first point is the inner edge unless a cylinder leads down to the equator.
    profile
        .extend(arc(bearing, equator(bearing, inner_edge.1), -FRAC_PI_2, chord_error_mm).skip(usize::from(inner_edge.1 <= 0.0)));
    revolve(&profile, sphere_segments(outer, chord_error_mm))
}
