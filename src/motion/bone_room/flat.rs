//! Bones as lists, as a graphics card goes through them.

use super::{
    BoneRoom, CupReach, MovingBones, Sphere, search,
    tree::{Directed, Tree},
};
use nalgebra::Vector3;
use rayon::prelude::*;
use std::ops::Range;

/// Points of one sphere about the joint's centre, in a ball; a parent stands before its children.
pub(crate) struct FlatNode {
    /// Its middle, a direction.
    pub centre: Vector3<f64>,
    /// Greatest angle of its points from the middle, radians.
    pub radius: f64,
    /// Its points, of a leaf; else none.
    pub points: Range<usize>,
    /// The node that follows it and all its children.
    pub after: usize,
}

/// Trees one after another.
#[derive(Default)]
pub(crate) struct FlatTrees {
    pub nodes: Vec<FlatNode>,
    pub points: Vec<Vector3<f64>>,
}

impl FlatTrees {
    /// Adds a tree; gives the place of its nodes.
    fn add(&mut self, tree: &Tree<impl Directed>) -> Range<usize> {
        let (node, point) = (self.nodes.len(), self.points.len());
        let mut after = vec![0; tree.nodes.len()];
        for (place, node) in tree.nodes.iter().enumerate().rev() {
            after[place] = node.second.map_or(place + 1, |second| after[second]);
        }
        self.nodes.extend(tree.nodes.iter().zip(after).map(|(tree, after)| {
            let points = if tree.second.is_none() { tree.points.clone() } else { 0..0 };
            let points = points.start + point..points.end + point;
            FlatNode { centre: tree.centre, radius: tree.radius, points, after: after + node }
        }));
        self.points.extend(tree.points.iter().map(Directed::at));
        node..self.nodes.len()
    }
}

impl CupReach {
    /// What of the femur's bone is near enough to the joint's centre to meet the cup; and how far from the cup's axis the cup begins on the
    /// sphere of each node, radians.
    pub(crate) fn flat(&self, moving: &MovingBones) -> (FlatTrees, Vec<f64>) {
        let (mut flat, mut begins) = (FlatTrees::default(), Vec::new());
        for (from_axis, tree) in self.trees(moving) {
            begins.extend(flat.add(tree).map(|_| from_axis));
        }
        (flat, begins)
    }
}

/// The pelvis, sphere by sphere.
#[derive(Default)]
pub(crate) struct FlatPelvis {
    pub trees: FlatTrees,
    /// At each point of the trees out of the bone, and the same of the surface about it where it has an inside ([`search::about`]).
    pub outward: Vec<[Vector3<f64>; 2]>,
    /// The nodes of the sphere of radius n mm in place n.
    pub spheres: Vec<Range<usize>>,
}

impl BoneRoom {
    pub(crate) fn flat_pelvis(&self) -> FlatPelvis {
        let of = |(radius, sphere): (usize, &Sphere)| {
            let about = |at: &Vector3<f64>| search::about(sphere, at, radius as f64).unwrap_or_default();
            sphere.points.iter().map(|crossing| [crossing.outward, about(&crossing.at)]).collect::<Vec<_>>()
        };
        let outward: Vec<_> = self.pelvis.par_iter().enumerate().map(of).collect();
        let mut flat = FlatPelvis::default();
        for (sphere, outward) in self.pelvis.iter().zip(outward) {
            flat.outward.extend(outward);
            flat.spheres.push(flat.trees.add(sphere));
        }
        flat
    }
}
