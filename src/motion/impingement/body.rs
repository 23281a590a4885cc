//! The femoral side: a mesh as a tree of bounding balls.

use super::{
    field::Field,
    mesh_field::MeshField,
    triangle::{self, Triangle},
};
use crate::mesh::TriMesh;
use nalgebra::Point3;

/// Longer triangles are cut before the tree is built, mm: a ball around a sliver as long as the neck would tell nothing.
const LONGEST_MM: f64 = 4.0;

/// A moving body, in the place where it was scanned or planned, LPS mm.
pub struct Body {
    pub(super) nodes: Vec<BallNode>,
    pub(super) triangles: Vec<Triangle>,
    solid: MeshField,
}

pub(super) struct BallNode {
    pub centre: Point3<f64>,
    pub radius_mm: f64,
    /// The triangle of a leaf, or the second child; the first child follows its parent.
    pub link: u32,
    pub leaf: bool,
}

impl Body {
    /// Builds the tree, one triangle a leaf. Triangles without area are passed over. `None` when nothing is left.
    #[must_use]
    pub fn new(mesh: &TriMesh) -> Option<Self> {
        let mut triangles = Vec::with_capacity(mesh.triangles.len());
        for corners in (0..mesh.triangles.len()).map(|index| mesh.corners(index)) {
            if triangle::double_area_mm2(&corners) > triangle::NO_AREA_MM2 {
                cut_short(corners, &mut triangles);
            }
        }
        let solid = MeshField::new(mesh)?;
        let mut nodes = Vec::with_capacity(2 * triangles.len());
        build(&mut triangles, 0, &mut nodes);
        Some(Self { nodes, triangles, solid })
    }

    /// Signed distance of a point to the body where it was scanned or planned, mm.
    pub(super) fn distance(&self, point: &Point3<f64>) -> f64 {
        self.solid.distance(point, f64::INFINITY).0
    }
}

fn cut_short(corners: Triangle, pieces: &mut Vec<Triangle>) {
    if triangle::ball(&corners).1 > LONGEST_MM / 2.0 {
        triangle::halves(&corners).into_iter().for_each(|half| cut_short(half, pieces));
    } else {
        pieces.push(corners);
    }
}

fn build(triangles: &mut [Triangle], first: u32, nodes: &mut Vec<BallNode>) {
    if let [one] = triangles {
        let (centre, radius_mm) = triangle::ball(one);
        nodes.push(BallNode { centre, radius_mm, link: first, leaf: true });
        return;
    }
    let (centre, radius_mm) = ball(triangles);
    let place = nodes.len();
    nodes.push(BallNode { centre, radius_mm, link: 0, leaf: false });
    let half = halve(triangles);
    let (left, right) = triangles.split_at_mut(half);
    build(left, first, nodes);
    nodes[place].link = nodes.len() as u32;
    build(right, first + half as u32, nodes);
}

/// Orders triangles about the median of their centroids along the longest side of the centroids' box; returns the median's place.
fn halve(triangles: &mut [Triangle]) -> usize {
    let centroid = |[a, b, c]: &Triangle| Point3::from((a.coords + b.coords + c.coords) / 3.0);
    let infinite = Point3::new(f64::INFINITY, f64::INFINITY, f64::INFINITY);
    let (low, high) = triangles.iter().map(centroid).fold((infinite, -infinite), |(low, high), p| (low.inf(&p), high.sup(&p)));
    let axis = (high - low).imax();
    let half = triangles.len() / 2;
    triangles.select_nth_unstable_by(half, |a, b| centroid(a)[axis].total_cmp(&centroid(b)[axis]));
    half
}

/// A ball around triangles, about the middle of their box.
fn ball(triangles: &[Triangle]) -> (Point3<f64>, f64) {
    let corners = || triangles.iter().flatten();
    let infinite = Point3::new(f64::INFINITY, f64::INFINITY, f64::INFINITY);
    let (low, high) = corners().fold((infinite, -infinite), |(low, high), p| (low.inf(p), high.sup(p)));
    let centre = nalgebra::center(&low, &high);
    (centre, corners().map(|p| (p - centre).norm_squared()).fold(0.0, f64::max).sqrt())
}
