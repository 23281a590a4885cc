//! At the steps of the bones the operated hip stands as it was scanned; elsewhere as it is planned.

use crate::trial::{opened, request};
use bevy::{camera::visibility::RenderLayers, prelude::*};
use coxa::{
    app::{
        bodies::{Body, BodyKind, Opacity},
        document::OpenDocument,
        model::{Command, Step},
        scanned::AsScanned,
        space::ViewSpace,
    },
    labels::Label,
    motion::Posture,
};

/// What the camera of the view sees: planned bodies, and bones as scanned.
fn seen(app: &mut App) -> (Vec<BodyKind>, Vec<BodyKind>) {
    let camera = RenderLayers::default();
    let sees = |layers: Option<&RenderLayers>| layers.is_none_or(|layers| camera.intersects(layers));
    let mut planned = app.world_mut().query::<(&Body, Option<&RenderLayers>)>();
    let mut bodies: Vec<_> = planned.iter(app.world()).filter(|(_, layers)| sees(*layers)).map(|(body, _)| body.kind).collect();
    let mut scanned = app.world_mut().query::<(&AsScanned, Option<&RenderLayers>)>();
    let mut bones: Vec<_> = scanned.iter(app.world()).filter(|(_, layers)| sees(*layers)).map(|(bone, _)| bone.kind).collect();
    bodies.sort();
    bones.sort();
    (bodies, bones)
}

#[test]
fn bones_are_judged_whole_and_without_implants() {
    let (_folder, mut app) = opened();
    let side = app.world().resource::<OpenDocument>().side;
    request(&mut app, Command::GoTo(Step::Cup));
    app.update();
    let (all, none) = seen(&mut app);
    assert!(all.iter().any(|kind| matches!(kind, BodyKind::Implant(_))) && none.is_empty(), "{all:?} {none:?}");
    let operated = [Label::hip(side), Label::femur(side)].map(BodyKind::Bone);
    for step in [Step::Bones, Step::Landmarks, Step::Diagnosis] {
        request(&mut app, Command::GoTo(step));
        app.update();
        let (planned, bones) = seen(&mut app);
        assert!(
            planned.iter().all(|kind| matches!(kind, BodyKind::Bone(_)) && !operated.contains(kind)),
            "{step:?}: {planned:?}"
        );
        let mut expected = operated.to_vec();
        expected.sort();
        assert_eq!(bones, expected, "{step:?}");
        // Every bone is seen once.
        let both = planned.iter().chain(&bones).count();
        assert_eq!(both, all.iter().filter(|kind| matches!(kind, BodyKind::Bone(_))).count());
    }
    // What is hidden or see-through in the list is so in its form as scanned.
    request(&mut app, Command::SetVisible(operated[1], false));
    app.update();
    let mut shown = app.world_mut().query::<(&AsScanned, &Visibility)>();
    for (bone, visibility) in shown.iter(app.world()) {
        assert_eq!(*visibility == Visibility::Hidden, bone.kind == operated[1], "{bone:?}");
    }
    request(&mut app, Command::GoTo(Step::Stem));
    app.update();
    assert_eq!(seen(&mut app), (all, none), "and back");
    let mut opaque = app.world_mut().query::<&Opacity>();
    assert!(opaque.iter(app.world()).all(|opacity| opacity.0 > 0.0));
}

#[test]
fn landmarks_and_figures_stand_on_the_bones_that_are_seen() {
    let (_folder, mut app) = opened();
    let posture = Posture { flexion_deg: 40.0, adduction_deg: 5.0, internal_rotation_deg: -10.0 };
    request(&mut app, Command::SetPosture(posture));
    app.update();
    let mut bones = app.world_mut().query::<(&AsScanned, &Transform)>();
    let document = app.world().resource::<OpenDocument>();
    let (femur, space) = (BodyKind::Bone(Label::femur(document.side)), app.world().resource::<ViewSpace>());
    let stands = bones.iter(app.world()).find(|(bone, _)| bone.kind == femur).unwrap().1;
    for step in Step::ALL {
        let seen = space.motion(&document.femur_motion(&posture, true, step));
        assert_eq!(seen == *stands, step.shows_as_scanned(), "{step:?}");
    }
}
