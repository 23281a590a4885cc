//! The distal femur: epicondyles, posterior condylar line, mechanical axis.

use super::{
    bones::Bone,
    condyles::{DISTAL_MM, LATERAL_EPICONDYLE, MEDIAL_EPICONDYLE, POSTERIOR},
    model::{Axis, Sphere},
    prominence::{blunt_mm, prominence},
    section::contour_at,
    shaft::on_axis,
};
use crate::frames::{AnatomicalFrame, Side, as_right_hip};
use nalgebra::{Point3, Vector3};

/// Base of the neck: the section this far above the tip of the lesser trochanter, clear of it, mm.
const BASE_ABOVE_LESSER_TROCHANTER_MM: f64 = 10.0;

/// Finds the mechanical frame (origin at the head centre, Y from the mid-point of the epicondyles, Z along the posterior condylar line):
/// the posterior condylar line touches both condyles from behind, the epicondyles stand out furthest along
/// it, and the axis from their mid-point to the head centre turns what "behind" means, until all agree
/// (table-top plane and mechanical axis as in Fischer et al. 2020, 10.1038/s41598-020-77479-z).
pub(super) fn knee(femur: &Bone, head: &Sphere, shaft: &Axis, side: Side) -> Option<AnatomicalFrame> {
    let to_right = -side.lps_sign(); // From medial to lateral is to the right on a right femur.
    let mut superior = shaft.direction.into_inner();
    let mut lateral = shaft.point - head.centre;
    let mut found = None;
    for _ in 0..60 {
        let frame = AnatomicalFrame::from_superior_and_right(head.centre, &superior, &(lateral * to_right))?;
        let (anterior, outwards) = (frame.anterior().into_inner(), frame.right().into_inner() * to_right);
        let level = |p: &Point3<f64>| (p - head.centre).dot(&frame.superior());
        let lowest = femur.mesh.vertices.iter().map(&level).fold(f64::INFINITY, f64::min);
        let all = femur.mesh.vertices.iter().zip(&femur.areas).map(|(p, area)| (p.coords, *area));
        let distal: Vec<(Vector3<f64>, f64)> = all.filter(|(p, _)| level(&Point3::from(*p)) < lowest + DISTAL_MM).collect();
        let furthest = |direction: Vector3<f64>, keep: &dyn Fn(&Point3<f64>) -> bool| {
            let kept = distal.iter().copied().filter(|(p, _)| keep(&Point3::from(*p)));
            prominence(kept, &direction, blunt_mm(femur)).map(Point3::from)
        };
        let towards = |[x, _, z]: [f64; 3]| anterior * x + outwards * z;
        let (medial_tip, lateral_tip) =
            (furthest(towards(MEDIAL_EPICONDYLE), &|_| true)?, furthest(towards(LATERAL_EPICONDYLE), &|_| true)?);
        let middle = nalgebra::center(&medial_tip, &lateral_tip);
        let inner = furthest(towards(POSTERIOR), &|p| (p - middle).dot(&outwards) < 0.0)?;
        let outer = furthest(towards(POSTERIOR), &|p| (p - middle).dot(&outwards) > 0.0)?;
        let next = AnatomicalFrame::from_superior_and_right(head.centre, &(head.centre - middle), &((outer - inner) * to_right))?;
        superior = next.superior().into_inner();
        lateral = next.right().into_inner() * to_right;
        found = Some(next);
        if (next.rotation.matrix() - frame.rotation.matrix()).norm() < 1e-12 {
            break;
        }
    }
    found
}

/// The base of the neck: centroid of the section just above the lesser trochanter, which lies `lesser_trochanter_mm` below the head.
pub(super) fn neck_base(femur: &Bone, head: &Sphere, shaft: &Axis, lesser_trochanter_mm: f64) -> Option<Point3<f64>> {
    let centre = on_axis(shaft, head, lesser_trochanter_mm - BASE_ABOVE_LESSER_TROCHANTER_MM);
    Some(contour_at(femur.mesh, &centre, &-shaft.direction)?.centroid)
}

/// Femoral version, degrees, anteversion positive: the line from a point of the neck or its base to the head centre against the posterior
/// condylar line, both seen along the mechanical axis. From the base of the neck it is Murphy's (1987, 10.2106/00004623-198769080-00011).
pub(crate) fn version_deg(head: &Point3<f64>, from: &Point3<f64>, mechanical: &AnatomicalFrame, side: Side) -> f64 {
    let neck = as_right_hip(side, &mechanical.local_vector(&(head - from)));
    neck.x.atan2(-neck.z).to_degrees()
}
