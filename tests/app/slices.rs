//! Slices in the window: what the hand does on them, in both languages, and what becomes of it in the pictures; no GPU.

use crate::{
    case, keeping,
    scene::{self, CENTRE},
    trial::{hip, request, until},
};
use bevy::prelude::*;
use coxa::{
    anatomy::{CupAngles, SliceKind},
    app::{
        self, Document,
        bodies::BodyKind,
        document::OpenDocument,
        model::Command,
        panels::{self, SliceViews},
        requests::Requests,
        slices::{
            Arrangement, BODY_PLANES, Ct, FEMUR_PLANES, Pane, Scan, SliceSource, SlicesCommand, SlicesStart, SlicesState, shaded,
        },
        theme,
        trial::{Trial, TrialState},
    },
    frames::Side,
    i18n::{Language, Sentence, Texts},
    labels::Label,
    motion::Posture,
    plan::ImplantPart,
    volume::{GreyWindow, Grid, Volume, WindowPreset, slice::NOT_SCANNED},
};
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, MouseWheelUnit, PointerButton, Pos2, TouchPhase, vec2};
use egui_kittest::{Harness, kittest::Queryable};
use nalgebra::{Point3, Vector3};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// What the CT of the tests holds at a point: brighter towards the patient's left, 4 HU a millimetre.
fn hu(point: &Point3<f64>) -> f64 {
    4.0 * (point.x - CENTRE[0]) + 300.0
}

/// A scan of slices of 3 mm whose middle is the hip.
fn ct() -> Volume {
    let size = [101, 81, 61];
    let corner = Point3::from(CENTRE) - Vector3::new(100.0, 80.0, 90.0);
    let grid = Grid::axis_aligned(size, [2.0, 2.0, 3.0], corner);
    let hu = (0..grid.len()).map(|n| hu(&grid.centre(grid.voxel(n))).round() as i16).collect();
    Volume { grid, hu }
}

fn scan(ct: Ct) -> Scan {
    let bones = scene::document().bodies.into_iter().filter(|body| matches!(body.kind, BodyKind::Bone(_)));
    Scan { ct, bones: bones.map(|body| (body.kind, body.mesh)).collect() }
}

fn document(source: SliceSource) -> Document {
    Document { slices: Some(source), ..scene::document() }
}

/// The window's core with a layout, and the strip and slices over it.
struct Given {
    app: App,
    texts: Texts,
    hidden: Vec<BodyKind>,
    asked: Vec<Command>,
    bones: egui::Rect,
}

fn draw(ui: &mut egui::Ui, given: &mut Given) {
    let slices = given.app.world().resource::<SlicesState>().model().unwrap();
    let (texts, side, hidden) = (&given.texts, Side::Right, given.hidden.as_slice());
    let views = SliceViews {
        texts,
        pseudonym: "test-0001",
        side,
        slices,
        textures: [None; 3],
        hidden,
        beside: None,
        film: None,
        repair: None,
    };
    let mut commands = Vec::new();
    given.bones = panels::slices(ui, &views, &mut commands).planned;
    given.asked.extend(commands.iter().cloned());
    given.app.world_mut().resource_mut::<Requests>().0.extend(commands);
    given.app.update();
}

fn settled(app: &mut App) {
    until(app, |world| world.resource::<SlicesState>().settled());
}

fn harness(app: App, language: Language) -> Harness<'static, Given> {
    let given = Given { app, texts: Texts::new(language), hidden: Vec::new(), asked: Vec::new(), bones: egui::Rect::NOTHING };
    let mut harness = Harness::builder().with_size([1400.0, 900.0]).with_step_dt(1.0 / 60.0).build_ui_state(draw, given);
    theme::apply(&harness.ctx);
    harness.run_steps(4);
    harness
}

/// With a CT, all views on screen.
fn opened(language: Language) -> Harness<'static, Given> {
    let mut app = scene::app(document(SliceSource::new(None, |_| scan(Ct::of(ct())))));
    settled(&mut app);
    request(&mut app, Command::Slices(SlicesCommand::Arrange(Arrangement::TwoByTwo)));
    harness(app, language)
}

