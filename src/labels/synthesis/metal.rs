//! Metal in one hip, as many patients who come for a hip replacement have it: overlapping closed solids in one mesh.

use super::{
    random::Dice,
    section::outlines,
    solids::{lathe, loft, rod},
    truth::HipTruth,
};
use crate::{frames::Side, mesh::TriMesh};
use nalgebra::{Point3, Rotation3, Unit, Vector3};
use std::f64::consts::FRAC_PI_2;

/// A nail down the shaft with a lag screw up the neck.
pub(super) fn nail(hip: &HipTruth, dice: &mut Dice) -> TriMesh {
    let shaft = hip.shaft.direction.into_inner();
    let on_shaft = |p: &Point3<f64>| hip.shaft.point + shaft * shaft.dot(&(p - hip.shaft.point));
    let top = on_shaft(&hip.greater_trochanter) - shaft * dice.uniform(-4.0..=12.0);
    let length = dice.uniform(150.0..=240.0);
    let mut nail = rod(&(top - shaft * length), &top, dice.uniform(4.8..=6.0));
    let neck = hip.neck_axis.direction.into_inner();
    // Where the neck axis passes the shaft, plus what stands out of the lateral cortex.
    let lateral = hip.femoral_offset_mm / neck.cross(&shaft).norm().max(0.3) + dice.uniform(12.0..=24.0);
    let tip = hip.head.centre - neck * (hip.head.radius_mm - dice.uniform(7.0..=14.0));
    nail.append(&rod(&tip, &(hip.head.centre + neck * lateral), dice.uniform(3.8..=5.0)));
    nail
}

/// Two to four screws up the neck.
pub(super) fn neck_screws(hip: &HipTruth, dice: &mut Dice) -> TriMesh {
    let (neck, shaft) = (hip.neck_axis.direction.into_inner(), hip.shaft.direction.into_inner());
    let across = neck.cross(&shaft).normalize();
    let lateral = hip.femoral_offset_mm / neck.cross(&shaft).norm().max(0.3) + dice.uniform(12.0..=20.0);
    let count = 2 + (dice.uniform(0.0..=2.999) as u32);
    let (spread, radius, begin) = (dice.uniform(5.5..=8.0), dice.uniform(2.2..=3.8), dice.uniform(0.0..=std::f64::consts::TAU));
    let mut screws = TriMesh::default();
    for n in 0..count {
        let turn = begin + std::f64::consts::TAU * f64::from(n) / f64::from(count);
        let beside = (across * turn.cos() + neck.cross(&across) * turn.sin()) * spread;
        let tip = hip.head.centre + beside - neck * (hip.head.radius_mm * 0.9 - dice.uniform(7.0..=14.0));
        let end = hip.head.centre + beside + neck * lateral;
        screws.append(&rod(&tip, &end, radius));
        // The head of the screw.
        screws.append(&rod(&(end - neck * 3.0), &(end + neck * 2.0), radius * 1.7));
    }
    screws
}

/// A plate along the lateral shaft with screws through it, now and then with one up the neck.
pub(super) fn plate(hip: &HipTruth, femur: &TriMesh, side: Side, dice: &mut Dice) -> Option<TriMesh> {
    let shaft = hip.shaft.direction.into_inner();
    let lateral = Vector3::new(side.lps_sign(), 0.0, 0.0);
    let lateral = (lateral - shaft * lateral.dot(&shaft)).try_normalize(1e-9)?;
    let forward = shaft.cross(&lateral);
    let length = dice.uniform(90.0..=170.0);
    let (thick, width) = (dice.uniform(4.0..=6.0), dice.uniform(13.0..=18.0));
    let holes = 4 + (dice.uniform(0.0..=4.0) as u32);
    let begin = -dice.uniform(-10.0..=20.0);
    // The middle of the shaft's outline and how far bone reaches laterally there.
    let at = |along: f64| {
        let below = hip.lesser_trochanter - shaft * along;
        let on_shaft = hip.shaft.point + shaft * shaft.dot(&(below - hip.shaft.point));
        let outline = outlines(femur, &on_shaft, &shaft).into_iter().max_by(|a, b| a.area_mm2.total_cmp(&b.area_mm2))?;
        let near = femur.vertices.iter().map(|p| p - outline.centroid);
        let near = near.filter(|p| p.dot(&shaft).abs() < 4.0 && p.dot(&forward).abs() < width / 2.0 && p.norm() < 60.0);
        Some((outline.centroid, near.map(|p| p.dot(&lateral)).fold(0.0, f64::max)))
    };
    let steps = (length / 5.0).ceil() as u32;
    let mut outline = Vec::new();
    for step in 0..=steps {
        let (centre, reach) = at(begin + length * (1.0 - f64::from(step) / f64::from(steps)))?;
        let corner = |out: f64, front: f64| centre + lateral * (reach + 0.4 + out) + forward * front;
        // Counter-clockwise seen from above; points in between keep the triangles small.
        let faces = [(0.0, -0.5), (1.0, -0.5), (1.0, 0.0), (1.0, 0.5), (0.0, 0.5), (0.0, 0.0)];
        outline.push(faces.map(|(out, front)| corner(out * thick, front * width)).to_vec());
    }
    let mut metal = loft(&outline);
    for n in 0..holes {
        let (centre, reach) = at(begin + 8.0 + (length - 16.0) * f64::from(n) / f64::from(holes - 1))?;
        metal.append(&rod(
            &(centre - lateral * (reach * 0.9 + 2.0)),
            &(centre + lateral * (reach + thick)),
            dice.uniform(1.9..=2.6),
        ));
    }
    if dice.chance(0.5) {
        let neck = hip.neck_axis.direction.into_inner();
        let out = hip.femoral_offset_mm / neck.cross(&shaft).norm().max(0.3) + 18.0;
        let tip = hip.head.centre - neck * (hip.head.radius_mm - dice.uniform(7.0..=14.0));
        metal.append(&rod(&tip, &(hip.head.centre + neck * out), dice.uniform(3.8..=5.5)));
    }
    Some(metal)
}

