//! A solid of revolution.

use crate::mesh::TriMesh;
use nalgebra::Point3;

/// Below this radius a profile point lies on the axis, mm.
const ON_AXIS_MM: f64 = 1e-9;

/// Turns a profile of (radius, height) points about the +Z axis into a closed mesh.
///
/// The profile starts and ends on the axis and has the solid on its left when radius points right and height up, so that a
/// convex body is drawn from its lower pole to its upper one. Points on the axis in between are not allowed.
#[must_use]
pub fn revolve(profile: &[(f64, f64)], segments: u32) -> TriMesh {
    let mut mesh = TriMesh::default();
    let mut rings: Vec<(u32, bool)> = Vec::with_capacity(profile.len());
    for &(radius, height) in profile {
        let pole = radius < ON_AXIS_MM;
        rings.push((mesh.vertices.len() as u32, pole));
        for step in 0..if pole { 1 } else { segments } {
            let (sin, cos) = (std::f64::consts::TAU * f64::from(step) / f64::from(segments)).sin_cos();
            mesh.vertices.push(Point3::new(radius * cos, radius * sin, height));
        }
    }
    let vertex = |(first, pole): (u32, bool), step: u32| if pole { first } else { first + step % segments };
    for pair in rings.windows(2) {
        for step in 0..segments {
            let [a, b] = [vertex(pair[0], step), vertex(pair[0], step + 1)];
            let [d, c] = [vertex(pair[1], step), vertex(pair[1], step + 1)];
            if a != b {
                mesh.triangles.push([a, b, c]);
            }
            if c != d {
                mesh.triangles.push([a, c, d]);
            }
        }
    }
    mesh
}