fn state<'a>(harness: &'a Harness<'static, Given>) -> &'a SlicesState {
    harness.state().app.world().resource::<SlicesState>()
}

fn click(harness: &mut Harness<'static, Given>, label: &str) {
    harness.get_by_label(label).click();
    harness.run_steps(4);
}

fn rect(harness: &Harness<'static, Given>, label: &str) -> egui::Rect {
    harness.get_by_label(label).rect()
}

fn button(harness: &mut Harness<'static, Given>, pos: Pos2, button: PointerButton, pressed: bool) {
    harness.event(Event::PointerMoved(pos));
    harness.event(Event::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE });
    harness.run_steps(4);
}

fn dragged(harness: &mut Harness<'static, Given>, with: PointerButton, from: Pos2, to: Pos2) {
    button(harness, from, with, true);
    harness.event(Event::PointerMoved(to));
    harness.run_steps(4);
    button(harness, to, with, false);
}

fn wheel(harness: &mut Harness<'static, Given>, at: Pos2, notches: f32, modifiers: Modifiers) {
    harness.hover_at(at);
    harness.run_steps(4);
    let (unit, phase) = (MouseWheelUnit::Line, TouchPhase::Move);
    harness.event(Event::MouseWheel { unit, delta: vec2(0.0, notches), phase, modifiers });
    harness.run_steps(4);
}

#[test]
fn every_button_of_the_strip_does_what_it_says_in_both_languages() {
    for language in Language::ALL {
        let mut harness = opened(language);
        let texts = Texts::new(language);
        for (key, layout) in [
            ("layout-bones", Arrangement::Bones),
            ("layout-slice", Arrangement::Slice(0)),
            ("layout-one-three", Arrangement::OnePlusThree),
            ("layout-two-two", Arrangement::TwoByTwo),
        ] {
            click(&mut harness, &texts.get(key));
            assert_eq!(state(&harness).view().arrangement, layout, "{key}");
            let slices = [0, 1, 2].map(|slot| state(&harness).picture(slot).is_some());
            assert_eq!(slices, [0, 1, 2].map(|slot| state(&harness).view().shows(slot)), "{key}");
        }
        let range = state(&harness).scan().unwrap().ct.range();
        for preset in WindowPreset::ALL {
            click(&mut harness, &texts.get(&format!("window-{}", preset.name())));
            assert_eq!((state(&harness).view().preset, state(&harness).view().window), (Some(preset), preset.window(range)));
        }
        for shown in [false, true] {
            click(&mut harness, &texts.get("slices-outlines"));
            click(&mut harness, &texts.get("slices-cross-hair"));
            assert_eq!((state(&harness).view().outlines, state(&harness).view().cross_hair), (shown, shown));
        }
        click(&mut harness, &texts.get("slices-all"));
        let whole = state(&harness).view().slots.map(|slot| slot.field_mm);
        click(&mut harness, &texts.get("slices-hip"));
        let hip = state(&harness).view().slots;
        assert!(hip.iter().all(|slot| slot.field_mm == 200.0 && slot.centre == Point3::from(CENTRE)));
        assert_ne!(whole, hip.map(|slot| slot.field_mm));
        // Without a femur there is no plane along it, and the button says so instead of doing nothing.
        click(&mut harness, &texts.get("planes-femur"));
        assert_eq!(state(&harness).view().slots.map(|slot| slot.kind), BODY_PLANES);
        // Whose hip, which side, and the disclaimer of what is shown stand in every view.
        assert_eq!(harness.get_all_by_label("test-0001").count(), 4);
        assert_eq!(harness.get_all_by_label(&texts.get("side-badge-right")).count(), 4);
    }
}

