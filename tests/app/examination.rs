//! Landmarks in the window: locked at first, dragged with the pointer, followed by the numbers, undone, kept in the case.

use crate::{case, scene};
use bevy::prelude::*;
use coxa::{
    anatomy::{Examination, Landmark, LandmarkName, Landmarks, measurements},
    app::{
        camera::OrbitCamera,
        document::{Document, OpenDocument},
        examination::{ExaminationState, Examined, Examiner, Layers},
        eye::{Eye, ViewArea},
        figures::figures,
        joint::HipPosture,
        model::{Command, Layer},
        read_case,
        requests::Requests,
        space::ViewSpace,
    },
    frames::Side,
    i18n::Sentence,
    motion::Posture,
    plan::storage::CaseFolder,
    progress::Progress,
};
use egui::{Pos2, Rect, Vec2, pos2, vec2};
use nalgebra::{Point3, Vector3};
use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

const RIGHT: Option<Side> = Some(Side::Right);

/// Landmarks about the bar that stands for the femur, and a pelvis before it. The trochanter lies on the front of the bar.
fn found() -> Landmarks {
    let mut landmarks = Landmarks::default();
    let at = |offset: [f64; 3]| Point3::from(scene::CENTRE) + Vector3::from(offset);
    for (name, side, offset) in [
        (LandmarkName::Asis, Some(Side::Left), [210.0, -50.0, 80.0]),
        (LandmarkName::Asis, RIGHT, [-30.0, -50.0, 80.0]),
        (LandmarkName::PubicTubercle, Some(Side::Left), [110.0, -50.0, -10.0]),
        (LandmarkName::PubicTubercle, RIGHT, [70.0, -50.0, -10.0]),
        (LandmarkName::FemoralHeadCentre, RIGHT, [0.0, 0.0, 0.0]),
        (LandmarkName::NeckIsthmus, RIGHT, [-25.0, 0.0, -25.0]),
        (LandmarkName::ShaftProximal, RIGHT, [-50.0, 0.0, -60.0]),
        (LandmarkName::ShaftDistal, RIGHT, [-50.0, 0.0, -180.0]),
        (LandmarkName::GreaterTrochanter, RIGHT, [5.0, -10.0, -90.0]),
    ] {
        let landmark = Landmark { position: at(offset), sd_mm: Some(0.5), along: None, method: "made up".into(), doubt: None };
        landmarks.insert(name, side, landmark);
    }
    landmarks
}

/// Examines nothing but points, and refuses what is moved by more than 30 mm.
#[derive(Debug, Default)]
struct Made(Mutex<Vec<Landmarks>>);

impl Examiner for Made {
    fn examine(&self, by_hand: &Landmarks, _: &dyn Progress) -> Result<Examined, Sentence> {
        let mut landmarks = found();
        by_hand.iter().for_each(|(name, side, landmark)| landmarks.insert(name, side, landmark.clone()));
        let examination = Examination {
            anatomy: case::anatomy(Vec::new()).into(),
            measurements: measurements(&landmarks),
            landmarks,
            frames: Vec::new(),
            grades: Vec::new(),
            curves: Vec::new(),
            flags: Vec::new(),
        };
        Ok(Examined { found: found(), examination })
    }

    fn check(&self, name: LandmarkName, side: Option<Side>, position: &Point3<f64>) -> Result<(), Sentence> {
        let far = (position - found().position(name, side).unwrap()).norm();
        if far > 30.0 { Err(format!("{far:.0} mm are too far").into()) } else { Ok(()) }
    }

    fn keep(&self, by_hand: &Landmarks) -> Result<(), Sentence> {
        self.0.lock().unwrap().push(by_hand.clone());
        Ok(())
    }

    fn plan_again(&self, _: &dyn Progress) -> Result<Document, Sentence> {
        let mut document = scene::document();
        document.plan.as_mut().unwrap().number = 2;
        Ok(document)
    }
}

/// The window's core with a camera, a view of 700 × 600 points, a pointer and keys.
struct Window {
    app: App,
    examiner: Arc<Made>,
}

const VIEW: Rect = Rect { min: pos2(236.0, 40.0), max: pos2(936.0, 640.0) };

