//! Slices: the grey picture in which a plane through the patient meets the CT.

use super::{Grid, Volume, resample::at_fraction};
use nalgebra::{Matrix3, Point3, Unit, Vector3};
use rayon::prelude::*;
use std::ops::Range;

/// What a slice holds where nothing was scanned. No voxel has this value: import clamps to ±32767.
pub const NOT_SCANNED: i16 = i16::MIN;
/// Directions are the same within this (sine of the angle between them).
const PARALLEL: f64 = 1e-6;

/// A plane through the patient as it is looked at, LPS mm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SlicePlane {
    /// A point of the plane; in the middle of the picture.
    pub point: Point3<f64>,
    /// To the right of the picture, LPS.
    pub right: Unit<Vector3<f64>>,
    /// Up in the picture, LPS; perpendicular to `right`.
    pub up: Unit<Vector3<f64>>,
}

/// Width and height of a picture and what a pixel of it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SliceSize {
    /// Columns and rows, pixels.
    pub pixels: [usize; 2],
    /// Side of a pixel, mm.
    pub mm_per_pixel: f64,
}

impl SlicePlane {
    /// The plane through `point` that is looked at with `up` upwards and `right`, made perpendicular to it, to the right.
    /// Returns `None` when the two are parallel or not finite.
    #[must_use]
    pub fn new(point: Point3<f64>, right: &Vector3<f64>, up: &Vector3<f64>) -> Option<Self> {
        let up = Unit::try_new(*up, 1e-9)?;
        let right = Unit::try_new(right - up.into_inner() * up.dot(right), 1e-9)?;
        let finite = right.iter().chain(up.iter()).chain(point.iter()).all(|value| value.is_finite());
        finite.then_some(Self { point, right, up })
    }

    /// Out of the picture, towards who looks at it, LPS.
    #[must_use]
    pub fn towards_viewer(&self) -> Unit<Vector3<f64>> {
        Unit::new_unchecked(self.right.cross(&self.up))
    }

    /// The point so far right of and above the middle of the picture, mm.
    #[must_use]
    pub fn at(&self, [right_mm, up_mm]: [f64; 2]) -> Point3<f64> {
        self.point + self.right.into_inner() * right_mm + self.up.into_inner() * up_mm
    }

    /// How far right of and above the middle of the picture a point is seen, mm.
    #[must_use]
    pub fn place(&self, point: &Point3<f64>) -> [f64; 2] {
        let from = point - self.point;
        [self.right.dot(&from), self.up.dot(&from)]
    }

    /// How far a point lies before the plane, towards who looks at it, mm.
    #[must_use]
    pub fn before_mm(&self, point: &Point3<f64>) -> f64 {
        self.towards_viewer().dot(&(point - self.point))
    }

    /// The parallel plane through a point, with the same middle of its picture.
    #[must_use]
    pub fn through(&self, point: &Point3<f64>) -> Self {
        Self { point: self.point + self.towards_viewer().into_inner() * self.before_mm(point), ..*self }
    }
}

/// The CT in a plane, row by row from the top, HU: trilinear at the middle of each pixel, [`NOT_SCANNED`] outside the scan.
#[must_use]
pub fn slice(volume: &Volume, plane: &SlicePlane, size: &SliceSize) -> Vec<i16> {
    let [columns, rows] = size.pixels;
    let mut hu = vec![NOT_SCANNED; columns * rows];
    if columns == 0 || volume.grid.is_empty() {
        return hu;
    }
    let middle = [columns as f64 - 1.0, rows as f64 - 1.0].map(|last| last / 2.0);
    let corner = plane.at([-middle[0] * size.mm_per_pixel, middle[1] * size.mm_per_pixel]);
    // A step of the picture is the same step between voxels everywhere.
    let into = Matrix3::from_diagonal(&Vector3::from(volume.grid.spacing.map(f64::recip))) * volume.grid.direction.transpose();
    let (first, along) = (volume.grid.fractional(&corner), into * plane.right.into_inner() * size.mm_per_pixel);
    let down = into * plane.up.into_inner() * -size.mm_per_pixel;
    hu.par_chunks_exact_mut(columns).enumerate().for_each(|(row, line)| {
        let start = first + down * row as f64;
        let inner = inner(&volume.grid, &start, &along, columns);
        for (column, out) in line.iter_mut().enumerate() {
            let voxel = start + along * column as f64;
            if inner.contains(&column) {
                *out = between(volume, &voxel).round() as i16;
            } else if let Some(value) = at_fraction(volume, &voxel) {
                *out = value.round() as i16;
            }
        }
    });
    hu
}

