//! Cup and stem moved by hand: what is tried is what would be written, to the last bit, and its numbers follow closed forms on both sides.

use crate::{
    keeping::{done, made, made_of, tried, try_out},
    scene,
    trial::{request, until},
};
use bevy::{
    input::{
        ButtonState,
        keyboard::{Key, KeyboardInput},
    },
    prelude::*,
};
use coxa::{
    anatomy::CupAngles,
    app::{
        self,
        camera::OrbitCamera,
        document::OpenDocument,
        eye::{Eye, ViewArea},
        hands::{Handle, HandsState, Tool, shapes},
        joint::HipPosture,
        keeping::{KeepState, edits},
        model::Command,
        space::ViewSpace,
        trial::{PlannedHip, Trial, TrialState},
    },
    frames::Side,
    i18n::Language,
    implants::Catalogue,
    pipeline::edit_plan,
    plan::{Plan, PlanSettings, edit::Command as Edit, storage::CaseFolder},
};
use egui::{Pos2, Rect, Vec2};
use nalgebra::Point3;
use std::{path::Path, sync::Arc};

fn hip_of(folder: &CaseFolder) -> Arc<PlannedHip> {
    app::read_case(folder.path()).unwrap().hip.unwrap()
}

/// What the library writes of a trial.
fn written(place: &Path, trial: &Trial) -> Plan {
    let folder = made(place);
    let (catalogue, settings) = (Catalogue::shipped().unwrap(), PlanSettings::shipped().unwrap());
    let commands = edits(&hip_of(&folder), trial);
    let (mut editing, judge) = edit_plan(&folder, 1, &catalogue, &settings, &commands).unwrap();
    editing.apply(&commands, &judge).unwrap();
    drop(editing);
    folder.read_plan(1).unwrap()
}

/// A trial with another cup, the parts that fit it, and a liner that puts the bearing further out where there is one.
fn other_cup(hip: &PlannedHip, outer_mm: f64) -> Trial {
    let catalogue = Catalogue::shipped().unwrap();
    let present = catalogue.cup(&hip.planned().cup_id).unwrap().clone();
    let alike = |cup: &&coxa::implants::Cup| cup.family == present.family && cup.outer_diameter_mm == outer_mm;
    let other = catalogue.all_cups().find(alike).unwrap();
    hip.fitted(&Trial { cup_id: other.id.clone(), ..hip.planned() }).0
}

#[test]
fn what_is_tried_is_to_the_last_bit_what_is_written() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"));
    let hip = hip_of(&folder);
    let catalogue = Catalogue::shipped().unwrap();
    let planned = hip.planned();
    let cup = CupAngles { inclination_deg: 47.5, anteversion_deg: 9.0 };
    let smaller = other_cup(&hip, 52.0);
    let out =
        hip.parts(&smaller).into_iter().find_map(|(liner, _)| liner.filter(|id| catalogue.liner(id).unwrap().lateral_mm > 0.0));
    let out = hip.fitted(&Trial { liner: out.or(smaller.liner.clone()), cup, liner_positions: 2, ..smaller.clone() }).0;
    let present = catalogue.stem(planned.stem_id.as_deref().unwrap()).unwrap();
    let next = |stem: &&coxa::implants::Stem| stem.family == present.family && stem.size == present.size + 1;
    let stem_id = Some(catalogue.stems.iter().find(next).unwrap().id.clone());
    let trials = [
        tried(&hip),
        Trial { cup_shift_mm: [2.0, 3.0, -1.5], ..planned.clone() },
        Trial { cup, ..planned.clone() }.with_cup_depth_mm(2.5),
        smaller.clone(),
        out.clone(),
        Trial { stem_id, stem_depth_mm: 1.5, ..planned.clone() },
        Trial { stem_lean_deg: 1.5, stem_version_deg: -4.0, stem_depth_mm: -2.0, cut_mm: -2.5, ..planned.clone() },
        Trial { stem_version_deg: 5.0, cup_shift_mm: [1.0, 0.5, 0.0], ..out },
    ];
    for (number, trial) in trials.iter().enumerate() {
        let seen = hip.plan_of(trial).unwrap();
        assert_ne!(seen, folder.read_plan(1).unwrap());
        assert_eq!(seen, written(&root.path().join(format!("trial {number}")), trial), "{trial:?}");
    }
    // And so it is on the way through the window.
    let mut app = scene::app(app::read_case(folder.path()).unwrap());
    try_out(&mut app, &trials[7]);
    let numbers = app.world().resource::<OpenDocument>().plan.clone();
    done(&mut app, Command::Keep { revise: false });
    assert_eq!(app.world().resource::<KeepState>().model().unwrap().refused, None);
    assert_eq!(hip.plan_of(&trials[7]).unwrap(), folder.read_plan(1).unwrap());
    assert_eq!(app.world().resource::<OpenDocument>().plan, numbers, "the numbers on screen stay");
}

