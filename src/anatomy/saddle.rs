//! The saddle between neck and greater trochanter.

use super::{
    bones::Bone,
    model::{Femur, Sphere},
};
use crate::surface::cross_section;
use nalgebra::Point3;

/// The lowest point, along the shaft, of the upper border of the bone between head and greater trochanter, in the plane through the head
/// centre that holds neck and shaft axis. `None` when trochanter or neck are not in the mesh.
pub(super) fn saddle(femur: &Bone, head: &Sphere, measured: &Femur) -> Option<Point3<f64>> {
    let up = measured.shaft.direction.into_inner();
    let lateral = {
        let neck = measured.neck_axis.direction.into_inner();
        (neck - up * up.dot(&neck)).try_normalize(1e-6)?
    };
    let normal = up.cross(&lateral);
    let tip = measured.greater_trochanter.as_ref()?.position;
    let (from, to) = (0.5 * head.radius_mm, (tip - head.centre).dot(&lateral));
    let border: Vec<Point3<f64>> = cross_section(femur.mesh, &head.centre, &normal)
        .into_iter()
        .flatten()
        .filter(|p| (from..to).contains(&(p - head.centre).dot(&lateral)))
        .collect();
    // Of each millimetre from medial to lateral the highest point is the upper border; of these the lowest is the saddle.
    let column = |p: &Point3<f64>| ((p - head.centre).dot(&lateral) - from) as usize;
    let height = |p: &Point3<f64>| (p - head.centre).dot(&up);
    let highest = |at: usize| border.iter().filter(|p| column(p) == at).max_by(|a, b| height(a).total_cmp(&height(b)));
    (0..(to - from).max(0.0) as usize).filter_map(highest).min_by(|a, b| height(a).total_cmp(&height(b))).copied()
}
