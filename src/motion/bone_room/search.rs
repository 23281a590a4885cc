//! The least angle between a moving body and the pelvis, over all spheres: branch and bound, what promises least first.

use super::{
    MovingBones, Sphere,
    slices::{Node, Tree, angle},
};
use crate::motion::Couple;
use kiddo::{ImmutableKdTree, SquaredEuclidean};
use nalgebra::{Matrix3, Vector3};
use std::{cmp::Ordering, collections::BinaryHeap};

/// A point counts as inside when the nearest of the surface lies outwards of it, within 60° of straight: beside a surface that is open it
/// does not.
const STRAIGHT: f64 = 0.5;

/// The least signed angle where it is below one that is enough, radians, and the couple that has it.
pub(super) fn least(pelvis: &[Sphere], moving: &MovingBones, turn: &Matrix3<f64>, enough: f64) -> (f64, Couple) {
    let mut least = (enough, Couple::BoneBone);
    // What promises least is looked into first, on whatever sphere it is.
    let mut open = BinaryHeap::with_capacity(512);
    for (trees, couple) in &moving.bodies {
        for (sphere, tree) in pelvis.iter().zip(trees) {
            if let (Some(index), Some(root)) = (&sphere.index, tree.nodes.first()) {
                let part = Part { sphere, index, tree, couple: *couple };
                open.push(part.open(0, root, turn));
            }
        }
    }
    while let Some(Item { bound, signed, part, place }) = open.pop() {
        if bound >= least.0 {
            break;
        }
        let node = &part.tree.nodes[place];
        let Some(second) = node.second else {
            for point in &part.tree.points[node.points.clone()] {
                // Nothing is nearer than the middle of its ball less the way there: often that says enough.
                if signed - angle(&node.centre, point) >= least.0 {
                    continue;
                }
                let found = part.signed(&(turn * point));
                if found < least.0 {
                    least = (found, part.couple);
                }
            }
            continue;
        };
        for child in [place + 1, second] {
            let inner = &part.tree.nodes[child];
            if signed - angle(&node.centre, &inner.centre) - inner.radius < least.0 {
                open.push(part.open(child, inner, turn));
            }
        }
    }
    least
}

/// Lines of the pelvis and points of a moving body on one sphere.
#[derive(Clone, Copy)]
struct Part<'a> {
    sphere: &'a Sphere,
    index: &'a ImmutableKdTree<f64, 3>,
    tree: &'a Tree,
    couple: Couple,
}

/// A ball of points with the least angle that it may hold, radians.
struct Item<'a> {
    bound: f64,
    /// Angle of its middle.
    signed: f64,
    part: Part<'a>,
    place: usize,
}

impl PartialEq for Item<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Item<'_> {}

impl PartialOrd for Item<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Item<'_> {
    /// The least is the greatest: what a heap gives first.
    fn cmp(&self, other: &Self) -> Ordering {
        other.bound.total_cmp(&self.bound)
    }
}

impl<'a> Part<'a> {
    fn open(self, place: usize, node: &Node, turn: &Matrix3<f64>) -> Item<'a> {
        let signed = self.signed(&(turn * node.centre));
        Item { bound: signed - node.radius, signed, part: self, place }
    }

    /// Angle of a direction from the nearest line, radians; negative inside the bone.
    fn signed(&self, direction: &Vector3<f64>) -> f64 {
        let nearest = self.index.query(&(*direction).into()).nearest_one::<SquaredEuclidean<f64>>().execute();
        let nearest = &self.sphere.lines[nearest.item as usize];
        let apart = angle(direction, &nearest.at);
        let outwards = (direction - nearest.at).dot(&nearest.outward);
        if outwards < -STRAIGHT * (direction - nearest.at).norm() { -apart } else { apart }
    }
}