#[test]
fn leg_length_and_offset_follow_the_cup_and_a_left_hip_is_the_mirror_of_a_right_one() {
    let root = tempfile::tempdir().unwrap();
    let mut both = Vec::new();
    for side in Side::BOTH {
        let hip = hip_of(&made_of(&root.path().join(side.to_string()), side));
        let planned = hip.planned();
        let change = |shift: [f64; 3]| {
            let plan = hip.plan_of(&Trial { cup_shift_mm: shift, ..planned.clone() }).unwrap();
            (plan.leg_length_change_mm.unwrap(), plan.offset_change_mm.unwrap())
        };
        let (leg, offset) = change([0.0, 0.0, 1.0]);
        for (medial, superior) in [(0.0, 4.0), (3.0, 0.0), (-2.0, -3.5)] {
            let (leg_now, offset_now) = change([medial, superior, 1.0]);
            // A cup that stands higher draws the leg up, one that stands further in brings it to the middle: millimetre by millimetre.
            assert!((leg_now - (leg - superior)).abs() < 1e-9, "{side}: {leg} {leg_now}");
            assert!((offset_now - (offset - medial)).abs() < 1e-9, "{side}: {offset} {offset_now}");
        }
        // The stem's depth shortens the leg by as much, as its axis is the femur's here.
        let deeper = hip.plan_of(&Trial { stem_depth_mm: 2.5, cup_shift_mm: [0.0, 0.0, 1.0], ..planned.clone() }).unwrap();
        assert!((deeper.leg_length_change_mm.unwrap() - (leg - 2.5)).abs() < 1e-9, "{side}");
        let cup = CupAngles { inclination_deg: 46.0, anteversion_deg: 21.0 };
        let trial = Trial { cup, cup_shift_mm: [1.0, 2.0, -1.5], stem_version_deg: 6.0, stem_lean_deg: 2.0, ..planned };
        let (plan, joint) = (hip.plan_of(&trial).unwrap(), hip.joint(&trial).unwrap());
        both.push(([plan.leg_length_change_mm, plan.offset_change_mm, plan.cup.bone_coverage].map(Option::unwrap), joint));
    }
    let [(left, left_joint), (right, right_joint)] = &both[..] else { unreachable!() };
    for (left, right) in left.iter().zip(right) {
        assert!((left - right).abs() < 1e-6, "{left} {right}");
    }
    assert!((left_joint.neck.anteversion_deg - right_joint.neck.anteversion_deg).abs() < 1e-9);
    assert!((left_joint.neck.elevation_deg - right_joint.neck.elevation_deg).abs() < 1e-9);
    assert!((left_joint.cup.anteversion_deg - right_joint.cup.anteversion_deg).abs() < 1e-9);
}

#[test]
fn a_cup_that_is_turned_keeps_its_shell_and_depth_is_counted_along_its_axis() {
    let root = tempfile::tempdir().unwrap();
    let hip = hip_of(&made(&root.path().join("case")));
    let catalogue = Catalogue::shipped().unwrap();
    let smaller = other_cup(&hip, 52.0);
    let shell = |trial: &Trial| {
        let plan = hip.plan_of(trial).unwrap();
        let liner = plan.chosen(&catalogue).unwrap().liner;
        assert_eq!(liner.map(|liner| &liner.id), trial.liner.as_ref());
        (plan.cup.shell_centre(liner), plan.cup.axis.into_inner())
    };
    for (liner, heads) in hip.parts(&smaller) {
        let trial = Trial { liner, head: heads.first().cloned(), ..smaller.clone() };
        let (before, axis) = shell(&trial);
        let turned = Trial { cup: CupAngles { inclination_deg: 55.0, anteversion_deg: 2.0 }, ..trial.clone() };
        assert!((shell(&turned).0 - before).norm() < 1e-5, "{:?}", trial.liner);
        let deeper = shell(&trial.with_cup_depth_mm(3.0)).0;
        assert!((deeper - (before - axis * 3.0)).norm() < 1e-5, "{:?}", trial.liner);
        assert!((trial.with_cup_depth_mm(3.0).cup_depth_mm() - 3.0).abs() < 1e-12);
    }
}

