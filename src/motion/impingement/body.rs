//! A body of the hip, on either side of the joint: its surface as a tree of balls, its inside as a signed distance.

use super::{field::Field, meeting::Gone, mesh_field::MeshField, tree::BallTree, triangle::Triangle};
use crate::{mesh::TriMesh, surface};
use nalgebra::Point3;
use std::sync::Arc;

/// So many vertices, evenly spread over the file, are looked at beside one of each piece when a body may lie inside another.
const SPREAD: usize = 48;
/// Triangles across a sphere are halved to this length before they are cut along it, mm: then the cut is within 0.003 mm of a sphere of 25 mm.
const CUT_MM: f64 = 0.7;

/// A body in the place where it was scanned or planned, LPS mm.
pub struct Body {
    mesh: TriMesh,
    pub(super) tree: BallTree,
    pub(super) solid: MeshField,
    /// Points of the surface, one of each piece first.
    pub(super) probes: Vec<Point3<f64>>,
    pieces: usize,
    open_edges: usize,
}

impl Body {
    /// Prepares a mesh. `None` when it has no triangle with an area.
    #[must_use]
    pub fn new(mesh: &TriMesh) -> Option<Self> {
        let (tree, solid) =
            rayon::join(|| BallTree::new((0..mesh.triangles.len()).map(|index| mesh.corners(index))), || MeshField::new(mesh));
        let corner = |triangle: &[u32; 3]| mesh.vertices[triangle[0] as usize];
        let pieces = surface::components(mesh);
        let spread = mesh.triangles.iter().step_by((mesh.triangles.len() / SPREAD).max(1)).map(corner);
        let of_pieces = pieces.iter().filter_map(|piece| piece.triangles.first().map(|t| piece.vertices[t[0] as usize]));
        let mut probes: Vec<Point3<f64>> = of_pieces.collect();
        let pieces = probes.len();
        probes.extend(spread);
        let open_edges = surface::repair::open_edges(mesh);
        Some(Self { probes, pieces, open_edges, mesh: mesh.clone(), tree: tree?, solid: solid? })
    }

    /// A point of each piece.
    pub(super) fn pieces(&self) -> &[Point3<f64>] {
        &self.probes[..self.pieces]
    }

    /// Edges of its mesh that do not join two triangles; 0 of a closed one.
    pub(super) const fn open_edges(&self) -> usize {
        self.open_edges
    }

    /// True when this is that mesh.
    pub(super) fn is_of(&self, mesh: &TriMesh) -> bool {
        self.mesh == *mesh
    }

    /// Signed distance of a point to the body where it was scanned or planned, mm.
    pub(super) fn distance(&self, point: &Point3<f64>) -> f64 {
        self.solid.distance(point, f64::INFINITY).0
    }

    /// What is left outside a ball of the triangles that reach into it.
    pub(super) fn cut_along(&self, gone: &Gone) -> Option<BallTree> {
        let mut pieces = Vec::new();
        let mut open = vec![0u32];
        while let Some(index) = open.pop() {
            let node = &self.tree.nodes[index as usize];
            if gone.holds_ball(node) || (node.centre - gone.centre).norm() - node.radius_mm >= gone.radius_mm {
                continue;
            }
            if node.leaf {
                let corners = self.tree.triangles[node.link as usize];
                if !gone.spares(&corners) {
                    cut(corners, gone, &mut pieces);
                }
            } else {
                open.extend([index + 1, node.link]);
            }
        }
        BallTree::new(pieces.into_iter())
    }
}

impl Field for Arc<Body> {
    fn distance(&self, point: &Point3<f64>, within_mm: f64) -> (f64, f64) {
        self.solid.distance(point, within_mm)
    }

    fn nearest(&self, point: &Point3<f64>) -> Point3<f64> {
        self.solid.nearest(point)
    }
}

fn cut(corners: Triangle, gone: &Gone, pieces: &mut Vec<Triangle>) {
    let out = corners.map(|corner| (corner - gone.centre).norm() >= gone.radius_mm);
    if !gone.spares(&corners) && super::triangle::longest_edge_mm(&corners) > CUT_MM {
        super::triangle::halves(&corners).into_iter().for_each(|half| cut(half, gone, pieces));
        return;
    }
    let mut outline = Vec::with_capacity(4);
    for i in 0..3 {
        let j = (i + 1) % 3;
        if out[i] {
            outline.push(corners[i]);
        }
        if out[i] != out[j] {
            outline.push(gone.through(&corners[i], &corners[j]));
        }
    }
    for k in 2..outline.len() {
        pieces.push([outline[0], outline[k - 1], outline[k]]);
    }
}
