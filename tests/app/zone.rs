//! The target zone in the window has the figures of `coxa zone`, follows what is tried, and is coarse before it is fine.

use crate::trial::{hip, opened, request, until};
use bevy::prelude::*;
use coxa::{
    anatomy::CupAngles,
    app::{
        model::{Command, Step},
        panels,
        steps::AtStep,
        trial::{PlannedHip, RollBack, Spine, Trial},
        zone::{ZoneInstead, ZoneMaker, ZoneMap, ZoneQuestion, ZoneState},
    },
    i18n::{Language, Texts},
    implants::Catalogue,
    motion::{Activity, FemurChange, PelvicPosture, activity::Group},
    plan::storage::CaseFolder,
    progress::Silent,
    risk::{HipRoom, TargetZone, Variant, ZoneGrid, ZoneRequest},
};
use std::path::Path;

fn maps(hip: &PlannedHip, question: &ZoneQuestion) -> Vec<ZoneMap> {
    let mut told = Vec::new();
    ZoneMaker::default().answer(hip, question, &Silent, &mut |map| told.push(map)).unwrap();
    told
}

fn daily(trial: Trial, frame: Option<PelvicPosture>, instead: ZoneInstead) -> ZoneQuestion {
    ZoneQuestion { trial, group: Some(Group::Daily), frame, instead }
}

/// As `coxa zone` works it out, from the case on disk.
fn as_on_the_command_line(case: &Path, femur: FemurChange, implants_only: bool) -> (TargetZone, f64) {
    let folder = CaseFolder::open(case).unwrap();
    let (plan, anatomy, catalogue) =
        (folder.read_plan(1).unwrap(), folder.read_anatomy().unwrap(), Catalogue::shipped().unwrap());
    let activities = Activity::named(&Activity::shipped_with(&[]).unwrap(), &["daily".to_owned()]).unwrap();
    let variant = Variant { femur, ..Variant::default() };
    let room = HipRoom::of_plan(&plan, &catalogue, &anatomy, &folder.read_bones().unwrap()).unwrap().unwrap();
    let joint = variant.joint(&room.joint);
    let bones = if implants_only { None } else { room.zone_bones(&variant.femur, &activities).unwrap() };
    let grid = ZoneGrid::holding(&joint.cup);
    let request = ZoneRequest { activities: &activities, joint: &joint, tilt_deg: 0.0, grid, bones: bones.as_ref() };
    (TargetZone::of(&request).unwrap(), request.at(&joint.cup).unwrap().margin_deg)
}

#[test]
fn it_has_the_figures_of_the_command_line() {
    let (folder, app) = opened();
    let hip = hip(&app);
    let plain = ZoneInstead::default();
    let lengths = ZoneInstead { neck_length_mm: 4.0, leg_length_mm: -3.0, offset_mm: 5.0, ..plain };
    for (stem_version_deg, instead) in
        [(0.0, plain), (10.0, plain), (10.0, lengths), (0.0, ZoneInstead { implants_only: true, ..plain })]
    {
        let trial = Trial { stem_version_deg, ..hip.planned() };
        let told = maps(&hip, &daily(trial, None, instead));
        assert_eq!(told.iter().map(|map| map.fine).collect::<Vec<_>>(), [false, true], "coarse first");
        let femur = instead.femur(FemurChange { stem_version_deg, ..FemurChange::default() });
        let (expected, margin) = as_on_the_command_line(&folder.path().join("case"), femur, instead.implants_only);
        let found = &told[1];
        assert_eq!(found.bones, !instead.implants_only);
        assert_eq!((found.zone.grid, &found.zone.activities), (expected.grid, &expected.activities));
        for (node, margin) in found.zone.margins_deg.iter().enumerate() {
            // Bone along a path is followed to 0.02°, from another start here than there.
            assert!((margin - expected.margins_deg[node]).abs() < 0.02, "node {node}: {margin}, {}", expected.margins_deg[node]);
        }
        assert_eq!((&found.zone.binding, &found.zone.couples), (&expected.binding, &expected.couples));
        assert!((found.at.margin_deg - margin).abs() < 0.02);
        // The coarse map has the nodes of the fine one.
        let coarse = &told[0].zone;
        assert_eq!(coarse.margins_deg[coarse.grid.nodes[0] + 1], found.zone.margins_deg[4 * found.zone.grid.nodes[0] + 4]);
    }
}