impl Window {
    fn new() -> Self {
        let examiner = Arc::new(Made::default());
        let mut document = scene::document();
        document.examiner = Some(examiner.clone());
        let mut app = scene::app(document);
        app.world_mut().spawn(OrbitCamera::default());
        app.init_resource::<ButtonInput<MouseButton>>().init_resource::<ButtonInput<KeyCode>>().init_resource::<ViewArea>();
        let mut window = Self { app, examiner };
        window.settle();
        window
    }

    fn unlocked() -> Self {
        let mut window = Self::new();
        window.ask(Command::UnlockLandmarks(true));
        window
    }

    fn state(&self) -> &ExaminationState {
        self.app.world().resource()
    }

    fn update(&mut self) {
        self.app.update();
        self.app.world_mut().resource_mut::<ButtonInput<MouseButton>>().clear();
        self.app.world_mut().resource_mut::<ButtonInput<KeyCode>>().clear();
    }

    /// Until the background work has ended.
    fn settle(&mut self) {
        let start = Instant::now();
        while self.state().busy() {
            assert!(start.elapsed() < Duration::from_secs(20), "the examination never ended");
            std::thread::sleep(Duration::from_millis(1));
            self.update();
        }
    }

    fn ask(&mut self, command: Command) {
        self.app.world_mut().resource_mut::<Requests>().0.push(command);
        self.update();
    }

    fn point(&mut self, pointer: Pos2) {
        self.app.insert_resource(ViewArea { rect: VIEW, pointer: Some(pointer), pointer_inside: true, pointer_beside: false });
    }

    fn press(&mut self) {
        self.app.world_mut().resource_mut::<ButtonInput<MouseButton>>().press(MouseButton::Left);
        self.update();
    }

    fn release(&mut self) {
        self.app.world_mut().resource_mut::<ButtonInput<MouseButton>>().release(MouseButton::Left);
        self.update();
    }

    fn keys(&mut self, pressed: &[KeyCode]) {
        let mut keys = self.app.world_mut().resource_mut::<ButtonInput<KeyCode>>();
        pressed.iter().for_each(|key| keys.press(*key));
        self.update();
        self.app.world_mut().resource_mut::<ButtonInput<KeyCode>>().reset_all();
    }

    /// Where a landmark is in the scan.
    fn place(&self, name: LandmarkName) -> Point3<f64> {
        self.state().shown().unwrap().landmarks.position(name, RIGHT).unwrap()
    }

    fn number(&self, key: &str) -> f64 {
        self.state().shown().unwrap().measurements.iter().find(|(m, _)| m.quantity.key == key).unwrap().0.value
    }

    /// Where a point of the view is seen.
    fn seen(&self, point: &Point3<f64>) -> Pos2 {
        Eye::new(&OrbitCamera::default(), self.app.world().resource::<ViewSpace>(), VIEW).see(point).unwrap()
    }

    /// Presses on a point of the view and drags it; the button stays down.
    fn drag(&mut self, from: &Point3<f64>, by: Vec2) {
        let at = self.seen(from);
        self.point(at);
        self.press();
        self.point(at + by);
        self.update();
    }
}

#[test]
fn locked_landmarks_stay_where_they_are() {
    let mut window = Window::new();
    window.ask(Command::ShowLayer(Layer::Landmarks, true));
    let before = window.place(LandmarkName::NeckIsthmus);
    window.drag(&before, vec2(30.0, 0.0));
    window.release();
    assert_eq!(window.place(LandmarkName::NeckIsthmus), before);
    assert!(window.examiner.0.lock().unwrap().is_empty(), "and nothing is written");
}

