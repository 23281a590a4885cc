//! Finding the triangle of a mesh that is nearest to a point, or the first on a ray.

use crate::mesh::TriMesh;
use nalgebra::{Point3, Vector3};

/// Triangles in a leaf.
const LEAF: usize = 4;
/// By this share of its size a triangle reaches over its edges, so that no ray slips between two of them by rounding.
const SEAM: f64 = 1e-9;

/// The nearest point of a mesh.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Closest {
    /// The point on the surface, LPS mm.
    pub point: Point3<f64>,
    /// How far it is, mm (not signed).
    pub distance_mm: f64,
    /// Number of its triangle.
    pub triangle: usize,
}

/// Where a ray first meets a mesh.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RayHit {
    /// The point on the surface, LPS mm.
    pub point: Point3<f64>,
    /// Distance along the ray in lengths of its direction: mm for a unit direction.
    pub distance: f64,
    /// Number of its triangle.
    pub triangle: usize,
    /// True when the ray comes from the outside of that triangle.
    pub from_outside: bool,
}

/// A tree of boxes over the triangles of a mesh, in f64. Owns what it needs of the mesh.
pub struct MeshIndex {
    nodes: Vec<Node>,
    /// Corners of the triangles, leaf by leaf, with the triangle's number in the mesh.
    triangles: Vec<([Point3<f64>; 3], u32)>,
}

/// A box; its children are the next node and `second`, or, where `count` is not 0, the triangles from `second` on.
struct Node {
    low: Point3<f64>,
    high: Point3<f64>,
    second: u32,
    count: u32,
}

impl MeshIndex {
    /// Builds the tree by splitting at the median of the longest side.
    #[must_use]
    pub fn new(mesh: &TriMesh) -> Self {
        let triangles = (0..mesh.triangles.len()).map(|t| (mesh.corners(t), t as u32)).collect();
        let mut index = Self { nodes: Vec::with_capacity(mesh.triangles.len()), triangles };
        if !index.triangles.is_empty() {
            index.build(0, index.triangles.len());
        }
        index
    }

