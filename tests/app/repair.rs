//! The segmentation repaired in the window: locked until a tool is taken, painted in slices and on bones, undone by name, and taken over into
//! the case; no GPU.

use crate::{
    case,
    panels::{calm, empty_case},
    scene::{self, CENTRE},
    trial::{request, until},
};
use bevy::prelude::*;
use coxa::{
    app::{
        self,
        bodies::BodyKind,
        hands::{HandsState, Tool},
        loading::Loading,
        model::{BodyRow, CaseModel, Command, RepairModel, Step},
        panels::{self, SliceViews},
        repair::{Ground, RepairCommand, RepairSettings, RepairState, RepairTool, named},
        requests::Requests,
        slices::{Arrangement, SlicesCommand, SlicesState},
        theme,
    },
    frames::Side,
    i18n::{Language, Sentence, Texts},
    labels::{
        Label,
        edit::{Edit, EditAction, Region},
    },
    plan::storage::CaseFolder,
    volume::{Grid, Volume, nifti},
};
use egui::{Event, Modifiers, PointerButton, Pos2, vec2};
use egui_kittest::{Harness, kittest::Queryable};
use nalgebra::{Point3, Vector3};
use std::{collections::BTreeSet, fs, path::Path};

/// The case of boxes with a scan: a block of right hip bone in which a ball of 20 mm about the hip's centre was taken for it as well.
fn made(place: &Path) -> CaseFolder {
    let folder = CaseFolder::open(case::write(place)).unwrap();
    let corner = Point3::from(CENTRE) - Vector3::new(60.0, 60.0, 60.0);
    let grid = Grid::axis_aligned([61, 61, 41], [2.0, 2.0, 3.0], corner);
    let block = |p: &Point3<f64>| (p.x - CENTRE[0]).abs() <= 40.0 && (p.y - CENTRE[1]).abs() <= 40.0 && p.z >= CENTRE[2];
    let ids: Vec<u8> =
        (0..grid.len()).map(|at| if block(&grid.centre(grid.voxel(at))) { Label::HipRight.id() } else { 0 }).collect();
    let hu = ids.iter().map(|id| if *id == 0 { -100 } else { 600 }).collect();
    let (labels, volume) = (place.with_extension("labels.nii.gz"), place.with_extension("volume.nii.gz"));
    nifti::write_labels(&labels, &grid, &ids).unwrap();
    nifti::write_volume(&volume, &Volume { grid, hu }).unwrap();
    for (name, file) in [("labels.nii.gz", labels), ("volume.nii.gz", volume)] {
        folder.write_bytes(name, &fs::read(file).unwrap()).unwrap();
    }
    // What was made before was made of these labels.
    for bone in ["bones/femur_right.stl", "bones/hip_right.stl"] {
        folder.write_bytes(bone, &fs::read(folder.path().join(bone)).unwrap()).unwrap();
    }
    folder.write_anatomy(&folder.read_anatomy().unwrap()).unwrap();
    folder
}

fn opened(folder: &CaseFolder) -> App {
    let mut app = scene::app(app::read_case(folder.path()).unwrap());
    until(&mut app, |world| world.resource::<SlicesState>().settled());
    request(&mut app, Command::GoTo(Step::Bones));
    app
}

fn repair(app: &App) -> &RepairState {
    app.world().resource::<RepairState>()
}

fn take(app: &mut App, settings: RepairSettings) {
    request(app, Command::Repair(RepairCommand::Set(settings)));
    until(app, |world| !world.resource::<RepairState>().awaited());
    let told = repair(app).model().and_then(|model| model.told.cloned());
    assert!(repair(app).labels().is_some(), "{told:?}");
}

fn with(tool: RepairTool) -> RepairSettings {
    RepairSettings { tool: Some(tool), radius_mm: 10.0, ..RepairSettings::of(Label::FemurRight) }
}

fn count(app: &App, label: Label) -> usize {
    repair(app).labels().unwrap().map().count(label)
}

/// The strip and the slices over the window's core.
struct Given {
    app: App,
    texts: Texts,
}

