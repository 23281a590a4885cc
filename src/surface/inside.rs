//! Which stretches of a ray lie inside a closed surface.

use super::MeshIndex;
use nalgebra::{Point3, Vector3};

/// A ray goes on this far behind the triangle it met, mm.
const STEP_OVER_MM: f64 = 1e-6;

impl MeshIndex {
    /// Stretches of a ray that lie inside the closed surface, from its origin to `reach_mm`, mm from the origin, in order.
    /// `direction` is a unit vector.
    #[must_use]
    pub fn inside(&self, origin: &Point3<f64>, direction: &Vector3<f64>, reach_mm: f64) -> Vec<(f64, f64)> {
        let crossings = self.crossings(origin, direction, reach_mm);
        if crossings.is_empty() {
            // What comes further on tells whether all of it is inside or nothing.
            let all = self.ray(origin, direction).is_some_and(|hit| !hit.from_outside);
            return if all { vec![(0.0, reach_mm)] } else { Vec::new() };
        }
        let mut stretches = Vec::new();
        let (mut entered, mut behind) = (None, 0.0);
        for (distance, from_outside) in crossings {
            if distance < behind {
                continue;
            }
            behind = distance + STEP_OVER_MM;
            // A ray through an edge can meet both of its triangles: entering twice or leaving twice changes nothing.
            if from_outside {
                entered.get_or_insert(distance);
            } else if let Some(from) = entered.take() {
                stretches.push((from, distance));
            } else if stretches.is_empty() {
                stretches.push((0.0, distance));
            }
        }
        stretches.extend(entered.map(|from| (from, reach_mm)));
        stretches
    }

    /// True when a point lies inside any of the closed surfaces, which may overlap: a ray from it leaves more of them than it enters.
    #[must_use]
    pub fn holds(&self, point: &Point3<f64>) -> bool {
        // No axis of a grid or an implant, along whose edges a ray might run.
        let direction = Vector3::new(0.473_117, 0.612_911, 0.632_773);
        let (mut left, mut travelled) = (0_i32, 0.0);
        while let Some(hit) = self.ray(&(point + direction * travelled), &direction) {
            left += if hit.from_outside { -1 } else { 1 };
            travelled += hit.distance + STEP_OVER_MM;
        }
        left > 0
    }
}