    fn build(&mut self, from: usize, to: usize) {
        let part = &mut self.triangles[from..to];
        let first = part[0].0[0];
        let (low, high) =
            part.iter().flat_map(|(corners, _)| corners).fold((first, first), |(low, high), p| (low.inf(p), high.sup(p)));
        let node = self.nodes.len();
        let count = if part.len() <= LEAF { part.len() } else { 0 };
        self.nodes.push(Node { low, high, second: from as u32, count: count as u32 });
        if count == 0 {
            let axis = (high - low).imax();
            let middle = part.len() / 2;
            let key = |(corners, number): &([Point3<f64>; 3], u32)| (corners.iter().map(|c| c[axis]).sum::<f64>(), *number);
            part.select_nth_unstable_by(middle, |a, b| {
                let (a, b) = (key(a), key(b));
                a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))
            });
            self.build(from, from + middle);
            self.nodes[node].second = self.nodes.len() as u32;
            self.build(from + middle, to);
        }
    }

    /// The nearest point of the mesh; `None` only when the mesh has no triangle or the point is not finite.
    #[must_use]
    pub fn closest(&self, point: &Point3<f64>) -> Option<Closest> {
        self.closest_within(point, f64::INFINITY)
    }

    /// The nearest point of the mesh when it is nearer than `limit_mm`. The closer the limit, the faster.
    #[must_use]
    pub fn closest_within(&self, point: &Point3<f64>, limit_mm: f64) -> Option<Closest> {
        let mut best = (limit_mm * limit_mm, None);
        self.descend(0, point, &mut best);
        let (square, found) = best;
        found.map(|(nearest, triangle)| Closest { point: nearest, distance_mm: square.sqrt(), triangle })
    }

    /// Distance to the mesh in mm; infinite when it has no triangle.
    #[must_use]
    pub fn distance_mm(&self, point: &Point3<f64>) -> f64 {
        self.closest(point).map_or(f64::INFINITY, |closest| closest.distance_mm)
    }

    fn descend(&self, at: usize, point: &Point3<f64>, best: &mut (f64, Option<(Point3<f64>, usize)>)) {
        let Some(node) = self.nodes.get(at) else { return };
        if node.count > 0 {
            let from = node.second as usize;
            for (corners, number) in &self.triangles[from..from + node.count as usize] {
                let nearest = closest_on_triangle(point, corners);
                let square = (nearest - point).norm_squared();
                if square < best.0 {
                    *best = (square, Some((nearest, *number as usize)));
                }
            }
            return;
        }
        let square = |child: usize| (self.nodes[child].distance_squared(point), child);
        let (near, far) = (square(at + 1), square(node.second as usize));
        let (near, far) = if far.0 < near.0 { (far, near) } else { (near, far) };
        for (square, child) in [near, far] {
            if square < best.0 {
                self.descend(child, point, best);
            }
        }
    }

    /// The first triangle on the ray from `origin` along `direction` (any length), from either side.
    #[must_use]
    pub fn ray(&self, origin: &Point3<f64>, direction: &Vector3<f64>) -> Option<RayHit> {
        let inverse = direction.map(f64::recip);
        let enter = |at: usize| Some((at, self.nodes.get(at)?.entry(origin, &inverse)?));
        let mut best: Option<(RayHit, usize)> = None;
        let mut open = Vec::with_capacity(64);
        open.extend(enter(0));
        while let Some((at, entry)) = open.pop() {
            if best.is_some_and(|(hit, _)| entry > hit.distance) {
                continue;
            }
            let node = &self.nodes[at];
            if node.count == 0 {
                // The nearer box is looked into first: what it holds mostly spares the other.
                let (mut near, mut far) = (enter(at + 1), enter(node.second as usize));
                if far.is_some_and(|far| near.is_none_or(|near| far.1 < near.1)) {
                    (near, far) = (far, near);
                }
                open.extend(far);
                open.extend(near);
                continue;
            }
            let from = node.second as usize;
            for (place, (corners, number)) in self.triangles[from..from + node.count as usize].iter().enumerate() {
                let Some((distance, from_outside)) = meet(origin, direction, corners) else { continue };
                // Of two that are met in their common edge the first in the tree, in whatever order they are looked at.
                let nearer = |(hit, known): (RayHit, usize)| (distance, from + place) < (hit.distance, known);
                if best.is_none_or(nearer) {
                    let point = origin + direction * distance;
                    best = Some((RayHit { point, distance, triangle: *number as usize, from_outside }, from + place));
                }
            }
        }
        best.map(|(hit, _)| hit)
    }

    /// Where the ray from `origin` along `direction` (any length) meets the mesh up to `reach` lengths of its direction: how far along, and
    /// whether from the outside of the triangle it meets; the nearest first.
    #[must_use]
    pub fn crossings(&self, origin: &Point3<f64>, direction: &Vector3<f64>, reach: f64) -> Vec<(f64, bool)> {
        let inverse = direction.map(f64::recip);
        let (mut found, mut open) = (Vec::new(), vec![0]);
        while let Some(at) = open.pop() {
            let Some(node) = self.nodes.get(at) else { continue };
            if node.entry(origin, &inverse).is_none_or(|entry| entry > reach) {
                continue;
            }
            if node.count == 0 {
                open.extend([node.second as usize, at + 1]);
                continue;
            }
            let from = node.second as usize;
            let leaf = &self.triangles[from..from + node.count as usize];
            found.extend(leaf.iter().filter_map(|(corners, _)| meet(origin, direction, corners)).filter(|met| met.0 <= reach));
        }
        found.sort_by(|a, b| a.0.total_cmp(&b.0));
        found
    }
}

impl Node {
    fn distance_squared(&self, point: &Point3<f64>) -> f64 {
        let away = |axis: usize| (self.low[axis] - point[axis]).max(point[axis] - self.high[axis]).max(0.0);
        let (x, y, z) = (away(0), away(1), away(2));
        x * x + y * y + z * z
    }

