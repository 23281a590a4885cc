//! Activities: read strictly, followed exactly, adapted to the spine, and told of a plan.

use super::hip_scene::{CUP, NECK, bone_clearance_mm, bone_limit_deg, bone_room_deg, collared, oscillation_deg, scene_of_balls};
use crate::support::shared;
use coxa::{
    anatomy::CupAngles,
    frames::{Side, angle_between},
    motion::{
        Activity, ActivityError, Couple, Demand, ImpingementEngine, Keyframe, Limit, Mobility, Motion, MotionError, NeckAngles,
        PelvicPosture, Posture, RomCase, RomScene, STANDING_TILT_DEG, Spinopelvic, Track,
        activity::{Evidence, Grade, Group, Name, margins, read_recording},
        combined_sagittal_index_deg, sagittal_index_zone_deg, theoretical,
    },
};
use nalgebra::Vector3;
use proptest::prelude::*;
use std::{fs, path::Path, process::Command};

fn case() -> RomCase {
    RomCase { cup: CUP, neck: NECK, oscillation_deg: oscillation_deg() }
}

fn keyframe(flexion_deg: f64, adduction_deg: f64, internal_rotation_deg: f64) -> Keyframe {
    Keyframe { flexion_deg, adduction_deg, internal_rotation_deg, pelvic_tilt_deg: 0.0 }
}

pub fn activity(id: &str, posture: PelvicPosture, demand: Demand) -> Activity {
    let name = Name { en: id.into(), zh: id.into() };
    let evidence = Evidence { grade: Grade::Illustrative, recalled: false, source: "a test".into() };
    Activity { id: id.into(), name, group: Group::Daily, posture, demand, evidence }
}

fn track(demand: &Demand) -> Track {
    Track::new(demand).unwrap()
}

#[test]
fn a_place_on_a_path_is_where_the_track_has_it() {
    let path = Demand::Path(vec![keyframe(0.0, 0.0, 0.0), keyframe(90.0, -10.0, 6.0), keyframe(70.0, -10.0, 26.0)]);
    for (part, expected) in
        [(0.0, [0.0, 0.0, 0.0]), (0.25, [45.0, -5.0, 3.0]), (0.75, [80.0, -10.0, 16.0]), (1.0, [70.0, -10.0, 26.0])]
    {
        let found = path.at(part).unwrap();
        assert_eq!([found.flexion_deg, found.adduction_deg, found.internal_rotation_deg], expected, "at {part}");
    }
    // Where a track is tightest is the posture of that place.
    let least = track(&path).least(&case());
    let posture = path.at(least.part).unwrap().posture();
    assert!(angle_between(&posture.right_hip_rotation(), &least.posture.right_hip_rotation()) < 1e-9);
    let still = Demand::Path(vec![Keyframe { pelvic_tilt_deg: 7.0, ..keyframe(30.0, 0.0, 0.0) }]);
    assert_eq!((still.at(0.4).unwrap().flexion_deg, still.at(1.0).unwrap().pelvic_tilt_deg), (30.0, 7.0));
    assert!(Demand::Arc { motion: Motion::Flexion, total_deg: 80.0 }.at(0.5).is_none());
}

#[test]
fn those_that_ship_are_whole_and_say_what_they_rest_on() {
    let all = Activity::shipped_with(&[]).unwrap();
    for id in [
        "passive-flexion",
        "iso-21535-rotation",
        "walking",
        "stairs-up",
        "rise-chair",
        "rise-low-seat",
        "shoe-on-floor",
        "shoe-on-thigh",
        "stooping",
        "squatting",
        "kneeling",
        "cross-legged",
        "seiza",
        "car",
        "pivot",
        "roll-in-bed",
        "posterior-dislocation-test",
        "fadir",
        "faber",
        "anterior-apprehension",
    ] {
        assert!(all.iter().any(|activity| activity.id == id), "no {id}");
    }
    assert_eq!(all.iter().filter(|activity| activity.group == Group::Passive).count(), 8);
    for activity in &all {
        // What was noted from memory says so.
        let from_memory = ["Johnston", "ISO 21535"].iter().any(|name| activity.evidence.source.contains(name));
        assert!(!from_memory || activity.evidence.recalled, "{}", activity.id);
        assert!(!activity.name.zh.is_ascii(), "{} has no Chinese name", activity.id);
        let least = track(&activity.demand).least(&case());
        assert!(least.margin_deg.is_finite() && (0.0..=1.0).contains(&least.part), "{}: {least:?}", activity.id);
    }
    let daily = Activity::named(&all, &["daily".into(), "fadir".into(), "walking".into()]).unwrap();
    assert_eq!(daily.iter().filter(|activity| activity.id == "walking").count(), 1);
    assert!(daily.iter().any(|activity| activity.id == "fadir"));
}

