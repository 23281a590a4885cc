//! A solid through a row of parallel elliptical sections.

use crate::mesh::TriMesh;
use nalgebra::{Point3, Vector3};

/// An ellipse in a plane across the Y axis, with its semi-axes along Z and X, mm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ellipse {
    /// Centre.
    pub centre: Point3<f64>,
    /// Semi-axis along Z.
    pub semi_z_mm: f64,
    /// Semi-axis along X.
    pub semi_x_mm: f64,
}

impl Ellipse {
    /// The point at a parameter angle in radians.
    #[must_use]
    pub fn point(&self, angle: f64) -> Point3<f64> {
        let (sin, cos) = angle.sin_cos();
        self.centre + Vector3::new(self.semi_x_mm * sin, 0.0, self.semi_z_mm * cos)
    }
}

/// Joins sections, given from +Y to −Y, by ruled surfaces and closes both ends flat.
#[must_use]
pub fn loft(sections: &[Ellipse], segments: u32) -> TriMesh {
    let mut mesh = TriMesh::default();
    let (Some(top), Some(bottom)) = (sections.first(), sections.last()) else { return mesh };
    for section in sections {
        let step = std::f64::consts::TAU / f64::from(segments);
        mesh.vertices.extend((0..segments).map(|i| section.point(step * f64::from(i))));
    }
    let next = |i: u32| (i + 1) % segments;
    // The parameter angle runs from +Z to +X: seen from +Y that is counter-clockwise.
    for ring in 0..sections.len() as u32 - 1 {
        let (upper, lower) = (ring * segments, (ring + 1) * segments);
        for i in 0..segments {
            mesh.triangles.push([upper + i, lower + i, lower + next(i)]);
            mesh.triangles.push([upper + i, lower + next(i), upper + next(i)]);
        }
    }
    let (top_centre, bottom_centre) = (mesh.vertices.len() as u32, mesh.vertices.len() as u32 + 1);
    mesh.vertices.extend([top.centre, bottom.centre]);
    let last = (sections.len() as u32 - 1) * segments;
    for i in 0..segments {
        mesh.triangles.push([top_centre, i, next(i)]);
        mesh.triangles.push([bottom_centre, last + next(i), last + i]);
    }
    mesh
}
