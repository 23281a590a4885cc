//! Where an edit acts: balls, boxes, half-spaces and strokes of a brush, and which voxel centres lie in them.

use super::{EditError, error::finite};
use crate::volume::Grid;
use nalgebra::{Point3, Vector3};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// A larger brush is a slip of the finger, mm.
const MOST_RADIUS_MM: f64 = 200.0;

/// A part of space, LPS mm. Its border belongs to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Region {
    /// Everything within a distance of a point.
    Ball {
        /// The point.
        centre: Point3<f64>,
        /// The distance, mm; up to 200.
        radius_mm: f64,
    },
    /// A box along the axes of LPS.
    Box {
        /// The corner with the smallest coordinates.
        low: Point3<f64>,
        /// The corner with the largest.
        high: Point3<f64>,
    },
    /// Everything within a distance of a line through points: a round brush that is drawn through space.
    Stroke {
        /// The points, at least one.
        points: Vec<Point3<f64>>,
        /// The distance, mm; up to 200.
        radius_mm: f64,
    },
    /// The same within a single slice: a flat brush. All points lie in that slice, their distance from its centre plane does not count.
    SliceStroke {
        /// The points, at least one.
        points: Vec<Point3<f64>>,
        /// The distance, mm; up to 200.
        radius_mm: f64,
        /// The axis of the scan that the slice stands across.
        across: GridAxis,
    },
    /// One side of a plane.
    HalfSpace {
        /// A point of the plane.
        point: Point3<f64>,
        /// Into the half-space; of any length.
        normal: Vector3<f64>,
    },
}

/// An axis of the scan's voxels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GridAxis {
    /// Columns of an image.
    I = 0,
    /// Rows of an image.
    J = 1,
    /// Images of the scan.
    K = 2,
}

impl Region {
    /// Refuses what is no region.
    pub(super) fn check(&self) -> Result<(), EditError> {
        let radius = |found: f64| {
            if found > 0.0 && found <= MOST_RADIUS_MM { Ok(()) } else { Err(EditError::Radius { found, most: MOST_RADIUS_MM }) }
        };
        match self {
            Self::Ball { centre, radius_mm } => {
                finite("centre", &centre.coords)?;
                radius(*radius_mm)
            }
            Self::Box { low, high } => {
                finite("lower corner", &low.coords)?;
                finite("upper corner", &high.coords)?;
                if (0..3).all(|axis| low[axis] <= high[axis]) { Ok(()) } else { Err(EditError::EmptyBox) }
            }
            Self::Stroke { points, radius_mm } | Self::SliceStroke { points, radius_mm, .. } => {
                points.iter().try_for_each(|point| finite("stroke", &point.coords))?;
                if points.is_empty() { Err(EditError::NoStroke) } else { radius(*radius_mm) }
            }
            Self::HalfSpace { point, normal } => {
                finite("point of the plane", &point.coords)?;
                finite("normal", normal)?;
                if normal.norm() > 1e-9 { Ok(()) } else { Err(EditError::NoNormal) }
            }
        }
    }

    /// Positions in memory of the voxels whose centres lie in the region and that are to be kept, ascending.
    pub(super) fn voxels(&self, grid: &Grid, keep: impl Fn(usize) -> bool + Sync) -> Result<Vec<usize>, EditError> {
        let parts = self.parts(grid)?;
        let met: Vec<_> = parts.iter().filter_map(|part| Some((part, part.range(grid)?))).collect();
        if met.is_empty() {
            return Err(EditError::Outside);
        }
        let mut found = Vec::new();
        for (part, [is, js, ks]) in &met {
            found.par_extend(ks.clone().into_par_iter().flat_map_iter(|k| {
                let rows = js.clone().flat_map(move |j| is.clone().map(move |i| [i, j, k]));
                let inside = |voxel: &[usize; 3]| keep(grid.index(*voxel)) && part.solid.contains(&grid.centre(*voxel));
                rows.filter(inside).map(|voxel| grid.index(voxel)).collect::<Vec<_>>()
            }));
        }
        if met.len() > 1 {
            found.par_sort_unstable();
            found.dedup();
        }
        Ok(found)
    }

