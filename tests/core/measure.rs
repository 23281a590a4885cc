//! What `coxa measure` is given is looked at before it is measured: real bones pass, and each bad file is named with its fault.

use crate::support::{read_ply, shared};
use coxa::{
    anatomy::{BoneFault, Bones, ExaminationDocument, InputError, Inspection, Space, inspect, read_bones},
    frames::Side,
    labels::{
        Label,
        synthesis::{CtSettings, DrawOptions, Phantom, Preset, ShapeModel, scan},
    },
    mesh::TriMesh,
    pipeline::{MeasureSource, PipelineError, PlanRequest, measure_source, plan_case},
    plan::{PlanSettings, storage::CaseFolder},
    progress::Silent,
    surface::{
        components,
        io::{obj, stl},
        plane_cut,
    },
    volume::nifti::{write_labels, write_volume},
};
use nalgebra::{Point3, Rotation3, Vector3};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
    time::Instant,
};

const SIDED: [Label; 4] = [Label::HipLeft, Label::HipRight, Label::FemurLeft, Label::FemurRight];

/// A patient drawn from the shape model, whole femora and all.
static PATIENT: LazyLock<Bones> = LazyLock::new(|| {
    let mut meshes = Phantom::draw(&ShapeModel::load().unwrap(), 7, &DrawOptions::default()).meshes;
    meshes.retain(|label, _| SIDED.contains(label) || *label == Label::Sacrum);
    Bones { meshes, ..Bones::default() }
});

/// The real bones at hand, each with the subject it belongs to.
fn real_bones() -> Vec<(String, Label, TriMesh)> {
    let mut bones = Vec::new();
    let names = ["Hip_L", "Hip_R", "Femur_L", "Femur_R", "Sacrum"];
    let labels = SIDED.into_iter().chain([Label::Sacrum]);
    if let Some(folder) = shared("data/vsd_bones") {
        for subject in ["z001", "z019", "z023", "z056"] {
            let files = labels.clone().zip(names.map(|name| folder.join(subject).join(name).with_extension("ply")));
            bones.extend(files.map(|(label, path)| (subject.to_owned(), label, read_ply(&path))));
        }
    }
    if let Some(folder) = shared("data/staple_lhdl/bones") {
        bones.push(("lhdl".into(), Label::FemurRight, obj::read(&folder.join("femur_r.obj")).unwrap()));
        let both = obj::read(&folder.join("pelvis_no_sacrum.obj")).unwrap();
        let x = |mesh: &TriMesh| mesh.bounds().unwrap().0.x;
        let mut hip_bones = components(&both);
        hip_bones.sort_by(|a, b| x(a).total_cmp(&x(b)));
        for (label, mesh) in [Label::HipRight, Label::HipLeft].into_iter().zip(hip_bones) {
            bones.push(("lhdl".into(), label, mesh));
        }
        let seen = alone(Label::HipLeft, &both);
        assert!(matches!(&seen.faults[..], [BoneFault::SeveralBones { bone: Label::HipLeft, .. }]), "{:?}", seen.faults);
    }
    bones
}

fn alone(label: Label, mesh: &TriMesh) -> Inspection {
    inspect(&Bones { meshes: [(label, mesh.clone())].into(), ..Bones::default() }).unwrap()
}

fn moved(mesh: &TriMesh, map: impl Fn(&Point3<f64>) -> Point3<f64>) -> TriMesh {
    TriMesh { vertices: mesh.vertices.iter().map(map).collect(), triangles: mesh.triangles.clone() }
}

/// The patient with one bone changed.
fn changed(label: Label, change: impl FnOnce(&TriMesh) -> TriMesh) -> Bones {
    let mut bones = PATIENT.clone();
    let mesh = change(&bones.meshes[&label]);
    bones.meshes.insert(label, mesh);
    bones
}