#[test]
fn a_single_posture_has_the_margin_worked_out_by_hand() {
    let cup = CupAngles { inclination_deg: 40.0, anteversion_deg: 20.0 };
    let case = RomCase { cup, neck: NECK, oscillation_deg: 2.0 * (6.0_f64 / 16.0).acos().to_degrees() };
    for (f, a, r, expected) in [(0.0, 0.0, 0.0, 37.177), (100.0, 10.0, 10.0, 12.421), (-15.0, 10.0, -30.0, 4.089)] {
        let least = track(&Demand::Path(vec![keyframe(f, a, r)])).least(&case);
        assert!((least.margin_deg - expected).abs() < 6e-4, "{least:?} instead of {expected}");
    }
}

prop_compose! {
    fn ordinary()(ri in 25.0..60.0, ra in -10.0..40.0, a in 30.0..55.0, b in -10.0..35.0, theta in 110.0..150.0) -> RomCase {
        let cup = CupAngles { inclination_deg: ri, anteversion_deg: ra };
        RomCase { cup, neck: NeckAngles { elevation_deg: a, anteversion_deg: b }, oscillation_deg: theta }
    }
}

prop_compose! {
    fn any_keyframe()(f in -30.0..130.0, a in -45.0..30.0, r in -50.0..50.0) -> Keyframe {
        keyframe(f, a, r)
    }
}

