//! Branch and bound between a moving body and a fixed field.
//!
//! A ball of radius r whose centre is at distance d of the field holds nothing nearer than d − r. Balls that cannot hold the answer
//! are dropped; triangles that may are halved until they are smaller than the resolution, so that nothing slips between samples.

use super::{
    body::Body,
    field::Field,
    triangle::{self, Triangle},
};
use nalgebra::{Isometry3, Matrix3, Point3, Unit, Vector3};

/// What is minimised over the moving surface.
pub(super) trait Objective {
    /// Its value at a point of the surface at distance `d` mm of the field.
    fn value(&self, point: &Point3<f64>, d: f64) -> f64;
    /// A bound from below over a ball of radius `r` mm about the point.
    fn bound(&self, point: &Point3<f64>, d: f64, r: f64) -> f64;
    /// True when a ball with this bound needs no further look, given the least value so far.
    fn settled(&self, bound: f64, best: f64) -> bool;
}

/// The least distance between surface and field, mm, within the given slack.
pub(super) struct Clearance {
    pub slack_mm: f64,
}

impl Objective for Clearance {
    fn value(&self, _point: &Point3<f64>, d: f64) -> f64 {
        d
    }
    fn bound(&self, _point: &Point3<f64>, d: f64, r: f64) -> f64 {
        d - r
    }
    fn settled(&self, bound: f64, best: f64) -> bool {
        bound >= best - self.slack_mm
    }
}

/// The angle in radians that the body can turn about a fixed axis before it can have touched: conservative advancement
/// (Mirtich 1996), with each part's own distance from the axis instead of the farthest one's.
pub(super) struct SafeTurn {
    pub centre: Point3<f64>,
    pub axis: Unit<Vector3<f64>>,
}

impl SafeTurn {
    /// Part of the best known angle that is enough: a bound that close is not worth improving.
    const ENOUGH: f64 = 0.7;

    fn lever_mm(&self, point: &Point3<f64>) -> f64 {
        self.axis.cross(&(point - self.centre)).norm()
    }
}

impl Objective for SafeTurn {
    fn value(&self, point: &Point3<f64>, d: f64) -> f64 {
        d.max(0.0) / self.lever_mm(point).max(1e-9)
    }
    fn bound(&self, point: &Point3<f64>, d: f64, r: f64) -> f64 {
        (d - r).max(0.0) / (self.lever_mm(point) + r)
    }
    fn settled(&self, bound: f64, best: f64) -> bool {
        bound >= Self::ENOUGH * best
    }
}

/// How a search begins and when it may end.
pub(super) struct Extent {
    /// Nothing at or above this value is of interest.
    pub start: f64,
    /// A value below this ends the search at once.
    pub enough: f64,
    /// Triangles are halved down to this radius, mm.
    pub resolution_mm: f64,
}

/// What a search found.
pub(super) struct Found {
    /// Least value on the surface, or the extent's start.
    pub value: f64,
    /// Certified: no point of the surface has a value below it (unless the search ended early).
    pub bound: f64,
    /// Where the least value is on the moving surface, LPS mm; `None` when nothing below the start was met.
    pub at: Option<Point3<f64>>,
}

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

struct Search<'a, O> {
    field: &'a dyn Field,
    objective: &'a O,
    extent: &'a Extent,
    stack: Vec<Item>,
    found: Found,
}

/// Minimises the objective over the body moved by `pose`.
pub(super) fn minimise<O: Objective>(
    body: &Body,
    pose: &Isometry3<f64>,
    field: &dyn Field,
    objective: &O,
    extent: &Extent,
) -> Found {
    let pose = Pose::new(pose);
    let found = Found { value: extent.start, bound: extent.start, at: None };
    let mut search = Search { field, objective, extent, stack: Vec::with_capacity(96), found };
    let unknown = Near { point: Point3::origin(), distance_mm: f64::NEG_INFINITY, reach_mm: f64::INFINITY };
    search.open(body, &pose, 0, &unknown).into_iter().for_each(|item| search.stack.push(item));
    while let Some(item) = search.stack.pop() {
        if search.found.value < extent.enough {
            break;
        }
        if search.is_settled(&item) {
            continue;
        }
        let children = match item.part {
            Part::Node(index) => {
                let node = &body.nodes[index as usize];
                if node.leaf {
                    let corners = body.triangles[node.link as usize].map(|corner| pose.apply(&corner));
                    triangle::halves(&corners).map(|half| search.weigh(half, &item.near))
                } else {
                    [index + 1, node.link].map(|child| search.open(body, &pose, child, &item.near))
                }
            }
            Part::Piece(corners) => triangle::halves(&corners).map(|half| search.weigh(half, &item.near)),
        };
        search.push_nearest_last(children);
    }
    search.found
}

impl<O: Objective> Search<'_, O> {
    /// True when the item is done with; its bound then counts.
    fn is_settled(&mut self, item: &Item) -> bool {
        self.settles(item.bound, item.radius_mm <= self.extent.resolution_mm)
    }

    /// True when a bound is good enough, or its ball small enough.
    fn settles(&mut self, bound: f64, small_enough: bool) -> bool {
        let settled = small_enough || self.objective.settled(bound, self.found.value);
        if settled {
            self.found.bound = self.found.bound.min(bound);
        }
        settled
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
        let node = &body.nodes[index as usize];
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
        let least = self.objective.bound(&centre, near.distance_mm - way, radius_mm);
        if self.settles(least, false) {
            return None;
        }
        let (d, reach_mm) = self.field.distance(&centre, near.reach_mm + way);
        if on_surface {
            let value = self.objective.value(&centre, d);
            if value < self.found.value {
                self.found.value = value;
                self.found.at = Some(centre);
            }
        }
        let near = Near { point: centre, distance_mm: d, reach_mm };
        let item = Item { bound: self.objective.bound(&centre, d, radius_mm), near, radius_mm, part };
        (!self.is_settled(&item)).then_some(item)
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
        Point3::from(self.turn * point.coords + self.shift)
    }
}
