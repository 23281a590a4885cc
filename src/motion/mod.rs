//! Joint motion and its limits: exact, `f64`, deterministic. No physics engine speaks here.
//!
//! Every limit is bone and implant only. Capsule, ligaments and muscles end most motions earlier, extension and rotation at 0° of
//! flexion above all: a limit says where motion certainly stops, never that what comes before it is safe.

pub mod activity;
mod bone_room;
mod case;
mod error;
pub mod impingement;
mod joint;
mod neck_in_liner;
mod planned;
mod rom;
mod scene;
mod spinopelvic;
mod surface;
pub mod theoretical;

pub use activity::{Activity, ActivityError, ActivityMargin, Demand, Keyframe, Track};
pub(crate) use bone_room::FINE_DEG as BONE_FINE_DEG;
pub use bone_room::{BoneLeast, BoneRoom, CupReach, ENOUGH_DEG, FemurChange, MovingBones};
#[cfg(feature = "card")]
pub(crate) use bone_room::{FlatPelvis, Query, binding};
pub use case::{COLUMNS, RomCase, read_cases};
pub use error::MotionError;
pub use impingement::{Contact, ImpingementEngine, SceneBody};
pub use joint::{JOINT_ORDER, Posture, femur_transform, posture_of};
pub use neck_in_liner::NeckInLiner;
pub use rom::{Couple, CoupleLimit, Motion, RomRow, RomTable};
pub use scene::RomScene;
pub use spinopelvic::{
    Mobility, PelvicPosture, ROLL_BACK_DEG, SITTING_FLEXION_DEG, STANDING_TILT_DEG, Spinopelvic, combined_sagittal_index_deg,
    sagittal_index_zone_deg,
};
pub use surface::{FreeHip, PostureBox, RomSurface};
pub use theoretical::{Limit, NeckAngles};

use crate::progress::Progress;

/// The range of motion of a planned hip; to ask a hip more than once, keep an [`ImpingementEngine`].
///
/// # Errors
/// A body without triangles, an impossible oscillation angle, or `Cancelled`.
pub fn range_of_motion(scene: &RomScene, progress: &dyn Progress) -> Result<RomTable, MotionError> {
    ImpingementEngine::new(scene)?.range_of_motion(progress)
}