fn draw(ui: &mut egui::Ui, given: &mut Given) {
    let world = given.app.world();
    let slices = world.resource::<SlicesState>().model().unwrap();
    let (texts, repair) = (&given.texts, world.resource::<RepairState>().model());
    let views = SliceViews {
        texts,
        pseudonym: "test",
        side: Side::Right,
        slices,
        textures: [None; 3],
        hidden: &[],
        beside: None,
        film: None,
        repair,
    };
    let mut commands = Vec::new();
    panels::slices(ui, &views, &mut commands);
    given.app.world_mut().resource_mut::<Requests>().0.extend(commands);
    given.app.update();
}

/// With an axial slice alone.
fn harness(app: App) -> Harness<'static, Given> {
    let given = Given { app, texts: Texts::new(Language::English) };
    let mut harness = Harness::builder().with_size([900.0, 800.0]).with_step_dt(1.0 / 60.0).build_ui_state(draw, given);
    theme::apply(&harness.ctx);
    harness.run_steps(4);
    harness
}

fn press(harness: &mut Harness<'static, Given>, pos: Pos2, pressed: bool, modifiers: Modifiers) {
    harness.event(Event::ModifiersChanged(modifiers));
    harness.event(Event::PointerMoved(pos));
    harness.event(Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers });
    harness.run_steps(3);
}

fn settled(harness: &mut Harness<'static, Given>) {
    until(&mut harness.state_mut().app, |world| !world.resource::<RepairState>().busy());
}

#[test]
fn nothing_is_painted_before_a_tool_is_taken_and_a_stroke_has_no_gap() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"));
    let mut app = opened(&folder);
    request(&mut app, Command::Slices(SlicesCommand::Arrange(Arrangement::Slice(0))));
    let mut harness = harness(app);
    let middle = harness.get_by_label("Axial 1").rect().center();
    let (from, to) = (middle - vec2(150.0, 0.0), middle + vec2(150.0, 0.0));
    press(&mut harness, from, true, Modifiers::NONE);
    press(&mut harness, from, false, Modifiers::NONE);
    assert!(!repair(&harness.state().app).holding() && repair(&harness.state().app).labels().is_none());
    let cross = harness.state().app.world().resource::<SlicesState>().view().cross;
    assert_ne!(cross, Point3::from(CENTRE), "the click was the cross-hair's");

    take(&mut harness.state_mut().app, with(RepairTool::Brush));
    harness.run_steps(2);
    press(&mut harness, from, true, Modifiers::NONE);
    assert!(repair(&harness.state().app).holding());
    let dot = count(&harness.state().app, Label::FemurRight);
    assert!(dot > 0, "what is drawn is seen at once");
    harness.event(Event::PointerMoved(to));
    harness.run_steps(3);
    let line = count(&harness.state().app, Label::FemurRight);
    // Seen while the hand still moves, and nothing is done yet.
    assert!(line > 3 * dot && repair(&harness.state().app).labels().unwrap().history().done().is_empty());
    let outlines = repair(&harness.state().app).model().unwrap().outlines[0].unwrap();
    assert!(outlines.iter().any(|outline| outline.kind == BodyKind::Bone(Label::FemurRight)));
    press(&mut harness, to, false, Modifiers::NONE);
    settled(&mut harness);
    let app = &harness.state().app;
    assert_eq!((count(app, Label::FemurRight), repair(app).model().unwrap().pending), (line, 1));
    let map = repair(app).labels().unwrap().map();
    let painted: Vec<_> =
        (0..map.ids.len()).filter(|at| map.ids[*at] == Label::FemurRight.id()).map(|at| map.grid.voxel(at)).collect();
    let slice = painted[0][2];
    assert!(painted.iter().all(|voxel| voxel[2] == slice), "a flat brush");
    let columns: BTreeSet<_> = painted.iter().map(|voxel| voxel[0]).collect();
    assert_eq!(columns.len(), columns.last().unwrap() - columns.first().unwrap() + 1, "no gap between two frames");
    assert_eq!(app.world().resource::<SlicesState>().view().cross, cross, "the cross-hair stays");

    // With Ctrl the click is the cross-hair's again.
    press(&mut harness, middle, true, Modifiers::COMMAND);
    press(&mut harness, middle, false, Modifiers::COMMAND);
    assert_ne!(harness.state().app.world().resource::<SlicesState>().view().cross, cross);
    assert_eq!(count(&harness.state().app, Label::FemurRight), line);

    // Escape lets go of a stroke, and then of the tool.
    press(&mut harness, from - vec2(0.0, 120.0), true, Modifiers::NONE);
    assert!(count(&harness.state().app, Label::FemurRight) > line);
    let state = &mut harness.state_mut().app;
    let mut keys = ButtonInput::<KeyCode>::default();
    keys.press(KeyCode::Escape);
    state.insert_resource(keys);
    state.update();
    assert_eq!((count(state, Label::FemurRight), repair(state).in_hand()), (line, true));
}

