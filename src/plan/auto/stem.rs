//! All ways to put the stems of a catalogue into a canal, and what speaks against each.

use super::{
    fit::{Edge, Fit},
    seat::{Seat, Seating},
    settings::PlanSettings,
    term::{Term, TermKind},
};
use crate::{
    frames::{Side, as_right_hip},
    implants::{Catalogue, Head, Stem},
    plan::{Change, Osteotomy, ResectionPlane, StemPlacement, room::Canal},
};
use nalgebra::{Isometry3, Point3, Unit, Vector3};
use rayon::prelude::*;

/// Steps in which the depth of the stem is tried, mm.
const DEPTH_STEP_MM: f64 = 1.0;
/// Steps about the best depth, mm.
const FINE_STEP_MM: f64 = 0.25;
/// Steps in which a lean is tried, degrees.
const VARUS_STEP_DEG: f64 = 1.0;
/// Steps in which a turn is tried, degrees.
const TURN_STEP_DEG: f64 = 5.0;

/// One stem somewhere.
#[derive(Clone)]
pub(super) struct Way<'a> {
    pub stem: &'a Stem,
    pub seating: Seating,
    pub pose: Isometry3<f64>,
    pub fit: Fit,
}

/// What a way is judged against.
#[derive(Clone, Copy)]
pub(super) struct Aim {
    /// Changes of leg length and offset that are wanted.
    pub change: Change,
    /// Version of a stem that stands in the native one, degrees (Murphy); `None` without the knee.
    pub native_version_deg: Option<f64>,
    /// Radiographic anteversion of the cup, degrees.
    pub cup_anteversion_deg: f64,
    /// The osteotomy that the stem must bridge.
    pub bridge: Option<Bridge>,
}

/// An osteotomy, and how far the stem should reach beyond it, mm.
#[derive(Clone, Copy)]
pub(super) struct Bridge {
    pub osteotomy: Osteotomy,
    pub side: Side,
    pub asked_mm: f64,
}

impl Bridge {
    /// How far a stem reaches beyond the cut along the shaft axis, mm.
    pub fn reached_mm(&self, stem: &Stem, pose: &Isometry3<f64>) -> f64 {
        self.osteotomy.below_mm(self.side, &(pose * Point3::from(Vector3::y() * -stem.tip_mm())))
    }
}

