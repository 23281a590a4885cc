//! A modular head with the bore for the taper.

use super::{arc, revolve, sphere_segments};
use crate::{implants::Head, mesh::TriMesh};
use std::f64::consts::FRAC_PI_2;

/// The head in its own frame: origin at its centre, +Z along the neck towards the shaft; mm.
///
/// A sphere with a cylindrical bore as wide as the neck, whose floor is where the neck ends: the catalogue's taper reference point. A skirt is
/// a cylinder about the bore.
#[must_use]
pub fn head_mesh(head: &Head, bore_diameter_mm: f64, chord_error_mm: f64) -> TriMesh {
    let (radius, bore) = (head.diameter_mm / 2.0, bore_diameter_mm / 2.0);
    let neck = head.skirt.map_or(bore, |skirt| skirt.diameter_mm / 2.0);
    let opening = (neck / radius).clamp(-1.0, 1.0).acos();
    let mut profile: Vec<(f64, f64)> = arc(radius, -FRAC_PI_2, opening, chord_error_mm).collect();
    if let Some(skirt) = head.skirt {
        profile.extend([(neck, skirt.end_mm), (bore, skirt.end_mm)]);
    }
    profile.extend([(bore, head.offset_mm), (0.0, head.offset_mm)]);
    revolve(&profile, sphere_segments(radius, chord_error_mm))
}
