//! Bodies become entities, the sliders move the femur by the right rotation, and contact turns it red.

use crate::scene;
use bevy::prelude::*;
use coxa::{
    app::{
        bodies::{Body, BodyKind, FollowsFemur, InContact, Opacity},
        contact::{ContactSource, ContactState},
        model::{Command, Contact, ContactPair},
        requests::Requests,
        space::{MM_TO_VIEW, ViewSpace},
    },
    frames::Side,
    labels::Label,
    motion::{Couple, Posture},
    plan::ImplantPart,
};
use nalgebra::Point3;
use std::time::{Duration, Instant};

fn request(app: &mut App, command: Command) {
    app.world_mut().resource_mut::<Requests>().0.push(command);
    app.update();
}

fn flexed(degrees: f64) -> Posture {
    Posture { flexion_deg: degrees, ..Posture::NEUTRAL }
}

#[test]
fn each_body_is_an_entity_with_kind_side_visibility_and_opacity() {
    let mut app = scene::app(scene::document());
    let mut query = app.world_mut().query::<(&Body, &Visibility, &Opacity, &Name, Has<FollowsFemur>)>();
    let mut found: Vec<_> = query.iter(app.world()).map(|(b, v, o, n, f)| (b.kind, b.side, *v, o.0, n.to_string(), f)).collect();
    found.sort_by_key(|row| row.0);
    let right = Some(Side::Right);
    assert_eq!(
        found,
        [
            (BodyKind::Bone(Label::HipRight), right, Visibility::Visible, 1.0, "bone-hip-right".into(), false),
            (BodyKind::Bone(Label::FemurRight), right, Visibility::Visible, 1.0, "bone-femur-right".into(), true),
            (BodyKind::Implant(ImplantPart::Stem), right, Visibility::Visible, 1.0, "implant-stem".into(), true),
        ]
    );
}

#[test]
fn a_native_head_does_not_hide_the_cup() {
    let mut document = scene::document();
    document.bodies.last_mut().unwrap().kind = BodyKind::Implant(ImplantPart::Cup);
    let mut app = scene::app(document);
    let mut query = app.world_mut().query::<(&Body, &Opacity)>();
    for (body, opacity) in query.iter(app.world()) {
        assert_eq!(opacity.0 < 1.0, body.kind == BodyKind::Bone(Label::FemurRight), "{:?}", body.kind);
    }
}

#[test]
fn another_document_replaces_the_bodies() {
    let mut app = scene::app(scene::document());
    let mut second = scene::document();
    second.bodies.truncate(1);
    app.insert_resource(coxa::app::document::OpenDocument(second));
    app.update();
    assert_eq!(app.world_mut().query::<&Body>().iter(app.world()).count(), 1);
}

#[test]
fn ninety_degrees_of_flexion_bring_the_thigh_forward_and_leave_the_pelvis() {
    let mut app = scene::app(scene::document());
    request(&mut app, Command::SetPosture(flexed(90.0)));
    let space = *app.world().resource::<ViewSpace>();
    let knee = Point3::from(scene::CENTRE) - nalgebra::Vector3::z() * 200.0;
    let mut query = app.world_mut().query::<(&Body, &Transform)>();
    for (body, transform) in query.iter(app.world()) {
        let moved = transform.transform_point(space.point(&knee)) / MM_TO_VIEW as f32;
        let expected = match body.kind {
            BodyKind::Bone(Label::HipRight) => Vec3::new(0.0, -200.0, 0.0),
            // The knee was 200 mm below the hip and is now 200 mm in front of it: view z is anterior.
            _ => Vec3::new(0.0, 0.0, 200.0),
        };
        assert!((moved - expected).length() < 0.01, "{:?}: {moved} instead of {expected}", body.kind);
    }
}

#[test]
fn adduction_brings_the_right_knee_to_the_patients_left() {
    let mut app = scene::app(scene::document());
    request(&mut app, Command::SetPosture(Posture { adduction_deg: 30.0, ..Posture::NEUTRAL }));
    let mut query = app.world_mut().query_filtered::<&Transform, With<FollowsFemur>>();
    for transform in query.iter(app.world()) {
        let knee = transform.transform_point(Vec3::new(0.0, -0.2, 0.0));
        assert!((knee.x - 0.1).abs() < 1e-5, "view x is the patient's left: {knee}");
    }
}

