//! The exact Euclidean distance transform of a mask.

use crate::volume::Grid;
use rayon::prelude::*;

/// Squared distance (mm²) from every voxel centre to the nearest voxel centre where `mask` is true; zero inside the mask,
/// infinite everywhere when the mask is empty.
///
/// Lower envelopes of parabolas along each axis in turn: Felzenszwalb & Huttenlocher (2012), 10.4086/toc.2012.v008a019;
/// exact for any spacing.
///
/// # Panics
/// When `mask` does not have one entry per voxel of the grid.
#[must_use]
pub fn squared_edt(mask: &[bool], grid: &Grid) -> Vec<f32> {
    let [ni, nj, nk] = grid.size;
    assert_eq!(mask.len(), grid.len(), "one mask entry per voxel");
    if mask.is_empty() {
        return Vec::new();
    }
    let mut field: Vec<f32> = mask.iter().map(|&inside| if inside { 0.0 } else { f32::INFINITY }).collect();
    field.par_chunks_mut(ni).for_each_init(Envelope::default, |envelope, row| envelope.transform(row, grid.spacing[0]));
    field.par_chunks_mut(ni * nj).for_each_init(Envelope::default, |envelope, slice| {
        let mut line = vec![0.0; nj];
        for i in 0..ni {
            (0..nj).for_each(|j| line[j] = slice[j * ni + i]);
            envelope.transform(&mut line, grid.spacing[1]);
            (0..nj).for_each(|j| slice[j * ni + i] = line[j]);
        }
    });
    // Lines along k cross every slice: they are gathered by row j into a buffer whose rows run along k.
    let mut lines = vec![0.0_f32; field.len()];
    lines.par_chunks_mut(ni * nk).enumerate().for_each_init(Envelope::default, |envelope, (j, block)| {
        for (i, line) in block.chunks_mut(nk).enumerate() {
            (0..nk).for_each(|k| line[k] = field[(k * nj + j) * ni + i]);
            envelope.transform(line, grid.spacing[2]);
        }
    });
    field.par_chunks_mut(ni).enumerate().for_each(|(row, values)| {
        let (j, k) = (row % nj, row / nj);
        (0..ni).for_each(|i| values[i] = lines[(j * ni + i) * nk + k]);
    });
    field
}

/// Work space for one line: the parabolas of the lower envelope and where each begins to be the lowest.
#[derive(Default)]
struct Envelope {
    apex: Vec<usize>,
    height: Vec<f64>,
    from: Vec<f64>,
}

impl Envelope {
    fn transform(&mut self, line: &mut [f32], spacing: f64) {
        self.apex.clear();
        self.height.clear();
        self.from.clear();
        let step = spacing * spacing;
        for (q, &value) in line.iter().enumerate().filter(|(_, value)| value.is_finite()) {
            let height = f64::from(value) / step;
            let mut start = f64::NEG_INFINITY;
            while let (Some(&p), Some(&below)) = (self.apex.last(), self.height.last()) {
                let (x, y) = (q as f64, p as f64);
                start = ((height + x * x) - (below + y * y)) / (2.0 * (x - y));
                if self.from.last().is_some_and(|&from| start > from) {
                    break;
                }
                self.apex.pop();
                self.height.pop();
                self.from.pop();
                start = f64::NEG_INFINITY;
            }
            self.apex.push(q);
            self.height.push(height);
            self.from.push(start);
        }
        let mut part = 0;
        for (q, value) in line.iter_mut().enumerate().filter(|_| !self.apex.is_empty()) {
            while self.from.get(part + 1).is_some_and(|&from| from < q as f64) {
                part += 1;
            }
            let away = q as f64 - self.apex[part] as f64;
            *value = ((away * away + self.height[part]) * step) as f32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Point3;

    #[test]
    fn equals_brute_force_on_an_anisotropic_grid() {
        let grid = Grid::axis_aligned([9, 7, 6], [0.8, 1.1, 2.5], Point3::origin());
        let mask: Vec<bool> = (0..grid.len()).map(|v| (v * 7919 + 13) % 31 == 0).collect();
        let field = squared_edt(&mask, &grid);
        for (v, &found) in field.iter().enumerate() {
            let here = grid.centre(grid.voxel(v));
            let squares = (0..grid.len()).filter(|&w| mask[w]).map(|w| (grid.centre(grid.voxel(w)) - here).norm_squared());
            let expected = squares.fold(f64::INFINITY, f64::min);
            assert!((f64::from(found) - expected).abs() < 1e-4 * (1.0 + expected), "{v}: {found} instead of {expected}");
        }
    }

    #[test]
    fn an_empty_mask_is_infinitely_far() {
        let grid = Grid::axis_aligned([3, 3, 3], [1.0; 3], Point3::origin());
        assert!(squared_edt(&[false; 27], &grid).iter().all(|d| d.is_infinite()));
    }
}
