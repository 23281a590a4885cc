//! How much of the head the socket covers, seen from a direction.

use super::shape::Shape;
use nalgebra::{Unit, Vector3};
use std::f64::consts::{FRAC_PI_2, TAU};

/// Half-planes through the direction of view on which the covered part is looked up: every 2°.
const HALF_PLANES: usize = 180;

/// Percent of the head's disc, seen from `from`, behind which the half of the head that looks this way is covered by the socket: the
/// inside of the rim as the head centre sees it.
///
/// On each half-plane the covered angles lie between crossings of the rim; sin² of an angle is the share of the disc's radius squared.
pub(super) fn seen_from(shape: &Shape, from: &Unit<Vector3<f64>>) -> Option<f64> {
    let (u, v) = perpendicular(from);
    let rim: Vec<Vector3<f64>> = shape.rim.points.iter().map(|p| p.position - shape.head).collect();
    let middle_covered = covers(shape, &rim, from)?;
    let total: f64 = (0..HALF_PLANES)
        .map(|i| {
            let (sin, cos) = (i as f64 / HALF_PLANES as f64 * TAU).sin_cos();
            let (towards, across) = (u * cos + v * sin, v * cos - u * sin);
            let mut angles: Vec<f64> = (0..rim.len())
                .filter_map(|n| {
                    let (a, b) = (rim[n], rim[(n + 1) % rim.len()]);
                    let (before, after) = (a.dot(&across), b.dot(&across));
                    let place = ((before >= 0.0) != (after >= 0.0)).then(|| a + (b - a) * (before / (before - after)))?;
                    let out = place.dot(&towards);
                    (out > 0.0).then(|| out.atan2(place.dot(from)).min(FRAC_PI_2))
                })
                .collect();
            angles.sort_by(f64::total_cmp);
            // The bounds of the covered stretches, each counted from the middle of the disc outwards.
            let bounds = middle_covered.then_some(0.0).into_iter().chain(angles).collect::<Vec<f64>>();
            bounds.chunks(2).map(|pair| pair.get(1).map_or(1.0, |end| end.sin().powi(2)) - pair[0].sin().powi(2)).sum::<f64>()
        })
        .sum();
    Some(100.0 * total / HALF_PLANES as f64)
}

/// True when a direction from the head centre goes through the inside of the rim: the rim turns once about it as about the bottom.
fn covers(shape: &Shape, rim: &[Vector3<f64>], direction: &Unit<Vector3<f64>>) -> Option<bool> {
    // The great circle from the bottom of the socket to the direction crosses the rim an even number of times.
    let bottom = -shape.axis.into_inner();
    let across = bottom.cross(direction).try_normalize(1e-9)?;
    let towards = across.cross(&bottom);
    let target = bottom.angle(direction);
    let crossings = (0..rim.len())
        .filter(|&n| {
            let (a, b) = (rim[n], rim[(n + 1) % rim.len()]);
            let (before, after) = (a.dot(&across), b.dot(&across));
            if (before >= 0.0) == (after >= 0.0) {
                return false;
            }
            let place = a + (b - a) * (before / (before - after));
            (0.0..target).contains(&place.dot(&towards).atan2(place.dot(&bottom)))
        })
        .count();
    Some(crossings % 2 == 0)
}

/// Two directions that make a right-handed frame with one.
fn perpendicular(direction: &Unit<Vector3<f64>>) -> (Vector3<f64>, Vector3<f64>) {
    let mut least = Vector3::zeros();
    least[direction.iamin()] = 1.0;
    let u = direction.cross(&least).normalize();
    (u, direction.cross(&u))
}
