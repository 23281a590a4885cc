//! The tips of the trochanters.

use super::{
    bones::Bone,
    landmark::Landmark,
    model::{Axis, Sphere},
    shaft::on_axis,
};
use crate::frames::Side;
use nalgebra::{Point3, Vector3};

/// Where the lesser trochanter can lie below the head centre along the shaft, in head radii (2.0 ± 0.2 on the shape model, 2.1 to 2.8
/// where raters clicked it on four skeletons).
const LESSER_IN_HEAD_RADII: [f64; 2] = [1.2, 4.0];
/// A tip stands out from what lies this far proximal of it, mm: what still rises there belongs to calcar, neck or head.
const TIP_MM: f64 = 2.0;

/// Distance from the raters' means on four femora (Fischer 2023, 10.1038/s41597-023-02669-z), along each axis, mm.
const LESSER_SD_MM: f64 = 1.6;
const GREATER_SD_MM: f64 = 1.8;

/// Directions about the shaft of one proximal femur, LPS unit vectors.
pub(super) struct AboutShaft {
    pub proximal: Vector3<f64>,
    pub medial: Vector3<f64>,
    pub posterior: Vector3<f64>,
}

impl AboutShaft {
    /// Medial is where the head lies; posterior follows from the side.
    pub fn new(shaft: &Axis, head: &Sphere, side: Side) -> Option<Self> {
        let proximal = shaft.direction.into_inner();
        let to_head = head.centre - shaft.point;
        let medial = (to_head - proximal * proximal.dot(&to_head)).try_normalize(1e-6)?;
        // Right femur: anterior X = Y × Z with Z = −medial, so posterior = proximal × medial; mirrored on the left.
        let posterior = proximal.cross(&medial) * -side.lps_sign();
        Some(Self { proximal, medial, posterior })
    }
}

/// The tip of the lesser trochanter: the point that stands out furthest, posteriorly and medially, from the shaft that continues below it.
pub(super) fn lesser_trochanter(femur: &Bone, head: &Sphere, shaft: &Axis, about: &AboutShaft) -> Option<Landmark> {
    // Posterior rather than medial: medially the calcar rises towards the neck and would win.
    let outwards = about.medial * LESSER_DIRECTION.0 + about.posterior * LESSER_DIRECTION.1;
    let below = |p: &Point3<f64>| (head.centre - p).dot(&about.proximal);
    let [mut from, to] = LESSER_IN_HEAD_RADII.map(|radii| radii * head.radius_mm);
    let medial: Vec<Point3<f64>> = femur
        .vertices()
        .map(|v| femur.position(v))
        .filter(|p| (from..to).contains(&below(p)) && (p - on_axis(shaft, head, 0.0)).dot(&about.medial) > 0.0)
        .collect();
    let tip = loop {
        let furthest = medial.iter().filter(|p| below(p) >= from);
        let furthest = furthest.max_by(|a, b| (*a - shaft.point).dot(&outwards).total_cmp(&(*b - shaft.point).dot(&outwards)))?;
        if below(furthest) >= from + TIP_MM {
            break *furthest;
        }
        from += TIP_MM;
    };
    Some(Landmark {
        position: tip,
        sd_mm: Some(LESSER_SD_MM),
        along: None,
        method: "point of the proximal femur furthest posterior and medial of the shaft axis".into(),
        doubt: None,
    })
}

/// Direction in which the lesser trochanter stands out: (medial, posterior) parts.
const LESSER_DIRECTION: (f64, f64) = (0.5, 0.866);

/// The tip of the greater trochanter: the most proximal point lateral of the neck.
pub(super) fn greater_trochanter(femur: &Bone, head: &Sphere, shaft: &Axis, about: &AboutShaft) -> Option<Landmark> {
    let tip = femur
        .vertices()
        .map(|v| femur.position(v))
        .filter(|p| (p - head.centre).norm() > 1.5 * head.radius_mm)
        .filter(|p| (p - shaft.point).dot(&about.medial) < 0.35 * (head.centre - shaft.point).dot(&about.medial))
        .max_by(|a, b| a.coords.dot(&about.proximal).total_cmp(&b.coords.dot(&about.proximal)))?;
    Some(Landmark {
        position: tip,
        sd_mm: Some(GREATER_SD_MM),
        along: None,
        method: "most proximal point of the femur lateral of the neck, along the shaft axis".into(),
        doubt: None,
    })
}
