//! The published closed form and the mesh engine hold the vectors of the range of motion, row by row.

use crate::support::shared;
use coxa::motion::{COLUMNS, Limit, RomCase, impingement::mesh_limits, read_cases};
use rayon::prelude::*;
use std::fs;

/// The vectors and their expected limits; `None` with a printed reason where the shared folder is absent.
fn vectors() -> Option<(Vec<RomCase>, Vec<[f64; 8]>)> {
    let path = shared("vectors/rom_vectors.csv")?;
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().next().unwrap(), COLUMNS);
    let expected = text.lines().skip(1).map(|line| {
        let cells: Vec<f64> = line.split(',').skip(5).map(|cell| cell.parse().unwrap()).collect();
        cells.try_into().unwrap()
    });
    Some((read_cases(&path).unwrap(), expected.collect()))
}

fn worst(cases: &[RomCase], expected: &[[f64; 8]], limits: impl Fn(&RomCase) -> [Limit; 8] + Sync) -> f64 {
    assert_eq!(cases.len(), expected.len());
    let errors = cases.par_iter().zip(expected).map(|(case, truth)| {
        let found = limits(case);
        (0..8).map(|i| (found[i].degrees().unwrap_or(f64::INFINITY) - truth[i]).abs()).fold(0.0, f64::max)
    });
    errors.reduce(|| 0.0, f64::max)
}

#[test]
fn the_closed_form_gives_every_row() {
    let Some((cases, expected)) = vectors() else { return };
    assert!(cases.len() >= 160);
    let error = worst(&cases, &expected, RomCase::limits);
    assert!(error < 1e-6, "worst error {error}°");
}

#[test]
fn the_mesh_engine_gives_every_row() {
    let Some((cases, expected)) = vectors() else { return };
    let error = worst(&cases, &expected, mesh_limits);
    assert!(error < 0.05, "worst error {error}°");
}
