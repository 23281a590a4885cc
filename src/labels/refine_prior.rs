//! The network's coarse opinion, interpolated to the voxels of the CT.

use super::{Label, neural::Probabilities};
use crate::volume::{Grid, GridMap};
use nalgebra::Vector3;
use rayon::prelude::*;

/// What the network thinks of each voxel: bytes, 255 is certainty.
#[derive(Clone, Debug)]
pub struct Prior {
    /// Label of the most probable bone (whatever the background's probability).
    pub bone: Vec<u8>,
    /// Probability of that bone.
    pub bone_probability: Vec<u8>,
    /// Probability of the background.
    pub background: Vec<u8>,
}

impl Prior {
    /// Trilinear interpolation of the probabilities at every voxel of `grid`; beyond the network's field everything is background.
    #[must_use]
    pub fn at(probabilities: &Probabilities, grid: &Grid) -> Self {
        let GridMap { start, step } = GridMap::new(grid, &probabilities.grid);
        let [ni, nj, _] = grid.size;
        let mut prior =
            Self { bone: vec![0; grid.len()], bone_probability: vec![0; grid.len()], background: vec![255; grid.len()] };
        (prior.bone.par_chunks_mut(ni))
            .zip(prior.bone_probability.par_chunks_mut(ni))
            .zip(prior.background.par_chunks_mut(ni))
            .enumerate()
            .for_each(|(row, ((bone, bone_probability), background))| {
                let begin = start + step * Vector3::new(0.0, (row % nj) as f64, (row / nj) as f64);
                let mut values = vec![0.0f32; probabilities.classes.len()];
                for i in 0..ni {
                    let p = begin + step.column(0) * i as f64;
                    if !probabilities.interpolate(&p, &mut values) {
                        continue;
                    }
                    let best = (1..values.len()).fold(1, |best, c| if values[c] > values[best] { c } else { best });
                    bone[i] = probabilities.classes[best].id();
                    bone_probability[i] = (values[best] * 255.0).round() as u8;
                    background[i] = (values[0] * 255.0).round() as u8;
                }
            });
        prior
    }

    /// Probability of a label at a voxel, as far as it is kept: of the best bone, or of the background.
    #[must_use]
    pub fn of(&self, label: u8, at: usize) -> f32 {
        let p = if label == Label::Background.id() {
            self.background[at]
        } else if label == self.bone[at] {
            self.bone_probability[at]
        } else {
            // All that is left may be this bone's.
            255 - self.bone_probability[at].saturating_add(self.background[at])
        };
        f32::from(p) / 255.0
    }
}
