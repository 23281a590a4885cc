//! The page of activities, target zone, trial components and pelvis, driven through its accessibility tree; no GPU, no Bevy.

use crate::panels::{calm, empty_case};
use coxa::{
    anatomy::CupAngles,
    app::{
        activity::{Followed, Meeting, Pose},
        bodies::BodyKind,
        hands::Tool,
        keeping::Refused,
        model::{
            ActivityModel, CaseModel, Command, DistanceModel, KeepModel, Layer, PelvisModel, ReachModel, Step, TrialModel,
            ZoneModel,
        },
        panels,
        reach::Reach,
        theme,
        trial::{Rack, RollBack, Shelf, Shelved, Spine, Trial, named},
        zone::{ZoneInstead, ZoneMap, ZoneQuestion},
    },
    i18n::{Language, Sentence, Texts},
    labels::Label,
    motion::{
        Activity, ActivityMargin, Couple, FreeHip, Motion, NeckAngles, NeckInLiner, Posture, PostureBox, RomCase, RomRow,
        RomSurface, RomTable, activity::Group,
    },
    plan::edit,
    report::SurfacePlane,
    risk::{Bound, TargetZone, ZoneGrid},
};
use egui_kittest::{Harness, kittest::Queryable};
use nalgebra::Point3;
use std::{collections::BTreeSet, sync::Arc};

struct Given {
    texts: Texts,
    step: Step,
    layers: BTreeSet<Layer>,
    activities: Vec<Activity>,
    chosen: Option<String>,
    found: Option<Followed>,
    at: Option<usize>,
    trial: Trial,
    planned: Trial,
    parts: Vec<(Option<String>, Vec<String>)>,
    shelf: Shelf,
    undo_trial: Option<(Trial, Trial)>,
    tool: Option<Tool>,
    map: Option<ZoneMap>,
    current: bool,
    rom: RomTable,
    distance: DistanceModel,
    reach: Option<Reach>,
    planes: Vec<SurfacePlane>,
    stopped: bool,
    done: Option<f32>,
    instead: ZoneInstead,
    approved: bool,
    undo: Option<edit::Command>,
    told: Vec<Sentence>,
    refused: Option<Refused>,
    commands: Vec<Command>,
}

fn pose(index: usize) -> Pose {
    let flexion_deg = 2.0 * index as f64;
    let posture = Posture { flexion_deg, ..Posture::NEUTRAL };
    Pose { posture, tilt_deg: 20.0, margin_deg: 60.0 - 1.3 * index as f64, couple: Couple::BoneBone }
}

fn rack(family: &str, sizes: &[f64]) -> Rack {
    let part = |size: &f64| Shelved { id: format!("{family}-{size}"), size: *size, neck: None };
    Rack { family: family.into(), name: format!("Family {family}"), parts: sizes.iter().map(part).collect() }
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
        cup_id: "cup-52".into(),
        cup_shift_mm: [0.0; 3],
        head: Some("head-36+0".into()),
        liner: Some("liner-36".into()),
        liner_positions: 0,
        stem_id: Some("stem-5".into()),
        stem_version_deg: 0.0,
        stem_lean_deg: 0.0,
        stem_depth_mm: 0.0,
        cut_mm: 0.0,
        spine: Spine::default(),
    };
    let daily: Vec<Activity> = activities.iter().filter(|activity| activity.group == Group::Daily).cloned().collect();
    let neck = NeckAngles { elevation_deg: 42.0, anteversion_deg: 14.0 };
    let zone = TargetZone::new(&daily, &neck, 136.0, 0.0, ZoneGrid::default()).unwrap();
    let instead = ZoneInstead::default();
    let asked = ZoneQuestion { trial: planned.clone(), group: Some(Group::Daily), frame: None, instead };
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
    let joint = NeckInLiner::from(&RomCase::new(planned.cup, neck, 136.0).unwrap());
    let surface = RomSurface::of(&FreeHip { joint: &joint, bones: None }, &PostureBox::default(), 20.0).unwrap();
    let plane = |angles| SurfacePlane::of(&surface, &PostureBox::default(), angles, 0.0, 1.0);
    let planes = SurfacePlane::ALL.map(plane).into();
    let trial = planned.clone();
    Given {
        texts: Texts::new(language),
        step: Step::Motion,
        layers: [Layer::Limits, Layer::Distance, Layer::Reach].into(),
        activities,
        chosen: Some(activity.id.clone()),
        found: Some(Followed { activity, poses, margin, meeting: Some(meeting) }),
        at: Some(50),
        trial: trial.clone(),
        planned,
        shelf: Shelf {
            cups: vec![rack("cup", &[50.0, 52.0, 54.0]), rack("other", &[48.0, 56.0])],
            stems: vec![rack("stem", &[4.0, 5.0])],
        },
        undo_trial: None,
        tool: None,
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
        reach: Some(Reach { trial: trial.clone(), surface: Arc::new(surface), fine: true, bones: true }),
        planes,
        stopped: false,
        done: None,
        instead,
        approved: false,
        undo: None,
        told: Vec::new(),
        refused: None,
        commands: Vec::new(),
    }
}

