//! A target zone by the graphics card is the processor's. Here the card is the software driver: the same shader, slowly.

use crate::{hip_scene::scene, zone_on_bones::patient};
use coxa::{
    anatomy::CupAngles,
    device::DeviceChoice,
    frames::Side,
    graphics_card::{GraphicsCard, Kind, is_plugged_in},
    implants::{Bearing, Cup, Head, Liner, Lip, NeckOutline, NeckRange, Stem, geometry::revolve},
    mesh::TriMesh,
    motion::{
        Activity, BoneLeast, BoneRoom, Couple, CupReach, Demand, ENOUGH_DEG, FemurChange, NeckAngles, NeckInLiner, RomCase,
    },
    progress::Silent,
    risk::{HipRoom, TargetZone, ZoneBones, ZoneCard, ZoneDevice, ZoneGrid, ZoneRequest},
};
use nalgebra::{Isometry3, Translation3, UnitQuaternion, Vector3};
use std::sync::{Arc, OnceLock};

/// How far the card may differ, degrees.
const AGREES_DEG: f64 = 0.05;
const LIP: Lip = Lip { angle_deg: 15.0, half_arc_deg: 35.0, slope_deg: 40.0 };
const NECK: NeckAngles = NeckAngles { elevation_deg: 45.0, anteversion_deg: 15.0 };
const CUP: CupAngles = CupAngles { inclination_deg: 40.0, anteversion_deg: 15.0 };

fn card() -> Option<&'static ZoneCard> {
    static CARD: OnceLock<Result<ZoneCard, String>> = OnceLock::new();
    let card = CARD.get_or_init(|| GraphicsCard::open(Kind::Software).and_then(ZoneCard::new));
    card.as_ref().inspect_err(|why| eprintln!("skipped: {why}")).ok()
}

/// Balls for a pelvis, and a femur whose bone comes near the cup, in a liner.
fn hip(change: impl Fn(&mut Liner)) -> HipRoom {
    let mut liner = Liner { seat_diameter_mm: 46.0, head_diameter_mm: 32.0, ..Liner::default() };
    change(&mut liner);
    let cup = Cup { outer_diameter_mm: 54.0, head_diameter_mm: 32.0, shell_thickness_mm: 4.0, ..Cup::default() };
    let stem = Stem { neck_length_mm: 50.0, neck_diameter_mm: 12.0, ..Stem::default() };
    let bearing = Bearing::of(&cup, Some(&liner));
    let range = Arc::new(NeckRange::of(&bearing, &NeckOutline::of(&Head { diameter_mm: 32.0, ..Head::default() }, &stem)));
    let joint = NeckInLiner { cup: CUP, towards: Vector3::y_axis(), neck: NECK, range };
    let mut scene = scene(Side::Right);
    // The base of a neck, cut a little askew: it meets the rim on one side before the neck does, and on the other after it.
    let base = revolve(&[(0.0, 25.0), (15.0, 25.0), (17.0, 45.0), (0.0, 45.0)], 60);
    let askew = UnitQuaternion::from_axis_angle(&Vector3::x_axis(), 8.0_f64.to_radians());
    let turn = UnitQuaternion::rotation_between(&Vector3::z(), &scene.neck_axis).unwrap() * askew;
    let head = scene.reduction.inverse() * scene.cup_centre;
    let base: TriMesh = base.transformed(&Isometry3::from_parts(Translation3::from(head.coords), turn));
    scene.femur = Some(base);
    HipRoom { joint, bones: BoneRoom::new(&scene, 40.0).unwrap(), reach: CupReach::new(&cup, &bearing) }
}

