//! Where a plane meets a mesh: sections as polylines, and the half behind the plane as a closed mesh.

use super::{bone::closed, error::SurfaceError, polygon::triangulate, repair::compact};
use crate::mesh::TriMesh;
use nalgebra::{Point3, Vector2, Vector3};
use std::collections::HashMap;

/// A vertex nearer to the plane than this counts as this far in front of it, so that every edge either crosses the plane or does
/// not, mm.
const NUDGE_MM: f64 = 1e-6;

/// The part of a closed mesh behind a plane (where `(p − point)·normal < 0`), closed by a flat cap that faces along `normal`.
/// The mesh itself when all of it is behind; empty when nothing is. `normal` may have any length but zero.
///
/// # Errors
/// [`SurfaceError::Empty`] when there is no mesh; [`SurfaceError::Open`] when it is not closed, or cuts itself in the plane so that no closed cap exists.
pub fn plane_cut(mesh: &TriMesh, point: &Point3<f64>, normal: &Vector3<f64>) -> Result<TriMesh, SurfaceError> {
    closed(mesh, "the mesh to be cut")?;
    let cut = Cut::new(mesh, point, normal);
    let (u, v) = axes(normal);
    let flat: Vec<Vector2<f64>> = cut.points.iter().map(|p| Vector2::new(u.dot(&(p - point)), v.dot(&(p - point)))).collect();
    let offset = mesh.vertices.len() as u32;
    let vertices = [mesh.vertices.as_slice(), &cut.points].concat();
    let mut triangles = cut.kept.clone();
    triangles.extend(triangulate(&flat, cut.loops()).into_iter().map(|t| t.map(|v| v + offset)));
    let half = compact(&vertices, triangles);
    if !half.is_empty() {
        closed(&half, "the half behind the plane")?;
    }
    Ok(half)
}

/// The closed lines in which a plane meets a closed mesh, LPS mm, the first point not repeated. Seen against `normal` they run
/// counter-clockwise around solid and clockwise around holes. Lines that do not close, in an open mesh, are left out.
#[must_use]
pub fn cross_section(mesh: &TriMesh, point: &Point3<f64>, normal: &Vector3<f64>) -> Vec<Vec<Point3<f64>>> {
    let cut = Cut::new(mesh, point, normal);
    cut.loops().into_iter().map(|line| line.into_iter().map(|p| cut.points[p as usize]).collect()).collect()
}

/// A line in which a plane meets a mesh.
#[derive(Clone, Debug, PartialEq)]
pub struct SectionLine {
    /// LPS mm; the first point of a closed line is not repeated.
    pub points: Vec<Point3<f64>>,
    /// It comes back to where it began; not so at the edge of an open mesh.
    pub closed: bool,
}

/// All lines in which a plane meets a mesh, open or closed, LPS mm: for the eye. They run as those of [`cross_section`] do.
#[must_use]
pub fn section_lines(mesh: &TriMesh, point: &Point3<f64>, normal: &Vector3<f64>) -> Vec<SectionLine> {
    let cut = Cut::new(mesh, point, normal);
    let line = |(numbers, closed): (Vec<u32>, bool)| SectionLine {
        points: numbers.into_iter().map(|p| cut.points[p as usize]).collect(),
        closed,
    };
    cut.lines().into_iter().map(line).collect()
}

/// Two unit vectors that make a right-handed frame with `normal`.
fn axes(normal: &Vector3<f64>) -> (Vector3<f64>, Vector3<f64>) {
    let mut least = Vector3::zeros();
    least[normal.iamin()] = 1.0;
    let u = normal.cross(&least).normalize();
    (u, normal.cross(&u).normalize())
}

/// What a plane leaves of a mesh.
struct Cut {
    /// Where edges cross the plane.
    points: Vec<Point3<f64>>,
    /// From each point to the next along the rim of the cap.
    next: Vec<Option<u32>>,
    /// Triangles behind the plane; vertices beyond the mesh's are `points`.
    kept: Vec<[u32; 3]>,
}

impl Cut {
    fn new(mesh: &TriMesh, point: &Point3<f64>, normal: &Vector3<f64>) -> Self {
        let normal = normal.normalize();
        let height = |v: &Point3<f64>| Some(normal.dot(&(v - point))).filter(|h| h.abs() >= NUDGE_MM).unwrap_or(NUDGE_MM);
        let heights: Vec<f64> = mesh.vertices.iter().map(height).collect();
        let behind = |v: u32| heights[v as usize] < 0.0;
        let offset = mesh.vertices.len() as u32;
        let mut number: HashMap<(u32, u32), u32> = HashMap::new();
        let mut cut = Self { points: Vec::new(), next: Vec::new(), kept: Vec::new() };
        for triangle in &mesh.triangles {
            let count = triangle.iter().filter(|&&v| behind(v)).count();
            if count % 3 == 0 {
                cut.kept.extend((count == 3).then_some(*triangle));
                continue;
            }
            // Turned so that `a` is alone on its side of the plane.
            let alone = (0..3).find(|&n| behind(triangle[n]) == (count == 1)).unwrap_or_default();
            let [a, b, c] = [0, 1, 2].map(|n| triangle[(alone + n) % 3]);
            let mut crossing = |v: u32, w: u32| {
                let (v, w) = (v.min(w), v.max(w));
                *number.entry((v, w)).or_insert_with(|| {
                    let (from, to) = (mesh.vertices[v as usize], mesh.vertices[w as usize]);
                    let (hv, hw) = (heights[v as usize], heights[w as usize]);
                    cut.points.push(from + (to - from) * (hv / (hv - hw)));
                    cut.next.push(None);
                    cut.points.len() as u32 - 1
                })
            };
            let (p, q) = (crossing(a, b), crossing(a, c));
            if count == 1 {
                cut.kept.push([a, p + offset, q + offset]);
                cut.next[q as usize] = Some(p);
            } else {
                cut.kept.extend([[p + offset, b, c], [p + offset, c, q + offset]]);
                cut.next[p as usize] = Some(q);
            }
        }
        cut
    }

    /// The rims of the cap, as numbers of points.
    fn loops(&self) -> Vec<Vec<u32>> {
        let closed = |(line, closed): (Vec<u32>, bool)| (closed && line.len() > 2).then_some(line);
        self.lines().into_iter().filter_map(closed).collect()
    }

    /// All lines, as numbers of points, and whether they are closed: first those that begin at an edge of the mesh.
    fn lines(&self) -> Vec<(Vec<u32>, bool)> {
        let mut reached = vec![false; self.points.len()];
        self.next.iter().flatten().for_each(|&p| reached[p as usize] = true);
        let all = 0..self.points.len() as u32;
        let (begins, others): (Vec<u32>, Vec<u32>) = all.partition(|&p| !reached[p as usize]);
        let mut seen = vec![false; self.points.len()];
        let mut lines = Vec::new();
        for start in begins.into_iter().chain(others) {
            let (mut line, mut at) = (Vec::new(), Some(start));
            while let Some(p) = at.filter(|&p| !seen[p as usize]) {
                seen[p as usize] = true;
                line.push(p);
                at = self.next[p as usize];
            }
            let closed = at == Some(start);
            if line.len() > 1 {
                lines.push((line, closed));
            }
        }
        lines
    }
}
