//! The whole hip, bones and implants, stops where geometry says, on either side and in any posture of the pelvis.

use super::hip_scene::{CUP, NECK, bone_clearance_mm, bone_limit_deg, collared, oscillation_deg, scene, swallowed};
use coxa::{
    frames::Side,
    motion::{
        Couple, ImpingementEngine, Motion, MotionError, Posture, RomScene, RomTable, SceneBody, posture_of, range_of_motion,
        theoretical,
    },
    progress::{Progress, Silent},
};
use nalgebra::Vector3;

/// Contact of bones counts from 0.02 mm of depth on, and facets take 0.003 mm off two balls. A motion meets them as obliquely as 1 in 5
/// here, on levers of 60 mm: a tenth of a degree, always late.
const BONE_TOLERANCE_DEG: f64 = 0.1;
/// Motions of this hip that end on bone by both closed forms: flexion, adduction and both internal rotations.
const ON_BONE: usize = 4;

fn table(scene: &RomScene) -> RomTable {
    range_of_motion(scene, &Silent).unwrap()
}

#[test]
fn every_limit_is_the_closed_forms_and_the_balls() {
    for side in Side::BOTH {
        let table = table(&scene(side));
        assert!(table.findings.is_empty(), "{:?}", table.findings);
        let implant = theoretical::limits(&CUP, &NECK, oscillation_deg());
        let mut bony = 0;
        for ((row, motion), implant) in table.rows.iter().zip(Motion::ALL).zip(implant) {
            assert_eq!(row.motion, motion);
            assert!((row.implant_deg.unwrap() - implant.degrees().unwrap()).abs() < 1e-9, "{side} {motion}");
            let expected = bone_limit_deg(motion);
            assert_eq!(row.bone_deg.is_some(), expected.is_some(), "{side} {motion}: {:?} instead of {expected:?}", row.bone_deg);
            let error = (row.bone_deg.unwrap_or(0.0) - expected.unwrap_or(0.0)).abs();
            assert!(error < BONE_TOLERANCE_DEG, "{side} {motion}: {:?} instead of {expected:?}", row.bone_deg);
            let on_bone = expected.is_some_and(|bone| bone < implant.degrees().unwrap());
            let first = if on_bone { Couple::BoneBone } else { Couple::ImplantImplant };
            assert_eq!(row.first, Some(first), "{side} {motion}");
            bony += usize::from(row.first == Some(Couple::BoneBone));
        }
        assert_eq!(bony, ON_BONE, "{side}");
    }
}

#[test]
fn the_next_impingement_is_the_other_closed_form() {
    let table = table(&scene(Side::Right));
    let implant = theoretical::limits(&CUP, &NECK, oscillation_deg());
    for (row, implant) in table.rows.iter().zip(implant) {
        let of = |couple| row.limits.iter().find(|limit| limit.couple == couple).map(|limit| limit.degrees);
        assert!((of(Couple::ImplantImplant).unwrap() - implant.degrees().unwrap()).abs() < 1e-9, "{}", row.motion);
        let (found, expected) = (of(Couple::BoneBone), bone_limit_deg(row.motion));
        assert_eq!(found.is_some(), expected.is_some(), "{}", row.motion);
        assert!((found.unwrap_or(0.0) - expected.unwrap_or(0.0)).abs() < BONE_TOLERANCE_DEG, "{}", row.motion);
        assert!(row.limits.windows(2).all(|pair| pair[0].degrees <= pair[1].degrees));
        assert_eq!(row.limit_deg(), row.limits.first().map(|limit| limit.degrees));
        assert_eq!(row.next().map(|next| next.degrees), row.limits.get(1).map(|next| next.degrees));
    }
}

#[test]
fn a_hip_prepared_again_for_a_moved_cup_is_the_hip_prepared_anew() {
    let first = scene(Side::Left);
    let engine = ImpingementEngine::new(&first).unwrap();
    let moved = first.with_cup_moved(&nalgebra::Translation3::new(2.0, -1.0, 3.0));
    let again = engine.with_scene(&moved).unwrap().range_of_motion(&Silent).unwrap();
    assert_eq!(again, table(&moved));
    assert_ne!(again, table(&first));
}

#[test]
fn a_mirrored_hip_has_the_same_table_with_mirrored_contacts() {
    let (left, right) = (table(&scene(Side::Left)), table(&scene(Side::Right)));
    for (l, r) in left.rows.iter().zip(&right.rows) {
        assert!((l.implant_deg.unwrap() - r.implant_deg.unwrap()).abs() < 1e-9, "{}", l.motion);
        assert!((l.bone_deg.unwrap_or(0.0) - r.bone_deg.unwrap_or(0.0)).abs() < 0.05, "{}", l.motion);
        assert_eq!(l.first, r.first);
        let (l, r) = (l.contact.unwrap(), r.contact.unwrap());
        assert!((Vector3::new(-l.x, l.y, l.z) - r.coords).norm() < 0.5, "{l} mirrors {r}");
    }
}

#[test]
fn posterior_tilt_goes_from_extension_into_flexion() {
    let flat = scene(Side::Right);
    for tilt in [-7.0, 11.0] {
        let tilted = RomScene { pelvic_frame: flat.pelvic_frame.tilted_posteriorly(tilt), ..flat.clone() };
        let (before, after) = (table(&flat), table(&tilted));
        let implant = |table: &RomTable, row: usize| table.rows[row].implant_deg.unwrap();
        assert!((implant(&after, 0) - implant(&before, 0) - tilt).abs() < 1e-9);
        assert!((implant(&after, 1) - implant(&before, 1) + tilt).abs() < 1e-9);
        let bone = |table: &RomTable| table.rows[0].bone_deg.unwrap();
        assert!((bone(&after) - bone(&before) - tilt).abs() < 0.002, "the engine's own resolution");
    }
}

