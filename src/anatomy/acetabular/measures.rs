//! Each measure of the socket, as a function of its shape. What cannot be measured on a shape is `None`.

use super::{coverage::seen_from, quantities::*, shape::Shape};
use crate::anatomy::{measurement::Quantity, murray::CupAngles};
use nalgebra::{Point3, Vector3};

/// Turn of the pelvis for a false profile.
const FALSE_PROFILE_DEG: f64 = 65.0;
/// Levels at which the front wall is compared with the back wall.
const LEVELS: usize = 40;

/// What a measure needs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Concerns {
    /// The socket alone.
    Socket,
    /// The femoral head as well.
    Head,
}
use Concerns::{Head, Socket};

type MeasureOf = fn(&Shape) -> Option<f64>;

/// Quantity, need and function, in the order in which they are told.
pub(super) const MEASURES: [(&Quantity, Concerns, MeasureOf); 36] = [
    (&LCE, Head, |s| centre_edge(s, &Vector3::z())),
    (&ACE, Head, |s| centre_edge(s, &false_profile())),
    (&PCE, Head, posterior_centre_edge),
    (&MCE, Head, |s| Some(-lateral_deg(&(s.roof_medial? - s.head)))),
    (&TONNIS, Head, tonnis),
    (&SHARP, Head, sharp),
    (&INCLINATION_RADIOGRAPHIC, Socket, |s| Some(angles(s).inclination_deg)),
    (&ANTEVERSION_RADIOGRAPHIC, Socket, |s| Some(angles(s).anteversion_deg)),
    (&INCLINATION_OPERATIVE, Socket, |s| Some(angles(s).operative_deg().0)),
    (&ANTEVERSION_OPERATIVE, Socket, |s| Some(angles(s).operative_deg().1)),
    (&INCLINATION_ANATOMIC, Socket, |s| Some(angles(s).anatomic_deg().0)),
    (&ANTEVERSION_ANATOMIC, Socket, |s| Some(angles(s).anatomic_deg().1)),
    (&VERSION_1, Socket, |s| version(s, s.rim.at(1.0)?.y)),
    (&VERSION_2, Socket, |s| version(s, s.rim.at(2.0)?.y)),
    (&VERSION_3, Socket, |s| version(s, s.rim.at(3.0)?.y)),
    (&VERSION_CENTRAL, Head, |s| version(s, s.head.y)),
    (&CROSSOVER, Socket, crossover),
    (&SOCKET_DIAMETER, Socket, |s| Some(2.0 * s.radius_mm)),
    (&DEPTH, Socket, depth),
    (&WIDTH, Socket, width),
    (&DEPTH_TO_WIDTH, Socket, |s| Some(depth(s)? / width(s)?)),
    (&RIM_ANGLE, Socket, rim_angle),
    (&COVERAGE_TOTAL, Head, |s| seen_from(s, &Vector3::y_axis())),
    (&COVERAGE_ANTERIOR, Head, |s| seen_from(s, &Vector3::x_axis())),
    (&COVERAGE_POSTERIOR, Head, |s| seen_from(s, &-Vector3::x_axis())),
    (&REACH_12, Head, |s| reach(s, 0.0)),
    (&REACH_1_30, Head, |s| reach(s, 1.5)),
    (&REACH_3, Head, |s| reach(s, 3.0)),
    (&REACH_9, Head, |s| reach(s, 9.0)),
    (&REACH_10_30, Head, |s| reach(s, 10.5)),
    (&EXTRUSION, Head, extrusion),
    (&HEAD_ANTERIOR, Head, |s| Some((s.head - s.centre).x)),
    (&HEAD_SUPERIOR, Head, |s| Some((s.head - s.centre).y)),
    (&HEAD_LATERAL, Head, |s| Some((s.head - s.centre).z)),
    (&HEAD_ILIOISCHIAL, Head, |s| Some(s.head.z - s.head_radius_mm - s.inner_wall?.z)),
    (&HEAD_SOCKET, Head, |s| Some((s.head - s.centre).norm())),
];

/// Horizontal direction of a false profile's film: the hip's side of the pelvis turned back by 65° from the frontal plane.
fn false_profile() -> Vector3<f64> {
    let (sin, cos) = FALSE_PROFILE_DEG.to_radians().sin_cos();
    Vector3::new(sin, 0.0, cos)
}

