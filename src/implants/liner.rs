//! Liners: what lies between a shell and the head.

use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

/// A liner, or the ball of a dual mobility with the insert that it turns in.
///
/// Liner frame = cup frame: origin at the centre of the bearing, +Z out of the shell, +X towards the middle of the lip, or towards
/// the side on which a face-changing liner stands out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Liner {
    /// Unique id, e.g. `liner-neutral-46-36`.
    pub id: String,
    /// Id of its family.
    pub family: String,
    /// Diameter of the shell's hollow that it fills, mm.
    pub seat_diameter_mm: f64,
    /// Head diameter, mm.
    pub head_diameter_mm: f64,
    /// How far the bearing's centre lies out of the shell's centre along the cup axis, mm.
    #[serde(default)]
    pub lateral_mm: f64,
    /// Height of the rim above the bearing's centre where there is no lip, mm.
    #[serde(default)]
    pub rim_height_mm: f64,
    /// Width of the 45° chamfer on the inner edge of the rim, mm.
    #[serde(default)]
    pub chamfer_mm: f64,
    /// Radius of the rounding of that edge, mm: a torus, instead of a chamfer.
    #[serde(default)]
    pub edge_round_mm: f64,
    /// True when the bearing goes on as a sphere above its equator, so that it holds the head.
    #[serde(default)]
    pub captive: bool,
    /// Part of the rim that stands higher.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lip: Option<Lip>,
    /// Angle by which the whole face is turned away from +X, degrees.
    #[serde(default)]
    pub face_deg: f64,
    /// The ball in which the head sits and which itself turns in the shell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ball: Option<MobileBall>,
}

/// A part of a liner's rim that stands higher than the rest, in the middle of +X.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lip {
    /// By how much more of the head's sphere it covers, degrees of latitude: 10 in a liner of 10°.
    pub angle_deg: f64,
    /// Half the arc over which it has its full height, degrees of azimuth.
    pub half_arc_deg: f64,
    /// Arc over which it falls to the rim on either side, degrees of azimuth.
    pub slope_deg: f64,
}

/// The polyethylene ball of a dual mobility. The neck meets the rim of what it turns in: the shell, or an insert of metal.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MobileBall {
    /// Outer diameter of the ball: that of the bearing which counts for range of motion and jump distance, mm.
    pub diameter_mm: f64,
    /// Height of the metal rim above the bearing's centre, mm.
    pub rim_height_mm: f64,
    /// Width of the 45° chamfer of the metal rim, mm.
    pub chamfer_mm: f64,
}

impl Lip {
    /// Part of its height at an azimuth from its middle, radians: 1 in the middle, 0 away from it, with a cosine between.
    #[must_use]
    pub fn part(&self, azimuth: f64) -> f64 {
        let away = azimuth.sin().atan2(azimuth.cos()).abs().to_degrees() - self.half_arc_deg;
        if away <= 0.0 {
            1.0
        } else if away >= self.slope_deg {
            0.0
        } else {
            0.5 + 0.5 * (PI * away / self.slope_deg).cos()
        }
    }
}

impl Liner {
    /// Positions in which a liner that is not the same all round can be locked.
    pub const POSITIONS: u8 = 12;

    /// Least thickness of its polyethylene, mm.
    #[must_use]
    pub fn polyethylene_mm(&self) -> f64 {
        (self.ball.map_or(self.seat_diameter_mm, |ball| ball.diameter_mm) - self.head_diameter_mm) / 2.0
    }

    /// Diameter of the bearing that the neck's range and the jump distance follow, mm: the ball's, or else the head's.
    #[must_use]
    pub fn bearing_diameter_mm(&self) -> f64 {
        self.ball.map_or(self.head_diameter_mm, |ball| ball.diameter_mm)
    }

    /// True when it is not the same all round, so that its position in the shell matters.
    #[must_use]
    pub fn has_positions(&self) -> bool {
        self.lip.is_some() || self.face_deg != 0.0
    }
}
