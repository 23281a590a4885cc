//! Synthetic patients: bones from a statistical shape model and a CT of them, with the exact truth beside it.

mod body;
mod bone_tissue;
mod ct;
mod metal;
mod nearest;
mod noise;
mod organs;
mod phantom;
mod random;
mod sacral;
mod seating;
mod section;
mod settings;
mod shape_model;
mod solids;
mod sphere;
mod truth;
mod voxelise;

pub use phantom::{DrawOptions, FieldOfView, Phantom};
pub use settings::CtSettings;
pub use shape_model::{
    Bone, BoneModel, FOSSA, GREATER_TROCHANTER, HEAD, LATERAL_CONDYLE, LUNATE, MEDIAL_CONDYLE, MODEL_FILE, NECK, ShapeModel,
    ShapeModelError,
};
pub use sphere::FittedSphere;
pub use truth::{HipTruth, Line, Truth};
