//! Where a femur that lies on a table touches it.

use super::{
    bones::Bone,
    landmark::{Landmark, LandmarkName::*, Landmarks},
    prominence::Blunt,
};
use crate::frames::{AnatomicalFrame, Side};
use nalgebra::Point3;

/// The proximal femur: the upper share of the length from the condyles to the head.
const PROXIMAL_FROM: f64 = 0.6;
/// As the posterior condyles, points of the same kind.
const SD: Blunt = Blunt { outwards_mm: 0.3, along_mm: 1.3 };

/// The point of the proximal femur on the plane that touches both posterior condyles and it from behind: the plane is turned about the
/// line of the condyles until it meets the bone (table-top plane as in Fischer et al. 2020, 10.1038/s41598-020-77479-z).
pub(super) fn posterior_trochanter(femur: &Bone, frame: &AnatomicalFrame, side: Side, found: &Landmarks) -> Option<Landmark> {
    let medial = found.position(MedialPosteriorCondyle, side)?;
    let line = (found.position(LateralPosteriorCondyle, side)? - medial).try_normalize(1e-9)?;
    let up = (frame.superior().into_inner() - line * line.dot(&frame.superior())).try_normalize(1e-9)?;
    let backwards = -up.cross(&line) * -side.lps_sign();
    let proximal_from = PROXIMAL_FROM * (frame.origin - medial).dot(&up);
    let slope = |p: &Point3<f64>| (p - medial).dot(&backwards) / (p - medial).dot(&up);
    let touching = femur
        .vertices()
        .map(|v| femur.position(v))
        .filter(|p| (p - medial).dot(&up) > proximal_from)
        .max_by(|a, b| slope(a).total_cmp(&slope(b)))?;
    Some(Landmark {
        position: touching,
        sd_mm: Some(SD.along_mm),
        along: SD.outwards(backwards),
        method: "where the proximal femur meets the plane that touches both condyles from behind".into(),
        doubt: None,
    })
}