fn between(from: &Keyframe, to: &Keyframe, part: f64) -> Posture {
    let mix = |a: f64, b: f64| a + part * (b - a);
    Posture {
        flexion_deg: mix(from.flexion_deg, to.flexion_deg),
        adduction_deg: mix(from.adduction_deg, to.adduction_deg),
        internal_rotation_deg: mix(from.internal_rotation_deg, to.internal_rotation_deg),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Along any path no place has less room than the one that is told, though the path is stepped through 20 times as finely.
    #[test]
    fn the_least_margin_is_that_of_the_whole_path(case in ordinary(), path in proptest::collection::vec(any_keyframe(), 2..5)) {
        let least = track(&Demand::Path(path.clone())).least(&case);
        let (cup, neck) = (case.cup.right_hip_axis(), case.neck.right_hip_axis());
        let margin = |posture: &Posture| theoretical::margin_deg(&cup, &neck, case.oscillation_deg, posture);
        let mut stepped = f64::INFINITY;
        for pair in path.windows(2) {
            for step in 0..=4000 {
                stepped = stepped.min(margin(&between(&pair[0], &pair[1], f64::from(step) / 4000.0)));
            }
        }
        prop_assert!(least.margin_deg <= stepped + 1e-9, "{} at a step, {} told", stepped, least.margin_deg);
        prop_assert!(least.margin_deg > stepped - 1e-3, "{} at a step, {} told", stepped, least.margin_deg);
        prop_assert!((margin(&least.posture) - least.margin_deg).abs() < 1e-9);
    }

    /// A straight motion first touches at the closed form's limit, and is free exactly when it ends before.
    #[test]
    fn a_straight_motion_ends_where_the_closed_form_says(case in ordinary(), which in 0..8_usize) {
        let motion = Motion::ALL[which];
        let Limit::At(limit) = case.limits()[which] else { return Ok(()) };
        prop_assume!(limit > 2.0 && limit < 150.0);
        for (degrees, free) in [(limit - 1.0, true), (limit + 1.0, false)] {
            let motion = Demand::motion(motion, degrees);
            prop_assume!(motion.problem().is_none());
            let track = track(&motion);
            prop_assert_eq!(track.least(&case).margin_deg >= 0.0, free);
            prop_assert_eq!(track.first_contact(&case).is_none(), free);
            if let Some(first) = track.first_contact(&case) {
                let turned = angle_between(&Motion::ALL[which].posture(limit).right_hip_rotation(), &first.posture.right_hip_rotation());
                prop_assert!(turned.to_degrees() < 1e-5, "{}° from the limit", turned.to_degrees());
            }
        }
    }

    /// An arc fits exactly while it is no longer than both opposite motions together.
    #[test]
    fn an_arc_fits_while_both_motions_together_are_longer(case in ordinary(), which in 0..3_usize) {
        let (motion, one, other) = [(Motion::Flexion, 0, 1), (Motion::Adduction, 3, 2), (Motion::InternalRotation0, 4, 5)][which];
        let limits = case.limits();
        let (Limit::At(one), Limit::At(other)) = (limits[one], limits[other]) else { return Ok(()) };
        prop_assume!((3.0..178.0).contains(&(one + other)));
        let margin = |total_deg: f64| track(&Demand::Arc { motion, total_deg }).least(&case).margin_deg;
        prop_assert!(margin(one + other).abs() < 1e-6);
        prop_assert!(margin(one + other - 1.0) > 0.0 && margin(one + other + 1.0) < 0.0);
    }

    /// Property (i): what a pelvis tilts posteriorly under a femur that stays is taken from flexion, exactly.
    #[test]
    fn a_standing_pelvis_that_tilts_is_the_same_as_a_tilted_cup(case in ordinary(), tilt in -25.0..25.0_f64, at in any_keyframe()) {
        let asked = activity("asked", PelvicPosture::Standing, Demand::Path(vec![at]));
        let spine = Spinopelvic { standing_tilt_deg: Some(STANDING_TILT_DEG + tilt), ..Spinopelvic::default() };
        let adapted = track(&spine.adapted(&asked).demand).least(&case);
        let tilted = RomCase { cup: case.cup.tilted_posteriorly(tilt), ..case };
        prop_assert!((adapted.margin_deg - track(&asked.demand).least(&tilted).margin_deg).abs() < 1e-9);
        prop_assert!((adapted.posture.flexion_deg - (at.flexion_deg - tilt)).abs() < 1e-12);
    }
}

#[test]
fn posterior_tilt_lets_the_thigh_flex_further_and_extend_less_by_just_that() {
    let case = RomCase { oscillation_deg: 120.0, ..case() };
    let limits = case.limits().map(|limit| limit.degrees().unwrap());
    let spine = Spinopelvic { standing_tilt_deg: Some(STANDING_TILT_DEG + 8.0), ..Spinopelvic::default() };
    // The demand is what the thigh does in the room: with 8° of posterior tilt 8° more flexion and 8° less extension are free.
    for (motion, limit) in [(Motion::Flexion, limits[0] + 8.0), (Motion::Extension, limits[1] - 8.0)] {
        for (step, free) in [(-1e-6, true), (1e-6, false)] {
            let asked = activity("asked", PelvicPosture::Standing, Demand::motion(motion, limit + step));
            assert_eq!(track(&spine.adapted(&asked).demand).least(&case).margin_deg > 0.0, free, "{motion} {step}");
        }
    }
}

#[test]
fn a_stiff_spine_is_paid_for_by_the_hip_when_sitting_and_only_then() {
    let path = Demand::Path(vec![keyframe(0.0, 0.0, 0.0), keyframe(40.0, 0.0, 0.0), keyframe(100.0, 5.0, 10.0)]);
    let flexions = |posture: PelvicPosture, change: f64| -> Vec<f64> {
        let spine = Spinopelvic { slope_change_deg: Some(change), ..Spinopelvic::default() };
        let adapted = spine.adapted(&activity("asked", posture, path.clone()));
        assert!(adapted.demand.keyframes().iter().all(|k| k.adduction_deg == 0.0 || k.internal_rotation_deg == 10.0));
        adapted.demand.keyframes().iter().map(|k| k.flexion_deg).collect()
    };
    assert_eq!(flexions(PelvicPosture::Sitting, 20.0), [0.0, 40.0, 100.0], "the mean spine changes nothing");
    assert_eq!(flexions(PelvicPosture::Sitting, 5.0), [0.0, 47.5, 115.0], "15° that are not rolled back");
    assert_eq!(flexions(PelvicPosture::Sitting, 35.0), [0.0, 32.5, 85.0], "a hypermobile one spares the hip");
    for posture in [PelvicPosture::Standing, PelvicPosture::Supine] {
        assert_eq!(flexions(posture, 5.0), [0.0, 40.0, 100.0]);
    }
    let asked = activity("asked", PelvicPosture::Sitting, path);
    let left = |change: f64| {
        let spine = Spinopelvic { slope_change_deg: Some(change), ..Spinopelvic::default() };
        track(&spine.adapted(&asked).demand).least(&case()).margin_deg
    };
    assert!(left(5.0) < left(20.0) - 5.0 && left(20.0) < left(35.0), "{} {} {}", left(5.0), left(20.0), left(35.0));
}

#[test]
fn spines_are_classed_and_cups_seen_as_published() {
    let of = |change: f64| Spinopelvic { slope_change_deg: Some(change), ..Spinopelvic::default() }.mobility();
    let classes = [9.9, 10.0, 30.0, 30.1].map(of);
    use Mobility::{Hypermobile, Normal, Stiff};
    assert_eq!(classes, [Some(Stiff), Some(Normal), Some(Normal), Some(Hypermobile)]);
    let spine = Spinopelvic {
        supine_tilt_deg: Some(-4.0),
        standing_tilt_deg: Some(13.0),
        sitting_tilt_deg: Some(30.0),
        incidence_less_lordosis_deg: Some(11.0),
        slope_change_deg: None,
    };
    assert_eq!((spine.roll_back_deg(), spine.mobility(), spine.unbalanced()), (Some(17.0), Some(Normal), Some(true)));
    let cup = CupAngles { inclination_deg: 40.0, anteversion_deg: 15.0 };
    let standing = spine.functional_cup(&cup, PelvicPosture::Standing).unwrap();
    let sitting = spine.functional_cup(&cup, PelvicPosture::Sitting).unwrap();
    assert!((standing.anteversion_deg - 24.749).abs() < 6e-4, "{standing:?}");
    assert!((sitting.anteversion_deg - 36.450).abs() < 6e-4 && (sitting.inclination_deg - 50.523).abs() < 6e-4, "{sitting:?}");
    // Operative anteversion 19.279° grows by exactly the tilt; with the norm of the pelvic-femoral angle the index is in its zone.
    let index = combined_sagittal_index_deg(&standing, 180.0);
    assert!((index - (19.279 + 13.0 + 180.0)).abs() < 6e-4, "{index}");
    let (from, to) = sagittal_index_zone_deg(PelvicPosture::Standing).unwrap();
    assert!((from..=to).contains(&index) && sagittal_index_zone_deg(PelvicPosture::Supine).is_none());
    assert_eq!(Spinopelvic::default().functional_cup(&cup, PelvicPosture::Sitting), None);
    let wrong = Spinopelvic { standing_tilt_deg: Some(f64::NAN), ..Spinopelvic::default() };
    assert!(wrong.problem().unwrap().contains("the tilt standing"));
}

#[test]
fn bones_are_followed_along_the_whole_path_and_what_touches_first_is_told() {
    for side in Side::BOTH {
        let scene = scene_of_balls(side, 45);
        let engine = ImpingementEngine::new(&scene).unwrap();
        let path = |id: &str, to: &[f64]| {
            let keyframes = to.iter().map(|flexion| keyframe(*flexion, 0.0, 0.0)).collect();
            activity(id, PelvicPosture::Supine, Demand::Path(keyframes))
        };
        let (neck_limit, bone_limit) = (case().limits()[0].degrees().unwrap(), bone_limit_deg(Motion::Flexion).unwrap());
        let activities =
            [path("free", &[0.0, 60.0]), path("far", &[0.0, neck_limit + 5.0]), path("into bone", &[60.0, bone_limit + 40.0])];
        let found = margins(&activities, &scene.case().unwrap(), Some(&engine)).unwrap();
        for (activity, margin) in activities.iter().zip(&found) {
            let (from, to) = (activity.demand.keyframes()[0].flexion_deg, activity.demand.keyframes()[1].flexion_deg);
            let along = (0..=3000).map(|i| Motion::Flexion.posture(from + (to - from) * f64::from(i) / 3000.0));
            let expected = along.clone().map(|posture| bone_clearance_mm(&posture)).fold(f64::INFINITY, f64::min);
            let turn = along.map(|posture| bone_room_deg(&posture, &Vector3::zeros())).fold(f64::INFINITY, f64::min);
            let bone = margin.bone.unwrap();
            if expected > 0.0 {
                assert!(bone.contact.is_none() && !bone.touches());
                // The neck may be nearer to the pelvis than the ball is.
                assert!(bone.clearance_mm < expected * 1.1 + 0.15, "{side}: {bone:?} instead of {expected}");
                assert!(
                    bone.clearance_mm > expected - 0.02 || bone.couple == Couple::ImplantBone,
                    "{side}: {bone:?}, {expected}"
                );
                let least = bone.turn.unwrap();
                assert!(least.value < turn * 1.1 + 0.6, "{side}: {least:?} instead of {turn}");
                assert!(least.value > turn - 0.05 || least.couple == Couple::ImplantBone, "{side}: {least:?} instead of {turn}");
            } else {
                let contact = bone.contact.unwrap();
                assert!((contact.place.posture.flexion_deg - bone_limit).abs() < 0.1, "{side}: {contact:?}, {bone_limit}");
                assert!(bone.clearance_mm < 0.0 && bone.couple == Couple::BoneBone, "{side}: {bone:?}");
                assert_eq!((margin.couple, bone.turn.unwrap().value), (Couple::BoneBone, 0.0), "{side}");
            }
            assert_eq!(margin.exceeded, margin.margin_deg < 0.0 || expected < 0.0, "{side}: {margin:?}");
        }
        let neck = &found[1];
        assert!(neck.contact.is_some_and(|contact| (contact.posture.flexion_deg - neck_limit).abs() < 1e-5), "{neck:?}");
        assert!((neck.contact.unwrap().short_deg - 5.0).abs() < 1e-5, "{neck:?}");
        assert!((found[0].margin_deg - margins(&activities, &case(), None).unwrap()[0].margin_deg).abs() < 1e-9, "{side}");
    }
}

#[test]
fn a_collar_that_meets_the_cup_before_the_neck_does_is_told_along_a_path() {
    let plain = scene_of_balls(Side::Right, 45);
    let collar = RomScene { stem: Some(collared(&plain, 9.0)), ..plain.clone() };
    let flexed = Demand::Path(vec![keyframe(0.0, 0.0, 0.0), keyframe(50.0, 0.0, 0.0)]);
    let activities = [activity("flexed", PelvicPosture::Supine, flexed)];
    let [without, with] = [&plain, &collar].map(|scene| {
        let engine = ImpingementEngine::new(scene).unwrap();
        margins(&activities, &scene.case().unwrap(), Some(&engine)).unwrap().remove(0)
    });
    assert!(without.stem.is_none(), "{without:?}");
    let stem = with.stem.unwrap();
    assert_eq!(stem.couple, Couple::ImplantImplant);
    assert!(stem.value < with.margin_deg - 1.0 && stem.value >= 0.0, "{with:?}");
}

#[test]
fn what_cannot_be_followed_is_refused_without_a_file_too() {
    for (demand, phrase) in [
        (Demand::Path(Vec::new()), "no keyframes"),
        (Demand::Path(vec![keyframe(f64::NAN, 0.0, 0.0)]), "keyframe 1: flexion_deg is NaN"),
        (Demand::Path(vec![keyframe(0.0, 0.0, 0.0), keyframe(0.0, 70.0, 0.0)]), "keyframe 2: adduction_deg is 70"),
        (Demand::Arc { motion: Motion::Flexion, total_deg: f64::INFINITY }, "total_deg is inf"),
    ] {
        let told = activity("asked", PelvicPosture::Supine, demand.clone()).track().unwrap_err().to_string();
        assert!(told.contains("'asked'") && told.contains(phrase), "{told}");
        let error = Track::new(&demand).unwrap_err();
        assert!(matches!(&error, MotionError::Demand(_)) && error.to_string().contains(phrase), "{error}");
    }
}

/// One activity as text, with its path.
fn file(id: &str, path: &str) -> String {
    format!(
        "(\n    format_version: 1,\n    activities: [\n        (\n            id: \"{id}\",\n            name: (en: \"A\", zh: \"甲\"),\n            \
         group: Daily, posture: Standing,\n            demand: Path([{path}]),\n            \
         evidence: (grade: Illustrative, source: \"a test\"),\n        ),\n    ],\n)\n"
    )
}

#[track_caller]
fn refused(text: &str, phrases: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ours.ron");
    fs::write(&path, text).unwrap();
    let error = Activity::load(&path).unwrap_err().to_string();
    for phrase in ["ours.ron"].iter().chain(phrases) {
        assert!(error.contains(phrase), "'{phrase}' is not in: {error}");
    }
}

#[test]
fn a_bad_file_is_refused_with_file_line_and_field() {
    let good = file("ours", "(flexion_deg: 0), (flexion_deg: 90)");
    refused(&file("ours", ""), &["line 5", "'ours'", "no keyframes"]);
    refused(&file("ours", "(flexion_deg: NaN)"), &["line 5", "keyframe 1", "flexion_deg", "NaN"]);
    refused(&file("ours", "(flexion_deg: 0), (flexion_deg: 200)"), &["keyframe 2", "flexion_deg is 200", "160°"]);
    refused(&file("ours", "(adduction_deg: 0)"), &["line 8", "flexion_deg"]);
    refused(&file("ours", "(flexion_deg: 0, rotation: 3)"), &["line 8", "rotation"]);
    refused(&file("Our Own", "(flexion_deg: 0)"), &["line 5", "small letters"]);
    refused(&good.replace("zh: \"甲\"", "zh: \" \""), &["name.zh is empty"]);
    refused(&good.replace("Standing", "Floating"), &["line 7", "Floating"]);
    refused(&good.replace("format_version: 1", "format_version: 7"), &["version 7", "version 1"]);
    refused("(\n    format_version: 1,\n", &["line"]);
    refused("", &["line 1"]);
}

#[test]
fn a_hospital_adds_its_own_and_an_id_is_used_once() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, id: &str| {
        let path = folder.path().join(name);
        fs::write(&path, file(id, "(flexion_deg: 0), (flexion_deg: 90)")).unwrap();
        path
    };
    let own = write("own.ron", "own");
    let shipped = Activity::shipped_with(&[]).unwrap().len();
    assert_eq!(Activity::shipped_with(std::slice::from_ref(&own)).unwrap().len(), shipped + 1);
    assert_eq!(Activity::shipped_with(&[folder.path().into()]).unwrap().len(), shipped + 1);
    let again = write("again.ron", "walking");
    let error = Activity::shipped_with(&[again]).unwrap_err();
    assert!(matches!(&error, ActivityError::Twice { id, .. } if id == "walking") && error.to_string().contains("again.ron"));
    let error = Activity::named(&Activity::shipped_with(&[]).unwrap(), &["skiing".into()]).unwrap_err().to_string();
    assert!(error.contains("'skiing'") && error.contains("walking") && error.contains("daily"), "{error}");
    assert!(Activity::load(Path::new("/no/such/file.ron")).unwrap_err().to_string().contains("cannot be read"));
}

