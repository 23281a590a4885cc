//! A closed mesh cut in two closed pieces.

use crate::mesh::TriMesh;
use nalgebra::{Point3, Vector3};
use std::collections::BTreeMap;

/// Rings of the cap between the outline of the cut and its middle: distances are taken from the triangles about the nearest vertex.
const RINGS: u32 = 10;

/// A piece of a mesh and the region of each of its vertices.
pub(super) struct Piece {
    pub(super) mesh: TriMesh,
    pub(super) regions: Vec<u8>,
}

/// Cuts a closed mesh where `height`, given for every vertex, is zero: the piece where it is positive, then the other. Each outline
/// of the cut is closed towards its middle, so it should be nearly convex, as that of a femoral neck is.
pub(super) fn cut(mesh: &TriMesh, regions: &[u8], height: &[f64]) -> [Piece; 2] {
    [1.0, -1.0].map(|sign| keep(mesh, regions, &height.iter().map(|h| h * sign).collect::<Vec<_>>()))
}

fn keep(mesh: &TriMesh, regions: &[u8], height: &[f64]) -> Piece {
    let above = |v: u32| height[v as usize] >= 0.0;
    let mut piece = Piece { mesh: TriMesh::default(), regions: Vec::new() };
    let mut kept: BTreeMap<u32, u32> = BTreeMap::new();
    let mut crossed: BTreeMap<(u32, u32), u32> = BTreeMap::new();
    // Each edge of the open border, from its first to its second vertex as the kept triangle runs along it.
    let mut border: BTreeMap<u32, u32> = BTreeMap::new();
    for triangle in &mesh.triangles {
        let count = triangle.iter().filter(|v| above(**v)).count();
        if count == 0 {
            continue;
        }
        let mut corners = Vec::with_capacity(4);
        for side in 0..3 {
            let (a, b) = (triangle[side], triangle[(side + 1) % 3]);
            if above(a) {
                corners.push(*kept.entry(a).or_insert_with(|| piece.add(mesh.vertices[a as usize], regions[a as usize])));
            }
            if above(a) != above(b) {
                let (low, high) = (a.min(b), a.max(b));
                let at = *crossed.entry((low, high)).or_insert_with(|| {
                    let (p, q) = (mesh.vertices[low as usize], mesh.vertices[high as usize]);
                    let share = height[low as usize] / (height[low as usize] - height[high as usize]);
                    piece.add(p + (q - p) * share, regions[low as usize])
                });
                corners.push(at);
            }
        }
        for n in 2..corners.len() {
            piece.mesh.triangles.push([corners[0], corners[n - 1], corners[n]]);
        }
        if count < 3 {
            // Leaving is the crossing after the last kept corner, entering the next one.
            let leaving = (0..3).find(|&s| above(triangle[s]) && !above(triangle[(s + 1) % 3]));
            let entering = (0..3).find(|&s| !above(triangle[s]) && above(triangle[(s + 1) % 3]));
            let at = |side: Option<usize>| {
                let side = side?;
                let (a, b) = (triangle[side], triangle[(side + 1) % 3]);
                crossed.get(&(a.min(b), a.max(b))).copied()
            };
            if let (Some(from), Some(to)) = (at(leaving), at(entering)) {
                border.insert(from, to);
            }
        }
    }
    while let Some((&start, _)) = border.first_key_value() {
        let mut outline = Vec::new();
        let mut vertex = start;
        while let Some(next) = border.remove(&vertex) {
            outline.push(vertex);
            vertex = next;
        }
        piece.cap(&outline);
    }
    piece
}

impl Piece {
    fn add(&mut self, p: Point3<f64>, region: u8) -> u32 {
        self.mesh.vertices.push(p);
        self.regions.push(region);
        self.mesh.vertices.len() as u32 - 1
    }

    /// Closes an outline, which runs as the triangles beside it do.
    fn cap(&mut self, outline: &[u32]) {
        if outline.len() < 3 {
            return;
        }
        let points: Vec<_> = outline.iter().map(|&v| self.mesh.vertices[v as usize]).collect();
        let middle = Point3::from(points.iter().map(|p| p.coords).sum::<Vector3<f64>>() / points.len() as f64);
        let mut outer = outline.to_vec();
        for ring in 1..=RINGS {
            let share = f64::from(ring) / f64::from(RINGS);
            let inner: Vec<u32> = if ring == RINGS {
                let centre = self.add(middle, 0);
                vec![centre; outline.len()]
            } else {
                points.iter().map(|p| self.add(p + (middle - p) * share, 0)).collect()
            };
            for n in 0..outline.len() {
                let next = (n + 1) % outline.len();
                // Against the direction of the triangles outside.
                self.mesh.triangles.push([outer[next], outer[n], inner[n]]);
                if ring < RINGS {
                    self.mesh.triangles.push([outer[next], inner[n], inner[next]]);
                }
            }
            outer = inner;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labels::synthesis::solids::superellipsoid;
    use nalgebra::Matrix3;

    #[test]
    fn both_pieces_are_closed_and_share_the_volume() {
        let mesh = superellipsoid(&Point3::origin(), &(Matrix3::identity() * 20.0), 1.0, 1.0);
        let height: Vec<f64> = mesh.vertices.iter().map(|p| p.x * 0.6 + p.z * 0.8 - 6.3).collect();
        let pieces = cut(&mesh, &vec![7; mesh.vertices.len()], &height);
        assert!(pieces.iter().all(|p| p.mesh.is_watertight() && p.regions.len() == p.mesh.vertices.len()));
        let volumes = pieces.map(|p| p.mesh.volume_mm3());
        assert!(volumes.iter().all(|v| *v > 0.0));
        assert!((volumes.iter().sum::<f64>() / mesh.volume_mm3() - 1.0).abs() < 1e-9);
        // A cap of height 20 − 6.3 of the sphere.
        let cap = std::f64::consts::PI * 13.7_f64.powi(2) * (60.0 - 13.7) / 3.0;
        assert!((volumes[0] / cap - 1.0).abs() < 0.05, "{:.0} of {cap:.0}", volumes[0]);
    }
}
