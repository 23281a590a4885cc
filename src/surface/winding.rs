//! Inside or outside, exactly, by the generalised winding number: for tests and small use, as every triangle is looked at.

use crate::mesh::TriMesh;
use nalgebra::Point3;
use std::f64::consts::PI;

/// How often the mesh winds around the point: 1 inside and 0 outside a closed mesh that faces outwards
/// (Jacobson 2013, 10.1145/2461912.2461916; solid angles after van Oosterom & Strackee 1983, 10.1109/TBME.1983.325207).
#[must_use]
pub fn winding_number(mesh: &TriMesh, point: &Point3<f64>) -> f64 {
    let solid_angles = (0..mesh.triangles.len()).map(|t| {
        let [a, b, c] = mesh.corners(t).map(|corner| corner - point);
        let (la, lb, lc) = (a.norm(), b.norm(), c.norm());
        let over = a.dot(&b.cross(&c));
        let under = la * lb * lc + a.dot(&b) * lc + b.dot(&c) * la + c.dot(&a) * lb;
        2.0 * over.atan2(under)
    });
    solid_angles.sum::<f64>() / (4.0 * PI)
}

/// True when the point lies inside a closed mesh that faces outwards.
#[must_use]
pub fn is_inside(mesh: &TriMesh, point: &Point3<f64>) -> bool {
    winding_number(mesh, point) > 0.5
}
