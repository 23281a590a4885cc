//! A hip looked at from a pelvic frame, always as a right hip.

use crate::frames::{AnatomicalFrame, Side, as_right_hip};
use nalgebra::{Point3, Vector3};

/// Coordinates in which every hip is a right hip: X anterior, Y superior, Z lateral, mm, origin that of the frame.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    /// The pelvic frame: the anterior pelvic plane's, or that of a posture.
    pub frame: &'a AnatomicalFrame,
    /// Whose hip.
    pub side: Side,
}

impl View<'_> {
    pub fn vector(&self, lps: &Vector3<f64>) -> Vector3<f64> {
        as_right_hip(self.side, &self.frame.local_vector(lps))
    }

    pub fn point(&self, lps: &Point3<f64>) -> Point3<f64> {
        self.vector(&(lps - self.frame.origin)).into()
    }

    pub fn lps_vector(&self, seen: &Vector3<f64>) -> Vector3<f64> {
        self.frame.lps_vector(&as_right_hip(self.side, seen))
    }

    pub fn lps_point(&self, seen: &Point3<f64>) -> Point3<f64> {
        self.frame.origin + self.lps_vector(&seen.coords)
    }
}
