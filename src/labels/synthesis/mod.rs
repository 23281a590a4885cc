//! Synthetic patients: bones from a statistical shape model and a CT of them, with the exact truth beside it.

mod assembly;
mod body;
mod bone_tissue;
mod ct;
mod cut;
mod deform;
mod femoral;
mod font;
mod metal;
mod nearest;
mod noise;
mod organs;
mod pelvic_plane;
mod phantom;
mod prescription;
mod preset;
mod random;
mod recipe;
mod sacral;
mod scan;
mod seating;
mod section;
mod settings;
mod shape_model;
mod shaping;
mod sheet;
mod socket;
mod solids;
mod sphere;
mod streaks;
mod surgery;
mod truth;
mod voxelise;

pub use femoral::{FemoralTruth, femoral_truth};
pub use phantom::{DrawOptions, FieldOfView, Phantom};
pub use preset::Preset;
pub use scan::{Scan, scan};
pub use settings::CtSettings;
pub use shape_model::{
    Bone, BoneModel, FOSSA, GREATER_TROCHANTER, HEAD, LATERAL_CONDYLE, LUNATE, MEDIAL_CONDYLE, MODEL_FILE, NECK, ShapeModel,
    ShapeModelError,
};
pub use sheet::{ContactSheet, contact_sheet};
pub use socket::{SocketTruth, socket_truth};
pub use sphere::FittedSphere;
pub use truth::{HipTruth, Line, Truth};
