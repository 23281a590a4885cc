//! The distal femur: epicondyles, posterior condylar line, mechanical axis.

use super::{
    bones::Bone,
    model::{Axis, Sphere},
    section::contour_at,
    shaft::on_axis,
};
use crate::frames::{AnatomicalFrame, Side};
use nalgebra::{Point3, Unit, Vector3};

/// The condyles and epicondyles lie in the last part of the femur, mm above its lowest point.
const DISTAL_MM: f64 = 55.0;
/// Base of the neck: the section this far above the tip of the lesser trochanter, clear of it, mm.
const BASE_ABOVE_LESSER_TROCHANTER_MM: f64 = 10.0;

/// What the knee gives the femur.
pub(super) struct Knee {
    /// Mechanical frame: origin at the head centre, Y from the mid-point of the epicondyles, Z along the posterior condylar line.
    pub frame: AnatomicalFrame,
}

/// Finds the mechanical frame: the posterior condylar line touches both condyles from behind, the epicondyles stand out furthest along
/// it, and the axis from their mid-point to the head centre turns what "behind" means, until all agree
/// (table-top plane and mechanical axis as in Fischer et al. 2020, 10.1038/s41598-020-77479-z).
pub(super) fn knee(femur: &Bone, head: &Sphere, shaft: &Axis, side: Side) -> Option<Knee> {
    let to_right = -side.lps_sign(); // From medial to lateral is to the right on a right femur.
    let mut superior = shaft.direction.into_inner();
    let mut lateral = shaft.point - head.centre;
    for _ in 0..60 {
        let frame = AnatomicalFrame::from_superior_and_right(head.centre, &superior, &(lateral * to_right))?;
        let (anterior, outwards) = (frame.anterior().into_inner(), frame.right().into_inner() * to_right);
        let level = |p: &Point3<f64>| (p - head.centre).dot(&frame.superior());
        let lowest = femur.mesh.vertices.iter().map(&level).fold(f64::INFINITY, f64::min);
        let distal: Vec<Point3<f64>> = femur.mesh.vertices.iter().filter(|p| level(p) < lowest + DISTAL_MM).copied().collect();
        let furthest = |direction: Vector3<f64>, keep: &dyn Fn(&Point3<f64>) -> bool| {
            distal
                .iter()
                .filter(|p| keep(p))
                .max_by(|a, b| a.coords.dot(&direction).total_cmp(&b.coords.dot(&direction)))
                .copied()
        };
        let (medial_tip, lateral_tip) = (furthest(-outwards, &|_| true)?, furthest(outwards, &|_| true)?);
        let middle = nalgebra::center(&medial_tip, &lateral_tip);
        let inner = furthest(-anterior, &|p| (p - middle).dot(&outwards) < 0.0)?;
        let outer = furthest(-anterior, &|p| (p - middle).dot(&outwards) > 0.0)?;
        let next = AnatomicalFrame::from_superior_and_right(head.centre, &(head.centre - middle), &((outer - inner) * to_right))?;
        superior = next.superior().into_inner();
        lateral = next.right().into_inner() * to_right;
        if (next.rotation.matrix() - frame.rotation.matrix()).norm() < 1e-12 {
            return Some(Knee { frame: next });
        }
    }
    None
}

/// Femoral version by the method of Murphy et al. (1987, 10.2106/00004623-198769080-00011), degrees, anteversion positive: the line from
/// the base of the neck (centroid of the shaft just above the lesser trochanter) to the head centre against the posterior condylar line,
/// both seen along the mechanical axis.
pub(super) fn version_murphy_deg(
    femur: &Bone,
    head: &Sphere,
    shaft: &Axis,
    lesser_trochanter_mm: f64,
    knee: &Knee,
    side: Side,
) -> Option<f64> {
    let centre = on_axis(shaft, head, lesser_trochanter_mm - BASE_ABOVE_LESSER_TROCHANTER_MM);
    let base = contour_at(femur.mesh, &centre, &Unit::new_unchecked(-shaft.direction.into_inner()))?.centroid;
    let neck = knee.frame.local_vector(&(head.centre - base));
    let medial = neck.z * side.lps_sign();
    Some(neck.x.atan2(medial).to_degrees())
}
