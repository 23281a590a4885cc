//! About where the acetabulum is: a sphere on what faces the head, and about its axis. `opening` goes on from there.

use super::{
    bones::Bone,
    error::{AnatomyError, SocketFault},
    fit::{fit_plane, fit_sphere_near},
    model::{Acetabulum, Sphere},
};
use crate::frames::Side;
use nalgebra::{Point3, Unit, Vector3};
use std::f64::consts::TAU;

/// Widest joint space (both cartilages) over which the socket's surface is looked for, mm.
const WIDEST_JOINT_SPACE_MM: f64 = 7.0;
/// The lunate surface faces the centre: cosine between normal and direction to the centre.
const FACING: f64 = 0.85;
/// The rim waves about its plane by this much, mm; the acetabular notch lies deeper and takes no part.
const RIM_SCATTER_MM: f64 = 1.2;
/// Meridians along which the rim is looked for.
const MERIDIANS: usize = 72;

/// Fits a sphere to the surface around a femoral head, then a plane to its rim.
///
/// The rim is the outermost point, on each meridian about the opening axis, of the surface that faces the centre; its plane is fitted
/// robustly. The axis and the meridians are found in turn until they agree.
pub(super) fn acetabulum(hip_bone: &Bone, head: &Sphere, side: Side) -> Result<Acetabulum, AnatomyError> {
    let fail = |reason| AnatomyError::Acetabulum { side, reason };
    let sphere = lunate_sphere(hip_bone, head).ok_or_else(|| fail(SocketFault::NoSphere))?;
    let deep: Vector3<f64> = facing(hip_bone, &sphere.centre, sphere.radius_mm - 1.5..sphere.radius_mm + 1.5, FACING)
        .iter()
        .map(|&v| (hip_bone.position(v) - sphere.centre).normalize() * hip_bone.areas[v])
        .sum();
    let mut axis = Unit::try_new(-deep, 1e-9).ok_or_else(|| fail(SocketFault::NothingFaces))?;
    for _ in 0..40 {
        let rim = rim(hip_bone, &sphere, &axis);
        let (_, normal) = fit_plane(&rim, &axis, RIM_SCATTER_MM)
            .filter(|_| rim.len() > MERIDIANS / 2)
            .ok_or_else(|| fail(SocketFault::LittleRim))?;
        let change = (normal.into_inner() - axis.into_inner()).norm();
        // Half steps: the rim is sampled, and full steps may swing between two samples.
        axis = Unit::new_normalize(axis.into_inner() + normal.into_inner());
        if change < 1e-9 {
            break;
        }
    }
    Ok(Acetabulum { sphere, axis })
}

/// The lunate surface is what lies around the head at the commonest distance: deeper lies the fossa, beside it the rim's outer side.
pub(super) fn lunate_sphere(hip_bone: &Bone, head: &Sphere) -> Option<Sphere> {
    let around = facing(hip_bone, &head.centre, head.radius_mm - 2.0..head.radius_mm + WIDEST_JOINT_SPACE_MM, FACING);
    let distances: Vec<(f64, f64)> =
        around.iter().map(|&v| ((hip_bone.position(v) - head.centre).norm(), hip_bone.areas[v])).collect();
    let shell = 5.0 * hip_bone.scatter_mm;
    let area_near =
        |d: f64| distances.iter().filter(|(other, _)| (other - d).abs() < shell / 2.0).map(|(_, area)| area).sum::<f64>();
    let radius_mm =
        (0..=36).map(|i| head.radius_mm - 2.0 + 0.25 * f64::from(i)).max_by(|a, b| area_near(*a).total_cmp(&area_near(*b)))?;
    let mut sphere = Sphere { radius_mm, ..*head };
    for _ in 0..60 {
        let near = sphere.radius_mm - shell..sphere.radius_mm + shell;
        let (points, areas) = hip_bone.choose(&facing(hip_bone, &sphere.centre, near, FACING));
        let fitted = fit_sphere_near(sphere, &points, &areas, Some(hip_bone.scatter_mm))
            .filter(|s| (head.radius_mm - 3.0..head.radius_mm + 10.0).contains(&s.radius_mm))?;
        let settled = (fitted.centre - sphere.centre).norm() < 1e-9;
        sphere = fitted;
        if settled {
            break;
        }
    }
    Some(sphere)
}

/// The area of bone that faces the centre of a sphere and lies on it to within the scatter, mm².
pub(super) fn lunate_mm2(hip_bone: &Bone, sphere: &Sphere) -> f64 {
    let on = sphere.radius_mm - 3.0 * hip_bone.scatter_mm..sphere.radius_mm + 3.0 * hip_bone.scatter_mm;
    facing(hip_bone, &sphere.centre, on, FACING).iter().map(|&v| hip_bone.areas[v]).sum()
}

/// Vertices at these distances from a centre whose surface looks at it.
fn facing(bone: &Bone, centre: &Point3<f64>, distances: std::ops::Range<f64>, cosine: f64) -> Vec<usize> {
    bone.vertices()
        .filter(|&v| {
            let inward = centre - bone.position(v);
            let distance = inward.norm();
            distances.contains(&distance) && inward.dot(&bone.normals[v]) > cosine * distance
        })
        .collect()
}

/// On each meridian about `axis` the point of the socket's wall that lies furthest out.
fn rim(bone: &Bone, sphere: &Sphere, axis: &Unit<Vector3<f64>>) -> Vec<Point3<f64>> {
    // Meridians counted from the bone's own centroid: the result turns and mirrors with the bone.
    let to_centroid = bone.centroid() - sphere.centre;
    let Some(u) = (to_centroid - axis.into_inner() * axis.dot(&to_centroid)).try_normalize(1e-9) else { return Vec::new() };
    let v = axis.cross(&u);
    let mut furthest: Vec<Option<(f64, Point3<f64>)>> = vec![None; MERIDIANS];
    for vertex in facing(bone, &sphere.centre, sphere.radius_mm - 4.0..sphere.radius_mm + 4.0, 0.5) {
        let d = bone.position(vertex) - sphere.centre;
        let azimuth = d.dot(&v).atan2(d.dot(&u)).rem_euclid(TAU);
        let bin = ((azimuth / TAU * MERIDIANS as f64) as usize).min(MERIDIANS - 1);
        let height = d.dot(axis) / d.norm();
        if furthest[bin].is_none_or(|(best, _)| height > best) {
            furthest[bin] = Some((height, bone.position(vertex)));
        }
    }
    furthest.into_iter().flatten().map(|(_, p)| p).collect()
}