#[test]
fn edits_are_undone_and_done_again_by_name_and_refusals_are_told() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"));
    let mut app = opened(&folder);
    request(&mut app, Command::Take(Some(Tool::Cup)));
    take(&mut app, with(RepairTool::Sphere));
    assert_eq!(app.world().resource::<HandsState>().tool, None, "one thing is in hand at a time");
    let plane = {
        request(&mut app, Command::Slices(SlicesCommand::Arrange(Arrangement::Slice(0))));
        let slices = app.world().resource::<SlicesState>().model().unwrap();
        slices.view.plane(0, slices.source).unwrap()
    };
    let click = |app: &mut App, point: Point3<f64>| {
        request(app, Command::Repair(RepairCommand::Touch(point, Ground::Slice(0, plane))));
        request(app, Command::Repair(RepairCommand::Lift));
        until(app, |world| !world.resource::<RepairState>().busy());
    };
    let told = |app: &App| repair(app).model().unwrap().told.map(|told| told.get(Language::English).to_owned());
    let whole = count(&app, Label::HipRight);
    let centre = Point3::from(CENTRE) + Vector3::new(0.0, 0.0, 21.0);
    click(&mut app, centre);
    let split = count(&app, Label::FemurRight);
    // A ball of 10 mm in voxels of 12 mm³, half a diagonal of which is 2.06 mm.
    let ball = |radius: f64| 4.0 / 3.0 * std::f64::consts::PI * radius.powi(3) / 12.0;
    assert!((split as f64) > ball(7.94) && (split as f64) < ball(12.06), "{split}");
    assert_eq!(count(&app, Label::HipRight), whole - split);
    assert!(told(&app).unwrap().starts_with("Right hip bone -"), "{:?}", told(&app));
    let name = |app: &App| repair(app).model().unwrap().undo.map(|edit| named(&Texts::new(Language::English), edit));
    assert_eq!(name(&app).unwrap(), "Split by ball: Right hip bone → Right femur");

    // Again it is the femur that is under the pointer: that makes no sense, and is said in both languages.
    click(&mut app, centre);
    assert!(told(&app).unwrap().contains("name two different labels"));
    let chinese = repair(&app).model().unwrap().told.unwrap().get(Language::Chinese).to_owned();
    assert!(chinese.contains("右股骨") || chinese.contains("股骨"), "{chinese}");
    // The left femur on the right side of the body is a slip.
    take(&mut app, RepairSettings { label: Label::FemurLeft, flat: false, ..with(RepairTool::Brush) });
    click(&mut app, Point3::from(CENTRE) - Vector3::new(35.0, 0.0, 0.0));
    assert!(told(&app).unwrap().contains("on the patient's other side"), "{:?}", told(&app));
    assert_eq!(count(&app, Label::FemurLeft), 0);
    take(&mut app, with(RepairTool::Eraser));
    click(&mut app, Point3::from(CENTRE) - Vector3::new(0.0, 0.0, 45.0));
    assert!(told(&app).unwrap().starts_with("Nothing was changed"));

    request(&mut app, Command::Repair(RepairCommand::Undo));
    assert_eq!((count(&app, Label::HipRight), name(&app), repair(&app).model().unwrap().pending), (whole, None, 0));
    let mut keys = ButtonInput::<KeyCode>::default();
    [KeyCode::ControlLeft, KeyCode::ShiftLeft, KeyCode::KeyZ].into_iter().for_each(|key| keys.press(key));
    app.insert_resource(keys);
    app.update();
    assert_eq!(count(&app, Label::FemurRight), split, "Ctrl+Shift+Z does it again");
    // At another step it is put away; what was done stays, and nothing is on disk.
    app.insert_resource(ButtonInput::<KeyCode>::default());
    request(&mut app, Command::GoTo(Step::Cup));
    app.update();
    assert!(!repair(&app).in_hand() && repair(&app).model().unwrap().pending == 1);
    assert!(!folder.labels_are_corrected());
}

