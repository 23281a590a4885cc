//! What the rays lose on their way.

use super::Beam;
use crate::{
    surface::{MeshIndex, through_box},
    volume::{Volume, resample::at_fraction},
};
use nalgebra::{Point3, Vector3};
use rayon::prelude::*;

/// Linear attenuation of water at 60 keV, the mean energy of a pelvic film, per mm (Hubbell and Seltzer 1995, NIST, 10.18434/T4D01F).
pub const WATER_PER_MM: f64 = 0.020_59;
/// The same of titanium; all metal is drawn as titanium, of which little shines through anyway.
pub const METAL_PER_MM: f64 = 0.345;
/// Beyond this from the focus nothing is looked for, mm.
const REACH_MM: f64 = 10_000.0;

/// Line integrals of attenuation along one ray (no unit).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Attenuation {
    /// Of what the scan shows outside the metal.
    pub tissue: f64,
    /// Of the metal.
    pub metal: f64,
}

impl Attenuation {
    /// Of both.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.tissue + self.metal
    }
}

/// What the ray to every pixel loses, row by row from the top of the film, by the processor.
///
/// Hounsfield units are attenuation in thousandths of water's, none below air's. Where a ray is inside a metal body, the metal takes the
/// place of what the scan shows there; bodies may overlap.
#[must_use]
pub fn attenuation(beam: &Beam, volume: &Volume, metal: &[MeshIndex]) -> Vec<Attenuation> {
    (0..beam.columns * beam.rows)
        .into_par_iter()
        .map(|number| {
            let ray = Ray::to_pixel(beam, number, volume, metal);
            let sums: f64 = ray.stretches.iter().map(|stretch| stretch.sum(volume)).sum();
            ray.attenuation(sums)
        })
        .collect()
}

/// One ray: what the metal takes of it, and where the scan is sampled for the rest.
pub(super) struct Ray {
    /// Line integral through the metal.
    metal: f64,
    /// Between two samples.
    step_mm: f64,
    /// The samples outside the metal.
    pub stretches: Vec<Stretch>,
}

/// Consecutive samples of a ray, in voxels of the scan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stretch {
    /// The ray's first sample.
    pub start: Vector3<f64>,
    /// From one sample to the next.
    pub stride: Vector3<f64>,
    /// Number of the stretch's first sample.
    pub first: u32,
    /// How many they are.
    pub count: u32,
}

impl Ray {
    pub fn to_pixel(beam: &Beam, number: usize, volume: &Volume, metal: &[MeshIndex]) -> Self {
        let source = &beam.source;
        let pixel = beam.pixel(number % beam.columns, number / beam.columns);
        let length_mm = (pixel - source).norm();
        let direction = (pixel - source) / length_mm;
        let mut inside: Vec<(f64, f64)> = metal.iter().flat_map(|body| body.inside(source, &direction, REACH_MM)).collect();
        inside.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let metal = union_mm(&inside) * METAL_PER_MM;
        let Some((from, to)) = through(source, &direction, volume) else {
            return Self { metal, step_mm: 0.0, stretches: Vec::new() };
        };
        let finest = volume.grid.spacing.iter().copied().fold(f64::INFINITY, f64::min);
        let steps = ((to - from) / finest).ceil().max(1.0);
        let step_mm = (to - from) / steps;
        let start = volume.grid.fractional(&(source + direction * (from + step_mm / 2.0)));
        let stride = volume.grid.fractional(&(source + direction * (from + step_mm * 1.5))) - start;
        // The first sample that does not lie before a place.
        let from_there_on = |mm: f64| ((mm - from) / step_mm - 0.5).ceil().clamp(0.0, steps) as u32;
        let gaps = inside.iter().map(|&(enters, leaves)| (from_there_on(enters), from_there_on(leaves)));
        let stretches = outside(gaps, steps as u32).map(|(first, count)| Stretch { start, stride, first, count }).collect();
        Self { metal, step_mm, stretches }
    }

    /// What the ray loses, given the sum over its stretches.
    pub fn attenuation(&self, sums: f64) -> Attenuation {
        Attenuation { tissue: sums * self.step_mm * WATER_PER_MM, metal: self.metal }
    }
}

impl Stretch {
    /// Sum of attenuation over the samples, in units of water's.
    pub fn sum(&self, volume: &Volume) -> f64 {
        (self.first..self.first + self.count)
            .filter_map(|number| at_fraction(volume, &(self.start + self.stride * f64::from(number))))
            .map(|hu| (1.0 + hu / 1000.0).max(0.0))
            .sum()
    }
}

/// What is left of the numbers below `all` outside gaps that are sorted by their beginnings, as (first, count).
fn outside(gaps: impl Iterator<Item = (u32, u32)>, all: u32) -> impl Iterator<Item = (u32, u32)> {
    let mut next = 0;
    gaps.chain([(all, all)]).filter_map(move |(from, to)| {
        let first = next;
        next = next.max(to);
        (from > first).then(|| (first, from - first))
    })
}

/// Length covered by stretches sorted by their beginning, mm.
fn union_mm(stretches: &[(f64, f64)]) -> f64 {
    let (mut covered, mut until) = (0.0, 0.0_f64);
    for &(from, to) in stretches {
        covered += (to - from.max(until)).max(0.0);
        until = until.max(to);
    }
    covered
}

/// Where a ray enters and leaves the volume, to the outer faces of its outermost voxels, mm from the source.
fn through(source: &Point3<f64>, direction: &Vector3<f64>, volume: &Volume) -> Option<(f64, f64)> {
    let start = volume.grid.fractional(source);
    let per_mm = volume.grid.fractional(&(source + direction)) - start;
    let half = Vector3::repeat(0.5);
    let last = Vector3::from(volume.grid.size.map(|size| size as f64)) - half;
    through_box(&Point3::from(-half), &Point3::from(last), &Point3::from(start), &per_mm.map(f64::recip))
}
