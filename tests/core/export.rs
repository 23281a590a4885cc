//! An export is what was planned, in one frame, without identity, whole or not at all.

use crate::plan::{Patient, planned};
use crate::support::shapes::{sphere, torus};
use coxa::{
    frames::Side,
    implants::Catalogue,
    mesh::TriMesh,
    plan::{
        ImplantPart, placed,
        storage::{Case, CaseFolder, Provenance},
    },
    surface::io::{obj, stl},
};
use nalgebra::{Isometry3, Point3};
use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

fn bones() -> [(&'static str, TriMesh); 2] {
    [
        ("hip_right", torus(30.0, 8.0, 60).transformed(&Isometry3::translation(-90.0, 5.0, 20.0))),
        ("femur_right", sphere(Point3::new(-90.0, 0.0, 0.0), 24.0, 40)),
    ]
}

/// A case with two bones and a first plan.
pub fn case(place: &Path) {
    let catalogue = Catalogue::shipped().unwrap();
    let draft = CaseFolder::create(place).unwrap();
    let provenance = Provenance {
        input: "phantom".into(),
        inputs_sha256: "01".into(),
        software_version: "0.1.0".into(),
        segmentation_model: "bones 1".into(),
        segmentation_sha256: "23".into(),
        device: "CPU".into(),
        catalogue: catalogue.title(),
        catalogue_sha256: catalogue.sha256.clone(),
        warnings: Vec::new(),
    };
    draft.write_case(&Case { pseudonym: "CX-012345".into(), side: Side::Right, provenance }).unwrap();
    let anatomy = Patient::default().anatomy();
    draft.write_anatomy(&anatomy).unwrap();
    draft.write_plan(&planned(&anatomy, Side::Right)).unwrap();
    for (name, mesh) in bones() {
        draft.write_file(&format!("bones/{name}.stl"), |path| stl::write(&mesh, path)).unwrap();
    }
    draft.commit().unwrap();
}

pub fn export(case: &Path, out: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_coxa")).arg("export").arg(case).arg("--out").arg(out).args(more).output().unwrap()
}

pub fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn bones_and_implants_lie_where_they_were_planned() {
    let root = tempfile::tempdir().unwrap();
    let place = root.path().join("case");
    case(&place);
    let plan = planned(&Patient::default().anatomy(), Side::Right);
    let implants = placed(&plan, &Catalogue::shipped().unwrap()).unwrap();
    let mut expected: Vec<(&str, TriMesh)> = bones().into();
    expected.push(("implant_cup", implants[&ImplantPart::Cup].clone()));
    expected.push(("implant_head", implants[&ImplantPart::Head].clone()));
    expected.push(("implant_stem", implants[&ImplantPart::Stem].clone()));
    for format in ["stl", "obj"] {
        let out = root.path().join(format);
        let output = export(&place, &out, &["--format", format, "--json"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(
            (told["side"].as_str(), told["unit"].as_str(), told["frame"].as_str()),
            (Some("right"), Some("mm"), Some("LPS"))
        );
        assert_eq!(told["files"].as_array().unwrap().len(), 5);
        for (name, mesh) in &expected {
            let path = out.join(format!("{name}.{format}"));
            let found = if format == "stl" { stl::read(&path) } else { obj::read(&path) }.unwrap();
            assert!(found.is_watertight(), "{name}");
            let ((low, high), (expected_low, expected_high)) = (found.bounds().unwrap(), mesh.bounds().unwrap());
            assert!((low - expected_low).amax() < 1e-3 && (high - expected_high).amax() < 1e-3, "{name}");
            assert!((found.volume_mm3() / mesh.volume_mm3() - 1.0).abs() < 1e-4, "{name}");
        }
        assert_eq!(names(&out).len(), 6);
        let readme = fs::read_to_string(out.join("README.txt")).unwrap();
        for promise in ["right hip", "millimetres", "LPS", "not a medical device; the surgeon decides", "CX-012345", "draft"] {
            assert!(readme.contains(promise), "{promise}: {readme}");
        }
    }
    assert_eq!(names(root.path()), ["case", "obj", "stl"]);
}

#[test]
fn what_cannot_be_exported_whole_is_not_exported() {
    let root = tempfile::tempdir().unwrap();
    let (place, out) = (root.path().join("case"), root.path().join("out"));
    let refused = |more: &[&str], because: &str| {
        let output = export(&place, &out, more);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(because), "{said}");
        assert!(!names(root.path()).iter().any(|name| name.starts_with(".out")), "nothing half-written");
    };
    refused(&[], "case");
    case(&place);
    refused(&["--plan", "7"], "0007.ron");
    fs::create_dir(&out).unwrap();
    fs::write(out.join("other.stl"), "x").unwrap();
    refused(&[], "a new or an empty folder");
    fs::remove_file(out.join("other.stl")).unwrap();
    let mut open = bones()[1].1.clone();
    open.triangles.pop();
    stl::write(&open, &place.join("bones/femur_right.stl")).unwrap();
    refused(&[], "3 open edges");
    assert!(names(&out).is_empty());
    fs::write(place.join("bones/femur_right.stl"), "cut off").unwrap();
    refused(&[], "femur_right.stl");
    let foreign = root.path().join("catalogue.ron");
    let shipped = fs::read_to_string(coxa::files::shipped("models/implants/generic.ron").unwrap()).unwrap();
    fs::write(&foreign, shipped + "\n").unwrap();
    fs::remove_file(place.join("bones/femur_right.stl")).unwrap();
    refused(&["--catalogue", foreign.to_str().unwrap()], "name the plan's own with --catalogue");
}
