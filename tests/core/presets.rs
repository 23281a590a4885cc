//! Every preset draws what it says, the same for the same seed, and its labels agree with its bones.

use coxa::{
    frames::Side,
    labels::{
        Label,
        synthesis::{Preset, Scan, ShapeModel, scan},
    },
    progress::Silent,
};
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, sync::LazyLock};

const SPACING: [f64; 3] = [3.0; 3];
static MODEL: LazyLock<ShapeModel> = LazyLock::new(|| ShapeModel::load().expect("the shape model ships with the program"));
/// One draw of every preset, each with a number of its own.
static SCANS: LazyLock<BTreeMap<Preset, Scan>> = LazyLock::new(|| {
    let drawn = |(n, preset): (usize, &Preset)| (*preset, scan(&MODEL, *preset, 100 + n as u64, Some(SPACING)));
    Preset::ALL.par_iter().enumerate().map(drawn).collect()
});

fn digest(scan: &Scan) -> String {
    let mut hash = Sha256::new();
    scan.volume.hu.iter().for_each(|hu| hash.update(hu.to_le_bytes()));
    hash.update(&scan.labels.ids);
    hash.update(serde_json::to_string(&scan.phantom.truth).unwrap());
    hash.update(serde_json::to_string(&scan.settings).unwrap());
    format!("{:?}", hash.finalize())
}

#[test]
fn the_same_seed_gives_the_same_bits_with_any_number_of_threads() {
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    // One for every way in which patients and scans differ.
    for preset in [
        Preset::Normal,
        Preset::Wild,
        Preset::Osteoarthritis,
        Preset::Crowe3,
        Preset::NeckFracture,
        Preset::TotalHip,
        Preset::Plate,
        Preset::ArmsOnBelly,
        Preset::FeetFirst,
        Preset::SharpKernel,
    ] {
        let first = &SCANS[&preset];
        let again = one_thread.install(|| scan(&MODEL, preset, first.seed, Some(SPACING)));
        assert_eq!(digest(first), digest(&again), "{preset}");
    }
    let other = scan(&MODEL, Preset::Cam, 1, Some(SPACING));
    assert_ne!(digest(&other), digest(&SCANS[&Preset::Cam]));
}

#[test]
fn every_value_can_be_stored_and_metal_is_as_bright_as_scanners_store() {
    for (preset, scan) in SCANS.iter() {
        assert!(scan.volume.hu.iter().all(|hu| (-1024..=3071).contains(hu)), "{preset}");
        let metal: Vec<_> = (0..scan.labels.ids.len()).filter(|&v| scan.labels.ids[v] == Label::Metal.id()).collect();
        if *preset != Preset::Wild {
            assert_eq!(preset.has_metal(), !metal.is_empty(), "{preset}: {} voxels of metal", metal.len());
            assert_eq!(preset.has_metal(), scan.metal_side.is_some(), "{preset}");
        }
        let dim = metal.iter().filter(|&&v| scan.volume.hu[v] < 3071).count();
        assert_eq!(dim, 0, "{preset}: {dim} of {} voxels of metal are darker", metal.len());
        let Some(side) = scan.metal_side else { continue };
        let heads = Side::BOTH.map(|s| scan.phantom.truth.hip(s).head.centre.x);
        let middle = f64::midpoint(heads[0], heads[1]);
        let beside = |v: &&usize| (scan.labels.grid.centre(scan.labels.grid.voxel(**v)).x - middle) * side.lps_sign() < 15.0;
        assert_eq!(metal.iter().filter(beside).count(), 0, "{preset}: metal on the other side");
    }
}

#[test]
fn no_bone_is_missing_that_the_field_of_view_holds() {
    for (preset, scan) in SCANS.iter() {
        for label in [Label::Sacrum, Label::HipLeft, Label::HipRight, Label::FemurLeft, Label::FemurRight] {
            let vertices = &scan.phantom.meshes[&label].vertices;
            let held = vertices.iter().filter(|p| scan.volume.grid.nearest(p).is_some()).count() as f64 / vertices.len() as f64;
            let voxels = scan.labels.count(label) as f64 * scan.labels.grid.voxel_mm3();
            let whole = scan.phantom.meshes[&label].volume_mm3();
            if held > 0.999 && *preset != Preset::NoTable {
                // Reamed, pierced or overlapped at the sacroiliac joint, but there.
                assert!(voxels > 0.75 * whole, "{preset} {}: {voxels:.0} of {whole:.0} mm³", label.name());
            } else if held > 0.1 {
                assert!(voxels > 0.0, "{preset} {}", label.name());
            }
        }
    }
}

#[test]
fn joint_gaps_are_what_the_preset_says() {
    for (preset, scan) in SCANS.iter() {
        let (low, high) = match preset {
            Preset::Osteoarthritis => (0.0, 1.9),
            Preset::Normal | Preset::FeetFirst => (0.8, 6.0),
            _ => (0.0, 9.0),
        };
        for side in Side::BOTH.into_iter().filter(|side| !scan.altered.contains(side)) {
            let gap = scan.phantom.joint_gap_mm(side).unwrap();
            // By vertices of meshes whose triangles are 2 to 3 mm wide.
            assert!((low - 0.1..high).contains(&gap), "{preset} {side}: {gap:.2} mm");
        }
    }
}

