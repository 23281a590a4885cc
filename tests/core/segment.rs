//! A CT becomes labelled bones: good edges, right sides, and a clear word where that cannot be.

use coxa::{
    device::DeviceChoice,
    frames::Side,
    labels::{
        Label, LabelMap, SegmentError, SegmentOptions, Segmentation,
        metrics::dice,
        segment,
        synthesis::{CtSettings, DrawOptions, Phantom, ShapeModel},
    },
    progress::{Progress, Silent},
    volume::{Grid, Volume},
};
use nalgebra::Point3;

const CPU: SegmentOptions = SegmentOptions { device: DeviceChoice::Cpu };

/// A phantom whose seed no training run uses, scanned as another patient on another scanner.
fn scanned(seed: u64, spacing: [f64; 3]) -> (Volume, LabelMap) {
    let phantom = Phantom::draw(&ShapeModel::load().unwrap(), seed, &DrawOptions::default());
    phantom.ct(&phantom.grid(spacing), &CtSettings::random(seed), seed)
}

fn dices(found: &Segmentation, truth: &[u8]) -> Vec<(Label, f64)> {
    let hips_and_femora = Side::BOTH.map(|side| [Label::hip(side), Label::femur(side)]).concat();
    hips_and_femora.into_iter().map(|label| (label, dice(&found.map.ids, truth, label).unwrap())).collect()
}

#[test]
fn hips_and_femora_of_unseen_phantoms_are_labelled() {
    for seed in [77, 78] {
        let (volume, truth) = scanned(seed, [1.5; 3]);
        let found = segment(&volume, &CPU, &Silent).unwrap();
        for (label, dice) in dices(&found, &truth.ids) {
            eprintln!("seed {seed} {:<12} Dice {dice:.3}", label.name());
            assert!(dice >= 0.90, "seed {seed}, {}: Dice {dice:.3}", label.name());
            let bone = found.bones.iter().find(|b| b.label == label).unwrap();
            assert!(bone.mean_confidence > 0.6, "{bone:?}");
        }
        eprintln!("{:.1} s, {:?}", found.seconds, found.warnings);
    }
}

#[test]
fn a_mirrored_patient_has_left_and_right_exchanged() {
    let (mut volume, truth) = scanned(79, [2.5; 3]);
    let width = volume.grid.size[0];
    volume.hu.chunks_mut(width).for_each(<[i16]>::reverse);
    let mut mirrored = truth.ids.clone();
    mirrored.chunks_mut(width).for_each(<[u8]>::reverse);
    for id in &mut mirrored {
        // Left and right are neighbours, left first and even.
        *id = if (2..=5).contains(id) { *id ^ 1 } else { *id };
    }
    let found = segment(&volume, &CPU, &Silent).unwrap();
    for (label, dice) in dices(&found, &mirrored) {
        assert!(dice >= 0.85, "{}: Dice {dice:.3}", label.name());
    }
}

#[test]
fn metal_in_a_femur_is_labelled_and_told() {
    let (mut volume, truth) = scanned(80, [2.5; 3]);
    let femur: Vec<usize> = (0..truth.ids.len()).filter(|&at| truth.ids[at] == Label::FemurLeft.id()).collect();
    let middle = volume.grid.centre(volume.grid.voxel(femur[femur.len() / 4]));
    let mut rod = 0;
    for at in femur {
        let from = volume.grid.centre(volume.grid.voxel(at)) - middle;
        if from.xy().norm() < 6.0 && from.z.abs() < 30.0 {
            volume.hu[at] = 3000;
            rod += 1;
        }
    }
    let found = segment(&volume, &CPU, &Silent).unwrap();
    assert!(rod > 50 && found.map.count(Label::Metal) >= rod, "{} of {rod}", found.map.count(Label::Metal));
    assert!(found.warnings.iter().any(|w| w.contains("metal")), "{:?}", found.warnings);
    let right = dice(&found.map.ids, &truth.ids, Label::FemurRight).unwrap();
    assert!(right > 0.85, "{right}");
}

/// A skull: a shell of bone around a brain.
fn head() -> Volume {
    let grid = Grid::axis_aligned([100, 110, 90], [2.0; 3], Point3::new(-100.0, -110.0, 0.0));
    let hu = (0..grid.len())
        .map(|at| {
            let p = grid.centre(grid.voxel(at)) - Point3::new(0.0, 0.0, 85.0);
            let r = ((p.x / 75.0).powi(2) + (p.y / 95.0).powi(2) + (p.z / 80.0).powi(2)).sqrt();
            if r < 0.88 {
                35
            } else if r < 0.96 {
                900
            } else if r < 1.04 {
                40
            } else {
                -1000
            }
        })
        .collect();
    Volume { grid, hu }
}

#[test]
fn a_head_is_not_taken_for_a_hip() {
    let error = segment(&head(), &CPU, &Silent).map(|found| found.bones).unwrap_err();
    assert!(matches!(error, SegmentError::HipNotFound { .. }), "{error}");
    assert!(error.to_string().contains("choose a series that shows the pelvis"));
}

#[test]
fn one_who_no_longer_wants_the_result_gets_none() {
    struct Stop;
    impl Progress for Stop {
        fn report(&self, _stage: &str, _fraction: f64) {}
        fn cancelled(&self) -> bool {
            true
        }
    }
    assert!(matches!(segment(&head(), &CPU, &Stop), Err(SegmentError::Cancelled)), "not stopped");
}
