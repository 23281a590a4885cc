//! Closed meshes of the implants, drawn from the catalogue's dimensions, each in its own frame, mm.
//!
//! Vertices lie on the true surface; between them the mesh is inside it by at most the chord error that is asked for.

mod augment;
mod cache;
mod columns;
mod cup;
mod frontal;
mod head;
mod loft;
mod revolve;
mod seated_cup;
mod stem;

pub use augment::augment_mesh;
pub use cache::cached;
pub use cup::{cup_mesh, shell_mesh};
pub use frontal::{FrontalStem, frontal_stem};
pub use head::head_mesh;
pub use loft::{Ellipse, loft};
pub use revolve::revolve;
pub use seated_cup::{liner_mesh, liner_section, seated_cup_mesh};
pub use stem::{collar_mesh, mirrored_stem, neck_mesh, stem_body_mesh, stem_mesh};

/// Chord error that is fine enough for viewing, printing and impingement, mm.
pub const CHORD_ERROR_MM: f64 = 0.05;

/// Number of segments a full circle needs for a chord error, at least 8 and a multiple of 4.
pub(crate) fn circle_segments(radius_mm: f64, chord_error_mm: f64) -> u32 {
    segments(std::f64::consts::TAU, 2.0 * half_angle(radius_mm, chord_error_mm)).max(8).next_multiple_of(4)
}

/// Number of segments a full circle needs when its surface is curved both ways: half the error for each direction.
pub(super) fn sphere_segments(radius_mm: f64, chord_error_mm: f64) -> u32 {
    circle_segments(radius_mm, chord_error_mm / 2.0)
}

/// Points (r, z) of a circular arc about the axis' origin from one angle to another (radians from the equator, up positive), both ends included.
pub(super) fn arc(radius_mm: f64, from: f64, to: f64, chord_error_mm: f64) -> impl Iterator<Item = (f64, f64)> {
    let steps = arc_steps(radius_mm, to - from, chord_error_mm);
    (0..=steps).map(move |step| {
        let angle = from + (to - from) * f64::from(step) / f64::from(steps);
        (radius_mm * angle.cos(), radius_mm * angle.sin())
    })
}

/// Number of pieces that an arc of a sphere's meridian needs, at least 1.
fn arc_steps(radius_mm: f64, angle: f64, chord_error_mm: f64) -> u32 {
    segments(angle.abs(), 2.0 * half_angle(radius_mm, chord_error_mm / 2.0)).max(1)
}

fn half_angle(radius_mm: f64, chord_error_mm: f64) -> f64 {
    (1.0 - (chord_error_mm / radius_mm).clamp(1e-6, 1.0)).acos()
}

fn segments(angle: f64, step: f64) -> u32 {
    (angle / step).ceil() as u32
}
