//! What a target zone does not know: how well a cup holds the head.

use super::steep::{STEEP_DEG, held_mm};
use crate::{anatomy::CupAngles, implants::Bearing};
use serde::Serialize;

/// Jump distances that differ by less are alike, mm.
const ALIKE_MM: f64 = 0.5;

/// How well the planned cup and that with the most room hold the head.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ZoneHold {
    /// Jump distance of the plan by the closed form (Sariali 2009), mm; `None` where the liner holds the head.
    pub plan_mm: Option<f64>,
    /// The same of the cup with the most room.
    pub most_room_mm: Option<f64>,
    /// True when the cup with the most room is steep.
    pub most_room_is_steep: bool,
}

impl ZoneHold {
    /// Both cups in one frame, in which the load is taken to be vertical.
    #[must_use]
    pub fn of(bearing: &Bearing, plan: &CupAngles, most_room: &CupAngles) -> Self {
        let most_room_is_steep = most_room.inclination_deg > STEEP_DEG;
        Self { plan_mm: held_mm(bearing, plan), most_room_mm: held_mm(bearing, most_room), most_room_is_steep }
    }

    /// True when going to where there is the most room would cost hold: the head comes out sooner there, or the cup is steep.
    #[must_use]
    pub fn most_room_costs_hold(&self) -> bool {
        let sooner = self.plan_mm.zip(self.most_room_mm).is_some_and(|(plan, most_room)| most_room < plan - ALIKE_MM);
        sooner || self.most_room_is_steep
    }
}
