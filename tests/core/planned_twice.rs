//! A reduced form of `coxa plan --suite`: patients planned on their true bones and on those segmented from their CT.

use coxa::{
    accuracy::{Cohort, RESTORED_MM},
    device::DeviceChoice,
    labels::{SegmentOptions, neural::Networks, segment_with},
    plan::PlanSettings,
    progress::Silent,
};

#[test]
fn the_plan_on_segmented_bones_is_that_on_the_true_ones() {
    let networks = Networks::shipped().unwrap();
    let options = SegmentOptions { device: DeviceChoice::Cpu };
    let segment = |volume: &_| {
        segment_with(&networks, volume, &options, &Silent).map(|found| found.map.ids).map_err(|error| error.to_string())
    };
    let (cohort, settings) = (Cohort::load().unwrap(), PlanSettings::shipped().unwrap());
    for seed in Cohort::seeds(2) {
        let twice = cohort.plan(seed, &segment, &settings).unwrap();
        eprintln!("{twice:?}");
        assert!(twice.cup_sizes <= 1 && twice.stem_sizes <= 1, "{twice:?}");
        assert!(twice.leg_length_mm.abs() <= RESTORED_MM && twice.offset_mm.abs() <= RESTORED_MM, "{twice:?}");
        assert_eq!(twice.violations, Vec::<String>::new(), "{twice:?}");
        assert!(twice.chances.iter().all(|chance| *chance > 0.0), "{twice:?}");
    }
}
