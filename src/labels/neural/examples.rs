//! What the coarse network learns from: phantoms drawn on the fly, each seen many times and never twice the same way.

use super::input::{Coarse, Sampler};
use crate::{
    labels::{
        Label, LabelMap,
        synthesis::{Preset, ShapeModel, scan},
    },
    volume::{Grid, Volume},
};
use nalgebra::{Point3, Rotation3, Vector3};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Spacing at which phantoms are scanned for training, mm: half the network's, so that mean and maximum differ.
const SCAN_MM: f64 = 3.0;
/// Metal at the top of the scale that scanners store.
const METAL_HU: f32 = 3000.0;

/// A scanned phantom and its truth.
#[derive(Clone, Debug)]
pub(super) struct Patient {
    volume: Volume,
    labels: Vec<u8>,
}

impl Patient {
    /// Draws and scans the phantom of a seed with random tissue and scanner.
    pub(super) fn draw(model: &ShapeModel, seed: u64) -> Self {
        let (volume, truth) = draw_scan(model, seed, [SCAN_MM; 3], None);
        Self { volume, labels: truth.ids }
    }
}

/// The patient of a seed, scanned, and its true labels; these on voxels of another size (mm) where one is given.
pub(super) fn draw_scan(model: &ShapeModel, seed: u64, spacing: [f64; 3], truth_spacing: Option<f64>) -> (Volume, LabelMap) {
    let scan = scan(model, Preset::random(seed), seed, Some(spacing));
    let truth = truth_spacing.map_or(scan.labels, |side| scan.phantom.label_map(&scan.phantom.grid([side; 3])));
    (scan.volume, truth)
}

/// One thing to learn from: the network's input and the class of every voxel.
#[derive(Clone, Debug)]
pub(super) struct Example {
    /// Channels one after the other, `i` fastest.
    pub input: Vec<f32>,
    /// Class of every voxel.
    pub target: Vec<u8>,
    /// How much every voxel counts.
    pub weights: Vec<f32>,
}

impl Example {
    /// An example in which all voxels count alike.
    pub(super) fn new(input: Vec<f32>, target: Vec<u8>) -> Self {
        let weights = vec![1.0; target.len()];
        Self { input, target, weights }
    }
}

/// How examples are cut for a network.
#[derive(Clone, Debug)]
pub struct Cut {
    /// Side of a voxel, mm.
    pub spacing_mm: f64,
    /// Voxels along i, j, k.
    pub patch: [usize; 3],
    /// Label of every class.
    pub classes: Vec<Label>,
}

impl Cut {
    /// The patient as the network meets it in use: upright, centred, nothing varied.
    pub(super) fn plain(&self, patient: &Patient) -> Example {
        let grid = self.grid(&patient.volume.grid, Rotation3::identity(), self.spacing_mm, Vector3::zeros());
        self.example(patient, grid, false, |_, _| ())
    }

    /// The patient turned, scaled, shifted, cut, mirrored and with another scanner's calibration.
    pub(super) fn varied(&self, patient: &Patient, dice: &mut ChaCha8Rng) -> Example {
        let mut angle = |limit: f64| dice.random_range(-limit..=limit).to_radians();
        let turn = Rotation3::from_euler_angles(angle(12.0), angle(8.0), angle(15.0));
        let spacing = self.spacing_mm * dice.random_range(0.9..=1.12);
        let scan = &patient.volume.grid;
        let beyond = (scan.size[2] as f64 * scan.spacing[2] - self.patch[2] as f64 * spacing).max(0.0) / 2.0;
        let shift = Vector3::from([25.0, 30.0, 60.0 + beyond].map(|limit| dice.random_range(-limit..=limit)));
        let grid = self.grid(&patient.volume.grid, turn, spacing, shift);
        let mirrored = dice.random_bool(0.5);
        let scale = dice.random_range(0.85..=1.2_f32);
        let offset = dice.random_range(-30.0..=30.0_f32);
        let noise = dice.random_range(0.0..=25.0_f32);
        let cut = self.field_of_view(dice);
        let metal = dice.random_bool(0.15);
        let mut noise_dice = ChaCha8Rng::seed_from_u64(dice.random());
        self.example(patient, grid, mirrored, move |coarse, target| {
            if metal {
                implant(coarse, target, &mut noise_dice);
            }
            for (at, truth) in target.iter_mut().enumerate() {
                let voxel = coarse.grid.voxel(at);
                if (0..3).any(|axis| voxel[axis] < cut[axis][0] || voxel[axis] >= cut[axis][1]) {
                    (coarse.mean[at], coarse.max[at], *truth) = (-1000.0, -1000.0, 0);
                    continue;
                }
                // Air stays air; noise of the coarse mean is that of many voxels, the maximum's is one-sided.
                let noisy = noise * noise_dice.random_range(-1.0..=1.0_f32);
                let tone = |hu: f32| if hu > -800.0 { hu.max(0.0) * scale + hu.min(0.0) + offset } else { hu };
                coarse.mean[at] = tone(coarse.mean[at]) + noisy;
                coarse.max[at] = tone(coarse.max[at]) + 2.0 * noisy;
            }
        })
    }

