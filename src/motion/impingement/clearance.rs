//! The least distance of a moving surface from a fixed one along a path, by branch and bound over the path and the moving surface.
//!
//! What the fixed surface has to say is one number for each point ([`Nearness`]): where a neck stands in the middle of a socket, as near to
//! all of its rim, pairs of parts would be tried without end.

use super::{
    meeting::{Placing, nearest_last},
    nearness::{Nearness, nearest},
    sweep::Surface,
    tree::{BallTree, Shells},
    triangle::{self, Triangle},
    way::{Stretches, Way},
};
use crate::motion::joint;
use nalgebra::{Isometry3, Matrix3, Point3, Rotation3, Vector3};

/// What could be nearer than the nearest by less than this is not looked into, mm, nor by less than this share of it.
const SLACK_MM: f64 = 0.1;
const SHARE: f64 = 0.1;
/// Parts of no larger radius are measured exactly where the grid cannot tell, mm.
const SMALL_MM: f64 = 4.0;

/// Nearer than the nearest by less than this share is not worth measuring.
const NEARER_SHARE: f64 = 0.01;
/// Two near points are brought nearer until a turn brings less than this, mm, or so many turns were tried.
const NEARER_MM: f64 = 1e-3;
const MOST_TURNS: usize = 20;

/// A moving surface against a fixed one.
pub(super) struct Approach<'a> {
    pub moving: &'a BallTree,
    pub shells: &'a Shells,
    /// Where the moving surface begins.
    pub start: &'a Isometry3<f64>,
    pub fixed: &'a [Surface<'a>],
    pub near: &'a Nearness,
    /// What the moving surface turns about, LPS mm.
    pub centre: &'a Point3<f64>,
}

/// Where two surfaces come closest along a path.
#[derive(Clone, Copy, Debug)]
pub(super) struct Nearest {
    /// mm.
    pub distance_mm: f64,
    /// Leg of the path and part of it.
    pub leg: usize,
    pub part: f64,
    /// Points of the moving and the fixed surface there, LPS mm.
    pub points: [Point3<f64>; 2],
}

/// A way that stays where it is.
pub(super) struct Still;

impl Way for Still {
    fn legs(&self) -> usize {
        1
    }
    fn rotation(&self, _leg: usize, _part: f64) -> Matrix3<f64> {
        Matrix3::identity()
    }
    fn turn_rad(&self, _leg: usize) -> f64 {
        0.0
    }
}

#[derive(Clone, Copy)]
enum Part {
    Node(u32),
    Piece(Triangle),
}

/// A part of the moving surface with its ball, relative to the joint's centre before it turns, on a stretch of the path.
struct Item {
    stretch: u32,
    part: Part,
    centre: Vector3<f64>,
    radius_mm: f64,
    on_surface: bool,
    bound: f64,
}

/// True when nothing at a distance of at least `bound` is of interest, given the least so far.
fn settled(bound: f64, known: f64) -> bool {
    bound.max(0.0) >= known * (1.0 - SHARE) - SLACK_MM
}

/// True when surfaces whose least distance is told as this, mm, may touch.
pub(super) fn may_touch(distance_mm: f64) -> bool {
    settled(0.0, distance_mm)
}

struct Search<'a, 'b> {
    approach: &'a Approach<'a>,
    placing: Placing,
    stretches: Stretches<'b>,
    known: f64,
    found: Option<Nearest>,
    measured: usize,
}

impl Approach<'_> {
    /// Distance of a point from the fixed surface, mm.
    pub fn distance_mm(&self, point: &Point3<f64>) -> f64 {
        nearest(self.fixed, point, f64::INFINITY).map_or(f64::INFINITY, |(distance, _)| distance)
    }

    /// From two points that are near to each other to two about them that are nearest: of each surface in turn the point that is nearest to the
    /// other's.
    fn closest_about(
        &self,
        rotation: &Matrix3<f64>,
        mut distance_mm: f64,
        mut points: [Point3<f64>; 2],
    ) -> (f64, [Point3<f64>; 2]) {
        let pose = joint::about(self.centre, &Rotation3::from_matrix_unchecked(*rotation)) * self.start;
        let whole = [Surface { tree: self.moving, shells: self.shells, gone: None }];
        for _ in 0..MOST_TURNS {
            let before = distance_mm;
            let limit_mm = distance_mm + NEARER_MM;
            let Some((_, on_moving)) = nearest(&whole, &pose.inverse_transform_point(&points[1]), limit_mm) else { break };
            let on_moving = pose * on_moving;
            let Some((nearer_mm, on_fixed)) = nearest(self.fixed, &on_moving, limit_mm) else { break };
            (distance_mm, points) = (nearer_mm, [on_moving, on_fixed]);
            if distance_mm > before - NEARER_MM {
                break;
            }
        }
        (distance_mm, points)
    }

    /// A place where the surfaces are near each other: at the ends and in the middle of each leg the part of the moving surface is
    /// followed that seems nearest, and the nearest of these is measured, when it is below `below_mm`.
    pub fn guess(&self, way: &dyn Way, below_mm: f64) -> Option<Nearest> {
        let stretches = Stretches::new(way);
        let placing = Placing::new(self.start, self.centre);
        let mut best = (below_mm, None);
        for number in 0..stretches.count() {
            let stretch = stretches.get(number);
            let about = |index: u32| {
                let node = &self.moving.nodes[index as usize];
                let point = self.centre + joint::turned(&stretch.rotation, &placing.apply(&node.centre));
                let (_, about_mm) = self.near.at_least(self.fixed, &point, node.radius_mm);
                (about_mm - if node.leaf { 0.0 } else { node.radius_mm }, point, index)
            };
            let mut at = about(0);
            while at.0 < best.0 && !self.moving.nodes[at.2 as usize].leaf {
                let [one, two] = [at.2 + 1, self.moving.nodes[at.2 as usize].link].map(about);
                at = if two.0 < one.0 { two } else { one };
            }
            if at.0 < best.0 {
                best = (at.0, Some((stretch, at.1)));
            }
        }
        let (stretch, point) = best.1?;
        let (distance_mm, on_fixed) = nearest(self.fixed, &point, f64::INFINITY)?;
        let (distance_mm, points) = self.closest_about(&stretch.rotation, distance_mm, [point, on_fixed]);
        (distance_mm < below_mm).then_some(Nearest { distance_mm, leg: stretch.leg, part: stretch.middle(), points })
    }

    /// The least distance along a path when it is below `below_mm`, to 0.1 mm and 10 %, and how often a point was measured.
    pub fn least(&self, way: &dyn Way, below_mm: f64) -> (Option<Nearest>, usize) {
        let stretches = Stretches::new(way);
        let placing = Placing::new(self.start, self.centre);
        let mut search = Search { approach: self, placing, stretches, known: below_mm, found: None, measured: 0 };
        let mut stack: Vec<Item> = Vec::with_capacity(256);
        // Keyframes come first: there the answer often is.
        for stretch in 0..search.stretches.count() {
            let root = search.node(stretch, 0);
            stack.extend(search.weigh(root));
        }
        while let Some(item) = stack.pop() {
            if settled(item.bound, search.known) {
                continue;
            }
            let children = search.halves(item).map(|half| half.and_then(|half| search.weigh(half)));
            nearest_last(&mut stack, children, |item| item.bound);
        }
        (search.found, search.measured)
    }
}

