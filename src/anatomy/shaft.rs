//! The shaft axis.

use super::{
    bones::Bone,
    fit::fit_line,
    model::{Axis, Sphere},
    section::contour_at,
};
use nalgebra::{Point3, Unit, Vector3};

/// Sections whose centroids make the axis; a fixed number, so that the axis depends on its own extent without steps.
const SECTIONS: usize = 25;
/// The part of the shaft measured ends this far below the lesser trochanter, about its isthmus, where the femoral bow sets in, mm.
const ISTHMUS_BELOW_LESSER_TROCHANTER_MM: f64 = 120.0;
/// The part of the shaft measured starts this far below the lesser trochanter, mm.
const START_BELOW_LESSER_TROCHANTER_MM: f64 = 20.0;
/// Shaft left out above the end of the mesh, mm.
const END_MARGIN_MM: f64 = 8.0;
/// Shortest shaft on which an axis is measured, mm.
const SHORTEST_MM: f64 = 40.0;
/// A femur with its knee is at least this long below the head centre, mm.
const SHORTEST_WHOLE_FEMUR_MM: f64 = 280.0;
/// Where the lesser trochanter is expected below the head centre before it is found, mm.
pub(super) const EXPECTED_LESSER_TROCHANTER_MM: f64 = 58.0;

/// How much of a femur there is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    /// Length along the shaft from the head centre to the lowest surface, mm.
    pub below_head_mm: f64,
    /// True when the condyles are in the mesh.
    pub whole: bool,
}

/// Direction from the head to the far end of the bone: the shaft's, within the angle its offset makes.
pub(super) fn towards_far_end(femur: &Bone, head: &Sphere) -> Option<Unit<Vector3<f64>>> {
    let distance = |v: usize| (femur.position(v) - head.centre).norm();
    let furthest = (0..femur.mesh.vertices.len()).map(distance).max_by(f64::total_cmp)?;
    let far: Vector3<f64> = (0..femur.mesh.vertices.len())
        .filter(|&v| distance(v) > furthest - 15.0)
        .map(|v| (femur.position(v) - head.centre) * femur.areas[v])
        .sum();
    Unit::try_new(far, 1e-9)
}

/// How far the femur reaches along `distal` below the head centre.
pub(super) fn extent(femur: &Bone, head: &Sphere, distal: &Unit<Vector3<f64>>) -> Extent {
    let level = |v: usize| (femur.position(v) - head.centre).dot(distal);
    let below_head_mm = (0..femur.mesh.vertices.len()).map(level).fold(0.0, f64::max);
    let cut = (0..femur.mesh.vertices.len()).any(|v| femur.cut[v] && level(v) > below_head_mm - 30.0);
    Extent { below_head_mm, whole: below_head_mm > SHORTEST_WHOLE_FEMUR_MM && !cut }
}

/// The axis of the shaft, pointing proximally: a robust line through the centroids of its cross-sections from 20 mm below the lesser
/// trochanter to 120 mm below it, to the middle of the bone or to the end of the scan, whichever comes first.
///
/// `None` when fewer than 40 mm of that are in the mesh.
pub(super) fn shaft_axis(femur: &Bone, head: &Sphere, lesser_trochanter_mm: f64, start: &Unit<Vector3<f64>>) -> Option<Axis> {
    let mut axis = Axis { point: head.centre, direction: -*start };
    for _ in 0..40 {
        let distal = -axis.direction;
        let extent = extent(femur, head, &distal);
        let end = if extent.whole { extent.below_head_mm / 2.0 } else { extent.below_head_mm - END_MARGIN_MM };
        let first = lesser_trochanter_mm + START_BELOW_LESSER_TROCHANTER_MM;
        let last = end.min(lesser_trochanter_mm + ISTHMUS_BELOW_LESSER_TROCHANTER_MM);
        if last - first < SHORTEST_MM {
            return None;
        }
        let centroids: Vec<Point3<f64>> = (0..SECTIONS)
            .filter_map(|i| {
                let level = first + (last - first) * i as f64 / (SECTIONS - 1) as f64;
                contour_at(femur.mesh, &on_axis(&axis, head, level), &distal).map(|c| c.centroid)
            })
            .collect();
        let next = fit_line(&centroids, &axis.direction)?;
        let change = (next.direction.into_inner() - axis.direction.into_inner()).norm();
        axis = next;
        if change < 1e-9 {
            break;
        }
    }
    Some(axis)
}

/// The point of an axis that points proximally, at a level below the head centre measured along it, mm.
pub(super) fn on_axis(axis: &Axis, head: &Sphere, level_mm: f64) -> Point3<f64> {
    let head_level = (head.centre - axis.point).dot(&axis.direction);
    axis.point + axis.direction.into_inner() * (head_level - level_mm)
}
