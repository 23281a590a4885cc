//! How far the femur can still turn until bone is met: against balls, whose answer is a formula, and against real bones and the meshes'
//! own contact.

use super::{
    hip_scene::{self, scene},
    support::{shapes::sphere, vsd},
};
use coxa::{
    anatomy::measure,
    frames::Side,
    implants::{Bearing, Catalogue, Cup, geometry::revolve},
    motion::{
        Activity, BoneRoom, Couple, CupReach, Demand, ENOUGH_DEG, FemurChange, ImpingementEngine, Keyframe, Motion, Posture,
        RomScene, Track,
    },
    plan::{PlanSettings, first_plan},
    progress::Silent,
};
use nalgebra::{Rotation3, Unit, Vector3};

fn postures() -> Vec<Posture> {
    let mut found = Vec::new();
    for flexion_deg in [-25.0, 0.0, 30.0, 65.0, 95.0, 120.0] {
        for adduction_deg in [-35.0, 0.0, 20.0] {
            for internal_rotation_deg in [-40.0, 5.0, 30.0] {
                found.push(Posture { flexion_deg, adduction_deg, internal_rotation_deg });
            }
        }
    }
    found
}

/// Balls on balls: the angle between their centres less that at which they touch.
#[test]
fn balls_have_the_room_that_their_triangle_says() {
    for side in Side::BOTH {
        let room = BoneRoom::new(&scene(side), 40.0).unwrap().unwrap();
        let bones = room.moving(&FemurChange::default());
        let (mut worst, mut counted) = (0.0_f64, 0);
        for posture in postures() {
            let expected = hip_scene::bone_room_deg(&posture, &Vector3::zeros());
            let (found, couple) = room.margin_deg(&bones, &posture, ENOUGH_DEG);
            if expected > 0.3 && expected < ENOUGH_DEG {
                worst = worst.max((found - expected).abs());
                counted += 1;
                assert!((found - expected).abs() < 0.15 && couple == Couple::BoneBone, "{posture:?}: {found} not {expected}");
            } else if expected < -0.3 {
                assert!(found < 0.0, "{posture:?}: {found} instead of {expected}");
            }
        }
        eprintln!("{side}: {counted} postures, largest difference {worst:.3}°");
        assert!(counted > 15);
    }
}

/// Along a path the least is that of fine steps; version, neck length and leg length move the ball as they say.
#[test]
fn paths_and_changes_of_the_femur_follow_the_same_formula() {
    let room = BoneRoom::new(&scene(Side::Right), 40.0).unwrap().unwrap();
    let track = Track::new(&Demand::motion(Motion::Flexion, 130.0)).unwrap();
    let neck = hip_scene::NECK.right_hip_axis().into_inner() * 40.0;
    for change in [
        FemurChange::default(),
        FemurChange { neck_length_mm: 5.0, ..FemurChange::default() },
        FemurChange { leg_length_mm: 8.0, offset_mm: -3.0, ..FemurChange::default() },
        FemurChange { stem_version_deg: 12.0, ..FemurChange::default() },
    ] {
        let turned = Rotation3::from_axis_angle(&Vector3::y_axis(), -change.stem_version_deg.to_radians()) * neck;
        let shift = turned - neck
            + turned.normalize() * change.neck_length_mm
            + Vector3::new(0.0, -change.leg_length_mm, change.offset_mm);
        let steps = (0..=1300).map(|i| Motion::Flexion.posture(f64::from(i) / 10.0));
        let expected = steps.map(|posture| hip_scene::bone_room_deg(&posture, &shift)).fold(f64::INFINITY, f64::min);
        let found = room.least(&room.moving(&change), &track, ENOUGH_DEG);
        eprintln!("{change:?}: {found:?}, formula {expected:.3}°");
        match found {
            Some(least) if expected > 0.3 => assert!((least.margin_deg - expected).abs() < 0.15, "{least:?} not {expected}"),
            Some(least) => assert!(least.margin_deg < 0.3, "{least:?} not {expected}"),
            None => assert!(expected >= ENOUGH_DEG - 0.15, "{expected}"),
        }
    }
    let arc = Track::new(&Demand::Arc { motion: Motion::Flexion, total_deg: 100.0 }).unwrap();
    assert!(room.least(&room.moving(&FemurChange::default()), &arc, ENOUGH_DEG).is_none());
}

