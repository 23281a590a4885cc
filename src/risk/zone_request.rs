//! What a zone is asked for, and what binds one cup.

use super::{ZoneBones, ZoneGrid};
use crate::{
    anatomy::CupAngles,
    motion::{Activity, BONE_FINE_DEG, BoneLeast, Couple, MotionError, NeckInLiner, Posture, RomCase, Track, activity::DIP},
};
use nalgebra::Vector3;
use serde::Serialize;

/// What a zone is asked for.
#[derive(Clone, Copy)]
pub struct ZoneRequest<'a> {
    /// What the hip is asked to do. The angles are counted from the anterior pelvic plane whatever frame the grid is in.
    pub activities: &'a [Activity],
    /// Neck and liner; the cup of the zone takes the liner with it as [`NeckInLiner::with_cup`] says.
    pub joint: &'a NeckInLiner,
    /// Posterior tilt of the anterior pelvic plane in the frame in which the grid's angles are counted, degrees.
    pub tilt_deg: f64,
    /// Which cups are looked at.
    pub grid: ZoneGrid,
    /// What bones allow in these activities; `None` leaves them aside.
    pub bones: Option<&'a ZoneBones>,
}

/// What binds a cup.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Bound {
    /// Least margin over the activities, degrees.
    pub margin_deg: f64,
    /// Which activity has it, by its place.
    pub activity: usize,
    /// What meets there.
    pub couple: Couple,
}

impl ZoneRequest<'_> {
    /// What binds one cup, its angles counted in the anterior pelvic plane.
    ///
    /// # Errors
    /// As [`super::TargetZone::of`].
    pub fn at(&self, cup: &CupAngles) -> Result<Bound, MotionError> {
        Ok(self.followed()?.bound(cup))
    }

    /// The grid with a quarter of the steps: a picture that is ready while a hand still moves.
    #[must_use]
    pub fn coarse(&self) -> Self {
        Self { grid: ZoneGrid { nodes: self.grid.nodes.map(|nodes| (nodes - 1).div_ceil(4) + 1), ..self.grid }, ..*self }
    }

    pub(super) fn followed(&self) -> Result<Followed<'_>, MotionError> {
        let tracks = self.activities.iter().map(Activity::track).collect::<Result<Vec<_>, _>>()?;
        if tracks.is_empty() || self.grid.nodes.iter().any(|nodes| *nodes < 2) {
            return Err(MotionError::Demand("a zone needs at least one activity and a grid of two nodes a side".into()));
        }
        if self.bones.is_some_and(|bones| bones.least.len() != tracks.len()) {
            return Err(MotionError::Demand("the bones of a zone were followed in other activities than it asks for".into()));
        }
        // Checked once: the grid's corners are as good as every node.
        for corner in [0, self.grid.count() - 1] {
            let cup = self.grid.node(corner).tilted_posteriorly(-self.tilt_deg);
            RomCase::new(cup, self.joint.neck, self.joint.range.oscillation_deg())?;
        }
        let necks = tracks.iter().map(|track| track.necks(&self.joint.neck.right_hip_axis())).collect();
        Ok(Followed { request: self, tracks, necks })
    }
}

/// A request with what is the same at all its nodes.
pub(super) struct Followed<'a> {
    pub request: &'a ZoneRequest<'a>,
    pub tracks: Vec<Track>,
    /// Directions of the neck along them.
    pub necks: Vec<Vec<Vector3<f64>>>,
}

impl Followed<'_> {
    pub fn bound(&self, cup: &CupAngles) -> Bound {
        let joint = self.request.joint.with_cup(*cup);
        let on_liner = self.on_liner(&joint, self.known());
        self.request.bones.map_or(on_liner, |bones| self.on_cup(bones, &joint, on_liner))
    }

    /// The margin of what is said to bind a cup, whether or not it does.
    #[cfg(feature = "card")]
    pub fn margin_deg(&self, cup: &CupAngles, said: &Bound) -> f64 {
        let (joint, track) = (self.request.joint.with_cup(*cup), &self.tracks[said.activity]);
        match (said.couple, self.request.bones) {
            (Couple::ImplantImplant, _) => joint.least(track).margin_deg,
            (_, None) => f64::INFINITY,
            (_, Some(_)) if *said == self.known() => said.margin_deg,
            (_, Some(bones)) => {
                let axis = joint.cup.right_hip_axis().into_inner();
                let room = |posture: &Posture, enough: f64| bones.reach.margin_deg(&bones.moving, &axis, posture, enough);
                track.least_room(f64::INFINITY, BONE_FINE_DEG, &room).map_or(f64::INFINITY, |least| least.margin_deg)
            }
        }
    }

    /// What binds whatever the cup: femur or stem on the pelvis.
    pub fn known(&self) -> Bound {
        let nothing = Bound { margin_deg: f64::INFINITY, activity: 0, couple: Couple::ImplantImplant };
        let of = |(activity, bone): (usize, &BoneLeast)| Bound { margin_deg: bone.margin_deg, activity, couple: bone.couple };
        self.request.bones.and_then(ZoneBones::least_of_all).map_or(nothing, of)
    }

    /// The cup of a node in the anterior pelvic plane.
    pub fn cup(&self, node: usize) -> CupAngles {
        self.request.grid.node(node).tilted_posteriorly(-self.request.tilt_deg)
    }

    /// The least of the neck on the liner, where it is below what is known already.
    fn on_liner(&self, joint: &NeckInLiner, known: Bound) -> Bound {
        let mut least = known;
        let mut consider = |margin_deg: f64, activity: usize| {
            if margin_deg < least.margin_deg {
                least = Bound { margin_deg, activity, couple: Couple::ImplantImplant };
            }
            least.margin_deg
        };
        if joint.range.is_cone() {
            let case = joint.case();
            let (axis, neck) = (case.cup.right_hip_axis(), case.neck.right_hip_axis());
            let cosine = |(track, necks): (&Track, &Vec<Vector3<f64>>)| track.sampled_cosine_of(&axis, &neck, necks);
            let sampled: Vec<f64> = self.tracks.iter().zip(&self.necks).map(cosine).collect();
            let lowest = sampled.iter().copied().fold(f64::INFINITY, f64::min);
            // Between samples a track may have less room than at them: all that could be least are followed exactly.
            for (index, _) in sampled.iter().enumerate().filter(|(_, cosine)| **cosine <= lowest + DIP) {
                consider(self.tracks[index].least_of(&case, &self.necks[index]).margin_deg, index);
            }
        } else {
            let (cup, neck, mut below) = (joint.rotation(), joint.neck.right_hip_axis().into_inner(), known.margin_deg);
            for (index, track) in self.tracks.iter().enumerate() {
                if let Some(margin_deg) = track.least_margin(&cup, &joint.range, &neck, below) {
                    below = consider(margin_deg, index);
                }
            }
        }
        least
    }

    /// The least of the femur's bone on the cup, where it is below what is known already.
    fn on_cup(&self, bones: &ZoneBones, joint: &NeckInLiner, known: Bound) -> Bound {
        let (mut least, axis) = (known, joint.cup.right_hip_axis().into_inner());
        if !bones.reach.reaches(&bones.moving) {
            return least;
        }
        let room = |posture: &Posture, enough: f64| bones.reach.margin_deg(&bones.moving, &axis, posture, enough);
        for (activity, track) in self.tracks.iter().enumerate() {
            if let Some(found) = track.least_room(least.margin_deg, BONE_FINE_DEG, &room) {
                least = Bound { margin_deg: found.margin_deg, activity, couple: Couple::ImplantBone };
            }
        }
        least
    }
}
