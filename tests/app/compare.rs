//! What stands beside what is planned: in a view that turns with the first, as a ghost over it, and in a table with every difference.

use crate::{
    keeping::{hip, made, opened, tried},
    panels::{calm, empty_case},
    trial::{request, until},
};
use bevy::{camera::visibility::RenderLayers, core_pipeline::tonemapping::Tonemapping, prelude::*};
use coxa::{
    anatomy::{CupAngles, CupDefinition},
    app::{
        beside::{BesideBody, BesideCamera, BesideState, Column, Compared, Ghost, LAYERS, Other, RowName},
        bodies::{Body, BodyKind},
        camera::OrbitCamera,
        model::{BesideModel, CaseModel, Command, Layer},
        panels,
        raycast::SolidView,
        theme,
        trial::TrialState,
    },
    i18n::{Language, Texts},
    labels::Label,
    motion::Posture,
    plan::ImplantPart,
};
use egui_kittest::{Harness, kittest::Queryable};
use std::collections::BTreeSet;

const FEMUR: BodyKind = BodyKind::Bone(Label::FemurRight);
const STEM: BodyKind = BodyKind::Implant(ImplantPart::Stem);

fn compared(app: &mut App, other: Option<Other>) -> Compared {
    request(app, Command::Beside(other));
    app.update();
    until(app, |world| world.resource::<BesideState>().settled());
    app.update();
    app.world().resource::<BesideState>().model(None).compared.cloned().unwrap()
}

/// Kinds of the bodies beside, in order, with where they stand.
fn beside(app: &mut App) -> Vec<(BodyKind, Transform)> {
    let mut query = app.world_mut().query::<(&BesideBody, &Transform, &RenderLayers)>();
    let mut found: Vec<_> = query
        .iter(app.world())
        .map(|(body, transform, layers)| {
            assert_eq!(*layers, RenderLayers::layer(LAYERS[1]), "the first view must not show it");
            (body.kind, *transform)
        })
        .collect();
    found.sort_by_key(|(kind, _)| *kind);
    found
}

fn of(found: &[(BodyKind, Transform)], kind: BodyKind) -> Option<Transform> {
    found.iter().find(|(one, _)| *one == kind).map(|(_, transform)| *transform)
}

fn planned(app: &mut App, kind: BodyKind) -> (Transform, f32) {
    let mut query = app.world_mut().query::<(&Body, &Transform, &MeshMaterial3d<StandardMaterial>)>();
    let (_, transform, material) = query.iter(app.world()).find(|(body, ..)| body.kind == kind).unwrap();
    let materials = app.world().resource::<Assets<StandardMaterial>>();
    (*transform, materials.get(&material.0).unwrap().base_color.alpha())
}

/// How far one stands from another that is turned alike, mm; view axes are left, superior, anterior.
fn apart_mm(from: Transform, to: Transform) -> Vec3 {
    assert!(from.rotation.angle_between(to.rotation) < 1e-3);
    (to.translation - from.translation) * 1000.0
}

#[test]
fn the_hip_as_scanned_or_a_plan_stands_beside_in_the_same_posture() {
    let root = tempfile::tempdir().unwrap();
    let mut app = opened(&made(&root.path().join("case")));
    let bent = Posture { flexion_deg: 40.0, ..Posture::NEUTRAL };
    request(&mut app, Command::SetPosture(bent));
    compared(&mut app, Some(Other::Native));
    let native = beside(&mut app);
    assert!(of(&native, STEM).is_none() && of(&native, BodyKind::Bone(Label::HipRight)).is_some());
    // The stem's head is 3 mm below the native one on the femur, and the cup is where that was: the planned femur stands 3 mm higher.
    let way = |app: &mut App, native: &[(BodyKind, Transform)]| apart_mm(of(native, FEMUR).unwrap(), planned(app, FEMUR).0);
    let moved = way(&mut app, &native).length();
    assert!((moved - 3.0).abs() < 1e-2, "{moved} mm");
    // It follows the posture, and another plan stands where it is planned.
    request(&mut app, Command::SetPosture(Posture::NEUTRAL));
    app.update();
    let native = beside(&mut app);
    let neutral = way(&mut app, &native);
    assert!((neutral - Vec3::new(0.0, 3.0, 0.0)).length() < 1e-2, "{neutral}");
    compared(&mut app, Some(Other::Plan(1)));
    let plan = beside(&mut app);
    assert_eq!(of(&plan, STEM), Some(planned(&mut app, STEM).0));
    assert_eq!(way(&mut app, &plan).length(), 0.0);
    // Gone with what it belongs to.
    request(&mut app, Command::Beside(None));
    app.update();
    assert!(beside(&mut app).is_empty());
}