#[test]
fn planes_of_the_femur_are_chosen_for_all_and_for_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut app = scene::app(app::read_case(&case::write(&folder.path().join("case"))).unwrap());
    settled(&mut app);
    request(&mut app, Command::Slices(SlicesCommand::Arrange(Arrangement::TwoByTwo)));
    let mut harness = harness(app, Language::English);
    click(&mut harness, "Femur planes");
    assert_eq!(state(&harness).view().slots.map(|slot| slot.kind), FEMUR_PLANES);
    let of = |slot: usize| state(&harness).picture(slot).unwrap().plane;
    assert!(of(1).before_mm(&Point3::from(CENTRE)).abs() < 1e-9, "the neck's plane holds the head's centre");
    assert!(of(1).towards_viewer().y < -0.99, "from the front");
    // One slice alone: the button opens the names of all planes.
    harness.get_all_by_role(Role::ComboBox).nth(1).unwrap().click();
    harness.run_steps(4);
    click(&mut harness, "Along the canal");
    assert_eq!(state(&harness).view().slots[1].kind, SliceKind::Canal);
    click(&mut harness, "Body planes");
    assert_eq!(state(&harness).view().slots.map(|slot| slot.kind), BODY_PLANES);
}

#[test]
fn a_click_in_one_slice_moves_the_others() {
    let mut harness = opened(Language::English);
    let axial = rect(&harness, "Axial 1");
    let mm = state(&harness).view().mm_per_point(0);
    assert!((mm - 200.0 / f64::from(axial.width().min(axial.height()))).abs() < 1e-9);
    // Right of the middle is the patient's left, up is anterior.
    let at = (axial.center() + vec2(50.0, -80.0)).round();
    dragged(&mut harness, PointerButton::Primary, at, at);
    let away = at - axial.center();
    let expected = Point3::from(CENTRE) + Vector3::new(f64::from(away.x), f64::from(away.y), 0.0) * mm;
    let cross = state(&harness).view().cross;
    assert!((cross - expected).norm() < 1e-3, "{cross} instead of {expected}");
    for slot in 0..3 {
        assert!(state(&harness).picture(slot).unwrap().plane.before_mm(&cross).abs() < 1e-9, "slice {slot} holds the cross");
    }
    // A drag goes on moving it, as far as the view reaches.
    dragged(&mut harness, PointerButton::Primary, at, axial.right_bottom() + vec2(300.0, 0.0));
    let edge = state(&harness).view().cross;
    assert!((edge.x - CENTRE[0] - f64::from(axial.width()) / 2.0 * mm).abs() < 0.5, "{edge}");
    // And what is seen there is what was scanned there.
    let sagittal = state(&harness).picture(2).unwrap();
    let middle = sagittal.hu[sagittal.hu.len() / 2 + sagittal.size.pixels[0] / 2];
    let expected = hu(&edge);
    assert!(middle == NOT_SCANNED && expected > 700.0 || (f64::from(middle) - expected).abs() <= 1.0, "{middle} {expected}");
}

#[test]
fn the_wheel_and_the_page_keys_pass_from_slice_to_slice() {
    let mut harness = opened(Language::English);
    let axial = rect(&harness, "Axial 1").center();
    let z = |harness: &Harness<'static, Given>| state(harness).view().cross.z;
    let begin = z(&harness);
    wheel(&mut harness, axial, 1.0, Modifiers::NONE);
    assert!((z(&harness) - begin - 3.0).abs() < 1e-9, "one slice up: {}", z(&harness));
    harness.key_press(Key::PageDown);
    harness.run_steps(4);
    harness.key_press(Key::PageDown);
    harness.run_steps(4);
    assert!((z(&harness) - begin + 3.0).abs() < 1e-9, "two slices down: {}", z(&harness));
    // Parts of a notch, as touch pads send them, add up.
    for _ in 0..4 {
        wheel(&mut harness, axial, 0.25, Modifiers::NONE);
    }
    assert!((z(&harness) - begin).abs() < 1e-9);
    wheel(&mut harness, axial, 500.0, Modifiers::NONE);
    assert!((z(&harness) - CENTRE[2] - 90.0).abs() < 1e-9, "not out of the scan: {}", z(&harness));
    let coronal = rect(&harness, "Coronal 2").center();
    let y = state(&harness).view().cross.y;
    wheel(&mut harness, coronal, -2.0, Modifiers::NONE);
    assert!((state(&harness).view().cross.y - y + 4.0).abs() < 1e-9, "towards who looks: anterior");
    harness.get_by_label("P 16.0 mm");
}