impl<'a> Way<'a> {
    /// Every stem at every depth, lean and turn that lies in the known canal.
    pub fn all(catalogue: &'a Catalogue, side: Side, seat: &Seat, canal: &Canal, settings: &PlanSettings) -> Vec<Self> {
        let depths = around(0.0, settings.depth_range_mm, DEPTH_STEP_MM);
        let leans = around(0.0, settings.varus_range_deg, VARUS_STEP_DEG);
        let turns = around(0.0, settings.turn_range_deg, TURN_STEP_DEG);
        let seatings: Vec<Seating> = depths
            .iter()
            .flat_map(|&depth_mm| leans.iter().map(move |&varus_deg| (depth_mm, varus_deg)))
            .flat_map(|(depth_mm, varus_deg)| turns.iter().map(move |&turn_deg| Seating { depth_mm, varus_deg, turn_deg }))
            .collect();
        // Stems that differ in their necks alone lie in the canal alike: another neck begins elsewhere on the same body.
        let bodies: Vec<&[Stem]> = catalogue.stems.chunk_by(|a, b| a.body_shift_mm(b).is_some()).collect();
        let of_body = |stems: &&'a [Stem]| {
            let (first, others) = (&stems[0], &stems[1..]);
            let ways = Self::of(first, &seatings, side, seat, canal, settings);
            let with = |stem: &'a Stem| {
                let shift_mm = first.body_shift_mm(stem).unwrap_or_default();
                let seated = |way: &Self| {
                    let seating = Seating { depth_mm: way.seating.depth_mm - shift_mm, ..way.seating };
                    Self { stem, seating, pose: seat.pose(stem, &seating), fit: way.fit }
                };
                ways.iter().map(seated).collect::<Vec<_>>()
            };
            let mut all: Vec<Self> = others.iter().flat_map(with).collect();
            all.splice(0..0, ways.iter().cloned());
            all
        };
        bodies.par_iter().flat_map_iter(of_body).collect()
    }

    /// The same stem a little higher and lower.
    pub fn finer(&self, side: Side, seat: &Seat, canal: &Canal, settings: &PlanSettings) -> Vec<Self> {
        let seatings: Vec<Seating> = around(self.seating.depth_mm, DEPTH_STEP_MM, FINE_STEP_MM)
            .into_iter()
            .map(|depth_mm| Seating { depth_mm, ..self.seating })
            .collect();
        Self::of(self.stem, &seatings, side, seat, canal, settings)
    }

    fn of(stem: &'a Stem, seatings: &[Seating], side: Side, seat: &Seat, canal: &Canal, settings: &PlanSettings) -> Vec<Self> {
        let edge = Edge::of(stem, side);
        let way = |seating: &Seating| {
            let pose = seat.pose(stem, seating);
            let fit = edge.fit(&pose, canal, settings.fit_from_mm)?;
            Some(Self { stem, seating: *seating, pose, fit })
        };
        seatings.iter().filter_map(way).collect()
    }

    /// Centre of a head on this stem, LPS mm.
    pub fn head_centre(&self, side: Side, head: &Head) -> Point3<f64> {
        self.pose * Point3::from(as_right_hip(side, &self.stem.head_centre(head).coords))
    }

    /// What speaks against it with a head that makes this change of leg and offset, in a canal of a radius so much larger than measured;
    /// `None` for what is not known.
    pub fn terms(&self, head: &Head, change: &Change, wider_mm: f64, aim: &Aim, settings: &PlanSettings) -> [Option<Term>; 9] {
        let weights = &settings.weights;
        let away = |kind, value: f64, weight| Term::new(kind, value, value.abs(), weight);
        let restored = |kind, value: f64, weight| {
            let beyond = (value.abs() - settings.restored_mm).max(0.0) * weights.unrestored;
            let term = away(kind, value, weight);
            Term { cost: term.cost + beyond.powi(2), ..term }
        };
        // A cemented stem needs its mantle as well.
        let clearance_mm = self.fit.clearance_mm + wider_mm - self.stem.mantle_mm;
        let slack_mm = clearance_mm - settings.cortical_clearance_mm;
        let room = if slack_mm >= 0.0 {
            Term::new(TermKind::Room, clearance_mm, slack_mm, weights.unused_room)
        } else {
            Term::new(TermKind::Room, clearance_mm, -slack_mm, weights.missing_room)
        };
        let cortex = self.fit.cortex_mm.map(|mm| {
            let least_mm = settings.least_cortex_mm;
            Term::at_least(TermKind::Cortex, mm, least_mm, weights.wall).hard_if(mm < least_mm)
        });
        let (low, high) = settings.combined_anteversion_deg;
        let combined = aim.native_version_deg.map(|native| {
            let sum = native + self.seating.turn_deg + self.stem.neck_version_deg + aim.cup_anteversion_deg;
            let outside = (low - sum).max(sum - high).max(0.0);
            Term::new(TermKind::CombinedAnteversion, sum, outside, weights.combined_anteversion)
        });
        let bridging = aim.bridge.map(|bridge| {
            Term::at_least(TermKind::Bridging, bridge.reached_mm(self.stem, &self.pose), bridge.asked_mm, weights.bridging)
        });
        [
            Some(restored(TermKind::LegLength, change.leg_length_mm - aim.change.leg_length_mm, weights.leg_length)),
            Some(restored(TermKind::Offset, change.offset_mm - aim.change.offset_mm, weights.offset)),
            Some(room.hard_if(clearance_mm < settings.least_clearance_mm)),
            cortex,
            Some(away(TermKind::HeadOffset, head.offset_mm, weights.head_offset)),
            Some(away(TermKind::Varus, self.seating.varus_deg, weights.varus)),
            Some(away(TermKind::Turn, self.seating.turn_deg, weights.turn)),
            combined,
            bridging,
        ]
    }

    /// The stem as a plan holds it.
    pub fn placement(&self, side: Side, head: &Head, estimated: bool) -> StemPlacement {
        let towards_head = self.stem.towards_head();
        let mut placement = StemPlacement {
            stem: self.stem.id.clone(),
            head: head.id.clone(),
            pose: self.pose,
            resection: ResectionPlane { point: Point3::origin(), normal: Vector3::y_axis() },
            estimated,
        };
        placement.resection = ResectionPlane {
            point: placement.lps_point(side, &Point3::from(towards_head * self.stem.resection_mm)),
            normal: Unit::new_normalize(placement.lps_vector(side, &towards_head)),
        };
        placement
    }
}

/// Values in steps on both sides of one, from low to high.
fn around(middle: f64, range: f64, step: f64) -> Vec<f64> {
    let count = (range / step).floor() as i32;
    (-count..=count).map(|i| middle + f64::from(i) * step).collect()
}
