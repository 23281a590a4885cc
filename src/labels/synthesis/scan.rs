//! A patient of a preset and its scan.

use super::{phantom::Phantom, preset::Preset, recipe::Recipe, settings::CtSettings, shape_model::ShapeModel};
use crate::{
    frames::Side,
    labels::{LabelMap, synthesis::assembly},
    volume::{Grid, Volume},
};
use nalgebra::Vector3;

/// HU that scanners store where nothing was reconstructed.
const PADDING_HU: i16 = -1024;

/// A drawn patient with its CT and everything that is known of both.
#[derive(Clone, Debug)]
pub struct Scan {
    /// What was asked for.
    pub preset: Preset,
    /// Its number.
    pub seed: u64,
    /// The CT.
    pub volume: Volume,
    /// The true label of every voxel of the CT.
    pub labels: LabelMap,
    /// The bones and the truth about them.
    pub phantom: Phantom,
    /// Tissue densities and scanner.
    pub settings: CtSettings,
    /// The side that holds metal; `None` without metal or with metal on both sides. The other side is the one to be measured.
    pub metal_side: Option<Side>,
    /// Sides whose truth is that of the bone before it was broken or its head was replaced.
    pub altered: Vec<Side>,
}

/// Draws and scans a patient; the same preset and seed give the same patient, and the same scan for the same spacing.
///
/// `spacing` is the distance between voxels along x, y and z in mm; `None` lets the preset draw it.
#[must_use]
pub fn scan(model: &ShapeModel, preset: Preset, seed: u64, spacing: Option<[f64; 3]>) -> Scan {
    let recipe = Recipe::of(preset, seed);
    let phantom = assembly::draw(model, seed, &recipe);
    let grid = phantom.grid(spacing.unwrap_or(recipe.spacing));
    let (mut volume, mut labels) = phantom.ct(&grid, &recipe.settings, seed);
    if recipe.round_view {
        crop_to_circle(&mut volume, &mut labels);
    }
    if recipe.feet_first {
        (volume.grid, volume.hu) = feet_first(&volume.grid, &volume.hu);
        (labels.grid, labels.ids) = feet_first(&labels.grid, &labels.ids);
    }
    let metal_side = match phantom.extras.metal[..] {
        [side] => Some(side),
        _ => None,
    };
    let altered = phantom.extras.altered.clone();
    Scan { preset, seed, volume, labels, phantom, settings: recipe.settings, metal_side, altered }
}

/// Nothing is reconstructed outside a circle as wide as the wider side of the slice, less a little.
fn crop_to_circle(volume: &mut Volume, labels: &mut LabelMap) {
    let [ni, nj, _] = volume.grid.size;
    let [si, sj, _] = volume.grid.spacing;
    let (width, height) = (ni as f64 * si, nj as f64 * sj);
    let radius = 0.47 * width.max(height);
    for (at, (hu, id)) in volume.hu.iter_mut().zip(&mut labels.ids).enumerate() {
        let (i, j) = (at % ni, at / ni % nj);
        let (x, y) = ((i as f64 + 0.5) * si - width / 2.0, (j as f64 + 0.5) * sj - height / 2.0);
        if x.hypot(y) > radius {
            (*hu, *id) = (PADDING_HU, 0);
        }
    }
}

/// The same voxels as a series of a supine patient who goes in feet first stores them: rows run from the patient's left to the
/// right (i along −x), columns still to the back, so that slices follow each other downwards (k along −z).
fn feet_first<T: Copy>(grid: &Grid, values: &[T]) -> (Grid, Vec<T>) {
    let [ni, nj, nk] = grid.size;
    let mut turned = grid.clone();
    turned.origin = grid.lps(&Vector3::new(ni as f64 - 1.0, 0.0, nk as f64 - 1.0));
    turned.direction.column_mut(0).neg_mut();
    turned.direction.column_mut(2).neg_mut();
    let at = |index: usize| {
        let [i, j, k] = turned.voxel(index);
        values[(((nk - 1 - k) * nj) + j) * ni + ni - 1 - i]
    };
    let moved = (0..values.len()).map(at).collect();
    (turned, moved)
}