#[test]
fn zoom_keeps_what_is_under_the_pointer_and_the_middle_button_moves_the_picture() {
    let mut harness = opened(Language::English);
    let axial = rect(&harness, "Axial 1");
    let at = (axial.center() + vec2(60.0, 40.0)).round();
    let seen = |harness: &Harness<'static, Given>, at: Pos2| {
        let (view, plane) = (state(harness).view(), state(harness).picture(0).unwrap().plane);
        let away = at - axial.center();
        plane.at([f64::from(away.x), -f64::from(away.y)].map(|points| points * view.mm_per_point(0)))
    };
    let before = seen(&harness, at);
    wheel(&mut harness, at, 3.0, Modifiers::CTRL);
    assert!((state(&harness).view().slots[0].field_mm - 200.0 * f64::exp(-0.36)).abs() < 1e-6);
    assert!((seen(&harness, at) - before).norm() < 1e-6);
    assert_eq!(state(&harness).view().slots[1].field_mm, 200.0, "only this one");
    let cross = state(&harness).view().cross;
    dragged(&mut harness, PointerButton::Middle, at, at + vec2(-30.0, 12.0));
    assert!((seen(&harness, at + vec2(-30.0, 12.0)) - before).norm() < 1e-6, "it went along");
    assert_eq!(state(&harness).view().cross, cross, "and the cross-hair stayed in the patient");
}

#[test]
fn greys_are_dragged_and_typed() {
    let mut harness = opened(Language::English);
    let coronal = rect(&harness, "Coronal 2").center();
    let before = state(&harness).view().window;
    dragged(&mut harness, PointerButton::Secondary, coronal, coronal + vec2(50.0, -20.0));
    let window = state(&harness).view().window;
    assert_eq!(window, GreyWindow { centre_hu: before.centre_hu - 120.0, width_hu: before.width_hu + 300.0 });
    assert_eq!(state(&harness).view().preset, None, "it is no longer the one with the name");
    assert_eq!(harness.get_all_by_label("C 280 W 2100").count(), 3);
    // Narrower than narrow it does not become, nor does anything divide by nothing.
    dragged(&mut harness, PointerButton::Secondary, coronal, coronal + vec2(-600.0, 0.0));
    assert_eq!(state(&harness).view().window.width_hu, GreyWindow::NARROWEST_HU);
    let image = shaded(state(&harness).picture(1).unwrap(), &state(&harness).view().window);
    assert!(image.pixels.contains(&egui::Color32::BLACK));
    assert!(image.pixels.contains(&egui::Color32::WHITE));
}

#[test]
fn a_double_click_and_the_keys_make_a_view_full_and_bring_the_others_back() {
    let mut harness = opened(Language::Chinese);
    let sagittal = rect(&harness, "矢状面 3").center();
    let twice = |harness: &mut Harness<'static, Given>, at: Pos2| {
        for pressed in [true, false, true, false] {
            button(harness, at, PointerButton::Primary, pressed);
        }
    };
    twice(&mut harness, sagittal);
    assert_eq!(state(&harness).view().arrangement, Arrangement::Slice(2));
    assert!(!harness.state().bones.is_positive(), "the bones are not on screen");
    let whole = rect(&harness, "矢状面 3");
    assert!(whole.width() > 1300.0 && whole.height() > 700.0);
    // Long enough for it not to be a third and fourth click.
    harness.run_steps(60);
    twice(&mut harness, whole.center() + vec2(30.0, 30.0));
    assert_eq!(state(&harness).view().arrangement, Arrangement::TwoByTwo);
    harness.run_steps(60);
    let bones = harness.state().bones.center();
    twice(&mut harness, bones);
    assert_eq!(state(&harness).view().arrangement, Arrangement::Bones);
    harness.hover_at(sagittal);
    for (key, layout) in [
        (Key::Num2, Arrangement::OnePlusThree),
        (Key::Num3, Arrangement::TwoByTwo),
        (Key::Num4, Arrangement::Slice(2)),
        (Key::Num1, Arrangement::Bones),
    ] {
        harness.key_press(key);
        harness.run_steps(4);
        assert_eq!(state(&harness).view().arrangement, layout, "{key:?}");
    }
    assert!(harness.state().asked.contains(&Command::Slices(SlicesCommand::Toggle(Pane::Bones))));
}

