//! Zone, remedies and scatter on bones: against balls whose answer is a formula, and on real bones against the parts followed one by one.

use super::{
    activities::activity,
    hip_scene::{self, scene},
    support::vsd,
};
use coxa::{
    anatomy::{CupAngles, measure},
    frames::Side,
    i18n::{Language, Texts},
    implants::Catalogue,
    motion::{
        Activity, BoneRoom, Couple, CupReach, Demand, ENOUGH_DEG, FemurChange, ImpingementEngine, Motion, MotionError,
        NeckInLiner, PelvicPosture, RomCase, activity::margins,
    },
    plan::{PlanSettings, first_plan},
    progress::{Progress, Silent},
    report::danger_in_words,
    risk::{
        BoneScatter, Danger, HipRoom, RESERVE_DEG, Source, Spread, SpreadSettings, TargetZone, Variant, ZoneGrid, ZoneRequest,
        dangers_on_bones, uncertainty, uncertainty_on_bones,
    },
};
use nalgebra::{Rotation3, Vector3};
use rayon::prelude::*;

/// The balls' hip with a cup of these angles.
fn balls(cup: CupAngles) -> HipRoom {
    let case = RomCase { cup, neck: hip_scene::NECK, oscillation_deg: hip_scene::oscillation_deg() };
    let bones = BoneRoom::new(&scene(Side::Right), 40.0).unwrap();
    HipRoom { joint: NeckInLiner::from(&case), bones, reach: CupReach::default() }
}

fn flexion(degrees: f64) -> Vec<Activity> {
    vec![activity("flexion", PelvicPosture::Supine, Demand::motion(Motion::Flexion, degrees))]
}

/// Least room of the balls along flexion after a change of the femur, by the formula.
fn formula(change: &FemurChange, degrees: f64) -> f64 {
    let neck = hip_scene::NECK.right_hip_axis().into_inner() * 40.0;
    let turned = Rotation3::from_axis_angle(&Vector3::y_axis(), -change.stem_version_deg.to_radians()) * neck;
    let shift =
        turned - neck + turned.normalize() * change.neck_length_mm + Vector3::new(0.0, -change.leg_length_mm, change.offset_mm);
    let steps = (0..=(degrees * 10.0) as i32).map(|tenth| Motion::Flexion.posture(f64::from(tenth) / 10.0));
    steps.map(|posture| hip_scene::bone_room_deg(&posture, &shift)).fold(f64::INFINITY, f64::min)
}

fn said(hip: &HipRoom, activities: &[Activity]) -> Vec<Danger> {
    let case = hip.joint.case();
    let mut scene = scene(Side::Right);
    scene.cup_axis = case.cup.axis(&scene.pelvic_frame, Side::Right);
    scene.cup = None;
    let engine = ImpingementEngine::new(&scene).unwrap();
    let found = margins(activities, &hip.joint, Some(&engine)).unwrap();
    dangers_on_bones(Side::Right, activities, &found, hip, &[], &[]).unwrap()
}

/// Bone that meets has a change that takes it away, as the formula confirms, and it is said.
#[test]
fn bone_that_meets_has_remedies_of_its_own() {
    let limit = hip_scene::bone_limit_deg(Motion::Flexion).unwrap();
    let (hip, activities) = (balls(CupAngles { anteversion_deg: 30.0, ..hip_scene::CUP }), flexion(limit + 2.0));
    let dangers = said(&hip, &activities);
    let danger = dangers.iter().find(|danger| danger.clearance_mm.is_some()).unwrap();
    assert!(danger.exceeded && danger.searched && danger.couple == Couple::BoneBone, "{danger:?}");
    let offer = danger.offer.as_ref().unwrap();
    let change = offer.remedy.femur();
    let (before, after) = (formula(&FemurChange::default(), limit + 2.0), formula(&change, limit + 2.0));
    eprintln!("{change:?}: {before:.2}° before, {after:.2}° after");
    assert!(before < 0.0 && after > 0.0 && !offer.bone.unwrap().meets(), "{offer:?}");
    if let Some(least) = offer.bone.unwrap().least {
        assert!((least.margin_deg - after).abs() < 0.15, "{least:?} instead of {after}");
    } else {
        assert!(after > RESERVE_DEG - 0.15, "{after}");
    }
    for language in Language::ALL {
        let sentence = danger_in_words(danger, &activities, &Texts::new(language));
        eprintln!("{sentence}");
        assert!(!sentence.contains('⟨') && !sentence.contains(&Texts::new(language).get("remedy-bone")));
    }
}