fn recorded(path: &Path, side: Side) -> Result<Activity, ActivityError> {
    read_recording(path, side, PelvicPosture::Standing, Name { en: "recorded".into(), zh: "记录".into() })
}

#[test]
fn a_real_recording_is_read_for_either_side_in_degrees_and_radians() {
    let Some(path) = shared("data/motion_opencap/squats1_videoAndMocap.mot") else { return };
    let deepest = |activity: &Activity| activity.demand.keyframes().iter().map(|k| k.flexion_deg).fold(f64::MIN, f64::max);
    let (right, left) = (recorded(&path, Side::Right).unwrap(), recorded(&path, Side::Left).unwrap());
    assert_eq!(right.demand.keyframes().len(), 801);
    assert!((deepest(&right) - 105.70007817).abs() < 1e-9 && (deepest(&left) - 105.64314904).abs() < 1e-9);
    let first = right.demand.keyframes()[0];
    let expected = [1.25937886, -7.42922961, -0.35468423, -2.91750765];
    let found = [first.flexion_deg, first.adduction_deg, first.internal_rotation_deg, first.pelvic_tilt_deg];
    assert_eq!(found, expected);
    // The same in radians: time and translations are no angles, but are not read.
    let text = fs::read_to_string(&path).unwrap();
    let (header, rows) =
        text.split_once("subtalar_angle_r").map(|_| text.split_at(text.find("      0.00000000").unwrap())).unwrap();
    let radians: String = rows
        .lines()
        .map(|line| {
            let cells: Vec<String> =
                line.split_whitespace().map(|cell| format!("{:.12}", cell.parse::<f64>().unwrap().to_radians())).collect();
            cells.join("\t") + "\n"
        })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let in_radians = folder.path().join("radians.mot");
    fs::write(&in_radians, header.replace("inDegrees=yes", "inDegrees=no") + &radians).unwrap();
    let again = recorded(&in_radians, Side::Right).unwrap();
    assert!((deepest(&again) - deepest(&right)).abs() < 1e-7);
    // A header that says the other unit is noticed either way, and nothing is guessed.
    let header_line = header.lines().position(|line| line.starts_with("inDegrees")).unwrap() + 1;
    for (name, text, phrases) in [
        ("degrees.mot", header.to_owned() + &radians, ["says inDegrees=yes", "look like radians", "to inDegrees=no"]),
        (
            "turned.mot",
            header.replace("inDegrees=yes", "inDegrees=no") + rows,
            ["says inDegrees=no", "look like degrees", "to inDegrees=yes"],
        ),
    ] {
        let wrong = folder.path().join(name);
        fs::write(&wrong, text).unwrap();
        for side in Side::BOTH {
            let said = recorded(&wrong, side).unwrap_err().to_string();
            assert!(said.contains(name) && said.contains(&format!("line {header_line} says")), "{said}");
            assert!(phrases.iter().all(|phrase| said.contains(phrase)), "{said}");
        }
    }
    // With it a hip is asked: 105.7° of flexion in abduction leave room under this cup.
    let least = track(&right.demand).least(&case());
    assert!(least.posture.flexion_deg > 90.0 && least.margin_deg > 0.0, "{least:?}");
}

