//! The femoral head: a sphere on the part of the femur that lies in the socket.

use super::{
    bones::Bone,
    error::{AnatomyError, HeadFault},
    fit::{fit_sphere, fit_sphere_near},
    lone::expected_head,
    model::Sphere,
};
use crate::{
    frames::Side,
    surface::{MeshIndex, connected},
};

/// Radii of adult femoral heads, with room for dysplasia and acromegaly, mm.
pub(super) const HEAD_RADIUS_MM: std::ops::RangeInclusive<f64> = 14.0..=36.0;
/// The joint space varies this much over the loaded part of the head, mm.
const JOINT_SPACE_SPREAD_MM: f64 = 4.0;
/// A femur this far from its hip bone is not in its socket, mm.
const WIDEST_GAP_MM: f64 = 8.0;
/// Half thickness of the shell in which points still belong to the head, mm.
const SHELL_MM: f64 = 2.0;
/// A point of the head faces outwards: cosine between its normal and its radius. Excludes the neck.
const FACING: f64 = 0.9;
/// Most rounds of collecting points and fitting.
const ROUNDS: usize = 60;

/// Finds the femoral head whatever the femur's pose: the points nearest to the hip bone seed a sphere, which then collects every
/// point near it that faces outwards and is fitted again until it no longer changes.
pub(super) fn femoral_head(femur: &Bone, hip_bone: &Bone, side: Side) -> Result<Sphere, AnatomyError> {
    let fail = |reason| AnatomyError::Head { side, reason };
    let mut chosen = seeds(femur, hip_bone).ok_or_else(|| fail(HeadFault::FarFromHipBone))?;
    let mut sphere: Option<Sphere> = None;
    for _ in 0..ROUNDS {
        let (points, areas) = femur.choose(&chosen);
        let fitted = match sphere {
            Some(start) => fit_sphere_near(start, &points, &areas, None),
            None => fit_sphere(&points, &areas),
        };
        let fitted = fitted
            .filter(|s| HEAD_RADIUS_MM.contains(&s.radius_mm))
            .ok_or_else(|| fail(HeadFault::NoSphere { points: points.len() }))?;
        sphere = Some(fitted);
        let collected = collected(femur, &fitted);
        if collected == chosen {
            break;
        }
        chosen = collected;
    }
    sphere.ok_or_else(|| fail(HeadFault::NoSphere { points: chosen.len() }))
}

/// Likewise without a hip bone: the shape model, fitted to the femur, says where to begin.
pub(super) fn lone_head(femur: &Bone, side: Side) -> Result<Sphere, AnatomyError> {
    let fail = |reason| AnatomyError::Head { side, reason };
    let mut sphere = expected_head(femur, side).ok_or_else(|| fail(HeadFault::NoModel))?;
    let mut chosen = Vec::new();
    for _ in 0..ROUNDS {
        let collected = collected(femur, &sphere);
        if collected == chosen {
            break;
        }
        chosen = collected;
        let (points, areas) = femur.choose(&chosen);
        sphere = fit_sphere_near(sphere, &points, &areas, None)
            .filter(|s| HEAD_RADIUS_MM.contains(&s.radius_mm))
            .ok_or_else(|| fail(HeadFault::NoSphereByModel))?;
    }
    Ok(sphere)
}

/// The femur's vertices as near to the hip bone as the joint space allows: of several such patches the one of largest area, since
/// the lesser trochanter can come as near to the ischium.
fn seeds(femur: &Bone, hip_bone: &Bone) -> Option<Vec<usize>> {
    let socket = MeshIndex::new(hip_bone.mesh);
    let distances: Vec<(usize, f64)> = femur
        .vertices()
        .filter_map(|v| Some((v, socket.closest_within(&femur.position(v), WIDEST_GAP_MM + JOINT_SPACE_SPREAD_MM)?.distance_mm)))
        .collect();
    let nearest = distances.iter().map(|d| d.1).min_by(f64::total_cmp)?;
    let near: Vec<usize> = distances.into_iter().filter(|d| d.1 < nearest + JOINT_SPACE_SPREAD_MM).map(|d| d.0).collect();
    Some(largest_patch(femur, near))
}

/// Of some vertices those of the connected patch with the largest area, the first of equals.
fn largest_patch(bone: &Bone, mut chosen: Vec<usize>) -> Vec<usize> {
    let mut is_chosen = vec![false; bone.areas.len()];
    chosen.iter().for_each(|&v| is_chosen[v] = true);
    let edges = bone.mesh.triangles.iter().flat_map(|&[a, b, c]| [[a, b], [b, c], [c, a]]);
    let first = connected(bone.areas.len(), edges.filter(|edge| edge.iter().all(|&v| is_chosen[v as usize])));
    let mut areas = vec![0.0; bone.areas.len()];
    chosen.iter().for_each(|&v| areas[first[v] as usize] += bone.areas[v]);
    let largest = (0..areas.len()).max_by(|&a, &b| areas[a].total_cmp(&areas[b]).then(b.cmp(&a)));
    chosen.retain(|&v| Some(first[v] as usize) == largest);
    chosen
}

fn collected(femur: &Bone, sphere: &Sphere) -> Vec<usize> {
    femur
        .vertices()
        .filter(|&v| {
            let radius = femur.position(v) - sphere.centre;
            let distance = radius.norm();
            (distance - sphere.radius_mm).abs() < SHELL_MM && radius.dot(&femur.normals[v]) > FACING * distance
        })
        .collect()
}
