//! How far one surface must still turn to touch another: radians about the joint's centre, over all axes. It is the least angle between a point
//! of the one and a point of the other that are equally far from that centre.
//!
//! Points are relative to the centre, which every turn leaves in place.

use super::{
    triangle::{self, Triangle},
    turn::{Angle, Balls, Turn},
};
use crate::surface::closest_on_triangle;
use nalgebra::{Point3, Rotation3, Unit, Vector3};
use std::f64::consts::PI;

/// Share of a lean by which it may be too large, and so many radians more: what is far need not be known as exactly.
pub(super) const SHARE: f64 = 0.1;
pub(super) const SLACK: f64 = 0.5 * PI / 180.0;

/// True when nothing of at least this lean is of interest, given the least so far.
pub(super) fn settled(bound: f64, best: f64) -> bool {
    bound.max(0.0) >= best * (1.0 - SHARE) - SLACK
}

/// No lean between points of two balls is less, with the first turned by up to `half_turn` radians about any axis.
pub(super) fn bound(a: &Vector3<f64>, b: &Vector3<f64>, [ra, rb]: [f64; 2], half_turn: f64) -> f64 {
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

/// True when two triangles reach equally far from the centre: some turn brings them together.
pub(super) fn may_meet(moving: &Triangle, fixed: &Triangle) -> bool {
    let [one, two] = [moving, fixed].map(|corners| {
        let furthest = corners.iter().map(|p| p.coords.norm_squared()).fold(0.0, f64::max).sqrt();
        (closest_on_triangle(&Point3::origin(), corners).coords.norm(), furthest)
    });
    one.0 <= two.1 && two.0 <= one.1
}

/// A lean that two triangles do have, when it is below `below`, and the points that have it, moving point first. Of pieces of triangles that
/// are asked about `again` the cheaper of two ways is enough.
pub(super) fn value(moving: &Triangle, fixed: &Triangle, below: f64, again: bool) -> Option<(f64, [Point3<f64>; 2])> {
    let (a, b) = (triangle::ball(moving), triangle::ball(fixed));
    let balls = Balls { centres: [a.0.coords, b.0.coords], sum_mm: a.1 + b.1 };
    // A contact that a turn does reach.
    if !again
        && let Some(axis) = Unit::try_new(a.0.coords.cross(&b.0.coords), 1e-9)
        && let Some((angle, point)) = (Turn { axis }).triangles(moving, fixed, &balls, Angle::radians(below.min(PI)))
    {
        let back = Rotation3::from_axis_angle(&axis, -angle.to_radians());
        return Some((angle.to_radians(), [back * point, point]));
    }
    // Triangles that some turn brings together have points no further apart than this.
    if !may_meet(moving, fixed) {
        return None;
    }
    let spread = |(centre, radius): (Point3<f64>, f64)| (radius / centre.coords.norm()).clamp(0.0, 1.0).asin();
    let most = a.0.coords.angle(&b.0.coords) + spread(a) + spread(b);
    (most < below).then_some((most, [a.0, b.0]))
}