    /// What of the patch the scanner saw: now and then it ends early at the top, at the bottom or on one side.
    fn field_of_view(&self, dice: &mut ChaCha8Rng) -> [[usize; 2]; 3] {
        let mut cut = self.patch.map(|n| [0, n]);
        let [ni, _, nk] = self.patch;
        if dice.random_bool(0.25) {
            cut[2][0] = dice.random_range(0..=nk / 3);
        }
        if dice.random_bool(0.25) {
            cut[2][1] = nk - dice.random_range(0..=nk / 3);
        }
        if dice.random_bool(0.1) {
            let side = dice.random_range(0..2);
            cut[0][side] = if side == 0 { dice.random_range(0..=ni * 2 / 5) } else { ni - dice.random_range(0..=ni * 2 / 5) };
        }
        cut
    }

    fn grid(&self, scan: &Grid, turn: Rotation3<f64>, spacing: f64, shift: Vector3<f64>) -> Grid {
        let middle = Vector3::from(scan.size.map(|n| (n as f64 - 1.0) / 2.0));
        self.around(scan.lps(&middle) + shift, turn, spacing)
    }

    /// The patch about a point, turned, on voxels of a size (mm).
    pub(super) fn around(&self, centre: Point3<f64>, turn: Rotation3<f64>, spacing: f64) -> Grid {
        let half = Vector3::from(self.patch.map(|n| (n as f64 - 1.0) / 2.0)) * spacing;
        Grid { size: self.patch, spacing: [spacing; 3], origin: centre - turn * half, direction: *turn.matrix() }
    }

    fn example(&self, patient: &Patient, mut grid: Grid, mirrored: bool, vary: impl FnOnce(&mut Coarse, &mut [u8])) -> Example {
        if mirrored {
            mirror(&mut grid);
        }
        let mut target = self.classes_on(patient, &grid, mirrored);
        let mut coarse = Coarse::sample(&patient.volume, grid);
        vary(&mut coarse, &mut target);
        Example::new(coarse.channels(), target)
    }

    /// The class that fills most of each coarse voxel; bone wins from two fifths on, since thin bone would else vanish.
    fn classes_on(&self, patient: &Patient, grid: &Grid, mirrored: bool) -> Vec<u8> {
        let sampler = Sampler::new(&patient.volume.grid, grid, 3);
        let class_of: Vec<u8> =
            Label::ALL.iter().map(|&label| self.class(if mirrored { label.mirrored() } else { label })).collect();
        (0..grid.len())
            .map(|at| {
                let mut votes = [0u32; 16];
                let mut all = 0;
                for position in sampler.positions(grid.voxel(at)) {
                    votes[usize::from(class_of[usize::from(patient.labels[position])])] += 1;
                    all += 1;
                }
                let bone = all - votes[0];
                let best = (1..16).max_by_key(|&c| (votes[c], 16 - c)).unwrap_or(0);
                if all > 0 && bone * 5 >= all * 2 && votes[best] > 0 { best as u8 } else { 0 }
            })
            .collect()
    }

    /// The class of a label; 0, the background, for what has none.
    pub(super) fn class(&self, label: Label) -> u8 {
        self.classes.iter().position(|&c| c == label).unwrap_or(0) as u8
    }
}

/// Lets the i axis run the other way: what was left is right.
pub(super) fn mirror(grid: &mut Grid) {
    let along = grid.direction.column(0) * (grid.spacing[0] * (grid.size[0] as f64 - 1.0));
    grid.origin += along;
    grid.direction.column_mut(0).neg_mut();
}

/// A rod of metal through a random bone voxel, with bright blooming around it; what lies there keeps its label.
fn implant(coarse: &mut Coarse, target: &[u8], dice: &mut ChaCha8Rng) {
    let bone: Vec<usize> = (0..target.len()).filter(|&at| target[at] >= 2).collect();
    if bone.is_empty() {
        return;
    }
    let through = Vector3::from(coarse.grid.voxel(bone[dice.random_range(0..bone.len())]).map(|v| v as f64));
    let mut part = || dice.random_range(-1.0..=1.0_f64);
    let axis = Vector3::new(part() * 0.5, part() * 0.3, part() + 0.3).normalize();
    let length = dice.random_range(2.0..=14.0);
    let radius = dice.random_range(0.6..=2.0);
    for at in 0..target.len() {
        let from = Vector3::from(coarse.grid.voxel(at).map(|v| v as f64)) - through;
        let along = from.dot(&axis);
        let away = (from - axis * along).norm() + (along.abs() - length).max(0.0);
        let metal = (1.0 - (away - radius)).clamp(0.0, 1.0) as f32;
        coarse.mean[at] += (METAL_HU - coarse.mean[at]) * metal;
        coarse.max[at] = coarse.max[at].max(METAL_HU * metal);
        let bloom = 250.0 * (-(away - radius).max(0.0) / 1.5).exp() as f32;
        if metal == 0.0 && coarse.mean[at] > -300.0 {
            coarse.mean[at] += bloom;
            coarse.max[at] += 1.5 * bloom;
        }
    }
}
