//! The range of motion as a table: how far each motion goes before something touches.

use nalgebra::Point3;
use serde::{Deserialize, Serialize};

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
}

impl RomRow {
    /// Degrees until anything touches.
    #[must_use]
    pub fn limit_deg(&self) -> Option<f64> {
        match (self.implant_deg, self.bone_deg) {
            (Some(implant), Some(bone)) => Some(implant.min(bone)),
            (implant, bone) => implant.or(bone),
        }
    }
}

/// The range of motion of a plan in one posture of the pelvis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RomTable {
    /// One row a motion, in the order of [`Motion::ALL`].
    pub rows: Vec<RomRow>,
}
