//! A volume at points and on grids other than its own.

use super::{Grid, Volume};
use nalgebra::{Point3, Vector3};
use rayon::prelude::*;

/// What lies outside the scan: air, HU.
pub const OUTSIDE_HU: i16 = -1024;

/// Trilinear value in HU at a point in LPS mm; `None` more than half a voxel outside the outermost voxel centres.
#[must_use]
pub fn trilinear(volume: &Volume, lps: &Point3<f64>) -> Option<f64> {
    at_fraction(volume, &volume.grid.fractional(lps))
}

/// The same at a fractional voxel (0 is the centre of the first); within the outermost half voxel the border value holds.
#[must_use]
pub fn at_fraction(volume: &Volume, fraction: &Vector3<f64>) -> Option<f64> {
    let size = volume.grid.size;
    let mut low = [0; 3];
    let mut step = [0; 3];
    let mut weight = [0.0; 3];
    let strides = [1, size[0], size[0] * size[1]];
    for axis in 0..3 {
        let last = size[axis] as f64 - 1.0;
        // The slack lets a point on the outer border in, whatever the last bit of its coordinates.
        if !(fraction[axis] >= -0.5 - 1e-6 && fraction[axis] <= last + 0.5 + 1e-6) {
            return None;
        }
        let clamped = fraction[axis].clamp(0.0, last);
        low[axis] = (clamped as usize).min(size[axis].saturating_sub(2));
        weight[axis] = clamped - low[axis] as f64;
        step[axis] = if size[axis] > 1 { strides[axis] } else { 0 };
    }
    let base = volume.grid.index(low);
    let value = |offset: usize| f64::from(volume.hu[base + offset]);
    let along_i = |offset: usize| value(offset) + weight[0] * (value(offset + step[0]) - value(offset));
    let along_j = |offset: usize| {
        let near = along_i(offset);
        near + weight[1] * (along_i(offset + step[1]) - near)
    };
    let near = along_j(0);
    Some(near + weight[2] * (along_j(step[2]) - near))
}

/// The volume on another grid: trilinear; where the target is coarser, the mean over the target's voxel (a box filter), so that
/// nothing smaller than a voxel is lost or aliased. Outside the volume is [`OUTSIDE_HU`].
#[must_use]
pub fn resample(volume: &Volume, target: &Grid) -> Volume {
    if volume.grid == *target {
        return volume.clone();
    }
    let map = Map::new(&volume.grid, target);
    let samples = map.samples_per_voxel();
    let offsets = offsets(samples);
    let mut hu = vec![OUTSIDE_HU; target.len()];
    for_rows(&mut hu, target, |row, j, k| {
        for (i, out) in row.iter_mut().enumerate() {
            let voxel = Vector3::new(i as f64, j as f64, k as f64);
            let inside = offsets.iter().filter_map(|offset| at_fraction(volume, &map.fraction(&(voxel + offset))));
            let (sum, count) = inside.fold((0.0, 0u32), |(sum, count), value| (sum + value, count + 1));
            if count > 0 {
                *out = (sum / f64::from(count)).round() as i16;
            }
        }
    });
    Volume { grid: target.clone(), hu }
}

/// Labels on another grid: the label of the voxel that holds the target's centre; 0 outside.
///
/// # Panics
/// If `ids` does not hold one value a voxel of `grid`.
#[must_use]
pub fn nearest(grid: &Grid, ids: &[u8], target: &Grid) -> Vec<u8> {
    assert_eq!(ids.len(), grid.len(), "one label a voxel");
    if grid == target {
        return ids.to_vec();
    }
    let map = Map::new(grid, target);
    let mut out = vec![0; target.len()];
    for_rows(&mut out, target, |row, j, k| {
        for (i, out) in row.iter_mut().enumerate() {
            let fraction = map.fraction(&Vector3::new(i as f64, j as f64, k as f64));
            let voxel = [0, 1, 2].map(|axis| fraction[axis].round());
            if (0..3).all(|axis| voxel[axis] >= 0.0 && voxel[axis] < grid.size[axis] as f64) {
                *out = ids[grid.index(voxel.map(|v| v as usize))];
            }
        }
    });
    out
}

/// Calls `fill(row, j, k)` for every row of a volume, in parallel.
fn for_rows<T: Send>(values: &mut [T], grid: &Grid, fill: impl Fn(&mut [T], usize, usize) + Sync) {
    let [width, height, _] = grid.size;
    if grid.is_empty() {
        return;
    }
    values.par_chunks_exact_mut(width).enumerate().for_each(|(row, values)| fill(values, row % height, row / height));
}

/// From fractional voxels of the target to fractional voxels of the source.
struct Map {
    origin: Vector3<f64>,
    steps: [Vector3<f64>; 3],
}

