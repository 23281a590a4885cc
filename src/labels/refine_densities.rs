//! How dense the tissues of a scan are, read off the scan itself: scanners, kernels and patients differ.

use super::refine_prior::Prior;
use crate::volume::Volume;

/// Densities of a scan's tissues, HU.
#[derive(Clone, Copy, Debug)]
pub(super) struct Densities {
    /// Muscle: the highest peak of the soft tissues around the bones.
    pub(super) soft_hu: f32,
    /// Compact bone: what only a thirtieth of the bone exceeds.
    pub(super) compact_hu: f32,
    /// Dense bone: what a tenth of the bone exceeds.
    dense_hu: f32,
}

impl Densities {
    pub(super) fn of(volume: &Volume, prior: &Prior) -> Self {
        let mut soft = [0usize; 40];
        let mut bone = [0usize; 200];
        for (&hu, &background) in volume.hu.iter().zip(&prior.background) {
            if (-50..150).contains(&hu) {
                soft[((hu + 50) / 5) as usize] += 1;
            }
            if background < 50 && (250..2250).contains(&hu) {
                bone[((hu - 250) / 10) as usize] += 1;
            }
        }
        // Smoothed over three bins, above fat and fluid.
        let smooth = |n: usize| soft[n - 1] + soft[n] + soft[n + 1];
        let peak = (11..39).fold(20, |best, n| if smooth(n) > smooth(best) { n } else { best });
        let total: usize = bone.iter().sum();
        let exceeded_by = |part: usize| {
            let mut above = total;
            let bin = bone.iter().position(|&count| {
                above -= count;
                above * part <= total
            });
            250.0 + 10.0 * bin.unwrap_or(65) as f32
        };
        Self { soft_hu: -50.0 + 5.0 * (peak as f32 + 0.5), compact_hu: exceeded_by(30).max(500.0), dense_hu: exceeded_by(10) }
    }

    /// What parts bone from soft tissue, HU: a fifth of the way up to dense bone, where a voxel half filled with a thin, blurred
    /// cortex lies.
    pub(super) fn threshold_hu(&self) -> f32 {
        self.soft_hu + (0.2 * (self.dense_hu - self.soft_hu)).clamp(80.0, 190.0)
    }
}
