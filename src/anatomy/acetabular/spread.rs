//! How sure the measures of a socket are: first-order propagation with a numerical Jacobian.
//!
//! Every input of a [`Shape`] is moved by its standard deviation, one at a time, and the squares of what each measure changes by are
//! added. Inputs are taken as independent: the centres and radii of both spheres, the frame's rotation about each of its axes, the rim in
//! stretches of 30° (within a stretch its error is taken as common) along its meridians, the ends of the roof and of the teardrop, and
//! the floor. The opening axis follows the rim: it turns as the plane does through a rim that moves by a quarter of that, since within a
//! stretch what rounds the edge mostly averages out.

use super::shape::Shape;
use nalgebra::{Rotation3, Unit, Vector3};

/// A sphere's residuals hang together over patches; the fit averages about this many independent ones. A coordinate of the centre then
/// has the variance rms² · 3 / patches (each patch tells of one third of it), the radius rms² / patches.
const PATCHES: f64 = 12.0;
/// Stretches of the rim whose errors are independent.
const STRETCHES: usize = 12;
/// Where on a rounded edge a single place of the rim lies, mm.
const EDGE_SD_MM: f64 = 1.3;
/// How much of a stretch's error turns the opening axis: inclination and anteversion of phantoms' sockets were 0.3° and 0.2° off (root mean
/// square of twenty that the network had labelled in a CT).
const AXIS_SHARE: f64 = 0.17;
/// How far the innermost vertex at a level may lie from the line, mm.
const INNER_WALL_SD_MM: f64 = 1.0;
/// Where the roof's gentle fall into the fossa begins, mm.
const ROOF_END_SD_MM: f64 = 2.0;
/// Where on the rounded border of the notch the teardrop ends, mm.
const TEARDROP_SD_MM: f64 = 1.5;

/// Standard deviation of a place of the rim along its meridian, mm.
fn rim_sd_mm(shape: &Shape, scatter_mm: f64) -> f64 {
    EDGE_SD_MM.hypot(scatter_mm).hypot(shape.rim.scatter_mm)
}

/// Standard deviation of the teardrop's lower end along each axis, mm.
pub(super) fn teardrop_sd_mm(shape: &Shape, scatter_mm: f64) -> f64 {
    TEARDROP_SD_MM.hypot(rim_sd_mm(shape, scatter_mm))
}

/// The variance of each value, in its unit squared; a move that makes a value vanish tells nothing of it.
pub(super) fn variances<const N: usize>(
    shape: &Shape,
    nominal: &[Option<f64>; N],
    scatter_mm: f64,
    frame_sd_deg: [f64; 3],
    values: impl Fn(&Shape) -> [Option<f64>; N],
) -> [f64; N] {
    let mut variances = [0.0; N];
    let mut add = |moved: &Shape| {
        for ((variance, before), after) in variances.iter_mut().zip(nominal).zip(values(moved)) {
            if let (Some(before), Some(after)) = (before, after) {
                *variance += (after - before).powi(2);
            }
        }
    };
    let head_sd = scatter_mm.hypot(shape.head_rms_mm) / PATCHES.sqrt();
    let socket_sd = scatter_mm.hypot(shape.rms_mm) / PATCHES.sqrt();
    for (axis, turn_deg) in [Vector3::x_axis(), Vector3::y_axis(), Vector3::z_axis()].into_iter().zip(frame_sd_deg) {
        add(&Shape { head: shape.head + axis.into_inner() * head_sd * 3.0_f64.sqrt(), ..shape.clone() });
        add(&Shape { centre: shape.centre + axis.into_inner() * socket_sd * 3.0_f64.sqrt(), ..shape.clone() });
        add(&turned(shape, &Rotation3::from_axis_angle(&axis, turn_deg.to_radians())));
    }
    add(&Shape { head_radius_mm: shape.head_radius_mm + head_sd, ..shape.clone() });
    add(&Shape { radius_mm: shape.radius_mm + socket_sd, ..shape.clone() });
    for stretch in 0..STRETCHES {
        add(&with_stretch_moved(shape, stretch, rim_sd_mm(shape, scatter_mm)));
    }
    let roof_sd = ROOF_END_SD_MM.hypot(scatter_mm);
    add(&Shape { roof_medial: shape.roof_medial.map(|p| p + Vector3::z() * roof_sd), ..shape.clone() });
    for axis in [Vector3::y(), Vector3::z()] {
        let sd = teardrop_sd_mm(shape, scatter_mm);
        add(&Shape { teardrop: shape.teardrop.map(|p| p + axis * sd), ..shape.clone() });
    }
    add(&Shape { inner_wall: shape.inner_wall.map(|p| p + Vector3::z() * INNER_WALL_SD_MM.hypot(scatter_mm)), ..shape.clone() });
    add(&Shape { floor: shape.floor.map(|p| p - shape.axis.into_inner() * scatter_mm), ..shape.clone() });
    variances
}

/// The hip as it looks when the frame is turned.
fn turned(shape: &Shape, turn: &Rotation3<f64>) -> Shape {
    let mut moved = shape.clone();
    for point in [&mut moved.head, &mut moved.centre] {
        *point = turn * *point;
    }
    for point in [&mut moved.roof_medial, &mut moved.teardrop, &mut moved.floor, &mut moved.inner_wall].into_iter().flatten() {
        *point = turn * *point;
    }
    moved.rim.points.iter_mut().for_each(|p| p.position = turn * p.position);
    moved.axis = turn * moved.axis;
    moved
}

/// One stretch of the rim moved outwards along its meridians; the axis turns by its share of what the plane does.
fn with_stretch_moved(shape: &Shape, stretch: usize, by_mm: f64) -> Shape {
    let mut moved = shape.clone();
    for point in moved.rim.points.iter_mut().filter(|p| (p.hour / 12.0 * STRETCHES as f64) as usize == stretch) {
        let outward = point.position - shape.centre;
        let along = shape.axis.into_inner() - outward * (outward.dot(&shape.axis) / outward.norm_squared());
        point.position += along.try_normalize(1e-9).unwrap_or_default() * by_mm;
    }
    if let (Some(before), Some(after)) = (shape.rim.normal(&shape.axis), moved.rim.normal(&shape.axis)) {
        moved.axis = Unit::new_normalize(shape.axis.into_inner() + (after.into_inner() - before.into_inner()) * AXIS_SHARE);
    }
    moved
}