#[test]
fn a_dragged_centre_takes_its_numbers_along_and_is_kept_undone_and_redone() {
    let mut window = Window::unlocked();
    assert!(window.app.world().resource::<Layers>().0.contains(&Layer::Landmarks), "what can be moved is seen");
    let (before, angle) = (window.place(LandmarkName::NeckIsthmus), window.number("neck_shaft_angle"));
    assert!((angle - 135.0).abs() < 1e-6, "{angle}");
    window.drag(&before, vec2(15.0, 0.0));
    let held = window.place(LandmarkName::NeckIsthmus);
    assert!(held.x > before.x + 5.0 && (held.z - before.z).abs() < 0.5 && (held.y - before.y).abs() < 2.0, "{held} {before}");
    let live = window.number("neck_shaft_angle");
    assert!(live > angle + 5.0, "the neck stands steeper while the button is still down: {live}");
    assert!(window.examiner.0.lock().unwrap().is_empty(), "nothing is written before the button is up");
    window.release();
    window.settle();
    let kept = window.examiner.0.lock().unwrap().last().unwrap().clone();
    assert_eq!(kept.position(LandmarkName::NeckIsthmus, RIGHT), Some(held));
    assert_eq!(kept.iter().count(), 1);
    let set = window.state().shown().unwrap().landmarks.get(LandmarkName::NeckIsthmus, RIGHT).unwrap();
    assert!(set.is_by_hand() && set.sd_mm == Some(Landmark::BY_HAND_SD_MM));
    assert!((window.number("neck_shaft_angle") - live).abs() < 1e-9);

    window.keys(&[KeyCode::ControlLeft, KeyCode::KeyZ]);
    assert_eq!(window.place(LandmarkName::NeckIsthmus), before, "at once");
    window.settle();
    assert_eq!((window.place(LandmarkName::NeckIsthmus), window.number("neck_shaft_angle")), (before, angle));
    assert!(window.examiner.0.lock().unwrap().last().unwrap().is_empty());
    // On a slow machine a key may be let go in the frame in which it was pressed.
    let mut keys = window.app.world_mut().resource_mut::<ButtonInput<KeyCode>>();
    [KeyCode::ControlLeft, KeyCode::KeyY].into_iter().for_each(|key| keys.press(key));
    [KeyCode::ControlLeft, KeyCode::KeyY].into_iter().for_each(|key| keys.release(key));
    window.update();
    assert_eq!(window.place(LandmarkName::NeckIsthmus), held);
    window.keys(&[KeyCode::ControlLeft, KeyCode::KeyZ]);
    for redo in [&[KeyCode::ControlLeft, KeyCode::KeyY][..], &[KeyCode::ControlLeft, KeyCode::ShiftLeft, KeyCode::KeyZ]] {
        window.keys(redo);
        window.settle();
        assert_eq!(window.place(LandmarkName::NeckIsthmus), held);
        window.keys(&[KeyCode::ControlLeft, KeyCode::KeyZ]);
    }
    window.keys(&[KeyCode::ControlLeft, KeyCode::KeyY]);
    window.ask(Command::ResetLandmark(LandmarkName::NeckIsthmus, RIGHT));
    window.settle();
    assert_eq!(window.place(LandmarkName::NeckIsthmus), before);
    window.ask(Command::UndoLandmark);
    assert_eq!(window.place(LandmarkName::NeckIsthmus), held, "a reset is undone as well");
}

#[test]
fn escape_lets_a_landmark_go_where_it_was() {
    let mut window = Window::unlocked();
    let before = window.place(LandmarkName::NeckIsthmus);
    window.drag(&before, vec2(15.0, 8.0));
    window.keys(&[KeyCode::Escape]);
    assert_eq!(window.place(LandmarkName::NeckIsthmus), before);
    window.release();
    assert_eq!(window.place(LandmarkName::NeckIsthmus), before);
    assert!(!window.state().history().can_undo());
}

#[test]
fn a_landmark_on_a_bone_glides_along_it_under_the_pointer() {
    let mut window = Window::unlocked();
    let before = window.place(LandmarkName::GreaterTrochanter);
    window.drag(&before, vec2(-6.0, 12.0));
    let after = window.place(LandmarkName::GreaterTrochanter);
    assert!((after.y - before.y).abs() < 1e-6, "it stays on the front of the bar: {after}");
    let missed = window.seen(&after) - (window.seen(&before) + vec2(-6.0, 12.0));
    assert!(missed.length() < 0.1, "{missed}");
    // Pointing beside the bar, whose edge lies 10 mm from its middle.
    let pointer = window.seen(&after) + vec2(-60.0, 0.0);
    window.point(pointer);
    window.update();
    let edge = window.place(LandmarkName::GreaterTrochanter);
    assert!((edge.x - (scene::CENTRE[0] - 10.0)).abs() < 1e-6 && (edge.z - after.z).abs() < 1.0, "{edge}");
}