    /// Where the ray enters the box, if it does.
    fn entry(&self, origin: &Point3<f64>, inverse: &Vector3<f64>) -> Option<f64> {
        through_box(&self.low, &self.high, origin, inverse).map(|(enter, _)| enter)
    }
}

/// Where a ray enters and leaves a box between two corners, in lengths of its direction, of which `inverse` holds the reciprocals; it begins
/// at its origin. `None` when it misses the box.
#[must_use]
pub fn through_box(low: &Point3<f64>, high: &Point3<f64>, origin: &Point3<f64>, inverse: &Vector3<f64>) -> Option<(f64, f64)> {
    let (mut enter, mut leave) = (0.0_f64, f64::INFINITY);
    for axis in 0..3 {
        // A ray across the axis never leaves or enters through these walls; one that runs in a wall is inside.
        if inverse[axis].is_infinite() {
            if !(low[axis]..=high[axis]).contains(&origin[axis]) {
                return None;
            }
            continue;
        }
        let (a, b) = ((low[axis] - origin[axis]) * inverse[axis], (high[axis] - origin[axis]) * inverse[axis]);
        enter = enter.max(a.min(b));
        leave = leave.min(a.max(b));
    }
    (enter <= leave).then_some((enter, leave))
}

/// Where a ray meets a triangle (Möller & Trumbore 1997, 10.1080/10867651.1997.10487468), and whether from its front.
fn meet(origin: &Point3<f64>, direction: &Vector3<f64>, [a, b, c]: &[Point3<f64>; 3]) -> Option<(f64, bool)> {
    let (ab, ac) = (b - a, c - a);
    let cross = direction.cross(&ac);
    let determinant = ab.dot(&cross);
    let from_a = origin - a;
    let u = from_a.dot(&cross) / determinant;
    let other = from_a.cross(&ab);
    let v = direction.dot(&other) / determinant;
    let distance = ac.dot(&other) / determinant;
    // A ray in the triangle's plane divides by zero; the comparisons are false for NaN.
    (u >= -SEAM && v >= -SEAM && u + v <= 1.0 + SEAM && distance >= 0.0 && distance.is_finite())
        .then_some((distance, determinant > 0.0))
}

/// The point of a triangle nearest to `point`, by the region of the triangle's plane it falls into (Ericson 2005, §5.1.5).
#[must_use]
#[inline]
pub fn closest_on_triangle(point: &Point3<f64>, [a, b, c]: &[Point3<f64>; 3]) -> Point3<f64> {
    let (ab, ac, ap) = (b - a, c - a, point - a);
    let (d1, d2) = (ab.dot(&ap), ac.dot(&ap));
    if d1 <= 0.0 && d2 <= 0.0 {
        return *a;
    }
    let bp = point - b;
    let (d3, d4) = (ab.dot(&bp), ac.dot(&bp));
    if d3 >= 0.0 && d4 <= d3 {
        return *b;
    }
    let vc = d1 * d4 - d3 * d2;
    if vc <= 0.0 && d1 >= 0.0 && d3 <= 0.0 {
        return a + ab * ratio(d1, d1 - d3);
    }
    let cp = point - c;
    let (d5, d6) = (ab.dot(&cp), ac.dot(&cp));
    if d6 >= 0.0 && d5 <= d6 {
        return *c;
    }
    let vb = d5 * d2 - d1 * d6;
    if vb <= 0.0 && d2 >= 0.0 && d6 <= 0.0 {
        return a + ac * ratio(d2, d2 - d6);
    }
    let va = d3 * d6 - d5 * d4;
    if va <= 0.0 && d4 >= d3 && d5 >= d6 {
        return b + (c - b) * ratio(d4 - d3, (d4 - d3) + (d5 - d6));
    }
    let sum = va + vb + vc;
    a + ab * ratio(vb, sum) + ac * ratio(vc, sum)
}