#[test]
fn a_bad_recording_is_refused_with_what_is_missing() {
    const HEADER: &str = "Coordinates\nversion=1\nnRows=2\nnColumns=4\ninDegrees=yes\nendheader\n";
    const ROWS: &str = "time hip_flexion_r hip_adduction_r hip_rotation_r\n0 1 2 3\n0.1 4 5 6\n";
    let folder = tempfile::tempdir().unwrap();
    let read = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        recorded(&path, Side::Right)
    };
    let good = format!("{HEADER}{ROWS}");
    assert_eq!(read("good.mot", &good).unwrap().demand.keyframes()[1], keyframe(4.0, 5.0, 6.0));
    for (name, text, phrase) in [
        ("a.mot", good.replace("_r", "_l"), "hip_flexion_r, hip_adduction_r, hip_rotation_r are missing"),
        ("a.mot", good.replace("hip_rotation_r", "hip_turn"), "hip_rotation_r are missing; it has time"),
        ("a.mot", good.replace("inDegrees=yes\n", ""), "inDegrees"),
        ("a.mot", good.replace("inDegrees=yes", "inDegrees=maybe"), "inDegrees=maybe"),
        ("a.mot", good.replace("nRows=2", "nRows=3"), "nRows=3, found 2"),
        ("a.mot", good.replace("endheader\n", ""), "endheader"),
        ("a.mot", good.replace("0.1 4 5 6", "0.1 4 5"), "line 9 has 3 numbers, there are 4"),
        ("a.mot", good.replace("4 5 6", "4 five 6"), "line 9, column 'hip_adduction_r': expected a number, found 'five'"),
        ("a.mot", good.replace("4 5 6", "400 5 6"), "line 9: flexion_deg is 400"),
        ("a.mot", good.replace("4 5 6", "nan 5 6"), "line 9: flexion_deg is NaN"),
        (
            "a.mot",
            good.replace("1 2 3", "0 1 2").replace("4 5 6", "0 0.5 -3.1"),
            "line 5 says inDegrees=yes, but no hip angle is larger than that on line 9, hip_rotation_r = -3.1",
        ),
        ("a.mot", good.replace("1 2 3", "0 1 2").replace("4 5 6", "0 0.5 -3.1"), "give the motion as .csv"),
        (
            "a.mot",
            good.replace("=yes", "=no").replace("5 6", "5 6.5"),
            "line 5 says inDegrees=no, but on line 9 hip_rotation_r is 6.5, which would be 372°",
        ),
        ("a.csv", "flexion_deg,adduction_deg\n1,2\n".into(), "internal_rotation_deg are missing"),
        ("a.csv", "flexion_deg,adduction_deg,internal_rotation_deg\n".into(), "no rows"),
        ("a.txt", good.clone(), ".mot"),
    ] {
        let error = read(name, &text).unwrap_err().to_string();
        assert!(error.contains(phrase) && error.contains(name), "'{phrase}' is not in: {error}");
    }
    // A hip that does not move is the same in either unit, and a table that names its unit is believed.
    let still = good.replace("1 2 3", "0 0 0").replace("4 5 6", "0 0 0");
    assert_eq!(read("still.mot", &still).unwrap().demand.keyframes()[1], keyframe(0.0, 0.0, 0.0));
    let little = "flexion_deg,adduction_deg,internal_rotation_deg\n1,2,3\n0.5,1,2\n";
    assert_eq!(read("little.csv", little).unwrap().demand.keyframes()[0], keyframe(1.0, 2.0, 3.0));
    let csv = "\u{feff}time,flexion_deg,adduction_deg,internal_rotation_deg,pelvic_tilt_deg\r\n0, 90,10,20,15\r\n";
    assert_eq!(
        read("good.csv", csv).unwrap().demand.keyframes()[0],
        Keyframe { pelvic_tilt_deg: 15.0, ..keyframe(90.0, 10.0, 20.0) }
    );
}

