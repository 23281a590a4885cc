//! What was broken and what was put in.

use super::{
    cut::cut,
    metal::{cup, cup_screw, nail, neck_screws, plate, stem},
    phantom::Extras,
    random::{Dice, Texture, hash},
    recipe::{Implant, Recipe},
    truth::{HipTruth, Truth},
};
use crate::{frames::Side, labels::Label, mesh::TriMesh};
use nalgebra::{Point3, Rotation3, Vector3};
use std::collections::BTreeMap;

/// Breaks necks, cuts heads off and puts metal in. The ordinary nail draws from `ordinary`, everything else from `free`.
pub(super) fn operate(
    meshes: &mut BTreeMap<Label, TriMesh>,
    regions: &mut BTreeMap<Label, Vec<u8>>,
    truth: &Truth,
    recipe: &Recipe,
    extras: &mut Extras,
    [ordinary, free]: [&mut Dice; 2],
) {
    let mut metal = TriMesh::default();
    if ordinary.chance(recipe.draw.metal) {
        let side = if ordinary.chance(0.5) { Side::Left } else { Side::Right };
        metal.append(&nail(truth.hip(side), ordinary));
        extras.metal.push(side);
    }
    for side in Side::BOTH {
        let (hip, of) = (truth.hip(side), recipe.hip(side));
        let label = Label::femur(side);
        let (Some(femur), Some(region)) = (meshes.get_mut(&label), regions.get_mut(&label)) else { continue };
        if let Some(slip_mm) = of.fracture_mm {
            (*femur, *region) = broken(femur, region, hip, slip_mm, free);
            extras.altered.push(side);
        }
        if let Some(added) = put_in(of.implant, femur, region, hip, side, free) {
            metal.append(&added);
            extras.metal.push(side);
            if matches!(of.implant, Implant::Stem | Implant::TotalHip) {
                extras.altered.push(side);
            }
        }
    }
    if !metal.is_empty() {
        meshes.insert(Label::Metal, metal);
    }
}

fn put_in(
    implant: Implant,
    femur: &mut TriMesh,
    region: &mut Vec<u8>,
    hip: &HipTruth,
    side: Side,
    dice: &mut Dice,
) -> Option<TriMesh> {
    match implant {
        Implant::None => None,
        Implant::Nail => Some(nail(hip, dice)),
        Implant::Screws => Some(neck_screws(hip, dice)),
        Implant::Plate => plate(hip, femur, side, dice),
        Implant::Stem | Implant::TotalHip => {
            let along = hip.head.radius_mm * dice.uniform(1.1..=1.45);
            let [rest, _] = cut(femur, region, &along_neck(femur, hip, along));
            (*femur, *region) = (rest.mesh, rest.regions);
            let foot = hip.head.centre + hip.neck_axis.direction.scale(along);
            if implant == Implant::Stem {
                // A ball as large as the head was: of one piece, or a shell with a small ball in it.
                let (centre, large) = (hip.head.centre, hip.head.radius_mm);
                if dice.chance(0.5) {
                    return Some(stem(hip, &centre, large, &foot, dice));
                }
                let mut metal = stem(hip, &centre, dice.uniform(11.0..=14.0), &foot, dice);
                metal.append(&cup(&centre, &hip.neck_axis.direction, large, dice));
                return Some(metal);
            }
            let centre = hip.acetabulum.centre;
            let ball = [11.0, 14.0, 16.0, 18.0][(dice.uniform(0.0..=3.999)) as usize];
            let mut metal = stem(hip, &centre, ball, &foot, dice);
            let outer = hip.acetabulum.radius_mm + dice.uniform(-0.5..=1.5);
            metal.append(&cup(&centre, &hip.acetabular_axis, outer, dice));
            if dice.chance(0.5) {
                metal.append(&cup_screw(&centre, outer, side, dice));
            }
            Some(metal)
        }
    }
}

/// How far each vertex lies beyond a plane across the neck, mm, positive on the side of the shaft.
fn along_neck(femur: &TriMesh, hip: &HipTruth, along_mm: f64) -> Vec<f64> {
    femur.vertices.iter().map(|p| (p - hip.head.centre).dot(&hip.neck_axis.direction) - along_mm).collect()
}

/// The neck broken across: the head turned in its socket, the shaft drawn away and up.
fn broken(femur: &TriMesh, region: &[u8], hip: &HipTruth, slip_mm: f64, dice: &mut Dice) -> (TriMesh, Vec<u8>) {
    let neck = hip.neck_axis.direction;
    let texture = Texture::new(hash(hip.head.radius_mm.to_bits()), 7.0);
    let at = |p: &Point3<f64>| f64::from(texture.at([p.x as f32, p.y as f32, p.z as f32]));
    let along = hip.head.radius_mm * dice.uniform(1.15..=1.6);
    let mut height = along_neck(femur, hip, along);
    // Only near the plane is the break rough: elsewhere the sign must not change.
    height.iter_mut().zip(&femur.vertices).filter(|(h, _)| h.abs() < 25.0).for_each(|(h, p)| *h += 2.5 * at(p));
    let [shaft, head] = cut(femur, region, &height);
    let across = (Vector3::z() - neck.scale(neck.z)).normalize();
    let apart = neck.scale(dice.uniform(1.8..=5.0)) + across * slip_mm + Vector3::y() * dice.uniform(-2.0..=4.0);
    let turn = Rotation3::new(neck.cross(&across) * dice.uniform(-0.15..=0.15) + neck.scale(dice.uniform(-0.3..=0.3)));
    let mut mesh = TriMesh {
        vertices: head.mesh.vertices.iter().map(|p| hip.head.centre + turn * (p - hip.head.centre)).collect(),
        triangles: head.mesh.triangles,
    };
    let mut regions = head.regions;
    regions.extend(shaft.regions);
    mesh.append(&TriMesh { vertices: shaft.mesh.vertices.iter().map(|p| p + apart).collect(), triangles: shaft.mesh.triangles });
    (mesh, regions)
}
