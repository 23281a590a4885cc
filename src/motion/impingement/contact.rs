//! Which bodies touch in one posture.

use crate::motion::Couple;
use nalgebra::Point3;

/// A body of the scene.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SceneBody {
    /// The pelvic bone of this place in [`RomScene::pelvis`].
    Pelvis(usize),
    /// Cup and liner.
    Cup,
    /// The femur.
    Femur,
    /// Stem and neck.
    Stem,
}

impl Couple {
    /// The couple of two bodies.
    #[must_use]
    pub const fn of([moving, fixed]: [SceneBody; 2]) -> Self {
        const fn is_implant(body: SceneBody) -> bool {
            matches!(body, SceneBody::Cup | SceneBody::Stem)
        }
        match (is_implant(moving), is_implant(fixed)) {
            (true, true) => Self::ImplantImplant,
            (false, false) => Self::BoneBone,
            _ => Self::ImplantBone,
        }
    }
}

/// How a hip stands in one posture.
#[derive(Clone, Debug, PartialEq)]
pub struct Contact {
    /// Degrees that the neck can still lean before it meets the liner's rim, closed form; negative beyond contact.
    pub implant_margin_deg: f64,
    /// Least distance between the two sides where bone has a part in it, mm; negative when they share space, then the depth. `None`
    /// without bones.
    pub bone_clearance_mm: Option<f64>,
    /// Couple that has this distance; implant on implant when the neck is beyond the rim and no bone touches.
    pub couple: Option<Couple>,
    /// Point of the pelvic side where it is, LPS mm.
    pub point: Option<Point3<f64>>,
    /// All pairs that touch, femoral body first.
    pub touching: Vec<[SceneBody; 2]>,
}

impl Contact {
    /// True when anything touches.
    #[must_use]
    pub fn touches(&self) -> bool {
        !self.touching.is_empty()
    }
}
