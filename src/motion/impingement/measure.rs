//! What is searched for between two surfaces: how far apart they are, or how far one must still turn to touch the other.

use super::{
    crossing::crossing,
    triangle::{self, Triangle},
    turn::{Angle, Turn},
};
use crate::surface::closest_on_triangle;
use nalgebra::{Point3, Rotation3, Unit, Vector3};
use std::f64::consts::PI;

/// Points are relative to the joint's centre, which every turn leaves in place.
pub(super) trait Measure {
    /// No value between points of two balls is less (none is below 0, whatever the bound), with the first turned by up to `half_turn` radians about any axis.
    fn bound(&self, a: &Vector3<f64>, b: &Vector3<f64>, radii_mm: [f64; 2], half_turn: f64) -> f64;
    /// No value between points of two triangles is less; or infinite where the balls say as much.
    fn bound_of_triangles(&self, moving: &Triangle, fixed: &Triangle, half_turn: f64) -> f64;
    /// A value that two triangles do have, when it is below `below`, and the points that have it, moving point first. Of pieces of triangles
    /// that are asked about `again` the cheaper of two ways is enough.
    fn value(&self, moving: &Triangle, fixed: &Triangle, below: f64, again: bool) -> Option<(f64, [Point3<f64>; 2])>;
    /// True when triangles are to be halved until their bounds are near enough.
    const HALVES: bool;
    /// A bound this near to the least value is not looked into, nor one within [`SHARE`] of it: what is far need not be known as exactly.
    const SLACK: f64;

    /// A value that some points of two balls do have, whatever surface is in them that touches each ball's inside; infinite where none can
    /// be told.
    fn most(&self, _a: &Vector3<f64>, _b: &Vector3<f64>, _radii_mm: [f64; 2]) -> f64 {
        f64::INFINITY
    }

    /// True when nothing below a bound is of interest, given the least value so far.
    fn settled(bound: f64, best: f64) -> bool {
        bound >= best * (1.0 - SHARE) - Self::SLACK
    }
}

/// Share of a value by which it may be too large.
const SHARE: f64 = 0.1;

/// Distance in mm.
pub(super) struct Gap;

impl Measure for Gap {
    const HALVES: bool = false;
    const SLACK: f64 = 0.1;

    fn bound(&self, a: &Vector3<f64>, b: &Vector3<f64>, [ra, rb]: [f64; 2], half_turn: f64) -> f64 {
        (a - b).norm() - ra - rb - half_turn * (a.norm() + ra)
    }

    fn most(&self, a: &Vector3<f64>, b: &Vector3<f64>, [ra, rb]: [f64; 2]) -> f64 {
        (a - b).norm() + ra + rb
    }

    fn bound_of_triangles(&self, moving: &Triangle, fixed: &Triangle, half_turn: f64) -> f64 {
        let lever = moving.iter().map(|p| p.coords.norm()).fold(0.0, f64::max);
        (between(moving, fixed).0 - half_turn * lever).max(0.0)
    }

    fn value(&self, moving: &Triangle, fixed: &Triangle, below: f64, _again: bool) -> Option<(f64, [Point3<f64>; 2])> {
        let (distance, points) = between(moving, fixed);
        (distance < below).then_some((distance, points))
    }
}

/// Least turn about the joint's centre, radians, over all axes: the least angle between a point of the one and a point of the other that are
/// equally far from the centre.
pub(super) struct Lean;

impl Measure for Lean {
    const HALVES: bool = true;
    const SLACK: f64 = 0.5 * PI / 180.0;

    fn bound(&self, a: &Vector3<f64>, b: &Vector3<f64>, [ra, rb]: [f64; 2], half_turn: f64) -> f64 {
        let (da, db, sum) = (a.norm(), b.norm(), ra + rb);
        if (da - db).abs() > sum {
            return f64::INFINITY;
        }
        let reach = (da * da + db * db - sum * sum) / (2.0 * da * db);
        // A ball about the centre itself is everywhere.
        if reach.is_nan() || reach <= -1.0 {
            return 0.0;
        }
        (a.cross(b).norm().atan2(a.dot(b)) - reach.min(1.0).acos() - half_turn).max(0.0)
    }

    fn bound_of_triangles(&self, moving: &Triangle, fixed: &Triangle, _half_turn: f64) -> f64 {
        let [one, two] = [moving, fixed].map(|corners| {
            let furthest = corners.iter().map(|p| p.coords.norm_squared()).fold(0.0, f64::max).sqrt();
            (closest_on_triangle(&Point3::origin(), corners).coords.norm(), furthest)
        });
        if one.0 > two.1 || two.0 > one.1 { f64::INFINITY } else { 0.0 }
    }

    fn value(&self, moving: &Triangle, fixed: &Triangle, below: f64, again: bool) -> Option<(f64, [Point3<f64>; 2])> {
        let (a, b) = (triangle::ball(moving), triangle::ball(fixed));
        // A contact that a turn does reach.
        if !again
            && let Some(axis) = Unit::try_new(a.0.coords.cross(&b.0.coords), 1e-9)
            && let Some((angle, point)) = (Turn { axis }).triangles(moving, fixed, Angle::radians(below.min(PI)))
        {
            let back = Rotation3::from_axis_angle(&axis, -angle.to_radians());
            return Some((angle.to_radians(), [back * point, point]));
        }
        // Triangles that reach equally far from the centre have points that some turn brings together, no further apart than this.
        if self.bound_of_triangles(moving, fixed, 0.0) > 0.0 {
            return None;
        }
        let spread = |(centre, radius): (Point3<f64>, f64)| (radius / centre.coords.norm()).clamp(0.0, 1.0).asin();
        let most = a.0.coords.angle(&b.0.coords) + spread(a) + spread(b);
        (most < below).then_some((most, [a.0, b.0]))
    }
}

/// Distance of two triangles, 0 where they cross, and the nearest points.
fn between(one: &Triangle, other: &Triangle) -> (f64, [Point3<f64>; 2]) {
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