/// The only fault of some bones, and what it says.
fn fault(bones: &Bones) -> (BoneFault, String) {
    let faults = inspect(bones).unwrap().faults;
    let [fault] = &faults[..] else { panic!("one fault was expected, found {faults:?}") };
    (fault.clone(), fault.to_string())
}

#[test]
fn real_bones_are_what_they_are_said_to_be_and_their_mirror_images_are_not() {
    for (subject, label, mesh) in real_bones() {
        let start = Instant::now();
        let seen = alone(label, &mesh);
        let seconds = start.elapsed().as_secs_f64();
        assert_eq!(seen, Inspection::default(), "{subject} {}", label.name());
        if label == Label::Sacrum {
            continue;
        }
        let mirrored = mesh.mirrored_x();
        assert_eq!(alone(label.mirrored(), &mirrored), Inspection::default(), "{subject} mirrored {}", label.name());
        let [BoneFault::OtherBone { bone, found, found_mm, given_mm }] = &alone(label, &mirrored).faults[..] else {
            panic!("{subject}: a mirrored {} is taken for a {}", label.name(), label.spoken())
        };
        eprintln!("{subject} {}: own side {found_mm:.2} mm, other side {given_mm:.2} mm, {seconds:.2} s", label.name());
        assert_eq!((*bone, found.as_str()), (label, label.mirrored().spoken().as_str()));
    }
}

/// What is left above a level below the top.
fn top_of(mesh: &TriMesh, length_mm: f64) -> TriMesh {
    let (_, high) = mesh.bounds().unwrap();
    let level = Point3::new(0.0, 0.0, high.z - length_mm);
    let parts = [Vector3::z(), -Vector3::z()].map(|normal| plane_cut(mesh, &level, &normal).unwrap());
    parts.into_iter().find(|part| part.bounds().unwrap().1.z > high.z - 1.0).unwrap()
}

#[test]
fn the_side_of_a_cut_off_femur_is_told_and_its_length_is_named() {
    let mut bones = real_bones();
    bones.retain(|(_, label, _)| matches!(label, Label::FemurLeft | Label::FemurRight));
    for (subject, label, mesh) in bones {
        for length_mm in [60.0, 90.0, 120.0] {
            let part = top_of(&mesh, length_mm);
            let seen = alone(label, &part);
            assert!(seen.faults.is_empty(), "{subject} {length_mm} mm: {:?}", seen.faults);
            assert!(seen.findings.iter().all(|finding| finding.key == "finding-femur-short"), "{:?}", seen.findings);
            assert_eq!(seen.findings.len(), 1, "{subject} {length_mm} mm");
            let wrong = alone(label, &part.mirrored_x());
            assert!(matches!(&wrong.faults[..], [BoneFault::OtherBone { .. }]), "{subject} {length_mm} mm: {wrong:?}");
        }
        assert!(alone(label, &top_of(&mesh, 250.0)).findings.is_empty(), "{subject}");
    }
}

