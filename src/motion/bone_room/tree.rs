//! What a body has on one sphere about the joint's centre, as a tree of balls: to be moved, and to be asked what of it is nearest.

use super::slices::Crossing;
use nalgebra::Vector3;
use std::ops::Range;

/// Points of a leaf.
const LEAF: usize = 8;
/// A ball is held to be this much larger than it is, so that no rounding loses a point.
const ROUNDING: f64 = 1e-12;

/// Something with a direction from the joint's centre.
pub(super) trait Directed {
    /// A unit vector.
    fn at(&self) -> &Vector3<f64>;
}

impl Directed for Vector3<f64> {
    #[inline]
    fn at(&self) -> &Vector3<f64> {
        self
    }
}

impl Directed for Crossing {
    #[inline]
    fn at(&self) -> &Vector3<f64> {
        &self.at
    }
}

/// Points of one sphere, in the order of the tree's leaves.
#[derive(Clone, Debug)]
pub(super) struct Tree<P> {
    pub points: Vec<P>,
    /// None without points.
    pub nodes: Vec<Node>,
}

/// A ball around some of them.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// Its middle, a direction.
    pub centre: Vector3<f64>,
    /// Greatest angle of its points from the middle, radians.
    pub radius: f64,
    /// The same as a distance.
    reach: f64,
    /// Its points.
    pub points: Range<usize>,
    /// The second child; the first follows its parent. Leaves have none.
    pub second: Option<usize>,
}

/// A point of a tree and how far it is from a direction, as the distance of two unit vectors.
#[derive(Clone, Copy, Debug)]
pub(super) struct Nearest {
    square: f64,
    distance: f64,
    /// `None` where there is none as near.
    pub point: Option<usize>,
}

impl Nearest {
    /// Nothing yet, and nothing at this distance or further is asked for.
    pub fn within(distance: f64) -> Self {
        let distance = distance.max(0.0);
        Self { square: distance * distance, distance, point: None }
    }

    #[inline]
    fn take(&mut self, square: f64, point: usize) {
        if square < self.square {
            *self = Self { square, distance: square.sqrt(), point: Some(point) };
        }
    }
}

impl<P: Directed> Tree<P> {
    pub fn new(mut points: Vec<P>) -> Self {
        let mut nodes = Vec::new();
        if !points.is_empty() {
            let count = points.len();
            build(&mut points, 0..count, &mut nodes);
        }
        Self { points, nodes }
    }

    /// The point nearest to a direction, if it is nearer than what is known; a `guess` makes that quicker.
    pub fn nearest(&self, direction: &Vector3<f64>, mut known: Nearest, guess: Option<usize>) -> Nearest {
        if let Some(point) = guess {
            known.take((self.points[point].at() - direction).norm_squared(), point);
        }
        if !self.nodes.is_empty() {
            self.descend(0, direction, &mut known);
        }
        known
    }

    fn descend(&self, place: usize, direction: &Vector3<f64>, known: &mut Nearest) {
        let node = &self.nodes[place];
        let Some(second) = node.second else {
            for point in node.points.clone() {
                known.take((self.points[point].at() - direction).norm_squared(), point);
            }
            return;
        };
        // Squares, and no roots: this is asked a hundred thousand times for some activities.
        let away = |place: usize| ((self.nodes[place].centre - direction).norm_squared(), place);
        let (one, two) = (away(place + 1), away(second));
        let (near, far) = if two.0 < one.0 { (two, one) } else { (one, two) };
        for (square, child) in [near, far] {
            let reach = known.distance + self.nodes[child].reach;
            if square < reach * reach {
                self.descend(child, direction, known);
            }
        }
    }

    /// Every point no further than a distance from a direction.
    pub fn each_within(&self, direction: &Vector3<f64>, distance: f64, visit: &mut impl FnMut(&P)) {
        let mut open = if self.nodes.is_empty() { Vec::new() } else { vec![0] };
        while let Some(place) = open.pop() {
            let node = &self.nodes[place];
            if (node.centre - direction).norm() - node.reach > distance {
                continue;
            }
            match node.second {
                Some(second) => open.extend([second, place + 1]),
                None => {
                    let beside = |point: &&P| (point.at() - direction).norm_squared() <= distance * distance;
                    self.points[node.points.clone()].iter().filter(beside).for_each(&mut *visit);
                }
            }
        }
    }
}

fn build<P: Directed>(points: &mut [P], range: Range<usize>, nodes: &mut Vec<Node>) {
    let own = &mut points[range.clone()];
    let sum: Vector3<f64> = own.iter().map(Directed::at).sum();
    let centre = sum.try_normalize(1e-9).unwrap_or(*own[0].at());
    let furthest = own.iter().map(|point| (centre - point.at()).norm_squared()).fold(0.0, f64::max).sqrt();
    let radius = 2.0 * (furthest / 2.0).min(1.0).asin();
    let place = nodes.len();
    nodes.push(Node { centre, radius, reach: furthest + ROUNDING, points: range.clone(), second: None });
    if own.len() <= LEAF {
        return;
    }
    let spread = |axis: usize| {
        let values = own.iter().map(|point| point.at()[axis]);
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
        high - low
    };
    let axis = (0..3).max_by(|a, b| spread(*a).total_cmp(&spread(*b))).unwrap_or(0);
    let half = own.len() / 2;
    own.select_nth_unstable_by(half, |a, b| a.at()[axis].total_cmp(&b.at()[axis]));
    build(points, range.start..range.start + half, nodes);
    nodes[place].second = Some(nodes.len());
    build(points, range.start + half..range.end, nodes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    /// What looking at every point finds, with any guess and any limit.
    #[test]
    fn the_tree_finds_what_looking_at_every_point_finds() {
        let mut rng = ChaCha8Rng::seed_from_u64(9);
        let mut direction = || Vector3::from_fn(|_, _| rng.random_range(-1.0..1.0_f64)).normalize();
        let tree = Tree::new((0..500).map(|_| direction()).collect());
        for number in 0..2_000 {
            let asked = direction();
            let away = |point: &Vector3<f64>| (point - asked).norm();
            let every = tree.points.iter().map(away).fold(f64::INFINITY, f64::min);
            for guess in [None, Some(number % 500)] {
                let found = tree.nearest(&asked, Nearest::within(f64::INFINITY), guess).point.unwrap();
                assert_eq!(away(&tree.points[found]), every);
                assert!(tree.nearest(&asked, Nearest::within(every * (1.0 - 1e-9)), guess).point.is_none());
                assert_eq!(tree.nearest(&asked, Nearest::within(every * (1.0 + 1e-9)), guess).point, Some(found));
            }
            let mut beside = 0;
            tree.each_within(&asked, 0.2, &mut |_| beside += 1);
            assert_eq!(beside, tree.points.iter().filter(|point| away(point) <= 0.2).count());
        }
        let empty = Tree::<Vector3<f64>>::new(Vec::new());
        assert!(empty.nearest(&Vector3::x(), Nearest::within(f64::INFINITY), None).point.is_none());
    }
}
