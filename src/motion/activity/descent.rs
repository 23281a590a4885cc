//! The least room along a track, of any room that no turn of the femur by one degree changes by more than one degree.
//!
//! Every margin that is an angle to the nearest contact is of that kind. Between two places of the path where it is known it can then fall
//! no lower than half their sum less half the way between: stretches that cannot hold less than was found are left, others are halved.

use super::{Least, Track};
use crate::motion::{Motion, Posture};

/// How far a least is narrowed down where rooms are exact, degrees.
pub(crate) const FINE_DEG: f64 = 1e-3;
/// Contact that comes and goes within so short a way may be missed when its beginning is looked for, degrees.
const SHORTEST_DEG: f64 = 2e-3;
/// Halvings of the way in which contact begins, and of where an arc lies best.
const HALVINGS: u32 = 40;
/// An arc is looked for on samples this far apart, degrees.
const ARC_STEP_DEG: f64 = 1.0;

/// Part of a path between two places, in samples, with the room at either.
struct Stretch {
    from: (f64, f64),
    to: (f64, f64),
}

impl Stretch {
    /// Nothing in it has less room than this.
    fn bound_deg(&self) -> f64 {
        0.5 * (self.from.1 + self.to.1 - (self.to.0 - self.from.0))
    }
}

impl Track {
    /// Where a path has the least room, to `fine_deg`; `None` where it nowhere has less than `below_deg`, and of an arc.
    ///
    /// The room is asked for a posture and how much is enough: for more it may tell so much.
    pub(crate) fn least_room(&self, below_deg: f64, fine_deg: f64, room_deg: &dyn Fn(&Posture, f64) -> f64) -> Option<Least> {
        let last = self.samples().checked_sub(1)? as f64;
        let (mut least, mut at) = (below_deg, None);
        let mut look = |place: f64, within: f64| {
            // With so much, nothing less than the least can be that far away.
            let room = room_deg(&self.along(place).0, least + within);
            if room < least {
                (least, at) = (room, Some(place));
            }
            ((place, room), least)
        };
        let from = look(0.0, last).0;
        let (to, mut found) = look(last, last);
        let mut open = vec![Stretch { from, to }];
        while let Some(stretch) = open.pop() {
            if stretch.bound_deg() >= found - fine_deg {
                continue;
            }
            let (place, half) = (0.5 * (stretch.from.0 + stretch.to.0), 0.5 * (stretch.to.0 - stretch.from.0));
            let middle;
            (middle, found) = look(place, half);
            let halves = [Stretch { from: stretch.from, to: middle }, Stretch { from: middle, to: stretch.to }];
            // The one that promises less is looked into first.
            let [one, two] = halves;
            if one.bound_deg() < two.bound_deg() { open.extend([two, one]) } else { open.extend([one, two]) }
        }
        at.map(|place| {
            let (posture, part) = self.along(place);
            Least { margin_deg: least, part, posture }
        })
    }

    /// Where, from its beginning on, a path has first no room; `None` when it has room everywhere, and of an arc.
    pub(crate) fn first_without_room(&self, room_deg: &dyn Fn(&Posture) -> f64) -> Option<Least> {
        let last = self.samples().checked_sub(1)? as f64;
        let room = |place: f64| room_deg(&self.along(place).0);
        let (mut free, mut hit, mut here) = (0.0, 0.0, room(0.0));
        while here >= 0.0 {
            if hit >= last {
                return None;
            }
            // As far as there is room, nothing is met.
            (free, hit) = (hit, (hit + here.max(SHORTEST_DEG)).min(last));
            here = room(hit);
        }
        for _ in 0..HALVINGS {
            let middle = 0.5 * (free + hit);
            if room(middle) < 0.0 { hit = middle } else { free = middle }
        }
        let (posture, part) = self.along(hit);
        Some(Least { margin_deg: room(hit), part, posture })
    }
}

/// The least room of an arc of so many degrees where, on its motion's axis, it has the most: both its ends are then alike, or something
/// in the way of it is nearer than they are.
pub(crate) fn best_arc(motion: Motion, total_deg: f64, room_deg: &dyn Fn(&Posture) -> f64) -> Least {
    let room = |degrees: f64| room_deg(&motion.posture(degrees));
    let count = (360.0 / ARC_STEP_DEG) as usize;
    let rooms: Vec<f64> = (0..count).map(|step| room(step as f64 * ARC_STEP_DEG)).collect();
    let steps = (total_deg / ARC_STEP_DEG).floor() as usize;
    let least_from = |start: usize| (start..=start + steps).map(|step| rooms[step % count]).fold(f64::INFINITY, f64::min);
    let start = (0..count).max_by(|a, b| least_from(*a).total_cmp(&least_from(*b)).then(b.cmp(a))).unwrap_or(0);
    let (mut low, mut high) = ((start as f64 - 1.0) * ARC_STEP_DEG, (start as f64 + 1.0) * ARC_STEP_DEG);
    // Further on, the beginning has more room and the end less.
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if room(middle) < room(middle + total_deg) { low = middle } else { high = middle }
    }
    let from = 0.5 * (low + high);
    let between = (1..steps).map(|step| from + step as f64 * ARC_STEP_DEG);
    let places = [from + total_deg, from].into_iter().chain(between).map(|degrees| (room(degrees), degrees));
    let (margin_deg, degrees) = places.min_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((f64::NEG_INFINITY, from));
    Least { margin_deg, part: 1.0, posture: motion.posture(degrees) }
}
