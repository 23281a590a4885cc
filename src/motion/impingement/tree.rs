//! Triangles as a tree of bounding balls.

use super::triangle::{self, Triangle};
use crate::surface::closest_on_triangle;
use nalgebra::{Point3, Vector3};

/// Longer triangles are cut before a tree is built, mm: a ball around a sliver as long as the neck would tell nothing.
const LONGEST_MM: f64 = 4.0;
/// Up to so many triangles the ball of a node is found from its corners; above it from its children and its box.
const FROM_CORNERS: usize = 512;
/// Distances from the joint's centre this much apart count as the same, mm.
const ROUNDING_MM: f64 = 1e-9;
/// Steps along each side of the box in which triangles are sorted along a space-filling curve (Morton 1966).
const CURVE_STEPS: f64 = 1023.0;

/// A binary tree of balls, one triangle a leaf.
pub(super) struct BallTree {
    pub nodes: Vec<BallNode>,
    pub triangles: Vec<Triangle>,
}

pub(super) struct BallNode {
    pub centre: Point3<f64>,
    pub radius_mm: f64,
    /// The triangle of a leaf, or the second child; the first child follows its parent.
    pub link: u32,
    pub leaf: bool,
}

impl BallTree {
    /// Builds the tree. Triangles without area are passed over, long ones are cut. `None` when nothing is left.
    pub fn new(triangles: impl Iterator<Item = Triangle>) -> Option<Self> {
        let mut pieces = Vec::with_capacity(triangles.size_hint().0);
        for corners in triangles {
            if triangle::double_area_mm2(&corners) > triangle::NO_AREA_MM2 {
                cut_short(corners, &mut pieces);
            }
        }
        if pieces.is_empty() {
            return None;
        }
        let (triangles, codes) = along_curve(&pieces);
        let mut tree = Self { nodes: Vec::with_capacity(2 * triangles.len()), triangles };
        tree.build(&codes, 0);
        Some(tree)
    }

    /// Builds the node of the triangles from `first` on, of which these are the places on the curve; returns its box.
    fn build(&mut self, codes: &[u64], first: usize) -> (Point3<f64>, Point3<f64>) {
        let place = self.nodes.len();
        if codes.len() == 1 {
            let corners = &self.triangles[first];
            let (centre, radius_mm) = triangle::ball(corners);
            self.nodes.push(BallNode { centre, radius_mm, link: first as u32, leaf: true });
            return corner_box(std::slice::from_ref(corners));
        }
        self.nodes.push(BallNode { centre: Point3::origin(), radius_mm: 0.0, link: 0, leaf: false });
        let half = split(codes);
        let (low, high) = self.build(&codes[..half], first);
        let second = self.nodes.len();
        let (other_low, other_high) = self.build(&codes[half..], first + half);
        let (low, high) = (low.inf(&other_low), high.sup(&other_high));
        let centre = nalgebra::center(&low, &high);
        let radius_mm = if codes.len() <= FROM_CORNERS {
            let corners = self.triangles[first..first + codes.len()].iter().flatten();
            corners.map(|p| (p - centre).norm_squared()).fold(0.0, f64::max).sqrt()
        } else {
            let around = [place + 1, second].map(|child| &self.nodes[child]);
            let around = around.map(|child| (child.centre - centre).norm() + child.radius_mm);
            around[0].max(around[1]).min((high - low).norm() / 2.0)
        };
        self.nodes[place] = BallNode { centre, radius_mm, link: second as u32, leaf: false };
        (low, high)
    }
}

/// How near to and how far from a point the triangles of each node of a tree are, mm: no turn about that point changes it.
pub(super) struct Shells(Vec<[f64; 2]>);

impl Shells {
    pub fn new(tree: &BallTree, point: &Point3<f64>) -> Self {
        let mut shells = vec![[0.0; 2]; tree.nodes.len()];
        // Children come after their parents.
        for (index, node) in tree.nodes.iter().enumerate().rev() {
            shells[index] = if node.leaf {
                let corners = &tree.triangles[node.link as usize];
                let furthest = corners.iter().map(|p| (p - point).norm_squared()).fold(0.0, f64::max);
                [(closest_on_triangle(point, corners) - point).norm(), furthest.sqrt()]
            } else {
                let [one, two] = [shells[index + 1], shells[node.link as usize]];
                [one[0].min(two[0]), one[1].max(two[1])]
            };
        }
        Self(shells)
    }