fn coxa(arguments: &[&str]) -> (bool, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_coxa")).args(arguments).output().unwrap();
    let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (output.status.success(), out, err)
}

#[test]
fn a_plan_is_asked_on_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let made = crate::storage::made(&folder.path().join("case"));
    let case = made.path().to_str().unwrap();
    let (good, out, err) =
        coxa(&["rom", case, "--activities", "passive,fadir", "--standing-ss", "40", "--sitting-ss", "35", "--json"]);
    assert!(good, "{err}");
    let value: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(value["activities"].as_array().unwrap().len(), 9);
    assert_eq!(value["spinopelvic_mobility"], "stiff");
    assert_eq!(value["disclaimer"], coxa::DISCLAIMER);
    assert!(value["scope"].as_str().unwrap().contains("no limit is a safe limit"));
    for activity in value["activities"].as_array().unwrap() {
        assert!(activity["result"]["margin_deg"].is_f64() && activity["margin_sd_deg"].as_f64().unwrap() > 1.0, "{activity}");
    }
    let spine =
        ["--standing-tilt", "2", "--sitting-tilt", "20", "--standing-pfa", "180", "--sitting-pfa", "130", "--pi-ll", "12"];
    for language in ["en", "zh"] {
        let (good, out, err) = coxa(&[&["rom", case, "--language", language][..], &spine].concat());
        assert!(good && !out.contains('⟨') && out.contains("205°") && out.contains("185°"), "{err}{out}");
        let (good, out, err) = coxa(&["rom", case, "--activities", "all", "--implants-only", "--language", language]);
        assert!(good && !out.contains('⟨') && out.lines().count() > 40, "{err}{out}");
        let (good, out, _) = coxa(&["rom", "--list", "--language", language]);
        assert!(good && out.contains("walking") && !out.contains('⟨'));
        let svg = folder.path().join(format!("{language}.svg"));
        let (good, out, err) = coxa(&["zone", case, "--svg", svg.to_str().unwrap(), "--language", language]);
        assert!(good && !out.contains('⟨'), "{err}{out}");
        let drawn = fs::read_to_string(&svg).unwrap();
        assert!(drawn.contains("</svg>") && drawn.contains("<circle") && !drawn.contains('⟨') && !drawn.contains("NaN"));
        let (good, out, err) = coxa(&["uncertainty", case, "--samples", "200", "--language", language]);
        assert!(good && !out.contains('⟨'), "{err}{out}");
    }
    // Asked instead of the plan, with bones and without.
    let instead =
        ["--stem-version", "5", "--neck-length", "3.5", "--leg-length", "-2", "--offset", "1", "--liner-positions", "-3"];
    for further in [&["--json"][..], &["--json", "--implants-only"]] {
        let (good, out, err) = coxa(&[&["zone", case], &instead[..], further].concat());
        assert!(good, "{err}");
        let value: serde_json::Value = serde_json::from_str(&out).unwrap();
        let zone = &value["zone"];
        assert_eq!(zone["couple_at_nodes"].as_array().unwrap().len(), zone["margins_deg"].as_array().unwrap().len());
        assert!(value["instead"].as_str().unwrap().contains("--neck-length 3.5") && value["plan_margin_deg"].is_f64(), "{value}");
        assert!(zone["margins_deg"].as_array().unwrap().iter().all(serde_json::Value::is_f64));
    }
    let (good, out, err) = coxa(&["bench", "zone", case, "--activities", "clinical"]);
    let line: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert!(good && line["cells"] == 1681 && line["coarse_cells"] == 121 && line["fine_ms"].is_f64(), "{err}{out}");
    for (arguments, phrase) in [
        (["zone", case, "--stem-version", "90"], "expected"),
        (["zone", case, "--head", "head-of-nobody"], "head-of-nobody"),
        (["zone", case, "--liner", "liner-of-nobody"], "liner-of-nobody"),
        (["rom", case, "--activities", "skiing"], "skiing"),
        (["rom", case, "--standing-tilt", "NaN"], "no angle of a pelvis"),
        (["rom", case, "--recording", "/no/such.mot"], "/no/such.mot"),
        (["zone", case, "--frame", "sitting"], "--sitting-tilt"),
        (["uncertainty", case, "--preset", "magic"], "freehand, guide, navigated, robot"),
        (["zone", case, "--plan", "9"], "0009"),
        (["rom", case, "--standing-ss", "40"], "--sitting-ss"),
    ] {
        let (good, _, err) = coxa(&arguments);
        assert!(!good && err.contains(phrase) && !err.contains("panicked"), "{arguments:?}: {err}");
    }
}