#[test]
fn the_second_view_is_seen_from_where_the_first_is() {
    let root = tempfile::tempdir().unwrap();
    let mut app = opened(&made(&root.path().join("case")));
    let from = |yaw: f32| OrbitCamera { yaw, ..default() }.transform();
    let (projection, tonemapping) = (Projection::default(), Tonemapping::None);
    let first = app.world_mut().spawn((OrbitCamera::default(), from(0.2), projection, tonemapping, Msaa::Off)).id();
    let second = |app: &mut App| {
        let mut query = app.world_mut().query_filtered::<(&Transform, &RenderLayers), With<BesideCamera>>();
        query.iter(app.world()).map(|(transform, layers)| (*transform, layers.clone())).collect::<Vec<_>>()
    };
    app.update();
    assert!(second(&mut app).is_empty(), "it costs nothing while nothing stands in it");
    compared(&mut app, Some(Other::Native));
    assert_eq!(second(&mut app), [(from(0.2), RenderLayers::layer(LAYERS[1]))]);
    *app.world_mut().get_mut::<Transform>(first).unwrap() = from(-1.3);
    app.update();
    assert_eq!(second(&mut app)[0].0, from(-1.3));
    request(&mut app, Command::Beside(None));
    app.update();
    assert!(second(&mut app).is_empty());
}

#[test]
fn a_plan_that_is_not_there_is_told() {
    let root = tempfile::tempdir().unwrap();
    let mut app = opened(&made(&root.path().join("case")));
    request(&mut app, Command::Beside(Some(Other::Plan(7))));
    until(&mut app, |world| world.resource::<BesideState>().failure.is_some());
    let state = app.world().resource::<BesideState>();
    assert!(state.failure.as_ref().unwrap().get(Language::English).contains("Plan 7") && state.other().is_none());
    assert_eq!(("native".parse(), "2".parse()), (Ok(Other::Native), Ok(Other::Plan(2))));
    assert!("other".parse::<Other>().is_err());
}

#[test]
fn every_difference_is_that_of_what_is_tried() {
    let root = tempfile::tempdir().unwrap();
    let mut app = opened(&made(&root.path().join("case")));
    let trial = tried(&hip(&app));
    request(&mut app, Command::Try(trial));
    until(&mut app, |world| world.resource::<TrialState>().revision().is_some());
    let found = compared(&mut app, Some(Other::Plan(1)));
    assert!(found.settled && found.columns.iter().all(|column| column.binding.is_some()));
    let rows = found.rows();
    let difference = |name: RowName| rows.iter().find(|row| row.name == name).unwrap().difference.clone();
    // The plan has 41° and 16°, tried are 44° and 21°, and the stem is turned by 6°.
    assert_eq!(difference(RowName::Angle(true, CupDefinition::Radiographic)).as_deref(), Some("+3.0°"));
    assert_eq!(difference(RowName::Angle(false, CupDefinition::Radiographic)).as_deref(), Some("+5.0°"));
    assert_eq!(difference(RowName::Text("beside-stem-depth")).as_deref(), Some("+0.0 mm"));
    let head = rows.iter().find(|row| row.name == RowName::Text("measure-head")).unwrap();
    assert!(!head.same() && head.values.iter().all(Option::is_some));
    // Against the scan the angles are those of the native socket, and what is changed is changed from nothing.
    let native = compared(&mut app, Some(Other::Native));
    let rows = native.rows();
    let leg = rows.iter().find(|row| row.name == RowName::Quantity("leg_length_change")).unwrap();
    let after = native.columns[1].numbers.iter().find(|number| number.quantity.key == "leg_length_change");
    assert_eq!(leg.values[0].as_deref(), Some("0.0 mm"));
    assert_eq!(leg.difference, after.map(|number| format!("{:+.1} mm", number.value)));
    assert!(native.columns[0].parts.is_empty() && native.columns[0].binding.is_none() && native.columns[1].binding.is_some());
}

