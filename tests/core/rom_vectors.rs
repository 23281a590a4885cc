//! The published closed form and the mesh engine hold the vectors of the range of motion, row by row.

use crate::support::shared;
use coxa::{
    accuracy::moved::vectors::{KnownLimits, errors_deg, known_limits},
    motion::{Limit, RomCase, impingement::mesh_limits},
};

/// The vectors; `None` with a printed reason where the shared folder is absent.
fn vectors() -> Option<Vec<KnownLimits>> {
    Some(known_limits(&shared("vectors/rom_vectors.csv")?).unwrap())
}

fn worst(known: &[KnownLimits], limits: impl Fn(&RomCase) -> [Limit; 8] + Sync) -> f64 {
    errors_deg(known, limits).into_iter().flatten().map(f64::abs).fold(0.0, f64::max)
}

#[test]
fn the_closed_form_gives_every_row() {
    let Some(known) = vectors() else { return };
    assert!(known.len() >= 160);
    let error = worst(&known, RomCase::limits);
    assert!(error < 1e-6, "worst error {error}°");
}

#[test]
fn the_mesh_engine_gives_every_row() {
    let Some(known) = vectors() else { return };
    let error = worst(&known, mesh_limits);
    assert!(error < 0.05, "worst error {error}°");
}
