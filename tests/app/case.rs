//! A case folder on disk, as the pipeline leaves it, opened in the window and rendered by the binary in a process of its own.

use crate::{
    scene::{self, CENTRE, cuboid},
    screenshot::{Picture, vulkan},
};
use coxa::{
    anatomy::{Acetabulum, Anatomy, Axis, CupAngles, Femur, Finding, Hip, Landmark, Pelvis, ShaftSource, Sphere},
    app,
    frames::{AnatomicalFrame, Side},
    implants::Catalogue,
    labels::Label,
    plan::{
        CupPlacement, Deformity, Plan, ResectionPlane, StemPlacement,
        storage::{Case, CaseFolder, Provenance},
    },
};
use nalgebra::{Isometry3, Matrix3, Point3, Unit, UnitQuaternion, Vector3};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

fn landmark(offset: [f64; 3]) -> Landmark {
    Landmark {
        position: Point3::from(CENTRE) + Vector3::from(offset),
        sd_mm: None,
        along: None,
        method: "made up".into(),
        doubt: None,
    }
}

pub fn anatomy(findings: Vec<Finding>) -> Anatomy {
    let centre = Point3::from(CENTRE);
    let frame = AnatomicalFrame::scanner(centre);
    let sphere = Sphere { centre, radius_mm: 24.0, rms_mm: 0.1 };
    let axis = |direction| Axis { point: centre, direction: Unit::new_normalize(direction) };
    let femur = Femur {
        neck_axis: axis(Vector3::new(-1.0, 0.0, -1.0)),
        shaft: axis(Vector3::z()),
        shaft_source: ShaftSource::Measured,
        frame,
        knee_in_scan: true,
        lesser_trochanter: None,
        greater_trochanter: None,
        neck_shaft_angle_deg: 135.0,
        femoral_offset_mm: 40.0,
        version_murphy_deg: None,
        estimated_knee: None,
        canal: Vec::new(),
    };
    let acetabulum = Acetabulum { sphere, axis: Unit::new_normalize(Vector3::new(-1.0, 0.0, -1.0)) };
    Anatomy {
        pelvis: Pelvis {
            asis_left: landmark([210.0, -50.0, 80.0]),
            asis_right: landmark([-30.0, -50.0, 80.0]),
            tubercle_left: landmark([110.0, -50.0, -10.0]),
            tubercle_right: landmark([70.0, -50.0, -10.0]),
            app: frame,
            tilt_deg: 0.0,
            obliquity_deg: 0.0,
        },
        left: None,
        right: Some(Hip { side: Side::Right, acetabulum, head: sphere, femur: Some(femur) }),
        findings,
    }
}

fn plan(catalogue: &Catalogue) -> Plan {
    let (centre, side) = (Point3::from(CENTRE), Side::Right);
    let frame = AnatomicalFrame::scanner(centre);
    let cup = catalogue.cups.iter().find(|cup| cup.outer_diameter_mm == 54.0).unwrap();
    let head = catalogue.heads_for(cup).next().unwrap();
    let stem = &catalogue.stems[0];
    let turn = UnitQuaternion::from_rotation_matrix(&frame.rotation);
    // The head of the stem lies in the cup already, 3 mm short of it in length.
    let origin = centre - turn * stem.head_centre(head).coords - Vector3::z() * 3.0;
    let towards_head = turn * stem.towards_head();
    Plan {
        format_version: Plan::FORMAT_VERSION,
        number: 1,
        side,
        catalogue: catalogue.title(),
        catalogue_sha256: catalogue.sha256.clone(),
        cup: CupPlacement {
            cup: cup.id.clone(),
            centre,
            axis: CupAngles { inclination_deg: 41.0, anteversion_deg: 16.0 }.axis(&frame, side),
            liner: None,
            bone_coverage: None,
        },
        stem: Some(StemPlacement {
            stem: stem.id.clone(),
            head: head.id.clone(),
            pose: Isometry3::from_parts(origin.coords.into(), turn),
            resection: ResectionPlane {
                point: origin + towards_head * stem.resection_mm,
                normal: Unit::new_normalize(towards_head),
            },
            estimated: false,
        }),
        leg_length_change_mm: Some(3.0),
        offset_change_mm: Some(0.0),
        terms: Vec::new(),
        runners_up: Vec::new(),
        aim: None,
        revision_of: None,
        deformity: Deformity::default(),
        findings: Vec::new(),
        overrides: Vec::new(),
        review: None,
        approval: None,
    }
}

