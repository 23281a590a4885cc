//! What touches first when the femur moves: implants and bones as they are, not as formulas.
//!
//! Surfaces are trees of balls. A motion is answered in closed form from pair to pair of triangles, so that no step tunnels; distance along a
//! path by branch and bound over the path and the moving surface, against a grid of bounds of the fixed one; how far the femur can turn is
//! asked of [`BoneRoom`](super::BoneRoom), as the target zone asks it; the inside of a body is a signed distance [`Field`]. Everything is
//! `f64` and depends on no thread's timing; searches count their steps and say so where they end undecided.

mod again;
mod between;
mod body;
mod clearance;
mod contact;
mod corners;
mod coupling;
mod crossing;
mod depth;
mod engine;
mod field;
mod findings;
mod lean;
mod lean_room;
mod least;
mod meeting;
mod mesh_field;
mod nearness;
mod passive;
mod prepared;
mod room;
mod steps;
mod sweep;
mod tree;
mod triangle;
mod turn;
mod way;
mod work;

pub use body::Body;
pub use contact::{Contact, SceneBody};
pub use coupling::mesh_limits;
pub use engine::ImpingementEngine;
pub use field::{Field, Reamed};
pub use mesh_field::MeshField;
pub use room::{PathContact, PathRoom, PlaceOnPath};
pub use steps::TurningSurfaces;
