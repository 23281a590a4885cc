//! The frames of the pelvis that cup angles can be given in.

use super::EditError;
use crate::{anatomy::Pelvis, frames::AnatomicalFrame};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A pelvis tilts no further than this, degrees.
const MOST_TILT_DEG: f64 = 60.0;

/// A frame of the pelvis: that of the anterior pelvic plane, turned by the pelvic tilt of a posture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum PelvicFrame {
    /// Of the anterior pelvic plane itself.
    #[default]
    AnteriorPelvicPlane,
    /// As the pelvis lay in the scanner.
    AsScanned,
    /// With this tilt, degrees, posterior positive: of standing or sitting.
    Tilted(f64),
}

impl PelvicFrame {
    /// The frame in LPS.
    ///
    /// # Errors
    /// When the tilt is none that a pelvis can have.
    pub(super) fn of(&self, pelvis: &Pelvis) -> Result<AnatomicalFrame, EditError> {
        match *self {
            Self::AnteriorPelvicPlane => Ok(pelvis.app),
            Self::AsScanned => Ok(pelvis.app.tilted_posteriorly(pelvis.tilt_deg)),
            Self::Tilted(tilt_deg) => {
                super::error::within(super::Limit::PelvicTilt, tilt_deg, -MOST_TILT_DEG, MOST_TILT_DEG)?;
                Ok(pelvis.app.tilted_posteriorly(tilt_deg))
            }
        }
    }

    /// Key in the language files.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::AnteriorPelvicPlane => "frame-anterior-pelvic-plane",
            Self::AsScanned => "frame-as-scanned",
            Self::Tilted(_) => "frame-tilted",
        }
    }
}

impl FromStr for PelvicFrame {
    type Err = String;

    /// `app`, `as-scanned`, or a pelvic tilt in degrees.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "app" => Ok(Self::AnteriorPelvicPlane),
            "as-scanned" => Ok(Self::AsScanned),
            _ => text.parse().map(Self::Tilted).map_err(|_| {
                format!(
                    "'{text}' is no frame of the pelvis: write app, as-scanned, or a pelvic tilt in degrees (posterior positive)"
                )
            }),
        }
    }
}

impl fmt::Display for PelvicFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AnteriorPelvicPlane => f.write_str("anterior pelvic plane"),
            Self::AsScanned => f.write_str("pelvis as scanned"),
            Self::Tilted(tilt_deg) => write!(f, "pelvis tilted by {tilt_deg:+}°"),
        }
    }
}
