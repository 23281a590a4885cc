//! Joint motion and its limits: exact, `f64`, deterministic. No physics engine speaks here.
//!
//! Every limit is bone and implant only. Capsule, ligaments and muscles end most motions earlier, extension and rotation at 0° of
//! flexion above all: a limit says where motion certainly stops, never that what comes before it is safe.

mod case;
mod error;
mod joint;
mod rom;
pub mod theoretical;

pub use case::{COLUMNS, RomCase, read_cases};
pub use error::MotionError;
pub use joint::{JOINT_ORDER, Posture, femur_transform, posture_of};
pub use rom::{Couple, Motion, RomRow, RomTable};
pub use theoretical::{Limit, NeckAngles};
