//! The canal at one level: two borders about a centre.

use nalgebra::{Point3, Vector2};
use std::f64::consts::TAU;

/// Directions all round in which a border is kept ready.
pub(super) const RAYS: usize = 72;

/// The canal at one level, ready to be asked: radii in even directions, mm.
pub(in crate::plan) struct Ring {
    /// LPS mm.
    pub centre: Point3<f64>,
    /// Of the inner border of the cortex.
    pub inner_mm: [f64; RAYS],
    /// Of the outside of the bone, where that is known.
    pub outer_mm: Option<[f64; RAYS]>,
}

/// A border as a closed line about its centre, made wider by so much, mm: x towards the head, y posterior.
pub(in crate::plan) fn border(radii_mm: &[f64; RAYS], wider_mm: f64) -> Vec<Vector2<f64>> {
    let at = |(ray, mm): (usize, &f64)| {
        let (sin, cos) = (TAU * ray as f64 / RAYS as f64).sin_cos();
        Vector2::new(cos, sin) * (mm + wider_mm)
    };
    radii_mm.iter().enumerate().map(at).collect()
}

/// Area inside a closed line that runs from x to y, mm².
pub(in crate::plan) fn area_mm2(line: &[Vector2<f64>]) -> f64 {
    (0..line.len()).map(|i| line[i].perp(&line[(i + 1) % line.len()])).sum::<f64>() / 2.0
}

/// Distance of a point inside a closed line that is star-shaped about the origin from that line, mm; negative outside.
pub(in crate::plan) fn room_mm(line: &[Vector2<f64>], point: &Vector2<f64>) -> f64 {
    let turn = point.y.atan2(point.x).rem_euclid(TAU) / TAU * line.len() as f64;
    let (a, b) = (line[turn as usize % line.len()], line[(turn as usize + 1) % line.len()]);
    let inside = (b - a).perp(&(point - a)) >= 0.0;
    let square =
        (0..line.len()).map(|i| square_to_segment(point, &line[i], &line[(i + 1) % line.len()])).fold(f64::INFINITY, f64::min);
    if inside { square.sqrt() } else { -square.sqrt() }
}

fn square_to_segment(point: &Vector2<f64>, a: &Vector2<f64>, b: &Vector2<f64>) -> f64 {
    let along = b - a;
    let part = ((point - a).dot(&along) / along.norm_squared().max(1e-12)).clamp(0.0, 1.0);
    (point - a - along * part).norm_squared()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_has_its_area_and_the_room_about_a_point() {
        let line = border(&[10.0; RAYS], 0.5);
        // A polygon of 72 corners on the circle: its sides lie within 0.01 mm of it.
        assert!((area_mm2(&line) / (72.0 / 2.0 * (TAU / 72.0).sin() * 10.5 * 10.5) - 1.0).abs() < 1e-12);
        for (x, y, room) in [(0.0, 0.0, 10.5), (4.0, 3.0, 5.5), (-7.0, 7.0, 10.5 - 98.0_f64.sqrt()), (0.0, -12.0, -1.5)] {
            let found = room_mm(&line, &Vector2::new(x, y));
            assert!((found - room).abs() < 0.011, "{x} {y}: {found} for {room}");
        }
    }
}