impl Map {
    fn new(source: &Grid, target: &Grid) -> Self {
        let origin = source.fractional(&target.origin);
        let steps = [0, 1, 2].map(|axis| {
            let mut unit = Vector3::zeros();
            unit[axis] = 1.0;
            source.fractional(&target.lps(&unit)) - origin
        });
        Self { origin, steps }
    }

    fn fraction(&self, voxel: &Vector3<f64>) -> Vector3<f64> {
        self.origin + self.steps[0] * voxel.x + self.steps[1] * voxel.y + self.steps[2] * voxel.z
    }

    /// As many samples along each target axis as it steps over source voxels.
    fn samples_per_voxel(&self) -> [usize; 3] {
        self.steps.map(|step| ((step.norm() - 0.01).ceil() as usize).max(1))
    }
}

/// Where the samples lie inside a voxel, in voxels from its centre.
fn offsets(samples: [usize; 3]) -> Vec<Vector3<f64>> {
    let along = |n: usize| (0..n).map(move |m| (m as f64 + 0.5) / n as f64 - 0.5);
    let [ni, nj, nk] = samples;
    along(nk).flat_map(|k| along(nj).flat_map(move |j| along(ni).map(move |i| Vector3::new(i, j, k)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Rotation3;

    /// A linear field is reproduced exactly by trilinear interpolation; HU rounding is kept out by an integer gradient.
    fn linear(grid: Grid) -> Volume {
        let hu = (0..grid.len()).map(|index| field(&grid.centre(grid.voxel(index))).round() as i16).collect();
        Volume { grid, hu }
    }

    fn field(p: &Point3<f64>) -> f64 {
        4.0 * p.x - 3.0 * p.y + 2.0 * p.z + 100.0
    }

    #[test]
    fn a_linear_field_is_interpolated_exactly_on_an_oblique_anisotropic_grid() {
        let direction = *Rotation3::from_euler_angles(0.2, -0.3, 0.4).matrix();
        let volume =
            linear(Grid { size: [30, 31, 32], spacing: [0.7, 0.8, 1.5], origin: Point3::new(-10.0, 20.0, 30.0), direction });
        let point = volume.grid.lps(&Vector3::new(12.3, 17.8, 20.1));
        assert!((trilinear(&volume, &point).unwrap() - field(&point)).abs() < 0.5);
        assert_eq!(trilinear(&volume, &volume.grid.lps(&Vector3::new(-0.6, 5.0, 5.0))), None);
        let target = Grid { size: [9, 8, 7], spacing: [0.5, 0.6, 0.7], origin: point, direction: nalgebra::Matrix3::identity() };
        let resampled = resample(&volume, &target);
        for index in 0..target.len() {
            assert!((f64::from(resampled.hu[index]) - field(&target.centre(target.voxel(index)))).abs() <= 1.0);
        }
    }

    #[test]
    fn downsampling_takes_the_mean_and_keeps_the_sum() {
        // One bright voxel of 8000 HU in 0: at twice the spacing its 2³ neighbourhood holds the mean, 1000.
        let fine = Grid::axis_aligned([8, 8, 8], [1.0; 3], Point3::origin());
        let mut hu = vec![0; fine.len()];
        hu[fine.index([2, 4, 5])] = 8000;
        let coarse = Grid::axis_aligned([4, 4, 4], [2.0; 3], Point3::new(0.5, 0.5, 0.5));
        let resampled = resample(&Volume { grid: fine, hu }, &coarse);
        assert_eq!(resampled.hu[coarse.index([1, 2, 2])], 1000);
        assert_eq!(resampled.hu.iter().map(|&v| i32::from(v)).sum::<i32>(), 1000);
    }

    #[test]
    fn outside_is_air_for_hu_and_background_for_labels() {
        let grid = Grid::axis_aligned([4, 4, 4], [1.0; 3], Point3::origin());
        let far = Grid::axis_aligned([2, 2, 2], [1.0; 3], Point3::new(50.0, 0.0, 0.0));
        assert!(resample(&Volume { grid: grid.clone(), hu: vec![5; 64] }, &far).hu.iter().all(|&hu| hu == OUTSIDE_HU));
        assert!(nearest(&grid, &[7; 64], &far).iter().all(|&id| id == 0));
    }

    #[test]
    fn labels_follow_the_nearest_voxel() {
        let grid = Grid::axis_aligned([4, 1, 1], [2.0, 2.0, 2.0], Point3::origin());
        let fine = Grid::axis_aligned([8, 1, 1], [1.0, 1.0, 1.0], Point3::new(-0.5, 0.0, 0.0));
        assert_eq!(nearest(&grid, &[1, 2, 3, 4], &fine), [1, 1, 2, 2, 3, 3, 4, 4]);
    }
}