#[test]
fn the_dot_follows_the_cup_without_another_map() {
    let (_folder, app) = opened();
    let hip = hip(&app);
    let mut maker = ZoneMaker::default();
    let mut told = Vec::new();
    let mut ask = |trial: &Trial, frame: Option<PelvicPosture>| {
        told.clear();
        let question = daily(trial.clone(), frame, ZoneInstead::default());
        maker.answer(&hip, &question, &Silent, &mut |map| told.push(map)).unwrap();
        told.clone()
    };
    let first = ask(&hip.planned(), None);
    let cup = CupAngles { inclination_deg: 47.0, anteversion_deg: 23.0 };
    let moved = ask(&Trial { cup, ..hip.planned() }, None);
    assert_eq!((moved.len(), moved[0].fine, moved[0].cup()), (1, true, cup), "at once, and fine");
    assert!(std::sync::Arc::ptr_eq(&first[1].zone, &moved[0].zone));
    // 47°/23° lies between nodes: what is told of it is its own, near to theirs.
    let node = (0..moved[0].zone.margins_deg.len()).min_by(|a, b| {
        let away = |node: usize| {
            let at = moved[0].zone.grid.node(node);
            (at.inclination_deg - cup.inclination_deg).hypot(at.anteversion_deg - cup.anteversion_deg)
        };
        away(*a).total_cmp(&away(*b))
    });
    assert!((moved[0].at.margin_deg - moved[0].zone.margins_deg[node.unwrap()]).abs() < 2.0);
    // Standing with 10° of posterior tilt, the same cup looks further forward.
    let spine = Spine { standing_tilt_deg: Some(10.0), ..Spine::default() };
    let standing = Trial { cup, spine, ..hip.planned() };
    let map = ask(&standing, Some(PelvicPosture::Standing)).pop().unwrap();
    assert!(map.cup().anteversion_deg > 28.0 && (map.tilt_deg - 10.0).abs() < 1e-9, "{:?}", map.cup());
    // Sitting is reached from there by what the sacral slope falls, 16°.
    let spine = Spine { roll_back: Some(RollBack::SacralSlope([38.0, 22.0])), ..spine };
    let map = ask(&Trial { spine, ..standing }, Some(PelvicPosture::Sitting)).pop().unwrap();
    assert!((map.tilt_deg - 26.0).abs() < 1e-9, "{}", map.tilt_deg);
}

#[test]
fn the_window_makes_it_once_its_page_is_open_and_again_for_what_is_tried() {
    let (_folder, mut app) = opened();
    for _ in 0..3 {
        app.update();
    }
    assert!(!app.world().resource::<ZoneState>().busy(), "nobody looks at it");
    app.world_mut().resource_mut::<AtStep>().0 = Step::Motion;
    app.update();
    until(&mut app, |world| world.resource::<ZoneState>().settled());
    let first = app.world().resource::<ZoneState>().current().unwrap().clone();
    let trial = Trial { stem_version_deg: 15.0, ..hip(&app).planned() };
    request(&mut app, Command::Try(trial.clone()));
    app.update();
    assert!(
        app.world().resource::<ZoneState>().current().is_none_or(|map| map.asked.trial == trial),
        "the old map is not current"
    );
    until(&mut app, |world| world.resource::<ZoneState>().settled());
    let second = app.world().resource::<ZoneState>().current().unwrap().clone();
    assert!((second.neck_anteversion_deg - first.neck_anteversion_deg - 15.0).abs() < 1e-6);
    assert_ne!(first.zone.margins_deg, second.zone.margins_deg);
    // What is said of a node under the pointer is what the map has there, in both languages.
    for language in Language::ALL {
        let texts = Texts::new(language);
        let said = panels::zone_node(&texts, &second, 500);
        assert!(said.contains(&format!("{:.1}", second.zone.margins_deg[500])) && !said.contains('⟨'), "{said}");
        assert!(said.contains(&texts.get(second.zone.couples[500].key())));
    }
}

#[test]
fn its_handles_ask_it_again_and_move_nothing_else() {
    let (_folder, mut app) = opened();
    app.world_mut().resource_mut::<AtStep>().0 = Step::Motion;
    app.update();
    until(&mut app, |world| world.resource::<ZoneState>().settled());
    let first = app.world().resource::<ZoneState>().current().unwrap().clone();
    let instead = ZoneInstead { offset_mm: 6.0, ..ZoneInstead::default() };
    request(&mut app, Command::ZoneInstead(instead));
    app.update();
    until(&mut app, |world| world.resource::<ZoneState>().settled());
    let second = app.world().resource::<ZoneState>().current().unwrap().clone();
    assert_eq!(second.asked, ZoneQuestion { instead, ..first.asked.clone() });
    request(&mut app, Command::ZoneInstead(ZoneInstead::default()));
    app.update();
    until(&mut app, |world| world.resource::<ZoneState>().settled());
    assert_eq!(app.world().resource::<ZoneState>().current().unwrap().zone, first.zone, "back to what it was");
}
