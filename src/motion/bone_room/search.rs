//! The least angle between a moving body and the pelvis along a whole path, by branch and bound over the path and the body at once: what is far
//! is done with on long stretches, and only what is near is followed closely.

use super::{
    MovingBones, Sphere,
    slices::{APART_MM, angle},
    tree::{Nearest, Tree},
};
use crate::motion::{Couple, joint};
use nalgebra::{Matrix3, Vector3};
use std::f64::consts::FRAC_PI_2;

/// A point counts as inside when the surface about its nearest point lies outwards of it, within 60° of straight: beside a surface that is
/// open it does not.
const STRAIGHT: f64 = 0.5;
/// Of the surface about a point so much is looked at, mm: the next points of both sides of a spur.
const BESIDE_MM: f64 = 2.0 * APART_MM;
/// Where the directions out of the surface about a point cancel to less than this share it is a sheet with nothing inside.
const SHEET: f64 = 0.3;

/// Angles that differ by less than this share are the same, rounded.
const ROUNDING: f64 = 1e-9;
/// What leaves so much open, radians, is not measured: little of a pelvis is as far from anything.
const OPEN: f64 = 1.0;

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

/// How the femur goes along a path, of which each place between 0 and `last` degrees has a rotation.
pub(super) struct Way<'a> {
    pub rotation: &'a dyn Fn(f64) -> Matrix3<f64>,
    /// True when the joint's angles change evenly from one place to another.
    pub evenly: &'a dyn Fn(f64, f64) -> bool,
    pub last: f64,
}

/// A stretch of a path, degrees: the femur turns by no more than its length.
pub(super) struct Stretch {
    pub from: f64,
    pub to: f64,
    /// In its middle.
    pub rotation: Matrix3<f64>,
    half_turn: f64,
    /// What leads from a direction in the middle to where it is at either end, where angles change evenly.
    chords: Option<[Matrix3<f64>; 2]>,
    pub halves: Option<usize>,
}

impl Stretch {
    pub fn new(way: &Way<'_>, from: f64, to: f64) -> Self {
        let (rotation, half_turn) = ((way.rotation)(0.5 * (from + to)), (0.5 * (to - from)).to_radians());
        let chords = (to > from && (way.evenly)(from, to)).then(|| [from, to].map(|end| (way.rotation)(end) - rotation));
        Self { from, to, rotation, half_turn, chords, halves: None }
    }

    /// No direction within a radius of one, which is told as before it turns, is further than this from where it is in the middle, radians.
    ///
    /// Where angles change evenly its path leaves the straight way to either end by no more than an eighth of its second derivative: the square
    /// of the turn, and that once more for the turn's velocity, which changes as each rotation carries the axes of the next.
    pub fn turn(&self, direction: &Vector3<f64>, radius: f64) -> f64 {
        let Some(chords) = &self.chords else { return self.half_turn };
        let chord = chords.iter().map(|chord| joint::turned(chord, direction).norm_squared()).fold(0.0, f64::max).sqrt();
        let away = (chord + self.half_turn * self.half_turn / 4.0).min(2.0);
        (2.0 * (0.5 * away).asin() + self.half_turn * radius).min(self.half_turn)
    }
}

/// Lines of the pelvis and points of a moving body on one sphere.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    sphere: &'a Sphere,
    pub tree: &'a Tree<Vector3<f64>>,
    pub couple: Couple,
    pub radius_mm: f64,
}

impl MovingBones {
    /// Every sphere on which the pelvis and one of the bodies have something.
    pub(super) fn parts<'a>(&'a self, pelvis: &'a [Sphere]) -> impl Iterator<Item = Part<'a>> {
        self.bodies.iter().flat_map(move |(trees, couple)| {
            let both = pelvis.iter().zip(trees).enumerate();
            let both = both.filter(|(_, (sphere, tree))| !sphere.nodes.is_empty() && !tree.nodes.is_empty());
            both.map(move |(radius, (sphere, tree))| Part { sphere, tree, couple: *couple, radius_mm: radius as f64 })
        })
    }
}

impl Part<'_> {
    /// As [`signed`].
    #[cfg(feature = "card")]
    pub fn signed(&self, direction: &Vector3<f64>) -> Option<(f64, Vector3<f64>)> {
        let (signed, nearest) = signed(self.sphere, direction, self.radius_mm)?;
        Some((signed, self.sphere.points[nearest].at))
    }
}

/// Angle of a direction from the nearest line of a sphere, radians, negative inside the bone; and the place of that line's nearest point. `None`
/// of a sphere without lines.
pub(super) fn signed(sphere: &Sphere, direction: &Vector3<f64>, radius_mm: f64) -> Option<(f64, usize)> {
    let nearest = sphere.nearest(direction, Nearest::within(f64::INFINITY), None).point?;
    Some((signed_from(sphere, direction, nearest, radius_mm), nearest))
}