    fn parts(&self, grid: &Grid) -> Result<Vec<Part>, EditError> {
        let whole = |solid| Part { solid, slice: None };
        Ok(match self {
            Self::Ball { centre, radius_mm } => vec![whole(Solid::Capsule { ends: [*centre; 2], radius: *radius_mm })],
            Self::Box { low, high } => vec![whole(Solid::Box { low: *low, high: *high })],
            Self::HalfSpace { point, normal } => vec![whole(Solid::HalfSpace { point: *point, normal: *normal })],
            Self::Stroke { points, radius_mm } => capsules(points, *radius_mm, None),
            Self::SliceStroke { points, radius_mm, across } => {
                let axis = *across as usize;
                let slices: Vec<f64> = points.iter().map(|point| grid.fractional(point)[axis].round()).collect();
                let first = slices[0];
                if let Some(&other) = slices.iter().find(|&&slice| slice != first) {
                    return Err(EditError::LeavesSlice { first: first as i64, other: other as i64 });
                }
                let flat = |point: &Point3<f64>| {
                    let mut voxel = grid.fractional(point);
                    voxel[axis] = first;
                    grid.lps(&voxel)
                };
                let flat: Vec<_> = points.iter().map(flat).collect();
                capsules(&flat, *radius_mm, Some((axis, first)))
            }
        })
    }
}

fn capsules(points: &[Point3<f64>], radius: f64, slice: Option<(usize, f64)>) -> Vec<Part> {
    let part = |ends| Part { solid: Solid::Capsule { ends, radius }, slice };
    match points {
        [point] => vec![part([*point; 2])],
        _ => points.windows(2).map(|ends| part([ends[0], ends[1]])).collect(),
    }
}

/// A convex part of a region, perhaps within one slice of an axis.
struct Part {
    solid: Solid,
    slice: Option<(usize, f64)>,
}

enum Solid {
    Capsule { ends: [Point3<f64>; 2], radius: f64 },
    Box { low: Point3<f64>, high: Point3<f64> },
    HalfSpace { point: Point3<f64>, normal: Vector3<f64> },
}

impl Solid {
    fn contains(&self, at: &Point3<f64>) -> bool {
        match self {
            Self::Capsule { ends: [a, b], radius } => {
                let along = b - a;
                let length = along.norm_squared();
                let share = if length > 0.0 { ((at - a).dot(&along) / length).clamp(0.0, 1.0) } else { 0.0 };
                (at - (a + along * share)).norm_squared() <= radius * radius
            }
            Self::Box { low, high } => (0..3).all(|axis| (low[axis]..=high[axis]).contains(&at[axis])),
            Self::HalfSpace { point, normal } => (at - point).dot(normal) >= 0.0,
        }
    }

    /// The smallest and the largest voxel index, in fractions, that it reaches; `None` for everywhere.
    fn reach(&self, grid: &Grid) -> Option<(Vector3<f64>, Vector3<f64>)> {
        let (corners, more) = match self {
            Self::Capsule { ends, radius } => (ends.to_vec(), Vector3::from(grid.spacing.map(|s| radius / s))),
            Self::Box { low, high } => {
                let of = |bits: usize, axis: usize| if bits >> axis & 1 == 0 { low[axis] } else { high[axis] };
                ((0..8).map(|bits| Point3::new(of(bits, 0), of(bits, 1), of(bits, 2))).collect(), Vector3::zeros())
            }
            Self::HalfSpace { .. } => return None,
        };
        let voxels: Vec<Vector3<f64>> = corners.iter().map(|corner| grid.fractional(corner)).collect();
        let low = voxels.iter().fold(voxels[0], |low, voxel| low.inf(voxel));
        let high = voxels.iter().fold(voxels[0], |high, voxel| high.sup(voxel));
        Some((low - more, high + more))
    }
}

