//! The femoral head: a sphere on the part of the femur that lies in the socket.

use super::{
    bones::Bone,
    error::AnatomyError,
    fit::{fit_sphere, fit_sphere_near},
    model::Sphere,
};
use crate::{frames::Side, surface::MeshIndex};
use std::collections::HashMap;

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

/// Finds the femoral head whatever the femur's pose: the points nearest to the hip bone seed a sphere, which then collects every
/// point near it that faces outwards and is fitted again until it no longer changes.
pub(super) fn femoral_head(femur: &Bone, hip_bone: &Bone, side: Side) -> Result<Sphere, AnatomyError> {
    let fail = |reason: String| AnatomyError::Head { side, reason };
    let mut chosen = seeds(femur, hip_bone).ok_or_else(|| fail("the femur lies more than 12 mm from the hip bone".into()))?;
    let mut sphere: Option<Sphere> = None;
    for _ in 0..60 {
        let (points, areas) = femur.choose(&chosen);
        let fitted = match sphere {
            Some(start) => fit_sphere_near(start, &points, &areas, None),
            None => fit_sphere(&points, &areas),
        };
        let fitted = fitted.filter(|s| HEAD_RADIUS_MM.contains(&s.radius_mm)).ok_or_else(|| {
            fail(format!("the {} points nearest to the socket do not lie on a sphere of 14 to 36 mm", points.len()))
        })?;
        sphere = Some(fitted);
        let collected = collected(femur, &fitted);
        if collected == chosen {
            break;
        }
        chosen = collected;
    }
    sphere.ok_or_else(|| fail("no sphere".into()))
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
    let near = distances.into_iter().filter(|d| d.1 < nearest + JOINT_SPACE_SPREAD_MM).map(|d| d.0);
    largest_patch(femur, near.collect())
}

/// Of some vertices (ascending) those of the connected patch with the largest area.
fn largest_patch(bone: &Bone, chosen: Vec<usize>) -> Option<Vec<usize>> {
    let place: HashMap<usize, usize> = chosen.iter().enumerate().map(|(at, &v)| (v, at)).collect();
    let mut beside = vec![Vec::new(); chosen.len()];
    for triangle in &bone.mesh.triangles {
        let [a, b, c] = triangle.map(|v| place.get(&(v as usize)).copied());
        for (one, other) in [(a, b), (b, c), (c, a)].into_iter().filter_map(|(one, other)| one.zip(other)) {
            beside[one].push(other);
            beside[other].push(one);
        }
    }
    let mut seen = vec![false; chosen.len()];
    let mut best: Option<(f64, Vec<usize>)> = None;
    for first in 0..chosen.len() {
        if std::mem::replace(&mut seen[first], true) {
            continue;
        }
        let mut patch = vec![first];
        let mut at = 0;
        while at < patch.len() {
            for &next in &beside[patch[at]] {
                if !std::mem::replace(&mut seen[next], true) {
                    patch.push(next);
                }
            }
            at += 1;
        }
        let area = patch.iter().map(|&at| bone.areas[chosen[at]]).sum();
        if best.as_ref().is_none_or(|(largest, _)| area > *largest) {
            best = Some((area, patch));
        }
    }
    let mut patch: Vec<usize> = best?.1.into_iter().map(|at| chosen[at]).collect();
    patch.sort_unstable();
    Some(patch)
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