#[test]
fn a_posture_is_answered_with_distance_couple_and_place() {
    let scene = scene(Side::Left);
    let engine = ImpingementEngine::new(&scene).unwrap();
    for (f, a, r) in [(0.0, 0.0, 0.0), (60.0, 5.0, -10.0), (94.0, 0.0, 0.0), (30.0, 29.0, 20.0), (-10.0, -40.0, 15.0)] {
        let posture = Posture { flexion_deg: f, adduction_deg: a, internal_rotation_deg: r };
        let contact = engine.query(&posture);
        let found = contact.bone_clearance_mm.unwrap();
        // The neck may be nearer to the pelvis than the ball is: then the distance is less, never more.
        assert!(found < bone_clearance_mm(&posture) + 0.1, "{posture:?}: {found}");
        if contact.couple == Some(Couple::BoneBone) {
            assert!((found - bone_clearance_mm(&posture)).abs() < 0.1, "{posture:?}: {found}");
        }
        assert_eq!(contact.touches(), found < 0.0 || contact.implant_margin_deg < 0.0);
    }
    let limit = bone_limit_deg(Motion::Flexion).unwrap();
    let (free, hit) = (engine.query(&Motion::Flexion.posture(limit - 1.0)), engine.query(&Motion::Flexion.posture(limit + 1.0)));
    assert!(!free.touches() && hit.touches());
    assert_eq!(hit.touching, vec![[SceneBody::Femur, SceneBody::Pelvis(0)]]);
    assert!((free.point.unwrap() - hit.point.unwrap()).norm() < 3.0);
}

#[test]
fn the_femur_takes_the_posture_after_its_reduction() {
    let scene = scene(Side::Left);
    let engine = ImpingementEngine::new(&scene).unwrap();
    let pose = engine.femur_pose(&Motion::Flexion.posture(30.0));
    assert!((pose * scene.femoral_frame.origin - scene.cup_centre).norm() < 1e-9, "the head stays in the cup");
    let mut moved = scene.femoral_frame;
    moved.rotation = pose.rotation.to_rotation_matrix() * moved.rotation;
    let posture = posture_of(&scene.pelvic_frame, &moved, Side::Left);
    assert!((posture.flexion_deg - 30.0).abs() < 1e-9 && posture.adduction_deg.abs() < 1e-9);
}

#[test]
fn a_collar_that_meets_the_cup_before_the_neck_is_told() {
    let plain = scene(Side::Right);
    let collar = RomScene { stem: Some(collared(&plain, 9.0)), ..plain.clone() };
    let (without, with) = (table(&plain), table(&collar));
    let told = with.findings.iter().filter(|finding| finding.key == "finding-stem-meets-cup").count();
    assert_eq!(told, 8);
    for (a, b) in without.rows.iter().zip(&with.rows) {
        assert!(b.implant_deg.unwrap() < a.implant_deg.unwrap() - 1.0, "{}", a.motion);
    }
}

#[test]
fn contact_before_a_motion_begins_is_told_and_not_hidden() {
    let (scene, expected) = swallowed(Side::Right);
    let table = table(&scene);
    assert_eq!(table.rows[0].bone_deg, Some(0.0));
    assert_eq!(table.rows[0].first, Some(Couple::BoneBone));
    assert!(table.findings.iter().any(|finding| finding.key == "finding-motion-starts-in-contact"));
    // Which, how deep, likely why: the point of the femur's ball (8 mm) nearest to the middle of the bone about it (20 mm).
    let told = table.findings.iter().find(|finding| finding.key == "finding-motion-bone-in-bone").unwrap();
    let depth: f64 = told.values["depth"].parse().unwrap();
    assert!(told.text.contains("femur") && told.text.contains("pelvis") && (depth - expected).abs() < 0.2, "{}", told.text);
}

#[test]
fn bone_under_the_reamer_does_not_count_and_missing_bone_is_told() {
    let mut scene = scene(Side::Right);
    // A ball in the socket, where the reamer went: the neck would run through it.
    let neck = scene.neck_axis.into_inner();
    let femur = scene.femur.clone().unwrap();
    let middle = femur.vertices.iter().map(|p| p.coords).sum::<Vector3<f64>>() / femur.vertices.len() as f64;
    let into_socket = scene.cup_centre.coords + neck * 12.0 - middle;
    scene.pelvis = vec![femur.transformed(&nalgebra::Isometry3::from(nalgebra::Translation3::from(into_socket)))];
    scene.femur = None;
    let table = table(&scene);
    assert!(table.rows.iter().all(|row| row.bone_deg.is_none()));
    assert!(table.findings.iter().any(|finding| finding.key == "finding-motion-without-bone"));
}

#[test]
fn nonsense_is_refused_and_cancelling_works() {
    let good = scene(Side::Right);
    let empty = RomScene { femur: Some(coxa::mesh::TriMesh::default()), ..good.clone() };
    assert!(matches!(range_of_motion(&empty, &Silent), Err(MotionError::EmptyBody("femur"))));
    let impossible = RomScene { oscillation_deg: f64::NAN, ..good.clone() };
    assert!(matches!(range_of_motion(&impossible, &Silent), Err(MotionError::OutOfRange { .. })));
    struct Unwanted;
    impl Progress for Unwanted {
        fn report(&self, _stage: &str, _fraction: f64) {}
        fn cancelled(&self) -> bool {
            true
        }
    }
    assert!(matches!(range_of_motion(&good, &Unwanted), Err(MotionError::Cancelled)));
}