/// The boxes are no bones that could be measured, so that what comes after the edits fails: then the case has the edits, and it is said that
/// nothing was made from them yet.
#[test]
fn what_is_taken_over_is_in_the_case_and_what_was_made_before_is_called_old() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"));
    let mut app = opened(&folder);
    take(&mut app, with(RepairTool::Region));
    let plane = app.world().resource::<SlicesState>().model().map(|slices| slices.view.plane(0, slices.source).unwrap()).unwrap();
    let centre = Point3::from(CENTRE) + Vector3::new(0.0, 0.0, 21.0);
    request(&mut app, Command::Repair(RepairCommand::Touch(centre, Ground::Slice(0, plane))));
    request(&mut app, Command::Repair(RepairCommand::Lift));
    until(&mut app, |world| !world.resource::<RepairState>().busy());
    let ids = repair(&app).labels().unwrap().map().ids.clone();
    assert!(folder.read_labels().unwrap().1 != ids);
    request(&mut app, Command::Repair(RepairCommand::TakeOver));
    until(&mut app, |world| !world.resource::<RepairState>().busy());
    until(&mut app, |world| !world.resource::<Loading>().busy() && world.resource::<Loading>().message.is_some());
    assert!(folder.read_labels().unwrap().1 == ids);
    let model = repair(&app).model().unwrap();
    assert_eq!((model.pending, model.stale), (0, true));
    let kept = folder.read_edits().unwrap().records;
    assert!(matches!(&kept[..], [one] if matches!(&one.action, EditAction::Edit(Edit::Flood { to: Label::FemurRight, .. }))));
    assert!(folder.stale().unwrap().contains(&"landmarks.ron".to_owned()));

    // Somebody else takes it back meanwhile: what the window does next is not written over that.
    folder.edit_labels().unwrap().undo().unwrap();
    take(&mut app, with(RepairTool::Eraser));
    request(&mut app, Command::Repair(RepairCommand::Touch(centre, Ground::Slice(0, plane))));
    request(&mut app, Command::Repair(RepairCommand::Lift));
    until(&mut app, |world| !world.resource::<RepairState>().busy());
    request(&mut app, Command::Repair(RepairCommand::TakeOver));
    until(&mut app, |world| !world.resource::<RepairState>().busy());
    let told = repair(&app).model().unwrap().told.unwrap().get(Language::English).to_owned();
    assert!(told.contains("another program") && folder.read_edits().unwrap().records.len() == 2, "{told}");
}

#[test]
fn what_was_not_taken_over_is_kept_when_the_window_closes() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"));
    let mut app = opened(&folder);
    take(&mut app, RepairSettings { flat: false, ..with(RepairTool::Brush) });
    let bone = Ground::Bone(Label::HipRight, Vector3::z_axis());
    request(&mut app, Command::Repair(RepairCommand::Touch(Point3::from(CENTRE), bone)));
    assert_eq!(repair(&app).drawn_on(), Some(Label::HipRight));
    request(&mut app, Command::Repair(RepairCommand::Lift));
    until(&mut app, |world| !world.resource::<RepairState>().busy());
    let ids = repair(&app).labels().unwrap().map().ids.clone();
    app.world_mut().write_message(AppExit::Success);
    app.update();
    assert!(folder.read_labels().unwrap().1 == ids);
    assert!(folder.stale_finding().unwrap().is_some());
}

/// Everything the page borrows.
struct Page {
    texts: Texts,
    settings: RepairSettings,
    edit: Edit,
    told: Sentence,
    pending: usize,
    stale: bool,
    step: Step,
    commands: Vec<Command>,
}

