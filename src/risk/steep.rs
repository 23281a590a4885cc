//! A steep cup: room for the neck, little hold for the head.

use super::{head_offset_mm, jump_distance_mm};
use crate::{anatomy::CupAngles, implants::Bearing};
use serde::Serialize;

/// Beyond the upper end of Lewinnek's zone a cup is called steep, degrees of radiographic inclination.
pub const STEEP_DEG: f64 = 50.0;
/// The middle of that zone, with which a steep cup is compared, degrees.
const USUAL_DEG: f64 = 40.0;

/// What a steep cup costs: neck and bones do not tell it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SteepCup {
    /// Radiographic inclination, degrees.
    pub inclination_deg: f64,
    /// Jump distance by the closed form (Sariali 2009), mm; `None` where the liner holds the head.
    pub jump_mm: Option<f64>,
    /// That of the same cup at 40° of inclination.
    pub usual_mm: Option<f64>,
}

impl SteepCup {
    /// A cup in a frame in which the load is taken to be vertical; `None` when it is not steep.
    #[must_use]
    pub fn of(bearing: &Bearing, cup: &CupAngles) -> Option<Self> {
        let jump = |cup: &CupAngles| held_mm(bearing, cup);
        let usual = CupAngles { inclination_deg: USUAL_DEG, ..*cup };
        (cup.inclination_deg > STEEP_DEG).then(|| Self {
            inclination_deg: cup.inclination_deg,
            jump_mm: jump(cup),
            usual_mm: jump(&usual),
        })
    }
}

/// Jump distance of a bearing by the closed form (Sariali 2009), load vertical in the frame of the angles, mm; `None` where the liner holds the
/// head.
#[must_use]
pub fn held_mm(bearing: &Bearing, cup: &CupAngles) -> Option<f64> {
    jump_distance_mm(bearing.diameter_mm, cup, head_offset_mm(bearing)).filter(|_| !bearing.is_captive())
}
