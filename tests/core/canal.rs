//! Canal indices and densities on scans: plausible for adults, alike on both sides, the same in the mirror, and silent where they must be.

use crate::support::shared;
use coxa::{
    anatomy::{Bones, Examination, examine},
    dicom::read_ct,
    frames::Side,
    labels::{
        LabelMap,
        synthesis::{CtSettings, DrawOptions, Phantom, Preset, ShapeModel, scan},
    },
    progress::Silent,
    surface::SurfaceSettings,
    volume::{
        Grid, Volume,
        nifti::{read_labels, read_volume},
    },
};
use nalgebra::Point3;
use std::{path::Path, time::Instant};

/// Canal and density measurements of a side: key, value, standard deviation.
fn of_scan(examination: &Examination, side: Side) -> Vec<(&'static str, f64, f64)> {
    let ours = |key: &str| ["canal_", "cortical_", "density_"].iter().any(|start| key.starts_with(start));
    let of_side = examination.measurements.iter().filter(|m| m.side == Some(side) && ours(m.quantity.key));
    of_side.map(|m| (m.quantity.key, m.value, m.sd)).collect()
}

fn vsd_scan(folder: &Path, subject: &str) -> (Bones, Volume) {
    let volume = read_ct(&folder.join(subject).join("dicom"), None, &Silent).unwrap().volume;
    let (grid, ids) = read_labels(&folder.join(subject).join("labels.nii.gz")).unwrap();
    (Bones::from_labels(&LabelMap::certain(grid, ids), &SurfaceSettings::default()).unwrap(), volume)
}

/// Key, range, largest difference between a subject's sides. The bones are real, their density is that of a simulated CT.
const RANGES: [(&str, f64, f64, f64); 6] = [
    ("canal_flare_index", 2.0, 7.5, 1.5),
    ("cortical_thickness_index", 0.2, 0.75, 0.12),
    ("cortical_thickness_index_lateral", 0.2, 0.75, 0.12),
    ("canal_to_calcar_ratio", 0.3, 1.0, 0.15),
    ("canal_bone_ratio", 0.25, 0.8, 0.12),
    ("canal_isthmus_diameter", 6.0, 22.0, 3.0),
];

#[test]
fn the_canals_of_scans_are_those_of_adults_and_alike_on_both_sides() {
    let Some(folder) = shared("data/vsd_ct") else { return };
    for name in ["z001", "z019", "z023", "z056"] {
        let (bones, volume) = vsd_scan(&folder, name);
        let start = Instant::now();
        let found = examine(&bones, Some(&volume), &Silent).unwrap();
        eprintln!("{name}: {:.2} s", start.elapsed().as_secs_f64());
        let sides = Side::BOTH.map(|side| of_scan(&found, side));
        sides.iter().flatten().for_each(|(key, value, sd)| eprintln!("  {key}: {value:.2} ± {sd:.2}"));
        for grade in &found.grades {
            eprintln!("  {} {}: {}", grade.scale.key, grade.grade, grade.because);
        }
        for flag in found.flags.iter().filter(|flag| flag.key == "finding-osteoporotic-canal") {
            eprintln!("  {}", flag.text);
        }
        // Some of the scans end above 100 mm, some above the isthmus.
        let whole = Side::BOTH.map(|side| {
            let canal = &found.anatomy.hip(side).femur.as_ref().unwrap().canal;
            canal.last().is_some_and(|section| section.distal_of_lesser_trochanter_mm >= 100.0)
        });
        for (key, low, high, apart) in RANGES {
            let values = sides.each_ref().map(|side| side.iter().find(|m| m.0 == key).map(|m| m.1));
            for (value, whole) in values.iter().zip(whole) {
                assert!(value.is_some() || !whole || key == "canal_flare_index", "{name}: no {key}");
                assert!(value.is_none_or(|value| (low..=high).contains(&value)), "{name} {key}: {values:?}");
            }
            if let [Some(left), Some(right)] = values {
                assert!((left - right).abs() <= apart, "{name} {key}: {values:?}");
            }
        }
        for (left, right) in sides[0].iter().filter_map(|m| Some((m, sides[1].iter().find(|other| other.0 == m.0)?))) {
            // Bones are the same on both sides to a fifth of a cortex.
            assert!(!is_density(left.0) || (left.1 - right.1).abs() < 250.0, "{name}: {left:?} {right:?}");
        }
        for side in Side::BOTH {
            assert_eq!(of_scan(&found, side).iter().filter(|m| m.0.starts_with("density_delee")).count(), 3, "{name} {side}");
        }
    }
}

fn is_density(key: &str) -> bool {
    key.starts_with("density_")
}

