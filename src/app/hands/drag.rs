//! A handle that is held: where the pointer is, as a change of what is tried, constrained to what the handle is for.

use super::{
    Handle, Standing,
    handle::{CUP_ARC_MM, LEAN_ARC_MM},
    nudge::{cup_angles, tenth},
};
use crate::{
    app::{eye::Ray, trial::Trial},
    frames::as_right_hip,
};
use nalgebra::{Point3, Unit, Vector3};

/// A plane that is seen from its edge more nearly than this says nothing of where the pointer is in it.
const EDGE: f64 = 0.12;

/// What the pointer reaches of a handle: lengths in mm, angles in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reached {
    /// Along an arrow.
    Along(f64),
    /// On an arc.
    Turned(f64),
    /// Inclination and anteversion of a cup that points there.
    Towards(f64, f64),
}

/// A handle that is held.
#[derive(Clone, Debug)]
pub struct Held {
    /// Which.
    pub handle: Handle,
    /// What was tried when it was taken.
    pub start: Trial,
    /// How all stood then: what moves with the hand does not move the ground that it is measured on.
    pub standing: Standing,
    /// Where it was taken.
    pub grip: Reached,
}

/// Where a line of sight reaches a handle.
#[must_use]
pub fn reached(handle: Handle, standing: &Standing, ray: &Ray) -> Option<Reached> {
    let (centre, side) = (standing.centre, standing.side);
    match handle {
        Handle::CupShift(at) => along(ray, &centre, &standing.way(at)).map(Reached::Along),
        Handle::CupDepth => along(ray, &centre, &-standing.axis).map(Reached::Along),
        Handle::StemDepth => standing.stem_line().and_then(|(at, way)| along(ray, &at, &way)).map(Reached::Along),
        Handle::CupAxis => {
            let behind = standing.axis.dot(&ray.direction) > 0.0;
            let (inclination, anteversion) = towards(&standing.in_pelvis(&on_ball(ray, &centre, CUP_ARC_MM, behind)));
            Some(Reached::Towards(inclination, anteversion))
        }
        Handle::Inclination => {
            // The arc lies before the centre by the cup's anteversion.
            let (anterior, axis) = (standing.way(2), standing.axis.into_inner());
            let middle = centre + anterior.into_inner() * (axis.dot(&anterior) * CUP_ARC_MM);
            let seen = standing.in_pelvis(&(in_plane(ray, &middle, &anterior)? - centre));
            Some(Reached::Turned(seen.z.atan2(-seen.y).to_degrees()))
        }
        Handle::Anteversion => {
            let across = Unit::try_new(standing.axis.cross(&standing.way(2)), 1e-6)?;
            let seen = standing.in_pelvis(&(in_plane(ray, &centre, &across)? - centre));
            let flat = standing.in_pelvis(&standing.axis);
            let flat = Vector3::new(0.0, flat.y, flat.z).try_normalize(1e-6)?;
            Some(Reached::Turned(seen.x.atan2(seen.dot(&flat)).to_degrees()))
        }
        Handle::Version => {
            let (origin, distal) = standing.stem_line()?;
            let pose = standing.stem?;
            // Clockwise from medial towards anterior, as anteversion goes on both sides.
            let [medial, anterior] = [-Vector3::z(), Vector3::x()].map(|way| pose * as_right_hip(side, &way));
            let seen = in_plane(ray, &origin, &distal)? - origin;
            Some(Reached::Turned(seen.dot(&anterior).atan2(seen.dot(&medial)).to_degrees()))
        }
        Handle::Lean => {
            let (origin, distal) = standing.stem_line()?;
            let anterior = standing.femur.anterior();
            let middle = origin + anterior.into_inner() * (distal.dot(&anterior) * LEAN_ARC_MM);
            let seen = standing.in_femur(&(in_plane(ray, &middle, &anterior)? - origin));
            // The tip goes laterally.
            Some(Reached::Turned(seen.z.atan2(-seen.y).to_degrees()))
        }
    }
}

