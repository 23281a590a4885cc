//! Whether, and where, two triangles cross.

use super::triangle::Triangle;
use nalgebra::Point3;

/// A point that two triangles share; `None` when they share none. Triangles in one plane do not count: where their surfaces touch, a
/// neighbour crosses too.
pub(super) fn crossing(one: &Triangle, other: &Triangle) -> Option<Point3<f64>> {
    let sides = |plane: &Triangle, corners: &Triangle| {
        let normal = (plane[1] - plane[0]).cross(&(plane[2] - plane[0]));
        let heights = corners.map(|corner| normal.dot(&(corner - plane[0])));
        (heights.iter().any(|h| *h >= 0.0) && heights.iter().any(|h| *h <= 0.0)).then_some(heights)
    };
    let (ours, theirs) = (sides(other, one)?, sides(one, other)?);
    pierces(one, &ours, other).or_else(|| pierces(other, &theirs, one))
}

/// Where an edge of a triangle goes through another, of whose plane its corners have these heights (in any unit).
fn pierces(corners: &Triangle, heights: &[f64; 3], through: &Triangle) -> Option<Point3<f64>> {
    (0..3).find_map(|i| {
        let j = (i + 1) % 3;
        let ((from, a), (to, b)) = ((corners[i], heights[i]), (corners[j], heights[j]));
        if a * b > 0.0 || a == b {
            return None;
        }
        // Which side of each edge of the other triangle the line runs on, from its direction alone: neighbours answer alike.
        let way = to - from;
        let turn = |p: &Point3<f64>, q: &Point3<f64>| way.dot(&(p - from).cross(&(q - from)));
        let [p, q, r] = through;
        let turns = [turn(p, q), turn(q, r), turn(r, p)];
        let inside = turns.iter().all(|t| *t >= 0.0) || turns.iter().all(|t| *t <= 0.0);
        inside.then(|| from + way * (a / (a - b)))
    })
}
