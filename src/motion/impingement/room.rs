//! How much room bones and implants have along a path, everywhere on it.

use super::{
    SceneBody,
    least::{Closest, first_contact, least},
    measure::{Gap, Lean, Measure},
    sweep::Pair,
    turn::{Angle, Turn},
    way::Way,
};
use crate::motion::{Couple, Keyframe, Posture};
use nalgebra::{Isometry3, Matrix3, Point3, Rotation3, Unit};
use serde::Serialize;
use std::f64::consts::PI;

/// Of a path that touches the deepest place is looked for at no more places than this, evenly spread: keyframes and between.
const MOST_DEPTHS: usize = 24;

/// The femur along keyframes, between which each joint angle changes evenly.
pub(super) struct FemurWay<'a, F> {
    keyframes: &'a [Keyframe],
    rotation: F,
}

impl<'a, F: Fn(&Posture) -> Matrix3<f64> + Sync> FemurWay<'a, F> {
    /// `None` without keyframes, or with one whose angles are no numbers of a hip.
    pub fn new(keyframes: &'a [Keyframe], rotation: F) -> Option<Self> {
        let sound = !keyframes.is_empty() && keyframes.iter().all(|keyframe| keyframe.problem().is_none());
        sound.then_some(Self { keyframes, rotation })
    }
}

impl<F: Fn(&Posture) -> Matrix3<f64> + Sync> FemurWay<'_, F> {
    fn ends(&self, leg: usize) -> [Posture; 2] {
        let from = &self.keyframes[leg];
        [from, self.keyframes.get(leg + 1).unwrap_or(from)].map(Keyframe::posture)
    }

    pub fn posture(&self, leg: usize, part: f64) -> Posture {
        let [from, to] = self.ends(leg);
        let between = |a: f64, b: f64| a + (b - a) * part;
        Posture {
            flexion_deg: between(from.flexion_deg, to.flexion_deg),
            adduction_deg: between(from.adduction_deg, to.adduction_deg),
            internal_rotation_deg: between(from.internal_rotation_deg, to.internal_rotation_deg),
        }
    }

    /// The leg and part of it of a place on the whole path.
    fn leg_of(&self, part: f64) -> (usize, f64) {
        let along = part * self.legs() as f64;
        let leg = (along.floor().max(0.0) as usize).min(self.legs() - 1);
        (leg, along - leg as f64)
    }

    fn place(&self, leg: usize, part: f64) -> PlaceOnPath {
        let part_of_all = (leg as f64 + part) / self.legs().max(1) as f64;
        PlaceOnPath { part: if self.keyframes.len() == 1 { 0.0 } else { part_of_all }, posture: self.posture(leg, part) }
    }
}

impl<F: Fn(&Posture) -> Matrix3<f64> + Sync> Way for FemurWay<'_, F> {
    fn legs(&self) -> usize {
        (self.keyframes.len() - 1).max(1)
    }

    fn rotation(&self, leg: usize, part: f64) -> Matrix3<f64> {
        (self.rotation)(&self.posture(leg, part))
    }

    fn turn_rad(&self, leg: usize) -> f64 {
        let [from, to] = self.ends(leg);
        let change = (to.flexion_deg - from.flexion_deg).abs()
            + (to.adduction_deg - from.adduction_deg).abs()
            + (to.internal_rotation_deg - from.internal_rotation_deg).abs();
        change.to_radians()
    }
}

/// A place on a path.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PlaceOnPath {
    /// 0 at the first keyframe, 1 at the last, keyframes evenly apart.
    pub part: f64,
    /// The joint's posture there.
    pub posture: Posture,
}

/// Two bodies at a place on a path.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PathContact {
    /// Degrees of least further turn (see [`PathRoom::bone_turn`]), or mm of distance.
    pub value: f64,
    /// Where on the path.
    pub place: PlaceOnPath,
    /// Their couple.
    pub couple: Couple,
    /// Moving body first.
    #[serde(skip)]
    pub bodies: [SceneBody; 2],
    /// The points that touch, or would, on the femoral and on the pelvic side, LPS mm in that posture.
    pub points: [Point3<f64>; 2],
}

/// Room along a path.
#[derive(Clone, Debug, PartialEq)]
pub struct PathRoom {
    /// Where bone has the least distance, mm, to 0.1 mm and 10 %; where the path touches the depth, negative, the deepest of up to 24
    /// places.
    pub bone_gap: Option<PathContact>,
    /// Where the femur has the least further turn about the joint's centre, over all axes, until bone touches: degrees, to 0.5°
    /// and 10 %; 0 where
    /// the path touches. `None` where no turn at all makes bone touch.
    pub bone_turn: Option<PathContact>,
    /// First touch of bone from the beginning of the path on, to 0.02° of the path; its value is 0.
    pub bone_contact: Option<PathContact>,
    /// Stem and cup other than neck and rim: where they have less turn left than the neck has, in degrees.
    pub stem_turn: Option<PathContact>,
}

