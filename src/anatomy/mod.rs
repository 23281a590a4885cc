//! Landmarks, frames and measurements of pelvis and femur; every method named after its publication.

mod model;
mod murray;

pub use model::{Acetabulum, Anatomy, Axis, CanalSection, Femur, Finding, Hip, Landmark, Pelvis, ShaftSource, Sphere};
pub use murray::CupAngles;
