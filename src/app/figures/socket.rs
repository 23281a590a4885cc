//! Axis, angles and rim of a socket.

use super::{Figure, arc::Angle, value};
use crate::{
    anatomy::{CupAngles, Examination, LandmarkName::FemoralHeadCentre},
    app::{examination::Shown, model::Layer},
    frames::Side,
};
use nalgebra::Point3;

/// The rim curve among the curves of an examination.
const RIM: &str = "acetabular_reach";
/// Length of the drawn axis, and radii of the arcs, in radii of the socket.
const AXIS: f64 = 3.0;
const LATERAL_EDGE: f64 = 2.0;
const INCLINATION: f64 = 2.4;
const ANTEVERSION: f64 = 2.8;
/// Beyond this lateral centre–edge angle the head stands above the socket's edge, and an arc to it tells nothing.
const OUT_OF_SOCKET_DEG: f64 = 90.0;

/// Opening axis with radiographic inclination and anteversion, lateral centre–edge angle, rim.
pub(super) fn draw(examination: &Examination, shown: &Shown, side: Side, found: &mut Vec<Figure>) {
    let (Some(pelvis), Some(socket)) = (&examination.anatomy.pelvis, &examination.anatomy.hip(side).acetabulum) else { return };
    let (app, centre, radius_mm) = (&pelvis.app, socket.sphere.centre, socket.sphere.radius_mm);
    let up = app.superior().into_inner();
    if let Some(curve) = examination.curves.iter().find(|curve| curve.quantity.key == RIM && curve.side == side) {
        // The curve's own order is that in which the head sees it: no loop where the head has left the socket.
        let across = socket.axis.cross(&up);
        let turn = |p: &Point3<f64>| {
            let off = p - centre;
            off.dot(&socket.axis.cross(&across)).atan2(off.dot(&across))
        };
        let mut points: Vec<_> = curve.points.iter().map(|point| point.position).collect();
        points.sort_by(|a, b| turn(a).total_cmp(&turn(b)));
        points.extend(points.first().copied());
        found.push(Figure::line(Layer::Rims, Some(side), points));
    }
    let inclination = value(shown, "acetabular_inclination_radiographic", side);
    let anteversion = value(shown, "acetabular_anteversion_radiographic", side);
    if let (Some(inclination_deg), Some(anteversion_deg)) = (inclination, anteversion) {
        let axis = CupAngles { inclination_deg, anteversion_deg }.axis(app, side).into_inner();
        found.push(Figure::line(Layer::Axes, Some(side), [centre, centre + axis * (AXIS * radius_mm)]));
        let front = app.anterior().into_inner();
        let flat = axis - front * front.dot(&axis);
        for (from, to, radius, key, value_deg) in [
            (-up, flat, INCLINATION, "arc-inclination", inclination_deg),
            (flat, axis, ANTEVERSION, "arc-anteversion", anteversion_deg),
        ] {
            let angle = Angle { side, vertex: centre, from, to, radius_mm: radius * radius_mm, key, value_deg };
            found.extend(angle.draw());
        }
    }
    let head = shown.landmarks.position(FemoralHeadCentre, side);
    let edge_deg = value(shown, "lateral_centre_edge_angle", side).filter(|angle| angle.abs() < OUT_OF_SOCKET_DEG);
    if let (Some(vertex), Some(value_deg)) = (head, edge_deg) {
        let lateral = app.right().into_inner() * -side.lps_sign();
        let (sin, cos) = value_deg.to_radians().sin_cos();
        let to = up * cos + lateral * sin;
        let angle =
            Angle { side, vertex, from: up, to, radius_mm: LATERAL_EDGE * radius_mm, key: "arc-lateral-centre-edge", value_deg };
        found.extend(angle.draw());
    }
}