/// The room of pairs along a path; of implants what has less than `below_deg` left.
pub(super) fn room<F: Fn(&Posture) -> Matrix3<f64> + Sync>(
    bones: &[Pair<'_>],
    implants: &[Pair<'_>],
    way: &FemurWay<'_, F>,
    start: &Isometry3<f64>,
    centre: &Point3<f64>,
    below_deg: f64,
) -> PathRoom {
    let scene = Scene { way, start, centre };
    let gap = scene.least(bones, &Gap, f64::INFINITY);
    let near = gap.is_some_and(|gap| gap.value <= Gap::SLACK) || scene.begins_inside(bones);
    let bone_contact = near.then(|| scene.contact(bones)).flatten();
    let (bone_gap, bone_turn) = if let Some(contact) = bone_contact {
        (Some(scene.deepest(bones).unwrap_or(contact)), Some(contact))
    } else {
        (gap, gap.and_then(|gap| scene.least_turn(bones, &gap)))
    };
    let stem_turn = (below_deg > 0.0).then(|| scene.least(implants, &Lean, below_deg.to_radians())).flatten();
    let stem_turn = stem_turn.map(|turn| PathContact { value: turn.value.to_degrees(), ..turn });
    PathRoom { bone_gap, bone_turn, bone_contact, stem_turn }
}

struct Scene<'a, 'b, F> {
    way: &'a FemurWay<'b, F>,
    start: &'a Isometry3<f64>,
    centre: &'a Point3<f64>,
}

impl<F: Fn(&Posture) -> Matrix3<f64> + Sync> Scene<'_, '_, F> {
    fn least<M: Measure>(&self, pairs: &[Pair<'_>], measure: &M, below: f64) -> Option<PathContact> {
        let (mut below, mut found) = (below, None);
        for pair in pairs {
            for meeting in pair.meetings(self.start, self.centre) {
                if let (Some(Closest { value, leg, part, points }), _) = least(&meeting, self.way, measure, below) {
                    below = value;
                    let place = self.way.place(leg, part);
                    found = Some(PathContact { value, place, couple: pair.couple(), bodies: pair.bodies, points });
                }
            }
        }
        found
    }

    /// The least turn anywhere on the path. The turn that brings the points together which are nearest is a good guess to begin with.
    fn least_turn(&self, pairs: &[Pair<'_>], gap: &PathContact) -> Option<PathContact> {
        let (leg, part) = self.way.leg_of(gap.place.part);
        let pose = self.pose(leg, part);
        let [from, to] = gap.points.map(|point| point - self.centre);
        let (mut below, mut found) = (PI, None);
        if let Some(axis) = Unit::try_new(from.cross(&to), 1e-9) {
            for pair in pairs {
                for meeting in pair.meetings(&pose, self.centre) {
                    if let Some(met) = meeting.first_touch(&Turn { axis }, Angle::radians(below)) {
                        below = met.angle.to_radians();
                        let back = Rotation3::from_axis_angle(&axis, -below);
                        let points = [self.centre + back * (met.point - self.centre), met.point];
                        found = Some(PathContact { value: below, couple: pair.couple(), bodies: pair.bodies, points, ..*gap });
                    }
                }
            }
        }
        let turn = self.least(pairs, &Lean, below).or(found);
        turn.map(|turn| PathContact { value: turn.value.to_degrees(), ..turn })
    }

    /// True when bodies share space where the path begins.
    fn begins_inside(&self, pairs: &[Pair<'_>]) -> bool {
        let begin = self.pose(0, 0.0);
        pairs.iter().any(|pair| pair.touches(&begin, self.centre))
    }

    fn pose(&self, leg: usize, part: f64) -> Isometry3<f64> {
        let rotation = Rotation3::from_matrix_unchecked(self.way.rotation(leg, part));
        crate::motion::joint::about(self.centre, &rotation) * self.start
    }

    /// The first contact of all pairs; containment where the path begins counts.
    fn contact(&self, pairs: &[Pair<'_>]) -> Option<PathContact> {
        let begin = self.pose(0, 0.0);
        let at = |pair: &Pair<'_>, leg: usize, part: f64, point: Point3<f64>| PathContact {
            value: 0.0,
            place: self.way.place(leg, part),
            couple: pair.couple(),
            bodies: pair.bodies,
            points: [point; 2],
        };
        if let Some(pair) = pairs.iter().find(|pair| pair.touches(&begin, self.centre)) {
            let point = pair.depth(&begin).map_or(*self.centre, |apart| apart.points[1]);
            return Some(at(pair, 0, 0.0, point));
        }
        let contacts = pairs.iter().flat_map(|pair| {
            pair.meetings(self.start, self.centre).filter_map(move |meeting| {
                first_contact(&meeting, self.way).0.map(|contact| at(pair, contact.leg, contact.part, contact.point))
            })
        });
        contacts.min_by(|a, b| a.place.part.total_cmp(&b.place.part))
    }

    /// The deepest place among some of the path.
    fn deepest(&self, pairs: &[Pair<'_>]) -> Option<PathContact> {
        let legs = self.way.legs();
        let steps = (MOST_DEPTHS / legs).max(1);
        let places: Vec<(usize, f64)> =
            (0..legs).flat_map(|leg| (0..=steps).map(move |step| (leg, step as f64 / steps as f64))).collect();
        let thinned = places.iter().step_by(places.len().div_ceil(MOST_DEPTHS + 1).max(1)).chain(places.last());
        let depths = thinned.flat_map(|&(leg, part)| {
            let pose = self.pose(leg, part);
            pairs.iter().filter_map(move |pair| {
                let apart = pair.depth(&pose)?;
                let (place, couple) = (self.way.place(leg, part), pair.couple());
                Some(PathContact { value: apart.clearance_mm, place, couple, bodies: pair.bodies, points: apart.points })
            })
        });
        depths.min_by(|a, b| a.value.total_cmp(&b.value))
    }
}