/// The same where the nearest point is known.
fn signed_from(sphere: &Sphere, direction: &Vector3<f64>, nearest: usize, radius_mm: f64) -> f64 {
    let nearest = &sphere.points[nearest];
    let (apart, way) = (angle(direction, &nearest.at), direction - nearest.at);
    let inwards = |outward: &Vector3<f64>| way.dot(outward) < -STRAIGHT * way.norm() * outward.norm();
    // At the tip of a spur the points of its far side are as near as those of its near side: one alone does not tell the side.
    let inside = inwards(&nearest.outward) && about(sphere, &nearest.at, radius_mm).is_some_and(|about| inwards(&about));
    if inside { -apart } else { apart }
}

/// The direction out of the surface about one of its points, of any length; `None` where that is a sheet with nothing inside.
pub(super) fn about(sphere: &Sphere, at: &Vector3<f64>, radius_mm: f64) -> Option<Vector3<f64>> {
    let (mut outward, mut count) = (Vector3::zeros(), 0);
    sphere.each_within(at, BESIDE_MM / radius_mm, &mut |beside| {
        outward += beside.outward;
        count += 1;
    });
    (outward.norm() > SHEET * f64::from(count)).then_some(outward)
}

/// Points of one sphere: those of a node of its tree, or one.
#[derive(Clone, Copy)]
pub(super) enum Points {
    Node(usize),
    One(usize),
}

struct Item<'a> {
    stretch: usize,
    part: Part<'a>,
    points: Points,
    /// Their middle in the middle of the stretch.
    at: Measured,
    bound: f64,
}

/// A direction and its angle from the pelvis.
#[derive(Clone, Copy)]
struct Measured {
    turned: Vector3<f64>,
    /// Radians; −∞ where nothing is known.
    signed: f64,
    /// The pelvis' nearest point.
    nearest: Option<usize>,
}

struct Search<'t> {
    way: &'t Way<'t>,
    stretches: Vec<Stretch>,
    least: f64,
    found: Option<Least>,
}

/// The least along a path where it is below `below` radians; narrowed down to `fine`.
pub(super) fn least(pelvis: &[Sphere], moving: &MovingBones, way: &Way<'_>, [below, fine]: [f64; 2]) -> Option<Least> {
    let last = way.last;
    let mut search = Search { way, stretches: Vec::new(), least: below, found: None };
    let mut open = Vec::with_capacity(256);
    // The ends come first: there the answer often is.
    let ends: &[(f64, f64)] = if last > 0.0 { &[(0.0, last), (0.0, 0.0), (last, last)] } else { &[(0.0, 0.0)] };
    for (stretch, &(from, to)) in ends.iter().enumerate() {
        search.stretches.push(Stretch::new(way, from, to));
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
        let (part, near) = (item.part, Some(item.at));
        let radius = item.points.radius(&part);
        let half_turn = search.stretches[item.stretch].turn(item.points.middle(&part), radius);
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
    pub fn middle<'a>(self, part: &Part<'a>) -> &'a Vector3<f64> {
        match self {
            Self::Node(place) => &part.tree.nodes[place].centre,
            Self::One(point) => &part.tree.points[point],
        }
    }

    pub fn radius(self, part: &Part<'_>) -> f64 {
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
            self.stretches.extend([(from, middle), (middle, to)].map(|(from, to)| Stretch::new(self.way, from, to)));
            self.stretches.len() - 2
        });
        self.stretches[stretch].halves = Some(first);
        [first, first + 1]
    }

    /// Some points on a stretch; `None` where they hold nothing below the least. `near` is a direction that was measured.
    fn weigh<'a>(&mut self, stretch: usize, part: Part<'a>, points: Points, near: Option<Measured>) -> Option<Item<'a>> {
        let along = &self.stretches[stretch];
        let (middle, radius) = (points.middle(&part), points.radius(&part));
        let open = radius + along.turn(middle, radius);
        let turned = joint::turned(&along.rotation, middle);
        let mut outside = false;
        if let Some(near) = near {
            // An angle is no less than the chord, and no more than π/2 of it.
            let chord = (near.turned - turned).norm();
            if near.signed - open - self.least >= chord * (1.0 - ROUNDING)
                && near.signed - angle(&near.turned, &turned) - open >= self.least
            {
                return None;
            }
            outside = near.signed > chord * FRAC_PI_2;
        }
        if open > OPEN && matches!(points, Points::Node(_)) {
            let at = Measured { turned, signed: f64::NEG_INFINITY, nearest: None };
            return Some(Item { stretch, part, points, at, bound: -open });
        }
        // What is outside of the bone, and of which nothing is near enough, is of no interest.
        let within = if outside { (self.least + open) * (1.0 + ROUNDING) } else { f64::INFINITY };
        let nearest = part.sphere.nearest(&turned, Nearest::within(within), near.and_then(|near| near.nearest)).point?;
        let signed = signed_from(part.sphere, &turned, nearest, part.radius_mm);
        if matches!(points, Points::One(_)) && signed < self.least {
            self.least = signed;
            let points = [*middle, part.sphere.points[nearest].at].map(|direction| direction * part.radius_mm);
            self.found = Some(Least { signed, place: 0.5 * (along.from + along.to), couple: part.couple, points });
        }
        let (bound, at) = (signed - open, Measured { turned, signed, nearest: Some(nearest) });
        (bound < self.least).then_some(Item { stretch, part, points, at, bound })
    }
}

