//! The socket of a phantom by the definition that measurements follow, worked out on the true surface.
//!
//! The definition is told in `anatomy::opening`; nothing but its words and figures is shared. Here it is integrated over the triangles
//! themselves and over five times as many half-planes. The shape model's own lunate vertices cannot answer: they leave out the anterior
//! horn, from 2 to 5 o'clock, and reach round the rim to its outer side.

use super::{
    sphere::{FittedSphere, tukey_sphere},
    truth::{HipTruth, edge_on, near_sphere, weighted_axes},
};
use crate::mesh::TriMesh;
use nalgebra::{Point3, Unit, Vector3};
use std::f64::consts::TAU;

/// Sphere and opening axis of a socket.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SocketTruth {
    /// Through the lunate surface, 5° to 45° beneath the rim as seen from its centre, LPS mm.
    pub sphere: FittedSphere,
    /// Normal of the plane through the rim without the notch, out of the opening, LPS.
    pub axis: Unit<Vector3<f64>>,
}

const MERIDIANS: usize = 360;
/// Each edge of a triangle is parted into so many.
const PARTS: usize = 4;
const LUNATE_DEG: std::ops::Range<f64> = 5.0..45.0;
const LUNATE_MM: f64 = 5.0;
const NOTCH_DEG: f64 = 45.0;
const NOTCH_DEPTH: [f64; 2] = [0.12, 0.28];
/// What lies this far below the rest of the rim, in radii, tells where the notch is.
const DEEP: f64 = 0.2;
const ROUNDS: usize = 80;

/// The socket of a hip bone whose hip is known about; `None` when it has no rim or no sphere.
#[must_use]
pub fn socket_truth(hip: &TriMesh, about: &HipTruth) -> Option<SocketTruth> {
    let mut socket = SocketTruth { sphere: about.acetabulum, axis: about.acetabular_axis };
    for _ in 0..ROUNDS {
        let rim = Rim::of(hip, &socket)?;
        let sphere = tukey_sphere(&socket.sphere, &rim.lunate(hip, &socket))?;
        let moved = (sphere.centre - socket.sphere.centre).norm() + (rim.normal.into_inner() - socket.axis.into_inner()).norm();
        let centre = nalgebra::center(&sphere.centre, &socket.sphere.centre);
        let radius_mm = f64::midpoint(sphere.radius_mm, socket.sphere.radius_mm);
        socket.sphere = FittedSphere { centre, radius_mm, ..sphere };
        socket.axis = Unit::new_normalize(socket.axis.into_inner() + rim.normal.into_inner());
        if moved < 1e-5 {
            break;
        }
    }
    Some(socket)
}

/// The rim about a sphere and an axis.
struct Rim {
    across: [Vector3<f64>; 2],
    /// Angle from the axis, radians, and how much it counts, on every half-plane.
    edges: Vec<Option<(f64, f64)>>,
    normal: Unit<Vector3<f64>>,
}

