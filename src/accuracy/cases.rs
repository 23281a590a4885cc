//! Scans with their truth, made or read when their turn comes.

use crate::{
    labels::synthesis::{CtSettings, DrawOptions, Phantom, ShapeModel},
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
/// Voxels of the phantoms in turn, mm.
const SPACINGS_MM: [[f64; 3]; 5] = [[0.8, 0.8, 1.25], [1.0, 1.0, 1.0], [0.9, 0.9, 2.0], [0.8, 0.8, 3.0], [1.2, 1.2, 1.5]];

/// So many phantoms without metal.
#[must_use]
pub fn phantoms(count: usize) -> Vec<Case> {
    drawn(count, PHANTOMS, 0.0)
}

/// So many phantoms with metal in one femur.
#[must_use]
pub fn phantoms_with_metal(count: usize) -> Vec<Case> {
    drawn(count, PHANTOMS_WITH_METAL, 1.0)
}

fn drawn(count: usize, first: u64, metal: f64) -> Vec<Case> {
    let case = |n: usize| {
        let seed = first + n as u64;
        Case::new(format!("seed {seed}"), move || phantom(seed, SPACINGS_MM[n % SPACINGS_MM.len()], metal))
    };
    (0..count).map(case).collect()
}

/// Draws and scans one phantom.
fn phantom(seed: u64, spacing_mm: [f64; 3], metal: f64) -> Result<Scan, LoadError> {
    let phantom = Phantom::draw(&ShapeModel::load()?, seed, &DrawOptions { metal, ..DrawOptions::default() });
    let (volume, truth) = phantom.ct(&phantom.grid(spacing_mm), &CtSettings::random(seed), seed);
    Ok(Scan { volume, truth: truth.ids })
}