#[test]
fn parts_that_no_longer_fit_give_way_and_are_named() {
    let root = tempfile::tempdir().unwrap();
    let hip = hip_of(&made(&root.path().join("case")));
    let catalogue = Catalogue::shipped().unwrap();
    let mut replaced = 0;
    let planned = hip.planned();
    for cup in &catalogue.cups {
        let (trial, told) = hip.fitted(&Trial { cup_id: cup.id.clone(), ..planned.clone() });
        let parts = hip.parts(&trial);
        let (_, heads) = parts.iter().find(|(liner, _)| *liner == trial.liner).unwrap();
        assert!(heads.contains(trial.head.as_ref().unwrap()), "{}: {trial:?}", cup.id);
        let plan = hip.plan_of(&trial).unwrap();
        assert_eq!((Some(&plan.cup.cup), plan.stem.map(|stem| stem.head)), (Some(&cup.id), trial.head.clone()));
        if trial.head != planned.head {
            replaced += 1;
            let [old, new] = [&planned.head, &trial.head].map(|head| head.clone().unwrap());
            let line = told.last().unwrap().get(Language::English);
            assert!(line.contains(&old) && line.contains(&new), "{line}");
        } else {
            assert!(told.is_empty(), "{told:?}");
        }
    }
    assert!(replaced > 0 && replaced < catalogue.cups.len());
    // Back at the planned cup nothing is left of it.
    let other = other_cup(&hip, 44.0);
    let back = hip.fitted(&Trial { cup_id: planned.cup_id.clone(), ..other }).0;
    assert_eq!(edits(&hip, &Trial { head: planned.head.clone(), ..back }), [] as [Edit; 0]);
}

const VIEW: Rect = Rect { min: Pos2 { x: 236.0, y: 40.0 }, max: Pos2 { x: 1036.0, y: 840.0 } };

