//! The page of activities, target zone, trial components and pelvis, driven through its accessibility tree; no GPU, no Bevy.

use coxa::{
    anatomy::CupAngles,
    app::{
        activity::{Followed, Meeting, Pose},
        bodies::BodyKind,
        model::{
            ActivityModel, CaseModel, Command, ContactModel, DistanceModel, Layer, Model, PelvisModel, TrialModel, ZoneModel,
        },
        panels, theme,
        trial::Trial,
        zone::{ZoneMap, ZoneQuestion},
    },
    frames::Side,
    i18n::{Language, Texts},
    labels::Label,
    motion::{Activity, ActivityMargin, Couple, Motion, NeckAngles, Posture, RomRow, RomTable, activity::Group},
    risk::{Bound, TargetZone, ZoneGrid},
};
use egui_kittest::{Harness, kittest::Queryable};
use nalgebra::Point3;
use std::{collections::BTreeSet, sync::Arc};

struct Given {
    texts: Texts,
    layers: BTreeSet<Layer>,
    activities: Vec<Activity>,
    chosen: Option<String>,
    found: Option<Followed>,
    at: Option<usize>,
    trial: Trial,
    planned: Trial,
    parts: Vec<(Option<String>, Vec<String>)>,
    map: Option<ZoneMap>,
    current: bool,
    rom: RomTable,
    distance: DistanceModel,
    commands: Vec<Command>,
}

fn pose(index: usize) -> Pose {
    let flexion_deg = 2.0 * index as f64;
    let posture = Posture { flexion_deg, ..Posture::NEUTRAL };
    Pose { posture, tilt_deg: 20.0, margin_deg: 60.0 - 1.3 * index as f64, couple: Couple::BoneBone }
}

fn given(language: Language) -> Given {
    let activities = Activity::shipped_with(&[]).unwrap();
    let activity = activities.iter().find(|activity| activity.id == "rise-low-seat").unwrap().clone();
    let poses: Vec<Pose> = (0..51).map(pose).collect();
    let margin = ActivityMargin {
        activity: activity.id.clone(),
        margin_deg: -5.0,
        part: 1.0,
        posture: poses[50].posture,
        contact: None,
        bone: None,
        stem: None,
        couple: Couple::BoneBone,
        exceeded: true,
        undecided: None,
    };
    let meeting = Meeting {
        touches: true,
        part: 0.92,
        posture: poses[46].posture,
        couple: Couple::BoneBone,
        on_femur: Point3::origin(),
        on_pelvis: Point3::origin(),
    };
    let planned = Trial {
        cup: CupAngles { inclination_deg: 41.3, anteversion_deg: 16.7 },
        head: Some("head-36+0".into()),
        liner: Some("liner-36".into()),
        liner_positions: 0,
        stem_version_deg: 0.0,
        standing_tilt_deg: None,
        sitting_tilt_deg: None,
    };
    let daily: Vec<Activity> = activities.iter().filter(|activity| activity.group == Group::Daily).cloned().collect();
    let neck = NeckAngles { elevation_deg: 42.0, anteversion_deg: 14.0 };
    let zone = TargetZone::new(&daily, &neck, 136.0, 0.0, ZoneGrid::default()).unwrap();
    let asked = ZoneQuestion { trial: planned.clone(), group: Some(Group::Daily), frame: None };
    let map = ZoneMap {
        asked,
        zone: Arc::new(zone),
        fine: true,
        activities: Arc::new(daily),
        neck_anteversion_deg: 14.0,
        bones: true,
        tilt_deg: 0.0,
        at: Bound { margin_deg: 7.25, activity: 3, couple: Couple::ImplantImplant },
    };
    let row = |&motion: &Motion| RomRow {
        motion,
        implant_deg: Some(100.0),
        bone_deg: None,
        first: Some(Couple::ImplantImplant),
        contact: None,
        limits: Vec::new(),
    };
    Given {
        texts: Texts::new(language),
        layers: [Layer::Motion, Layer::Limits, Layer::Distance].into(),
        activities,
        chosen: Some(activity.id.clone()),
        found: Some(Followed { activity, poses, margin, meeting: Some(meeting) }),
        at: Some(50),
        trial: planned.clone(),
        planned,
        parts: vec![
            (Some("liner-36".into()), vec!["head-36-4".into(), "head-36+0".into()]),
            (Some("liner-32".into()), vec!["head-32+0".into()]),
        ],
        map: Some(map),
        current: true,
        rom: RomTable { rows: Motion::ALL.iter().map(row).collect(), findings: Vec::new() },
        distance: DistanceModel {
            current: true,
            least: Some((3.24, BodyKind::Bone(Label::FemurRight), BodyKind::Bone(Label::HipRight))),
        },
        commands: Vec::new(),
    }
}