fn liners() -> [(&'static str, HipRoom); 3] {
    [
        ("round rim", hip(|_| {})),
        ("lip", hip(|liner| liner.lip = Some(LIP))),
        ("turned face with a chamfer", hip(|liner| (liner.face_deg, liner.chamfer_mm) = (15.0, 1.0))),
    ]
}

/// Holds every node of the card's zone against the processor's; gives the couples that bind.
fn compare(what: &str, card: &ZoneCard, hip: &HipRoom, request: &ZoneRequest<'_>) -> Vec<Couple> {
    let (expected, found) = (TargetZone::of(request).unwrap(), TargetZone::on_card(card, request, &Silent).unwrap());
    assert_eq!((&found.grid, &found.activities), (&expected.grid, &expected.activities));
    let (mut off, mut ties) = (0.0_f64, 0);
    for node in 0..expected.grid.count() {
        let margin = expected.margins_deg[node];
        off = off.max((found.margins_deg[node] - margin).abs());
        let [one, other] = [&found, &expected].map(|zone| (zone.binding[node], zone.couples[node]));
        if one != other {
            ties += 1;
            let only = &request.activities[one.0..=one.0];
            let bones = request.bones.and_then(|_| hip.zone_bones(&FemurChange::default(), only).unwrap());
            let alone = ZoneRequest { activities: only, bones: bones.as_ref(), ..*request };
            let named = alone.at(&request.grid.node(node).tilted_posteriorly(-request.tilt_deg)).unwrap();
            assert!((named.margin_deg - margin).abs() <= AGREES_DEG, "{what}: {one:?}, not {other:?}, is no tie: {named:?}");
        }
    }
    let count = expected.grid.count();
    eprintln!("{what}: {count} cups within {off:.4}°, {ties} bound by another that is as near");
    assert!(off <= AGREES_DEG && ties * 20 <= count, "{what}: {off}° off, {ties} of {count} bound by another");
    expected.couples
}

/// All that have a path: arcs bind before anything else where a liner leaves little, and are the processor's on a card too.
fn paths() -> Vec<Activity> {
    let all = Activity::shipped_with(&[]).unwrap().into_iter();
    all.filter(|activity| matches!(activity.demand, Demand::Path(_))).collect()
}

#[test]
fn the_cards_zone_is_the_processors() {
    let Some(card) = card() else { return };
    let activities = paths();
    let grid = ZoneGrid { nodes: [9, 11], ..ZoneGrid::default() };
    let mut couples = Vec::new();
    for (what, hip) in liners() {
        let request = ZoneRequest { activities: &activities, joint: &hip.joint, tilt_deg: 6.0, grid, bones: None };
        compare(what, card, &hip, &request);
        let bones = hip.zone_bones(&FemurChange::default(), &activities).unwrap();
        couples.extend(compare(&format!("{what}, bones"), card, &hip, &ZoneRequest { bones: bones.as_ref(), ..request }));
    }
    for couple in [Couple::ImplantImplant, Couple::ImplantBone] {
        assert!(couples.contains(&couple), "{couple:?} binds nowhere");
    }
}

/// The whole grid of the interface.
#[test]
fn every_cup_of_the_usual_grid_is_the_processors() {
    let Some(card) = card() else { return };
    let activities = Activity::named(&Activity::shipped_with(&[]).unwrap(), &["daily".into(), "floor".into()]).unwrap();
    let mut couples = Vec::new();
    for (what, hip) in [("41 × 41, round rim", hip(|_| {})), ("41 × 41, lip", hip(|liner| liner.lip = Some(LIP)))] {
        let bones = hip.binding_bones(&FemurChange::default(), &activities).unwrap();
        let grid = ZoneGrid::holding(&hip.joint.cup);
        assert_eq!(grid.nodes, [41, 41]);
        let request = ZoneRequest { activities: &activities, joint: &hip.joint, tilt_deg: 0.0, grid, bones: bones.as_ref() };
        couples.extend(compare(what, card, &hip, &request));
    }
    assert!([Couple::ImplantImplant, Couple::ImplantBone].iter().all(|couple| couples.contains(couple)));
}

/// A liner that is locked elsewhere goes round with the cup; and arcs alone have no path that a card could follow.
#[test]
fn turned_liners_and_arcs_are_the_processors_too() {
    let Some(card) = card() else { return };
    let arcs = Activity::named(&Activity::shipped_with(&[]).unwrap(), &["component".into()]).unwrap();
    let activities = Activity::named(&Activity::shipped_with(&[]).unwrap(), &["component".into(), "clinical".into()]).unwrap();
    let grid = ZoneGrid { nodes: [5, 4], ..ZoneGrid::default() };
    for (what, hip) in liners() {
        let joint = hip.joint.with_liner_turned(75.0);
        let request = ZoneRequest { activities: &activities, joint: &joint, tilt_deg: 0.0, grid, bones: None };
        compare(&format!("{what}, turned"), card, &hip, &request);
        compare(&format!("{what}, arcs"), card, &hip, &ZoneRequest { activities: &arcs, ..request });
    }
}

#[test]
fn on_real_bones_the_cards_zone_is_the_processors() {
    let Some(card) = card() else { return };
    let Some((hip, ..)) = patient() else { return };
    let activities = Activity::shipped_with(&[]).unwrap();
    let bones = hip.binding_bones(&FemurChange::default(), &activities).unwrap();
    let grid = ZoneGrid { nodes: [6, 7], ..ZoneGrid::default() };
    for bones in [None, bones.as_ref()] {
        let request = ZoneRequest { activities: &activities, joint: &hip.joint, tilt_deg: 0.0, grid, bones };
        compare(if bones.is_some() { "z023 with bones" } else { "z023" }, card, &hip, &request);
    }
}

/// Holds what the card says of femur and stem on the pelvis against the processor, of all activities together and of each by itself.
fn compare_bones(what: &str, card: &ZoneCard, hip: &HipRoom, activities: &[Activity], change: &FemurChange) -> usize {
    let pelvis = card.pelvis(hip.bones.as_ref().unwrap()).unwrap();
    let least = |activities: &[Activity]| {
        let found = card.binding_bones(&pelvis, hip.reach.clone(), change, activities).unwrap();
        let expected = hip.binding_bones(change, activities).unwrap().unwrap();
        [found, expected].map(|bones| bones.least_of_all().map(|(index, least)| (activities[index].id.clone(), *least)))
    };
    let (mut off, mut near, mut ties) = (0.0_f64, 0, 0);
    let every = activities.iter().map(std::slice::from_ref).chain([activities]);
    for some in every {
        let [found, expected] = least(some);
        let margin = |least: &Option<(String, BoneLeast)>| least.as_ref().map_or(ENOUGH_DEG, |(_, least)| least.margin_deg);
        let apart = (margin(&found) - margin(&expected)).abs();
        assert!(apart <= AGREES_DEG, "{what}: {found:?} instead of {expected:?}");
        off = off.max(apart);
        near += usize::from(expected.is_some());
        // Which of two that are as near is named may differ.
        let named = |least: &Option<(String, BoneLeast)>| least.as_ref().map(|(id, least)| (id.clone(), least.couple));
        ties += usize::from(named(&found) != named(&expected));
    }
    eprintln!("{what}: bone in {near} of {} activities and all together within {off:.4}°, {ties} ties", activities.len());
    assert!(ties * 10 <= activities.len(), "{what}: {ties} of {} named otherwise", activities.len());
    near
}

#[test]
fn femur_and_stem_on_the_pelvis_are_the_processors() {
    let Some(card) = card() else { return };
    let activities = Activity::shipped_with(&[]).unwrap();
    let case = RomCase { cup: CUP, neck: NECK, oscillation_deg: 130.0 };
    let bones = BoneRoom::new(&scene(Side::Right), 40.0).unwrap();
    let balls = HipRoom { joint: NeckInLiner::from(&case), bones, reach: CupReach::default() };
    let moved = FemurChange { stem_version_deg: 8.0, leg_length_mm: -3.0, ..FemurChange::default() };
    for (what, hip) in [("balls", &balls), ("neck's base", &hip(|_| {}))] {
        for change in [FemurChange::default(), moved] {
            assert!(compare_bones(what, card, hip, &activities, &change) > 5, "{what}: hardly anything comes near");
        }
    }
    if let Some((hip, ..)) = patient() {
        let some: Vec<Activity> = activities.into_iter().step_by(3).collect();
        compare_bones("z023", card, &hip, &some, &FemurChange::default());
    }
}

#[test]
fn two_runs_give_the_same_and_bad_requests_the_processors_errors() {
    let Some(card) = card() else { return };
    let hip = hip(|liner| liner.lip = Some(LIP));
    let activities = Activity::named(&Activity::shipped_with(&[]).unwrap(), &["daily".into()]).unwrap();
    let bones: Option<ZoneBones> = hip.binding_bones(&FemurChange::default(), &activities).unwrap();
    let grid = ZoneGrid { nodes: [4, 4], ..ZoneGrid::default() };
    let request = ZoneRequest { activities: &activities, joint: &hip.joint, tilt_deg: 0.0, grid, bones: bones.as_ref() };
    assert_eq!(TargetZone::on_card(card, &request, &Silent).unwrap(), TargetZone::on_card(card, &request, &Silent).unwrap());
    let pelvis = card.pelvis(hip.bones.as_ref().unwrap()).unwrap();
    let change = FemurChange::default();
    let of = |change, activities| card.binding_bones(&pelvis, hip.reach.clone(), change, activities);
    assert_eq!(of(&change, &activities).unwrap().least, of(&change, &activities).unwrap().least);
    let nan = FemurChange { offset_mm: f64::NAN, ..change };
    let [one, other] =
        [of(&nan, &activities).err().unwrap().to_string(), hip.binding_bones(&nan, &activities).err().unwrap().to_string()];
    assert_eq!(one, other);
    let mut bent = hip.joint.clone();
    bent.neck.anteversion_deg = f64::NAN;
    let wrong = [
        ZoneRequest { activities: &[], ..request },
        ZoneRequest { activities: &activities[1..], ..request },
        ZoneRequest { grid: ZoneGrid { nodes: [1, 4], ..grid }, ..request },
        ZoneRequest { joint: &bent, ..request },
    ];
    for request in wrong {
        let [one, other] = [
            TargetZone::on_card(card, &request, &Silent).unwrap_err().to_string(),
            TargetZone::of(&request).unwrap_err().to_string(),
        ];
        assert_eq!(one, other);
    }
}

#[test]
fn without_a_card_the_processor_works_out_the_zone_unless_the_card_was_asked_for() {
    if is_plugged_in() {
        return eprintln!("skipped: this machine shows a graphics card");
    }
    let hip = hip(|_| {});
    let activities = Activity::named(&Activity::shipped_with(&[]).unwrap(), &["clinical".into()]).unwrap();
    let grid = ZoneGrid { nodes: [3, 3], ..ZoneGrid::default() };
    let request = ZoneRequest { activities: &activities, joint: &hip.joint, tilt_deg: 0.0, grid, bones: None };
    let (zone, device) = ZoneDevice::open(DeviceChoice::Auto).unwrap().zone(&request, &Silent).unwrap();
    assert!(device.starts_with("CPU (") && zone == TargetZone::of(&request).unwrap(), "{device}");
    assert_eq!(ZoneDevice::open(DeviceChoice::Cpu).unwrap().zone(&request, &Silent).unwrap().1, "CPU");
    let refused = ZoneDevice::open(DeviceChoice::Gpu).err().unwrap().to_string();
    assert!(refused.contains("no graphics card") && refused.contains("cpu"), "{refused}");
}
