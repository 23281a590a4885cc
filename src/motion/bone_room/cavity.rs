//! What the reamer takes of the pelvis: a ball about the shell's centre, which is not always the joint's.

use super::{
    Sphere, search,
    slices::{APART_MM, Crossing},
};
use nalgebra::Vector3;
use std::f64::consts::TAU;

/// The ball, about the joint's centre.
pub(super) struct Cavity {
    pub centre: Vector3<f64>,
    pub radius_mm: f64,
}

impl Cavity {
    /// What is left on a sphere about the joint's centre. Its lines stay closed: where the cavity's wall runs through bone it bounds what is
    /// left, and without it a point in the cavity would be told from lines far away that say nothing of it.
    pub fn reamed(&self, sphere: Sphere, radius_mm: f64) -> Sphere {
        let taken = |crossing: &Crossing| (crossing.at * radius_mm - self.centre).norm() <= self.radius_mm;
        let wall: Vec<Crossing> = self.wall(&sphere, radius_mm);
        if wall.is_empty() && !sphere.points.iter().any(taken) {
            return sphere;
        }
        Sphere::new(sphere.points.into_iter().filter(|crossing| !taken(crossing)).chain(wall).collect())
    }

    /// The cavity's wall on the sphere, where bone was.
    fn wall(&self, sphere: &Sphere, radius_mm: f64) -> Vec<Crossing> {
        let apart = self.centre.norm();
        if sphere.nodes.is_empty() || apart == 0.0 || radius_mm == 0.0 {
            return Vec::new();
        }
        let pole = self.centre / apart;
        // By the law of cosines; beyond one the sphere lies wholly inside or outside of the cavity.
        let cosine = (radius_mm.powi(2) + apart.powi(2) - self.radius_mm.powi(2)) / (2.0 * radius_mm * apart);
        if cosine.abs() >= 1.0 {
            return Vec::new();
        }
        let sine = (1.0 - cosine * cosine).sqrt();
        let across = pole.cross(&Vector3::ith(pole.iamin(), 1.0)).normalize();
        let further = pole.cross(&across);
        let count = (TAU * radius_mm * sine / APART_MM).ceil().max(3.0) as usize;
        (0..count)
            .map(|step| {
                let (y, x) = (TAU * step as f64 / count as f64).sin_cos();
                let around = across * x + further * y;
                let at = pole * cosine + around * sine;
                // Into the cavity, along the sphere.
                Crossing { at, outward: pole * sine - around * cosine }
            })
            .filter(|crossing| search::signed(sphere, &crossing.at, radius_mm).is_some_and(|(signed, _)| signed < 0.0))
            .collect()
    }
}
