//! Plane cuts through a closed mesh.

use crate::mesh::TriMesh;
use nalgebra::{Point3, Vector3};
use std::collections::BTreeMap;

/// One closed outline of a cut: its centroid and area.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outline {
    pub(super) centroid: Point3<f64>,
    pub(super) area_mm2: f64,
}

/// The outlines in which the plane through `origin` with unit `normal` cuts a closed mesh.
pub(super) fn outlines(mesh: &TriMesh, origin: &Point3<f64>, normal: &Vector3<f64>) -> Vec<Outline> {
    let height: Vec<f64> = mesh.vertices.iter().map(|p| (p - origin).dot(normal)).collect();
    // Every cut triangle joins the two of its edges that cross the plane; walking from edge to edge closes the outlines.
    let mut next: BTreeMap<(u32, u32), (u32, u32)> = BTreeMap::new();
    for t in &mesh.triangles {
        let above = t.map(|v| height[v as usize] >= 0.0);
        if above[0] == above[1] && above[1] == above[2] {
            continue;
        }
        let edges = [(0, 1), (1, 2), (2, 0)];
        let edge = |(a, b): (usize, usize)| (t[a].min(t[b]), t[a].max(t[b]));
        let down = edges.into_iter().find(|&(a, b)| above[a] && !above[b]).map(edge);
        let up = edges.into_iter().find(|&(a, b)| !above[a] && above[b]).map(edge);
        if let (Some(down), Some(up)) = (down, up) {
            next.insert(down, up);
        }
    }
    let crossing = |(a, b): (u32, u32)| {
        let (a, b) = (a as usize, b as usize);
        let share = height[a] / (height[a] - height[b]);
        mesh.vertices[a] + (mesh.vertices[b] - mesh.vertices[a]) * share
    };
    let mut found = Vec::new();
    while let Some((&start, _)) = next.first_key_value() {
        let mut points = Vec::new();
        let mut edge = start;
        while let Some(following) = next.remove(&edge) {
            points.push(crossing(edge));
            edge = following;
        }
        found.extend((points.len() > 2).then(|| outline(&points, normal)));
    }
    found
}

/// Area and centroid of a polygon as a fan of signed triangles about its first corner.
fn outline(points: &[Point3<f64>], normal: &Vector3<f64>) -> Outline {
    let (mut area, mut moment) = (0.0, Vector3::zeros());
    for pair in points[1..].windows(2) {
        let (a, b) = (pair[0] - points[0], pair[1] - points[0]);
        let part = a.cross(&b).dot(normal) / 2.0;
        area += part;
        moment += (a + b) / 3.0 * part;
    }
    let centroid = if area.abs() > 1e-9 { points[0] + moment / area } else { points[0] };
    Outline { centroid, area_mm2: area.abs() }
}

/// The outline whose centroid lies nearest to `point`.
pub(super) fn outline_nearest(
    mesh: &TriMesh,
    origin: &Point3<f64>,
    normal: &Vector3<f64>,
    point: &Point3<f64>,
) -> Option<Outline> {
    let squared = |o: &Outline| (o.centroid - point).norm_squared();
    outlines(mesh, origin, normal).into_iter().min_by(|a, b| squared(a).total_cmp(&squared(b)))
}
