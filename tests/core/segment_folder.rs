//! `coxa segment` writes labels, confidence, surfaces and what was found into a folder, whole or not at all.

use coxa::{
    DISCLAIMER,
    labels::{
        Label, LabelMap,
        synthesis::{CtSettings, DrawOptions, Phantom, ShapeModel},
    },
    surface::{io::stl, repair::open_edges},
    volume::{
        Grid,
        nifti::{read_labels, write_volume},
    },
};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// The CT of a phantom with a nail in one femur, as a file.
fn scan(folder: &Path) -> (PathBuf, Grid, LabelMap) {
    let phantom = Phantom::draw(&ShapeModel::load().unwrap(), 85, &DrawOptions { metal: 1.0, ..DrawOptions::default() });
    let (volume, truth) = phantom.ct(&phantom.grid([2.5; 3]), &CtSettings::random(85), 85);
    let path = folder.join("ct.nii.gz");
    write_volume(&path, &volume).unwrap();
    (path, volume.grid, truth)
}

fn segment(source: &Path, out: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_coxa"))
        .args(["segment", "--device", "cpu"])
        .arg(source)
        .arg("--out")
        .arg(out)
        .output()
        .unwrap()
}

fn refusal(output: &Output) -> String {
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_segmentation_is_a_folder_that_is_complete() {
    let folder = tempfile::tempdir().unwrap();
    let (ct, grid, truth) = scan(folder.path());
    let out = folder.path().join("labels");
    let output = segment(&ct, &out);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && told.contains(DISCLAIMER), "{}", String::from_utf8_lossy(&output.stderr));

    let (labels_grid, ids) = read_labels(&out.join("labels.nii.gz")).unwrap();
    let (confidence_grid, confidence) = read_labels(&out.join("confidence.nii.gz")).unwrap();
    assert!(labels_grid.same_place(&grid, 0.01) && confidence_grid.same_place(&grid, 0.01));
    assert!(confidence.iter().all(|&percent| percent <= 100) && confidence.contains(&100));

    let document: Value = serde_json::from_slice(&fs::read(out.join("segmentation.json")).unwrap()).unwrap();
    assert_eq!((&document["format_version"], &document["disclaimer"]), (&1.into(), &DISCLAIMER.into()));
    assert!(
        document["network"]["sha256"].as_str().unwrap().len() == 2 * 64 + 1 && document["network"]["device"] == "CPU",
        "{document}"
    );
    assert!(["import", "segment", "surface"].iter().all(|stage| document["seconds"][stage].as_f64().is_some()), "{document}");
    let bones = document["bones"].as_array().unwrap();
    assert!(bones.len() >= 5, "{document}");
    for bone in bones {
        let id = bone["id"].as_u64().unwrap() as u8;
        let of_label: Vec<usize> = (0..ids.len()).filter(|&at| ids[at] == id).collect();
        let ml = of_label.len() as f64 * grid.voxel_mm3() / 1000.0;
        let percent = of_label.iter().map(|&at| f64::from(confidence[at])).sum::<f64>() / of_label.len() as f64;
        assert!((bone["volume_ml"].as_f64().unwrap() - ml).abs() < 1e-6, "{bone}");
        // Whole percent in the volume.
        assert!((bone["mean_confidence_percent"].as_f64().unwrap() - percent).abs() < 0.5, "{bone}: {percent}");
        let mesh = stl::read(&out.join(bone["surface"].as_str().unwrap())).unwrap();
        assert_eq!(open_edges(&mesh), 0);
        assert!((mesh.volume_mm3() / 1000.0 / ml - 1.0).abs() < 0.1, "{bone}: a surface around {:.0} mm³", mesh.volume_mm3());
    }
    // The nail is told where it lies, and not of the other femur.
    let nailed = |id: u8| {
        let bone = bones.iter().find(|bone| bone["id"] == id).unwrap();
        bone["warnings"].as_array().unwrap().iter().any(|warning| warning.as_str().unwrap().contains("metal"))
    };
    assert!(truth.count(Label::Metal) > 0 && document["metal_ml"].as_f64().unwrap() > 1.0, "{document}");
    assert!(nailed(Label::FemurLeft.id()) != nailed(Label::FemurRight.id()), "{document}");
    let left_behind = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left_behind, 2, "only the CT and the result are there");

    // A second result is never mixed with the first.
    let told = refusal(&segment(&ct, &out));
    assert!(told.contains("name a new or an empty folder"), "{told}");

    // The labels alone.
    let file = folder.path().join("alone.nii.gz");
    assert!(segment(&ct, &file).status.success());
    assert!(read_labels(&file).unwrap().1 == ids, "the same labels");
}

#[test]
fn a_folder_in_use_is_refused_before_any_work() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("notes.txt"), "mine").unwrap();
    let told = refusal(&segment(Path::new("/no/such/scan"), folder.path()));
    assert!(told.contains("is not free: name a new or an empty folder"), "{told}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}