/// Real bones: what the meshes say touches has no room, what they say is apart has, at least as much as its clearance on its lever; and no
/// turn by less than the room brings contact.
#[test]
fn real_bones_touch_where_their_meshes_do() {
    let Some(bones) = vsd::subject("z023") else { return };
    let (catalogue, anatomy) = (Catalogue::shipped().unwrap(), measure(&bones, None, &Silent).unwrap());
    let (mut touching, mut close) = (0, 0);
    for side in Side::BOTH {
        let plan = first_plan(&anatomy, &catalogue, side, &bones.meshes, &PlanSettings::default()).unwrap();
        let scene = RomScene::of_plan(&plan, &catalogue, &anatomy, &bones.meshes).unwrap().unwrap();
        // Cup and neck have words of their own.
        let engine = ImpingementEngine::new(&RomScene { cup: None, ..scene.clone() }).unwrap();
        let room = BoneRoom::new(&scene, 40.0).unwrap().unwrap();
        let moving = room.moving(&FemurChange::default());
        let mut seed = 1_u32;
        let mut dice = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(seed >> 8) / f64::from(1 << 24) * 2.0 - 1.0
        };
        for posture in postures() {
            let clearance = engine.query(&posture).bone_clearance_mm.unwrap();
            let (margin, _) = room.margin_deg(&moving, &posture, ENOUGH_DEG);
            if clearance < -0.2 {
                touching += 1;
                assert!(margin < 0.0, "{side} {posture:?}: {clearance:.2} mm, {margin:.2}°");
                continue;
            }
            if clearance < 0.2 {
                continue;
            }
            assert!(margin > 0.0, "{side} {posture:?}: {clearance:.2} mm, {margin:.2}°");
            // Nothing of the pelvis is further from the joint than 200 mm.
            assert!(margin > (clearance / 200.0).to_degrees() - 0.1, "{side} {posture:?}: {clearance:.2} mm, {margin:.2}°");
            if margin < 15.0 {
                close += 1;
                for _ in 0..10 {
                    let axis = Unit::new_normalize(Vector3::new(dice(), dice(), dice()));
                    let turn = Rotation3::from_axis_angle(&axis, (margin - 0.2).max(0.0).to_radians());
                    let near = Posture::of_rotation(&(turn * posture.right_hip_rotation()), Side::Right);
                    let clearance = engine.query(&near).bone_clearance_mm.unwrap();
                    assert!(clearance > -0.1, "{side} {posture:?} turned by {margin:.2}° less 0.2°: {clearance:.2} mm");
                }
            }
        }
    }
    eprintln!("{touching} postures touch, {close} are within 15° of it");
    assert!(touching > 5 && close > 5);
}

/// Where the meshes' exact limit of a passive motion is, spheres have no room left: 0.5°, which a graze along a motion needs where the spheres
/// on either side of it do not meet yet.
#[test]
fn spheres_have_no_room_left_where_meshes_first_touch() {
    let Some(bones) = vsd::subject("z023") else { return };
    let (catalogue, anatomy) = (Catalogue::shipped().unwrap(), measure(&bones, None, &Silent).unwrap());
    let (mut counted, mut worst) = (0, 0.0_f64);
    for side in Side::BOTH {
        let plan = first_plan(&anatomy, &catalogue, side, &bones.meshes, &PlanSettings::default()).unwrap();
        let scene = RomScene::of_plan(&plan, &catalogue, &anatomy, &bones.meshes).unwrap().unwrap();
        let scene = RomScene { cup: None, ..scene };
        let table = ImpingementEngine::new(&scene).unwrap().range_of_motion(&Silent).unwrap();
        let room = BoneRoom::new(&scene, 40.0).unwrap().unwrap();
        let moving = room.moving(&FemurChange::default());
        for row in &table.rows {
            let Some(limit) = row.bone_deg.filter(|degrees| *degrees > 0.0) else { continue };
            let (margin, _) = room.margin_deg(&moving, &row.motion.posture(limit), ENOUGH_DEG);
            (counted, worst) = (counted + 1, worst.max(margin.abs()));
            assert!(margin.abs() < 0.5, "{side} {}: {margin:.2}° left at {limit:.2}°", row.motion);
        }
    }
    eprintln!("{counted} limits, at the worst {worst:.2}° left");
    assert!(counted > 8);
}

