//! Scans with their truth, made or read when their turn comes.

use crate::{
    labels::synthesis::{Preset, ShapeModel, scan},
    volume::Volume,
};
use std::error::Error;

/// A CT and the true label of every voxel.
#[derive(Clone, Debug)]
pub struct Scan {
    /// The CT.
    pub volume: Volume,
    /// Label ids on the CT's grid.
    pub truth: Vec<u8>,
}

/// Why a case could not be made or read.
pub type LoadError = Box<dyn Error + Send + Sync>;

/// One scan of a set.
pub struct Case {
    /// What to call it in a table.
    pub name: String,
    load: Box<dyn Fn() -> Result<Scan, LoadError> + Send + Sync>,
}

impl Case {
    /// A case whose scan is made or read by `load`.
    pub fn new(name: impl Into<String>, load: impl Fn() -> Result<Scan, LoadError> + Send + Sync + 'static) -> Self {
        Self { name: name.into(), load: Box::new(load) }
    }

    /// Makes or reads the scan.
    ///
    /// # Errors
    /// Whatever keeps it from being made or read.
    pub fn load(&self) -> Result<Scan, LoadError> {
        (self.load)()
    }
}

/// First seeds of the phantoms here: neither training (from 2²⁴ on) nor its validation (from 1 000 000 on) has seen them.
const PHANTOMS: u64 = 2_000_000;
const PHANTOMS_WITH_METAL: u64 = 3_000_000;
#[cfg(feature = "neural")]
const PHANTOMS_FOR_CALIBRATION: u64 = 4_000_000;
/// Voxels of the phantoms in turn, mm; presets that are about the scan itself keep their own.
const SPACINGS_MM: [[f64; 3]; 5] = [[0.8, 0.8, 1.25], [1.0, 1.0, 1.0], [0.9, 0.9, 2.0], [0.8, 0.8, 3.0], [1.2, 1.2, 1.5]];

/// So many phantoms, one preset without metal after the other; those that are there for planning are not among them, so that the tables
/// stay those of the same patients.
#[must_use]
pub fn phantoms(count: usize) -> Vec<Case> {
    in_turn(count, PHANTOMS, |preset| !preset.has_metal() && !matches!(preset, Preset::Wild | Preset::Varus | Preset::Stovepipe))
}

/// So many phantoms with metal in one hip, one preset after the other.
#[must_use]
pub fn phantoms_with_metal(count: usize) -> Vec<Case> {
    in_turn(count, PHANTOMS_WITH_METAL, Preset::has_metal)
}

/// So many phantoms drawn as for training.
#[cfg(feature = "neural")]
#[must_use]
pub fn phantoms_for_calibration(count: usize) -> Vec<Case> {
    (0..count).map(|n| phantom(Preset::random(PHANTOMS_FOR_CALIBRATION + n as u64), PHANTOMS_FOR_CALIBRATION, n)).collect()
}

fn in_turn(count: usize, first: u64, wanted: impl Fn(Preset) -> bool) -> Vec<Case> {
    let presets: Vec<Preset> = Preset::ALL.into_iter().filter(|&preset| wanted(preset)).collect();
    (0..count).map(|n| phantom(presets[n % presets.len()], first, n)).collect()
}

fn phantom(preset: Preset, first: u64, n: usize) -> Case {
    let seed = first + n as u64;
    let spacing = (preset != Preset::ThickSlices).then(|| SPACINGS_MM[n % SPACINGS_MM.len()]);
    Case::new(format!("{preset} {seed}"), move || {
        let drawn = scan(&ShapeModel::load()?, preset, seed, spacing);
        Ok(Scan { volume: drawn.volume, truth: drawn.labels.ids })
    })
}
