//! Labels are held against a truth, and what cannot be compared is refused with the reason.

use crate::support::shared;
use coxa::{
    DISCLAIMER,
    volume::{Grid, nifti::write_labels},
};
use nalgebra::Point3;
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

fn grid() -> Grid {
    Grid::axis_aligned([40, 30, 20], [1.0, 1.0, 2.0], Point3::new(-20.0, -15.0, 100.0))
}

/// A hip bone to the right of a femur, with the border between them at column `middle`.
fn joint(folder: &Path, name: &str, grid: &Grid, middle: usize) -> PathBuf {
    let label = |at: usize| {
        let [i, j, k] = grid.voxel(at);
        match (i, (5..25).contains(&j) && (4..16).contains(&k)) {
            (i, true) if (8..middle).contains(&i) => 3,
            (i, true) if (middle..32).contains(&i) => 5,
            _ => 0,
        }
    };
    let path = folder.join(name);
    write_labels(&path, grid, &(0..grid.len()).map(label).collect::<Vec<u8>>()).unwrap();
    path
}

fn evaluate(arguments: &[&Path]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_coxa")).arg("evaluate").args(arguments).output().unwrap()
}

fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_shifted_border_between_head_and_socket_is_measured() {
    let folder = tempfile::tempdir().unwrap();
    let truth = joint(folder.path(), "truth.nii.gz", &grid(), 20);
    let found = joint(folder.path(), "found.nii.gz", &grid(), 22);
    let told = json(&evaluate(&[&found, &truth, Path::new("--json")]));
    let bone = |n: usize, field: &str| told["bones"][n][field].as_f64().unwrap();
    // 12 and 10 columns instead of 12 and 12: 2·12/(14+12) and 2·10/(10+12).
    assert_eq!(told["bones"][0]["label"], "hip_right");
    assert!((bone(0, "dice") - 24.0 / 26.0).abs() < 1e-12 && (bone(1, "dice") - 20.0 / 22.0).abs() < 1e-12, "{told}");
    // The face of 20 × 24 mm moved by 2 mm, seen from both sides, and the strip of 88 × 2 mm around it that is 1 mm away on average, over
    // the surface of both boxes; the rim of the face is a little nearer.
    let moved = 2.0 * 480.0 * 2.0 + 88.0 * 2.0;
    for (n, surfaces) in [(0, 2016.0 + 2192.0), (1, 2016.0 + 1840.0)] {
        assert_eq!(bone(n, "hd95_mm"), 2.0);
        assert!((bone(n, "mean_surface_distance_mm") / (moved / surfaces) - 1.0).abs() < 0.05, "{told}");
    }
    let joint = &told["head_socket_confusion"][0];
    let voxels = 2 * 20 * 12;
    assert_eq!((&joint["side"], joint["head_labelled_hip_bone_voxels"].as_u64()), (&"right".into(), Some(voxels)));
    assert_eq!(joint["head_labelled_hip_bone_mm3"].as_f64(), Some(2.0 * voxels as f64));
    assert_eq!(joint["socket_labelled_femur_voxels"].as_u64(), Some(0));
    assert_eq!(told["disclaimer"], DISCLAIMER);

    let output = evaluate(&[&found, &truth]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("480 voxels (960 mm³) of the femoral head are labelled hip bone"), "{text}");
}

#[test]
fn a_bone_that_one_map_lacks_is_told_as_missing() {
    let folder = tempfile::tempdir().unwrap();
    let truth = joint(folder.path(), "truth.nii.gz", &grid(), 20);
    let found = joint(folder.path(), "found.nii.gz", &grid(), 32);
    let told = json(&evaluate(&[&found, &truth, Path::new("--json")]));
    assert!(told["bones"][1]["dice"].is_null() && told["bones"][1]["missing_in"] == "prediction", "{told}");
    assert_eq!(told["head_socket_confusion"].as_array().map(Vec::len), Some(0));
    let text = evaluate(&[&found, &truth]).stdout;
    assert!(String::from_utf8_lossy(&text).contains("femur_right      missing in the prediction"));
}

#[test]
fn grids_that_differ_are_refused_with_both_names_and_the_difference() {
    let folder = tempfile::tempdir().unwrap();
    let truth = joint(folder.path(), "truth.nii.gz", &grid(), 20);
    let turned = *nalgebra::Rotation3::from_euler_angles(0.0, 0.0, 0.2).matrix();
    let others = [
        (Grid { size: [40, 30, 21], ..grid() }, "size [40, 30, 21] and [40, 30, 20] voxels"),
        (Grid { spacing: [1.0, 1.0, 2.5], ..grid() }, "spacing [1.000, 1.000, 2.500] and [1.000, 1.000, 2.000] mm"),
        (Grid { origin: Point3::new(-20.0, -15.0, 97.0), ..grid() }, "origin (-20.000, -15.000, 97.000) and"),
        (Grid { direction: turned, ..grid() }, "direction (0.980, 0.199, 0.000)"),
    ];
    for (grid, difference) in others {
        let found = joint(folder.path(), "found.nii.gz", &grid, 20);
        let output = evaluate(&[&found, &truth]);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && output.stdout.is_empty());
        for word in ["found.nii.gz' and '", "truth.nii.gz' do not lie on the same grid", difference] {
            assert!(told.contains(word), "'{word}' is not in: {told}");
        }
    }
}

#[test]
fn foreign_numbers_need_a_list_of_names() {
    let folder = tempfile::tempdir().unwrap();
    let found = joint(folder.path(), "found.nii.gz", &grid(), 20);
    let (_, ids) = coxa::volume::nifti::read_labels(&found).unwrap();
    let truth = folder.path().join("truth.nii.gz");
    let foreign: Vec<u8> = ids.iter().map(|id| [0, 0, 0, 78, 0, 76][usize::from(*id)]).collect();
    write_labels(&truth, &grid(), &foreign).unwrap();
    let output = evaluate(&[&found, &truth]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && told.contains("truth.nii.gz': it holds the label 78"), "{told}");
    assert!(told.contains("--truth-labels"), "{told}");

    let names = folder.path().join("labels.json");
    fs::write(&names, r#"{"labels": {"hip_right": 78, "femur_right": 76, "spleen": 1}}"#).unwrap();
    let told = json(&evaluate(&[&found, &truth, Path::new("--truth-labels"), &names, Path::new("--json")]));
    assert!(told["bones"].as_array().unwrap().iter().all(|bone| bone["dice"] == 1.0 && bone["hd95_mm"] == 0.0), "{told}");

    fs::write(&names, r#"{"labels": {"hip_right": 78}}"#).unwrap();
    let output = evaluate(&[&found, &truth, Path::new("--truth-labels"), &names]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && told.contains("label 76, which its list of names does not name"), "{told}");
}

#[test]
fn the_real_reference_against_itself_is_perfect() {
    let Some(folder) = shared("data/totalsegmentator_pelvis_ct") else { return };
    let labels = folder.join("example_ct_3mm_pelvis_labels.nii.gz");
    let names = folder.join("labels.json");
    let told = json(&evaluate(&[&labels, &labels, Path::new("--truth-labels"), &names, Path::new("--json")]));
    assert_eq!(told["bones"].as_array().map(Vec::len), Some(6));
    assert!(told["bones"].as_array().unwrap().iter().all(|bone| bone["dice"] == 1.0), "{told}");
}

#[test]
fn one_map_or_none_is_not_enough() {
    for arguments in [&[][..], &[Path::new("found.nii.gz")]] {
        let output = evaluate(arguments);
        assert!(!output.status.success() && !output.stderr.is_empty());
    }
}
