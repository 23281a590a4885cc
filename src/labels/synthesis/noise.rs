//! Quantum noise, streaks between dense parts and slow changes of density, added to a noise-free scan.

use super::{
    random::{Texture, hash, hashed_normal},
    settings::CtSettings,
};
use crate::volume::Grid;
use rayon::prelude::*;

/// Standard deviation of the streaks that 10 mm of metal throw along a row, HU.
const METAL_STREAK_HU: f32 = 70.0;

/// Adds noise to a noise-free scan.
pub(super) fn add(field: &mut [f32], grid: &Grid, settings: &CtSettings, seed: u64) {
    let [ni, nj, _] = grid.size;
    let seed = hash(seed ^ 0x006e_6f69_7365);
    let bias = Texture::new(hash(seed), 90.0);
    // Averaging over a larger voxel lowers the noise; reconstructing a smaller one raises it only so far.
    let level = (settings.noise_hu / grid.voxel_mm3().sqrt().max(0.7)) as f32;
    // With metal artefacts of their own there is no need for the plain ones along the rows.
    let metal_streak = if settings.metal_artefact > 0.0 { 0.0 } else { METAL_STREAK_HU };
    let weights = [0, 1].map(|axis| neighbour_weight(grid.spacing[axis], settings.kernel_mm));
    field.par_chunks_mut(ni * nj).enumerate().for_each(|(k, slice)| {
        let mut noise: Vec<f32> = (0..ni * nj).map(|v| hashed_normal(seed ^ ((k * ni * nj + v) as u64))).collect();
        smooth_rows(&mut noise, ni, weights[0]);
        smooth_columns(&mut noise, ni, weights[1]);
        for (j, (row, noise)) in slice.chunks_mut(ni).zip(noise.chunks(ni)).enumerate() {
            let body = row.iter().filter(|hu| **hu > -300.0).count() as f32 * grid.spacing[0] as f32;
            let bone = row.iter().filter(|hu| **hu > 250.0).count() as f32 * grid.spacing[0] as f32;
            // Rays along the row lose their photons in its tissue, most of all in bone.
            let starved = 0.45 + (body + 2.0 * bone) / 500.0;
            let metal = row.iter().filter(|hu| **hu > 2400.0).count() as f32 * grid.spacing[0] as f32;
            let strength = settings.streak_hu as f32 * (bone / 60.0).min(2.0) + metal_streak * (metal / 10.0).min(2.0);
            let line = hashed_normal(hash(seed).wrapping_add((k * nj + j) as u64)) * strength;
            let start = grid.centre([0, j, k]);
            for (i, (hu, noise)) in row.iter_mut().zip(noise).enumerate() {
                let inside = if *hu > -500.0 { 1.0 } else { 0.35 };
                let x = (start.x + grid.spacing[0] * i as f64) as f32;
                let slow =
                    if inside == 1.0 { bias.at([x, start.y as f32, start.z as f32]) * settings.bias_hu as f32 } else { 0.0 };
                *hu += noise * level * starved * inside + line * inside + slow;
            }
        }
    });
}

/// Adds a share of what a blur of 1 mm in the plane takes away: edges overshoot and noise grows, as with a sharp kernel.
pub(super) fn sharpen(field: &mut [f32], grid: &Grid, share: f64) {
    let [ni, nj, _] = grid.size;
    let weights = [0, 1].map(|axis| neighbour_weight(grid.spacing[axis], 1.0));
    let mean = |previous: f32, here: f32, next: f32, weight: f32| (here + weight * (previous + next)) / (1.0 + 2.0 * weight);
    field.par_chunks_mut(ni * nj).for_each(|slice| {
        let mut blurred = slice.to_vec();
        for j in 0..nj {
            for i in 1..ni.saturating_sub(1) {
                let at = j * ni + i;
                blurred[at] = mean(slice[at - 1], slice[at], slice[at + 1], weights[0]);
            }
        }
        let rows = blurred.clone();
        for j in 1..nj.saturating_sub(1) {
            for i in 0..ni {
                let at = j * ni + i;
                blurred[at] = mean(rows[at - ni], rows[at], rows[at + ni], weights[1]);
            }
        }
        // Clipped metal does not ring without end.
        let ring = |hu: f32, blurred: f32| ((hu - blurred) * share as f32).clamp(-500.0, 500.0);
        slice.iter_mut().zip(&blurred).for_each(|(hu, blurred)| *hu += ring(*hu, *blurred));
    });
}

/// Weight of a neighbour in a Gaussian of the kernel's width.
fn neighbour_weight(spacing_mm: f64, kernel_mm: f64) -> f32 {
    (-0.5 * (spacing_mm / kernel_mm.max(0.05)).powi(2)).exp() as f32
}

/// One pass of (w, 1, w), scaled so that white noise keeps its variance.
fn smooth_line(previous: f32, here: f32, next: f32, weight: f32) -> f32 {
    (here + weight * (previous + next)) / (1.0 + 2.0 * weight * weight).sqrt()
}

fn smooth_rows(noise: &mut [f32], ni: usize, weight: f32) {
    for row in noise.chunks_mut(ni) {
        let mut previous = 0.0;
        for i in 0..ni {
            let here = row[i];
            row[i] = smooth_line(previous, here, row.get(i + 1).copied().unwrap_or(0.0), weight);
            previous = here;
        }
    }
}

fn smooth_columns(noise: &mut [f32], ni: usize, weight: f32) {
    let mut above = vec![0.0; ni];
    for j in 0..noise.len() / ni {
        for i in 0..ni {
            let here = noise[j * ni + i];
            let below = noise.get((j + 1) * ni + i).copied().unwrap_or(0.0);
            noise[j * ni + i] = smooth_line(above[i], here, below, weight);
            above[i] = here;
        }
    }
}
