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

/// A solid through closed outlines of equally many points, each running counter-clockwise seen from the next one; the first and the
/// last are closed towards their middle.
pub(super) fn loft(outlines: &[Vec<Point3<f64>>]) -> TriMesh {
    let (Some(first), Some(last)) = (outlines.first(), outlines.last()) else { return TriMesh::default() };
    let middle =
        |ring: &[Point3<f64>]| Point3::from(ring.iter().map(|p| p.coords).sum::<Vector3<f64>>() / ring.len().max(1) as f64);
    tube([middle(first), middle(last)], outlines)
}

/// The closed surface over rings of equally many points, with a point in the middle of each end.
fn tube(ends: [Point3<f64>; 2], outlines: &[Vec<Point3<f64>>]) -> TriMesh {
    let mut mesh = TriMesh { vertices: ends.to_vec(), triangles: Vec::new() };
    outlines.iter().for_each(|ring| mesh.vertices.extend(ring));
    let (sides, rings) = (outlines.first().map_or(0, Vec::len) as u32, outlines.len() as u32);
    let vertex = |ring: u32, side: u32| 2 + ring * sides + side % sides;
    for side in 0..sides {
        mesh.triangles.push([0, vertex(0, side + 1), vertex(0, side)]);
        mesh.triangles.push([1, vertex(rings - 1, side), vertex(rings - 1, side + 1)]);
        for ring in 0..rings - 1 {
            let [a, b, c, d] = [vertex(ring, side), vertex(ring, side + 1), vertex(ring + 1, side + 1), vertex(ring + 1, side)];
            mesh.triangles.extend([[a, b, c], [a, c, d]]);
        }
    }
    mesh
}

/// A solid of revolution about `axis` (unit) through `origin`: the profile gives (along the axis, radius) in mm and has the solid on
/// its left when the axis points up and the radius to the right.
pub(super) fn lathe(origin: &Point3<f64>, axis: &Vector3<f64>, profile: &[[f64; 2]]) -> TriMesh {
    const SIDES: u32 = 40;
    const STEP_MM: f64 = 2.5;
    let x = if axis.x.abs() < 0.9 { Vector3::x() } else { Vector3::y() }.cross(axis).normalize();
    let y = axis.cross(&x);
    let ring = |along: f64, radius: f64| -> Vec<Point3<f64>> {
        let angles = (0..SIDES).map(|s| TAU * f64::from(s) / f64::from(SIDES));
        angles.map(|t| origin + axis * along + (x * t.cos() + y * t.sin()) * radius.max(1e-3)).collect()
    };
    let mut rings = Vec::new();
    for pair in profile.windows(2) {
        let steps = ((pair[1][0] - pair[0][0]).hypot(pair[1][1] - pair[0][1]) / STEP_MM).ceil().max(1.0) as u32;
        for step in 0..steps {
            let share = f64::from(step) / f64::from(steps);
            rings.push(ring(pair[0][0] + (pair[1][0] - pair[0][0]) * share, pair[0][1] + (pair[1][1] - pair[0][1]) * share));
        }
    }
    rings.extend(profile.last().map(|&[along, radius]| ring(along, radius)));
    loft(&rings)
}

/// A round rod with flat ends from `a` to `b`, mm; empty when they coincide.
pub(super) fn rod(a: &Point3<f64>, b: &Point3<f64>, radius: f64) -> TriMesh {
    const SIDES: u32 = 24;
    const STEP_MM: f64 = 3.0;
    let Some(along) = (b - a).try_normalize(1e-9) else { return TriMesh::default() };
    let x = if along.x.abs() < 0.9 { Vector3::x() } else { Vector3::y() }.cross(&along).normalize();
    let y = along.cross(&x);
    let rings = ((b - a).norm() / STEP_MM).ceil().max(1.0) as u32 + 1;
    let ring = |ring: u32| -> Vec<Point3<f64>> {
        let centre = a + (b - a) * (f64::from(ring) / f64::from(rings - 1));
        let angles = (0..SIDES).map(|s| TAU * f64::from(s) / f64::from(SIDES));
        angles.map(|t| centre + (x * t.cos() + y * t.sin()) * radius).collect()
    };
    tube([*a, *b], &(0..rings).map(ring).collect::<Vec<_>>())
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
    fn a_turned_shell_is_closed_and_has_its_volume() {
        let arc = |radius: f64, from: f64, to: f64| {
            (0..=30)
                .map(move |n| from + (to - from) * f64::from(n) / 30.0)
                .map(move |t| [-radius * f64::cos(t), radius * f64::sin(t)])
        };
        let profile: Vec<_> = arc(25.0, 0.0, FRAC_PI_2).chain(arc(21.0, FRAC_PI_2, 0.0)).collect();
        let mesh = lathe(&Point3::new(1.0, 2.0, 3.0), &Vector3::new(0.6, 0.0, 0.8), &profile);
        assert!(mesh.is_watertight());
        let exact = 2.0 / 3.0 * PI * (25.0_f64.powi(3) - 21.0_f64.powi(3));
        assert!((mesh.volume_mm3() / exact - 1.0).abs() < 0.02, "{} of {exact}", mesh.volume_mm3());
    }

    #[test]
    fn a_rod_is_closed_and_has_its_volume() {
        let mesh = rod(&Point3::new(5.0, 0.0, 0.0), &Point3::new(5.0, 30.0, 40.0), 5.0);
        assert!(mesh.is_watertight());
        let exact = PI * 25.0 * 50.0;
        assert!((mesh.volume_mm3() / exact - 1.0).abs() < 0.02, "{} of {exact}", mesh.volume_mm3());
    }
}
