//! A hip of simple solids whose truth is known: socket block, head, neck, shaft.

use bevy::{asset::AssetPlugin, prelude::*};
use coxa::{
    anatomy::{CupAngles, Finding, Landmarks},
    app::{
        CorePlugins, Document,
        bodies::BodyKind,
        document::{BodyMesh, OpenDocument, Scanned},
        joint::Joint,
        model::{PlanNumbers, StemNumbers},
    },
    frames::{AnatomicalFrame, Side},
    implants::OffsetOption,
    labels::Label,
    mesh::TriMesh,
    plan::ImplantPart,
};
use nalgebra::{Isometry3, Point3, Vector3};
use std::sync::Arc;

/// Centre of the hip, LPS mm: away from the origin, so that forgotten offsets show.
pub const CENTRE: [f64; 3] = [-90.0, 20.0, 700.0];

/// A closed axis-aligned box.
pub fn cuboid(centre: Point3<f64>, size: Vector3<f64>) -> TriMesh {
    let h = size / 2.0;
    let corner = |i: usize| {
        let sign = |bit: usize| if i >> bit & 1 == 1 { 1.0 } else { -1.0 };
        centre + Vector3::new(sign(0) * h.x, sign(1) * h.y, sign(2) * h.z)
    };
    let quads = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]];
    let triangles = quads.iter().flat_map(|&[a, b, c, d]| [[a, b, c], [a, c, d]]).collect();
    TriMesh { vertices: (0..8).map(corner).collect(), triangles }
}

/// A right hip: a wall 60 mm in front of the centre stands for the pelvis, a bar hanging down from it for the femur.
pub fn document() -> Document {
    let centre = Point3::from(CENTRE);
    let femur = cuboid(centre - Vector3::z() * 100.0, Vector3::new(20.0, 20.0, 200.0));
    let wall = cuboid(centre + Vector3::new(0.0, -90.0, 0.0), Vector3::new(100.0, 20.0, 40.0));
    let frame = AnatomicalFrame::scanner(centre);
    let bodies = [
        (BodyKind::Bone(Label::HipRight), wall),
        (BodyKind::Bone(Label::FemurRight), femur),
        (BodyKind::Implant(ImplantPart::Stem), cuboid(centre - Vector3::z() * 60.0, Vector3::new(10.0, 10.0, 100.0))),
    ];
    Document {
        pseudonym: "test-0001".into(),
        side: Side::Right,
        focus: centre,
        bodies: bodies
            .into_iter()
            .map(|(kind, mesh)| (kind, Arc::new(mesh)))
            .map(|(kind, mesh)| BodyMesh { kind, sensor: Some(mesh.clone()), mesh })
            .collect(),
        plan: Some(plan()),
        joint: Some(Joint { side: Side::Right, pelvic: frame, femoral: frame, centre, reduction: Isometry3::identity() }),
        rom: None,
        findings: vec![Finding::new("finding-test", None, "The femur ends 40 mm below the hip.")],
        placed: None,
        contact: None,
        rehearsal: None,
        hip: None,
        desk: None,
        scanned: Scanned::default(),
        about: None,
        slices: None,
        again: false,
        examiner: None,
        by_hand: Landmarks::default(),
    }
}

/// A plan with every number different.
pub fn plan() -> PlanNumbers {
    PlanNumbers {
        number: 1,
        cup_diameter_mm: 54.0,
        cup_angles: CupAngles { inclination_deg: 40.0, anteversion_deg: 15.0 },
        stem: Some(StemNumbers {
            size: 6,
            offset_option: OffsetOption::High,
            head_diameter_mm: 36.0,
            neck_offset_mm: -3.5,
            estimated: true,
        }),
        leg_length_change_mm: Some(2.34),
        offset_change_mm: Some(-1.2),
        jump_mm: Some(15.2),
        steep: None,
        told: Vec::new(),
    }
}

/// The window's core without a window, showing `document`.
pub fn app(document: Document) -> App {
    let mut app = App::new();
    app.add_plugins((MinimalPlugins, TransformPlugin, AssetPlugin::default()))
        .init_asset::<Mesh>()
        .init_asset::<StandardMaterial>()
        .add_plugins(CorePlugins)
        .insert_resource(OpenDocument(document));
    app.finish();
    app.cleanup();
    app.update();
    app
}
