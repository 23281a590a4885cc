//! How much room bones and implants have along a path, everywhere on it.

use super::{
    SceneBody,
    clearance::{Nearest, may_touch},
    least::{Closest, first_contact, least},
    sweep::Pair,
    way::{Stretch, Way},
    work::{MOST, Undecided, Work},
};
use crate::motion::{BoneLeast, Couple, Keyframe, Posture};
use nalgebra::{Isometry3, Matrix3, Point3, Rotation3, Vector3};
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
        // Flexion and rotation are about axes that the sine of adduction brings together, adduction is about one across both. Their velocity
        // changes as each carries the axes of the next: by less than 0.81 of the square of this.
        let [from, to] = self.ends(leg);
        let change = |angle: fn(&Posture) -> f64| (angle(&to) - angle(&from)).to_radians();
        let [flexion, adduction] = [change(|posture| posture.flexion_deg), change(|posture| posture.adduction_deg)];
        let rotation = change(|posture| posture.internal_rotation_deg);
        let most_deg = from.adduction_deg.abs().max(to.adduction_deg.abs()).min(90.0);
        let together = 2.0 * (flexion * rotation).abs() * most_deg.to_radians().sin();
        (flexion * flexion + adduction * adduction + rotation * rotation + together).sqrt()
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
    /// Where the femur has the least further turn about the joint's centre, over all axes, until bone touches: degrees, as
    /// [`BoneRoom`](crate::motion::BoneRoom) finds it on the pelvis, to 0.5° and 10 % on the cup; 0 where the path touches. `None` where no
    /// turn at all makes bone touch.
    pub bone_turn: Option<PathContact>,
    /// First touch of bone from the beginning of the path on, to 0.02° of the path; its value is 0.
    pub bone_contact: Option<PathContact>,
    /// Stem and cup other than neck and rim: where they have less turn left than the neck has, in degrees.
    pub stem_turn: Option<PathContact>,
}

/// What is asked about a path.
pub(super) struct Asked<'a, 'b, F> {
    pub way: &'a FemurWay<'b, F>,
    /// Where the moving bodies begin.
    pub start: &'a Isometry3<f64>,
    pub centre: &'a Point3<f64>,
    /// All pairs that bone has a part in, and those of implants.
    pub bones: &'a [Pair<'a>],
    pub implants: &'a [Pair<'a>],
}

impl<F: Fn(&Posture) -> Matrix3<f64> + Sync> Asked<'_, '_, F> {
    /// The room along the path. `slices` tells where femur and stem have least further turn on the pelvis; of implants what has less than
    /// `below_deg` is told.
    pub fn room(&self, slices: impl FnOnce() -> Option<BoneLeast>, below_deg: Option<f64>) -> Result<PathRoom, Undecided> {
        let gap = self.nearest(self.bones);
        let begin = self.pose(0, 0.0);
        // Surfaces that nowhere come near each other hold each other everywhere, or nowhere.
        let near = gap.is_some_and(|gap| may_touch(gap.value)) || self.bones.iter().any(|pair| pair.one_holds_other(&begin));
        let bone_contact = if near { self.contact(self.bones)? } else { None };
        let (bone_gap, bone_turn) = match bone_contact {
            Some(contact) => (Some(self.deepest(self.bones, contact.place.part).unwrap_or(contact)), Some(contact)),
            None => (gap, self.least_turn(slices())?),
        };
        let stem_turn = match below_deg.filter(|below| *below > 0.0) {
            Some(below) => self.least(self.implants, below.to_radians())?,
            None => None,
        };
        Ok(PathRoom { bone_gap, bone_turn, bone_contact, stem_turn: stem_turn.map(in_degrees) })
    }

    /// The least turn of femur and stem on the pelvis, or of the femur on the cup where that is less.
    fn least_turn(&self, slices: Option<BoneLeast>) -> Result<Option<PathContact>, Undecided> {
        let on_pelvis = slices.and_then(|least| {
            let points = least.points?;
            let moving = if least.couple == Couple::BoneBone { SceneBody::Femur } else { SceneBody::Stem };
            let of_body = self.bones.iter().filter(|pair| pair.bodies[0] == moving && pair.bodies[1] != SceneBody::Cup);
            let away = |pair: &&Pair<'_>| pair.approach(self.start, self.centre).distance_mm(&points[1]);
            let pair = of_body.min_by(|a, b| away(a).total_cmp(&away(b)))?;
            let place = PlaceOnPath { part: least.part, posture: least.posture };
            // Contact is for the meshes to tell.
            let value = least.margin_deg.max(0.0);
            Some(PathContact { value, place, couple: least.couple, bodies: pair.bodies, points })
        });
        let on_cup: Vec<&Pair<'_>> = self.bones.iter().filter(|pair| pair.bodies[1] == SceneBody::Cup).collect();
        let below = on_pelvis.map_or(PI, |least| least.value.to_radians());
        Ok(self.least(on_cup, below)?.map(in_degrees).or(on_pelvis))
    }

    /// How far the moving side leans from an axis at most, radians, to 0.01°: the axis of the neck where the path begins from, and the other.
    pub fn most_lean(&self, neck: &Vector3<f64>, axis: &Vector3<f64>) -> f64 {
        let fine = 0.01_f64.to_radians();
        let mut open: Vec<Stretch> = (0..self.way.legs()).map(|leg| Stretch::new(self.way, leg, 0.0, 1.0)).collect();
        let mut most = 0.0_f64;
        while let Some(stretch) = open.pop() {
            let lean = (stretch.rotation * neck).angle(axis);
            most = most.max(lean);
            if lean + stretch.half_turn_rad > most + fine {
                open.extend(stretch.halves(self.way));
            }
        }
        most + fine
    }