/// A stem in the shaft with a neck and a ball of this radius about `centre`; `foot` is where the neck of the femur was cut.
pub(super) fn stem(hip: &HipTruth, centre: &Point3<f64>, ball_mm: f64, foot: &Point3<f64>, dice: &mut Dice) -> TriMesh {
    let shaft = hip.shaft.direction.into_inner();
    let on_shaft = |p: &Point3<f64>| hip.shaft.point + shaft * shaft.dot(&(p - hip.shaft.point));
    let shoulder = on_shaft(foot) + (foot - on_shaft(foot)) * 0.35;
    let tip = on_shaft(&(hip.lesser_trochanter - shaft * dice.uniform(70.0..=125.0)));
    let across = {
        let medial = centre - on_shaft(centre);
        (medial - shaft * medial.dot(&shaft)).normalize()
    };
    let front = shaft.cross(&across);
    // A wedge: wide towards the calcar above, round below.
    let (wide, deep, slim) = (dice.uniform(9.0..=12.5), dice.uniform(5.5..=7.5), dice.uniform(4.2..=5.8));
    let steps = 40;
    let rings: Vec<Vec<_>> = (0..=steps)
        .map(|n| {
            let share = f64::from(n) / f64::from(steps);
            let middle = tip + (shoulder - tip) * share;
            let flare = share.powi(2);
            let (a, b) = (slim + (wide - slim) * flare, slim + (deep - slim) * share);
            let angles = (0..28).map(|s| std::f64::consts::TAU * f64::from(s) / 28.0);
            angles.map(|t| middle + across * (a * t.cos()) + front * (b * t.sin())).collect()
        })
        .collect();
    let mut metal = loft(&rings);
    let up = centre - foot;
    if let Some(neck) = up.try_normalize(1e-9) {
        let from = foot - neck * 14.0;
        let length = up.norm() + 14.0;
        metal.append(&lathe(&from, &neck, &[[0.0, 9.0], [14.0, 7.5], [length - 0.4 * ball_mm, 6.0], [length, 6.0]]));
    }
    metal.append(&ball(centre, ball_mm));
    metal
}

/// A hemispherical shell with its opening along `axis`.
pub(super) fn cup(centre: &Point3<f64>, axis: &Unit<Vector3<f64>>, outer_mm: f64, dice: &mut Dice) -> TriMesh {
    let tumble = Rotation3::new(Vector3::from_fn(|_, _| dice.normal_within(2.0) * 0.09));
    let inner = outer_mm - dice.uniform(3.0..=5.0);
    let arc = |radius: f64, from: f64, to: f64| {
        let angle = move |n: u32| from + (to - from) * f64::from(n) / 20.0;
        (0..=20).map(move |n| [-radius * angle(n).cos(), radius * angle(n).sin()])
    };
    let profile: Vec<_> = arc(outer_mm, 0.0, FRAC_PI_2).chain(arc(inner, FRAC_PI_2, 0.0)).collect();
    lathe(centre, &(tumble * axis.into_inner()), &profile)
}

/// A screw through the dome of a cup into the ilium.
pub(super) fn cup_screw(centre: &Point3<f64>, outer_mm: f64, side: Side, dice: &mut Dice) -> TriMesh {
    let medial = -side.lps_sign() * dice.uniform(0.1..=0.45);
    let up = Vector3::new(medial, dice.uniform(0.05..=0.4), 1.0).normalize();
    let start = centre + up * (outer_mm - 3.0);
    rod(&start, &(start + up * dice.uniform(18.0..=38.0)), dice.uniform(2.4..=3.2))
}

fn ball(centre: &Point3<f64>, radius: f64) -> TriMesh {
    let steps = 24;
    let angle = |n: u32| std::f64::consts::PI * f64::from(n) / f64::from(steps);
    let profile: Vec<_> = (0..=steps).map(|n| [-radius * angle(n).cos(), radius * angle(n).sin()]).collect();
    lathe(centre, &Vector3::z(), &profile)
}
