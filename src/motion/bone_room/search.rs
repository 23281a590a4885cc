//! The least angle between a moving body and the pelvis along a whole path, by branch and bound over the path and the body at once: what is far
//! is done with on long stretches, and only what is near is followed closely.

use super::{
    MovingBones, Sphere,
    slices::{Crossing, Tree, angle},
};
use crate::motion::{Couple, joint};
use kiddo::{ImmutableKdTree, SquaredEuclidean};
use nalgebra::{Matrix3, Vector3};

/// A point counts as inside when the nearest of the surface lies outwards of it, within 60° of straight: beside a surface that is open it
/// does not.
const STRAIGHT: f64 = 0.5;

/// Where a point of femur or stem has least room.
pub(super) struct Least {
    /// Radians; negative inside the pelvis.
    pub signed: f64,
    /// Place on the path, degrees.
    pub place: f64,
    pub couple: Couple,
    /// The point before it turns, and the nearest of the pelvis, mm about the joint's centre.
    pub points: [Vector3<f64>; 2],
}

/// A stretch of a path, degrees: the femur turns by no more than its length.
struct Stretch {
    from: f64,
    to: f64,
    /// In its middle.
    rotation: Matrix3<f64>,
    half_turn: f64,
    halves: Option<usize>,
}

impl Stretch {
    fn new(rotation: &dyn Fn(f64) -> Matrix3<f64>, from: f64, to: f64) -> Self {
        let rotation = rotation(0.5 * (from + to));
        Self { from, to, rotation, half_turn: (0.5 * (to - from)).to_radians(), halves: None }
    }
}

/// Lines of the pelvis and points of a moving body on one sphere.
#[derive(Clone, Copy)]
struct Part<'a> {
    sphere: &'a Sphere,
    index: &'a ImmutableKdTree<f64, 3>,
    tree: &'a Tree,
    couple: Couple,
    radius_mm: f64,
}

impl MovingBones {
    /// Every sphere on which the pelvis and one of the bodies have something.
    fn parts<'a>(&'a self, pelvis: &'a [Sphere]) -> impl Iterator<Item = Part<'a>> {
        self.bodies.iter().flat_map(move |(trees, couple)| {
            pelvis.iter().zip(trees).enumerate().filter_map(move |(radius, (sphere, tree))| {
                let index = sphere.index.as_ref().filter(|_| !tree.nodes.is_empty())?;
                Some(Part { sphere, index, tree, couple: *couple, radius_mm: radius as f64 })
            })
        })
    }
}

impl Part<'_> {
    fn signed(&self, direction: &Vector3<f64>) -> (f64, Vector3<f64>) {
        signed(&self.sphere.lines, self.index, direction)
    }
}

/// Angle of a direction from the nearest line, radians, negative inside the bone; and that line's nearest point.
pub(super) fn signed(lines: &[Crossing], index: &ImmutableKdTree<f64, 3>, direction: &Vector3<f64>) -> (f64, Vector3<f64>) {
    let nearest = index.query(&(*direction).into()).nearest_one::<SquaredEuclidean<f64>>().execute();
    let nearest = &lines[nearest.item as usize];
    let apart = angle(direction, &nearest.at);
    let outwards = (direction - nearest.at).dot(&nearest.outward);
    let inside = outwards < -STRAIGHT * (direction - nearest.at).norm();
    (if inside { -apart } else { apart }, nearest.at)
}

/// Points of one sphere: those of a node of its tree, or one.
#[derive(Clone, Copy)]
enum Points {
    Node(usize),
    One(usize),
}

struct Item<'a> {
    stretch: usize,
    part: Part<'a>,
    points: Points,
    /// Their middle in the middle of the stretch, and its angle.
    turned: Vector3<f64>,
    signed: f64,
    bound: f64,
}

struct Search<'t> {
    rotation: &'t dyn Fn(f64) -> Matrix3<f64>,
    stretches: Vec<Stretch>,
    least: f64,
    found: Option<Least>,
}

