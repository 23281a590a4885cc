//! How far neck and liner stay apart along a demand, by the closed form, everywhere on the path and not only at samples of it.

use super::{Demand, Keyframe};
use crate::motion::{Motion, MotionError, Posture, RomCase, theoretical};
use nalgebra::{Matrix3, Rotation3, Unit, Vector3};

/// Joint angles change by no more than this in sum between two samples, degrees: the neck turns by no more either.
const STEP_DEG: f64 = 1.0;
/// Between two samples the cosine of the lean can dip below both by no more than step² / 4 (its second derivative by the turned angle is at
/// most 2): every local minimum within this of the least sample is looked into.
pub(crate) const DIP: f64 = 1e-4;
/// Halvings of the interval between two samples in which a place is searched: 1° / 2⁴⁰.
const HALVINGS: u32 = 40;

/// The poses of a demand, close enough together to be searched between; made once, asked about any cup and neck.
#[derive(Clone, Debug)]
pub struct Track {
    keyframes: Vec<Keyframe>,
    samples: Vec<Sample>,
    arc: Option<(Motion, f64)>,
}

#[derive(Clone, Debug)]
struct Sample {
    /// Place on the path: keyframe and the part of the way to the next.
    leg: usize,
    part: f64,
    rotation: Matrix3<f64>,
}

/// Where neck and liner come closest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Least {
    /// Degrees that the neck could still lean; negative beyond contact.
    pub margin_deg: f64,
    /// Place on the path, 0 at its first keyframe and 1 at its last, keyframes evenly apart.
    pub part: f64,
    /// The joint's posture there.
    pub posture: Posture,
}

impl Track {
    /// The track of a demand.
    ///
    /// # Errors
    /// When the path is empty, or an angle is no number or beyond what a hip does.
    pub fn new(demand: &Demand) -> Result<Self, MotionError> {
        if let Some(problem) = demand.problem() {
            return Err(MotionError::Demand(problem));
        }
        let keyframes = demand.keyframes().to_vec();
        let mut track = Self { samples: Vec::new(), arc: None, keyframes };
        if let Demand::Arc { motion, total_deg } = demand {
            track.arc = Some((*motion, *total_deg));
            return Ok(track);
        }
        for leg in 0..track.keyframes.len().saturating_sub(1) {
            let [df, da, dr] = track.change(leg);
            let steps = ((df.abs() + da.abs() + dr.abs()) / STEP_DEG).ceil().max(1.0) as u32;
            let first = u32::from(leg > 0);
            for step in first..=steps {
                track.push(leg, f64::from(step) / f64::from(steps));
            }
        }
        if track.keyframes.len() == 1 {
            track.push(0, 0.0);
        }
        Ok(track)
    }

    /// The arc that is asked for, when it is one.
    pub(crate) const fn arc(&self) -> Option<(Motion, f64)> {
        self.arc
    }

    /// How many samples there are; none of an arc.
    pub(crate) const fn samples(&self) -> usize {
        self.samples.len()
    }

    /// The femur's rotation at every sample, in the pelvic frame of a right hip; of an arc none.
    #[cfg(feature = "card")]
    pub(crate) fn rotations(&self) -> impl Iterator<Item = &Matrix3<f64>> {
        self.samples.iter().map(|sample| &sample.rotation)
    }

    /// The place so many samples along the path, between samples too: between two neighbours the femur turns by no more than 1°.
    pub(crate) fn along(&self, samples: f64) -> (Posture, f64) {
        let before = samples.floor().clamp(0.0, (self.samples.len() - 1) as f64) as usize;
        let (from, part) = (&self.samples[before], samples - before as f64);
        let to = self.samples.get(before + 1).unwrap_or(from);
        let start = if from.leg == to.leg { from.part } else { 0.0 };
        let part = if part == 0.0 { (from.leg, from.part) } else { (to.leg, start + (to.part - start) * part) };
        (self.posture(part.0, part.1), self.place(part.0, part.1))
    }

    /// True when the joint's angles change evenly from one place to another, so many samples along the path.
    pub(crate) fn evenly(&self, from: f64, to: f64) -> bool {
        let leg = |sample: f64| self.samples.get(sample as usize).map(|sample| sample.leg);
        leg(from.floor() + 1.0) == leg(to.ceil())
    }

    fn push(&mut self, leg: usize, part: f64) {
        let rotation = self.posture(leg, part).right_hip_rotation().into_inner();
        self.samples.push(Sample { leg, part, rotation });
    }