fn over(p: &Point3<f64>) -> Point3<f64> {
    Point3::new(-p.x, p.y, p.z)
}

fn over_axis(v: &Unit<Vector3<f64>>) -> Unit<Vector3<f64>> {
    Unit::new_normalize(Vector3::new(-v.x, v.y, v.z))
}

/// The other side of the midline, x = 0.
fn mirrored(anatomy: Anatomy) -> Anatomy {
    let mark = |landmark: &Landmark| Landmark { position: over(&landmark.position), ..landmark.clone() };
    let frame = |frame: &AnatomicalFrame| AnatomicalFrame { origin: over(&frame.origin), ..*frame };
    let axis = |axis: &Axis| Axis { point: over(&axis.point), direction: over_axis(&axis.direction) };
    let sphere = |sphere: &Sphere| Sphere { centre: over(&sphere.centre), ..*sphere };
    let hip = anatomy.right.unwrap();
    let femur = hip.femur.unwrap();
    let femur = Femur { neck_axis: axis(&femur.neck_axis), shaft: axis(&femur.shaft), frame: frame(&femur.frame), ..femur };
    let acetabulum = Acetabulum { sphere: sphere(&hip.acetabulum.sphere), axis: over_axis(&hip.acetabulum.axis) };
    let pelvis = Pelvis {
        asis_left: mark(&anatomy.pelvis.asis_right),
        asis_right: mark(&anatomy.pelvis.asis_left),
        tubercle_left: mark(&anatomy.pelvis.tubercle_right),
        tubercle_right: mark(&anatomy.pelvis.tubercle_left),
        app: frame(&anatomy.pelvis.app),
        ..anatomy.pelvis
    };
    let hip = Hip { side: Side::Left, acetabulum, head: sphere(&hip.head), femur: Some(femur) };
    Anatomy { pelvis, left: Some(hip), right: None, findings: anatomy.findings }
}

fn mirrored_plan(plan: Plan) -> Plan {
    let stem = plan.stem.unwrap();
    // A left stem is mirrored in its own Z first.
    let [across, own] = [Vector3::new(-1.0, 1.0, 1.0), Vector3::new(1.0, 1.0, -1.0)].map(|d| Matrix3::from_diagonal(&d));
    let turn = across * stem.pose.rotation.to_rotation_matrix().matrix() * own;
    let at = over(&Point3::from(stem.pose.translation.vector));
    let pose = Isometry3::from_parts(at.coords.into(), UnitQuaternion::from_matrix(&turn));
    let resection = ResectionPlane { point: over(&stem.resection.point), normal: over_axis(&stem.resection.normal) };
    let cup = CupPlacement { centre: over(&plan.cup.centre), axis: over_axis(&plan.cup.axis), ..plan.cup };
    Plan { side: Side::Left, cup, stem: Some(StemPlacement { pose, resection, ..stem }), ..plan }
}

/// Writes the case of [`scene::document`] as the pipeline would.
pub fn write(place: &Path) -> PathBuf {
    write_of(place, Side::Right)
}