#[test]
fn every_preset_of_a_patient_passes() {
    let model = ShapeModel::load().unwrap();
    let mut wrong = Vec::new();
    for (seed, preset) in (50..).zip(Preset::ALL) {
        let meshes = scan(&model, preset, seed, Some([16.0; 3])).phantom.meshes;
        let seen = inspect(&Bones { meshes, ..Bones::default() }).unwrap();
        eprintln!("{}: {:?}", preset.name(), seen.findings.iter().map(|finding| &finding.text).collect::<Vec<_>>());
        wrong.extend(seen.faults.iter().map(|fault| format!("{}: {fault}", preset.name())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_wrong_unit_is_named() {
    let bones = LazyLock::force(&PATIENT);
    let start = Instant::now();
    assert_eq!(inspect(bones).unwrap(), Inspection::default());
    eprintln!("five bones are looked at in {:.2} s", start.elapsed().as_secs_f64());
    for label in [Label::HipLeft, Label::FemurRight, Label::Sacrum] {
        for (name, in_mm) in [("metres", 1000.0), ("centimetres", 10.0), ("inches", 25.4), ("micrometres", 0.001)] {
            let (fault, text) = fault(&changed(label, |mesh| moved(mesh, |p| p / in_mm)));
            let BoneFault::Unit { bone, unit: Some((found, factor)), .. } = fault else { panic!("{text}") };
            assert_eq!((bone, found, factor), (label, name, in_mm));
            assert!(text.contains(label.name()) && text.contains("millimetres"), "{text}");
        }
    }
    let (_, text) = fault(&changed(Label::HipLeft, |mesh| moved(mesh, |p| p / 3.0e5)));
    assert!(text.contains("unit is unknown"), "{text}");
}

#[test]
fn an_open_or_inverted_surface_is_named() {
    let without = |mesh: &TriMesh| {
        let mut mesh = mesh.clone();
        mesh.triangles.truncate(mesh.triangles.len() - 1);
        mesh
    };
    let (open, text) = fault(&changed(Label::HipRight, without));
    assert_eq!(open, BoneFault::Open { bone: Label::HipRight, edges: 3 });
    assert!(text.contains("hip_right") && text.contains("3 of its edges"), "{text}");
    let turn = |mesh: &TriMesh, count: usize| {
        let mut mesh = mesh.clone();
        mesh.triangles[..count].iter_mut().for_each(|triangle| triangle.swap(0, 1));
        mesh
    };
    assert!(matches!(fault(&changed(Label::FemurLeft, |mesh| turn(mesh, 1))).0, BoneFault::Open { .. }));
    let (inverted, text) = fault(&changed(Label::FemurLeft, |mesh| turn(mesh, mesh.triangles.len())));
    assert!(matches!(inverted, BoneFault::Inverted { bone: Label::FemurLeft, .. }), "{text}");
    assert!(text.contains("inside out"), "{text}");
    assert!(matches!(fault(&changed(Label::Sacrum, |_| TriMesh::default())).0, BoneFault::Empty { .. }));
}

#[test]
fn swapped_bones_are_named() {
    let with = |pairs: [(Label, Label); 2]| {
        let mut bones = PATIENT.clone();
        pairs.iter().for_each(|(label, from)| _ = bones.meshes.insert(*label, PATIENT.meshes[from].clone()));
        inspect(&bones).unwrap().faults
    };
    let found =
        |faults: &[BoneFault]| -> Vec<(Label, String)> {
            faults
                .iter()
                .map(|fault| {
                    if let BoneFault::OtherBone { bone, found, .. } = fault { (*bone, found.clone()) } else { panic!("{fault}") }
                })
                .collect()
        };
    let kinds = with([(Label::HipLeft, Label::FemurLeft), (Label::FemurLeft, Label::HipLeft)]);
    assert_eq!(found(&kinds), [(Label::HipLeft, "left femur".into()), (Label::FemurLeft, "left hip bone".into())]);
    let sides = with([(Label::FemurLeft, Label::FemurRight), (Label::FemurRight, Label::FemurLeft)]);
    assert_eq!(found(&sides), [(Label::FemurLeft, "right femur".into()), (Label::FemurRight, "left femur".into())]);
    let sacrum = with([(Label::HipRight, Label::Sacrum), (Label::Sacrum, Label::HipRight)]);
    assert_eq!(found(&sacrum), [(Label::Sacrum, "right hip bone".into()), (Label::HipRight, "sacrum".into())]);
    // Bones of the right shape on the wrong side of the body.
    let apart = Vector3::new(-400.0, 0.0, 0.0);
    let (fault, text) = fault(&changed(Label::FemurLeft, |mesh| moved(mesh, |p| p + apart)));
    assert!(matches!(fault, BoneFault::SidesSwapped { left: Label::FemurLeft, .. }), "{text}");
}

#[test]
fn bones_in_other_axes_are_named() {
    let turned = |turn: Rotation3<f64>| {
        let meshes = PATIENT.meshes.iter().map(|(label, mesh)| (*label, moved(mesh, |p| turn * p))).collect();
        inspect(&Bones { meshes, ..Bones::default() }).unwrap().faults
    };
    let half = turned(Rotation3::from_axis_angle(&Vector3::z_axis(), std::f64::consts::PI));
    assert_eq!(half.len(), 4, "{half:?}");
    for fault in half {
        assert!(matches!(fault, BoneFault::Turned { about_z: true, .. }) && fault.to_string().contains("--space"), "{fault}");
    }
    let upright = turned(Rotation3::from_axis_angle(&Vector3::x_axis(), -std::f64::consts::FRAC_PI_2));
    assert!(
        upright.iter().any(|fault| matches!(fault, BoneFault::Turned { bone: Label::HipLeft, about_z: false, .. })),
        "{upright:?}"
    );
    assert!(turned(Rotation3::from_euler_angles(0.5, -0.3, 0.4)).is_empty(), "a patient may lie askew");
}

/// Two surfaces become one through a tube between a triangle of each.
fn fused(a: &TriMesh, b: &TriMesh) -> TriMesh {
    let mut both = a.clone();
    both.append(b);
    let second = both.triangles.remove(a.triangles.len());
    let first = both.triangles.remove(0);
    for i in 0..3 {
        let (p, q) = (first[i], first[(i + 1) % 3]);
        let (r, s) = (second[(3 - i) % 3], second[(2 - i) % 3]);
        both.triangles.extend([[p, q, r], [q, s, r]]);
    }
    both
}

#[test]
fn two_bones_in_one_file_are_named() {
    let [left, right] = [Label::FemurLeft, Label::FemurRight].map(|label| PATIENT.meshes[&label].clone());
    let cut = |mesh: &TriMesh| top_of(mesh, 180.0);
    let beside = |mesh: &TriMesh| {
        let mut both = mesh.clone();
        both.append(&right);
        both
    };
    for (bones, what) in [
        (changed(Label::FemurLeft, beside), "2 bodies"),
        (changed(Label::FemurLeft, |mesh| fused(mesh, &right)), "left half"),
        (changed(Label::FemurLeft, |mesh| fused(&cut(mesh), &cut(&right))), "left half"),
        (changed(Label::HipRight, |mesh| fused(mesh, &PATIENT.meshes[&Label::HipLeft])), "left half"),
    ] {
        let (fault, text) = fault(&bones);
        assert!(
            matches!(fault, BoneFault::SeveralBones { .. }) && text.contains("more than one bone") && text.contains(what),
            "{text}"
        );
    }
    assert!(fused(&left, &right).is_watertight(), "the tube closes");
}

fn write_patient(folder: &Path, space: Space) {
    for (label, mesh) in &PATIENT.meshes {
        let turned = match space {
            Space::Lps => mesh.clone(),
            Space::Ras => moved(mesh, |p| Point3::new(-p.x, -p.y, p.z)),
        };
        obj::write(&turned, &folder.join(format!("{}.obj", label.name()))).unwrap();
    }
}

fn measured(folder: &Path, space: Space) -> Result<ExaminationDocument, PipelineError> {
    measure_source(&MeasureSource::Bones(folder.into(), space), &[], &Silent).map(|(document, _)| document)
}

#[test]
fn ras_and_lps_of_the_same_bones_give_the_same_numbers() {
    let (lps, ras) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write_patient(lps.path(), Space::Lps);
    write_patient(ras.path(), Space::Ras);
    let json = |folder: &Path, space| serde_json::to_string(&measured(folder, space).unwrap()).unwrap();
    assert_eq!(json(lps.path(), Space::Lps), json(ras.path(), Space::Ras));
    let error = measured(ras.path(), Space::Lps).unwrap_err();
    assert!(matches!(&error, PipelineError::Bones(faults) if faults.len() == 4), "{error}");
    assert!(error.to_string().starts_with("nothing is measured, because hip_left: the bone lies turned by"), "{error}");
}

#[test]
fn the_document_has_its_keys() {
    let folder = tempfile::tempdir().unwrap();
    write_patient(folder.path(), Space::Lps);
    fs::write(folder.path().join("patella_left.stl"), "no matter what").unwrap();
    fs::write(folder.path().join("notes.txt"), "no matter what").unwrap();
    let document = serde_json::to_value(measured(folder.path(), Space::Lps).unwrap()).unwrap();
    let keys: Vec<&String> = document.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "format_version",
            "disclaimer",
            "software_version",
            "space",
            "bones",
            "landmarks",
            "frames",
            "frame_sd",
            "axes",
            "canals",
            "measurements",
            "grades",
            "curves",
            "flags"
        ]
    );
    for (of, name) in [("landmarks", "asis"), ("landmarks", "knee_centre"), ("measurements", "femoral_version_murphy")] {
        assert!(document[of][name]["left"].is_object() && document[of][name]["right"].is_object(), "{name}");
    }
    assert!(document["curves"]["alpha_angle"]["left"]["points"].as_array().unwrap().len() > 20);
    let reach = &document["curves"]["acetabular_reach"]["right"];
    assert_eq!(reach["points"].as_array().unwrap().len(), reach["lps_mm"].as_array().unwrap().len());
    for name in ["acetabular_opening", "femoral_neck", "femoral_shaft"] {
        let axis = &document["axes"][name]["left"];
        let along = axis["direction_lps"].as_array().unwrap().iter().map(|x| x.as_f64().unwrap().powi(2)).sum::<f64>();
        assert!((along - 1.0).abs() < 1e-9 && axis["point_lps_mm"][2].is_f64(), "{name}: {axis}");
    }
    assert_eq!(document["disclaimer"], coxa::DISCLAIMER);
    assert_eq!(document["bones"].as_array().unwrap().len(), 5);
    assert!(document["flags"][0]["text"].as_str().unwrap().contains("patella_left.stl is not read"));
    for name in ["app", "femur_left", "femur_right"] {
        let row = |i: usize| -> Vec<f64> {
            document["frames"][name][i].as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
        };
        assert_eq!(row(3), [0.0, 0.0, 0.0, 1.0]);
        // Z, the third column, points to the patient's right, −x of LPS; Y upwards.
        assert!(row(0)[2] < -0.7 && row(2)[1] > 0.7, "{name}: {} {}", row(0)[2], row(2)[1]);
    }
    let centre = document["frames"]["femur_left"][0][3].as_f64().unwrap();
    assert!(centre > document["frames"]["femur_right"][0][3].as_f64().unwrap(), "the left hip lies at greater x");
    for (name, sides) in document["landmarks"].as_object().unwrap() {
        for (side, landmark) in sides.as_object().unwrap() {
            assert!(["left", "right", ""].contains(&side.as_str()), "{name}: {side}");
            assert_eq!(landmark["lps_mm"].as_array().unwrap().len(), 3, "{name}");
            assert!(landmark["method"].is_string() && landmark.get("sd_mm").is_some(), "{name}");
        }
    }
    for (name, sides) in document["measurements"].as_object().unwrap() {
        for measurement in sides.as_object().unwrap().values() {
            let keys: Vec<&String> = measurement.as_object().unwrap().keys().collect();
            assert_eq!(keys, ["value", "unit", "sd", "definition", "norm", "citation"], "{name}");
        }
    }
}

#[test]
fn a_folder_without_the_right_files_is_refused_with_what_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let read = || read_bones(folder.path(), Space::Lps).unwrap_err();
    assert!(read().to_string().contains("expected files named hip_left, hip_right, sacrum"), "{}", read());
    fs::write(folder.path().join("pelvis.stl"), "").unwrap();
    assert!(read().to_string().contains("found pelvis.stl"), "{}", read());
    let bone = &PATIENT.meshes[&Label::HipLeft];
    stl::write(bone, &folder.path().join("Hip_Left.STL")).unwrap();
    obj::write(bone, &folder.path().join("hip_left.obj")).unwrap();
    assert!(matches!(read(), InputError::TwoFiles { bone: Label::HipLeft, .. }));
    assert!(read().to_string().contains("Hip_Left.STL") && read().to_string().contains("hip_left.obj"));
    fs::remove_file(folder.path().join("hip_left.obj")).unwrap();
    let found = read_bones(folder.path(), Space::Lps).unwrap();
    assert!(found.bones.meshes[&Label::HipLeft].is_watertight() && found.findings.len() == 1);
    // One hip bone alone has its socket, and it is said what is missing.
    let alone = measured(folder.path(), Space::Lps).unwrap();
    assert!(alone.landmarks["acetabular_centre"].contains_key("left") && alone.frames.is_empty());
    assert!(alone.flags.iter().any(|flag| flag.key == "finding-hip-missing" && flag.side == "right"), "{:?}", alone.flags);
    fs::write(folder.path().join("femur_right.ply"), "ply\n").unwrap();
    assert!(read().to_string().contains("femur_right.ply"), "{}", read());
    assert!(matches!(read_bones(&folder.path().join("none"), Space::Lps), Err(InputError::Folder { .. })));
}

/// A case on disk, planned from true labels.
pub fn case(folder: &Path) -> PathBuf {
    let phantom = Phantom::draw(&ShapeModel::load().unwrap(), 41, &DrawOptions::default());
    let (volume, labels) = phantom.ct(&phantom.grid([1.5; 3]), &CtSettings::default(), 41);
    let (ct, truth, case) = (folder.join("ct.nii.gz"), folder.join("labels.nii.gz"), folder.join("case"));
    write_volume(&ct, &volume).unwrap();
    write_labels(&truth, &labels.grid, &labels.ids).unwrap();
    let request = PlanRequest {
        source: ct,
        series: None,
        side: Side::Left,
        case: case.clone(),
        labels: Some(truth),
        settings: PlanSettings::default(),
        accept_doubtful: false,
        #[cfg(feature = "neural")]
        device: coxa::device::DeviceChoice::Cpu,
    };
    plan_case(&request, &Silent, &mut |_| {}).unwrap();
    case
}

#[test]
fn a_case_is_measured_as_it_was_planned_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = case(folder.path());
    let opened = CaseFolder::open(&path).unwrap();
    let planned = opened.read_anatomy().unwrap();
    let source = MeasureSource::Case(path.clone());
    let document = measure_source(&source, &[], &Silent).unwrap().0;
    for (side, name) in [(Side::Left, "femur_left"), (Side::Right, "femur_right")] {
        let centre = planned.hip(side).unwrap().head.centre;
        let origin = document.frames[name].map(|row| row[3]);
        // The surfaces on disk are f32.
        assert!((0..3).all(|axis| (origin[axis] - centre[axis]).abs() < 0.01), "{name}: {origin:?} {centre}");
    }
    assert_eq!(opened.verify_journal().unwrap().entries, 1);
    // Without surfaces, they are made from the labels.
    fs::remove_dir_all(path.join("bones")).unwrap();
    let again = measure_source(&source, &[], &Silent).unwrap().0;
    let far = |a: &[[f64; 4]; 4], b: &[[f64; 4]; 4]| (0..3).map(|i| (a[i][3] - b[i][3]).abs()).fold(0.0, f64::max);
    assert_eq!(again.frames.keys().collect::<Vec<_>>(), document.frames.keys().collect::<Vec<_>>());
    assert!(again.frames.iter().all(|(name, frame)| far(frame, &document.frames[name]) < 0.1));
}
