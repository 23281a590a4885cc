//! How far apart two triangles are.

use super::{crossing::crossing, triangle::Triangle};
use crate::surface::closest_on_triangle;
use nalgebra::Point3;

/// Distance of two triangles, 0 where they cross, and the nearest points.
pub(super) fn between(one: &Triangle, other: &Triangle) -> (f64, [Point3<f64>; 2]) {
    if let Some(point) = crossing(one, other) {
        return (0.0, [point; 2]);
    }
    let mut best = (f64::INFINITY, [one[0], other[0]]);
    let mut consider = |p: Point3<f64>, q: Point3<f64>| {
        let square = (p - q).norm_squared();
        if square < best.0 {
            best = (square, [p, q]);
        }
    };
    one.iter().for_each(|p| consider(*p, closest_on_triangle(p, other)));
    other.iter().for_each(|q| consider(closest_on_triangle(q, one), *q));
    for (i, j) in (0..3).flat_map(|i| (0..3).map(move |j| (i, j))) {
        let (p, q) = of_edges(&[one[i], one[(i + 1) % 3]], &[other[j], other[(j + 1) % 3]]);
        consider(p, q);
    }
    (best.0.sqrt(), best.1)
}

/// Nearest points of two edges (Ericson 2005, §5.1.9).
fn of_edges([p, p_end]: &[Point3<f64>; 2], [q, q_end]: &[Point3<f64>; 2]) -> (Point3<f64>, Point3<f64>) {
    let (d, e, r) = (p_end - p, q_end - q, p - q);
    let (a, b, f, c, k) = (d.norm_squared(), e.norm_squared(), e.dot(&r), d.dot(&r), d.dot(&e));
    let denominator = a * b - k * k;
    // Of parallel edges any place does, then the other edge's nearest.
    let s = if denominator > 1e-12 * a * b { ((k * f - c * b) / denominator).clamp(0.0, 1.0) } else { 0.0 };
    let t = (k * s + f) / b;
    let (s, t) = if t < 0.0 {
        ((-c / a).clamp(0.0, 1.0), 0.0)
    } else if t > 1.0 {
        (((k - c) / a).clamp(0.0, 1.0), 1.0)
    } else {
        (s, t)
    };
    (p + d * s, q + e * t)
}