#[test]
fn hounsfield_units_are_those_under_the_pointer() {
    let mut harness = opened(Language::English);
    let axial = rect(&harness, "Axial 1");
    let at = (axial.center() + vec2(-37.0, 20.0)).round();
    harness.hover_at(at);
    harness.run_steps(4);
    let mm = state(&harness).view().mm_per_point(0);
    let expected = 4.0 * f64::from(at.x - axial.center().x) * mm + 300.0;
    harness.get_by_label(&format!("{expected:.0} HU"));
    // Where nothing was scanned there is no number.
    click(&mut harness, "Whole scan");
    harness.hover_at(axial.left_center() + vec2(3.0, 60.0));
    harness.run_steps(4);
    harness.get_by_label("not scanned");
    let picture = state(&harness).picture(0).unwrap();
    let image = shaded(picture, &WindowPreset::Bone.window([-1024, 3071]));
    let outside = image.pixels.iter().filter(|pixel| **pixel == theme::NOT_SCANNED).count();
    assert_eq!(outside, picture.hu.iter().filter(|hu| **hu == NOT_SCANNED).count());
    assert!(outside > 1000 && theme::NOT_SCANNED != egui::Color32::BLACK, "not taken for air");
}

#[test]
fn without_a_ct_outlines_are_shown_and_the_reason_is_said_in_both_languages() {
    for (language, absent, damaged) in [
        (Language::English, "This case has no CT", "The CT cannot be read: broken off"),
        (Language::Chinese, "此病例没有 CT", "无法读取 CT：断了"),
    ] {
        let why = Sentence::new(|texts| if texts.language() == Language::English { "broken off" } else { "断了" }.into());
        for (ct, said) in [(Ct::Absent, absent), (Ct::Damaged(why), damaged)] {
            let mut app = scene::app(document(SliceSource::new(None, move |_| scan(ct.clone()))));
            settled(&mut app);
            request(&mut app, Command::Slices(SlicesCommand::Arrange(Arrangement::TwoByTwo)));
            let mut harness = harness(app, language);
            assert_eq!(harness.get_all_by_label_contains(said).count(), 3);
            let picture = state(&harness).picture(1).unwrap();
            assert!(picture.hu.is_empty() && !picture.outlines.is_empty());
            // Scrolled a millimetre at a time.
            let (begin, at) =
                (state(&harness).view().cross.y, rect(&harness, &(Texts::new(language).get("slice-coronal") + " 2")));
            wheel(&mut harness, at.center(), 1.0, Modifiers::NONE);
            assert!((state(&harness).view().cross.y - begin - 1.0).abs() < 1e-9);
        }
    }
}