fn centre_edge(shape: &Shape, towards: &Vector3<f64>) -> Option<f64> {
    let to_edge = shape.edge(towards)? - shape.head;
    Some(to_edge.dot(towards).atan2(to_edge.y).to_degrees())
}

/// The edge that lies furthest back: below the centre's level in most hips, so that height has no say.
fn posterior_centre_edge(shape: &Shape) -> Option<f64> {
    let to_edge = shape.posterior_edge()? - shape.head;
    (to_edge.x < 0.0).then(|| (-to_edge.x).atan2(to_edge.y).to_degrees())
}

/// Angle from the vertical in the frontal plane, lateral positive, degrees.
fn lateral_deg(v: &Vector3<f64>) -> f64 {
    v.z.atan2(v.y).to_degrees()
}

/// Slope in the frontal plane of the line from a medial to a lateral point, degrees; positive when the lateral one is higher.
fn slope_deg(medial: &Point3<f64>, lateral: &Point3<f64>) -> f64 {
    (lateral.y - medial.y).atan2(lateral.z - medial.z).to_degrees()
}

fn tonnis(shape: &Shape) -> Option<f64> {
    Some(slope_deg(&shape.roof_medial?, &shape.edge(&Vector3::z())?))
}

fn sharp(shape: &Shape) -> Option<f64> {
    Some(slope_deg(&shape.teardrop?, &shape.edge(&Vector3::z())?))
}

fn angles(shape: &Shape) -> CupAngles {
    CupAngles::of_right_hip_axis(&shape.axis)
}

/// Front and back wall in a horizontal plane.
fn walls(shape: &Shape, level: f64) -> Option<[Point3<f64>; 2]> {
    let plane = Point3::new(0.0, level, 0.0);
    let by_front = |a: &Point3<f64>, b: &Point3<f64>| a.x.total_cmp(&b.x);
    let crossings: Vec<_> = shape.rim.crossings(&plane, &Vector3::y()).collect();
    Some([*crossings.iter().max_by(|a, b| by_front(a, b))?, *crossings.iter().min_by(|a, b| by_front(a, b))?])
}

fn version(shape: &Shape, level: f64) -> Option<f64> {
    let [front, back] = walls(shape, level)?;
    (front.x > back.x).then(|| (back.z - front.z).atan2(front.x - back.x).to_degrees())
}

fn crossover(shape: &Shape) -> Option<f64> {
    let top = shape.rim.points.iter().map(|p| p.position.y).max_by(f64::total_cmp)?;
    let bottom = shape.rim.at(4.0)?.y;
    let versions: Vec<f64> =
        (0..LEVELS).filter_map(|i| version(shape, top + (bottom - top) * (i as f64 + 0.5) / LEVELS as f64)).collect();
    if versions.is_empty() {
        return None;
    }
    Some(100.0 * versions.iter().filter(|v| **v < 0.0).count() as f64 / versions.len() as f64)
}

fn depth(shape: &Shape) -> Option<f64> {
    Some(shape.rim.level(&shape.floor?, &shape.axis))
}

fn width(shape: &Shape) -> Option<f64> {
    mean(shape, |p| 2.0 * (p - shape.centre).cross(&shape.axis).norm())
}

fn rim_angle(shape: &Shape) -> Option<f64> {
    mean(shape, |p| (p - shape.centre).angle(&-shape.axis.into_inner()).to_degrees())
}

/// Mean over the rim, the notch left aside.
fn mean(shape: &Shape, of: impl Fn(&Point3<f64>) -> f64) -> Option<f64> {
    let values: Vec<f64> = shape.rim.points.iter().filter(|p| !p.notch).map(|p| of(&p.position)).collect();
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn reach(shape: &Shape, hour: f64) -> Option<f64> {
    Some(shape.reach_deg(&shape.rim.at(hour)?))
}

fn extrusion(shape: &Shape) -> Option<f64> {
    let lateral_end = shape.head.z + shape.head_radius_mm;
    Some(100.0 * (lateral_end - shape.edge(&Vector3::z())?.z) / (2.0 * shape.head_radius_mm))
}
