//! Mean density of a bone in zones, by the Hounsfield units of its CT.

use super::{
    bones::Bone,
    measurement::{Measurement, Quantity},
    metal::Metal,
};
use crate::{
    frames::Side,
    mesh::TriMesh,
    surface::cross_section,
    volume::{Volume, resample::trilinear},
};
use nalgebra::{Point3, Unit, Vector3};
use rayon::prelude::*;
use std::ops::Range;

/// Distance between samples in every direction, mm.
const STEP_MM: f64 = 1.0;
/// A smaller zone tells nothing, mm³.
const SMALLEST_MM3: f64 = 200.0;
/// A zone is not given when a greater share of it lies beside metal or outside the CT.
const MOST_LEFT_OUT: f64 = 0.2;

/// Where zones are counted from: parallel planes through a bone.
pub(super) struct Planes {
    /// LPS mm.
    pub origin: Point3<f64>,
    /// Directions (LPS) of the coordinates x and y in the planes and z across them.
    pub axes: [Unit<Vector3<f64>>; 3],
}

/// A place in a bone.
struct Sample {
    /// In the coordinates of the planes, mm.
    place: Vector3<f64>,
    /// HU; `None` beside metal or outside the CT.
    hu: Option<f64>,
}

/// What of a bone lies between two planes.
pub(super) struct Density {
    within: Vec<Sample>,
    /// The same for the bone whose surface lies deeper by its scatter.
    deeper: Vec<Sample>,
    /// Samples that one voxel holds.
    samples_in_voxel: f64,
}

impl Density {
    /// Samples everything inside the bone's surface (cortex, spongy bone and marrow) between planes at two distances from the origin, mm.
    pub fn new(bone: &Bone, ct: &Volume, metal: &Metal, planes: &Planes, between: &Range<f64>) -> Self {
        let mut deeper = bone.mesh.clone();
        deeper.vertices.iter_mut().zip(&bone.normals).for_each(|(p, normal)| *p -= normal * bone.scatter_mm);
        let samples = |mesh: &TriMesh| {
            planes
                .inside(mesh, between)
                .into_iter()
                .map(|place| {
                    let lps = planes.lps(&place);
                    Sample { place, hu: if metal.disturbs(&lps) { None } else { trilinear(ct, &lps) } }
                })
                .collect()
        };
        let samples_in_voxel = (ct.grid.voxel_mm3() / STEP_MM.powi(3)).max(1.0);
        Self { within: samples(bone.mesh), deeper: samples(&deeper), samples_in_voxel }
    }

    /// The mean of a zone, `of` being told places in the coordinates of the planes.
    ///
    /// Its standard deviation is made of three parts: the standard error of the mean, one voxel counting as one value; what the mean
    /// changes by when the surface lies deeper by its scatter; and what it changes by when the zone is shifted by `shift_sd`. How a scanner
    /// is calibrated does not enter.
    pub fn measure(
        &self,
        quantity: &'static Quantity,
        side: Side,
        shift_sd: &Vector3<f64>,
        of: impl Fn(&Vector3<f64>) -> bool,
    ) -> Option<Measurement> {
        let (value, spread, count) = statistics(&self.within, &of)?;
        let mean =
            |samples: &[Sample], shift: Vector3<f64>| statistics(samples, |place| of(&(place + shift))).map(|found| found.0);
        let by_surface = mean(&self.deeper, Vector3::zeros()).map_or(0.0, |deeper| deeper - value);
        let ends = mean(&self.within, *shift_sd).zip(mean(&self.within, -shift_sd));
        let by_place = ends.map_or(0.0, |(ahead, behind)| (ahead - behind) / 2.0);
        let of_mean = spread / (count / self.samples_in_voxel).max(1.0).sqrt();
        Some(Measurement { quantity, side: Some(side), value, sd: of_mean.hypot(by_surface).hypot(by_place) })
    }
}

/// Mean, standard deviation and number of the values in a zone; `None` when it is too small or too much of it is left out.
fn statistics(samples: &[Sample], of: impl Fn(&Vector3<f64>) -> bool) -> Option<(f64, f64, f64)> {
    let (mut all, mut count, mut sum, mut squares) = (0.0, 0.0, 0.0, 0.0);
    for sample in samples.iter().filter(|sample| of(&sample.place)) {
        all += 1.0;
        if let Some(hu) = sample.hu {
            (count, sum, squares) = (count + 1.0, sum + hu, squares + hu * hu);
        }
    }
    if all * STEP_MM.powi(3) < SMALLEST_MM3 || all - count > MOST_LEFT_OUT * all {
        return None;
    }
    let mean = sum / count;
    Some((mean, (squares / count - mean * mean).max(0.0).sqrt(), count))
}

impl Planes {
    fn lps(&self, place: &Vector3<f64>) -> Point3<f64> {
        let [x, y, z] = self.axes.map(Unit::into_inner);
        self.origin + x * place.x + y * place.y + z * place.z
    }

    /// Places inside a closed mesh, on a lattice that is its own mirror image in every axis.
    fn inside(&self, mesh: &TriMesh, between: &Range<f64>) -> Vec<Vector3<f64>> {
        let steps = (between.start / STEP_MM).round() as i32..(between.end / STEP_MM).round() as i32;
        steps.into_par_iter().flat_map_iter(|n| self.inside_plane(mesh, (f64::from(n) + 0.5) * STEP_MM)).collect()
    }

    fn inside_plane(&self, mesh: &TriMesh, z: f64) -> Vec<Vector3<f64>> {
        let [x_axis, y_axis, z_axis] = self.axes.map(Unit::into_inner);
        let lines: Vec<Vec<(f64, f64)>> = cross_section(mesh, &(self.origin + z_axis * z), &z_axis)
            .into_iter()
            .map(|line| line.iter().map(|p| p - self.origin).map(|d| (d.dot(&x_axis), d.dot(&y_axis))).collect())
            .collect();
        let heights = || lines.iter().flatten().map(|p| p.1);
        let (low, high) = (heights().fold(f64::INFINITY, f64::min), heights().fold(f64::NEG_INFINITY, f64::max));
        let mut places = Vec::new();
        let rows = (low / STEP_MM).floor() as i32..(high / STEP_MM).ceil() as i32;
        for y in rows.map(|row| (f64::from(row) + 0.5) * STEP_MM) {
            let mut crossings: Vec<f64> = lines.iter().flat_map(|line| crossings(line, y)).collect();
            crossings.sort_by(f64::total_cmp);
            for pair in crossings.chunks_exact(2) {
                let columns = (pair[0] / STEP_MM - 0.5).ceil() as i32..(pair[1] / STEP_MM - 0.5).ceil() as i32;
                places.extend(columns.map(|column| Vector3::new((f64::from(column) + 0.5) * STEP_MM, y, z)));
            }
        }
        places
    }
}

/// Where a closed line crosses a height.
fn crossings(line: &[(f64, f64)], height: f64) -> impl Iterator<Item = f64> {
    (0..line.len()).filter_map(move |i| {
        let (a, b) = (line[i], line[(i + 1) % line.len()]);
        ((a.1 < height) != (b.1 < height)).then(|| a.0 + (b.0 - a.0) * (height - a.1) / (b.1 - a.1))
    })
}
