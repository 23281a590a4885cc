//! The exact signed distance to a closed triangle mesh.
//!
//! The sign is that of the angle-weighted pseudo-normal of the nearest feature (Bærentzen and Aanæs 2005, 10.1109/TVCG.2005.49),
//! which is right everywhere around a closed mesh. Exact rather than sampled on a grid: a sampled field rounds off the liner's rim by
//! a part of its spacing, and 0.1 mm there is 0.4° of motion.

use super::{
    field::Field,
    triangle::{self, Feature, Triangle},
};
use crate::{
    mesh::TriMesh,
    surface::{Closest, MeshIndex},
};
use nalgebra::{Point3, Vector3};
use std::collections::HashMap;

/// A closed mesh, ready for distance queries.
pub struct MeshField {
    index: MeshIndex,
    triangles: Vec<Triangle>,
    normals: Vec<Normals>,
}

/// Pseudo-normals of a triangle's features, of any length.
struct Normals {
    face: Vector3<f64>,
    edges: [Vector3<f64>; 3],
    corners: [Vector3<f64>; 3],
}

impl MeshField {
    /// Prepares a mesh. `None` when it has no triangle with an area.
    #[must_use]
    pub fn new(mesh: &TriMesh) -> Option<Self> {
        let mut solid = mesh.clone();
        solid.triangles.retain(|t| triangle::double_area_mm2(&t.map(|v| mesh.vertices[v as usize])) > triangle::NO_AREA_MM2);
        (!solid.is_empty()).then(|| Self {
            index: MeshIndex::new(&solid),
            triangles: (0..solid.triangles.len()).map(|t| solid.corners(t)).collect(),
            normals: pseudo_normals(&solid),
        })
    }

    fn closest(&self, point: &Point3<f64>, within_mm: f64) -> Option<Closest> {
        // The index's limit is exclusive, and the caller's bound has seen some rounding.
        self.index.closest_within(point, within_mm * (1.0 + 1e-9) + 1e-9).or_else(|| self.index.closest(point))
    }
}

impl Field for MeshField {
    fn distance(&self, point: &Point3<f64>, within_mm: f64) -> (f64, f64) {
        // Nothing is near only what is not a number.
        let Some(closest) = self.closest(point, within_mm) else { return (f64::INFINITY, f64::INFINITY) };
        let normals = &self.normals[closest.triangle];
        let normal = match triangle::feature(&self.triangles[closest.triangle], &closest.point) {
            Feature::Corner(i) => &normals.corners[i],
            Feature::Edge(i) => &normals.edges[i],
            Feature::Face => &normals.face,
        };
        let outwards = (point - closest.point).dot(normal);
        (closest.distance_mm.copysign(outwards), closest.distance_mm)
    }

    fn nearest(&self, point: &Point3<f64>) -> Point3<f64> {
        self.closest(point, f64::INFINITY).map_or(*point, |closest| closest.point)
    }
}

fn pseudo_normals(mesh: &TriMesh) -> Vec<Normals> {
    let mut corners = vec![Vector3::zeros(); mesh.vertices.len()];
    let mut edges: HashMap<(u32, u32), Vector3<f64>> = HashMap::with_capacity(mesh.triangles.len() * 3 / 2);
    let key = |t: &[u32; 3], i: usize| (t[i].min(t[(i + 1) % 3]), t[i].max(t[(i + 1) % 3]));
    let faces: Vec<Vector3<f64>> = (0..mesh.triangles.len()).map(|index| face_normal(&mesh.corners(index))).collect();
    for (index, (t, face)) in mesh.triangles.iter().zip(&faces).enumerate() {
        let p = mesh.corners(index);
        for i in 0..3 {
            let angle = (p[(i + 1) % 3] - p[i]).angle(&(p[(i + 2) % 3] - p[i]));
            corners[t[i] as usize] += face * angle;
            *edges.entry(key(t, i)).or_default() += face;
        }
    }
    let normals = mesh.triangles.iter().zip(faces).map(|(t, face)| Normals {
        face,
        edges: [0, 1, 2].map(|i| edges[&key(t, i)]),
        corners: t.map(|v| corners[v as usize]),
    });
    normals.collect()
}

/// Unit normal; zero for a triangle without area.
fn face_normal(&[a, b, c]: &Triangle) -> Vector3<f64> {
    (b - a).cross(&(c - a)).try_normalize(triangle::NO_AREA_MM2).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::implants::geometry::revolve;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    /// A cylinder's distance is a formula everywhere, edges included: only the facets differ from it.
    #[test]
    fn distances_to_a_cylinder_are_those_of_the_formula() {
        let (radius, half) = (10.0_f64, 15.0);
        let mesh = revolve(&[(0.0, -half), (radius, -half), (radius, half), (0.0, half)], 720);
        let field = MeshField::new(&mesh).unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut near = (Point3::origin(), f64::INFINITY);
        for _ in 0..20_000 {
            let mut side = || rng.random_range(-30.0..30.0_f64);
            let p = Point3::new(side(), side(), side());
            let (out, up) = (p.x.hypot(p.y) - radius, p.z.abs() - half);
            let expected = if out < 0.0 && up < 0.0 { out.max(up) } else { out.max(0.0).hypot(up.max(0.0)) };
            let (found, reach) = field.distance(&p, near.1 + (p - near.0).norm());
            near = (p, reach);
            assert!((found - expected).abs() < 2e-4, "{p}: {found} instead of {expected}");
            assert!((field.nearest(&p) - p).norm() - expected.abs() < 2e-4);
        }
    }

    #[test]
    fn a_mesh_without_area_has_no_field() {
        assert!(MeshField::new(&TriMesh::default()).is_none());
        let flat = TriMesh { vertices: vec![Point3::origin(); 3], triangles: vec![[0, 1, 2]] };
        assert!(MeshField::new(&flat).is_none());
    }
}
