//! The neck axis.

use super::{
    bones::Bone,
    model::{Axis, Sphere},
    section::{Contour, contour_at},
};
use crate::mesh::TriMesh;
use nalgebra::{Point3, Unit, Vector3};

/// Distance between the sections on which the isthmus is looked for, in head radii.
const STEP: f64 = 0.04;
/// Sections up to this much larger than the smallest belong to the isthmus, the smallest with the greatest weight.
const ISTHMUS_AREA: f64 = 1.05;

/// The centroid of the neck's smallest plane section perpendicular to its axis.
pub(super) fn neck_isthmus(femur: &Bone, head: &Sphere, axis: &Axis) -> Option<Point3<f64>> {
    let proximal = femur.near(&head.centre, 4.5 * head.radius_mm);
    let sections = sections(&proximal, head, &axis.direction);
    let at = (0..sections.len()).min_by(|&a, &b| sections[a].area_mm2.total_cmp(&sections[b].area_mm2))?;
    let smallest = sections[at].centroid;
    // Between the sections, where a parabola through the areas of three of them is smallest.
    let (Some(before), Some(after)) = (at.checked_sub(1).and_then(|i| sections.get(i)), sections.get(at + 1)) else {
        return Some(smallest);
    };
    let [rise, fall] = [after, before].map(|section| section.area_mm2 - sections[at].area_mm2);
    let further = if rise + fall > 0.0 { (fall - rise) / (rise + fall) / 2.0 } else { 0.0 };
    let towards = if further > 0.0 { after } else { before };
    Some(smallest + (towards.centroid - smallest) * further.abs())
}

/// Plane sections of the neck, from within the head outwards.
fn sections(proximal: &TriMesh, head: &Sphere, direction: &Unit<Vector3<f64>>) -> Vec<Contour> {
    let at = |step: i32| head.centre + direction.into_inner() * head.radius_mm * (0.9 + STEP * f64::from(step));
    (0..=30).filter_map(|step| contour_at(proximal, &at(step), direction)).collect()
}

/// The axis from the head centre through the neck's isthmus: among the plane sections perpendicular to the axis, those whose area is
/// within 5 % of the smallest; the axis runs through their centroids, and both are found in turn until they agree
/// (neck isthmus as in Fischer et al. 2020, 10.1038/s41598-020-77479-z). `None` when the neck is not in the mesh.
pub(super) fn neck_axis(femur: &Bone, head: &Sphere) -> Option<Axis> {
    let beyond: Vector3<f64> = femur
        .vertices()
        .filter(|&v| (1.15..1.6).contains(&((femur.position(v) - head.centre).norm() / head.radius_mm)))
        .map(|v| (femur.position(v) - head.centre) * femur.areas[v])
        .sum();
    let mut direction = Unit::try_new(beyond, 1e-9)?;
    let proximal = femur.near(&head.centre, 4.5 * head.radius_mm);
    for _ in 0..60 {
        let sections = sections(&proximal, head, &direction);
        let smallest = sections.iter().map(|s| s.area_mm2).min_by(f64::total_cmp)?;
        let weight = |area: f64| (ISTHMUS_AREA - area / smallest).max(0.0);
        let isthmus: Vector3<f64> = sections.iter().map(|s| (s.centroid - head.centre) * weight(s.area_mm2)).sum();
        let next = Unit::try_new(isthmus, 1e-9)?;
        let change = (next.into_inner() - direction.into_inner()).norm();
        direction = next;
        if change < 1e-9 {
            break;
        }
    }
    Some(Axis { point: head.centre, direction })
}
