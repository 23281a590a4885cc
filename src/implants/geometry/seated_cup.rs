//! A shell with a liner in it, and a liner by itself.

use super::{arc, arc_steps, columns::columns, cup_mesh, revolve, sphere_segments};
use crate::{
    implants::{Bearing, Cup, Liner},
    mesh::TriMesh,
};
use nalgebra::{Point3, Rotation3, Vector3};
use std::f64::consts::{FRAC_PI_2, PI, TAU};

/// Points on the shell's inside between its rim and a liner's face that lies deeper.
const INSIDE: u32 = 4;

/// A shell with a liner as one solid in the cup's frame: origin at the centre of the **bearing**, +Z out of the opening, +X towards the
/// liner's lip; mm. Without a liner, the cup with its usual one. The ball of a dual mobility is a second closed body.
#[must_use]
pub fn seated_cup_mesh(cup: &Cup, liner: Option<&Liner>, chord_error_mm: f64) -> TriMesh {
    let Some(liner) = liner else { return cup_mesh(cup, chord_error_mm) };
    let plain = !(liner.has_positions() || liner.captive || liner.ball.is_some());
    if plain && liner.lateral_mm == 0.0 && liner.edge_round_mm == 0.0 && liner.rim_height_mm <= 0.0 {
        let (head_diameter_mm, rim_height_mm, chamfer_mm) = (liner.head_diameter_mm, liner.rim_height_mm, liner.chamfer_mm);
        return cup_mesh(&Cup { head_diameter_mm, rim_height_mm, chamfer_mm, ..cup.clone() }, chord_error_mm);
    }
    let shape = Shape {
        bearing: Bearing::of(cup, Some(liner)),
        shell_radius_mm: Some(cup.outer_diameter_mm / 2.0),
        seat_radius_mm: liner.seat_diameter_mm / 2.0,
    };
    let mut mesh = shape.mesh(chord_error_mm);
    if liner.ball.is_some() {
        mesh.append(&liner_mesh(liner, chord_error_mm));
    }
    mesh
}

/// A liner by itself in its frame, mm; of a dual mobility the ball.
#[must_use]
pub fn liner_mesh(liner: &Liner, chord_error_mm: f64) -> TriMesh {
    let bearing = Bearing::of_liner(liner);
    match liner.ball {
        Some(ball) => ball_mesh(&bearing, ball.diameter_mm / 2.0, chord_error_mm),
        None => Shape { bearing, shell_radius_mm: None, seat_radius_mm: liner.seat_diameter_mm / 2.0 }.mesh(chord_error_mm),
    }
}

/// The half section of a liner by itself through the middle of its lip, or of a ball: a closed line of (x, z) in the liner's frame, mm.
#[must_use]
pub fn liner_section(liner: &Liner, chord_error_mm: f64) -> Vec<[f64; 2]> {
    let bearing = Bearing::of_liner(liner);
    if let Some(ball) = liner.ball {
        let profile = ball_profile(&bearing, ball.diameter_mm / 2.0, chord_error_mm);
        let left = profile.iter().rev().map(|(radius, height)| [-radius, *height]);
        return profile.iter().map(|(radius, height)| [*radius, *height]).chain(left).collect();
    }
    let shape = Shape { bearing, shell_radius_mm: None, seat_radius_mm: liner.seat_diameter_mm / 2.0 };
    let flat = |point: &Point3<f64>| [point.x, point.z];
    let (right, left) = (shape.column(0.0, chord_error_mm), shape.column(PI, chord_error_mm));
    let [outer_pole, inner_pole] = shape.poles();
    let up = std::iter::once(&outer_pole).chain(&right);
    up.chain(std::iter::once(&inner_pole)).chain(left.iter().rev()).map(flat).collect()
}

/// A ball that is cut off where it holds the head.
fn ball_mesh(bearing: &Bearing, outside_mm: f64, chord_error_mm: f64) -> TriMesh {
    revolve(&ball_profile(bearing, outside_mm, chord_error_mm), sphere_segments(outside_mm, chord_error_mm))
}