/// The same, or the left hip that it mirrors.
pub fn write_of(place: &Path, side: Side) -> PathBuf {
    let catalogue = Catalogue::shipped().unwrap();
    let draft = CaseFolder::create(place).unwrap();
    let provenance = Provenance {
        input: "made up".into(),
        inputs_sha256: String::new(),
        software_version: env!("CARGO_PKG_VERSION").into(),
        segmentation_model: "none".into(),
        segmentation_sha256: String::new(),
        device: "none".into(),
        catalogue: catalogue.title(),
        catalogue_sha256: catalogue.sha256.clone(),
        warnings: Vec::new(),
    };
    draft.write_case(&Case { pseudonym: "CX-TEST01".into(), side, provenance }).unwrap();
    let (mut anatomy, mut plan) = (anatomy(scene::document().findings), plan(&catalogue));
    if side == Side::Left {
        (anatomy, plan) = (mirrored(anatomy), mirrored_plan(plan));
    }
    draft.write_anatomy(&anatomy).unwrap();
    draft.write_plan(&plan).unwrap();
    let centre = Point3::from(CENTRE);
    let femur = cuboid(centre + Vector3::new(-40.0, 0.0, -110.0), Vector3::new(30.0, 30.0, 220.0));
    let hip = cuboid(centre + Vector3::new(20.0, 0.0, 40.0), Vector3::new(80.0, 60.0, 120.0));
    let bones = [(Label::FemurRight, femur), (Label::HipRight, hip)];
    let bones = match side {
        Side::Right => bones,
        Side::Left => bones.map(|(label, mesh)| (label.mirrored(), mesh.mirrored_x())),
    };
    draft.write_bones(&bones.into()).unwrap();
    draft.commit().unwrap().path().into()
}

fn coxa() -> Command {
    Command::new(env!("CARGO_BIN_EXE_coxa"))
}

#[test]
fn a_case_on_disk_becomes_bones_implants_numbers_and_a_solver() {
    let folder = tempfile::tempdir().unwrap();
    let document = app::read_case(&write(&folder.path().join("case"))).unwrap();
    assert_eq!((document.pseudonym.as_str(), document.side, document.bodies.len()), ("CX-TEST01", Side::Right, 5));
    let plan = document.plan.as_ref().unwrap();
    assert_eq!(plan.cup_diameter_mm, 54.0);
    assert!((plan.cup_angles.inclination_deg - 41.0).abs() < 1e-6 && (plan.cup_angles.anteversion_deg - 16.0).abs() < 1e-6);
    // The stem's head was left 3 mm below the cup's centre: reducing the joint lifts the femur by that.
    let lifted = document.joint.unwrap().reduction.translation.vector;
    assert!((lifted - Vector3::z() * 3.0).norm() < 1e-6, "{lifted}");
    assert!(document.contact.is_some() && document.findings.iter().any(|f| f.text.contains("40 mm below")));
}

#[test]
fn a_folder_that_is_no_case_is_refused_with_its_name_and_no_picture() {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("view.png");
    let output = coxa().args(["view", "nowhere/case", "--screenshot"]).arg(&picture).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if !vulkan() {
        return;
    }
    assert!(!output.status.success() && said.contains("nowhere/case"), "{said}");
    assert!(!picture.exists());
}

#[test]
fn without_a_display_the_window_says_what_is_missing() {
    let output = coxa().args(["view", "anything"]).env_remove("DISPLAY").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("DISPLAY") && said.contains("--screenshot"), "{said}");
}

#[test]
fn the_binary_renders_a_case_in_chinese_without_a_display() {
    if !vulkan() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let case = write(&folder.path().join("case"));
    let picture = folder.path().join("view.png");
    let mut command = coxa();
    command.arg("view").arg(&case).args(["--language", "zh", "--frames", "5", "--screenshot"]).arg(&picture);
    let output = command.env_remove("DISPLAY").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let picture = Picture::read(&picture);
    assert!(picture.part(0.2, 0.75, |[r, g, b]| r > 90 && r > b && g > b) > 0.02, "no bone is seen");
}

#[test]
fn a_real_window_opens_and_closes_on_a_virtual_display() {
    let xvfb = Command::new("xvfb-run").arg("--help").output();
    if xvfb.is_err() {
        eprintln!("skipped: no virtual display is installed (package xvfb)");
    }
    if !vulkan() || xvfb.is_err() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let case = write(&folder.path().join("case"));
    let mut command = Command::new("xvfb-run");
    command.args(["-a", "-s", "-screen 0 1600x1000x24", env!("CARGO_BIN_EXE_coxa"), "view"]).arg(&case).args(["--frames", "5"]);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