fn draw(ui: &mut egui::Ui, given: &mut Given) {
    let case = CaseModel {
        pseudonym: "test-0001",
        side: Side::Right,
        bodies: Vec::new(),
        plan: None,
        posture: Some(Posture::NEUTRAL),
        contact: ContactModel::Unknown,
        physics: None,
        rehearsal: None,
        rom: Some(&given.rom),
        trial: Some(TrialModel { trial: &given.trial, planned: &given.planned, parts: &given.parts, busy: false }),
        activity: Some(ActivityModel {
            all: &given.activities,
            chosen: given.chosen.as_deref(),
            busy: given.chosen.is_some() && given.found.is_none(),
            found: given.found.as_ref(),
            at: given.at,
            playing: false,
        }),
        pelvis: Some(PelvisModel { posture: None, supine_tilt_deg: -3.5, shown_deg: 0.0 }),
        zone: Some(ZoneModel {
            map: given.map.as_ref(),
            current: given.current,
            busy: !given.current,
            group: Some(Group::Daily),
            frame: None,
        }),
        distance: Some(given.distance),
        layers: &given.layers,
        findings: &[],
        examination: None,
    };
    let model = Model { texts: &given.texts, case: Some(case), hovered: None, job: None, message: None };
    panels::show(ui, &model, &mut given.commands);
}

fn harness(given: Given) -> Harness<'static, Given> {
    let mut harness = Harness::builder().with_size([1280.0, 1500.0]).build_ui_state(draw, given);
    theme::apply(&harness.ctx);
    harness.run_steps(4);
    harness
}

#[test]
fn margins_contact_and_the_nearest_are_said_in_both_languages() {
    for (language, lines) in [
        (
            Language::English,
            [
                "Here -5.0° are left (bone – bone)",
                "First contact: bone – bone at 92° of flexion",
                "Cup 41.3° / 16.7°: margin 7.2°",
                "Nearest: 3.2 mm, Right femur and Right hip bone",
                "less than 5°",
            ],
        ),
        (
            Language::Chinese,
            [
                "此处余量 -5.0°（骨 – 骨）",
                "首次接触：骨 – 骨，屈曲 92°",
                "髋臼杯 41.3° / 16.7°：余量 7.2°",
                "最近：3.2 mm，右股骨与右髋骨",
                "小于 5°",
            ],
        ),
    ] {
        let harness = harness(given(language));
        for line in lines {
            harness.get_by_label(line);
        }
        harness.get_by_label(&harness.state().texts.get("limits"));
    }
}

#[test]
fn what_belongs_to_another_trial_says_nothing_of_this_one() {
    let busy = Given { found: None, current: false, ..given(Language::English) };
    let harness = harness(busy);
    assert!(harness.query_by_label_contains("margin 7.2").is_none() && harness.query_by_label_contains("are left").is_none());
    harness.get_by_label("Being followed along its whole path …");
    harness.get_by_label("Being worked out …");
}

#[test]
fn play_scrub_and_drag_ask_for_what_they_should() {
    let mut harness = harness(given(Language::English));
    harness.get_by_label("Play").click();
    harness.run_steps(2);
    let bar = harness.get_by_label("Place on the path").rect();
    let zone = harness.get_all_by_label("Target zone").map(|node| node.rect()).find(|rect| rect.height() > 100.0).unwrap();
    for at in [bar.left_center() + egui::vec2(bar.width() / 2.0, 0.0), zone.center()] {
        harness.hover_at(at);
        harness.run_steps(2);
        harness.drag_at(at);
        harness.drop_at(at);
        harness.run_steps(2);
    }
    let commands = harness.state().commands.clone();
    assert!(commands.contains(&Command::PlayActivity(true)), "{commands:?}");
    assert!(commands.contains(&Command::ShowActivity(25)), "{commands:?}");
    let tried = commands.iter().find_map(|command| if let Command::Try(trial) = command { Some(trial) } else { None }).unwrap();
    // The middle of the map: 40° / 20°, but for the room that its scales take.
    assert!((tried.cup.inclination_deg - 40.0).abs() < 3.0 && (tried.cup.anteversion_deg - 20.0).abs() < 4.0, "{tried:?}");
    assert_eq!(Trial { cup: tried.cup, ..harness.state().planned.clone() }, *tried, "nothing but the cup is turned");
}

#[test]
fn a_plan_that_is_only_looked_at_is_not_tried() {
    let harness = harness(given(Language::English));
    assert!(harness.state().commands.is_empty(), "{:?}", harness.state().commands);
    assert!(harness.query_by_label("trial components, not the plan").is_none());
    let tried = Trial { stem_version_deg: 5.0, ..given(Language::English).planned };
    let mut harness = self::harness(Given { trial: tried, ..given(Language::English) });
    harness.get_by_label("trial components, not the plan");
    harness.get_all_by_label("Back to the plan").next().unwrap().click();
    harness.run_steps(2);
    assert_eq!(harness.state().commands, [Command::BackToPlan]);
}

#[test]
fn nothing_overflows_a_small_window() {
    for language in Language::ALL {
        let mut harness = Harness::builder().with_size([1280.0, 720.0]).build_ui_state(draw, given(language));
        theme::apply(&harness.ctx);
        harness.run_steps(4);
        let texts = Texts::new(language);
        for label in [texts.get("activity-bar"), texts.get("zone-lewinnek"), texts.get("pelvis-standing")] {
            for node in harness.get_all_by_label(&label) {
                assert!(node.rect().right() <= 1280.0, "{language:?}: '{label}' at {}", node.rect());
            }
        }
        let view = harness.get_by_label(&texts.get("motion")).rect().left();
        assert!(view > 700.0, "{language:?}: the page leaves {view} points for the bones");
    }
}