impl Held {
    /// What is tried with the pointer there; `None` where it says nothing of this handle.
    #[must_use]
    pub fn trial(&self, ray: &Ray) -> Option<Trial> {
        let (start, mut next) = (&self.start, self.start.clone());
        match (self.handle, self.grip, reached(self.handle, &self.standing, ray)?) {
            (Handle::CupAxis, Reached::Towards(i, a), Reached::Towards(inclination, anteversion)) => {
                next.cup = cup_angles(start.cup.inclination_deg + inclination - i, start.cup.anteversion_deg + anteversion - a);
            }
            (Handle::CupShift(at), Reached::Along(from), Reached::Along(to)) => {
                next.cup_shift_mm[at.min(2)] = tenth(start.cup_shift_mm[at.min(2)] + to - from);
            }
            (Handle::CupDepth, Reached::Along(from), Reached::Along(to)) => {
                next = start.with_cup_depth_mm(tenth(start.cup_depth_mm() + to - from));
            }
            (Handle::StemDepth, Reached::Along(from), Reached::Along(to)) => {
                next.stem_depth_mm = tenth(start.stem_depth_mm + to - from);
            }
            (handle, Reached::Turned(from), Reached::Turned(to)) => {
                // Between −180° and 180°.
                let by = (to - from + 180.0).rem_euclid(360.0) - 180.0;
                match handle {
                    Handle::Inclination => {
                        next.cup = cup_angles(start.cup.inclination_deg + by, start.cup.anteversion_deg);
                        next.cup.anteversion_deg = start.cup.anteversion_deg;
                    }
                    Handle::Anteversion => {
                        next.cup = cup_angles(start.cup.inclination_deg, start.cup.anteversion_deg + by);
                        next.cup.inclination_deg = start.cup.inclination_deg;
                    }
                    Handle::Version => next.stem_version_deg = tenth(start.stem_version_deg + by),
                    Handle::Lean => next.stem_lean_deg = tenth(start.stem_lean_deg + by),
                    _ => return None,
                }
            }
            _ => return None,
        }
        Some(next)
    }
}

/// Radiographic inclination and anteversion of a direction in the pelvis of a right hip, degrees.
fn towards(way: &Vector3<f64>) -> (f64, f64) {
    let way = way.normalize();
    (way.z.atan2(-way.y).to_degrees(), way.x.clamp(-1.0, 1.0).asin().to_degrees())
}

/// How far along a line it comes nearest to a line of sight, mm; `None` where one looks along it.
fn along(ray: &Ray, from: &Point3<f64>, way: &Unit<Vector3<f64>>) -> Option<f64> {
    let (cosine, apart) = (way.dot(&ray.direction), ray.origin - from);
    let sine2 = 1.0 - cosine * cosine;
    (sine2 > EDGE * EDGE).then(|| (apart.dot(way) - cosine * apart.dot(&ray.direction)) / sine2)
}

/// Where a line of sight meets a plane; `None` where that is seen from its edge.
fn in_plane(ray: &Ray, through: &Point3<f64>, normal: &Unit<Vector3<f64>>) -> Option<Point3<f64>> {
    let steep = normal.dot(&ray.direction);
    (steep.abs() > EDGE).then(|| ray.origin + ray.direction.into_inner() * (normal.dot(&(through - ray.origin)) / steep))
}

/// From the centre of a ball to where a line of sight meets it first, or `behind` the centre; beside the ball, to its outline there.
fn on_ball(ray: &Ray, centre: &Point3<f64>, radius_mm: f64, behind: bool) -> Vector3<f64> {
    let beside = ray.nearest(centre) - centre;
    let deep2 = radius_mm * radius_mm - beside.norm_squared();
    let deep = ray.direction.into_inner() * deep2.max(0.0).sqrt();
    if behind { beside + deep } else { beside - deep }
}
