//! What metal does to a slice: rays through it arrive hardened and starved, and the reconstruction spreads their errors along them.
//!
//! Reconstruction is linear, so the artefact is the reconstruction of the error alone: the metal of a slice is projected (parallel
//! rays, coarse cells), the error of each ray follows from its path through metal, and filtered backprojection (Kak and Slaney 1988,
//! Principles of Computerized Tomographic Imaging, chapter 3) makes a picture of it, which is added to the scan.

use super::{
    random::{hash, hashed_normal},
    settings::CtSettings,
    voxelise::Spans,
};
use crate::volume::Grid;
use rayon::prelude::*;
use std::f64::consts::PI;

/// Side of the cells in which artefacts are computed, and width of a ray, mm.
const CELL_MM: f64 = 2.5;
const ANGLES: usize = 150;
/// Share of its attenuation that a long path through metal loses to beam hardening, and the path that loses half of that, mm.
const HARDENING: f32 = 0.35;
const HARDENING_MM: f32 = 18.0;
/// Standard deviation of a ray that its path through metal has starved e-fold, HU mm.
const STARVED_HU_MM: f32 = 1_600.0;
const STARVED_MM: f32 = 14.0;
/// An artefact is not stronger than this, HU.
const LIMIT_HU: f32 = 1_400.0;

/// Adds the artefacts of the metal in `metal` to a scan.
pub(super) fn add(field: &mut [f32], grid: &Grid, metal: &Spans, settings: &CtSettings, seed: u64) {
    let [ni, nj, _] = grid.size;
    let seed = hash(seed ^ 0x0073_7472_6561_6b73);
    let plane = Plane::of(grid);
    field.par_chunks_mut(ni * nj).zip(&metal.slices).enumerate().for_each(|(k, (slice, spans))| {
        if spans.is_empty() {
            return;
        }
        let picture = plane.artefact(&plane.cells_of(spans), settings, hash(seed ^ k as u64));
        for (j, row) in slice.chunks_mut(ni).enumerate() {
            for (i, value) in row.iter_mut().enumerate() {
                // Air is as dark as it gets; what is added there shows only where it is bright.
                *value += plane.at(&picture, i, j);
            }
        }
        for &(j, first, last) in spans {
            let row = &mut slice[j as usize * ni..][first as usize..last as usize];
            row.iter_mut().for_each(|value| *value = value.max(settings.metal_hu as f32));
        }
    });
}

/// The cells and rays of a slice.
struct Plane {
    /// Voxels a cell, along i and j.
    factor: [usize; 2],
    cells: [usize; 2],
    /// Side of a cell, mm.
    side: [f64; 2],
    bins: usize,
}

impl Plane {
    fn of(grid: &Grid) -> Self {
        let factor = [0, 1].map(|a| (CELL_MM / grid.spacing[a]).round().max(1.0) as usize);
        let cells = [0, 1].map(|a| grid.size[a].div_ceil(factor[a]));
        let side = [0, 1].map(|a| grid.spacing[a] * factor[a] as f64);
        let diagonal = (cells[0] as f64 * side[0]).hypot(cells[1] as f64 * side[1]);
        Self { factor, cells, side, bins: (diagonal / CELL_MM).ceil() as usize + 4 }
    }

    /// Position of a cell from the middle of the slice, mm.
    fn place(&self, axis: usize, cell: usize) -> f64 {
        (cell as f64 + 0.5 - self.cells[axis] as f64 / 2.0) * self.side[axis]
    }

    /// Cells with metal: position and area, mm and mm².
    fn cells_of(&self, spans: &[(u32, u32, u32)]) -> Vec<(f64, f64, f64)> {
        let mut area = vec![0_u32; self.cells[0] * self.cells[1]];
        for &(j, first, last) in spans {
            for i in first..last {
                area[j as usize / self.factor[1] * self.cells[0] + i as usize / self.factor[0]] += 1;
            }
        }
        let voxel = self.side[0] * self.side[1] / (self.factor[0] * self.factor[1]) as f64;
        let filled = area.iter().enumerate().filter(|(_, count)| **count > 0);
        filled
            .map(|(c, &count)| (self.place(0, c % self.cells[0]), self.place(1, c / self.cells[0]), f64::from(count) * voxel))
            .collect()
    }

    fn artefact(&self, metal: &[(f64, f64, f64)], settings: &CtSettings, seed: u64) -> Vec<f32> {
        let mut picture = vec![0.0_f32; self.cells[0] * self.cells[1]];
        let middle = self.bins as f64 / 2.0;
        for angle in 0..ANGLES {
            let (sine, cosine) = (PI * angle as f64 / ANGLES as f64).sin_cos();
            let mut path = vec![0.0_f32; self.bins];
            for &(x, y, area) in metal {
                let at = (x * cosine + y * sine) / CELL_MM + middle;
                let (bin, share) = (at.floor() as usize, at.fract());
                path[bin] += (area / CELL_MM * (1.0 - share)) as f32;
                path[bin + 1] += (area / CELL_MM * share) as f32;
            }
            let filtered = filter(&errors(&path, settings, hash(seed ^ angle as u64)));
            let (step, rows) = ((self.side[0] * cosine / CELL_MM) as f32, self.cells[0]);
            for (cj, row) in picture.chunks_mut(rows).enumerate() {
                let mut at = ((self.place(0, 0) * cosine + self.place(1, cj) * sine) / CELL_MM + middle) as f32;
                for value in row {
                    let bin = at as usize;
                    let share = at - bin as f32;
                    *value += filtered[bin] * (1.0 - share) + filtered[bin + 1] * share;
                    at += step;
                }
            }
        }
        let scale = (PI / ANGLES as f64 * settings.metal_artefact) as f32;
        picture.iter_mut().for_each(|value| *value = (*value * scale).clamp(-LIMIT_HU, LIMIT_HU));
        picture
    }

