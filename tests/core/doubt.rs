//! Labels that are likely wrong are not planned on unless a person says so.

use coxa::{
    labels::synthesis::{CtSettings, DrawOptions, Phantom, ShapeModel},
    volume::nifti::write_volume,
};
use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// What ships with Coxa, but with a calibration after which three fifths of what is labelled as bone are right.
fn home_of_doubt(folder: &Path) -> PathBuf {
    let (home, ours) = (folder.join("home"), Path::new(env!("CARGO_MANIFEST_DIR")));
    fs::create_dir_all(home.join("models")).unwrap();
    symlink(ours.join("assets"), home.join("assets")).unwrap();
    for entry in fs::read_dir(ours.join("models")).unwrap().map(Result::unwrap) {
        symlink(entry.path(), home.join("models").join(entry.file_name())).unwrap();
    }
    let file = home.join("models/pelvis-confidence.ron");
    let text = fs::read_to_string(&file).unwrap();
    let (before, rest) = text.split_once("bone: ([").unwrap();
    let (_, after) = rest.split_once("])").unwrap();
    let curve = ["153"; 256].join(", ");
    fs::remove_file(&file).unwrap();
    fs::write(&file, format!("{before}bone: ([{curve}]){after}")).unwrap();
    home
}

fn plan(home: &Path, ct: &Path, case: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_coxa"))
        .env("COXA_HOME", home)
        .arg("plan")
        .arg(ct)
        .args(["--side", "right", "--device", "cpu", "--out"])
        .arg(case)
        .args(more)
        .output()
        .unwrap()
}

#[test]
fn a_doubtful_hip_is_planned_only_when_someone_accepts_it_and_the_report_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let phantom = Phantom::draw(&ShapeModel::load().unwrap(), 41, &DrawOptions::default());
    let (volume, _) = phantom.ct(&phantom.grid([2.0; 3]), &CtSettings::default(), 41);
    let ct = folder.path().join("ct.nii.gz");
    write_volume(&ct, &volume).unwrap();
    let (home, case) = (home_of_doubt(folder.path()), folder.path().join("case"));

    let refused = plan(&home, &ct, &case, &[]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("too doubtful to plan on"), "{said}");
    assert!(said.contains("the right femur is labelled with a confidence of 60 % only") && !said.contains("left"), "{said}");
    assert!(said.contains("--accept-doubtful"), "{said}");
    assert!(!case.exists(), "nothing was written");

    let accepted = plan(&home, &ct, &case, &["--accept-doubtful"]);
    assert!(accepted.status.success(), "{}", String::from_utf8_lossy(&accepted.stderr));
    let report = fs::read_to_string(case.join("report.html")).unwrap();
    assert!(report.contains("right femur is labelled with a confidence of 60 % only"));
}