impl Rim {
    fn of(hip: &TriMesh, SocketTruth { sphere, axis }: &SocketTruth) -> Option<Self> {
        let u = axis.cross(&Vector3::z()).try_normalize(1e-6)?;
        let across = [u, axis.cross(&u)];
        let towards = |i: usize| {
            let (sin, cos) = (TAU * i as f64 / MERIDIANS as f64).sin_cos();
            across[0] * cos + across[1] * sin
        };
        let wall = near_sphere(hip, sphere);
        let found: Vec<_> = (0..MERIDIANS).map(|i| edge_on(&wall, sphere, axis, &towards(i))).collect();
        let mut heights: Vec<f64> = found.iter().flatten().map(|p| (p - sphere.centre).dot(axis)).collect();
        heights.sort_by(f64::total_cmp);
        let level = *heights.get(heights.len() / 2)?;
        let deep = |p: &Option<Point3<f64>>| p.is_none_or(|p| (p - sphere.centre).dot(axis) < level - DEEP * sphere.radius_mm);
        let notch: Vector3<f64> = (0..MERIDIANS).filter(|&i| deep(&found[i])).map(towards).sum();
        let share = |i: usize, height_mm: f64| {
            if notch.angle(&towards(i)).to_degrees() > NOTCH_DEG {
                return 1.0;
            }
            let faded = (-height_mm / sphere.radius_mm - NOTCH_DEPTH[0]) / (NOTCH_DEPTH[1] - NOTCH_DEPTH[0]);
            let faded = faded.clamp(0.0, 1.0);
            1.0 - faded * faded * (3.0 - 2.0 * faded)
        };
        let (mut middle, mut normal) = (sphere.centre + axis.scale(level), axis.into_inner());
        for _ in 0..40 {
            let weighted: Vec<_> =
                found.iter().enumerate().filter_map(|(i, p)| Some(((*p)?, share(i, ((*p)? - middle).dot(&normal))))).collect();
            let (mean, axes) = weighted_axes(&weighted)?;
            (middle, normal) = (mean, if axes[0].dot(axis) < 0.0 { -axes[0] } else { axes[0] });
        }
        let edge = |(i, p): (usize, &Option<Point3<f64>>)| {
            let p = (*p)?;
            Some(((p - sphere.centre).angle(axis), share(i, (p - middle).dot(&normal))))
        };
        Some(Self { across, edges: found.iter().enumerate().map(edge).collect(), normal: Unit::try_new(normal, 1e-9)? })
    }

    /// Places of the lunate surface and the solid angle that each stands for.
    fn lunate(&self, hip: &TriMesh, SocketTruth { sphere, axis }: &SocketTruth) -> Vec<(Point3<f64>, f64)> {
        let mut found = Vec::new();
        for triangle in near_sphere(hip, sphere) {
            let normal = (triangle[1] - triangle[0]).cross(&(triangle[2] - triangle[0])) / (2 * PARTS * PARTS) as f64;
            for p in parted(&triangle) {
                let ray = p - sphere.centre;
                let distance = ray.norm();
                // The area as the centre sees it; negative where the surface looks away.
                let solid_angle = -normal.dot(&ray) / distance.powi(3);
                if solid_angle <= 0.0 || (distance - sphere.radius_mm).abs() >= LUNATE_MM {
                    continue;
                }
                let turn = ray.dot(&self.across[1]).atan2(ray.dot(&self.across[0])).rem_euclid(TAU) / TAU * MERIDIANS as f64;
                let Some((edge, share)) = self.edges[turn.round() as usize % MERIDIANS] else { continue };
                if LUNATE_DEG.contains(&(ray.angle(axis) - edge).to_degrees()) && share > 0.0 {
                    found.push((p, solid_angle * share));
                }
            }
        }
        found
    }
}

/// The middles of the equal parts of a triangle.
pub(super) fn parted([a, b, c]: &[Point3<f64>; 3]) -> impl Iterator<Item = Point3<f64>> {
    let (a, along, across) = (*a, (b - a) / PARTS as f64, (c - a) / PARTS as f64);
    (0..PARTS).flat_map(move |i| {
        (0..PARTS - i).flat_map(move |j| {
            let middle = move |of: f64| a + along * (i as f64 + of) + across * (j as f64 + of);
            [Some(middle(1.0 / 3.0)), (i + j + 1 < PARTS).then(|| middle(2.0 / 3.0))].into_iter().flatten()
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_triangle_have_its_middle() {
        let triangle = [Point3::new(0.0, 0.0, 0.0), Point3::new(3.0, 0.0, 1.0), Point3::new(0.0, 6.0, 2.0)];
        let parts: Vec<_> = parted(&triangle).collect();
        let mean = parts.iter().map(|p| p.coords).sum::<Vector3<f64>>() / parts.len() as f64;
        assert!(parts.len() == PARTS * PARTS && (mean - Vector3::new(1.0, 2.0, 1.0)).norm() < 1e-12, "{parts:?}");
    }
}
