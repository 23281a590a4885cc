//! A hip whose bones are balls, so that every limit of bone on bone is a formula too.

use crate::{
    anatomy::CupAngles,
    frames::{AnatomicalFrame, Side, as_right_hip},
    implants::geometry::revolve,
    mesh::TriMesh,
    motion::{Motion, NeckAngles, Posture, RomScene},
};
use nalgebra::{Isometry3, Point3, Translation3, UnitQuaternion, Vector3};
use std::f64::consts::PI;

/// Its cup.
pub const CUP: CupAngles = CupAngles { inclination_deg: 40.0, anteversion_deg: 15.0 };
/// Its neck.
pub const NECK: NeckAngles = NeckAngles { elevation_deg: 45.0, anteversion_deg: 15.0 };
/// Its head.
pub const HEAD_RADIUS_MM: f64 = 16.0;
const NECK_RADIUS_MM: f64 = 6.0;
const CUP_RADIUS_MM: f64 = 26.0;

/// Balls of the pelvis: centre in the pelvic frame of a right hip about the hip centre, and radius, mm.
const PELVIS: [([f64; 3], f64); 4] =
    [([28.0, 2.0, 44.0], 8.0), ([-30.0, 34.0, 36.0], 9.0), ([-14.0, -44.0, 16.0], 7.0), ([44.0, -14.0, 0.0], 10.0)];
/// The ball of the femur, in its frame.
const FEMUR: ([f64; 3], f64) = ([-14.0, -20.0, 46.0], 8.0);

/// How far neck and liner swing, degrees.
#[must_use]
pub fn oscillation_deg() -> f64 {
    2.0 * (NECK_RADIUS_MM / HEAD_RADIUS_MM).acos().to_degrees()
}

/// Where one of the eight motions brings the ball of the femur onto one of the pelvis: the triangle of hip centre and ball centres.
#[must_use]
pub fn bone_limit_deg(motion: Motion) -> Option<f64> {
    let axis = motion.axis();
    let start = motion.start().right_hip_rotation() * Vector3::from(FEMUR.0);
    let limits = PELVIS.iter().filter_map(|&(centre, radius)| {
        let centre = Vector3::from(centre);
        let k = (start.norm_squared() + centre.norm_squared() - (FEMUR.1 + radius).powi(2)) / 2.0;
        let s = centre.dot(&axis) * start.dot(&axis);
        let (p, q) = (centre.dot(&start) - s, centre.dot(&axis.cross(&start)));
        let ratio = (k - s) / p.hypot(q);
        let (middle, half) = (q.atan2(p), ratio.acos());
        (ratio.abs() <= 1.0).then(|| (middle - half).rem_euclid(2.0 * PI).min((middle + half).rem_euclid(2.0 * PI)).to_degrees())
    });
    limits.min_by(f64::total_cmp).filter(|&limit| limit <= 180.0)
}

/// Smallest distance of the femur's ball from the pelvis in a posture, mm.
#[must_use]
pub fn bone_clearance_mm(posture: &Posture) -> f64 {
    let femur = posture.right_hip_rotation() * Vector3::from(FEMUR.0);
    PELVIS.iter().map(|&(centre, radius)| (Vector3::from(centre) - femur).norm() - FEMUR.1 - radius).fold(f64::INFINITY, f64::min)
}

/// How far the femur's ball can turn in a posture, in any direction, until it touches the pelvis; moved bodily in the femoral frame. Degrees.
#[must_use]
pub fn bone_room_deg(posture: &Posture, shift: &Vector3<f64>) -> f64 {
    let femur = posture.right_hip_rotation() * (Vector3::from(FEMUR.0) + shift);
    let room = |&(centre, radius): &([f64; 3], f64)| {
        let centre = Vector3::from(centre);
        let apart = FEMUR.1 + radius;
        let k = (femur.norm_squared() + centre.norm_squared() - apart * apart) / (2.0 * femur.norm() * centre.norm());
        (femur.angle(&centre) - if k < 1.0 { k.max(-1.0).acos() } else { f64::NEG_INFINITY }).to_degrees()
    };
    PELVIS.iter().map(room).fold(f64::INFINITY, f64::min)
}

/// The scene on either side, the femur scanned in another posture and 7 mm away from its planned place.
#[must_use]
pub fn scene(side: Side) -> RomScene {
    scene_of_balls(side, 90)
}