#[test]
fn the_ghost_is_the_femur_as_scanned_and_either_of_the_two_is_see_through() {
    let root = tempfile::tempdir().unwrap();
    let mut app = opened(&made(&root.path().join("case")));
    let ghost = |app: &mut App| {
        let mut query = app.world_mut().query_filtered::<(&Transform, &MeshMaterial3d<StandardMaterial>), With<Ghost>>();
        let found: Vec<_> = query.iter(app.world()).map(|(transform, material)| (*transform, material.0.clone())).collect();
        let materials = app.world().resource::<Assets<StandardMaterial>>();
        let alpha = |material: &Handle<StandardMaterial>| materials.get(material).unwrap().base_color.alpha();
        found.iter().map(|(transform, material)| (*transform, alpha(material))).collect::<Vec<_>>()
    };
    assert!(ghost(&mut app).is_empty());
    request(&mut app, Command::ShowLayer(Layer::Ghost, true));
    app.update();
    let shown = ghost(&mut app);
    let (femur, solid) = planned(&mut app, FEMUR);
    assert!(shown.len() == 1 && shown[0].1 < 0.6 && solid == 1.0);
    assert!((apart_mm(shown[0].0, femur) - Vec3::new(0.0, 3.0, 0.0)).length() < 1e-2);
    request(&mut app, Command::ShowLayer(Layer::Native, true));
    app.update();
    let shown = ghost(&mut app);
    assert!(shown.len() == 1 && shown[0].1 == 1.0 && planned(&mut app, FEMUR).1 < 0.6 && planned(&mut app, STEM).1 < 0.6);
    for layer in [Layer::Ghost, Layer::Native] {
        request(&mut app, Command::ShowLayer(layer, false));
    }
    app.update();
    assert!(ghost(&mut app).is_empty() && planned(&mut app, FEMUR).1 == 1.0);
}

#[test]
fn an_x_ray_goes_through_bone_and_not_through_metal() {
    let root = tempfile::tempdir().unwrap();
    let mut app = opened(&made(&root.path().join("case")));
    let bent = Posture { flexion_deg: 40.0, ..Posture::NEUTRAL };
    request(&mut app, Command::SetPosture(bent));
    request(&mut app, Command::ShowSolid("xray".parse().unwrap()));
    app.update();
    assert!(planned(&mut app, FEMUR).1 == 0.0 && planned(&mut app, STEM).1 == 1.0);
    assert_eq!(planned(&mut app, STEM).0, Transform::IDENTITY, "it lies in the bone as scanned, whatever the posture");
    request(&mut app, Command::ShowSolid(SolidView::default()));
    app.update();
    assert!(planned(&mut app, FEMUR).1 == 1.0 && planned(&mut app, STEM).0.rotation.angle_between(Quat::IDENTITY) > 0.6);
}

struct Given {
    texts: Texts,
    other: Option<Other>,
    compared: Compared,
    commands: Vec<Command>,
}

fn draw(ui: &mut egui::Ui, given: &mut Given) {
    let layers = BTreeSet::new();
    let compared = given.other.map(|_| &given.compared);
    let choices = vec![Other::Native, Other::Plan(1)];
    let beside = Some(BesideModel { other: given.other, choices, compared, busy: false });
    let case = CaseModel { beside, ..empty_case(&layers) };
    panels::show(ui, &calm(&given.texts, Some(case)), &mut given.commands);
}

#[test]
fn the_table_says_both_and_the_difference_in_both_languages() {
    let column = |inclination_deg: f64, stem_depth_mm: Option<f64>| Column {
        parts: Vec::new(),
        angles: Some(CupAngles { inclination_deg, anteversion_deg: 15.0 }),
        stem_depth_mm,
        numbers: Vec::new(),
        binding: None,
    };
    for language in Language::ALL {
        let texts = Texts::new(language);
        let columns = [column(47.5, None), column(40.04, Some(-4.24))];
        let compared = Compared { other: Other::Native, columns, settled: true };
        let given = Given { texts: Texts::new(language), other: None, compared, commands: Vec::new() };
        let mut harness = Harness::builder().with_size([1600.0, 1600.0]).build_ui_state(draw, given);
        theme::apply(&harness.ctx);
        harness.run();
        assert!(harness.query_by_label(&texts.get("beside-difference")).is_none(), "nothing stands beside it yet");
        harness.get_by_label(&texts.get("beside-choose")).click();
        harness.run();
        harness.get_by_label(&texts.get("beside-native")).click();
        harness.run();
        assert_eq!(harness.state().commands, [Command::Beside(Some(Other::Native))]);
        harness.state_mut().other = Some(Other::Native);
        harness.run();
        for text in ["47.5°", "40.0°", "-7.5°", "-4.2 mm", &texts.get("beside-difference"), &texts.get("beside-native-note")] {
            assert!(harness.query_all_by_label(text).next().is_some(), "{text} in {language:?}");
        }
    }
}