/// A quotient that is 0 rather than NaN on a collapsed triangle.
#[inline]
fn ratio(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { part / whole }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    /// A bent sheet of 2·n² triangles.
    fn sheet(n: u32) -> TriMesh {
        let at = |i, j| Point3::new(f64::from(i), f64::from(j), (f64::from(i) * 0.7).sin() * 2.0);
        let vertices = (0..=n).flat_map(|i| (0..=n).map(move |j| at(i, j))).collect();
        let square = |i: u32, j: u32| {
            let v = i * (n + 1) + j;
            [[v, v + n + 1, v + 1], [v + 1, v + n + 1, v + n + 2]]
        };
        TriMesh { vertices, triangles: (0..n).flat_map(|i| (0..n).flat_map(move |j| square(i, j))).collect() }
    }

    #[test]
    fn the_tree_finds_what_looking_at_every_triangle_finds() {
        let mesh = sheet(12);
        let index = MeshIndex::new(&mesh);
        let mut random = ChaCha8Rng::seed_from_u64(7);
        for _ in 0..300 {
            let point = Point3::from(Vector3::from_fn(|_, _| random.random_range(-5.0..17.0)));
            let every = (0..mesh.triangles.len())
                .map(|t| (closest_on_triangle(&point, &mesh.corners(t)) - point).norm())
                .fold(f64::INFINITY, f64::min);
            let found = index.closest(&point).unwrap();
            assert!((found.distance_mm - every).abs() < 1e-12 && ((found.point - point).norm() - every).abs() < 1e-12);
            assert!(index.closest_within(&point, every * 0.999).is_none());
            let direction = Vector3::from_fn(|_, _| random.random_range(-1.0..1.0));
            let every = (0..mesh.triangles.len())
                .filter_map(|t| meet(&point, &direction, &mesh.corners(t)))
                .map(|hit| hit.0)
                .fold(f64::INFINITY, f64::min);
            assert_eq!(index.ray(&point, &direction).map_or(f64::INFINITY, |hit| hit.distance), every);
        }
    }

    #[test]
    fn the_nearest_point_of_a_triangle_is_no_further_than_any_of_its_points() {
        let mut random = ChaCha8Rng::seed_from_u64(3);
        let mut any = || Point3::from(Vector3::from_fn(|_, _| random.random_range(-1.0..1.0)));
        for _ in 0..200 {
            let (triangle, point) = ([any(), any(), any()], any());
            let [a, b, c] = triangle;
            let nearest = closest_on_triangle(&point, &triangle);
            let mut grid = f64::INFINITY;
            for i in 0..=60 {
                for j in 0..=60 - i {
                    let q = a + (b - a) * (f64::from(i) / 60.0) + (c - a) * (f64::from(j) / 60.0);
                    grid = grid.min((q - point).norm());
                }
            }
            let distance = (nearest - point).norm();
            assert!(distance <= grid + 1e-12 && grid - distance < 0.1);
        }
    }

    #[test]
    fn an_axis_parallel_ray_knows_the_side_it_comes_from() {
        let index = MeshIndex::new(&sheet(4));
        let down = index.ray(&Point3::new(2.3, 1.2, 9.0), &-Vector3::z()).unwrap();
        let up = index.ray(&Point3::new(2.3, 1.2, -9.0), &Vector3::z()).unwrap();
        assert!(down.from_outside && !up.from_outside);
        assert!((down.point - up.point).norm() < 1e-12);
        assert!(index.ray(&Point3::new(9.0, 9.0, 9.0), &Vector3::z()).is_none());
    }

    #[test]
    fn a_ray_along_an_axis_through_corners_and_walls_of_boxes_is_not_lost() {
        // Every ray runs in the walls of boxes, and through corners or edges of triangles.
        let mesh = sheet(12);
        let index = MeshIndex::new(&mesh);
        for (i, j) in (1..24).flat_map(|i| (1..24).map(move |j| (f64::from(i) / 2.0, f64::from(j) / 2.0))) {
            let hit = index.ray(&Point3::new(i, j, -10.0), &Vector3::z()).unwrap();
            assert!((hit.point.z - (i.floor() * 0.7).sin() * 2.0).abs() < 1e-9 || i.fract() != 0.0, "{i} {j}: {hit:?}");
        }
    }
}