fn draw(ui: &mut egui::Ui, given: &mut Given) {
    let case = CaseModel {
        posture: Some(Posture::NEUTRAL),
        rom: Some(&given.rom),
        keep: Some(KeepModel {
            approved: given.approved,
            undo: given.undo.as_ref(),
            redo: None,
            busy: false,
            told: &given.told,
            refused: given.refused.as_ref(),
            by: "",
        }),
        reach: Some(ReachModel {
            found: given.reach.as_ref(),
            current: given.reach.is_some(),
            done: given.done,
            stopped: given.stopped,
            planes: &given.planes,
            fixed_deg: [None, Some(0.0), None],
        }),
        trial: Some(TrialModel {
            trial: &given.trial,
            planned: &given.planned,
            parts: &given.parts,
            told: &[],
            shelf: &given.shelf,
            undo: given.undo_trial.as_ref().map(|(from, to)| (from, to)),
            redo: None,
            tool: given.tool,
            stands: true,
            busy: false,
        }),
        activity: Some(ActivityModel {
            all: &given.activities,
            chosen: given.chosen.as_deref(),
            busy: given.chosen.is_some() && given.found.is_none(),
            found: given.found.as_ref(),
            at: given.at,
            playing: false,
            slow: true,
        }),
        pelvis: Some(PelvisModel { posture: None, supine_tilt_deg: -3.5, shown_deg: 0.0 }),
        zone: Some(ZoneModel {
            map: given.map.as_ref(),
            current: given.current,
            busy: !given.current,
            group: Some(Group::Daily),
            frame: None,
            instead: given.instead,
        }),
        distance: Some(given.distance),
        step: given.step,
        ..empty_case(&given.layers)
    };
    let model = calm(&given.texts, Some(case));
    panels::show(ui, &model, &mut given.commands);
}

fn harness(given: Given) -> Harness<'static, Given> {
    // The whole page without scrolling.
    let mut harness = Harness::builder().with_size([1280.0, 3600.0]).build_ui_state(draw, given);
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
    let busy = Given { found: None, current: false, reach: None, planes: Vec::new(), ..given(Language::English) };
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
        for label in [
            texts.get("activity-bar"),
            texts.get("zone-lewinnek"),
            texts.get("zone-offset"),
            texts.get("keep"),
            texts.get("pelvis-standing"),
            texts.get("spine-tilt"),
            texts.get("reach-follow"),
        ] {
            for node in harness.get_all_by_label(&label) {
                assert!(node.rect().right() <= 1280.0, "{language:?}: '{label}' at {}", node.rect());
            }
        }
        let view = harness.get_by_label(&texts.get("step-motion-look")).rect().left();
        assert!(view > 700.0, "{language:?}: the page leaves {view} points for the bones");
    }
}

#[test]
fn what_is_not_decided_is_not_said_to_be_free() {
    for language in Language::ALL {
        let mut given = given(language);
        let found = given.found.as_mut().unwrap();
        (found.meeting, found.margin.undecided) = (None, Some(8_000_000));
        let harness = harness(given);
        let texts = &harness.state().texts;
        harness.get_by_label(&texts.get("activity-undecided"));
        assert!(harness.query_by_label(&texts.get("activity-free")).is_none());
    }
}

