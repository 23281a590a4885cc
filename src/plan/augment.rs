//! An augment on a plan's cup: where it is.

use super::{CupPlacement, placed::turning_zx_to};
use crate::{
    anatomy::{ClockFace, View},
    frames::{AnatomicalFrame, Side},
    implants::Liner,
};
use nalgebra::{Isometry3, Translation3, Unit, UnitQuaternion, Vector3};
use serde::{Deserialize, Serialize};

/// Where an augment sits on the shell, with which it goes wherever that goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AugmentPlacement {
    /// Id in the catalogue.
    pub augment: String,
    /// Where its middle points, LPS, across the cup's axis.
    pub towards: Unit<Vector3<f64>>,
    /// How far it is turned from there about the shell's centre towards the cup's pole, degrees.
    pub tilt_deg: f64,
}

impl AugmentPlacement {
    /// With its middle at an hour of the clock face about the cup's axis: 12 superior in the frame of the anterior pelvic plane, 3 anterior, on
    /// both sides. `None` for a cup that opens straight up or down, which has no clock face.
    pub(super) fn at(
        augment: &str,
        cup: &CupPlacement,
        app: &AnatomicalFrame,
        side: Side,
        [hour, tilt_deg]: [f64; 2],
    ) -> Option<Self> {
        let view = View { frame: app, side };
        let face = ClockFace::new(Unit::new_normalize(view.vector(&cup.axis)), &Vector3::y())?;
        let towards = Unit::new_normalize(view.lps_vector(&face.direction(hour)));
        Some(Self { augment: augment.into(), towards, tilt_deg })
    }

    /// The hour (0 to 12) at which its middle is; `None` for a cup without a clock face.
    #[must_use]
    pub fn hour(&self, cup: &CupPlacement, app: &AnatomicalFrame, side: Side) -> Option<f64> {
        let view = View { frame: app, side };
        let face = ClockFace::new(Unit::new_normalize(view.vector(&cup.axis)), &Vector3::y())?;
        Some(face.hours(&view.vector(&self.towards)))
    }

    /// From the augment's own frame to LPS mm.
    #[must_use]
    pub fn pose(&self, cup: &CupPlacement, liner: Option<&Liner>) -> Isometry3<f64> {
        let tilt = UnitQuaternion::from_axis_angle(&Vector3::y_axis(), self.tilt_deg.to_radians());
        let turn = turning_zx_to(&cup.axis, &self.towards) * tilt;
        Isometry3::from_parts(Translation3::from(cup.shell_centre(liner)), turn)
    }
}