/// Crowe et al. (1979, 10.2106/00004623-197961010-00004) by the height of the head over its socket in diameters of the head.
#[test]
fn dislocated_heads_stand_as_high_as_their_class() {
    for (preset, range) in
        [(Preset::Subluxation, 0.15..0.45), (Preset::Crowe2, 0.5..0.75), (Preset::Crowe3, 0.75..1.0), (Preset::Crowe4, 1.05..1.5)]
    {
        let truth = &SCANS[&preset].phantom.truth;
        let up = truth.landmark_plane.superior();
        let share = Side::BOTH.map(|side| {
            let hip = truth.hip(side);
            (hip.head.centre - hip.acetabulum.centre).dot(&up) / (2.0 * hip.head.radius_mm)
        });
        let higher = share[0].max(share[1]);
        // Deformation moves head and socket apart by up to 3 mm.
        assert!((range.start - 0.06..range.end + 0.06).contains(&higher), "{preset}: {higher:.2}");
        assert!(share[0].min(share[1]) < 0.2, "{preset}: the other hip is in its socket");
    }
}

#[test]
fn deformations_are_as_large_as_what_the_shape_model_leaves() {
    for (preset, scan) in SCANS.iter() {
        let mean = scan.phantom.deformation_mm();
        if *preset == Preset::Normal || *preset == Preset::FeetFirst {
            assert!(mean < 1.5);
        } else {
            assert!((0.4..1.8).contains(&mean), "{preset}: {mean:.2} mm");
        }
    }
    assert_eq!(SCANS[&Preset::Normal].phantom.deformation_mm(), 0.0);
}

#[test]
fn fields_of_view_end_where_they_should() {
    let bottom = |preset: Preset| {
        let scan = &SCANS[&preset];
        Side::BOTH.map(|s| scan.phantom.truth.hip(s).head.centre.z).into_iter().fold(f64::MAX, f64::min)
            - scan.volume.grid.origin.z
    };
    assert!((15.0..88.0).contains(&bottom(Preset::ShortFemur)), "{:.0} mm", bottom(Preset::ShortFemur));
    assert!(bottom(Preset::Normal) > 145.0);
    let one = &SCANS[&Preset::OneSided];
    let heads = Side::BOTH.map(|s| one.volume.grid.nearest(&one.phantom.truth.hip(s).head.centre).is_some());
    assert_ne!(heads[0], heads[1], "one head is in the picture and the other is not");
}

#[test]
fn a_feet_first_scan_has_its_labels_in_the_same_place_and_survives_dicom() {
    let scan = &SCANS[&Preset::FeetFirst];
    let grid = &scan.volume.grid;
    assert!((grid.direction.determinant() - 1.0).abs() < 1e-12);
    assert!(grid.direction.column(0).x < -0.99 && grid.direction.column(2).z < -0.99);
    let upright = scan.phantom.grid(SPACING);
    let truth = scan.phantom.label_map(&upright);
    let place = |v: usize| upright.nearest(&grid.centre(grid.voxel(v))).map(|p| truth.ids[upright.index(p)]);
    assert!((0..grid.len()).all(|v| place(v) == Some(scan.labels.ids[v])));

    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("dicom");
    coxa::dicom::write_series(&scan.volume, &coxa::dicom::SeriesDescription::default(), &out, &Silent).unwrap();
    let read = coxa::dicom::read_ct(&out, None, &Silent).unwrap().volume;
    assert_eq!(read.hu.len(), scan.volume.hu.len());
    for v in (0..grid.len()).step_by(97) {
        let there = read.grid.nearest(&grid.centre(grid.voxel(v))).unwrap();
        assert_eq!(read.hu[read.grid.index(there)], scan.volume.hu[v]);
    }
}

#[test]
fn wild_patients_can_always_be_drawn_and_their_bones_never_overlap() {
    (500..512_u64).into_par_iter().for_each(|seed| {
        let scan = scan(&MODEL, Preset::Wild, seed, Some([6.0; 3]));
        for side in Side::BOTH.into_iter().filter(|side| !scan.altered.contains(side)) {
            let gap = scan.phantom.joint_gap_mm(side).unwrap();
            assert!(gap > -0.15, "{seed} {side}: {gap:.2} mm");
        }
    });
}

#[test]
fn the_command_lists_and_writes_presets() {
    let folder = tempfile::tempdir().unwrap();
    let coxa = |arguments: &[&str]| {
        std::process::Command::new(env!("CARGO_BIN_EXE_coxa"))
            .arg("phantom")
            .args(arguments)
            .current_dir(&folder)
            .output()
            .unwrap()
    };
    let listed = String::from_utf8(coxa(&["--list-presets"]).stdout).unwrap();
    assert!(Preset::ALL.iter().all(|p| listed.contains(p.name()) && listed.contains(p.about())));
    let written = coxa(&["--preset", "total-hip", "--seed", "3", "--spacing", "5,5,5", "--format", "nifti", "--out", "hip"]);
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    let about: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("hip/preset.json")).unwrap()).unwrap();
    assert_eq!(about["preset"], "total-hip");
    assert!(about["metal_side"] == "left" || about["metal_side"] == "right");
    let unknown = coxa(&["--preset", "hip", "--seed", "3", "--out", "other"]);
    assert!(!unknown.status.success() && String::from_utf8_lossy(&unknown.stderr).contains("osteoarthritis"));
}
