//! The nearest point of a surface.

use crate::mesh::TriMesh;
use kiddo::{ImmutableKdTree, SquaredEuclidean};
use nalgebra::{Point3, Vector3};

/// Answers how far a point is from a mesh, from the triangles around the nearest vertex.
///
/// Exact where triangles are small against the distance between sheets of the surface, as they are in the shape model.
pub(super) struct NearestSurface<'a> {
    mesh: &'a TriMesh,
    tree: ImmutableKdTree<f64, 3>,
    /// Mesh vertex of each tree point: some may have been left out.
    vertices: Vec<u32>,
    /// Triangles around vertex `v` are `around[first[v]..first[v + 1]]`.
    first: Vec<u32>,
    around: Vec<u32>,
}

/// What was found nearest to a point.
#[derive(Clone, Copy, Debug)]
pub(super) struct Nearest {
    /// Distance to the surface, mm; never negative.
    pub(super) distance_mm: f64,
    /// True behind the face that was found.
    pub(super) behind: bool,
    /// The nearest vertex.
    pub(super) vertex: usize,
    /// Unit direction from the surface to the point (zero on the surface).
    pub(super) away: Vector3<f64>,
}

impl<'a> NearestSurface<'a> {
    /// Indexes the vertices for which `keep` holds; `None` when there are none.
    pub(super) fn new(mesh: &'a TriMesh, keep: impl Fn(usize) -> bool) -> Option<Self> {
        let vertices: Vec<u32> = (0..mesh.vertices.len()).filter(|&v| keep(v)).map(|v| v as u32).collect();
        let points: Vec<[f64; 3]> = vertices.iter().map(|&v| mesh.vertices[v as usize].coords.into()).collect();
        if points.is_empty() {
            return None;
        }
        let tree = ImmutableKdTree::new_from_slice(&points).ok()?;
        let mut first = vec![0_u32; mesh.vertices.len() + 1];
        mesh.triangles.iter().flatten().for_each(|&v| first[v as usize + 1] += 1);
        (1..first.len()).for_each(|v| first[v] += first[v - 1]);
        let mut fill = first.clone();
        let mut around = vec![0; mesh.triangles.len() * 3];
        for (t, triangle) in mesh.triangles.iter().enumerate() {
            for &v in triangle {
                around[fill[v as usize] as usize] = t as u32;
                fill[v as usize] += 1;
            }
        }
        Some(Self { mesh, tree, vertices, first, around })
    }

    /// The nearest indexed vertex and its distance in mm.
    pub(super) fn vertex(&self, p: &Point3<f64>) -> (usize, f64) {
        let found = self.tree.query(&[p.x, p.y, p.z]).nearest_one::<SquaredEuclidean<f64>>().execute();
        (self.vertices[found.item as usize] as usize, found.distance.sqrt())
    }

    /// The nearest point of the surface.
    pub(super) fn query(&self, p: &Point3<f64>) -> Nearest {
        let (vertex, _) = self.vertex(p);
        let mut best = (f64::INFINITY, 0.0, Vector3::zeros());
        for &t in &self.around[self.first[vertex] as usize..self.first[vertex + 1] as usize] {
            let [a, b, c] = self.mesh.corners(t as usize);
            let offset = p - closest_on_triangle(p, &a, &b, &c);
            let squared = offset.norm_squared();
            let facing = offset.dot(&(b - a).cross(&(c - a)).normalize());
            // On a shared edge or corner several triangles are equally near: the one seen most squarely has the right side.
            let tie = (squared - best.0).abs() <= 1e-9 * (1.0 + squared);
            if (tie && facing.abs() > f64::abs(best.1)) || (!tie && squared < best.0) {
                best = (squared, facing, offset);
            }
        }
        Nearest {
            distance_mm: best.0.sqrt(),
            behind: best.1 < 0.0,
            vertex,
            away: best.2.try_normalize(1e-12).unwrap_or_default(),
        }
    }
}

/// The point of triangle `abc` nearest to `p`, by the regions of Ericson (Real-Time Collision Detection, 2005, §5.1.5).
fn closest_on_triangle(p: &Point3<f64>, a: &Point3<f64>, b: &Point3<f64>, c: &Point3<f64>) -> Point3<f64> {
    let (ab, ac) = (b - a, c - a);
    let corner = |from: &Point3<f64>| (ab.dot(&(p - from)), ac.dot(&(p - from)));
    let ((d1, d2), (d3, d4), (d5, d6)) = (corner(a), corner(b), corner(c));
    if d1 <= 0.0 && d2 <= 0.0 {
        return *a;
    }
    if d3 >= 0.0 && d4 <= d3 {
        return *b;
    }
    if d6 >= 0.0 && d5 <= d6 {
        return *c;
    }
    let (vc, vb, va) = (d1 * d4 - d3 * d2, d5 * d2 - d1 * d6, d3 * d6 - d5 * d4);
    if vc <= 0.0 && d1 >= 0.0 && d3 <= 0.0 {
        return a + ab * (d1 / (d1 - d3));
    }
    if vb <= 0.0 && d2 >= 0.0 && d6 <= 0.0 {
        return a + ac * (d2 / (d2 - d6));
    }
    if va <= 0.0 && d4 >= d3 && d5 >= d6 {
        return b + (c - b) * ((d4 - d3) / ((d4 - d3) + (d5 - d6)));
    }
    let sum = va + vb + vc;
    if sum.abs() < 1e-300 {
        return *a;
    }
    a + ab * (vb / sum) + ac * (vc / sum)
}