    /// The picture at a voxel, interpolated between its cells.
    fn at(&self, picture: &[f32], i: usize, j: usize) -> f32 {
        let along = |axis: usize, n: usize| {
            let at = ((n as f32 + 0.5) / self.factor[axis] as f32 - 0.5).clamp(0.0, self.cells[axis] as f32 - 1.0);
            let cell = (at as usize).min(self.cells[axis].saturating_sub(2));
            (cell, (cell + 1).min(self.cells[axis] - 1), at - cell as f32)
        };
        let ((i0, i1, u), (j0, j1, v)) = (along(0, i), along(1, j));
        let row = |j: usize| picture[j * self.cells[0] + i0] * (1.0 - u) + picture[j * self.cells[0] + i1] * u;
        row(j0) * (1.0 - v) + row(j1) * v
    }
}

/// The error of each ray, HU mm: long paths attenuate less than they should, and hardly a photon comes through.
fn errors(path: &[f32], settings: &CtSettings, seed: u64) -> Vec<f32> {
    let metal_hu = settings.metal_hu as f32;
    path.iter()
        .enumerate()
        .map(|(bin, &mm)| {
            let hardened = -metal_hu * HARDENING * mm * mm / (mm + HARDENING_MM);
            let starved = STARVED_HU_MM * ((mm / STARVED_MM).min(2.5).exp() - 1.0);
            hardened + starved * hashed_normal(hash(seed).wrapping_add(bin as u64))
        })
        .collect()
}

/// The ramp filter of Ramachandran and Lakshminarayanan (1971, 10.1073/pnas.68.9.2236), a little smoothed; per mm.
fn filter(errors: &[f32]) -> Vec<f32> {
    let used: Vec<(usize, f32)> = errors.iter().copied().enumerate().filter(|(_, e)| *e != 0.0).collect();
    let kernel = |n: usize| match n {
        0 => 0.25,
        n if n % 2 == 1 => -1.0 / (PI * PI * (n * n) as f64) as f32,
        _ => 0.0,
    };
    let sharp: Vec<f32> = (0..errors.len())
        .map(|bin| used.iter().map(|&(from, e)| e * kernel(bin.abs_diff(from))).sum::<f32>() / CELL_MM as f32)
        .collect();
    let at = |bin: usize| sharp.get(bin).copied().unwrap_or(0.0);
    (0..sharp.len()).map(|bin| 0.25 * at(bin.wrapping_sub(1)) + 0.5 * at(bin) + 0.25 * at(bin + 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Point3;

    fn grid() -> Grid {
        Grid::axis_aligned([160, 120, 1], [2.5, 2.5, 2.5], Point3::origin())
    }

    fn square(x: u32, y: u32, side: u32) -> Vec<(u32, u32, u32)> {
        (y..y + side).map(|j| (j, x, x + side)).collect()
    }

    #[test]
    fn between_two_pieces_of_metal_it_is_dark() {
        let settings = CtSettings { metal_hu: 9000.0, metal_artefact: 1.0, ..CtSettings::default() };
        let mut spans = square(50, 56, 8);
        spans.extend(square(100, 56, 8));
        spans.sort_unstable();
        let plane = Plane::of(&grid());
        let mean = |x: usize, y: usize| {
            // Over many drawings of the noise only the hardening is left.
            (0..40).map(|seed| plane.at(&plane.artefact(&plane.cells_of(&spans), &settings, seed), x, y)).sum::<f32>() / 40.0
        };
        let (between, above) = (mean(79, 60), mean(79, 90));
        assert!(between < -60.0, "{between:.0} HU on the line between them");
        assert!(above > between + 60.0, "{above:.0} HU beside that line");
    }

    #[test]
    fn a_slice_without_metal_is_left_alone_and_metal_stays_metal() {
        let settings = CtSettings { metal_hu: 9000.0, metal_artefact: 1.0, ..CtSettings::default() };
        let grid = Grid::axis_aligned([160, 120, 2], [2.5, 2.5, 2.5], Point3::origin());
        let mut field = vec![40.0_f32; grid.len()];
        add(&mut field, &grid, &Spans { slices: vec![square(50, 56, 8), Vec::new()] }, &settings, 1);
        assert!(field[160 * 120..].iter().all(|hu| *hu == 40.0));
        assert!(field[..160 * 120].iter().any(|hu| (hu - 40.0).abs() > 20.0));
        assert!(field[58 * 160 + 52] >= 9000.0);
    }
}
