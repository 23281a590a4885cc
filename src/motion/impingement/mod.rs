//! What touches first when the femur moves: implants and bones as they are, not as formulas.
//!
//! The pelvic side is a signed distance [`Field`]; the femoral side a [`Body`] searched by branch and bound; a motion is followed by
//! conservative advancement and bisected to better than 0.05°. Everything is `f64` and depends on no thread's timing.

mod body;
mod coupling;
mod engine;
mod field;
mod mesh_field;
mod search;
mod sweep;
mod triangle;

pub use body::Body;
pub use coupling::mesh_limits;
pub use engine::{Contact, ImpingementEngine, SceneBody};
pub use field::{Field, Reamed};
pub use mesh_field::MeshField;
pub use sweep::STEP_DEG;
