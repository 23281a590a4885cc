//! Landmarks, frames and measurements of pelvis and femur; every method named after its publication.

mod bones;
mod canal;
mod completed;
mod document;
mod error;
mod estimate;
mod examination;
mod femur;
mod findings;
mod fit;
mod head;
mod input;
mod inspection;
mod knee;
mod landmark;
mod measure;
mod measurement;
mod model;
mod murray;
mod neck;
mod pelvis;
mod section;
mod shaft;
mod socket;
mod trochanters;

pub use bones::Bones;
pub use document::{BoneEntry, BySide, ExaminationDocument, FlagEntry, LandmarkEntry, MeasurementEntry};
pub use error::AnatomyError;
pub use examination::{Examination, examine};
pub use input::{BoneFolder, InputError, Space, read_bones};
pub use inspection::{BoneFault, Inspection, inspect};
pub use landmark::{Landmark, LandmarkName, Landmarks};
pub use measure::measure;
pub use measurement::{Measurement, Quantity, Unit};
pub use model::{Acetabulum, Anatomy, Axis, CanalSection, Femur, Finding, Hip, Pelvis, ShaftSource, Sphere};
pub use murray::CupAngles;