fn page(ui: &mut egui::Ui, page: &mut Page) {
    let layers = BTreeSet::new();
    let repair = RepairModel {
        settings: &page.settings,
        reading: false,
        busy: false,
        ready: true,
        undo: Some(&page.edit),
        redo: None,
        pending: page.pending,
        stale: page.stale,
        told: Some(&page.told),
        way: None,
        flat: [true; 3],
        outlines: [None; 3],
    };
    let bodies = vec![BodyRow { kind: BodyKind::Bone(Label::FemurRight), visible: true, opacity: 1.0 }];
    let case = CaseModel { repair: Some(repair), bodies, step: page.step, ..empty_case(&layers) };
    panels::show(ui, &calm(&page.texts, Some(case)), &mut page.commands);
}

fn shown(language: Language, tool: Option<RepairTool>) -> Harness<'static, Page> {
    let region = Region::Ball { centre: Point3::origin(), radius_mm: 3.0 };
    let state = Page {
        texts: Texts::new(language),
        settings: RepairSettings { tool, ..RepairSettings::of(Label::FemurRight) },
        edit: Edit::Brush { region, over: None, to: Label::FemurRight, allow_other_side: false },
        told: Sentence::new(|texts| texts.get("repair-nothing")),
        pending: 2,
        stale: false,
        step: Step::Bones,
        commands: Vec::new(),
    };
    let mut harness = Harness::builder().with_size([1280.0, 900.0]).build_ui_state(page, state);
    theme::apply(&harness.ctx);
    harness.run_steps(4);
    harness
}

#[test]
fn every_tool_and_button_does_what_it_says_in_both_languages() {
    for language in Language::ALL {
        let texts = Texts::new(language);
        for tool in RepairTool::ALL {
            let mut harness = shown(language, None);
            harness.get_by_label(&texts.get("repair-locked"));
            harness.get_by_label(&texts.get(&format!("repair-{}", tool.name()))).click();
            harness.run_steps(3);
            let taken =
                harness.state_mut().commands.drain(..).any(
                    |command| matches!(command, Command::Repair(RepairCommand::Set(settings)) if settings.tool == Some(tool)),
                );
            assert!(taken, "{tool:?}");
            // In hand, it shows what it needs and nothing else, and puts itself away.
            let mut harness = shown(language, Some(tool));
            let there = |key: &str| harness.query_all_by_label(&texts.get(key)).count() > 0;
            assert_eq!(there("repair-radius"), tool.has_radius(), "{tool:?}");
            assert_eq!(there("repair-density"), tool.has_hu(), "{tool:?}");
            assert_eq!(there("repair-flat"), tool.draws(), "{tool:?}");
            harness.get_by_label(&texts.get(&format!("repair-{}", tool.name()))).click();
            harness.run_steps(3);
            let put_away = harness
                .state_mut()
                .commands
                .drain(..)
                .any(|command| matches!(command, Command::Repair(RepairCommand::Set(settings)) if settings.tool.is_none()));
            assert!(put_away, "{tool:?}");
        }
        let mut harness = shown(language, Some(RepairTool::Brush));
        harness.get_by_label(&texts.get("repair-nothing"));
        harness.get_by_label(&texts.get("undo")).click();
        harness.run_steps(3);
        harness.get_by_label(&texts.get("repair-take-over")).click();
        harness.run_steps(3);
        assert_eq!(
            harness.state().commands,
            [RepairCommand::Undo, RepairCommand::TakeOver].map(Command::Repair),
            "redo has nothing to do"
        );
        // At every step it is said that what is seen is of earlier labels.
        harness.state_mut().step = Step::Diagnosis;
        harness.run_steps(3);
        harness.get_by_label(&format!("▲ {}", texts.with("repair-pending", &[("count", "2")])));
        (harness.state_mut().pending, harness.state_mut().stale) = (0, true);
        harness.run_steps(3);
        harness.get_by_label(&format!("▲ {}", texts.get("repair-stale")));
        harness.state_mut().step = Step::Bones;
        harness.state_mut().commands.clear();
        harness.run_steps(3);
        harness.get_by_label(&texts.get("plan-again")).click();
        harness.run_steps(3);
        assert_eq!(harness.state().commands, [Command::PlanAgain]);
    }
}