#[cfg(test)]
mod tests {
    use super::{super::slices::Crossing, *};
    use crate::motion::{Demand, Keyframe, Track};
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    /// Wherever a stretch begins and ends, and whichever keyframes it has between: no direction goes further than is told of it.
    #[test]
    fn no_direction_goes_further_on_a_stretch_than_is_told() {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let mut nearly = 0;
        for _ in 0..300 {
            let mut within = |most: f64| rng.random_range(-most..most);
            let keyframes = (0..3).map(|_| Keyframe {
                flexion_deg: within(60.0),
                adduction_deg: within(40.0),
                internal_rotation_deg: within(40.0),
                ..Keyframe::default()
            });
            let track = Track::new(&Demand::Path(keyframes.collect())).unwrap();
            let last = track.samples() as f64 - 1.0;
            let rotation = |place: f64| track.along(place).0.right_hip_rotation().into_inner();
            let way = Way { rotation: &rotation, evenly: &|from, to| track.evenly(from, to), last };
            let [one, other] = [0, 1].map(|_| rng.random_range(0.0..last));
            let stretch = Stretch::new(&way, f64::min(one, other), f64::max(one, other));
            let mut side = || rng.random_range(-1.0..1.0_f64);
            let [middle, aside] = [0, 1].map(|_| Vector3::new(side(), side(), side()));
            let middle = middle.normalize();
            let point = (middle + aside * 0.2).normalize();
            let told = stretch.turn(&middle, angle(&middle, &point));
            let mut furthest = 0.0_f64;
            for step in 0..=100 {
                let place = stretch.from + (stretch.to - stretch.from) * f64::from(step) / 100.0;
                furthest = furthest.max(angle(&(rotation(place) * point), &(stretch.rotation * point)));
            }
            assert!(furthest <= told + 1e-9, "{furthest} where {told} was told");
            nearly += u32::from(furthest > 0.5 * told);
        }
        assert!(nearly > 100, "the bound is of use: {nearly}");
    }

    /// A spur on a sphere, its tip at X and its body towards −Y, 20° wide: of its far side a point is nearer to a direction beside the tip than any
    /// of its near side, and the direction is outside all the same.
    #[test]
    fn beside_the_tip_of_a_spur_is_outside_whichever_side_has_the_nearest_point() {
        let (radius_mm, half) = (60.0, 10.0_f64.to_radians());
        // Along the sphere from the tip, in mm: sideways (Z) and back.
        let at = |side: f64, back: f64| {
            let (y, z) = (-back * half.cos() / radius_mm, side * back * half.sin() / radius_mm);
            Crossing {
                at: Vector3::new(1.0, y, z).normalize(),
                outward: Vector3::new(0.0, half.sin(), side * half.cos()).normalize(),
            }
        };
        let near = (0..60).map(|step| at(1.0, 0.3 + 0.6 * f64::from(step)));
        let far = (0..60).map(|step| at(-1.0, 0.02 + 0.6 * f64::from(step)));
        let lines: Vec<Crossing> = near.chain(far).collect();
        let sphere = Sphere::new(lines);
        for (sideways, forwards) in [(0.3_f64, 0.2_f64), (0.2, 0.25), (0.1, 0.05), (-0.3, 0.2)] {
            let direction = Vector3::new(1.0, forwards, sideways).normalize();
            let (found, nearest) = signed(&sphere, &direction, radius_mm).unwrap();
            let nearest = sphere.points[nearest].at;
            let tip = angle(&direction, &Vector3::x());
            assert!((found - tip).abs() < 0.02, "{sideways} {forwards}: {found} instead of {tip}, nearest {nearest}");
        }
        let within = Vector3::new(1.0, -20.0 / radius_mm, 0.0).normalize();
        assert!(signed(&sphere, &within, radius_mm).unwrap().0 < 0.0);
    }
}
