//! Landmarks, frames and measurements of pelvis and femur; every method named after its publication.

mod bones;
mod canal;
mod completed;
mod error;
mod estimate;
mod femur;
mod findings;
mod fit;
mod head;
mod knee;
mod measure;
mod model;
mod murray;
mod neck;
mod pelvis;
mod section;
mod shaft;
mod socket;
mod trochanters;

pub use bones::Bones;
pub use error::AnatomyError;
pub use measure::measure;
pub use model::{Acetabulum, Anatomy, Axis, CanalSection, Femur, Finding, Hip, Landmark, Pelvis, ShaftSource, Sphere};
pub use murray::CupAngles;