#[test]
fn on_a_flexed_femur_a_landmark_is_where_the_femur_is() {
    let mut window = Window::unlocked();
    let posture = Posture { flexion_deg: 30.0, ..Posture::NEUTRAL };
    window.ask(Command::SetPosture(posture));
    let before = window.place(LandmarkName::GreaterTrochanter);
    let joint = window.app.world().resource::<OpenDocument>().joint.unwrap();
    let seen = joint.motion(&posture) * before;
    window.drag(&seen, vec2(-6.0, 12.0));
    let after = window.place(LandmarkName::GreaterTrochanter);
    assert!((after.y - before.y).abs() < 1e-6 && (after - before).norm() > 3.0, "on the front of the bar as scanned: {after}");
    let missed = window.seen(&(joint.motion(&posture) * after)) - (window.seen(&seen) + vec2(-6.0, 12.0));
    assert!(missed.length() < 0.1, "{missed}");
    assert_eq!(window.app.world().resource::<HipPosture>().0, posture);
}

#[test]
fn planned_again_the_new_document_takes_the_place_of_the_old() {
    let mut window = Window::new();
    let shown = |window: &Window| window.app.world().resource::<OpenDocument>().plan.as_ref().map(|plan| plan.number);
    assert_eq!(shown(&window), Some(1));
    window.ask(Command::PlanAgain);
    let start = Instant::now();
    while shown(&window) == Some(1) {
        assert!(start.elapsed() < Duration::from_secs(20), "the plan was never made");
        std::thread::sleep(Duration::from_millis(1));
        window.update();
    }
    assert_eq!(shown(&window), Some(2));
}

#[test]
fn what_is_too_far_is_refused_in_words_and_goes_back() {
    let mut window = Window::unlocked();
    let before = window.place(LandmarkName::NeckIsthmus);
    window.drag(&before, vec2(200.0, 0.0));
    window.release();
    assert_eq!(window.place(LandmarkName::NeckIsthmus), before);
    assert!(window.state().message.as_ref().unwrap().to_string().contains("too far"));
    assert!(!window.state().history().can_undo() && window.examiner.0.lock().unwrap().is_empty());
    window.ask(Command::DismissMessage);
    assert_eq!(window.state().message, None);
}

#[test]
fn figures_follow_the_landmarks_and_arcs_say_what_was_measured() {
    let mut window = Window::unlocked();
    let drawn = |window: &Window| {
        let shown = window.state().shown().unwrap();
        let found = figures(window.state().examination().unwrap(), shown);
        let plane = found.iter().find(|figure| figure.filled).unwrap().points.clone();
        let arc =
            found.iter().find(|f| f.label.as_ref().is_some_and(|label| label.key == "arc-neck-shaft-angle")).unwrap().clone();
        (plane, arc)
    };
    let (plane, arc) = drawn(&window);
    assert_eq!(plane[1], window.place(LandmarkName::Asis));
    assert_eq!(arc.label.as_ref().unwrap().text, "135°");
    assert!(arc.on_femur && arc.side == RIGHT);
    let asis = window.place(LandmarkName::Asis);
    // No hip bone lies under this spine in the scene: it goes to the nearest place of the wall.
    window.drag(&asis, vec2(4.0, 4.0));
    assert_eq!(drawn(&window).0[1], window.place(LandmarkName::Asis));
    assert_ne!(drawn(&window).0[1], plane[1]);
}

#[test]
fn what_was_set_by_hand_is_in_the_case_when_it_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = case::write(&folder.path().join("case"));
    let document = read_case(&path).unwrap();
    assert!(document.by_hand.is_empty());
    let mut by_hand = Landmarks::default();
    by_hand.insert(LandmarkName::Asis, Side::Left, Landmark::by_hand(Point3::new(1.5, -2.25, 3.0)));
    by_hand.insert(LandmarkName::PubicSymphysis, None, Landmark::by_hand(Point3::new(0.0, 1.0, 2.0)));
    document.examiner.unwrap().keep(&by_hand).unwrap();
    assert_eq!(read_case(&path).unwrap().by_hand, by_hand);
    CaseFolder::open(&path).unwrap().verify_journal().unwrap();
}

#[test]
fn a_case_that_cannot_be_measured_says_so_and_the_window_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let document = read_case(&case::write(&folder.path().join("case"))).unwrap();
    let mut window = Window { app: scene::app(document), examiner: Arc::default() };
    window.app.init_resource::<ButtonInput<MouseButton>>().init_resource::<ButtonInput<KeyCode>>();
    window.settle();
    // It holds no CT.
    assert!(window.state().failure.as_ref().unwrap().to_string().contains("volume.nii.gz"), "{:?}", window.state().failure);
    assert!(window.state().shown().is_none());
}
