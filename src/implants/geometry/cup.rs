//! A cup with its usual liner as one solid, and a shell by itself.

use super::{arc, revolve, sphere_segments};
use crate::{
    implants::{Bearing, Cup, Liner, rim_edges},
    mesh::TriMesh,
};
use nalgebra::Isometry3;
use std::f64::consts::FRAC_PI_2;

/// The cup in its own frame: origin at the bearing's centre, +Z out of the opening; mm.
///
/// Outside: a hemisphere, made longer by a cylinder or cut short where the rim is not at the bearing's height. Then the rim's flat
/// face, the chamfer, and the bearing as a sphere of the head's radius, or of a dual mobility the ball's.
#[must_use]
pub fn cup_mesh(cup: &Cup, chord_error_mm: f64) -> TriMesh {
    let (outer, bearing, rim) = (cup.outer_diameter_mm / 2.0, Bearing::of(cup, None).diameter_mm / 2.0, cup.rim_height_mm);
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

/// The metal of a cup by itself, in the cup's frame with the origin at the centre of the bearing that the liner gives it: the shell and the
/// metal insert of a dual mobility. `None` for a cup without metal.
#[must_use]
pub fn shell_mesh(cup: &Cup, liner: Option<&Liner>, chord_error_mm: f64) -> Option<TriMesh> {
    let seat_mm = cup.seat_diameter_mm()?;
    let (inside_mm, lateral_mm) = match liner {
        None => (seat_mm, 0.0),
        Some(liner) => (liner.ball.map_or(seat_mm, |ball| ball.diameter_mm), liner.lateral_mm),
    };
    let shell = Cup {
        head_diameter_mm: inside_mm,
        dual_mobility: false,
        rim_height_mm: cup.rim_height_mm.min(0.0),
        chamfer_mm: 0.0,
        ..cup.clone()
    };
    Some(cup_mesh(&shell, chord_error_mm).transformed(&Isometry3::translation(0.0, 0.0, -lateral_mm)))
}