/// A change that frees the neck where bone meets all the same says so.
#[test]
fn a_remedy_for_the_neck_that_leaves_bone_says_so() {
    let limit = hip_scene::bone_limit_deg(Motion::Flexion).unwrap();
    let activities = flexion(limit + 2.0);
    let hip = balls(CupAngles { anteversion_deg: -8.0, ..hip_scene::CUP });
    let dangers = said(&hip, &activities);
    let neck = dangers.iter().find(|danger| danger.clearance_mm.is_none()).unwrap();
    let offer = neck.offer.as_ref().unwrap();
    assert!(offer.margin_deg > 0.0 && offer.bone.unwrap().meets(), "{offer:?}");
    let texts = Texts::new(Language::English);
    let sentence = danger_in_words(neck, &activities, &texts);
    eprintln!("{sentence}");
    assert!(sentence.contains("but bone still meets there"), "{sentence}");
    // Where it stops short of the bone nothing of the kind is said.
    let short = said(&hip, &flexion(limit - 8.0));
    assert!(short.iter().filter_map(|danger| danger.offer.as_ref()).all(|offer| !offer.bone.unwrap().meets()));
}

/// Bones bind where the neck has more room than they have, and their margin is the same for all cups.
#[test]
fn a_zone_on_bones_is_the_lesser_of_neck_and_bone() {
    let limit = hip_scene::bone_limit_deg(Motion::Flexion).unwrap();
    let (hip, activities) = (balls(hip_scene::CUP), flexion(limit - 6.0));
    let bones = hip.zone_bones(&FemurChange::default(), &activities).unwrap().unwrap();
    let least = bones.least_of_all().unwrap().1.margin_deg;
    assert!((least - formula(&FemurChange::default(), limit - 6.0)).abs() < 0.15, "{least}");
    let grid = ZoneGrid { nodes: [13, 13], ..ZoneGrid::default() };
    let request = ZoneRequest { activities: &activities, joint: &hip.joint, tilt_deg: 0.0, grid, bones: Some(&bones) };
    let (zone, neck) = (TargetZone::of(&request).unwrap(), TargetZone::of(&ZoneRequest { bones: None, ..request }).unwrap());
    for (index, margin) in zone.margins_deg.iter().enumerate() {
        assert!((margin - neck.margins_deg[index].min(least)).abs() < 1e-9);
        let expected = if neck.margins_deg[index] < least { Couple::ImplantImplant } else { Couple::BoneBone };
        assert_eq!(zone.couples[index], expected);
        assert!((request.at(&grid.node(index)).unwrap().margin_deg - margin).abs() < 1e-9);
    }
    let shares = zone.couple_shares();
    assert!(shares.len() == 2 && (shares[0].1 + shares[1].1 - 100.0).abs() < 1e-9, "{shares:?}");
    // The coarse picture has the nodes of the fine one.
    let coarse = TargetZone::of(&request.coarse()).unwrap();
    assert_eq!(coarse.grid.nodes, [4, 4]);
    for (index, margin) in coarse.margins_deg.iter().enumerate() {
        assert_eq!(*margin, zone.margins_deg[(index / 4) * 4 * 13 + (index % 4) * 4]);
    }
    // Bones of other activities, and changes that are no numbers, are refused.
    assert!(TargetZone::of(&ZoneRequest { activities: &[activities.clone(), flexion(20.0)].concat(), ..request }).is_err());
    assert!(hip.zone_bones(&FemurChange { offset_mm: f64::NAN, ..FemurChange::default() }, &activities).is_err());
}

/// One posture has the room that neck and bone have there, the least of both; and the least of many postures is a zone's.
#[test]
fn the_room_of_a_posture_is_the_lesser_of_neck_and_bone() {
    let limit = hip_scene::bone_limit_deg(Motion::Flexion).unwrap();
    let (hip, activities) = (balls(hip_scene::CUP), flexion(limit - 6.0));
    let moving = hip.bones.as_ref().unwrap().moving(&FemurChange::default());
    let (mut least, mut couples) = (f64::INFINITY, [false; 2]);
    for tenth in 0..=((limit - 6.0) * 10.0) as i32 {
        let posture = Motion::Flexion.posture(f64::from(tenth) / 10.0);
        let (margin, couple) = hip.margin_deg(Some(&moving), &hip.joint, &posture);
        let (neck, bone) = (hip.joint.margin_deg(&posture), hip_scene::bone_room_deg(&posture, &Vector3::zeros()));
        assert!(
            (margin - neck.min(bone)).abs() < 0.15 || neck.min(bone) > ENOUGH_DEG,
            "{margin}° instead of {neck}° and {bone}°"
        );
        if (neck - bone).abs() > 0.3 && bone < ENOUGH_DEG {
            assert_eq!(couple, if neck < bone { Couple::ImplantImplant } else { Couple::BoneBone });
            couples[usize::from(neck < bone)] = true;
        }
        assert_eq!(hip.margin_deg(None, &hip.joint, &posture), (neck, Couple::ImplantImplant));
        least = least.min(margin);
    }
    assert!(couples.contains(&true));
    let bones = hip.zone_bones(&FemurChange::default(), &activities).unwrap();
    let grid = ZoneGrid::default();
    let request = ZoneRequest { activities: &activities, joint: &hip.joint, tilt_deg: 0.0, grid, bones: bones.as_ref() };
    let bound = request.at(&hip.joint.cup).unwrap().margin_deg;
    assert!((bound - least).abs() < 0.15, "{bound}° instead of {least}°");
    // A zone that nobody wants any more is not worked out.
    struct Gone;
    impl Progress for Gone {
        fn report(&self, _: &str, _: f64) {}
        fn cancelled(&self) -> bool {
            true
        }
    }
    assert!(matches!(TargetZone::watched(&request, &Gone), Err(MotionError::Cancelled)));
}

