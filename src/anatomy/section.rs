//! Plane sections of a bone.

use crate::mesh::TriMesh;
use nalgebra::{Point3, Unit, Vector3};
use std::collections::BTreeMap;

/// One closed contour of a plane section.
#[derive(Clone, Debug)]
pub struct Contour {
    /// Corners in order, LPS mm; the last is joined to the first.
    pub points: Vec<Point3<f64>>,
    /// Centroid of the enclosed area, LPS mm.
    pub centroid: Point3<f64>,
    /// Enclosed area, mm²; negative for a hole.
    pub area_mm2: f64,
}

/// The closed contours in which a plane cuts a watertight mesh.
pub fn contours(mesh: &TriMesh, point: &Point3<f64>, normal: &Unit<Vector3<f64>>) -> Vec<Contour> {
    let height: Vec<f64> = mesh.vertices.iter().map(|p| (p - point).dot(normal)).collect();
    let crossing = |a: u32, b: u32| {
        // The same edge must give the same point whichever triangle asks.
        let (low, high) = (a.min(b) as usize, a.max(b) as usize);
        let t = height[low] / (height[low] - height[high]);
        mesh.vertices[low] + (mesh.vertices[high] - mesh.vertices[low]) * t
    };
    // Entering edge → (leaving edge) of every triangle that is cut; inside lies on the same hand along the whole contour.
    let mut next: BTreeMap<(u32, u32), (u32, u32)> = BTreeMap::new();
    for triangle in &mesh.triangles {
        let above = triangle.map(|v| height[v as usize] >= 0.0);
        if above[0] == above[1] && above[1] == above[2] {
            continue;
        }
        let (mut from, mut to) = (None, None);
        for corner in 0..3 {
            let (a, b) = (triangle[corner], triangle[(corner + 1) % 3]);
            match (above[corner], above[(corner + 1) % 3]) {
                (true, false) => from = Some((a.min(b), a.max(b))),
                (false, true) => to = Some((a.min(b), a.max(b))),
                _ => {}
            }
        }
        if let (Some(from), Some(to)) = (from, to) {
            next.insert(from, to);
        }
    }
    let mut found = Vec::new();
    while let Some((start, mut edge)) = next.pop_first() {
        let mut points = vec![crossing(start.0, start.1)];
        while edge != start {
            points.push(crossing(edge.0, edge.1));
            match next.remove(&edge) {
                Some(following) => edge = following,
                None => break,
            }
        }
        if points.len() > 2 {
            found.push(closed(points, normal));
        }
    }
    found
}

/// The contour around, or else nearest to, a point of the plane.
pub fn contour_at(mesh: &TriMesh, point: &Point3<f64>, normal: &Unit<Vector3<f64>>) -> Option<Contour> {
    contours(mesh, point, normal)
        .into_iter()
        .filter(|c| c.area_mm2 > 0.0)
        .map(|c| {
            let distance = if c.encloses(point, normal) { 0.0 } else { (c.centroid - point).norm() };
            (distance, c)
        })
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, c)| c)
}

fn closed(points: Vec<Point3<f64>>, normal: &Unit<Vector3<f64>>) -> Contour {
    let first = points[0];
    let (mut area, mut moment) = (0.0, Vector3::zeros());
    for pair in points.windows(2).skip(1) {
        let (a, b) = (pair[0] - first, pair[1] - first);
        let twice = a.cross(&b).dot(normal);
        area += twice / 2.0;
        moment += (a + b) * (twice / 6.0);
    }
    let centroid = if area.abs() > 1e-9 { first + moment / area } else { first };
    Contour { points, centroid, area_mm2: area }
}

impl Contour {
    /// True when the point of the plane lies inside (winding angle of the contour seen from it).
    pub fn encloses(&self, point: &Point3<f64>, normal: &Unit<Vector3<f64>>) -> bool {
        let turn: f64 = (0..self.points.len())
            .map(|i| {
                let (a, b) = (self.points[i] - point, self.points[(i + 1) % self.points.len()] - point);
                normal.dot(&a.cross(&b)).atan2(a.dot(&b))
            })
            .sum();
        turn.abs() > std::f64::consts::PI
    }
}