/// The same with balls of so many rings of facets; of 45 they are at most 0.006 mm inside the true ones.
#[must_use]
pub fn scene_of_balls(side: Side, rings: u32) -> RomScene {
    let lateral = side.lps_sign();
    let cup_centre = Point3::new(90.0 * lateral, 10.0, 40.0);
    let pelvic_frame = AnatomicalFrame::scanner(Point3::origin()).tilted_posteriorly(6.0);
    let scanned = Posture { flexion_deg: 12.0, adduction_deg: -6.0, internal_rotation_deg: 9.0 };
    let head_centre = cup_centre + Vector3::new(3.0 * lateral, -4.0, 5.0);
    let femoral_frame = AnatomicalFrame { origin: head_centre, rotation: pelvic_frame.rotation * scanned.rotation(side) };
    let cup_axis = CUP.axis(&pelvic_frame, side);
    let neck_axis = NECK.axis(&femoral_frame, side);
    let place = |frame: &AnatomicalFrame, centre: Point3<f64>, (local, radius): ([f64; 3], f64)| {
        ball(centre + frame.lps_vector(&as_right_hip(side, &Vector3::from(local))), radius, rings)
    };
    RomScene {
        side,
        pelvic_frame,
        femoral_frame,
        cup_centre,
        cup_axis,
        shell_centre: cup_centre,
        cup_outer_radius_mm: CUP_RADIUS_MM,
        neck_axis,
        oscillation_deg: oscillation_deg(),
        reduction: RomScene::reduction_of(&head_centre, &cup_centre),
        pelvis: PELVIS.map(|body| place(&pelvic_frame, cup_centre, body)).into(),
        cup: Some(along(cup_centre, &cup_axis, &liner())),
        femur: Some(place(&femoral_frame, head_centre, FEMUR)),
        stem: Some(along(head_centre, &neck_axis, &cylinder(NECK_RADIUS_MM, 24.0))),
        reaming_clearance_mm: RomScene::REAMING_CLEARANCE_MM,
    }
}

/// A stem with a collar of the given radius around the neck, 17 to 20 mm from the head centre.
#[must_use]
pub fn collared(scene: &RomScene, radius: f64) -> TriMesh {
    let profile = [(0.0, 0.0), (6.0, 0.0), (6.0, 17.0), (radius, 17.0), (radius, 20.0), (0.0, 20.0)];
    along(scene.femoral_frame.origin, &scene.neck_axis, &revolve(&profile, 240))
}

/// The scene with its femur wholly inside a pelvic ball of 20 mm, so that no surface crosses another, and how deep that is: the way from the
/// femur's ball, along the line of centres, to the nearest place of the other, mm.
#[must_use]
pub fn swallowed(side: Side) -> (RomScene, f64) {
    const AROUND_MM: f64 = 20.0;
    let mut scene = scene(side);
    // Where the femur's ball is as scanned, but for the reduction, and in the neutral posture: frames aligned.
    let [scanned, neutral] = [&scene.femoral_frame, &scene.pelvic_frame]
        .map(|frame| scene.cup_centre + frame.lps_vector(&as_right_hip(side, &Vector3::from(FEMUR.0))));
    scene.pelvis.push(ball(scanned, AROUND_MM, 90));
    (scene, AROUND_MM - ((neutral - scanned).norm() - FEMUR.1).abs())
}

/// A ball of inscribed triangles.
pub(super) fn ball(centre: Point3<f64>, radius: f64, rings: u32) -> TriMesh {
    let angle = |ring: u32| f64::from(ring) * PI / f64::from(rings);
    let profile: Vec<_> = (0..=rings).map(angle).map(|a| (radius * a.sin(), -radius * a.cos())).collect();
    revolve(&profile, 2 * rings).transformed(&Isometry3::from(Translation3::from(centre)))
}

fn cylinder(radius: f64, length: f64) -> TriMesh {
    revolve(&[(0.0, 0.0), (radius, 0.0), (radius, length), (0.0, length)], 240)
}

/// A hemispherical cup about +Z, its rim at the bearing's centre.
fn liner() -> TriMesh {
    let arc = |radius: f64| (0..=30).map(move |i| f64::from(i) * PI / 60.0).map(move |a| (radius * a.sin(), -radius * a.cos()));
    let profile: Vec<_> = arc(CUP_RADIUS_MM).chain(arc(HEAD_RADIUS_MM).collect::<Vec<_>>().into_iter().rev()).collect();
    revolve(&profile, 240)
}

fn along(origin: Point3<f64>, axis: &Vector3<f64>, mesh: &TriMesh) -> TriMesh {
    let turn = UnitQuaternion::rotation_between(&Vector3::z(), axis).unwrap_or_default();
    mesh.transformed(&Isometry3::from_parts(Translation3::from(origin), turn))
}
