//! Rehearsal of a dislocation: what happens when a motion is driven past impingement.
//!
//! Quasi-static, f64, deterministic, without friction and without inertia. The femur is turned as the path says; its head is free to move and
//! goes at each step to the nearest place at which the load that presses it into the socket, the strands of capsule and muscle, the liner in
//! its exact form and the neck on the liner's rim are in balance. Implants are rigid. Bones do not touch here: where bone meets first
//! (`motion` knows), the lever lies there and not on the liner.
//!
//! **Soft tissue is assumed, not this patient's**: places are proportions of a reference, stiffness is that of cadavers or derived, and what the
//! patient's muscles do actively is only in the load. Moments and angles are for comparing plans, never a threshold that a leg holds.

mod balance;
mod error;
mod hip;
mod path;
mod seat;
mod strand;
mod tissue;

pub use error::RehearsalError;
pub use hip::RehearsalHip;
pub use path::{Station, driven_on, stations};
pub use seat::Seat;
pub use strand::Strand;
pub use tissue::{Approach, Figure, Insertion, Load, Origin, SoftTissue, Stiffness, Structure};

use crate::{frames::angle_of, motion::Posture};
use balance::{Acting, acting, comes_back, rest};
use nalgebra::{Rotation3, Vector3};
use serde::Serialize;

/// Force on the neck above which it is said to touch, N.
const TOUCH_N: f64 = 1e-3;
/// Translation of the head above which it is said to have left its seat, mm.
const LEFT_SEAT_MM: f64 = 0.05;
/// A head that comes back to within this of its seat when the leg is let go was not dislocated, mm.
const BACK_MM: f64 = 0.5;
/// Pressure within this of the liner's edge is edge loading, degrees.
const EDGE_DEG: f64 = 5.0;
/// A head that bears on the edge and is further out than this part of its radius is subluxed.
const HALF_OUT: f64 = 0.25;

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum HeadState {
    /// The head is in its seat.
    Seated,
    /// Neck and rim touch, and the head leaves its seat.
    LeverOut,
    /// The head bears on the rim's edge and is out by more than a quarter of its radius; it would slip back if the leg were let go.
    Subluxed,
    /// The head is over the crest: it would not come back by itself.
    Dislocated,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// Place on the activity's path, 0 to 1; none where the motion is driven on beyond it.
    pub part: Option<f64>,
    /// Posture of the femur.
    pub posture: Posture,
    /// Angle that the femur was turned through from the beginning, added up, degrees.
    pub turned_deg: f64,
    /// Translation of the head's centre from its seat: anterior, superior, lateral in the pelvic frame, mm.
    pub head_mm: [f64; 3],
    /// How far it has come.
    pub state: HeadState,
    /// Where neck and rim touch, from the bearing's centre, same frame, mm.
    pub neck_contact_mm: Option<[f64; 3]>,
    /// Force between neck and rim, N.
    pub neck_force_n: f64,
    /// How far below the liner's edge the head bears, degrees.
    pub below_rim_deg: f64,
    /// The head bears on the liner's edge, or within 5° of it.
    pub edge_loading: bool,
    /// Moment that resists the motion about the axis on which the femur turns, N·m.
    pub resisting_nm: f64,
    /// Tension of each strand in the hip's order, N.
    pub tensions_n: Vec<f64>,
    /// Energy in strands, load and contact since the beginning, N·mm.
    pub stored_nmm: f64,
    /// Work that the motion has done since the beginning, N·mm.
    pub work_nmm: f64,
}

impl Step {
    /// Distance of the head's centre from its seat, mm.
    #[must_use]
    pub fn translation_mm(&self) -> f64 {
        Vector3::from(self.head_mm).norm()
    }
}

/// What a motion does to a hip.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rehearsal {
    /// Every step; the last is that at which the head dislocates, or the path's end.
    pub steps: Vec<Step>,
    /// Index of the step at which neck and rim first touch.
    pub first_contact: Option<usize>,
    /// Index of the step at which the head is first subluxed.
    pub subluxation: Option<usize>,
    /// Index of the step at which it dislocates.
    pub dislocation: Option<usize>,
}

impl Rehearsal {
    /// Follows a path.
    #[must_use]
    pub fn of(hip: &RehearsalHip, path: &[Station]) -> Self {
        let mut found = Self { steps: Vec::with_capacity(path.len()), first_contact: None, subluxation: None, dislocation: None };
        let mut last: Option<(Rotation3<f64>, f64, f64)> = None;
        let (mut head, mut turned, mut work, mut begun) = (Vector3::zeros(), 0.0, 0.0, 0.0);
        for station in path {
            let before = head;
            let state;
            (head, state) = rest(hip, &station.turn, &head);
            let moment = state.neck.moment + state.strand_moment;
            // About the axis of the step; the work is that of its mean moment.
            let mut resisting = 0.0;
            if let Some((turn, earlier, angle_before)) = last {
                let step = station.turn * turn.inverse();
                let angle = angle_of(&step);
                if let Some(axis) = step.axis() {
                    resisting = -moment.dot(&axis) / 1000.0;
                    let at_start = -(moments(hip, &turn, &before).dot(&axis)) / 1000.0;
                    work += 500.0 * (at_start + resisting) * angle;
                } else {
                    resisting = earlier;
                }
                turned = angle_before + angle.to_degrees();
            } else {
                begun = state.energy.value;
            }
            let how = judged(hip, &station.turn, &head, &state);
            last = Some((station.turn, resisting, turned));
            found.push(station, &head, how, &state, [turned, resisting, state.energy.value - begun, work], hip);
            if how == HeadState::Dislocated {
                break;
            }
        }
        found
    }

