//! How a phantom is scanned and what its tissues are made of.

use super::random::Dice;
use serde::{Deserialize, Serialize};

/// Densities of a patient and the qualities of a scan. [`CtSettings::default`] is an ordinary patient on an ordinary scanner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CtSettings {
    /// Compact bone, HU.
    pub cortex_hu: f64,
    /// Multiplies every cortical thickness; osteoporosis is about 0.5.
    pub cortex_scale: f64,
    /// Spongy bone of the pelvis without its cortex, HU.
    pub cancellous_hu: f64,
    /// How unevenly spongy bone is filled: standard deviation in HU.
    pub cancellous_texture_hu: f64,
    /// Yellow marrow in the canal of the femoral shaft, HU.
    pub marrow_hu: f64,
    /// Muscle, HU.
    pub muscle_hu: f64,
    /// Share of muscle that has turned to fat, 0 to 1.
    pub fatty_infiltration: f64,
    /// Fat, HU.
    pub fat_hu: f64,
    /// Thickness of the fat under the skin over the hips, mm.
    pub subcutaneous_fat_mm: f64,
    /// Cartilage and fluid in the joints, and discs, HU.
    pub joint_hu: f64,
    /// Blood in the large vessels, HU; above 100 with contrast medium.
    pub vessel_hu: f64,
    /// Share of the bowel that holds gas, 0 to 1.
    pub bowel_gas: f64,
    /// Standard deviation of the noise in the middle of the body, in HU, for voxels of 1 mm³.
    pub noise_hu: f64,
    /// Standard deviation of the noise that runs from hip to hip, HU.
    pub streak_hu: f64,
    /// Standard deviation of the in-plane point spread, mm.
    pub kernel_mm: f64,
    /// Slice thickness, mm; no thinner than the distance between slices is simulated.
    pub slice_thickness_mm: f64,
    /// Amplitude of the slow change of density over the body (cupping, scatter), HU.
    pub bias_hu: f64,
    /// Whether the patient lies on a table.
    pub table: bool,
    /// Added to the bone on both sides of the load-bearing part of the joint (sclerosis), HU.
    pub sclerosis_hu: f64,
    /// How many calcified spots the large vessels and the pelvic veins have.
    pub calcifications: u32,
    /// Contrast medium in bladder and bowel, HU; 0 is none.
    pub contrast_hu: f64,
    /// Metal before the scanner clips it, HU.
    pub metal_hu: f64,
    /// Strength of the artefacts that metal throws: 0 none, 1 those of a scanner without any correction.
    pub metal_artefact: f64,
    /// Share of what a blur takes away that the reconstruction adds again: 0 a smooth kernel, 1 a sharp one that overshoots at edges.
    pub sharpening: f64,
}

impl Default for CtSettings {
    fn default() -> Self {
        Self {
            cortex_hu: 1250.0,
            cortex_scale: 1.0,
            cancellous_hu: 110.0,
            cancellous_texture_hu: 40.0,
            marrow_hu: -40.0,
            muscle_hu: 52.0,
            fatty_infiltration: 0.12,
            fat_hu: -100.0,
            subcutaneous_fat_mm: 22.0,
            joint_hu: 75.0,
            vessel_hu: 48.0,
            bowel_gas: 0.3,
            noise_hu: 12.0,
            streak_hu: 3.0,
            kernel_mm: 0.5,
            slice_thickness_mm: 1.25,
            bias_hu: 4.0,
            table: true,
            sclerosis_hu: 0.0,
            calcifications: 0,
            contrast_hu: 0.0,
            metal_hu: 3071.0,
            metal_artefact: 0.0,
            sharpening: 0.0,
        }
    }
}

impl CtSettings {
    /// Another patient and scanner for every seed, over the ranges met in practice.
    #[must_use]
    pub fn random(seed: u64) -> Self {
        let mut dice = Dice::new(seed, 1);
        let contrast = dice.chance(0.2);
        Self {
            cortex_hu: dice.uniform(950.0..=1500.0),
            cortex_scale: dice.uniform(0.5..=1.25),
            cancellous_hu: dice.uniform(10.0..=240.0),
            cancellous_texture_hu: dice.uniform(15.0..=70.0),
            marrow_hu: dice.uniform(-80.0..=50.0),
            muscle_hu: dice.uniform(35.0..=68.0),
            fatty_infiltration: dice.uniform(0.0..=0.45),
            fat_hu: dice.uniform(-118.0..=-85.0),
            subcutaneous_fat_mm: dice.uniform(6.0..=45.0),
            joint_hu: dice.uniform(40.0..=110.0),
            vessel_hu: if contrast { dice.uniform(120.0..=300.0) } else { dice.uniform(38.0..=60.0) },
            bowel_gas: dice.uniform(0.0..=0.7),
            noise_hu: dice.uniform(5.0..=40.0),
            streak_hu: dice.uniform(0.0..=12.0),
            kernel_mm: dice.uniform(0.3..=0.95),
            slice_thickness_mm: dice.uniform(0.6..=3.0),
            bias_hu: dice.uniform(0.0..=12.0),
            table: dice.chance(0.9),
            ..Self::default()
        }
    }

    /// Another patient and scanner for every seed, over ranges wider than those met in practice: a network that has learnt from them
    /// meets nothing stranger (Billot et al. 2023, 10.1016/j.media.2023.102789).
    #[must_use]
    pub fn wild(seed: u64) -> Self {
        let mut dice = Dice::new(seed, 3);
        let contrast = dice.chance(0.3);
        let cancellous_hu = dice.uniform(-60.0..=330.0);
        Self {
            cortex_hu: dice.uniform(650.0..=1800.0),
            cortex_scale: dice.uniform(0.3..=1.4),
            cancellous_hu,
            cancellous_texture_hu: dice.uniform(8.0..=100.0),
            marrow_hu: dice.uniform(-110.0..=110.0),
            muscle_hu: dice.uniform(15.0..=90.0),
            fatty_infiltration: dice.uniform(0.0..=0.7),
            fat_hu: dice.uniform(-135.0..=-60.0),
            subcutaneous_fat_mm: dice.uniform(3.0..=65.0),
            joint_hu: dice.uniform(-10.0..=140.0),
            vessel_hu: if contrast { dice.uniform(90.0..=450.0) } else { dice.uniform(25.0..=75.0) },
            bowel_gas: dice.uniform(0.0..=0.95),
            noise_hu: 2.0 * dice.uniform(0.0..=3.6).exp(),
            streak_hu: dice.uniform(0.0..=22.0),
            kernel_mm: dice.uniform(0.2..=1.2),
            slice_thickness_mm: dice.uniform(0.6..=5.0),
            bias_hu: dice.uniform(0.0..=35.0),
            table: dice.chance(0.8),
            sclerosis_hu: if dice.chance(0.3) { dice.uniform(0.0..=500.0) } else { 0.0 },
            calcifications: if dice.chance(0.4) { dice.uniform(1.0..=60.0) as u32 } else { 0 },
            contrast_hu: if dice.chance(0.25) { dice.uniform(100.0..=900.0) } else { 0.0 },
            metal_hu: dice.uniform(7000.0..=20_000.0),
            metal_artefact: dice.uniform(0.05..=1.2),
            sharpening: if dice.chance(0.35) { dice.uniform(0.0..=1.2) } else { 0.0 },
        }
    }
}