impl Part {
    /// The voxels among which it lies; `None` when it does not meet the volume.
    fn range(&self, grid: &Grid) -> Option<[std::ops::Range<usize>; 3]> {
        let mut ranges = grid.size.map(|n| 0..n);
        let Some((low, high)) = self.solid.reach(grid) else { return Some(ranges) };
        for axis in 0..3 {
            let n = grid.size[axis] as f64;
            let (low, high) = match self.slice {
                Some((across, slice)) if across == axis => (slice, slice),
                // Rounding must not lose a voxel at the border: whether it lies inside is asked again.
                _ => (low[axis] - 1e-6, high[axis] + 1e-6),
            };
            // A voxel's cell reaches half a voxel beyond its centre.
            if high < -0.5 || low > n - 0.5 {
                return None;
            }
            ranges[axis] = low.ceil().clamp(0.0, n) as usize..(high.floor() + 1.0).clamp(0.0, n) as usize;
        }
        Some(ranges)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn oblique() -> Grid {
        let turn = nalgebra::Rotation3::from_euler_angles(0.3, -0.2, 0.5);
        Grid { size: [31, 29, 17], spacing: [0.8, 1.1, 2.5], origin: Point3::new(-5.0, 12.0, 40.0), direction: *turn.matrix() }
    }

    /// Every region finds what asking all voxels one by one finds.
    #[test]
    fn the_bounds_of_a_region_lose_no_voxel() {
        let grid = oblique();
        let at = |i: f64, j: f64, k: f64| grid.lps(&Vector3::new(i, j, k));
        let points = vec![at(3.0, 4.0, 2.2), at(20.0, 9.0, 8.7), at(28.0, 27.0, 15.0)];
        let regions = [
            Region::Ball { centre: at(15.0, 14.0, 8.0), radius_mm: 9.0 },
            Region::Ball { centre: at(-1.0, 0.0, 0.0), radius_mm: 6.0 },
            Region::Box { low: at(15.0, 14.0, 8.0) - Vector3::new(6.0, 4.0, 9.0), high: at(15.0, 14.0, 8.0) },
            Region::Stroke { points, radius_mm: 3.0 },
            Region::HalfSpace { point: at(15.0, 14.0, 8.0), normal: Vector3::new(0.1, -2.0, 0.7) },
        ];
        for region in regions {
            let parts = region.parts(&grid).unwrap();
            let inside = |index: &usize| parts.iter().any(|part| part.solid.contains(&grid.centre(grid.voxel(*index))));
            let all: Vec<usize> = (0..grid.len()).filter(inside).collect();
            assert!(!all.is_empty() && all.len() < grid.len());
            assert_eq!(region.voxels(&grid, |_| true).unwrap(), all, "{region:?}");
        }
    }

    #[test]
    fn a_flat_brush_stays_in_its_slice() {
        let grid = oblique();
        for (across, axis) in [(GridAxis::I, 0), (GridAxis::J, 1), (GridAxis::K, 2)] {
            let centre = grid.lps(&Vector3::new(14.3, 13.6, 8.4));
            let region = Region::SliceStroke { points: vec![centre], radius_mm: 5.0, across };
            let found = region.voxels(&grid, |_| true).unwrap();
            let slice = grid.fractional(&centre)[axis].round() as usize;
            assert!(found.iter().all(|&at| grid.voxel(at)[axis] == slice));
            let pixel_mm2 = grid.voxel_mm3() / grid.spacing[axis];
            let area = found.len() as f64 * pixel_mm2;
            assert!((area - std::f64::consts::PI * 25.0).abs() < 8.0, "{across:?}: {area} mm²");
        }
    }

    #[test]
    fn what_lies_outside_is_told_from_what_lies_between_centres() {
        let grid = oblique();
        let ball = |voxel: [f64; 3]| Region::Ball { centre: grid.lps(&Vector3::from(voxel)), radius_mm: 0.2 };
        assert_eq!(ball([3.5, 3.5, 3.5]).voxels(&grid, |_| true), Ok(vec![]));
        assert_eq!(ball([-2.0, 3.5, 3.5]).voxels(&grid, |_| true), Err(EditError::Outside));
        assert_eq!(ball([3.5, 30.0, 3.5]).voxels(&grid, |_| true), Err(EditError::Outside));
    }
}
