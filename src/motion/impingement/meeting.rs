//! Two surfaces of which one turns about the joint's centre: where they first touch, and whether they cross.
//!
//! Both are trees of balls. A pair of balls that cannot touch before what was found already holds nothing earlier, and is dropped; of
//! two triangles the answer is exact ([`Turn`]). So a motion is followed without steps and nothing is tunnelled through.

use super::{
    crossing::crossing,
    tree::{BallNode, BallTree, Shells},
    triangle::{self, Triangle},
    turn::{Angle, Balls, Turn},
    work::{Undecided, Work},
};
use crate::{motion::joint, surface::closest_on_triangle};
use nalgebra::{Isometry3, Matrix3, Point3, Rotation3, Vector3};

/// A surface that turns against one that stays.
pub(super) struct Meeting<'a> {
    pub moving: &'a BallTree,
    /// Where the moving surface begins.
    pub start: Isometry3<f64>,
    pub fixed: &'a BallTree,
    /// What the moving surface turns about, LPS mm.
    pub centre: Point3<f64>,
    /// A ball without which the fixed surface is to be seen; triangles that reach into it do not count.
    pub gone: Option<Gone>,
    /// Of the moving and the fixed tree about the centre, both as at the start.
    pub shells: [&'a Shells; 2],
}

/// A ball, LPS mm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Gone {
    pub centre: Point3<f64>,
    pub radius_mm: f64,
}

impl Gone {
    #[inline]
    pub fn holds_ball(&self, node: &BallNode) -> bool {
        (node.centre - self.centre).norm() + node.radius_mm <= self.radius_mm
    }

    /// True when a corner of a triangle is in the ball.
    pub fn holds_one_of(&self, corners: &Triangle) -> bool {
        corners.iter().any(|corner| (corner - self.centre).norm_squared() < self.radius_mm * self.radius_mm)
    }

    /// Where the way from a point inside the ball to one outside, or back, goes through its surface.
    pub fn through(&self, from: &Point3<f64>, to: &Point3<f64>) -> Point3<f64> {
        let (way, start) = (to - from, from - self.centre);
        let (a, b, c) = (way.norm_squared(), way.dot(&start), start.norm_squared() - self.radius_mm * self.radius_mm);
        let root = (b * b - a * c).max(0.0).sqrt();
        let part = if c < 0.0 { (root - b) / a } else { (-b - root) / a };
        from + way * part.clamp(0.0, 1.0)
    }

    /// True when no part of the triangle is in the ball.
    pub fn spares(&self, corners: &Triangle) -> bool {
        let (middle, radius_mm) = triangle::ball(corners);
        let away = (middle - self.centre).norm();
        away >= self.radius_mm + radius_mm
            || (away >= self.radius_mm - radius_mm
                && (closest_on_triangle(&self.centre, corners) - self.centre).norm() >= self.radius_mm)
    }
}

/// A first touch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Met {
    /// From the start.
    pub angle: Angle,
    /// LPS mm.
    pub point: Point3<f64>,
}

/// A pair of nodes; centres are relative to the joint's.
struct Item {
    nodes: [u32; 2],
    centres: [Vector3<f64>; 2],
    bound: f64,
}

/// A pose as a matrix, relative to the joint's centre: faster to apply than a quaternion.
pub(super) struct Placing {
    pub turn: Matrix3<f64>,
    pub shift: Vector3<f64>,
}

impl Placing {
    pub fn new(pose: &Isometry3<f64>, centre: &Point3<f64>) -> Self {
        Self { turn: *pose.rotation.to_rotation_matrix().matrix(), shift: pose.translation.vector - centre.coords }
    }

    #[inline]
    pub fn apply(&self, point: &Point3<f64>) -> Vector3<f64> {
        joint::turned(&self.turn, &point.coords) + self.shift
    }
}