#[test]
fn what_can_be_reached_is_said_fixed_stopped_and_pointed_at() {
    for language in Language::ALL {
        let mut harness = harness(given(language));
        let texts = Texts::new(language);
        let pair = texts.with("reach-pair", &[("along", &texts.get("reach-flexion")), ("across", &texts.get("reach-adduction"))]);
        let map = harness.get_all_by_label(&pair).map(|node| node.rect()).find(|rect| rect.height() > 100.0).unwrap();
        let neutral = harness.state().reach.as_ref().unwrap().at(&Posture::NEUTRAL).unwrap();
        assert!(neutral.0 > 0.0);
        // A drag in the plane moves the hip within it, to the angles that its scales say.
        let at = map.left_top() + egui::vec2(38.0 + 0.5 * (map.width() - 46.0), 4.0 + 0.5 * (map.height() - 24.0));
        harness.hover_at(at);
        harness.run_steps(2);
        harness.drag_at(at);
        harness.drop_at(at);
        harness.run_steps(2);
        let middle = Posture { flexion_deg: 45.0, adduction_deg: -10.0, internal_rotation_deg: 0.0 };
        let moved = harness.state().commands.iter().find_map(|command| match command {
            Command::SetPosture(posture) => Some(*posture),
            _ => None,
        });
        let moved = moved.unwrap();
        assert!(
            (moved.flexion_deg - middle.flexion_deg).abs() < 1.1 && (moved.adduction_deg - middle.adduction_deg).abs() < 1.1,
            "{moved:?}"
        );
        assert_eq!(moved.internal_rotation_deg, 0.0);
        // The plane that is fixed can follow the hip again; the others do already.
        let follow: Vec<_> = harness.get_all_by_label(&texts.get("reach-follow")).map(|node| node.rect().center()).collect();
        assert_eq!(follow.len(), 3);
        for at in follow {
            harness.hover_at(at);
            harness.run_steps(1);
            harness.drag_at(at);
            harness.drop_at(at);
            harness.run_steps(2);
        }
        let asked: Vec<_> = harness.state().commands.iter().filter(|command| matches!(command, Command::FixReach(..))).collect();
        assert_eq!(asked, [&Command::FixReach(1, None)]);
        // What it says of itself stands below the activity and below the planes.
        assert_eq!(harness.get_all_by_label(&texts.get("activity-scope")).count(), 2);
        harness.get_by_label(&texts.get("reach-note"));
    }
    let mut busy = harness(Given { done: Some(0.4), reach: None, planes: Vec::new(), ..given(Language::English) });
    busy.get_by_label("Cancel").click();
    busy.run_steps(2);
    assert_eq!(busy.state().commands, [Command::StopReach]);
    let mut stopped = harness(Given { stopped: true, ..given(Language::English) });
    stopped.get_by_label("Go on").click();
    stopped.run_steps(2);
    assert_eq!(stopped.state().commands, [Command::AskReach]);
}

#[test]
fn lengths_and_bones_are_asked_of_the_zone_and_reset() {
    for language in Language::ALL {
        let instead = ZoneInstead { leg_length_mm: 4.0, implants_only: true, ..ZoneInstead::default() };
        let mut harness = harness(Given { instead, ..given(language) });
        let texts = Texts::new(language);
        harness.get_by_label(&texts.get("zone-instead-note"));
        harness.get_by_label(&texts.get("zone-reset")).click();
        harness.run_steps(2);
        assert_eq!(harness.state().commands, [Command::ZoneInstead(ZoneInstead::default())]);
        harness.state_mut().commands.clear();
        harness.state_mut().instead = ZoneInstead::default();
        harness.run_steps(2);
        harness.get_by_label(&texts.get("zone-implants-only")).click();
        harness.run_steps(2);
        let asked = ZoneInstead { implants_only: true, ..ZoneInstead::default() };
        assert_eq!(harness.state().commands, [Command::ZoneInstead(asked)]);
    }
}

#[test]
fn the_spine_is_typed_and_said() {
    for language in Language::ALL {
        let texts = Texts::new(language);
        let mut harness = harness(given(language));
        harness.get_by_label("SS").click();
        harness.run_steps(2);
        let tried = harness.state().commands.iter().find_map(|command| match command {
            Command::Try(trial) => Some(trial.clone()),
            _ => None,
        });
        assert_eq!(tried.unwrap().spine, Spine { roll_back: Some(RollBack::USUAL[0]), ..Spine::default() });
        let spine = Spine {
            standing_tilt_deg: Some(2.0),
            roll_back: Some(RollBack::SacralSlope([38.0, 33.0])),
            incidence_less_lordosis_deg: Some(14.0),
            ..Spine::default()
        };
        let trial = Trial { spine, ..given(language).planned };
        let harness = self::harness(Given { trial, ..given(language) });
        harness.get_by_label(&texts.with("spine-stiff", &[("change", "5.0")]));
        harness.get_by_label(&texts.get("spine-unbalanced"));
        // The cup of the plan, tilted by 7°.
        let cup = given(language).planned.cup.tilted_posteriorly(7.0);
        let values = [format!("{:.1}", cup.inclination_deg), format!("{:.1}", cup.anteversion_deg)];
        harness.get_by_label(&texts.with("activity-cup-sitting", &[("inclination", &values[0]), ("anteversion", &values[1])]));
    }
}

