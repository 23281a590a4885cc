//! From labels to watertight surfaces in millimetres, and distance to them.

mod bone;
mod cell;
mod decimate;
mod error;
mod index;
mod nets;
pub mod repair;
mod samples;
mod smooth;
mod winding;

pub use bone::{SurfaceSettings, bone_surface};
pub use decimate::decimate;
pub use error::SurfaceError;
pub use index::{Closest, MeshIndex, RayHit, closest_on_triangle};
pub use nets::{isosurface_from_field, surface_nets};
pub use repair::{components, largest_component};
pub use winding::{is_inside, winding_number};