    /// Where the pairs have the least distance.
    fn nearest(&self, pairs: &[Pair<'_>]) -> Option<PathContact> {
        let mut found: Option<PathContact> = None;
        let told = |found: &mut Option<PathContact>, pair: &Pair<'_>, nearest: Nearest| {
            let place = self.way.place(nearest.leg, nearest.part);
            let (value, points) = (nearest.distance_mm, nearest.points);
            *found = Some(PathContact { value, place, couple: pair.couple(), bodies: pair.bodies, points });
        };
        let below = |found: &Option<PathContact>| found.map_or(f64::INFINITY, |found| found.value);
        // A near place of any pair spares all of them most of the search.
        for pair in pairs {
            let guess = pair.approach(self.start, self.centre).guess(self.way, below(&found));
            guess.into_iter().for_each(|nearest| told(&mut found, pair, nearest));
        }
        for pair in pairs {
            let (nearest, _) = pair.approach(self.start, self.centre).least(self.way, below(&found));
            nearest.into_iter().for_each(|nearest| told(&mut found, pair, nearest));
        }
        found
    }

    /// Where the pairs have the least further turn, radians, when it is below `below`.
    fn least<'p>(&self, pairs: impl IntoIterator<Item = &'p Pair<'p>>, below: f64) -> Result<Option<PathContact>, Undecided> {
        let (mut below, mut found) = (below, None);
        let mut work = Work::up_to(MOST);
        for pair in pairs {
            for meeting in pair.meetings(self.start, self.centre) {
                if let Some(Closest { value, leg, part, points }) = least(&meeting, self.way, below, &mut work)? {
                    below = value;
                    let place = self.way.place(leg, part);
                    found = Some(PathContact { value, place, couple: pair.couple(), bodies: pair.bodies, points });
                }
            }
        }
        Ok(found)
    }

    fn pose(&self, leg: usize, part: f64) -> Isometry3<f64> {
        let rotation = Rotation3::from_matrix_unchecked(self.way.rotation(leg, part));
        crate::motion::joint::about(self.centre, &rotation) * self.start
    }

    /// The first contact of all pairs; containment where the path begins counts.
    fn contact(&self, pairs: &[Pair<'_>]) -> Result<Option<PathContact>, Undecided> {
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
            return Ok(Some(at(pair, 0, 0.0, point)));
        }
        let (mut first, mut work): (Option<PathContact>, Work) = (None, Work::up_to(MOST));
        for pair in pairs {
            for meeting in pair.meetings(self.start, self.centre) {
                if let Some(contact) = first_contact(&meeting, self.way, &mut work)? {
                    let contact = at(pair, contact.leg, contact.part, contact.point);
                    first = first.filter(|first| first.place.part <= contact.place.part).or(Some(contact));
                }
            }
        }
        Ok(first)
    }

    /// The deepest place among some of the path from its first contact on.
    fn deepest(&self, pairs: &[Pair<'_>], from: f64) -> Option<PathContact> {
        let legs = self.way.legs();
        let steps = (MOST_DEPTHS / legs).max(1);
        let places: Vec<(usize, f64)> =
            (0..legs).flat_map(|leg| (0..=steps).map(move |step| (leg, step as f64 / steps as f64))).collect();
        let thinned = places.iter().step_by(places.len().div_ceil(MOST_DEPTHS + 1).max(1)).chain(places.last());
        let thinned = thinned.filter(|(leg, part)| self.way.place(*leg, *part).part >= from);
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

fn in_degrees(turn: PathContact) -> PathContact {
    PathContact { value: turn.value.to_degrees(), ..turn }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    /// Of any leg and any stretch of it: no point of a ball goes further than is told of it, and the femur turns by no more than is told.
    #[test]
    fn no_point_goes_further_on_a_stretch_than_is_told() {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let mut nearly = 0;
        for _ in 0..500 {
            let mut within = |most: f64| rng.random_range(-most..most);
            let keyframes = [(); 2].map(|()| Keyframe {
                flexion_deg: 50.0 + within(70.0),
                adduction_deg: within(40.0),
                internal_rotation_deg: within(50.0),
                ..Keyframe::default()
            });
            let way = FemurWay::new(&keyframes, |posture| posture.right_hip_rotation().into_inner()).unwrap();
            let (from, length) = (rng.random_range(0.0..0.9), rng.random_range(0.0..1.0_f64).powi(2));
            let stretch = Stretch::new(&way, 0, from, f64::min(from + length, 1.0));
            let mut side = || rng.random_range(-80.0..80.0_f64);
            let centre = Vector3::new(side(), side(), side());
            let radius_mm = 5.0;
            let point = centre + Vector3::new(side(), side(), side()).normalize() * radius_mm;
            let told = stretch.way_mm(&centre, radius_mm);
            let mut furthest = 0.0_f64;
            for step in 0..=100 {
                let rotation = way.rotation(0, stretch.from + (stretch.to - stretch.from) * f64::from(step) / 100.0);
                furthest = furthest.max((rotation * point - stretch.rotation * point).norm());
                let turn = crate::frames::angle_between(
                    &Rotation3::from_matrix_unchecked(rotation),
                    &Rotation3::from_matrix_unchecked(stretch.rotation),
                );
                assert!(turn <= stretch.half_turn_rad + 1e-9, "{turn} where {} was told", stretch.half_turn_rad);
            }
            assert!(furthest <= told + 1e-9, "{furthest} mm where {told} mm were told");
            nearly += u32::from(furthest > 0.5 * told);
        }
        assert!(nearly > 250, "the bound is of use: {nearly}");
    }
}