/// The pixels of a row that lie between the centres of eight voxels; those at the border of the scan are left out.
fn inner(grid: &Grid, start: &Vector3<f64>, along: &Vector3<f64>, columns: usize) -> Range<usize> {
    let (mut from, mut to) = (0.0, columns as f64);
    for axis in 0..3 {
        let last = grid.size[axis] as f64 - 1.0;
        if along[axis].abs() > 1e-12 {
            let ends = [0.0, last].map(|end| (end - start[axis]) / along[axis]);
            (from, to) = (ends[0].min(ends[1]).max(from), ends[0].max(ends[1]).min(to));
        } else if !(start[axis] >= 0.0 && start[axis] < last) {
            return 0..0;
        }
    }
    // One pixel less at either end: no rounding may lead beyond the last voxel.
    (from + 1.0).ceil() as usize..(to - 1.0).max(0.0).floor() as usize
}

/// The trilinear value between eight voxels, HU: what [`at_fraction`] says, where there is no border to think of.
fn between(volume: &Volume, voxel: &Vector3<f64>) -> f64 {
    let [width, height, _] = volume.grid.size;
    let low = [voxel.x, voxel.y, voxel.z].map(|v| v as usize);
    let [x, y, z] = [voxel.x - low[0] as f64, voxel.y - low[1] as f64, voxel.z - low[2] as f64];
    let base = (low[2] * height + low[1]) * width + low[0];
    let along_i = |offset: usize| match volume.hu.get(base + offset..base + offset + 2) {
        Some(&[a, b]) => f64::from(a) + x * (f64::from(b) - f64::from(a)),
        _ => f64::from(NOT_SCANNED),
    };
    let (near, far) = (along_i(0), along_i(width));
    let (near_above, far_above) = (along_i(width * height), along_i(width * height + width));
    let (below, above) = (near + y * (far - near), near_above + y * (far_above - near_above));
    below + z * (above - below)
}

/// The distance along a direction in which one voxel is passed, mm: the spacing of the slices, where it runs along one of the grid's axes.
#[must_use]
pub fn step_mm(grid: &Grid, direction: &Unit<Vector3<f64>>) -> f64 {
    (grid.direction.transpose() * direction.into_inner()).component_div(&Vector3::from(grid.spacing)).norm().recip()
}

/// So many slices further along a direction, within the scan, LPS mm. Along an axis of the grid it ends on the middle of a slice as scanned.
#[must_use]
pub fn stepped(grid: &Grid, from: &Point3<f64>, direction: &Unit<Vector3<f64>>, steps: f64) -> Point3<f64> {
    let local = grid.direction.transpose() * direction.into_inner();
    let axis = local.iamax();
    let mut voxel = grid.fractional(from);
    if local[axis].abs() > 1.0 - PARALLEL * PARALLEL {
        let last = grid.size[axis].saturating_sub(1) as f64;
        voxel[axis] = (voxel[axis] + steps * local[axis].signum()).round().clamp(0.0, last);
        return grid.lps(&voxel);
    }
    let moved = grid.fractional(&(from + direction.into_inner() * (steps * step_mm(grid, direction))));
    let inside = (0..3).all(|axis| moved[axis] >= 0.0 && moved[axis] <= grid.size[axis] as f64 - 1.0);
    // What is out already may come back, but not go further.
    let out =
        |voxel: &Vector3<f64>| (0..3).map(|a| (-voxel[a]).max(voxel[a] - (grid.size[a] as f64 - 1.0)).max(0.0)).sum::<f64>();
    if inside || out(&moved) < out(&voxel) { grid.lps(&moved) } else { *from }
}