pub fn patient() -> Option<(HipRoom, HipRoom, f64)> {
    let bones = vsd::subject("z023")?;
    let (catalogue, anatomy) = (Catalogue::shipped().unwrap(), measure(&bones, None, &Silent).unwrap());
    let plan = first_plan(&anatomy, &catalogue, Side::Right, &bones.meshes, &PlanSettings::default()).unwrap();
    let (stem, head) = plan.chosen(&catalogue).unwrap().stem.unwrap();
    let longer = catalogue.heads_of(head.diameter_mm).filter(|h| h.family == head.family && stem.head_refused(h).is_none());
    let longer = longer.filter(|h| h.offset_mm > head.offset_mm).min_by(|a, b| a.offset_mm.total_cmp(&b.offset_mm)).unwrap();
    let variant = Variant { head: Some(longer.id.clone()), ..Variant::default() };
    let other = variant.plan(&plan, &catalogue).unwrap();
    let room = |plan| HipRoom::of_plan(plan, &catalogue, &anatomy, &bones.meshes).unwrap().unwrap();
    let wrong = |head: &str, liner: Option<&str>| {
        let variant = Variant { head: Some(head.into()), liner: liner.map(Into::into), ..Variant::default() };
        variant.plan(&plan, &catalogue).unwrap_err().to_string()
    };
    assert!(wrong("head-of-nobody", None).contains("head-of-nobody") && wrong(&longer.id, Some("no-liner")).contains("no-liner"));
    Some((room(&plan), room(&other), longer.offset_mm - head.offset_mm))
}

/// On real bones: every activity followed by itself gives the node, and a longer head is the neck that much longer.
#[test]
fn a_zone_on_real_bones_is_what_its_parts_say() {
    let Some((hip, longer, by_mm)) = patient() else { return };
    let activities = Activity::shipped_with(&[]).unwrap();
    let bones = hip.zone_bones(&FemurChange::default(), &activities).unwrap().unwrap();
    let grid = ZoneGrid { nodes: [3, 3], ..ZoneGrid::default() };
    let request = ZoneRequest { activities: &activities, joint: &hip.joint, tilt_deg: 0.0, grid, bones: Some(&bones) };
    let zone = TargetZone::of(&request).unwrap();
    // What binds is the same when nothing else is wanted.
    let quick = hip.binding_bones(&FemurChange::default(), &activities).unwrap().unwrap();
    let ((one, a), (other, b)) = (bones.least_of_all().unwrap(), quick.least_of_all().unwrap());
    assert!(one == other && (a.margin_deg - b.margin_deg).abs() < 0.021, "{a:?} {b:?}");
    for (index, margin) in zone.margins_deg.iter().enumerate() {
        let joint = hip.joint.with_cup(grid.node(index));
        let neck = activities.iter().map(|a| joint.least(&a.track().unwrap()).margin_deg).fold(f64::INFINITY, f64::min);
        let bone = bones.least.iter().flatten().map(|least| least.margin_deg).fold(f64::INFINITY, f64::min);
        assert!(*margin <= neck.min(bone) + 1e-6, "{margin} {neck} {bone}");
        let binding = zone.couples[index];
        assert!(binding != Couple::ImplantImplant || (*margin - neck).abs() < 1e-6);
        assert!(binding != Couple::BoneBone || (*margin - bone).abs() < 1e-6);
    }
    let room = hip.bones.as_ref().unwrap();
    let change = FemurChange { neck_length_mm: by_mm, ..FemurChange::default() };
    let (slid, placed) = (room.moving(&change), longer.bones.as_ref().unwrap().moving(&FemurChange::default()));
    for activity in activities.iter().step_by(4) {
        let track = activity.track().unwrap();
        let least = |room: &BoneRoom, moving| room.least(moving, &track, ENOUGH_DEG).map_or(ENOUGH_DEG, |least| least.margin_deg);
        let (one, other) = (least(room, &slid), least(longer.bones.as_ref().unwrap(), &placed));
        assert!((one - other).abs() < 0.1, "{}: {one} by the slider, {other} by the head", activity.id);
    }
}