    /// Change of flexion, adduction and internal rotation along a leg, degrees.
    fn change(&self, leg: usize) -> [f64; 3] {
        let (from, to) = (self.keyframes[leg], self.keyframes.get(leg + 1).copied().unwrap_or(self.keyframes[leg]));
        [
            to.flexion_deg - from.flexion_deg,
            to.adduction_deg - from.adduction_deg,
            to.internal_rotation_deg - from.internal_rotation_deg,
        ]
    }

    fn posture(&self, leg: usize, part: f64) -> Posture {
        let (from, [df, da, dr]) = (self.keyframes[leg], self.change(leg));
        Posture {
            flexion_deg: from.flexion_deg + part * df,
            adduction_deg: from.adduction_deg + part * da,
            internal_rotation_deg: from.internal_rotation_deg + part * dr,
        }
    }

    fn place(&self, leg: usize, part: f64) -> f64 {
        (leg as f64 + part) / (self.keyframes.len().saturating_sub(1)).max(1) as f64
    }

    /// Where neck and liner come closest; exact to 1e-9°.
    #[must_use]
    pub fn least(&self, case: &RomCase) -> Least {
        self.least_of(case, &self.necks(&case.neck.right_hip_axis()))
    }

    /// The same from directions found once with [`Track::necks`].
    pub(crate) fn least_of(&self, case: &RomCase, necks: &[Vector3<f64>]) -> Least {
        let axes = Axes::of(case);
        if let Some((motion, total_deg)) = self.arc {
            return arc_least(&axes, motion, total_deg);
        }
        let (leg, part) = self.closest(&axes, necks);
        let posture = self.posture(leg, part);
        Least { margin_deg: axes.margin_deg(&posture), part: self.place(leg, part), posture }
    }

    /// Where, from its beginning on, neck and liner first touch; `None` when they never do, or when the demand has no beginning (an arc).
    #[must_use]
    pub fn first_contact(&self, case: &RomCase) -> Option<Least> {
        let axes = Axes::of(case);
        let necks = self.necks(&axes.neck);
        if necks.is_empty() {
            return None;
        }
        let touches = |leg: usize, part: f64| axes.margin_deg(&self.posture(leg, part)) < 0.0;
        let (worst_leg, worst_part) = self.closest(&axes, &necks);
        if !touches(worst_leg, worst_part) {
            return None;
        }
        let k = (axes.oscillation_deg.to_radians() / 2.0).cos();
        let touching = necks.iter().position(|neck| axes.cup.dot(neck) < k);
        // A dip between two samples, or the first sample that touches: the way there from the sample before is halved.
        let place = |sample: &Sample| (sample.leg, sample.part);
        let (mut free, mut hit) = match touching {
            Some(0) => (place(&self.samples[0]), place(&self.samples[0])),
            Some(index) => (place(&self.samples[index - 1]), place(&self.samples[index])),
            None => ((worst_leg, 0.0), (worst_leg, worst_part)),
        };
        if touching.is_none() {
            let before = self.samples.iter().filter(|s| s.leg == worst_leg && s.part < worst_part).map(|s| s.part);
            free.1 = before.fold(0.0, f64::max);
        }
        if free.0 != hit.0 {
            // The sample before ends the leg before: it is the beginning of this one.
            free = (hit.0, 0.0);
        }
        for _ in 0..HALVINGS {
            let middle = 0.5 * (free.1 + hit.1);
            if touches(hit.0, middle) { hit.1 = middle } else { free.1 = middle }
        }
        let posture = self.posture(hit.0, hit.1);
        Some(Least { margin_deg: axes.margin_deg(&posture), part: self.place(hit.0, hit.1), posture })
    }

    /// The neck's direction at every sample, in the pelvic frame of a right hip.
    pub(crate) fn necks(&self, neck: &Vector3<f64>) -> Vec<Vector3<f64>> {
        self.samples.iter().map(|sample| sample.rotation * neck).collect()
    }

    /// Least cosine of the lean over the samples, or over the arc. Its margin is at most 0.005° more than the least along the path.
    pub(crate) fn sampled_cosine(&self, cup: &Vector3<f64>, neck: &Vector3<f64>) -> f64 {
        match self.arc {
            Some((motion, total_deg)) => arc_cosine(cup, neck, motion, total_deg).0,
            None => self.samples.iter().map(|s| s.rotation.tr_mul(cup).dot(neck)).fold(f64::INFINITY, f64::min),
        }
    }

    /// The same from directions found once with [`Track::necks`].
    pub(crate) fn sampled_cosine_of(&self, cup: &Vector3<f64>, neck: &Vector3<f64>, necks: &[Vector3<f64>]) -> f64 {
        match self.arc {
            Some(_) => self.sampled_cosine(cup, neck),
            None => necks.iter().map(|neck| cup.dot(neck)).fold(f64::INFINITY, f64::min),
        }
    }