#[test]
fn the_tree_hides_and_fades_one_body_only() {
    let mut app = scene::app(scene::document());
    let hip = BodyKind::Bone(Label::HipRight);
    request(&mut app, Command::SetVisible(hip, false));
    request(&mut app, Command::SetOpacity(hip, 0.4));
    let mut query = app.world_mut().query::<(&Body, &Visibility, &Opacity, &MeshMaterial3d<StandardMaterial>)>();
    let rows: Vec<_> = query.iter(app.world()).map(|(b, v, o, m)| (b.kind, *v, o.0, m.0.clone())).collect();
    let materials = app.world().resource::<Assets<StandardMaterial>>();
    for (kind, visibility, opacity, material) in rows {
        let material = materials.get(&material).unwrap();
        let faded = kind == hip;
        assert_eq!(visibility == Visibility::Hidden, faded);
        assert_eq!(opacity, if faded { 0.4 } else { 1.0 });
        assert_eq!(material.alpha_mode == AlphaMode::Blend, faded);
        assert_eq!(material.base_color.alpha(), opacity);
    }
}

/// A solver with a known truth: the bar touches the wall from 60° of flexion on.
fn solver() -> ContactSource {
    ContactSource::new(|| {
        Ok(Box::new(|posture: &Posture| match posture.flexion_deg >= 60.0 {
            true => Contact {
                pairs: vec![ContactPair {
                    couple: Couple::BoneBone,
                    moving: BodyKind::Bone(Label::FemurRight),
                    fixed: BodyKind::Bone(Label::HipRight),
                }],
                ..Contact::default()
            },
            false => Contact::default(),
        }))
    })
}

fn settle(app: &mut App) {
    let start = Instant::now();
    while !app.world().resource::<ContactState>().settled() {
        assert!(start.elapsed() < Duration::from_secs(20), "the solver never answered");
        std::thread::sleep(Duration::from_millis(1));
        app.update();
    }
    app.update();
    app.update();
}

fn red(app: &mut App) -> Vec<BodyKind> {
    let mut query = app.world_mut().query::<(&Body, Has<InContact>, &MeshMaterial3d<StandardMaterial>)>();
    let rows: Vec<_> =
        query.iter(app.world()).map(|(body, touching, material)| (body.kind, touching, material.0.clone())).collect();
    let materials = app.world().resource::<Assets<StandardMaterial>>();
    let mut red = Vec::new();
    for (kind, touching, material) in rows {
        let colour = materials.get(&material).unwrap().base_color.to_linear();
        assert_eq!(colour.red > 5.0 * colour.green, touching, "{kind:?} is painted {colour:?}");
        if touching {
            red.push(kind);
        }
    }
    red.sort();
    red
}

#[test]
fn what_touches_turns_red_and_turns_back() {
    let mut document = scene::document();
    document.contact = Some(solver());
    let mut app = scene::app(document);
    settle(&mut app);
    assert!(red(&mut app).is_empty());
    request(&mut app, Command::SetPosture(flexed(61.0)));
    settle(&mut app);
    assert_eq!(red(&mut app), [BodyKind::Bone(Label::HipRight), BodyKind::Bone(Label::FemurRight)]);
    request(&mut app, Command::SetPosture(flexed(59.0)));
    settle(&mut app);
    assert!(red(&mut app).is_empty());
}

#[test]
fn a_solver_that_fails_or_panics_says_so_and_the_window_goes_on() {
    let panicking = ContactSource::new(|| Ok(Box::new(|_: &Posture| panic!("no such voxel"))));
    let failing = ContactSource::new(|| Err("the hip bone is not closed".into()));
    for (source, words) in [(panicking, "no such voxel"), (failing, "not closed")] {
        let mut document = scene::document();
        document.contact = Some(source);
        let mut app = scene::app(document);
        settle(&mut app);
        let failure = app.world().resource::<ContactState>().failure.clone().unwrap();
        assert!(failure.contains(words), "{failure}");
    }
}