/// Bones to first order against each draw followed anew.
#[test]
fn scatter_of_bones_to_first_order_is_close_to_following_each_draw() {
    let Some((hip, ..)) = patient() else { return };
    let activities = Activity::named(&Activity::shipped_with(&[]).unwrap(), &["daily".into(), "clinical".into()]).unwrap();
    let settings = SpreadSettings::shipped().unwrap();
    let spread = settings.spread(settings.preset("freehand").unwrap());
    let bones = BoneScatter::new(&hip, &activities, &spread).unwrap().unwrap();
    // Those nearest to contact, on whichever side: there most depends on it.
    let mut near: Vec<usize> = (0..activities.len()).filter(|index| bones.planned(*index).is_some()).collect();
    let away = |index: &usize| bones.planned(*index).unwrap().margin_deg.abs();
    near.sort_by(|a, b| away(a).total_cmp(&away(b)));
    near.truncate(3);
    let mut seed = 7_u64;
    let mut normal = || {
        let mut sum = -6.0;
        for _ in 0..12 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            sum += (seed >> 11) as f64 / (1_u64 << 53) as f64;
        }
        sum
    };
    let draws: Vec<[f64; 11]> = (0..100).map(|_| spread.0.map(|sd| sd * normal())).collect();
    let off = |(index, by): (&usize, &[f64; 11])| {
        let exact = BoneScatter::exact_deg(&hip, &activities[*index], by).unwrap().unwrap_or(ENOUGH_DEG);
        let first = bones.margin_deg(*index, by).unwrap().min(ENOUGH_DEG);
        (first - exact, (first < 0.0) != (exact < 0.0))
    };
    let pairs: Vec<(&usize, &[f64; 11])> = near.iter().flat_map(|index| draws.iter().map(move |by| (index, by))).collect();
    let found: Vec<(f64, bool)> = pairs.into_par_iter().map(off).collect();
    let mut sizes: Vec<f64> = found.iter().map(|(off, _)| off.abs()).collect();
    sizes.sort_by(f64::total_cmp);
    let (median, p90, worst) = (sizes[sizes.len() / 2], sizes[sizes.len() * 9 / 10], sizes[sizes.len() - 1]);
    let wrong = found.iter().filter(|(_, wrong)| *wrong).count() as f64 / found.len() as f64;
    for index in &near {
        eprintln!("{} as planned {:?}", activities[*index].id, bones.planned(*index).unwrap());
    }
    eprintln!(
        "{} draws: median {median:.2}°, 9 of 10 within {p90:.2}°, all within {worst:.2}°; contact told wrongly in {wrong:.3}",
        found.len()
    );
    assert!(p90 < 2.0 && wrong < 0.05, "{p90} {wrong}");
    let with = uncertainty_on_bones(&activities, &hip, &spread, 2000, 3).unwrap();
    let without = uncertainty(&activities, &hip.joint, &spread, 2000, 3).unwrap();
    assert!(with.bones && !without.bones && with.outside_zone.probability >= without.outside_zone.probability);
    for (a, b) in with.activities.iter().zip(&without.activities) {
        assert!(a.bone_impingement.is_some() && b.bone_impingement.is_none() && a.margin_deg == b.margin_deg);
    }
    // Without scatter it is the plan.
    let still = uncertainty_on_bones(&activities, &hip, &Spread::default(), 3, 1).unwrap();
    let least = still.activities.iter().filter_map(|a| a.bone_margin_deg).chain(still.activities.iter().map(|a| a.margin_deg));
    assert!((still.least_margin_deg.p50 - least.fold(f64::INFINITY, f64::min)).abs() < 0.006);
    // What moves only the cup moves no bone.
    let cup = BoneScatter::new(&hip, &activities, &Spread::only(Source::CupInclination, 5.0)).unwrap().unwrap();
    let by = std::array::from_fn(|i| if i == 0 { 5.0 } else { 0.0 });
    assert!(
        near.iter().all(|index| (cup.margin_deg(*index, &by).unwrap() - cup.planned(*index).unwrap().margin_deg).abs() < 1e-9)
    );
}