#[test]
fn while_the_ct_is_read_the_views_stand_and_say_how_far_it_is() {
    let (go, heard) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let (wait, told) = (Arc::clone(&go), Arc::clone(&heard));
    let mut app = scene::app(document(SliceSource::new(None, move |progress| {
        progress.report("", 0.42);
        told.store(true, Ordering::Relaxed);
        while !wait.load(Ordering::Relaxed) {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        scan(Ct::of(ct()))
    })));
    request(&mut app, Command::Slices(SlicesCommand::Arrange(Arrangement::Slice(0))));
    until(&mut app, |_| heard.load(Ordering::Relaxed));
    let mut harness = harness(app, Language::Chinese);
    harness.get_by_label("正在读取 CT：42 %");
    assert!(!state(&harness).settled());
    go.store(true, Ordering::Relaxed);
    settled(&mut harness.state_mut().app);
    harness.run_steps(4);
    assert!(!state(&harness).picture(0).unwrap().hu.is_empty());
}

#[test]
fn bones_stay_as_scanned_in_every_posture_and_implants_follow_what_is_tried() {
    let folder = tempfile::tempdir().unwrap();
    let mut app = keeping::opened(&keeping::made(&folder.path().join("case")));
    settled(&mut app);
    request(&mut app, Command::Slices(SlicesCommand::Arrange(Arrangement::TwoByTwo)));
    for slot in 0..3 {
        request(&mut app, Command::Slices(SlicesCommand::Sized(slot, [400.0, 300.0])));
    }
    app.update();
    let outlines = |app: &App, slot: usize| app.world().resource::<SlicesState>().picture(slot).unwrap().outlines.clone();
    let [before, coronal] = [0, 1].map(|slot| outlines(&app, slot));
    // The femur as scanned is whole: in the window it has lost its head to the plan.
    let cut = app.world().resource::<OpenDocument>().mesh_of(Label::FemurRight).unwrap().clone();
    let scanned = app.world().resource::<SlicesState>().scan().unwrap().bones.clone();
    let whole = &scanned.iter().find(|(kind, _)| *kind == BodyKind::Bone(Label::FemurRight)).unwrap().1;
    assert!(whole.volume_mm3() > cut.volume_mm3() + 1.0, "{} {}", whole.volume_mm3(), cut.volume_mm3());
    request(&mut app, Command::SetPosture(Posture { flexion_deg: 70.0, adduction_deg: 5.0, internal_rotation_deg: 10.0 }));
    app.update();
    assert_eq!([0, 1].map(|slot| outlines(&app, slot)), [before, coronal.clone()]);
    let planned = hip(&app).planned();
    let trial = Trial { cup: CupAngles { inclination_deg: 60.0, anteversion_deg: 0.0 }, ..planned };
    request(&mut app, Command::Try(trial));
    until(&mut app, |world| !world.resource::<TrialState>().busy() && world.resource::<TrialState>().revision().is_some());
    app.update();
    let tried = outlines(&app, 1);
    let of = |all: &[app::slices::Outline], kind: BodyKind| all.iter().find(|outline| outline.kind == kind).cloned();
    let (cup, femur) = (BodyKind::Implant(ImplantPart::Cup), BodyKind::Bone(Label::FemurRight));
    assert!(of(&coronal, cup).is_some() && of(&coronal, cup) != of(&tried, cup), "the cup that is tried");
    assert_eq!(of(&coronal, femur), of(&tried, femur));
}

#[test]
fn a_damaged_ct_hinders_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let place = case::write(&folder.path().join("case"));
    std::fs::write(place.join("volume.nii.gz"), b"not a volume").unwrap();
    let mut app = scene::app(app::read_case(&place).unwrap());
    settled(&mut app);
    let Ct::Damaged(why) = &app.world().resource::<SlicesState>().scan().unwrap().ct else { panic!("not noticed") };
    assert!(why.get(Language::English).contains("volume.nii.gz"), "{why:?}");
    assert_eq!(app.world().resource::<SlicesState>().scan().unwrap().bones.len(), 2);
}

#[test]
fn layouts_have_names_and_begin_as_they_are_told() {
    for (name, arrangement, kind) in [
        ("3d", Arrangement::Bones, None),
        ("1+3", Arrangement::OnePlusThree, None),
        ("2x2", Arrangement::TwoByTwo, None),
        ("coronal", Arrangement::Slice(0), Some(SliceKind::Coronal)),
        ("canal-across", Arrangement::Slice(0), Some(SliceKind::CanalAcross)),
    ] {
        assert_eq!(name.parse(), Ok(SlicesStart { arrangement, kind, preset: None }));
    }
    let refused = "4x4".parse::<SlicesStart>().unwrap_err();
    assert!(refused.contains("3d, 1+3, 2x2, film, ") && refused.contains("4x4"), "{refused}");
}
