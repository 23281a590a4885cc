//! The triangle mesh that every stage passes on: points in LPS millimetres, triangles counter-clockwise seen from outside.

use nalgebra::{Isometry3, Point3, Vector3};
use std::collections::HashMap;

/// An indexed triangle mesh, LPS mm unless its owner says otherwise.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TriMesh {
    /// Vertex positions, mm.
    pub vertices: Vec<Point3<f64>>,
    /// Vertex indices, counter-clockwise seen from outside.
    pub triangles: Vec<[u32; 3]>,
}

/// Smallest and largest corner of the box that holds some points; `None` without points.
#[must_use]
pub fn bounds_of(mut points: impl Iterator<Item = Point3<f64>>) -> Option<(Point3<f64>, Point3<f64>)> {
    let first = points.next()?;
    Some(points.fold((first, first), |(low, high), p| (low.inf(&p), high.sup(&p))))
}

impl TriMesh {
    /// True when there is no triangle.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.triangles.is_empty()
    }

    /// The three corners of triangle `index`.
    #[must_use]
    pub fn corners(&self, index: usize) -> [Point3<f64>; 3] {
        self.triangles[index].map(|v| self.vertices[v as usize])
    }

    /// Smallest and largest corner of the bounding box, mm; `None` without vertices.
    #[must_use]
    pub fn bounds(&self) -> Option<(Point3<f64>, Point3<f64>)> {
        bounds_of(self.vertices.iter().copied())
    }

    /// Enclosed volume in mm³ (divergence theorem); positive for a closed mesh whose triangles face outwards.
    #[must_use]
    pub fn volume_mm3(&self) -> f64 {
        let Some((low, _)) = self.bounds() else { return 0.0 };
        (0..self.triangles.len())
            .map(|t| {
                let [a, b, c] = self.corners(t).map(|p| p - low);
                a.dot(&b.cross(&c)) / 6.0
            })
            .sum()
    }

    /// Surface area in mm².
    #[must_use]
    pub fn area_mm2(&self) -> f64 {
        (0..self.triangles.len())
            .map(|t| {
                let [a, b, c] = self.corners(t);
                (b - a).cross(&(c - a)).norm() / 2.0
            })
            .sum()
    }

    /// True when every edge is shared by exactly two triangles that run along it in opposite directions.
    #[must_use]
    pub fn is_watertight(&self) -> bool {
        let mut balance: HashMap<(u32, u32), (i32, i32)> = HashMap::new();
        for [a, b, c] in &self.triangles {
            for (from, to) in [(a, b), (b, c), (c, a)] {
                let entry = balance.entry((*from.min(to), *from.max(to))).or_default();
                if from < to { entry.0 += 1 } else { entry.1 += 1 }
            }
        }
        !self.triangles.is_empty() && balance.values().all(|&count| count == (1, 1))
    }

    /// The mesh moved by a rigid transform.
    #[must_use]
    pub fn transformed(&self, pose: &Isometry3<f64>) -> Self {
        Self { vertices: self.vertices.iter().map(|p| pose * p).collect(), triangles: self.triangles.clone() }
    }

    /// The mesh mirrored in the plane x = 0 (left ↔ right in LPS), triangles turned so that they face outwards again.
    #[must_use]
    pub fn mirrored_x(&self) -> Self {
        Self {
            vertices: self.vertices.iter().map(|p| Point3::new(-p.x, p.y, p.z)).collect(),
            triangles: self.triangles.iter().map(|&[a, b, c]| [a, c, b]).collect(),
        }
    }

    /// Adds another mesh's triangles, without joining anything.
    pub fn append(&mut self, other: &Self) {
        let offset = self.vertices.len() as u32;
        self.vertices.extend_from_slice(&other.vertices);
        self.triangles.extend(other.triangles.iter().map(|t| t.map(|v| v + offset)));
    }

    /// Area-weighted unit normals, one per vertex (zero where a vertex has no area).
    #[must_use]
    pub fn vertex_normals(&self) -> Vec<Vector3<f64>> {
        let mut normals = vec![Vector3::zeros(); self.vertices.len()];
        for (t, triangle) in self.triangles.iter().enumerate() {
            let [a, b, c] = self.corners(t);
            let normal = (b - a).cross(&(c - a));
            for &v in triangle {
                normals[v as usize] += normal;
            }
        }
        normals.iter().map(|n| n.try_normalize(1e-12).unwrap_or_default()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tetrahedron() -> TriMesh {
        TriMesh {
            vertices: vec![Point3::origin(), Point3::new(1.0, 0.0, 0.0), Point3::new(0.0, 1.0, 0.0), Point3::new(0.0, 0.0, 1.0)],
            triangles: vec![[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]],
        }
    }

    #[test]
    fn a_tetrahedron_has_its_volume_and_is_closed() {
        let mesh = tetrahedron();
        assert!((mesh.volume_mm3() - 1.0 / 6.0).abs() < 1e-15);
        assert!(mesh.is_watertight());
        assert!((mesh.mirrored_x().volume_mm3() - 1.0 / 6.0).abs() < 1e-15);
    }

    #[test]
    fn a_missing_or_flipped_triangle_is_noticed() {
        let mut mesh = tetrahedron();
        mesh.triangles[0].swap(0, 1);
        assert!(!mesh.is_watertight());
        mesh.triangles.remove(0);
        assert!(!mesh.is_watertight());
    }
}
