//! The heat map: distances of solids that are known, colours on the meshes, and nothing old that passes for new.

use crate::scene::{self, CENTRE, cuboid};
use bevy::{mesh::VertexAttributeValues, prelude::*};
use coxa::{
    app::{
        bodies::{Body, BodyKind},
        distance::{DistanceState, FAR_MM, heat},
        examination::Layers,
        model::{Command, Layer},
        requests::Requests,
    },
    frames::Side,
    labels::Label,
    motion::Posture,
};
use nalgebra::{Point3, Vector3};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

const FEMUR: BodyKind = BodyKind::Bone(Label::FemurRight);
const HIP: BodyKind = BodyKind::Bone(Label::HipRight);

/// A wall 7 mm in front of the bar that hangs down from the joint.
fn app() -> App {
    let mut document = scene::document();
    let wall = cuboid(Point3::from(CENTRE) + Vector3::new(0.0, -27.0, -60.0), Vector3::new(100.0, 20.0, 40.0));
    document.bodies.retain(|body| matches!(body.kind, BodyKind::Bone(_)));
    for body in document.bodies.iter_mut().filter(|body| body.kind == HIP) {
        body.mesh = Arc::new(wall.clone());
    }
    assert_eq!(document.side, Side::Right);
    scene::app(document)
}

fn measured(app: &mut App) {
    let begin = Instant::now();
    while !app.world().resource::<DistanceState>().current() {
        assert!(begin.elapsed() < Duration::from_secs(20), "never measured");
        app.update();
    }
    app.update();
}

fn colours(app: &mut App, kind: BodyKind) -> Option<Vec<[f32; 4]>> {
    let mut query = app.world_mut().query::<(&Body, &Mesh3d)>();
    let mesh = query.iter(app.world()).find(|(body, _)| body.kind == kind).unwrap().1.0.clone();
    match app.world().resource::<Assets<Mesh>>().get(&mesh).unwrap().attribute(Mesh::ATTRIBUTE_COLOR) {
        Some(VertexAttributeValues::Float32x4(colours)) => Some(colours.clone()),
        _ => None,
    }
}

#[test]
fn known_distances_become_colours_and_go_with_the_layer() {
    let mut app = app();
    app.update();
    assert!(colours(&mut app, HIP).is_none() && !app.world().resource::<DistanceState>().current());
    app.world_mut().resource_mut::<Layers>().0.insert(Layer::Distance);
    measured(&mut app);
    let found = app.world().resource::<DistanceState>().found.clone().unwrap();
    // The bar's front face is 10 mm in front of the joint, the wall's back 17 mm: corners of the bar are far above and below the wall,
    // corners of the wall beyond the bar's sides by 40 mm, so that none is as near as the faces are. Two corners of the bar's top are 40 mm up.
    let (wall, bar) = (&found.bodies.iter().find(|(kind, _)| *kind == HIP).unwrap().1, &found.bodies[0].1);
    assert_eq!((wall.len(), bar.len(), found.bodies[0].0), (8, 8, FEMUR));
    let expected = (40.0_f64.powi(2) + 7.0_f64.powi(2)).sqrt().min(FAR_MM) as f32;
    assert!(wall.iter().chain(bar.iter()).all(|mm| (mm - expected).abs() < 1e-4), "{wall:?} {bar:?}");
    // Turned so that the bar's end is in the wall, something touches; and the colours are those of the answer.
    let posture = Posture { flexion_deg: 25.0, ..Posture::NEUTRAL };
    app.world_mut().resource_mut::<Requests>().0.push(Command::SetPosture(posture));
    app.update();
    // The answer may be there at once; that to another posture is not taken for this one's.
    let state = app.world().resource::<DistanceState>();
    assert!(!state.current() || state.found.as_ref().is_some_and(|found| found.moment.1 == posture));
    measured(&mut app);
    let found = app.world().resource::<DistanceState>().found.clone().unwrap();
    for (kind, distances) in &found.bodies {
        let painted = colours(&mut app, *kind).unwrap();
        assert_eq!(painted, distances.iter().map(|mm| heat(f64::from(*mm))).collect::<Vec<_>>());
    }
    // Without the layer the bones have their own colours again.
    app.world_mut().resource_mut::<Layers>().0.remove(&Layer::Distance);
    app.update();
    app.update();
    assert!(colours(&mut app, HIP).is_none() && colours(&mut app, FEMUR).is_none());
}

#[test]
fn what_shares_space_is_at_no_distance_and_the_nearest_is_named() {
    let mut app = app();
    app.world_mut().resource_mut::<Layers>().0.insert(Layer::Distance);
    // A small block on the bar's front, one face of which is 3 mm from the wall, the other in the bar.
    let block = cuboid(Point3::from(CENTRE) + Vector3::new(0.0, -12.0, -60.0), Vector3::new(8.0, 4.0, 8.0));
    let mut document = scene::document();
    document.bodies.retain(|body| matches!(body.kind, BodyKind::Bone(_)));
    for body in &mut document.bodies {
        let wall = cuboid(Point3::from(CENTRE) + Vector3::new(0.0, -27.0, -60.0), Vector3::new(100.0, 20.0, 40.0));
        body.mesh = Arc::new(if body.kind == HIP { wall } else { block.clone() });
    }
    app.insert_resource(coxa::app::document::OpenDocument(document));
    app.update();
    measured(&mut app);
    let (mm, femoral, pelvic) = app.world().resource::<DistanceState>().found.clone().unwrap().least.unwrap();
    assert!((mm - 3.0).abs() < 1e-9 && femoral == FEMUR && pelvic == HIP, "{mm} {femoral:?} {pelvic:?}");
    // 12° of flexion about the joint, 60 mm above, bring the block 12 mm forward: into the wall.
    let posture = Posture { flexion_deg: 12.0, ..Posture::NEUTRAL };
    app.world_mut().resource_mut::<Requests>().0.push(Command::SetPosture(posture));
    app.update();
    measured(&mut app);
    assert_eq!(app.world().resource::<DistanceState>().found.clone().unwrap().least.unwrap().0, 0.0);
}
