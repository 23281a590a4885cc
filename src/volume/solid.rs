//! A CT made small enough for a graphics card: fewer voxels, a byte each.

use super::{Grid, Volume};
use nalgebra::Vector3;
use rayon::prelude::*;

/// Values below the first are stored as 0, beyond the second as 255, HU.
pub const SOLID_HU: [f64; 2] = [-1000.0, 2000.0];

/// A CT of bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Solid {
    /// Where its voxels are.
    pub grid: Grid,
    /// Values in the order of the grid; see [`SOLID_HU`].
    pub values: Vec<u8>,
}

impl Solid {
    /// A CT with at most `most` voxels along each side: whole blocks of voxels are averaged, and what is left over at the end of a side, less
    /// than a block, is left out.
    #[must_use]
    pub fn of(volume: &Volume, most: usize) -> Self {
        let from = &volume.grid;
        let block = from.size.map(|side| side.div_ceil(most.max(1)).max(1));
        let size = [0, 1, 2].map(|axis| (from.size[axis] / block[axis]).max(1));
        let middle = Vector3::from_fn(|axis, _| (block[axis].min(from.size[axis]) - 1) as f64 / 2.0);
        let spacing = [0, 1, 2].map(|axis| from.spacing[axis] * block[axis] as f64);
        let grid = Grid { size, spacing, origin: from.lps(&middle), ..from.clone() };
        let values = (0..grid.len()).into_par_iter().map(|index| byte(mean(volume, grid.voxel(index), block))).collect();
        Self { grid, values }
    }
}

fn mean(volume: &Volume, voxel: [usize; 3], block: [usize; 3]) -> f64 {
    let range = |axis: usize| {
        let begin = voxel[axis] * block[axis];
        begin..(begin + block[axis]).min(volume.grid.size[axis])
    };
    let (mut sum, mut count) = (0.0, 0.0);
    for k in range(2) {
        for j in range(1) {
            for i in range(0) {
                sum += f64::from(volume.hu[volume.grid.index([i, j, k])]);
                count += 1.0;
            }
        }
    }
    sum / count
}

fn byte(hu: f64) -> u8 {
    let [low, high] = SOLID_HU;
    ((hu - low) / (high - low) * 255.0).round().clamp(0.0, 255.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Point3;

    #[test]
    fn blocks_are_averaged_where_they_lie() {
        let grid = Grid::axis_aligned([5, 4, 3], [0.5, 0.75, 2.0], Point3::new(-10.0, 20.0, 300.0));
        // A ramp along every axis, which averaging keeps.
        let value = |p: &Point3<f64>| 20.0 * p.x - 8.0 * p.y + 3.0 * p.z;
        let hu = (0..grid.len()).map(|index| value(&grid.centre(grid.voxel(index))).round() as i16).collect();
        let volume = Volume { grid, hu };
        let solid = Solid::of(&volume, 3);
        assert_eq!((solid.grid.size, solid.grid.spacing), ([2, 2, 3], [1.0, 1.5, 2.0]));
        for index in 0..solid.grid.len() {
            let expected = (value(&solid.grid.centre(solid.grid.voxel(index))) + 1000.0) / 3000.0 * 255.0;
            assert!((f64::from(solid.values[index]) - expected).abs() <= 0.6, "{index}: {} {expected}", solid.values[index]);
        }
        assert_eq!(Solid::of(&volume, 512).grid, volume.grid, "what is small enough stays as it is");
        assert_eq!([-3000.0, -1000.0, 500.0, 2000.0, 9000.0].map(byte), [0, 0, 128, 255, 255]);
    }
}