/// Left and right change places, and nothing else changes: within a thousandth of a ratio, 0.5 HU.
#[test]
fn the_mirrored_scan_measures_the_same_on_the_other_side() {
    let Some(folder) = shared("data/vsd_ct") else { return };
    let (bones, volume) = vsd_scan(&folder, "z001");
    let grid = |grid: &Grid| {
        assert_eq!(grid.direction, nalgebra::Matrix3::identity());
        let last = (grid.size[0] as f64 - 1.0) * grid.spacing[0];
        Grid { origin: Point3::new(-grid.origin.x - last, grid.origin.y, grid.origin.z), ..grid.clone() }
    };
    let rows = volume.hu.chunks(volume.grid.size[0]);
    let other_volume = Volume { hu: rows.flat_map(|row| row.iter().rev().copied()).collect(), grid: grid(&volume.grid) };
    let other = Bones {
        meshes: bones.meshes.iter().map(|(label, mesh)| (label.mirrored(), mesh.mirrored_x())).collect(),
        field_of_view: bones.field_of_view.as_ref().map(grid),
        metal: Vec::new(),
    };
    let found = [examine(&bones, Some(&volume), &Silent).unwrap(), examine(&other, Some(&other_volume), &Silent).unwrap()];
    for side in Side::BOTH {
        let (here, there) = (of_scan(&found[0], side), of_scan(&found[1], side.opposite()));
        assert!(here.len() >= 12, "{here:?}");
        assert_eq!(here.len(), there.len());
        for (a, b) in here.iter().zip(&there) {
            let bound = if is_density(a.0) { 0.5 } else { 1e-3 };
            assert!(a.0 == b.0 && (a.1 - b.1).abs() < bound && (a.2 - b.2).abs() < bound, "{side}: {a:?} {b:?}");
        }
    }
    let types = |examination: &Examination, side| {
        examination.grades.iter().find(|grade| grade.side == Some(side)).map(|grade| grade.grade)
    };
    assert_eq!(types(&found[0], Side::Left), types(&found[1], Side::Right));
}

/// The real CT ends just below the hips and has metal in the left femur: only the bone round the sockets is measured.
#[test]
fn a_scan_that_ends_below_the_hips_tells_only_the_bone_round_the_sockets() {
    let Some(folder) = shared("data/totalsegmentator_pelvis_ct") else { return };
    let (grid, ids) = read_labels(&folder.join("example_ct_3mm_pelvis_labels.nii.gz")).unwrap();
    let volume = read_volume(&folder.join("example_ct_3mm.nii.gz")).unwrap();
    let mut bones = Bones::from_labels(&LabelMap::certain(grid, ids), &SurfaceSettings::default()).unwrap();
    // Its labels know no metal; bone has no such values.
    bones.metal =
        (0..volume.hu.len()).filter(|&i| volume.hu[i] > 2500).map(|i| volume.grid.centre(volume.grid.voxel(i))).collect();
    let found = examine(&bones, Some(&volume), &Silent).unwrap();
    let sides = Side::BOTH.map(|side| of_scan(&found, side));
    sides.iter().flatten().for_each(|(key, value, sd)| eprintln!("{key}: {value:.0} ± {sd:.0} HU"));
    assert!(sides[0].iter().all(|m| m.0.starts_with("density_delee")), "{:?}", sides[0]);
    assert_eq!(sides[1].len(), 3, "{:?}", sides[1]);
    assert!(sides[1].iter().all(|m| (50.0..900.0).contains(&m.1)), "{:?}", sides[1]);
    assert!(found.grades.is_empty());
}

/// The same femora with a cortex half as thick: the index is half as great, within 0.04 (widths to half a millimetre).
#[test]
fn half_a_cortex_is_half_an_index() {
    let model = ShapeModel::load().unwrap();
    let reaches = |phantom: &Phantom| {
        Side::BOTH.iter().all(|side| phantom.truth.hip(*side).lesser_trochanter.z - phantom.z_range_mm[0] > 125.0)
    };
    let phantom = (0..).map(|seed| Phantom::draw(&model, seed, &DrawOptions::default())).find(reaches).unwrap();
    let grid = phantom.grid([1.0; 3]);
    let [whole, half] = [1.0, 0.5].map(|cortex_scale| {
        let (volume, labels) = phantom.ct(&grid, &CtSettings { cortex_scale, ..CtSettings::default() }, 3);
        examine(&Bones::from_labels(&labels, &SurfaceSettings::default()).unwrap(), Some(&volume), &Silent).unwrap()
    });
    for side in Side::BOTH {
        let get = |found: &Examination, key: &str| of_scan(found, side).iter().find(|m| m.0 == key).unwrap().1;
        for key in ["cortical_thickness_index", "cortical_thickness_index_lateral"] {
            let (whole, half) = (get(&whole, key), get(&half, key));
            eprintln!("{side} {key}: {whole:.3}, with half the cortex {half:.3}");
            assert!((half - whole / 2.0).abs() < 0.04, "{side} {key}: {whole} {half}");
        }
        assert!(get(&half, "density_gruen_2") < get(&whole, "density_gruen_2"));
        let told = |found: &Examination| {
            let grade = found.grades.iter().find(|grade| grade.side == Some(side)).unwrap().grade;
            let flagged = found.flags.iter().any(|flag| flag.key == "finding-osteoporotic-canal" && flag.side == Some(side));
            (grade, flagged)
        };
        eprintln!("{side}: {:?}, with half the cortex {:?}", told(&whole), told(&half));
        assert_eq!(told(&half), ("C", true), "{side}");
    }
}

#[test]
fn a_nailed_femur_has_no_canal_and_no_density_beside_its_nail() {
    let scan = scan(&ShapeModel::load().unwrap(), Preset::Nail, 8, Some([1.5; 3]));
    let bones = Bones::from_labels(&scan.labels, &SurfaceSettings::default()).unwrap();
    let found = examine(&bones, Some(&scan.volume), &Silent).unwrap();
    let side = scan.metal_side.unwrap();
    let keys: Vec<_> = of_scan(&found, side).into_iter().map(|m| m.0).collect();
    eprintln!("{side} with a nail: {keys:?}");
    assert!(keys.iter().all(|key| key.starts_with("density_delee") || *key == "canal_isthmus_diameter"), "{keys:?}");
    assert!(of_scan(&found, side.opposite()).len() > 10, "{:?}", of_scan(&found, side.opposite()));
}
