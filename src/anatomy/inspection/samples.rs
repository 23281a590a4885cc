//! Points on a surface that stand for all of it.

use crate::mesh::TriMesh;
use nalgebra::{Point3, Vector3};

/// Points of the surface that take part.
const SAMPLES: usize = 400;
/// Points of the surface that choose among the starting poses.
const FEW_SAMPLES: usize = 100;

/// Points spread evenly over a surface, with its outward normals there.
pub(in crate::anatomy) struct Samples {
    pub points: Vec<Point3<f64>>,
    pub normals: Vec<Vector3<f64>>,
}

impl Samples {
    /// The middles of triangles, one for every equal share of the area.
    pub fn of(mesh: &TriMesh) -> Self {
        let share = mesh.area_mm2() / SAMPLES as f64;
        let (mut points, mut normals) = (Vec::new(), Vec::new());
        let mut area = 0.0;
        for t in 0..mesh.triangles.len() {
            let [a, b, c] = mesh.corners(t);
            let normal = (b - a).cross(&(c - a));
            area += normal.norm() / 2.0;
            if area >= share * (points.len() as f64 + 0.5) {
                points.push(((a.coords + b.coords + c.coords) / 3.0).into());
                normals.push(normal.try_normalize(0.0).unwrap_or_default());
            }
        }
        Self { points, normals }
    }

    /// Mirrored in x = 0.
    pub fn mirrored(&self) -> Self {
        let across = |v: &Vector3<f64>| Vector3::new(-v.x, v.y, v.z);
        Self {
            points: self.points.iter().map(|p| across(&p.coords).into()).collect(),
            normals: self.normals.iter().map(across).collect(),
        }
    }

    /// The samples to the patient's left of their middle in LPS, and those to the right.
    pub fn halves(&self) -> [Self; 2] {
        let middle = self.points.iter().map(|p| p.x).sum::<f64>() / self.points.len() as f64;
        [true, false].map(|left| {
            let chosen = || self.points.iter().zip(&self.normals).filter(move |(p, _)| (p.x > middle) == left);
            Self { points: chosen().map(|(p, _)| *p).collect(), normals: chosen().map(|(_, n)| *n).collect() }
        })
    }

    /// Fewer of them, as evenly spread.
    pub fn few(&self) -> Self {
        let step = (self.points.len() / FEW_SAMPLES).max(1);
        Self {
            points: self.points.iter().copied().step_by(step).collect(),
            normals: self.normals.iter().copied().step_by(step).collect(),
        }
    }
}