fn ball_profile(bearing: &Bearing, outside_mm: f64, chord_error_mm: f64) -> Vec<(f64, f64)> {
    let [inner, outer] = bearing.edges(0.0);
    let mut profile: Vec<(f64, f64)> = arc(outside_mm, -FRAC_PI_2, (outer.1 / outside_mm).asin(), chord_error_mm).collect();
    if outer != inner {
        profile.push(outer);
    }
    profile.extend(arc(bearing.diameter_mm / 2.0, inner.1.atan2(inner.0), -FRAC_PI_2, chord_error_mm));
    profile
}

/// What lies about a bearing.
struct Shape {
    bearing: Bearing,
    /// Outside of the shell, mm; `None` for a liner by itself.
    shell_radius_mm: Option<f64>,
    /// Outside of the liner, mm.
    seat_radius_mm: f64,
}

impl Shape {
    fn mesh(&self, chord_error_mm: f64) -> TriMesh {
        // On the slopes of a lip, and under a turned face, the rows run across the meridians, and their edges are longer.
        let even = self.bearing.is_round() && self.bearing.face_deg == 0.0;
        let chord_error_mm = if even { chord_error_mm } else { chord_error_mm / 2.0 };
        let outside_mm = self.shell_radius_mm.unwrap_or(self.seat_radius_mm);
        let count = sphere_segments(outside_mm, chord_error_mm);
        let azimuths = (0..count).map(|step| TAU * f64::from(step) / f64::from(count));
        let all: Vec<Vec<Point3<f64>>> = azimuths.map(|azimuth| self.column(azimuth, chord_error_mm)).collect();
        let [outer_pole, inner_pole] = self.poles();
        columns(outer_pole, &all, inner_pole)
    }

    /// The deepest points of outside and bearing.
    fn poles(&self) -> [Point3<f64>; 2] {
        let outside_mm = self.shell_radius_mm.unwrap_or(self.seat_radius_mm);
        let bearing = self.turn() * Point3::new(0.0, 0.0, -self.bearing.diameter_mm / 2.0);
        [Point3::new(0.0, 0.0, -self.bearing.lateral_mm - outside_mm), bearing]
    }

    fn turn(&self) -> Rotation3<f64> {
        Rotation3::rotation_between(&Vector3::z(), &self.bearing.axis()).unwrap_or_else(Rotation3::identity)
    }

    /// From the outside's pole over the rim to the inside's pole, at an azimuth about the rim's own axis.
    fn column(&self, azimuth: f64, chord_error_mm: f64) -> Vec<Point3<f64>> {
        let rim = self.rim(azimuth, chord_error_mm);
        // The outside is round about the cup's axis.
        let about = rim.first().map_or(azimuth, |point| point.y.atan2(point.x));
        let mut column = self.outside(about, azimuth, chord_error_mm);
        column.extend(rim);
        column.extend(self.inside(azimuth, chord_error_mm));
        column
    }

    /// From the face to the bearing.
    fn rim(&self, azimuth: f64, chord_error_mm: f64) -> Vec<Point3<f64>> {
        let [inner, outer] = self.bearing.edges(azimuth);
        let round_mm = self.bearing.edge_round_mm;
        if round_mm > 0.0 {
            let steps = arc_steps(round_mm, FRAC_PI_2, chord_error_mm);
            // From straight up to where the torus touches the bearing.
            let end = if inner.1 < 0.0 { FRAC_PI_2 * 2.0 + inner.1.atan2(inner.0) } else { FRAC_PI_2 * 2.0 };
            let angle = |step: u32| FRAC_PI_2 + (end - FRAC_PI_2) * f64::from(step) / f64::from(steps);
            let on_torus = |angle: f64| (inner.0 + round_mm * angle.cos(), inner.1 + round_mm * angle.sin());
            return (0..=steps).map(|step| self.turned(on_torus(angle(step)), azimuth)).collect();
        }
        let edges = if self.bearing.chamfer_mm > 0.0 { vec![outer, inner] } else { vec![inner] };
        edges.into_iter().map(|edge| self.turned(edge, azimuth)).collect()
    }

