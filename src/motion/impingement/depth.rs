//! How deep a moving body is in a fixed field, by branch and bound.
//!
//! A ball of radius r whose centre is at distance d of the field holds nothing deeper than d − r. Balls that cannot hold the answer
//! are dropped; triangles that may are halved until they are smaller than the resolution, so that nothing slips between samples.

use super::{
    body::Body,
    field::Field,
    triangle::{self, Triangle},
};
use crate::motion::joint;
use nalgebra::{Isometry3, Matrix3, Point3, Vector3};

#[derive(Clone, Copy)]
enum Part {
    Node(u32),
    Piece(Triangle),
}

struct Item {
    bound: f64,
    near: Near,
    radius_mm: f64,
    part: Part,
}

/// A point already measured: the field's distance and reach there.
#[derive(Clone, Copy)]
struct Near {
    point: Point3<f64>,
    distance_mm: f64,
    reach_mm: f64,
}

struct Search<'a> {
    field: &'a dyn Field,
    resolution_mm: f64,
    stack: Vec<Item>,
    /// Points measured since the resolution was last doubled.
    measured: usize,
    least_mm: f64,
    at: Option<Point3<f64>>,
}

/// After so many points the resolution is doubled, so that surfaces which lie on each other all over end the search too.
const MANY: usize = 100_000;

/// The least signed distance of the surface of a body moved by `pose`, mm, where it is negative, and the point of the surface that has it;
/// `None` when nothing is deeper than the resolution.
pub(super) fn deepest(body: &Body, pose: &Isometry3<f64>, field: &dyn Field, resolution_mm: f64) -> Option<(f64, Point3<f64>)> {
    let pose = Pose::new(pose);
    let mut search = Search { field, resolution_mm, stack: Vec::with_capacity(96), measured: 0, least_mm: 0.0, at: None };
    let unknown = Near { point: Point3::origin(), distance_mm: f64::NEG_INFINITY, reach_mm: f64::INFINITY };
    search.open(body, &pose, 0, &unknown).into_iter().for_each(|item| search.stack.push(item));
    while let Some(item) = search.stack.pop() {
        if search.is_settled(item.bound, item.radius_mm) {
            continue;
        }
        let children = match item.part {
            Part::Node(index) => {
                let node = &body.tree.nodes[index as usize];
                if node.leaf {
                    let corners = body.tree.triangles[node.link as usize].map(|corner| pose.apply(&corner));
                    triangle::halves(&corners).map(|half| search.weigh(half, &item.near))
                } else {
                    [index + 1, node.link].map(|child| search.open(body, &pose, child, &item.near))
                }
            }
            Part::Piece(corners) => triangle::halves(&corners).map(|half| search.weigh(half, &item.near)),
        };
        search.push_nearest_last(children);
    }
    search.at.map(|at| (search.least_mm, at))
}

impl Search<'_> {
    /// True when nothing in a ball of this bound can be deeper by more than the resolution.
    fn is_settled(&self, bound: f64, radius_mm: f64) -> bool {
        radius_mm <= self.resolution_mm || bound >= self.least_mm - self.resolution_mm
    }

    fn push_nearest_last(&mut self, children: [Option<Item>; 2]) {
        let [one, two] = children;
        let one_is_nearer =
            one.as_ref().map_or(f64::INFINITY, |item| item.bound) < two.as_ref().map_or(f64::INFINITY, |item| item.bound);
        let (far, near) = if one_is_nearer { (two, one) } else { (one, two) };
        self.stack.extend(far);
        self.stack.extend(near);
    }

    fn open(&mut self, body: &Body, pose: &Pose, index: u32, near: &Near) -> Option<Item> {
        let node = &body.tree.nodes[index as usize];
        let centre = pose.apply(&node.centre);
        self.assess(centre, node.radius_mm, node.leaf, Part::Node(index), near)
    }

    fn weigh(&mut self, piece: Triangle, near: &Near) -> Option<Item> {
        let (centre, radius_mm) = triangle::ball(&piece);
        self.assess(centre, radius_mm, true, Part::Piece(piece), near)
    }

    /// Measures a ball; only a triangle's centre is a point of the surface.
    fn assess(&mut self, centre: Point3<f64>, radius_mm: f64, on_surface: bool, part: Part, near: &Near) -> Option<Item> {
        let way = (centre - near.point).norm();
        // No distance changes by more than the way: often that says enough.
        if near.distance_mm - way - radius_mm >= self.least_mm - self.resolution_mm {
            return None;
        }
        self.measured += 1;
        if self.measured > MANY {
            (self.measured, self.resolution_mm) = (0, self.resolution_mm * 2.0);
        }
        let (d, reach_mm) = self.field.distance(&centre, near.reach_mm + way);
        if on_surface && d < self.least_mm {
            self.least_mm = d;
            self.at = Some(centre);
        }
        let near = Near { point: centre, distance_mm: d, reach_mm };
        let item = Item { bound: d - radius_mm, near, radius_mm, part };
        (!self.is_settled(item.bound, radius_mm)).then_some(item)
    }
}

/// A rigid transform as a matrix: faster to apply than a quaternion.
struct Pose {
    turn: Matrix3<f64>,
    shift: Vector3<f64>,
}

impl Pose {
    fn new(pose: &Isometry3<f64>) -> Self {
        Self { turn: *pose.rotation.to_rotation_matrix().matrix(), shift: pose.translation.vector }
    }

    fn apply(&self, point: &Point3<f64>) -> Point3<f64> {
        Point3::from(joint::turned(&self.turn, &point.coords) + self.shift)
    }
}
