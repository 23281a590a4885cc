//! The range of motion as a table: how far each motion goes before something touches.

use super::Posture;
use crate::anatomy::Finding;
use nalgebra::{Point3, Vector3};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The eight motions of the passive examination, for a right hip as for a left one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Motion {
    /// Flexion from neutral.
    Flexion,
    /// Extension from neutral.
    Extension,
    /// Abduction from neutral.
    Abduction,
    /// Adduction from neutral.
    Adduction,
    /// Internal rotation at 0° of flexion.
    InternalRotation0,
    /// External rotation at 0° of flexion.
    ExternalRotation0,
    /// Internal rotation at 90° of flexion.
    InternalRotation90,
    /// External rotation at 90° of flexion.
    ExternalRotation90,
}

impl Motion {
    /// All eight, in the order of `rom_vectors.csv`'s columns.
    pub const ALL: [Self; 8] = [
        Self::Flexion,
        Self::Extension,
        Self::Abduction,
        Self::Adduction,
        Self::InternalRotation0,
        Self::ExternalRotation0,
        Self::InternalRotation90,
        Self::ExternalRotation90,
    ];

    /// Where the motion begins: neutral, or 90° of flexion.
    #[must_use]
    pub const fn start(self) -> Posture {
        match self {
            Self::InternalRotation90 | Self::ExternalRotation90 => Posture { flexion_deg: 90.0, ..Posture::NEUTRAL },
            _ => Posture::NEUTRAL,
        }
    }

    /// The posture after so many degrees of the motion.
    #[must_use]
    pub const fn posture(self, degrees: f64) -> Posture {
        let start = self.start();
        match self {
            Self::Flexion => Posture { flexion_deg: degrees, ..start },
            Self::Extension => Posture { flexion_deg: -degrees, ..start },
            Self::Abduction => Posture { adduction_deg: -degrees, ..start },
            Self::Adduction => Posture { adduction_deg: degrees, ..start },
            Self::InternalRotation0 | Self::InternalRotation90 => Posture { internal_rotation_deg: degrees, ..start },
            Self::ExternalRotation0 | Self::ExternalRotation90 => Posture { internal_rotation_deg: -degrees, ..start },
        }
    }

    /// Key of the motion's name in the language files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Flexion => "motion-flexion",
            Self::Extension => "motion-extension",
            Self::Abduction => "motion-abduction",
            Self::Adduction => "motion-adduction",
            Self::InternalRotation0 => "motion-internal-rotation-0",
            Self::ExternalRotation0 => "motion-external-rotation-0",
            Self::InternalRotation90 => "motion-internal-rotation-90",
            Self::ExternalRotation90 => "motion-external-rotation-90",
        }
    }

    /// The axis that the femur turns about, positive in the motion's sense, in the pelvic frame of a right hip. Each of the eight
    /// motions turns about one fixed axis: rotation at 90° of flexion about the femur's long axis, which then points forward.
    #[must_use]
    pub fn axis(self) -> Vector3<f64> {
        match self {
            Self::Flexion => Vector3::z(),
            Self::Extension => -Vector3::z(),
            Self::Abduction => -Vector3::x(),
            Self::Adduction => Vector3::x(),
            Self::InternalRotation0 => Vector3::y(),
            Self::ExternalRotation0 => -Vector3::y(),
            Self::InternalRotation90 => -Vector3::x(),
            Self::ExternalRotation90 => Vector3::x(),
        }
    }

    /// Short name, as in the columns of `rom_vectors.csv`.
    #[must_use]
    pub const fn short_name(self) -> &'static str {
        match self {
            Self::Flexion => "flex",
            Self::Extension => "ext",
            Self::Abduction => "abd",
            Self::Adduction => "add",
            Self::InternalRotation0 => "IR0",
            Self::ExternalRotation0 => "ER0",
            Self::InternalRotation90 => "IR90",
            Self::ExternalRotation90 => "ER90",
        }
    }
}

impl fmt::Display for Motion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Flexion => "flexion",
            Self::Extension => "extension",
            Self::Abduction => "abduction",
            Self::Adduction => "adduction",
            Self::InternalRotation0 => "internal rotation at 0° of flexion",
            Self::ExternalRotation0 => "external rotation at 0° of flexion",
            Self::InternalRotation90 => "internal rotation at 90° of flexion",
            Self::ExternalRotation90 => "external rotation at 90° of flexion",
        })
    }
}

/// Which two bodies touch first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Couple {
    /// Neck against liner or cup.
    ImplantImplant,
    /// An implant against bone.
    ImplantBone,
    /// Femur against pelvis.
    BoneBone,
}

impl Couple {
    /// Key of the couple's name in the language files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::ImplantImplant => "couple-implant-implant",
            Self::ImplantBone => "couple-implant-bone",
            Self::BoneBone => "couple-bone-bone",
        }
    }
}

/// The limit of one motion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RomRow {
    /// The motion.
    pub motion: Motion,
    /// Degrees until neck and liner touch; `None` when they never do within 180°.
    pub implant_deg: Option<f64>,
    /// Degrees until bone is touched; `None` when nothing is touched within the searched range or no bone was given.
    pub bone_deg: Option<f64>,
    /// Couple of the first contact.
    pub first: Option<Couple>,
    /// Place of the first contact on the pelvic side, LPS mm.
    pub contact: Option<Point3<f64>>,
    /// How far each couple that touches within the searched range goes, as if the others were not there; the earliest first. Empty in
    /// tables of earlier versions, which knew the first alone.
    #[serde(default)]
    pub limits: Vec<CoupleLimit>,
}

/// How far a motion goes before one couple touches.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CoupleLimit {
    /// The couple.
    pub couple: Couple,
    /// Degrees until it touches; 0 where it does so before the motion begins.
    pub degrees: f64,
    /// Where, LPS mm.
    pub contact: Option<Point3<f64>>,
}

impl RomRow {
    /// What would touch next if the first couple did not: the next impingement.
    #[must_use]
    pub fn next(&self) -> Option<&CoupleLimit> {
        self.limits.get(1)
    }

    /// Degrees until anything touches.
    #[must_use]
    pub fn limit_deg(&self) -> Option<f64> {
        match (self.implant_deg, self.bone_deg) {
            (Some(implant), Some(bone)) => Some(implant.min(bone)),
            (implant, bone) => implant.or(bone),
        }
    }
}

impl crate::plan::storage::Document for RomTable {
    const KIND: &'static str = "range of motion";
}

/// The range of motion of a plan in one posture of the pelvis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RomTable {
    /// One row a motion, in the order of [`Motion::ALL`].
    pub rows: Vec<RomRow>,
    /// What must be known about these numbers, e.g. contact before a motion begins.
    #[serde(default)]
    pub findings: Vec<Finding>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{Rotation3, Unit};

    #[test]
    fn each_motion_is_a_turn_about_its_axis() {
        for motion in Motion::ALL {
            let turn = Rotation3::from_axis_angle(&Unit::new_normalize(motion.axis()), 33.0_f64.to_radians());
            let expected = turn * motion.start().right_hip_rotation();
            assert!(motion.posture(33.0).right_hip_rotation().angle_to(&expected) < 1e-7, "{motion}");
        }
    }
}