impl Meeting<'_> {
    /// Where the moving surface is after a rotation about the centre.
    pub fn placed(&self, rotation: &Matrix3<f64>) -> Isometry3<f64> {
        joint::about(&self.centre, &Rotation3::from_matrix_unchecked(*rotation)) * self.start
    }

    /// Triangles of a pair, relative to the joint's centre; `None` when the fixed one does not count.
    pub fn corners(&self, placing: &Placing, [moving, fixed]: [u32; 2]) -> Option<[Triangle; 2]> {
        let fixed = self.fixed.triangles[fixed as usize];
        let counts = self.gone.is_none_or(|gone| gone.spares(&fixed));
        let [a, b, c] = &self.moving.triangles[moving as usize];
        let placed = |p: &Point3<f64>| Point3::from(placing.apply(p));
        let relative = |p: &Point3<f64>| Point3::from(p - self.centre);
        let [d, e, f] = &fixed;
        counts.then(|| [[placed(a), placed(b), placed(c)], [relative(d), relative(e), relative(f)]])
    }

    /// The first touch in a turn from the start up to an angle.
    pub fn first_touch(&self, turn: &Turn, up_to: Angle, work: &mut Work) -> Result<Option<Met>, Undecided> {
        let placing = Placing::new(&self.start, &self.centre);
        let mut best = Met { angle: up_to, point: self.centre };
        let mut found = false;
        let mut touch = |item: &Item, triangles: [u32; 2], best: &mut Met| {
            let corners = self.corners(&placing, triangles);
            let sum_mm = self.moving.nodes[item.nodes[0] as usize].radius_mm + self.fixed.nodes[item.nodes[1] as usize].radius_mm;
            let balls = Balls { centres: item.centres, sum_mm };
            if let Some((angle, point)) = corners.and_then(|[moving, fixed]| turn.triangles(&moving, &fixed, &balls, best.angle))
            {
                *best = Met { angle, point: self.centre + point.coords };
                found = true;
            }
        };
        let weigh = |nodes: [u32; 2], known: [Option<Vector3<f64>>; 2], best: &Met| {
            let (centres, sum_mm) = self.approach(nodes, known, &placing)?;
            let bound = turn.balls(&Balls { centres, sum_mm })?;
            bound.before(best.angle).then_some(Item { nodes, centres, bound: bound.rank() })
        };
        let mut stack: Vec<Item> = Vec::with_capacity(128);
        stack.extend(weigh([0, 0], [None; 2], &best));
        while let Some(item) = stack.pop() {
            if item.bound >= best.angle.rank() {
                continue;
            }
            work.step();
            work.check()?;
            match self.open(&item, |nodes, known| weigh(nodes, known, &best)) {
                Opened::Triangles(triangles) => touch(&item, triangles, &mut best),
                Opened::Children(children) => nearest_last(&mut stack, children, |item| item.bound),
            }
        }
        Ok(found.then_some(best))
    }

    /// A point that both surfaces share in a pose of the moving one; `None` when they do not cross.
    pub fn crossing(&self, pose: &Isometry3<f64>, work: &mut Work) -> Option<Point3<f64>> {
        let placing = Placing::new(pose, &self.centre);
        let near = |nodes: [u32; 2], known: [Option<Vector3<f64>>; 2]| {
            let (centres, sum_mm) = self.approach(nodes, known, &placing)?;
            let bound = (centres[0] - centres[1]).norm() - sum_mm;
            (bound <= 0.0).then_some(Item { nodes, centres, bound })
        };
        let mut stack: Vec<Item> = Vec::with_capacity(128);
        stack.extend(near([0, 0], [None; 2]));
        while let Some(item) = stack.pop() {
            work.step();
            match self.open(&item, near) {
                Opened::Triangles(triangles) => {
                    let corners = self.corners(&placing, triangles);
                    if let Some(point) = corners.and_then(|[moving, fixed]| crossing(&moving, &fixed)) {
                        return Some(self.centre + point.coords);
                    }
                }
                Opened::Children(children) => nearest_last(&mut stack, children, |item| item.bound),
            }
        }
        None
    }

    /// Centres of a pair of nodes, and the sum of their radii; `None` for what can never meet.
    #[inline]
    fn approach(&self, nodes: [u32; 2], known: [Option<Vector3<f64>>; 2], placing: &Placing) -> Option<([Vector3<f64>; 2], f64)> {
        if !self.shells[0].may_meet(nodes[0], self.shells[1], nodes[1]) {
            return None;
        }
        let [a, b] = [&self.moving.nodes[nodes[0] as usize], &self.fixed.nodes[nodes[1] as usize]];
        if known[1].is_none() && self.gone.is_some_and(|gone| gone.holds_ball(b)) {
            return None;
        }
        let centres = [known[0].unwrap_or_else(|| placing.apply(&a.centre)), known[1].unwrap_or_else(|| b.centre - self.centre)];
        Some((centres, a.radius_mm + b.radius_mm))
    }

    /// What a pair of nodes holds: the children of the larger one against the other, or two triangles.
    #[inline]
    fn open(&self, item: &Item, weigh: impl Fn([u32; 2], [Option<Vector3<f64>>; 2]) -> Option<Item>) -> Opened {
        let [moving, fixed] = item.nodes;
        let [a, b] = [&self.moving.nodes[moving as usize], &self.fixed.nodes[fixed as usize]];
        let [known_a, known_b] = [Some(item.centres[0]), Some(item.centres[1])];
        if a.leaf && b.leaf {
            Opened::Triangles([a.link, b.link])
        } else if b.leaf || (!a.leaf && a.radius_mm >= b.radius_mm) {
            Opened::Children([weigh([moving + 1, fixed], [None, known_b]), weigh([a.link, fixed], [None, known_b])])
        } else {
            Opened::Children([weigh([moving, fixed + 1], [known_a, None]), weigh([moving, b.link], [known_a, None])])
        }
    }
}

enum Opened {
    Triangles([u32; 2]),
    Children([Option<Item>; 2]),
}

/// Puts two children on a stack so that the one with the lesser bound comes off first.
#[inline]
pub(super) fn nearest_last<T>(stack: &mut Vec<T>, children: [Option<T>; 2], bound: impl Fn(&T) -> f64) {
    let of = |child: &Option<T>| child.as_ref().map_or(f64::INFINITY, &bound);
    let one_is_nearer = of(&children[0]) < of(&children[1]);
    let [one, two] = children;
    let (far, near) = if one_is_nearer { (two, one) } else { (one, two) };
    if let Some(far) = far {
        stack.push(far);
    }
    if let Some(near) = near {
        stack.push(near);
    }
}