    /// No turn brings a point of a node nearer than this to any of another tree, mm; negative where that says nothing.
    #[inline]
    pub fn apart_mm(&self, node: u32, others: &Self) -> f64 {
        let ([near, far], [others_near, others_far]) = (self.0[node as usize], others.0[0]);
        (near - others_far).max(others_near - far)
    }

    /// True when a point of a node may come to where one of another tree's node is.
    #[inline]
    pub fn may_meet(&self, node: u32, others: &Self, other: u32) -> bool {
        let (one, two) = (self.0[node as usize], others.0[other as usize]);
        one[0] <= two[1] + ROUNDING_MM && two[0] <= one[1] + ROUNDING_MM
    }
}

fn cut_short(corners: Triangle, pieces: &mut Vec<Triangle>) {
    if triangle::longest_edge_mm(&corners) > LONGEST_MM {
        triangle::halves(&corners).into_iter().for_each(|half| cut_short(half, pieces));
    } else {
        pieces.push(corners);
    }
}

/// The triangles in the order of a space-filling curve through their box, and each one's place on it.
fn along_curve(pieces: &[Triangle]) -> (Vec<Triangle>, Vec<u64>) {
    let (low, high) = corner_box(pieces);
    let scale = (high - low).map(|side| CURVE_STEPS / side.max(1e-9));
    let code = |(index, [a, b, c]): (usize, &Triangle)| {
        let place = ((a.coords + b.coords + c.coords) / 3.0 - low.coords).component_mul(&scale);
        let [x, y, z] = [place.x, place.y, place.z].map(|at| spread(at as u64));
        (x << 2 | y << 1 | z) << 32 | index as u64
    };
    let mut codes: Vec<u64> = pieces.iter().enumerate().map(code).collect();
    codes.sort_unstable();
    (codes.iter().map(|code| pieces[(code & 0xffff_ffff) as usize]).collect(), codes)
}

/// Ten bits with two empty ones after each.
pub(super) fn spread(bits: u64) -> u64 {
    let bits = (bits | bits << 16) & 0x30000ff;
    let bits = (bits | bits << 8) & 0x300f00f;
    let bits = (bits | bits << 4) & 0x30c30c3;
    (bits | bits << 2) & 0x9249249
}

/// Where sorted codes first differ in the highest bit in which they do.
fn split(codes: &[u64]) -> usize {
    let (first, last) = (codes[0], codes[codes.len() - 1]);
    let mask = u64::MAX << (63 - (first ^ last).leading_zeros());
    codes.partition_point(|code| (code ^ first) & mask == 0)
}

fn corner_box(triangles: &[Triangle]) -> (Point3<f64>, Point3<f64>) {
    let infinite = Point3::from(Vector3::repeat(f64::INFINITY));
    triangles.iter().flatten().fold((infinite, -infinite), |(low, high), p| (low.inf(p), high.sup(p)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::implants::geometry::revolve;

    #[test]
    fn every_ball_holds_its_triangles_and_no_triangle_is_lost() {
        let mesh = revolve(&[(0.0, 0.0), (6.0, 0.0), (9.0, 30.0), (0.0, 35.0)], 90);
        let tree = BallTree::new((0..mesh.triangles.len()).map(|t| mesh.corners(t))).unwrap();
        let area = |triangles: &[Triangle]| triangles.iter().map(|t| triangle::double_area_mm2(t) / 2.0).sum::<f64>();
        assert!((area(&tree.triangles) - mesh.area_mm2()).abs() < 1e-9);
        let mut open = vec![(0, Vec::new())];
        let mut leaves = vec![0; tree.triangles.len()];
        while let Some((index, mut above)) = open.pop() {
            let node = &tree.nodes[index as usize];
            above.push(index);
            if node.leaf {
                leaves[node.link as usize] += 1;
                for (ball, corner) in above.iter().flat_map(|ball| tree.triangles[node.link as usize].map(|p| (*ball, p))) {
                    let ball = &tree.nodes[ball as usize];
                    assert!((corner - ball.centre).norm() <= ball.radius_mm * (1.0 + 1e-12));
                }
            } else {
                open.extend([(index + 1, above.clone()), (node.link, above)]);
            }
        }
        assert!(leaves.iter().all(|count| *count == 1));
    }

    #[test]
    fn nothing_makes_no_tree() {
        assert!(BallTree::new(std::iter::empty()).is_none());
        assert!(BallTree::new(std::iter::once([Point3::origin(); 3])).is_none());
    }
}
