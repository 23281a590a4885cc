//! The part of a label map around one label: most of a scan is somewhere else.

use crate::{
    labels::{Label, LabelMap},
    volume::Grid,
};

/// A box of voxels around a label.
pub struct Crop {
    /// Its first voxel in the whole map.
    low: [usize; 3],
    /// The size of the whole map.
    whole: [usize; 3],
    /// Where its voxels lie.
    pub grid: Grid,
    /// Which of them carry the label.
    pub mask: Vec<bool>,
}

impl Crop {
    /// The smallest box with so many voxels around the label as fit into the map; `None` when no voxel carries the label.
    pub fn around(map: &LabelMap, label: Label, margin: [usize; 3]) -> Option<Self> {
        let grid = &map.grid;
        let (mut low, mut high) = (grid.size, [0; 3]);
        for at in (0..map.ids.len()).filter(|&at| map.ids[at] == label.id()) {
            let voxel = grid.voxel(at);
            for axis in 0..3 {
                low[axis] = low[axis].min(voxel[axis]);
                high[axis] = high[axis].max(voxel[axis] + 1);
            }
        }
        if low[0] >= high[0] {
            return None;
        }
        for axis in 0..3 {
            low[axis] = low[axis].saturating_sub(margin[axis]);
            high[axis] = (high[axis] + margin[axis]).min(grid.size[axis]);
        }
        let size = [0, 1, 2].map(|axis| high[axis] - low[axis]);
        let mut crop =
            Self { low, whole: grid.size, grid: Grid { size, origin: grid.centre(low), ..grid.clone() }, mask: Vec::new() };
        crop.mask = (0..crop.grid.len()).map(|at| map.ids[crop.in_map(at)] == label.id()).collect();
        Some(crop)
    }

    /// Position in the whole map of a position in the box. Ascending positions stay ascending.
    pub fn in_map(&self, at: usize) -> usize {
        let [i, j, k] = self.grid.voxel(at);
        let [ni, nj, _] = self.whole;
        ((self.low[2] + k) * nj + self.low[1] + j) * ni + self.low[0] + i
    }

    /// The slice (constant k) of the box that is slice `k` of the whole map, if it is in the box.
    pub fn slice(&self, k: usize) -> Option<usize> {
        k.checked_sub(self.low[2]).filter(|&k| k < self.grid.size[2])
    }
}