    /// The leg and part of it where the cosine is least, between the samples too.
    fn closest(&self, axes: &Axes, necks: &[Vector3<f64>]) -> (usize, f64) {
        let cosines: Vec<f64> = necks.iter().map(|neck| axes.cup.dot(neck)).collect();
        let least = cosines.iter().copied().fold(f64::INFINITY, f64::min);
        let mut best = (f64::INFINITY, (0, 0.0));
        for (index, cosine) in cosines.iter().enumerate().filter(|(_, cosine)| **cosine <= least + DIP) {
            let sample = &self.samples[index];
            let mut consider = |leg: usize, part: f64| {
                let cosine = axes.cosine(&self.posture(leg, part));
                if cosine < best.0 {
                    best = (cosine, (leg, part));
                }
            };
            if *cosine == least {
                consider(sample.leg, sample.part);
            }
            // Towards the sample before and the sample after, each within one leg.
            let before = index.checked_sub(1).map(|before| &self.samples[before]);
            if let Some(before) = before {
                let from = if before.leg == sample.leg { before.part } else { 0.0 };
                consider(sample.leg, self.turning_point(axes, sample.leg, from, sample.part));
            }
            if let Some(after) = self.samples.get(index + 1) {
                let from = if after.leg == sample.leg { sample.part } else { 0.0 };
                consider(after.leg, self.turning_point(axes, after.leg, from, after.part));
            }
        }
        best.1
    }

    /// Where within part of a leg the cosine stops falling: one of its ends, or between.
    fn turning_point(&self, axes: &Axes, leg: usize, mut from: f64, mut to: f64) -> f64 {
        let falling = |part: f64| self.slope(axes, leg, part) < 0.0;
        if !falling(from) {
            return from;
        }
        if falling(to) {
            return to;
        }
        for _ in 0..HALVINGS {
            let middle = 0.5 * (from + to);
            if falling(middle) { from = middle } else { to = middle }
        }
        to
    }

    /// Derivative of the cosine along a leg: c · (ω × R n), ω the femur's turning by each of the three axes of the joint.
    fn slope(&self, axes: &Axes, leg: usize, part: f64) -> f64 {
        let posture = self.posture(leg, part);
        let [df, da, dr] = self.change(leg).map(f64::to_radians);
        let flexion = Rotation3::from_axis_angle(&Vector3::z_axis(), posture.flexion_deg.to_radians());
        let floating = flexion * Vector3::x();
        let rotation = posture.right_hip_rotation();
        let turning = Vector3::z() * df + floating * da + rotation * Vector3::y() * dr;
        axes.cup.dot(&turning.cross(&(rotation * axes.neck)))
    }
}

/// Cup and neck as directions of a right hip.
struct Axes {
    cup: Unit<Vector3<f64>>,
    neck: Unit<Vector3<f64>>,
    oscillation_deg: f64,
}

impl Axes {
    fn of(case: &RomCase) -> Self {
        Self { cup: case.cup.right_hip_axis(), neck: case.neck.right_hip_axis(), oscillation_deg: case.oscillation_deg }
    }

    fn margin_deg(&self, posture: &Posture) -> f64 {
        theoretical::margin_deg(&self.cup, &self.neck, self.oscillation_deg, posture)
    }

    fn cosine(&self, posture: &Posture) -> f64 {
        self.cup.dot(&(posture.right_hip_rotation() * self.neck.into_inner()))
    }
}

/// Cosine of the lean at either end of the arc that lies best, and where on the motion its far end is, degrees.
///
/// Along an axis the cosine is A cos(φ − m) + S (see [`theoretical`]): the arc lies best about m, and both its ends are alike.
fn arc_cosine(cup: &Vector3<f64>, neck: &Vector3<f64>, motion: Motion, total_deg: f64) -> (f64, f64) {
    let (axis, start) = (motion.axis(), motion.start().right_hip_rotation() * neck);
    let s = cup.dot(&axis) * start.dot(&axis);
    let (p, q) = (cup.dot(&start) - s, cup.dot(&axis.cross(&start)));
    let half = total_deg / 2.0;
    (p.hypot(q) * half.to_radians().cos() + s, q.atan2(p).to_degrees() + half)
}

fn arc_least(axes: &Axes, motion: Motion, total_deg: f64) -> Least {
    let (_, end_deg) = arc_cosine(&axes.cup, &axes.neck, motion, total_deg);
    let posture = motion.posture(end_deg);
    Least { margin_deg: axes.margin_deg(&posture), part: 1.0, posture }
}
