//! The physics engine's contact is held against geometry whose truth is known, and against the motion solver's.

use crate::scene;
use bevy::prelude::*;
use coxa::{
    app::{bodies::BodyKind, joint::HipPosture, physics::PhysicsContact},
    labels::Label,
    motion::Posture,
};

fn touching_at(app: &mut App, flexion_deg: f64) -> PhysicsContact {
    app.insert_resource(HipPosture(Posture { flexion_deg, ..Posture::NEUTRAL }));
    // A moved body arrives in one step and is compared in the next.
    for _ in 0..4 {
        app.update();
    }
    app.world().resource::<PhysicsContact>().clone()
}

/// Flexion at which the bar first meets the wall: its front face (10 mm before the axis) at the wall's lower edge
/// (80 mm in front of the centre on the near side, 20 mm below it).
fn truth_deg() -> f64 {
    // In the sagittal plane the near lower edge lies at (anterior 80, inferior 20): its distance from the bar's axis is 10 when
    // flexion = angle of the edge seen from the vertical − asin(10 / distance).
    let (anterior, inferior) = (80.0_f64, 20.0_f64);
    anterior.atan2(inferior).to_degrees() - (10.0 / anterior.hypot(inferior)).asin().to_degrees()
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
