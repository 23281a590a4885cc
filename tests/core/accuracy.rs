//! The reduced form of `coxa evaluate --suite accuracy`: two phantoms at 1.5 mm, one real skeleton, and the real CT.
//!
//! The thresholds are not the targets of the table but what the network in `models/` reaches, with a small margin: they hold what is there.

use crate::support::shared;
use coxa::{
    accuracy::{Case, Figures, Judged, Scan, Set, SetResult, Target, judge, real_ct, real_shapes},
    device::DeviceChoice,
    labels::{
        SegmentOptions, segment,
        synthesis::{CtSettings, DrawOptions, Phantom, ShapeModel},
    },
    progress::Silent,
    volume::Volume,
};

fn judged(set: &Set) -> (SetResult, Figures) {
    let network = |volume: &Volume| {
        let found = segment(volume, &SegmentOptions { device: DeviceChoice::Cpu }, &Silent);
        found.map(|found| found.map.ids).map_err(|error| error.to_string())
    };
    let result = judge(set, &network, &mut |case| eprintln!("{}: {:?}", case.name, case.dices().collect::<Vec<_>>()));
    let figures = result.figures().expect("there are cases");
    eprintln!("{figures:#?}");
    assert_eq!(result.failures(), Vec::<String>::new());
    (result, figures)
}

#[test]
fn unseen_phantoms_keep_their_figures() {
    let case = |seed: u64| {
        Case::new(format!("seed {seed}"), move || {
            let phantom = Phantom::draw(&ShapeModel::load()?, seed, &DrawOptions::default());
            let (volume, truth) = phantom.ct(&phantom.grid([1.5; 3]), &CtSettings::random(seed), seed);
            Ok(Scan { volume, truth: truth.ids })
        })
    };
    // Reached: mean 0.987, worst 0.979, 0.19 mm, 0.87 mm.
    let target = Target { mean_dice: Some(0.984), worst_dice: 0.974, mean_distance_mm: 0.23, mean_hd95_mm: 1.0 };
    let set = Set { name: "phantoms", judged: Judged::HipsAndFemora, target, cases: vec![case(77), case(78)], skipped: None };
    let (result, _) = judged(&set);
    assert!(result.reached(), "{:?}", result.checks());
}

#[test]
fn a_real_skeleton_keeps_its_figures() {
    let Some(data) = shared("data") else { return };
    let mut set = real_shapes(&data);
    if set.skipped.is_some() {
        eprintln!("skipped: {:?}", set.skipped);
        return;
    }
    set.cases.retain(|case| case.name == "z023");
    // Reached: mean 0.987, worst 0.984, 0.20 mm, 0.71 mm.
    set.target = Target { mean_dice: Some(0.984), worst_dice: 0.979, mean_distance_mm: 0.24, mean_hd95_mm: 0.9 };
    let (result, figures) = judged(&set);
    assert!(result.reached(), "{:?}", result.checks());
    assert!(figures.sacrum_dice.is_some_and(|dice| dice > 0.89), "{figures:?}");
}

#[test]
fn the_real_ct_keeps_its_figures() {
    let Some(data) = shared("data") else { return };
    let mut set = real_ct(&data);
    if set.skipped.is_some() {
        eprintln!("skipped: {:?}", set.skipped);
        return;
    }
    // Reached: mean 0.877, worst 0.847, 1.76 mm, 7.2 mm. The reference gives more than 10 ml of the visible right femoral head to the hip bone, so
    // that this only holds the labels where they are.
    set.target = Target { mean_dice: Some(0.868), worst_dice: 0.835, mean_distance_mm: 1.9, mean_hd95_mm: 8.0 };
    let (result, _) = judged(&set);
    assert!(result.reached(), "{:?}", result.checks());
}
