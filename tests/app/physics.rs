//! The physics engine's contact is held against geometry whose truth is known, and against the motion solver's.

use crate::scene;
use bevy::prelude::*;
use coxa::{
    app::{Document, bodies::BodyKind, joint::HipPosture, physics::PhysicsContact},
    labels::Label,
    mesh::TriMesh,
    motion::{ImpingementEngine, Posture, RomScene},
};
use nalgebra::{Unit, Vector3};

fn flexed(flexion_deg: f64) -> Posture {
    Posture { flexion_deg, ..Posture::NEUTRAL }
}

fn touching_at(app: &mut App, flexion_deg: f64) -> PhysicsContact {
    app.insert_resource(HipPosture(flexed(flexion_deg)));
    // A moved body arrives in one step and is compared in the next.
    for _ in 0..4 {
        app.update();
    }
    app.world().resource::<PhysicsContact>().clone()
}

/// Flexion at which the bar's front face, 10 mm before its axis, meets the near lower edge of the wall, which lies 80 mm in front
/// of the hip and 20 mm below it.
fn truth_deg() -> f64 {
    let (anterior, inferior) = (80.0_f64, 20.0_f64);
    (anterior.atan2(inferior) - (10.0 / anterior.hypot(inferior)).asin()).to_degrees()
}

#[test]
fn the_sensors_touch_where_the_solids_do() {
    let mut app = scene::app(scene::document());
    let free = touching_at(&mut app, truth_deg() - 0.3);
    assert_eq!(free.touching, Some(false), "{free:?}");
    let met = touching_at(&mut app, truth_deg() + 0.3);
    assert_eq!(met.touching, Some(true));
    let pair = (BodyKind::Bone(Label::HipRight), BodyKind::Bone(Label::FemurRight));
    assert!(met.pairs.contains(&pair), "{met:?}");
    assert_eq!(touching_at(&mut app, 0.0).touching, Some(false), "and they let go again");
}

/// The same bodies for the motion solver: no implants, nothing reamed.
fn solver(document: &Document) -> ImpingementEngine {
    let mesh = |label| -> TriMesh {
        let body = document.bodies.iter().find(|body| body.kind == BodyKind::Bone(label)).unwrap();
        body.mesh.as_ref().clone()
    };
    let joint = document.joint.unwrap();
    ImpingementEngine::new(&RomScene {
        side: joint.side,
        pelvic_frame: joint.pelvic,
        femoral_frame: joint.femoral,
        cup_centre: joint.centre,
        cup_axis: Unit::new_normalize(Vector3::new(-1.0, 0.0, -1.0)),
        shell_centre: joint.centre,
        cup_outer_radius_mm: 1.0,
        neck_axis: Unit::new_normalize(Vector3::new(-1.0, 0.0, -1.0)),
        oscillation_deg: 150.0,
        reduction: joint.reduction,
        pelvis: vec![mesh(Label::HipRight)],
        cup: None,
        femur: Some(mesh(Label::FemurRight)),
        stem: None,
        reaming_clearance_mm: 0.0,
    })
    .unwrap()
}

#[test]
fn the_physics_engine_and_the_motion_solver_agree_on_contact() {
    let document = scene::document();
    let engine = solver(&document);
    let mut app = scene::app(document);
    for offset_deg in [-40.0, -10.0, -2.0, -0.3, 0.3, 2.0, 10.0] {
        let flexion_deg = truth_deg() + offset_deg;
        let solved = engine.query(&flexed(flexion_deg)).bone_clearance_mm.unwrap() < 0.0;
        assert_eq!(solved, offset_deg > 0.0, "the solver at {flexion_deg}°");
        assert_eq!(touching_at(&mut app, flexion_deg).touching, Some(solved), "at {flexion_deg}°");
    }
}
