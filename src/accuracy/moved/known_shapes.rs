//! Shapes whose contact is a formula: a sphere in a sphere with a rim, a cylinder against a plane, a body wholly inside another, and a hip
//! whose bones are balls.

use super::ball_hip::{self, ball};
use crate::{
    accuracy::errors::Gathered,
    frames::Side,
    implants::geometry::revolve,
    mesh::TriMesh,
    motion::{ImpingementEngine, Motion, MotionError, Posture, impingement::TurningSurfaces, theoretical},
    progress::Silent,
};
use nalgebra::{Point3, Unit, Vector3};
use std::f64::consts::{FRAC_PI_2, TAU};

/// How far the mesh engine may be off, degrees.
const LIMIT_DEG: f64 = 0.1;
/// … and a depth or distance, mm.
const LIMIT_MM: f64 = 0.2;
/// Segments of what is turned about an axis: a multiple of four, so that a corner lies where shapes meet first.
const SEGMENTS: u32 = 480;

fn triangles(mesh: &TriMesh) -> Vec<[Point3<f64>; 3]> {
    (0..mesh.triangles.len()).map(|t| mesh.corners(t)).collect()
}

/// A head of 24 mm radius in a hemispherical shell of 26 to 31 mm that opens along +Z, and on the head, 29 mm out along +Z, a knob: turned
/// about any axis across, the head meets nothing and the knob the face of the rim, after acos(r / 29 mm). Degrees found, and by the formula.
#[must_use]
pub fn sphere_in_sphere_deg(knob_radius_mm: f64, axis_azimuth_rad: f64) -> (Option<f64>, f64) {
    const OUT_MM: f64 = 29.0;
    let arc =
        |radius: f64| (0..=90).map(move |i| f64::from(i) / 90.0 * FRAC_PI_2).map(move |a| (radius * a.sin(), -radius * a.cos()));
    let inside: Vec<_> = arc(26.0).collect();
    let shell = revolve(&arc(31.0).chain(inside.into_iter().rev()).collect::<Vec<_>>(), SEGMENTS);
    let mut head = ball(Point3::origin(), 24.0, 90);
    head.append(&ball(Point3::new(0.0, 0.0, OUT_MM), knob_radius_mm, 180));
    let axis = Unit::new_normalize(Vector3::new(axis_azimuth_rad.cos(), axis_azimuth_rad.sin(), 0.0));
    let surfaces = TurningSurfaces::new(triangles(&head), triangles(&shell));
    (surfaces.and_then(|surfaces| surfaces.first_touch_deg(&axis, 180.0)), (knob_radius_mm / OUT_MM).acos().to_degrees())
}

/// A cylinder from the centre along +Z, turned towards a plane at a distance: the edge of its end meets it after
/// asin(h / √(L² + r²)) − atan(r / L). Degrees found, and by the formula.
#[must_use]
pub fn cylinder_on_plane_deg(radius_mm: f64, length_mm: f64, plane_mm: f64) -> (Option<f64>, f64) {
    let cylinder = revolve(&[(0.0, 0.0), (radius_mm, 0.0), (radius_mm, length_mm), (0.0, length_mm)], SEGMENTS);
    let corner = |x: f64, y: f64, z: f64| Point3::new(200.0 * x, plane_mm + y, 200.0 * z);
    let [a, b, c, d] = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)].map(|(x, z)| corner(x, 0.0, z));
    let plane = vec![[a, b, c], [a, c, d]];
    let found =
        TurningSurfaces::new(triangles(&cylinder), plane).and_then(|both| both.first_touch_deg(&-Vector3::x_axis(), 90.0));
    (found, ((plane_mm / length_mm.hypot(radius_mm)).asin() - radius_mm.atan2(length_mm)).to_degrees())
}

pub(super) fn hold(gathered: &mut Gathered) -> Result<(), MotionError> {
    const SET: &str = "known shapes";
    let off = |(found, expected): (Option<f64>, f64)| found.map_or(f64::INFINITY, |found| found - expected);
    for radius in [7.0, 9.0, 11.0] {
        for azimuth in 0..5 {
            gathered.case = format!("knob of {radius} mm, axis {azimuth}");
            let error = off(sphere_in_sphere_deg(radius, f64::from(azimuth) * TAU / 5.0));
            gathered.add(SET, "sphere in a sphere with a rim", "deg", error, LIMIT_DEG, 0.0);
        }
    }
    for (radius, length, plane) in [(8.0, 60.0, 30.0), (6.0, 45.0, 20.0), (14.0, 120.0, 60.0)] {
        gathered.case = format!("{radius} × {length} mm, plane at {plane} mm");
        let error = off(cylinder_on_plane_deg(radius, length, plane));
        gathered.add(SET, "cylinder against a plane", "deg", error, LIMIT_DEG, 0.0);
    }
    for side in Side::BOTH {
        let (scene, depth_mm) = ball_hip::swallowed(side);
        let engine = ImpingementEngine::new(&scene)?;
        gathered.case = side.to_string();
        let begun = engine.range_of_motion(&Silent)?.rows[0].bone_deg.unwrap_or(f64::INFINITY);
        gathered.add(SET, "body wholly inside another: contact at once", "deg", begun, 0.0, 0.0);
        let found = -engine.margin_mm(&Posture::NEUTRAL).unwrap_or(f64::INFINITY);
        gathered.add(SET, "body wholly inside another: depth", "mm", found - depth_mm, LIMIT_MM, 0.0);
        let table = ImpingementEngine::new(&ball_hip::scene(side))?.range_of_motion(&Silent)?;
        let implants = theoretical::limits(&ball_hip::CUP, &ball_hip::NECK, ball_hip::oscillation_deg());
        for ((row, motion), implant) in table.rows.iter().zip(Motion::ALL).zip(implants) {
            gathered.case = format!("{side} {}", motion.short_name());
            let (found, expected) = (row.bone_deg, ball_hip::bone_limit_deg(motion));
            if found.is_some() || expected.is_some() {
                let error = found.unwrap_or(f64::INFINITY) - expected.unwrap_or(f64::INFINITY);
                gathered.add(SET, "hip of balls: bone on bone", "deg", error, LIMIT_DEG, 0.0);
            }
            let error = row.implant_deg.unwrap_or(f64::INFINITY) - implant.degrees().unwrap_or(f64::INFINITY);
            gathered.add(SET, "hip of balls: implant on implant", "deg", error, LIMIT_DEG, 0.0);
        }
    }
    Ok(())
}