/// The window's core with a camera, a pointer and keys.
struct Window(App, #[expect(dead_code, reason = "the case is there as long as its window")] tempfile::TempDir);

impl Window {
    fn new(side: Side) -> Self {
        let root = tempfile::tempdir().unwrap();
        let folder = made_of(&root.path().join("case"), side);
        let mut app = scene::app(app::read_case(folder.path()).unwrap());
        app.world_mut().spawn(OrbitCamera { yaw: 0.6, pitch: 0.3, ..default() });
        app.init_resource::<ButtonInput<MouseButton>>().init_resource::<ButtonInput<KeyCode>>().init_resource::<ViewArea>();
        Self(app, root)
    }

    fn trial(&self) -> Trial {
        self.0.world().resource::<TrialState>().trial().unwrap().1.clone()
    }

    fn hands(&self) -> &HandsState {
        self.0.world().resource::<HandsState>()
    }

    fn frame(&mut self) {
        self.0.update();
        self.0.world_mut().resource_mut::<ButtonInput<MouseButton>>().clear();
        self.0.world_mut().resource_mut::<ButtonInput<KeyCode>>().clear();
    }

    fn key(&mut self, with: &[KeyCode], key_code: KeyCode) {
        let window = Entity::PLACEHOLDER;
        let stroke =
            KeyboardInput { key_code, logical_key: Key::F35, state: ButtonState::Pressed, text: None, repeat: false, window };
        with.iter().for_each(|key| self.0.world_mut().resource_mut::<ButtonInput<KeyCode>>().press(*key));
        self.0.world_mut().write_message(stroke);
        self.frame();
        self.0.world_mut().resource_mut::<ButtonInput<KeyCode>>().reset_all();
    }

    fn point(&mut self, pointer: Pos2) {
        self.0.insert_resource(ViewArea { rect: VIEW, pointer: Some(pointer), pointer_inside: true, pointer_beside: false });
        self.frame();
    }

    fn press(&mut self) {
        self.0.world_mut().resource_mut::<ButtonInput<MouseButton>>().press(MouseButton::Left);
        self.frame();
    }

    fn release(&mut self) {
        self.0.world_mut().resource_mut::<ButtonInput<MouseButton>>().release(MouseButton::Left);
        self.frame();
    }

    fn eye(&mut self) -> Eye {
        let world = self.0.world_mut();
        let camera = *world.query::<&OrbitCamera>().single(world).unwrap();
        Eye::new(&camera, world.resource::<ViewSpace>(), VIEW)
    }

    /// Where a point of a handle is seen: 0 at its beginning, 1 at its end.
    fn seen(&mut self, tool: Tool, handle: Handle, part: f64) -> (Pos2, Point3<f64>) {
        let posture = self.0.world().resource::<HipPosture>().0;
        let standing = self.0.world().resource::<OpenDocument>().standing(&posture).unwrap();
        let shape = shapes(tool, &standing).into_iter().find(|shape| shape.handle == handle).unwrap();
        let at = part * (shape.line.len() - 1) as f64;
        let (whole, rest) = (at.floor() as usize, at.fract());
        let point = shape.line[whole] + (shape.line[(whole + 1).min(shape.line.len() - 1)] - shape.line[whole]) * rest;
        (self.eye().see(&point).unwrap(), point)
    }

    /// Waits until it stands and is one step.
    fn settle(&mut self) {
        until(&mut self.0, |world| world.resource::<TrialState>().revision().is_some());
        std::thread::sleep(std::time::Duration::from_millis(450));
        self.frame();
        self.frame();
    }
}

#[test]
fn keys_move_only_what_is_in_hand_and_each_is_taken_back_by_name() {
    for side in Side::BOTH {
        let mut window = Window::new(side);
        let planned = window.trial();
        window.key(&[], KeyCode::ArrowUp);
        assert_eq!(window.trial(), planned, "locked");
        request(&mut window.0, Command::Take(Some(Tool::Cup)));
        window.key(&[], KeyCode::ArrowUp);
        let steeper = window.trial();
        assert!((steeper.cup.inclination_deg - planned.cup.inclination_deg - 0.5).abs() < 0.06, "{steeper:?}");
        window.settle();
        // To the right of a picture from the front is to the patient's left: medial of a right hip, lateral of a left one.
        window.key(&[KeyCode::ShiftLeft], KeyCode::ArrowRight);
        assert_eq!(window.trial().cup_shift_mm, [-0.5 * side.lps_sign(), 0.0, 0.0]);
        window.key(&[KeyCode::ControlLeft], KeyCode::ArrowUp);
        assert!((window.trial().cup_depth_mm() - steeper.cup_depth_mm()).abs() > 0.01);
        window.settle();
        window.key(&[], KeyCode::BracketLeft);
        assert_ne!(window.trial().cup_id, planned.cup_id);
        window.settle();
        for _ in 0..3 {
            window.key(&[KeyCode::ControlLeft], KeyCode::KeyZ);
        }
        assert_eq!(window.trial(), planned);
        window.key(&[KeyCode::ControlLeft], KeyCode::KeyY);
        assert_eq!(window.trial(), steeper);
        window.key(&[KeyCode::ControlLeft, KeyCode::ShiftLeft], KeyCode::KeyZ);
        assert_ne!(window.trial(), steeper);
        window.key(&[], KeyCode::Escape);
        assert_eq!(window.hands().tool, None);
        let before = window.trial();
        window.key(&[], KeyCode::ArrowUp);
        assert_eq!(window.trial(), before, "locked again");
    }
}

#[test]
fn a_handle_goes_where_the_pointer_goes_in_one_step_and_escape_lets_it_go_back() {
    for side in Side::BOTH {
        let mut window = Window::new(side);
        let planned = window.trial();
        let frame = window.0.world().resource::<OpenDocument>().joint.unwrap().pelvic;
        request(&mut window.0, Command::Take(Some(Tool::Cup)));
        // Along the superior arrow: 7 mm up are 7 mm up, on either side.
        let (from, point) = window.seen(Tool::Cup, Handle::CupShift(1), 1.0);
        let to = window.eye().see(&(point + frame.superior().into_inner() * 7.0)).unwrap();
        window.point(from);
        assert_eq!(window.hands().hovered, Some(Handle::CupShift(1)));
        window.press();
        assert!(window.hands().holding());
        window.point(from + (to - from) * 0.5);
        window.point(to);
        assert!((window.trial().cup_shift_mm[1] - 7.0).abs() < 0.06, "{side}: {:?}", window.trial());
        assert_eq!(Trial { cup_shift_mm: [0.0; 3], ..window.trial() }, planned, "nothing else is moved");
        window.release();
        window.settle();
        let model =
            |window: &Window| window.0.world().resource::<TrialState>().model().unwrap().undo.map(|(from, _)| from.clone());
        assert_eq!(model(&window), Some(planned.clone()), "a drag is one step");
        // Let go by Escape it is where it was; Escape once more locks.
        let lifted = window.trial();
        let (from, _) = window.seen(Tool::Cup, Handle::CupAxis, 1.0);
        window.point(from);
        window.press();
        window.point(from + Vec2::new(30.0, -20.0));
        assert_ne!(window.trial().cup, lifted.cup);
        window.key(&[], KeyCode::Escape);
        assert_eq!(window.trial(), lifted);
        assert_eq!(window.hands().tool, Some(Tool::Cup));
        window.release();
        window.key(&[], KeyCode::Escape);
        assert_eq!(window.hands().tool, None);
    }
}

#[test]
fn the_tip_of_the_axis_points_where_the_pointer_is_and_arcs_turn_one_angle() {
    for side in Side::BOTH {
        let mut window = Window::new(side);
        let planned = window.trial();
        let document = window.0.world().resource::<OpenDocument>();
        let (joint, centre) = (document.joint.unwrap(), document.joint.unwrap().centre);
        request(&mut window.0, Command::Take(Some(Tool::Cup)));
        let wanted = CupAngles { inclination_deg: 52.0, anteversion_deg: 6.0 };
        let (from, point) = window.seen(Tool::Cup, Handle::CupAxis, 1.0);
        let radius = (point - centre).norm();
        let to = window.eye().see(&(centre + wanted.axis(&joint.pelvic, side).into_inner() * radius)).unwrap();
        window.point(from);
        window.press();
        window.point(to);
        let cup = window.trial().cup;
        assert!((cup.inclination_deg - 52.0).abs() < 0.15 && (cup.anteversion_deg - 6.0).abs() < 0.15, "{side}: {cup:?}");
        window.release();
        request(&mut window.0, Command::BackToPlan);
        window.settle();
        // Along its arc from its middle by a quarter of it: 14 degrees of anteversion.
        for (handle, turned) in [(Handle::Anteversion, 1), (Handle::Inclination, 0)] {
            let ((from, _), (to, _)) = (window.seen(Tool::Cup, handle, 0.8), window.seen(Tool::Cup, handle, 0.6));
            window.point(from);
            assert_eq!(window.hands().hovered, Some(handle), "{side}");
            window.press();
            window.point(to);
            let cup = window.trial().cup;
            let by = [cup.inclination_deg - planned.cup.inclination_deg, cup.anteversion_deg - planned.cup.anteversion_deg];
            assert!((by[turned].abs() - 0.2 * 56.0).abs() < 0.3 && by[1 - turned] == 0.0, "{side} {handle:?}: {by:?}");
            window.release();
            request(&mut window.0, Command::BackToPlan);
            window.settle();
        }
    }
}

#[test]
fn the_stem_is_turned_sunk_and_leaned_as_its_plan_is() {
    for side in Side::BOTH {
        let mut window = Window::new(side);
        let planned = window.trial();
        request(&mut window.0, Command::Take(Some(Tool::Stem)));
        // What the handle shows after the trial stands is where the pointer has taken it.
        for (handle, from, to) in [(Handle::StemDepth, 1.0, 0.9), (Handle::Version, 0.85, 0.7), (Handle::Lean, 0.9, 0.84)] {
            let ((from_at, _), (to_at, _)) = (window.seen(Tool::Stem, handle, from), window.seen(Tool::Stem, handle, to));
            window.point(from_at);
            assert_eq!(window.hands().hovered, Some(handle), "{side}");
            window.press();
            window.point(to_at);
            window.release();
            assert_ne!(window.trial(), planned, "{handle:?}");
            // Judged against the femur alone: the head is brought back into the cup, so that the femur moves in the picture instead.
            let hip = window.0.world().resource::<OpenDocument>().hip.clone().unwrap();
            let [was, is] = [&planned, &window.trial()].map(|trial| hip.plan_of(trial).unwrap().stem.unwrap());
            let turn = was.pose.rotation.inverse() * is.pose.rotation;
            let trial = window.trial();
            let expected = trial.stem_version_deg.abs().max(trial.stem_lean_deg.abs());
            assert!((turn.angle().to_degrees() - expected).abs() < 1e-6, "{side} {handle:?}");
            match handle {
                Handle::StemDepth => assert!((trial.stem_depth_mm + 0.08 * 48.0).abs() < 0.1, "{side}: {trial:?}"),
                _ => assert!(expected > 2.0 && expected < 10.0, "{side} {handle:?}: {trial:?}"),
            }
            request(&mut window.0, Command::BackToPlan);
            window.settle();
        }
    }
}