    fn push(
        &mut self,
        station: &Station,
        head: &Vector3<f64>,
        state: HeadState,
        acting: &Acting,
        [turned_deg, resisting_nm, stored_nmm, work_nmm]: [f64; 4],
        hip: &RehearsalHip,
    ) {
        let index = self.steps.len();
        let touches = acting.neck.total_n > TOUCH_N;
        let first = |known: &mut Option<usize>, now: bool| {
            if known.is_none() && now {
                *known = Some(index);
            }
        };
        first(&mut self.first_contact, touches);
        first(&mut self.subluxation, state == HeadState::Subluxed || state == HeadState::Dislocated);
        first(&mut self.dislocation, state == HeadState::Dislocated);
        let below_rim_deg = below_rim_deg(hip, head, acting);
        self.steps.push(Step {
            part: station.part,
            posture: station.posture(),
            turned_deg,
            head_mm: (*head).into(),
            state,
            neck_contact_mm: touches.then(|| acting.neck.at.into()),
            neck_force_n: acting.neck.force.norm(),
            below_rim_deg,
            edge_loading: below_rim_deg < EDGE_DEG,
            resisting_nm,
            tensions_n: acting.tensions_n.clone(),
            stored_nmm,
            work_nmm,
        });
    }

    /// Degrees that the femur turns from first contact to dislocation; `None` without either.
    #[must_use]
    pub fn impingement_to_dislocation_deg(&self) -> Option<f64> {
        let at = |index: usize| self.steps[index].turned_deg;
        Some(at(self.dislocation?) - at(self.first_contact?))
    }

    /// The largest moment that resists before the head is over the crest, N·m, and its step; `None` of an empty path.
    #[must_use]
    pub fn peak_moment(&self) -> Option<(f64, usize)> {
        let until = self.dislocation.unwrap_or(self.steps.len());
        let moments = self.steps[..until].iter().enumerate().map(|(index, step)| (step.resisting_nm, index));
        moments.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))
    }

    /// Furthest that the head's centre was from its seat without being dislocated, mm: where it leaves when it dislocates.
    #[must_use]
    pub fn furthest_mm(&self) -> f64 {
        let until = self.dislocation.unwrap_or(self.steps.len());
        self.steps[..until].iter().map(Step::translation_mm).fold(0.0, f64::max)
    }

    /// The furthest state.
    #[must_use]
    pub fn worst(&self) -> HeadState {
        self.steps.iter().map(|step| step.state).max().unwrap_or(HeadState::Seated)
    }
}

/// Moment on the femur about the head's centre, N·mm.
fn moments(hip: &RehearsalHip, turn: &Rotation3<f64>, head: &Vector3<f64>) -> Vector3<f64> {
    let state = acting(hip, turn, head, true);
    state.neck.moment + state.strand_moment
}

/// How far below the edge of the liner the head bears. In its seat it bears all round: there the direction of the force tells, elsewhere the place.
fn below_rim_deg(hip: &RehearsalHip, head: &Vector3<f64>, state: &Acting) -> f64 {
    let bears = state.head.total_n > TOUCH_N;
    let towards = match (bears, head.norm() > LEFT_SEAT_MM) {
        (true, true) => state.head.at,
        (true, false) => -state.head.force,
        (false, _) => hip.load,
    };
    hip.seat.below_rim_deg(&towards)
}

fn judged(hip: &RehearsalHip, turn: &Rotation3<f64>, head: &Vector3<f64>, state: &Acting) -> HeadState {
    let away = head.norm();
    if away < LEFT_SEAT_MM {
        return HeadState::Seated;
    }
    if away > BACK_MM && !comes_back(hip, turn, head, BACK_MM) {
        return HeadState::Dislocated;
    }
    // On the edge, what presses comes from beyond the sphere.
    let on_edge = state.head.total_n > TOUCH_N && hip.seat.below_rim_deg(&state.head.at) < 0.5;
    if on_edge && away > hip.seat.radius_mm() * HALF_OUT { HeadState::Subluxed } else { HeadState::LeverOut }
}

/// Jump distance by letting go, mm: the head is put on the way out, further and further, until load and strands no longer bring it back.
/// `None` where they always do. What [`jump_distance_of`](super::jump_distance_of) finds from the liner's form alone is found here by motion.
#[must_use]
pub fn released_jump_mm(hip: &RehearsalHip, turn: &Rotation3<f64>, towards: &Vector3<f64>) -> Option<f64> {
    let comes_back = |driven: f64| Some(comes_back(hip, turn, &hip.way_out(towards, driven)?, BACK_MM));
    let (mut low, mut high) = (0.0, 2.4 * hip.seat.radius_mm());
    if comes_back(high)? {
        return None;
    }
    for _ in 0..14 {
        let middle = f64::midpoint(low, high);
        if comes_back(middle)? { low = middle } else { high = middle }
    }
    Some(hip.way_out(towards, low)?.norm())
}
