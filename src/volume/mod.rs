//! The CT in memory: a grid in patient space and one Hounsfield value a voxel.

mod grid;
mod hounsfield;
pub mod nifti;
pub mod resample;
pub mod slice;
mod solid;
mod window;

pub use grid::{Grid, GridMap};
pub use hounsfield::not_hounsfield;
pub use solid::{SOLID_HU, Solid};
pub use window::{GreyWindow, WindowPreset, range_hu};

/// A CT volume: Hounsfield units on a [`Grid`].
#[derive(Clone, Debug, PartialEq)]
pub struct Volume {
    /// Where the voxels lie.
    pub grid: Grid,
    /// One value a voxel in HU, `i` fastest, then `j`, then `k`. Values beyond ±32767 are clamped on import.
    pub hu: Vec<i16>,
}
