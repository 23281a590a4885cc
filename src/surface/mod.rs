//! From labels to watertight surfaces in millimetres, and distance to them.

mod bone;
mod cell;
mod cut;
mod decimate;
mod distance;
mod error;
mod index;
mod inside;
pub mod io;
mod label_lines;
mod nets;
mod outer;
mod polygon;
mod rasterise;
pub mod repair;
mod samples;
mod smooth;
mod winding;

pub use bone::{SurfaceSettings, bone_surface};
pub use cut::{SectionLine, cross_section, plane_cut, section_lines};
pub use decimate::decimate;
pub use distance::SignedDistanceField;
pub use error::SurfaceError;
pub use index::{Closest, MeshIndex, RayHit, closest_on_triangle, through_box};
pub use label_lines::{label_lines, nearest_index};
pub use nets::{isosurface_from_field, surface_nets};
pub use outer::{FlatLine, flat_section, outer_lines};
pub use repair::{components, connected, largest_component};
pub use winding::{is_inside, winding_number};
