//! Simple closed solids, for the bones that the shape model lacks.

use crate::mesh::TriMesh;
use nalgebra::{Matrix3, Point3, Vector3};
use std::f64::consts::{FRAC_PI_2, PI, TAU};

/// A superellipsoid (Barr 1981, 10.1109/MCG.1981.1673799) whose half-axes are the columns of `axes` (right-handed), mm.
///
/// `vertical` squares the profile along the third axis and `around` the outline about it: 1 is an ellipsoid, towards 0 a box.
pub(super) fn superellipsoid(centre: &Point3<f64>, axes: &Matrix3<f64>, vertical: f64, around: f64) -> TriMesh {
    const RINGS: u32 = 16;
    const SIDES: u32 = 28;
    let power = |value: f64, exponent: f64| value.signum() * value.abs().powf(exponent);
    let at = |latitude: f64, longitude: f64| {
        let ring = power(latitude.cos(), vertical);
        let (x, y) = (ring * power(longitude.cos(), around), ring * power(longitude.sin(), around));
        centre + axes * Vector3::new(x, y, power(latitude.sin(), vertical))
    };
    let mut mesh = TriMesh { vertices: vec![at(-FRAC_PI_2, 0.0)], triangles: Vec::new() };
    for ring in 1..RINGS {
        let latitude = PI * f64::from(ring) / f64::from(RINGS) - FRAC_PI_2;
        mesh.vertices.extend((0..SIDES).map(|s| at(latitude, TAU * f64::from(s) / f64::from(SIDES))));
    }
    mesh.vertices.push(at(FRAC_PI_2, 0.0));
    let top = mesh.vertices.len() as u32 - 1;
    let vertex = |ring: u32, side: u32| 1 + (ring - 1) * SIDES + side % SIDES;
    for side in 0..SIDES {
        mesh.triangles.push([0, vertex(1, side + 1), vertex(1, side)]);
        mesh.triangles.push([top, vertex(RINGS - 1, side), vertex(RINGS - 1, side + 1)]);
        for ring in 1..RINGS - 1 {
            let [a, b, c, d] = [vertex(ring, side), vertex(ring, side + 1), vertex(ring + 1, side + 1), vertex(ring + 1, side)];
            mesh.triangles.extend([[a, b, c], [a, c, d]]);
        }
    }
    mesh
}

/// A round rod with flat ends from `a` to `b`, mm; empty when they coincide.
pub(super) fn rod(a: &Point3<f64>, b: &Point3<f64>, radius: f64) -> TriMesh {
    const SIDES: u32 = 24;
    const STEP_MM: f64 = 3.0;
    let Some(along) = (b - a).try_normalize(1e-9) else { return TriMesh::default() };
    let x = if along.x.abs() < 0.9 { Vector3::x() } else { Vector3::y() }.cross(&along).normalize();
    let y = along.cross(&x);
    let rings = ((b - a).norm() / STEP_MM).ceil().max(1.0) as u32 + 1;
    let mut mesh = TriMesh { vertices: vec![*a, *b], triangles: Vec::new() };
    for ring in 0..rings {
        let centre = a + (b - a) * (f64::from(ring) / f64::from(rings - 1));
        let angles = (0..SIDES).map(|s| TAU * f64::from(s) / f64::from(SIDES));
        mesh.vertices.extend(angles.map(|t| centre + (x * t.cos() + y * t.sin()) * radius));
    }
    let vertex = |ring: u32, side: u32| 2 + ring * SIDES + side % SIDES;
    for side in 0..SIDES {
        mesh.triangles.push([0, vertex(0, side + 1), vertex(0, side)]);
        mesh.triangles.push([1, vertex(rings - 1, side), vertex(rings - 1, side + 1)]);
        for ring in 0..rings - 1 {
            let [a, b, c, d] = [vertex(ring, side), vertex(ring, side + 1), vertex(ring + 1, side + 1), vertex(ring + 1, side)];
            mesh.triangles.extend([[a, b, c], [a, c, d]]);
        }
    }
    mesh
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ellipsoid_is_closed_and_has_its_volume() {
        let axes = Matrix3::from_diagonal(&Vector3::new(10.0, 15.0, 20.0));
        let mesh = superellipsoid(&Point3::new(1.0, 2.0, 3.0), &axes, 1.0, 1.0);
        assert!(mesh.is_watertight());
        let exact = 4.0 / 3.0 * PI * 3000.0;
        assert!((mesh.volume_mm3() / exact - 1.0).abs() < 0.03, "{} of {exact}", mesh.volume_mm3());
    }

    #[test]
    fn a_rod_is_closed_and_has_its_volume() {
        let mesh = rod(&Point3::new(5.0, 0.0, 0.0), &Point3::new(5.0, 30.0, 40.0), 5.0);
        assert!(mesh.is_watertight());
        let exact = PI * 25.0 * 50.0;
        assert!((mesh.volume_mm3() / exact - 1.0).abs() < 0.02, "{} of {exact}", mesh.volume_mm3());
    }
}
