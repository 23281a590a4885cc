//! A smooth random displacement of space: 26 subjects do not span the world.
//!
//! The field moves space, not single bones: what lay on both sides of a joint moves alike, and because it nowhere folds, bones that
//! did not touch before do not touch afterwards. About a joint it is nearly a shift, so that heads and sockets stay round.

use super::{
    bone_tissue::smoothstep,
    random::{Dice, hash},
};
use crate::{labels::Label, mesh::TriMesh};
use nalgebra::{Point3, Vector3};
use rayon::prelude::*;
use std::{collections::BTreeMap, f64::consts::TAU};

/// Shortest and longest wavelength, mm.
const WAVELENGTH_MM: [f64; 2] = [22.0, 60.0];
const WAVES: usize = 24;
/// Nothing is moved further than this, mm.
const LARGEST_MM: f64 = 3.0;
/// How much of the field's change over a joint is taken away.
const STIFFNESS: f64 = 0.8;

struct Wave {
    number: Vector3<f64>,
    phase: f64,
    amplitude: Vector3<f64>,
}

/// A ball that keeps its shape: centre, radius and the displacement at its centre.
struct Joint {
    centre: Point3<f64>,
    radius_mm: f64,
    shift: Vector3<f64>,
}

/// A displacement field.
pub(super) struct Warp {
    waves: Vec<Wave>,
    joints: Vec<Joint>,
}

impl Warp {
    /// A field of this root mean square away from the joints (centre, radius; mm).
    pub(super) fn new(seed: u64, rms_mm: f64, joints: &[(Point3<f64>, f64)]) -> Self {
        let mut dice = Dice::new(hash(seed), 11);
        let mut direction = move || Vector3::from_fn(|_, _| dice.normal_within(3.0)).try_normalize(1e-9).unwrap_or(Vector3::x());
        let mut lengths = Dice::new(hash(seed), 12);
        let mut waves: Vec<Wave> = (0..WAVES)
            .map(|_| {
                let length = lengths.uniform(WAVELENGTH_MM[0]..=WAVELENGTH_MM[1]);
                // In proportion to the wavelength, so that short waves do not fold space.
                let amplitude = direction() * length;
                Wave { number: direction() * (TAU / length), phase: lengths.uniform(0.0..=TAU), amplitude }
            })
            .collect();
        let rms = waves.iter().map(|w| w.amplitude.norm_squared() / 2.0).sum::<f64>().sqrt();
        waves.iter_mut().for_each(|w| w.amplitude *= rms_mm / rms);
        let mut warp = Self { waves, joints: Vec::new() };
        let stiff = |&(centre, radius_mm): &(Point3<f64>, f64)| Joint { centre, radius_mm, shift: warp.wave(&centre) };
        warp.joints = joints.iter().map(stiff).collect();
        warp
    }

    fn wave(&self, p: &Point3<f64>) -> Vector3<f64> {
        self.waves.iter().map(|w| w.amplitude * (w.number.dot(&p.coords) + w.phase).sin()).sum()
    }

    /// How far a point moves, mm.
    pub(super) fn at(&self, p: &Point3<f64>) -> Vector3<f64> {
        let mut shift = self.wave(p);
        for joint in &self.joints {
            let away = (p - joint.centre).norm() / joint.radius_mm;
            shift += (joint.shift - shift) * (STIFFNESS * (1.0 - smoothstep(1.1, 2.2, away)));
        }
        shift.cap_magnitude(LARGEST_MM)
    }

    /// Moves every vertex; returns the mean distance moved, mm.
    pub(super) fn bend(&self, meshes: &mut BTreeMap<Label, TriMesh>) -> f64 {
        let (mut sum, mut count) = (0.0, 0);
        for mesh in meshes.values_mut() {
            let moved: Vec<f64> = mesh
                .vertices
                .par_iter_mut()
                .map(|p| {
                    let shift = self.at(p);
                    *p += shift;
                    shift.norm()
                })
                .collect();
            sum += moved.iter().sum::<f64>();
            count += moved.len();
        }
        sum / f64::from(count.max(1) as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where the determinant of the gradient stays positive, space is not folded.
    #[test]
    fn the_field_nowhere_folds_and_has_its_size() {
        const STEP: f64 = 1e-3;
        for seed in 0..20 {
            let centre = Point3::new(80.0, 0.0, 0.0);
            let warp = Warp::new(seed, 1.5, &[(centre, 24.0)]);
            let mut dice = Dice::new(seed, 0);
            let mut squared = 0.0;
            for _ in 0..500 {
                let p = Point3::from(Vector3::from_fn(|_, _| dice.uniform(-150.0..=150.0)));
                let column = |axis: usize| {
                    let mut q = p;
                    q[axis] += STEP;
                    (warp.at(&q) - warp.at(&p)) / STEP
                };
                let gradient = nalgebra::Matrix3::from_columns(&[column(0), column(1), column(2)]);
                let stretch = (gradient + nalgebra::Matrix3::identity()).determinant();
                assert!(stretch > 0.1, "{seed}: {stretch:.2} at {p}");
                squared += warp.at(&p).norm_squared() / 500.0;
            }
            assert!((1.0..1.8).contains(&squared.sqrt()), "{seed}: {:.2} mm", squared.sqrt());
        }
    }
}
