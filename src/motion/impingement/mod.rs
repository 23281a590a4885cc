//! What touches first when the femur moves: implants and bones as they are, not as formulas.
//!
//! Surfaces are trees of balls. A motion is answered in closed form from pair to pair of triangles, so that no step tunnels; room along a
//! path by branch and bound over the path and both trees; the inside of a body is a signed distance [`Field`]. Everything is `f64` and
//! depends on no thread's timing.

mod body;
mod coupling;
mod crossing;
mod depth;
mod engine;
mod field;
mod least;
mod measure;
mod meeting;
mod mesh_field;
mod room;
mod steps;
mod sweep;
mod tree;
mod triangle;
mod turn;
mod way;

pub use body::Body;
pub use coupling::mesh_limits;
pub use engine::{Contact, ImpingementEngine, SceneBody};
pub use field::{Field, Reamed};
pub use mesh_field::MeshField;
pub use room::{PathContact, PathRoom, PlaceOnPath};
pub use steps::TurningSurfaces;
