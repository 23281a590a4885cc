//! The outline of a bone as it is seen from one side.

use super::bones::Bone;
use nalgebra::Vector3;

/// Levels at which an outline is looked at; a fixed number, so that it depends on its own length without steps.
pub(super) const LEVELS: usize = 200;

/// The outermost point (greatest x) of a bone's surface at every level from 0 down to `end` along y; `points` are its vertices in
/// coordinates of that view. Read off where edges cross the level, so that it depends on the surface and not on how it is cut into
/// triangles. `None` where nothing of the bone is at a level, or for an `end` that is not below 0.
pub(super) fn outline(bone: &Bone, points: &[Vector3<f64>], end: f64) -> Vec<Option<Vector3<f64>>> {
    let mut outermost: Vec<Option<Vector3<f64>>> = vec![None; LEVELS];
    let step = end / (LEVELS - 1) as f64;
    if step >= 0.0 {
        return outermost;
    }
    for &[a, b, c] in &bone.mesh.triangles {
        for (from, to) in [(a, b), (b, c), (c, a)] {
            let (p, q) = (points[from as usize], points[to as usize]);
            // Each edge belongs to two triangles, which run along it in opposite directions.
            if p.y <= q.y || bone.cut[from as usize] || bone.cut[to as usize] {
                continue;
            }
            let first = (p.y / step).ceil().max(0.0) as usize;
            for (level, outermost) in outermost.iter_mut().enumerate().skip(first) {
                let height = step * level as f64;
                if height < q.y {
                    break;
                }
                let crossing = p + (q - p) * ((height - p.y) / (q.y - p.y));
                if outermost.is_none_or(|other| crossing.x > other.x) {
                    *outermost = Some(crossing);
                }
            }
        }
    }
    outermost
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::TriMesh;
    use nalgebra::Point3;

    /// A tetrahedron that points along +x.
    fn tetrahedron() -> TriMesh {
        let corners = [[0.0, 1.0, 0.0], [0.0, -3.0, 1.0], [0.0, -3.0, -1.0], [4.0, -1.0, 0.0]];
        TriMesh { vertices: corners.map(Point3::from).into(), triangles: vec![[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]] }
    }

    #[test]
    fn the_outline_follows_the_edges() {
        let mesh = tetrahedron();
        let points: Vec<Vector3<f64>> = mesh.vertices.iter().map(|p| p.coords).collect();
        let found = outline(&Bone::new(&mesh, None), &points, -4.0);
        for (level, point) in found.iter().enumerate() {
            let y = -4.0 * level as f64 / (LEVELS - 1) as f64;
            let x = if y >= -1.0 { 2.0 * (1.0 - y) } else { 2.0 * (3.0 + y) };
            match point {
                Some(p) => assert!((p.x - x).abs() < 1e-12 && (p.y - y).abs() < 1e-12, "{y}: {p}"),
                None => assert!(y < -3.0, "{y}"),
            }
        }
        assert!(outline(&Bone::new(&mesh, None), &points, 0.0).iter().all(Option::is_none));
    }
}