/// The least along a path, of which each place between 0 and `last` degrees has a rotation, where it is below `below` radians; narrowed down
/// to `fine`.
pub(super) fn least(
    pelvis: &[Sphere],
    moving: &MovingBones,
    rotation: &dyn Fn(f64) -> Matrix3<f64>,
    last: f64,
    [below, fine]: [f64; 2],
) -> Option<Least> {
    let mut search = Search { rotation, stretches: Vec::new(), least: below, found: None };
    let mut open = Vec::with_capacity(256);
    // The ends come first: there the answer often is.
    let ends: &[(f64, f64)] = if last > 0.0 { &[(0.0, last), (0.0, 0.0), (last, last)] } else { &[(0.0, 0.0)] };
    for (stretch, &(from, to)) in ends.iter().enumerate() {
        search.stretches.push(Stretch::new(rotation, from, to));
        for part in moving.parts(pelvis) {
            open.extend(search.weigh(stretch, part, Points::Node(0), None));
        }
    }
    open.sort_by(|a, b| (b.stretch == 0).cmp(&(a.stretch == 0)).then(b.bound.total_cmp(&a.bound)));
    while let Some(item) = open.pop() {
        // What is below the limit is found however little it is.
        let enough = if search.found.is_some() { search.least - fine } else { search.least };
        if item.bound >= enough {
            continue;
        }
        let (part, near) = (item.part, Some((item.turned, item.signed)));
        let half_turn = search.stretches[item.stretch].half_turn;
        let radius = item.points.radius(&part);
        let children: [Option<Item<'_>>; 2] = match item.points {
            _ if half_turn > 0.0 && half_turn >= radius => {
                search.halves(item.stretch).map(|stretch| search.weigh(stretch, part, item.points, near))
            }
            Points::Node(place) => match part.tree.nodes[place].second {
                Some(second) => [place + 1, second].map(|child| search.weigh(item.stretch, part, Points::Node(child), near)),
                None => {
                    let points = part.tree.nodes[place].points.clone();
                    open.extend(points.filter_map(|point| search.weigh(item.stretch, part, Points::One(point), near)));
                    continue;
                }
            },
            Points::One(_) => continue,
        };
        let [one, two] = children;
        let bound = |item: &Option<Item<'_>>| item.as_ref().map_or(f64::INFINITY, |item| item.bound);
        let (far, near) = if bound(&one) < bound(&two) { (two, one) } else { (one, two) };
        open.extend(far.into_iter().chain(near));
    }
    search.found
}

impl Points {
    fn middle<'a>(self, part: &Part<'a>) -> &'a Vector3<f64> {
        match self {
            Self::Node(place) => &part.tree.nodes[place].centre,
            Self::One(point) => &part.tree.points[point],
        }
    }

    fn radius(self, part: &Part<'_>) -> f64 {
        match self {
            Self::Node(place) => part.tree.nodes[place].radius,
            Self::One(_) => 0.0,
        }
    }
}

impl Search<'_> {
    fn halves(&mut self, stretch: usize) -> [usize; 2] {
        let Stretch { from, to, halves, .. } = self.stretches[stretch];
        let first = halves.unwrap_or_else(|| {
            let middle = 0.5 * (from + to);
            self.stretches.extend([(from, middle), (middle, to)].map(|(from, to)| Stretch::new(self.rotation, from, to)));
            self.stretches.len() - 2
        });
        self.stretches[stretch].halves = Some(first);
        [first, first + 1]
    }

    /// Some points on a stretch; `None` where they hold nothing below the least. `near` is a direction that was measured.
    fn weigh<'a>(
        &mut self,
        stretch: usize,
        part: Part<'a>,
        points: Points,
        near: Option<(Vector3<f64>, f64)>,
    ) -> Option<Item<'a>> {
        let Stretch { from, to, rotation, half_turn, .. } = &self.stretches[stretch];
        let (middle, open) = (points.middle(&part), points.radius(&part) + half_turn);
        let turned = joint::turned(rotation, middle);
        if near.is_some_and(|(near, signed)| signed - angle(&near, &turned) - open >= self.least) {
            return None;
        }
        let (signed, nearest) = part.signed(&turned);
        if matches!(points, Points::One(_)) && signed < self.least {
            self.least = signed;
            let points = [*middle, nearest].map(|direction| direction * part.radius_mm);
            self.found = Some(Least { signed, place: 0.5 * (from + to), couple: part.couple, points });
        }
        let bound = signed - open;
        (bound < self.least).then_some(Item { stretch, part, points, turned, signed, bound })
    }
}
