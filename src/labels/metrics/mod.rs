//! How well two label maps agree: overlap, distance of the surfaces, and what is mistaken across the hip joint.
//!
//! Which figure says what, and where each misleads: Maier-Hein et al. (2024), 10.1038/s41592-023-02151-z; Reinke et al. (2024),
//! 10.1038/s41592-023-02150-0.

mod agreement;
mod dice;
mod joint;
mod surface;

pub use agreement::{Agreement, BoneAgreement, Overlap, agreement};
pub use dice::dice;
pub use joint::{JointConfusion, joint_confusion};
pub use surface::{SurfaceDistance, surface_distance};