impl Search<'_, '_> {
    fn node(&self, stretch: u32, index: u32) -> Item {
        let node = &self.approach.moving.nodes[index as usize];
        let centre = self.placing.apply(&node.centre);
        Item { stretch, part: Part::Node(index), centre, radius_mm: node.radius_mm, on_surface: node.leaf, bound: 0.0 }
    }

    /// What leaves most open is halved: the path, or the part.
    fn halves(&mut self, item: Item) -> [Option<Item>; 2] {
        let way_mm = self.stretches.get(item.stretch).way_mm(&item.centre, item.radius_mm);
        if way_mm > 0.0 && way_mm >= item.radius_mm {
            return self.stretches.halves(item.stretch).map(|stretch| Some(Item { stretch, ..item }));
        }
        // Below this the distance is known to the slack.
        if item.on_surface && item.radius_mm < SLACK_MM / 4.0 {
            return [None, None];
        }
        let tree = self.approach.moving;
        let corners = match item.part {
            Part::Node(index) if !item.on_surface => {
                return [index + 1, tree.nodes[index as usize].link].map(|child| Some(self.node(item.stretch, child)));
            }
            Part::Node(index) => {
                tree.triangles[tree.nodes[index as usize].link as usize].map(|p| Point3::from(self.placing.apply(&p)))
            }
            Part::Piece(corners) => corners,
        };
        triangle::halves(&corners).map(|half| {
            let (centre, radius_mm) = triangle::ball(&half);
            Some(Item { part: Part::Piece(half), centre: centre.coords, radius_mm, ..item })
        })
    }

    /// The part with its bound; `None` where it holds nothing of interest.
    fn weigh(&mut self, item: Item) -> Option<Item> {
        if let Part::Node(index) = item.part {
            let shells = self.approach.fixed.iter().map(|surface| self.approach.shells.apart_mm(index, surface.shells));
            if settled(shells.fold(f64::INFINITY, f64::min), self.known) {
                return None;
            }
        }
        let stretch = self.stretches.get(item.stretch);
        let point = self.approach.centre + joint::turned(&stretch.rotation, &item.centre);
        let open_mm = item.radius_mm + stretch.way_mm(&item.centre, item.radius_mm);
        let (distance_mm, about_mm) = self.approach.near.at_least(self.approach.fixed, &point, open_mm);
        let bound = distance_mm - open_mm;
        if settled(bound, self.known) {
            return None;
        }
        // Measured is what is probably nearer than all else, and what that would be done with where halves would not.
        let nearer = item.on_surface && about_mm < self.known * (1.0 - NEARER_SHARE);
        let worth = about_mm - distance_mm > open_mm / 4.0 && settled(about_mm - open_mm, self.known);
        if open_mm > SMALL_MM || !(nearer || worth) {
            return Some(Item { bound, ..item });
        }
        // Further than this it says nothing.
        let limit_mm = self.known.max(self.known * (1.0 - SHARE) - SLACK_MM + open_mm);
        self.measured += 1;
        let (distance_mm, on_fixed) = nearest(self.approach.fixed, &point, limit_mm)?;
        // The centre of a triangle's ball is a point of the triangle.
        if item.on_surface && distance_mm < self.known {
            let stretch = *self.stretches.get(item.stretch);
            let (distance_mm, points) = self.approach.closest_about(&stretch.rotation, distance_mm, [point, on_fixed]);
            self.known = distance_mm;
            self.found = Some(Nearest { distance_mm, leg: stretch.leg, part: stretch.middle(), points });
        }
        let bound = distance_mm - open_mm;
        (!settled(bound, self.known)).then_some(Item { bound, ..item })
    }
}
