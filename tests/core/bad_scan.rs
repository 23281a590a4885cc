//! Scans without a hip, and volumes that are no CT: each is refused with what is wrong, and nothing is labelled, planned or written.

use crate::support::dicom::{Series, refused};
use coxa::{
    device::DeviceChoice,
    frames::Side,
    labels::{
        SegmentError, SegmentOptions,
        neural::{Model, ModelError},
        segment,
        synthesis::{CtSettings, DrawOptions, FieldOfView, Phantom, ShapeModel},
    },
    progress::Silent,
    volume::{
        Grid, Volume,
        nifti::{write_labels, write_volume},
    },
};
use nalgebra::{Point3, Vector3};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const CPU: SegmentOptions = SegmentOptions { device: DeviceChoice::Cpu };

/// The sentence with which a volume is refused.
#[track_caller]
fn sentence(volume: &Volume) -> String {
    let error = segment(volume, &CPU, &Silent).map(|found| found.bones).expect_err("it must be refused");
    eprintln!("{error}");
    error.to_string()
}

#[track_caller]
fn no_hip(volume: &Volume) -> String {
    let told = sentence(volume);
    assert!(told.starts_with("no hip joint was found in this CT ("), "{told}");
    told
}

/// `coxa segment` and `coxa plan` refuse the file and leave nothing behind.
#[track_caller]
fn nothing_is_written(source: &Path, phrase: &str) {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    for arguments in [&["segment"][..], &["plan", "--side", "left"]] {
        let output = Command::new(env!("CARGO_BIN_EXE_coxa"))
            .args(arguments)
            .args(["--device", "cpu"])
            .arg(source)
            .arg("--out")
            .arg(&out)
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && told.contains(phrase) && !told.contains("panicked"), "{arguments:?}: {told}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{arguments:?} left something");
    }
}

/// A volume of values that depend on the place, 2.5 mm voxels, in a box of 400 × 300 × `height` mm around the origin.
fn drawn(height_mm: f64, hu: impl Fn(Point3<f64>) -> i16) -> Volume {
    let size = [160, 120, (height_mm / 2.5) as usize];
    let corner = size.map(|n| -(n as f64 - 1.0) / 2.0 * 2.5);
    let grid = Grid::axis_aligned(size, [2.5; 3], Point3::from(corner));
    let hu = (0..grid.len()).map(|at| hu(grid.centre(grid.voxel(at)))).collect();
    Volume { grid, hu }
}

/// Inside an upright elliptical column.
fn within(p: &Point3<f64>, rx: f64, ry: f64) -> bool {
    (p.x / rx).powi(2) + (p.y / ry).powi(2) < 1.0
}