#[test]
fn what_is_tried_is_written_refused_and_taken_back_by_name() {
    for language in Language::ALL {
        let texts = Texts::new(language);
        let tried = Trial { stem_version_deg: 5.0, ..given(language).planned };
        let mut harness = harness(Given { trial: tried.clone(), ..given(language) });
        harness.get_by_label(&texts.get("keep")).click();
        harness.run_steps(2);
        assert_eq!(harness.state().commands, [Command::Keep { revise: false }]);
        // An approved plan is refused with the way out.
        let refused = Refused { why: "no".into(), approved: true };
        let mut harness = self::harness(Given { trial: tried, refused: Some(refused), ..given(language) });
        harness.get_by_label(&texts.get("keep-refused"));
        harness.get_by_label(&texts.get("keep-as-revision")).click();
        harness.run_steps(2);
        assert_eq!(harness.state().commands, [Command::Keep { revise: true }]);
        // What can be taken back is named.
        let undo = edit::Command::TurnStem { deg: 5.0 };
        let told = vec![Sentence::new(|texts| texts.with("kept-written", &[("number", "3")]))];
        let mut harness = self::harness(Given { undo: Some(undo.clone()), told, ..given(language) });
        harness.get_by_label(&texts.with("kept-written", &[("number", "3")]));
        harness.get_by_label(&texts.with("keep-newest", &[("what", &texts.say(&undo))]));
        harness.get_by_label(&texts.get("undo")).click();
        harness.run_steps(2);
        assert_eq!(harness.state().commands, [Command::UndoPlan]);
    }
}

#[test]
fn cups_and_stems_are_chosen_locked_and_taken_back_by_name() {
    for language in Language::ALL {
        let texts = Texts::new(language);
        let mut harness = harness(Given { step: Step::Cup, ..given(language) });
        harness.get_by_label("54").click();
        harness.run_steps(2);
        let planned = given(language).planned;
        let other = Trial { cup_id: "cup-54".into(), ..planned.clone() };
        assert_eq!(harness.state().commands, [Command::Try(other)], "{language:?}");
        let mut harness = self::harness(Given { step: Step::Stem, ..given(language) });
        harness.get_by_label(&texts.get("hand-take-stem")).click();
        harness.run_steps(2);
        assert_eq!(harness.state().commands, [Command::Take(Some(Tool::Stem))], "{language:?}");
        // Taken, it is locked again by the same button; and the last step is taken back.
        let turned = Trial { cup: CupAngles { inclination_deg: 44.5, ..planned.cup }, ..planned.clone() };
        let undo_trial = Some((planned, turned.clone()));
        let mut harness =
            self::harness(Given { step: Step::Cup, tool: Some(Tool::Cup), undo_trial, trial: turned, ..given(language) });
        harness.get_by_label(&texts.get("hand-lock-cup")).click();
        harness.run_steps(2);
        harness.get_by_label(&texts.get("trial-undo")).click();
        harness.run_steps(2);
        assert_eq!(harness.state().commands, [Command::Take(None), Command::UndoTrial]);
    }
}

#[test]
fn a_step_is_named_by_what_it_changed() {
    let planned = given(Language::English).planned;
    let next = Trial { cup: CupAngles { inclination_deg: 44.5, ..planned.cup }, stem_depth_mm: -0.5, ..planned.clone() };
    let texts = Texts::new(Language::English);
    assert_eq!(named(&texts, &planned, &next), "Cup inclination 41.3° → 44.5°\nStem deeper +0.0 mm → -0.5 mm");
}

#[test]
fn the_liner_is_turned_on_its_clock() {
    let mut harness = harness(Given { step: Step::Cup, ..given(Language::English) });
    let clock = harness.get_all_by_label("Liner position").map(|node| node.rect()).find(|rect| rect.height() > 50.0).unwrap();
    let three = clock.center() + egui::vec2(clock.width() * 0.35, 0.0);
    harness.hover_at(three);
    harness.run_steps(2);
    harness.drag_at(three);
    harness.drop_at(three);
    harness.run_steps(2);
    let turned = Trial { liner_positions: 3, ..given(Language::English).planned };
    assert!(harness.state().commands.contains(&Command::Try(turned)), "{:?}", harness.state().commands);
}