/// Bone that was reamed about another centre than the joint's: in the cavity nothing is inside, and its wall is met like any other bone.
#[test]
fn what_moves_in_a_cavity_beside_the_joint_has_room_up_to_its_wall() {
    let mut scene = scene(Side::Right);
    let head = scene.reduction.inverse() * scene.cup_centre;
    let (wards, around) = (Vector3::new(0.2, 0.9, -0.3).normalize(), Vector3::new(0.9, -0.2, 0.0).normalize());
    let pelvic = |local: Vector3<f64>| scene.pelvic_frame.lps_vector(&local);
    // Half a ball of bone, reamed 26 mm about a centre 3 mm away.
    let bone = sphere(scene.cup_centre + pelvic(wards * 20.0), 30.0, 90);
    let shell = scene.cup_centre + pelvic(wards * 3.0);
    (scene.pelvis, scene.shell_centre, scene.femur) = (vec![bone], shell, None);
    (scene.cup_outer_radius_mm, scene.reaming_clearance_mm) = (25.5, 0.5);
    // On the sphere of 27 mm about the joint the wall runs 67.5° from the way the cavity lies, the bone's own surface 77.8°.
    let wall = ((27.0_f64.powi(2) + 9.0 - 26.0_f64.powi(2)) / (2.0 * 27.0 * 3.0)).acos().to_degrees();
    for (off, expected) in [(40.0_f64, wall - 40.0), (60.0, wall - 60.0), (70.0, wall - 70.0)] {
        let place = wards * off.to_radians().cos() + around * off.to_radians().sin();
        scene.stem = Some(sphere(head + scene.femoral_frame.lps_vector(&(place * 27.0)), 0.4, 24));
        let room = BoneRoom::new(&scene, 40.0).unwrap().unwrap();
        let (found, couple) = room.margin_deg(&room.moving(&FemurChange::default()), &Posture::default(), ENOUGH_DEG);
        let expected = expected - (0.4_f64 / 27.0).to_degrees();
        assert!((found - expected).abs() < 0.2 && couple == Couple::ImplantBone, "{off}: {found} instead of {expected}");
    }
}

/// A post of bone on a hemispherical cup: the neck of the closed form, made of bone.
#[test]
fn bone_on_the_cup_is_a_neck_on_its_rim() {
    let mut scene = scene(Side::Right);
    // 20 mm from the head's centre, 4 mm thick, along the neck: between the bearing at 16 mm and the shell at 26 mm.
    let post = revolve(&[(0.0, 10.0), (4.0, 10.0), (4.0, 40.0), (0.0, 40.0)], 180);
    let turn = nalgebra::UnitQuaternion::rotation_between(&Vector3::z(), &scene.neck_axis).unwrap();
    scene.femur = Some(post.transformed(&nalgebra::Isometry3::from_parts(scene.femoral_frame.origin.into(), turn)));
    let room = BoneRoom::new(&scene, 40.0).unwrap().unwrap();
    let moving = room.moving(&FemurChange::default());
    let cup = Cup { outer_diameter_mm: 52.0, head_diameter_mm: 32.0, shell_thickness_mm: 4.0, ..Cup::default() };
    let reach = CupReach::new(&cup, &Bearing::of(&cup, None));
    assert!(reach.reaches(&moving));
    let (axis, neck) = (hip_scene::CUP.right_hip_axis(), hip_scene::NECK.right_hip_axis());
    for posture in postures() {
        let lean = axis.angle(&(posture.right_hip_rotation() * neck.into_inner())).to_degrees();
        // Of the spheres looked at the innermost, of 16 mm, has the least room.
        let expected = 90.0 - lean - (4.0_f64 / 16.0).asin().to_degrees();
        let found = reach.margin_deg(&moving, &axis, &posture, 180.0);
        assert!((found - expected).abs() < 0.1, "{posture:?}: {found} instead of {expected}");
    }
    let track = Track::new(&Demand::Path(vec![Keyframe { flexion_deg: 40.0, ..Keyframe::default() }])).unwrap();
    assert!(room.least(&moving, &track, ENOUGH_DEG).is_none_or(|least| least.part == 0.0));
    assert!(Activity::shipped_with(&[]).unwrap().iter().all(|activity| activity.track().is_ok()));
}