#[test]
fn a_volume_of_one_value() {
    let volume = drawn(100.0, |_| 40);
    assert!(sentence(&volume).contains("run from 40 to 40, which are not the Hounsfield units of a CT: all voxels are the same"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("even.nii.gz");
    write_volume(&path, &volume).unwrap();
    refused(&path, &["'even.nii.gz'", "all voxels are the same"]);
    nothing_is_written(&path, "all voxels are the same");
}

#[test]
fn a_picture_of_8_bits() {
    let picture = drawn(100.0, |p| if within(&p, 180.0, 120.0) { 120 + (p.x.abs() / 1.4) as i16 } else { 0 });
    assert!(sentence(&picture).contains("a picture of 8 bits"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("picture.nii.gz");
    let ids: Vec<u8> = picture.hu.iter().map(|&value| value.clamp(0, 255) as u8).collect();
    write_labels(&path, &picture.grid, &ids).unwrap();
    refused(&path, &["'picture.nii.gz'", "a picture of 8 bits"]);
    let series = Series::of(&picture);
    series.refused(&["this is no CT, whatever its modality says", "run from 0 to 247", "a picture of 8 bits"]);
    nothing_is_written(&series.folder, "a picture of 8 bits");
}

#[test]
fn an_mr_in_nifti() {
    let mr = drawn(100.0, |p| if within(&p, 180.0, 120.0) { 900 } else { 3 });
    assert!(sentence(&mr).contains("this is an MR"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mr.nii.gz");
    write_volume(&path, &mr).unwrap();
    refused(&path, &["'mr.nii.gz'", "run from 3 to 900", "this is an MR"]);
}

#[test]
fn a_float_volume_with_a_value_that_is_not_a_number() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("float.nii");
    let mut volume = drawn(10.0, |p| if within(&p, 180.0, 120.0) { 40 } else { -1000 });
    volume.hu[500] = 1200;
    write_volume(&path, &volume).unwrap();
    let as_floats = |odd: f32| {
        let mut bytes = fs::read(&path).unwrap()[..352].to_vec();
        // datatype and bitpix of NIfTI-1: 32-bit float.
        bytes[70..72].copy_from_slice(&16i16.to_le_bytes());
        bytes[72..74].copy_from_slice(&32i16.to_le_bytes());
        let values = volume.hu.iter().enumerate().map(|(at, &hu)| if at == 1234 { odd } else { f32::from(hu) });
        bytes.extend(values.flat_map(f32::to_le_bytes));
        bytes
    };
    let whole = path.with_file_name("whole.nii");
    fs::write(&whole, as_floats(40.0)).unwrap();
    assert!(coxa::dicom::read_ct(&whole, None, &Silent).is_ok());
    for odd in [f32::NAN, f32::INFINITY] {
        let odd_file = path.with_file_name("odd.nii");
        fs::write(&odd_file, as_floats(odd)).unwrap();
        refused(&odd_file, &["'odd.nii'", "a value that is not a number"]);
    }
}

#[test]
fn a_phantom_of_water() {
    // A bottle of acrylic, 120 HU, with some noise.
    let noise = |p: &Point3<f64>| ((p.x * 12.9898 + p.y * 78.233 + p.z * 37.719).sin() * 15.0) as i16;
    let water = drawn(200.0, |p| match p.xy().coords.norm() {
        r if r < 100.0 => noise(&p),
        r if r < 105.0 => 120 + noise(&p),
        _ => -1000,
    });
    let told = no_hip(&water);
    assert!(told.contains("nothing in it is as dense as bone, at most 134 HU"), "{told}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("water.nii.gz");
    write_volume(&path, &water).unwrap();
    nothing_is_written(&path, "no hip joint was found");
}

/// The scan of a phantom between two heights, mm.
fn between(phantom: &Phantom, low: f64, high: f64, seed: u64) -> Volume {
    let whole = phantom.grid([2.5; 3]);
    let first = ((low - whole.origin.z) / 2.5).max(0.0).round();
    let size = [whole.size[0], whole.size[1], ((high - low) / 2.5) as usize];
    let origin = whole.origin + Vector3::z() * first * 2.5;
    phantom.ct(&Grid { size, origin, ..whole }, &CtSettings::random(seed), seed).0
}

#[test]
fn knees_alone() {
    let options = DrawOptions { field_of_view: FieldOfView::WholeFemora, ..DrawOptions::default() };
    for seed in [81, 82] {
        let phantom = Phantom::draw(&ShapeModel::load().unwrap(), seed, &options);
        let low = phantom.z_range_mm[0];
        no_hip(&between(&phantom, low, low + 180.0, seed));
    }
}

#[test]
fn a_pelvis_that_is_cut_off_above_the_hips() {
    for seed in [83, 84] {
        let phantom = Phantom::draw(&ShapeModel::load().unwrap(), seed, &DrawOptions::default());
        let roofs = Side::BOTH.map(|side| phantom.truth.hip(side).head.centre.z + 40.0);
        let told = no_hip(&between(&phantom, roofs[0].max(roofs[1]), phantom.z_range_mm[1], seed));
        assert!(told.contains("no femur") || told.contains("no bone") || told.contains("neither hip bone nor femur"), "{told}");
    }
}

/// Lungs, ribs and spine, and shoulders in the upper part, whose scapula and humeral head look most like a hip.
fn chest() -> Volume {
    let bone = |inside: f64, wall: f64| match inside {
        d if d < 0.0 => None,
        d if d < wall => Some(900),
        _ => Some(150),
    };
    drawn(300.0, |p| {
        let shoulder = Point3::new(p.x.abs() - 150.0, p.y - 10.0, p.z - 95.0);
        let humerus =
            (24.0 - shoulder.coords.norm()).max(if shoulder.z < 0.0 { 13.0 - shoulder.xy().coords.norm() } else { -1.0 });
        let glenoid =
            if (shoulder.coords - Vector3::new(-20.0, 5.0, 0.0)).norm() < 26.0 { 26.5 - shoulder.coords.norm() } else { 1.0 };
        let blade = if (60.0..125.0).contains(&p.x.abs()) && p.z > 0.0 {
            4.0 - (p.y - 70.0 + 0.3 * p.x.abs() - 20.0).abs()
        } else {
            -1.0
        };
        let spine = 20.0 - (p.xy() - nalgebra::Point2::new(0.0, 75.0)).norm();
        let shell = ((p.x / 130.0).powi(2) + (p.y / 95.0).powi(2)).sqrt();
        let rib = if (p.z + 0.3 * p.y).rem_euclid(28.0) < 10.0 { 5.0 - (shell - 0.97).abs() * 100.0 } else { -1.0 };
        let arm = shoulder.coords.norm() < 60.0 || (shoulder.z < 0.0 && shoulder.xy().coords.norm() < 42.0);
        if !within(&p, 150.0, 112.0) && !arm {
            return -1000;
        }
        let found = [bone(humerus, 3.0), bone(blade, 2.0), bone(spine, 2.0), bone(rib, 1.5)].into_iter().flatten().max();
        let socket = if (0.0..4.0).contains(&-glenoid) { Some(600) } else { None };
        found.or(socket).unwrap_or_else(|| if shell < 0.9 && p.y < 55.0 && p.x.abs() > 35.0 { -850 } else { 45 })
    })
}

#[test]
fn a_chest() {
    no_hip(&chest());
}

/// A copy of the network that ships with Coxa.
fn copied(folder: &Path) -> PathBuf {
    let shipped = coxa::files::shipped("models/pelvis-coarse.ron").unwrap();
    for name in ["pelvis-coarse.ron", "pelvis-coarse.safetensors"] {
        fs::copy(shipped.with_file_name(name), folder.join(name)).unwrap();
    }
    folder.join("pelvis-coarse.ron")
}

#[test]
fn weights_that_are_missing_altered_or_of_another_version() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = copied(folder.path());
    let weights = manifest.with_extension("safetensors");
    Model::read(&manifest).unwrap();

    let mut bytes = fs::read(&weights).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&weights, &bytes).unwrap();
    let error = Model::read(&manifest).unwrap_err();
    assert!(
        matches!(error, ModelError::Hash { .. }) && error.to_string().contains("pelvis-coarse.safetensors' is damaged"),
        "{error}"
    );
    let segmentation: SegmentError = error.into();
    assert!(segmentation.to_string().contains("SHA-256"), "the reason reaches the user: {segmentation}");

    fs::remove_file(&weights).unwrap();
    let error = Model::read(&manifest).unwrap_err();
    assert!(matches!(error, ModelError::Io { .. }) && error.to_string().contains("pelvis-coarse.safetensors"), "{error}");

    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replacen("format_version: ", "format_version: 9", 1)).unwrap();
    let error = Model::read(&manifest).unwrap_err();
    assert!(error.to_string().contains("this program reads"), "{error}");
}