    /// The bearing below the rim, without its pole.
    fn inside(&self, azimuth: f64, chord_error_mm: f64) -> Vec<Point3<f64>> {
        let radius = self.bearing.diameter_mm / 2.0;
        // As many in each column: enough for the one that begins highest.
        let [highest, _] = self.bearing.edges(0.0);
        let steps = arc_steps(radius, FRAC_PI_2 + highest.1.max(0.0).atan2(highest.0), chord_error_mm);
        let [inner, _] = self.bearing.edges(azimuth);
        // Where the sphere begins: at the rim, or under a cylinder at its equator.
        let begins = if self.bearing.edge_round_mm > 0.0 {
            inner.1.min(0.0).atan2(inner.0)
        } else {
            let on_sphere = (inner.0.hypot(inner.1) - radius).abs() < 1e-9;
            if on_sphere { inner.1.atan2(inner.0) } else { 0.0 }
        };
        let under_cylinder = begins == 0.0 && inner.1 > 1e-9;
        // The first point is the rim's own, unless a cylinder lies between.
        let first = u32::from(!under_cylinder);
        let angle = |step: u32| begins + (-FRAC_PI_2 - begins) * f64::from(step) / f64::from(steps);
        (first..steps).map(|step| self.turned((radius * angle(step).cos(), radius * angle(step).sin()), azimuth)).collect()
    }

    /// The outside from near its pole to the outer end of the face.
    fn outside(&self, about: f64, azimuth: f64, chord_error_mm: f64) -> Vec<Point3<f64>> {
        let lateral = self.bearing.lateral_mm;
        let at = |radius: f64, height: f64| Point3::new(radius * about.cos(), radius * about.sin(), height - lateral);
        let on = |radius: f64, latitude: f64| at(radius * latitude.cos(), radius * latitude.sin());
        let seat = self.seat_radius_mm;
        let (face, above) = self.face_end(about, azimuth);
        let down_to = if above { 0.0 } else { face };
        let mut points = Vec::new();
        match self.shell_radius_mm {
            Some(shell) => {
                let steps = arc_steps(shell, FRAC_PI_2, chord_error_mm);
                points.extend((1..=steps).map(|step| on(shell, -FRAC_PI_2 * (1.0 - f64::from(step) / f64::from(steps)))));
                let part = |step: u32| f64::from(step) / f64::from(INSIDE);
                points.extend((0..=INSIDE).map(|step| match above {
                    true => at(seat, face * part(step)),
                    false => on(seat, face * part(step)),
                }));
            }
            None => {
                let steps = arc_steps(seat, FRAC_PI_2, chord_error_mm);
                // Where the face ends on the sphere the last point is the arc's own, and both become one.
                let latitude = |step: u32| -FRAC_PI_2 + (down_to + FRAC_PI_2) * f64::from(step) / f64::from(steps);
                points.extend((1..=steps).map(|step| on(seat, latitude(step))));
                points.push(if above { at(seat, face) } else { on(seat, face) });
            }
        }
        points
    }

    /// Where the plane of the face leaves the liner's outside: its height above the shell's centre and true on the cylinder above that, or
    /// its latitude and false on the sphere below.
    fn face_end(&self, about: f64, azimuth: f64) -> (f64, bool) {
        let (axis, seat, lateral) = (self.bearing.axis(), self.seat_radius_mm, self.bearing.lateral_mm);
        let face = self.bearing.face_height_mm(azimuth);
        let height = (face - axis.x * seat * about.cos()) / axis.z + lateral;
        if height > 0.0 {
            return (height, true);
        }
        let (a, b, d) = (axis.x * seat * about.cos(), axis.z * seat, face + axis.z * lateral);
        (b.atan2(a) - (d / a.hypot(b)).clamp(-1.0, 1.0).acos(), false)
    }

    fn turned(&self, (radius, height): (f64, f64), azimuth: f64) -> Point3<f64> {
        self.turn() * Point3::new(radius * azimuth.cos(), radius * azimuth.sin(), height)
    }
}
