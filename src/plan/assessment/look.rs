//! A cup as it is seen from its own centre, in the bone.

use super::screws::ScrewHole;
use crate::{
    anatomy::{ClockFace, View},
    frames::{AnatomicalFrame, Side},
    plan::room::{FOSSA_MM, REACH_MM, SocketBone, covering, directions},
};
use nalgebra::{Point3, Unit, Vector3};

/// Rays over the hemisphere, evenly spread: coverage to two tenths of a percent.
const RAYS: usize = 3000;

/// A cup in a hip bone. Directions are counted by the clock face about the cup's axis (12 o'clock superior in the frame of the anterior
/// pelvic plane, 3 o'clock anterior, on both sides) and by the angle from the pole, which lies opposite to the opening.
pub(super) struct Look<'a> {
    pub bone: &'a SocketBone,
    pub centre: Point3<f64>,
    /// Outer radius of the cup, mm.
    pub radius_mm: f64,
    /// Standard deviation of the bone's surface along a ray, mm.
    pub surface_sd_mm: f64,
    /// Radius of the native socket, mm.
    pub native_radius_mm: f64,
    pub face: ClockFace,
    view: View<'a>,
    /// Evenly spread over the hemisphere, as a right hip's.
    pub seen: Vec<Vector3<f64>>,
    /// The bone along each, mm from the centre.
    pub stretches: Vec<Vec<(f64, f64)>>,
}

impl<'a> Look<'a> {
    /// `None` for a cup that opens straight upwards, which has no clock face.
    pub fn new(
        bone: &'a SocketBone,
        (centre, axis): (Point3<f64>, Unit<Vector3<f64>>),
        [radius_mm, native_radius_mm, surface_sd_mm]: [f64; 3],
        app: &'a AnatomicalFrame,
        side: Side,
    ) -> Option<Self> {
        let view = View { frame: app, side };
        let axis = Unit::new_normalize(view.vector(&axis));
        let face = ClockFace::new(axis, &Vector3::y())?;
        let seen = directions(&-axis, 0.0, RAYS);
        let lps: Vec<_> = seen.iter().map(|direction| view.lps_vector(direction)).collect();
        let stretches = bone.stretches(&centre, &lps);
        Some(Self { bone, centre, radius_mm, surface_sd_mm, native_radius_mm, face, view, seen, stretches })
    }

    /// A direction by hour and angle from the pole, as a right hip's.
    pub fn direction(&self, hour: f64, from_pole_deg: f64) -> Vector3<f64> {
        let (sin, cos) = from_pole_deg.to_radians().sin_cos();
        self.face.direction(hour).into_inner() * sin - self.face.axis.into_inner() * cos
    }

    /// Holes by the directions in which their screws leave the shell, LPS; from the pole outwards and round the clock.
    pub fn holes(&self, directions: impl Iterator<Item = Unit<Vector3<f64>>>) -> Vec<ScrewHole> {
        let hole = |direction: Unit<Vector3<f64>>| {
            let seen = self.as_seen(&direction);
            let from_pole_deg = seen.angle(&-self.face.axis.into_inner()).to_degrees();
            ScrewHole { hour: self.face.hours(&seen), from_pole_deg }
        };
        let mut holes: Vec<ScrewHole> = directions.map(hole).collect();
        // Holes of one ring lie equally far from the pole but for rounding.
        let ring = |hole: &ScrewHole| (hole.from_pole_deg * 1e6).round();
        holes.sort_by(|a, b| ring(a).total_cmp(&ring(b)).then(a.hour.total_cmp(&b.hour)));
        holes
    }

    /// The bone along a direction of a right hip, mm from the centre.
    pub fn along(&self, seen: &Vector3<f64>) -> Vec<(f64, f64)> {
        self.bone.along(&self.centre, &self.lps(seen), REACH_MM)
    }

    /// A direction of a right hip in LPS.
    pub fn lps(&self, seen: &Vector3<f64>) -> Vector3<f64> {
        self.view.lps_vector(seen)
    }

    /// A direction in LPS as a right hip's.
    pub fn as_seen(&self, lps: &Vector3<f64>) -> Vector3<f64> {
        self.view.vector(lps)
    }

    /// Solid angle that each of the rays stands for.
    pub fn solid_angle(&self) -> f64 {
        std::f64::consts::TAU / self.seen.len() as f64
    }

    /// True where bone covers the cup: it ends beyond it and begins not further out than the fossa lies.
    pub fn covered(&self, seen: &Vector3<f64>) -> bool {
        let out = self.lps(seen);
        !self.bone.along(&(self.centre + out * self.radius_mm), &out, FOSSA_MM).is_empty()
    }
}

/// The bone that covers a cup along a ray, or else the first beyond the cup.
pub(super) fn bone_beyond(stretches: &[(f64, f64)], radius_mm: f64) -> Option<(f64, f64)> {
    covering(stretches, radius_mm).or_else(|| stretches.iter().copied().find(|&(_, to)| to >= radius_mm))
}
