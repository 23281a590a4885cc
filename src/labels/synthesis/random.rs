//! Seeded random numbers: a ChaCha stream for each question, and hashes where every voxel needs its own.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::ops::RangeInclusive;

/// A seeded stream of draws. Streams of the same seed are independent, so that a new question does not change older answers.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Self(rng)
    }

    pub(super) fn uniform(&mut self, range: RangeInclusive<f64>) -> f64 {
        let unit: f64 = self.0.random();
        range.start() + (range.end() - range.start()) * unit
    }

    /// Standard normal, drawn again until it lies within ±`limit`.
    pub(super) fn normal_within(&mut self, limit: f64) -> f64 {
        loop {
            // Box and Muller (1958), 10.1214/aoms/1177706645; 1 − u is never zero.
            let (u, v) = (self.0.random::<f64>(), self.0.random::<f64>());
            let value = (-2.0 * (1.0 - u).ln()).sqrt() * (std::f64::consts::TAU * v).cos();
            if value.abs() <= limit {
                return value;
            }
        }
    }

    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.0.random::<f64>() < probability
    }
}

/// A well-mixed hash of a counter (the finaliser of SplitMix64, Steele et al. 2014, 10.1145/2660193.2660195).
pub(super) const fn hash(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// Nearly normal noise of unit variance from one hash: the sum of its four 16-bit words, by the central limit theorem.
pub(super) fn hashed_normal(x: u64) -> f32 {
    let h = hash(x);
    let sum = (h & 0xffff) + ((h >> 16) & 0xffff) + ((h >> 32) & 0xffff) + (h >> 48);
    // Four uniform words have variance 4 · 65536² / 12.
    (sum as f32 - 131_070.0) / 37_837.2
}

/// Smooth noise in space, about ±1, that varies over `cell_mm`: hashes on a lattice, interpolated linearly.
#[derive(Clone, Copy)]
pub(super) struct Texture {
    seed: u64,
    per_mm: f32,
}

impl Texture {
    pub(super) const fn new(seed: u64, cell_mm: f32) -> Self {
        Self { seed, per_mm: 1.0 / cell_mm }
    }

    pub(super) fn at(&self, p: [f32; 3]) -> f32 {
        let scaled = p.map(|c| c * self.per_mm);
        let base = scaled.map(|c| c.floor() as i32);
        let f = [0, 1, 2].map(|a| scaled[a] - base[a] as f32);
        let corner = |dx: i32, dy: i32, dz: i32| {
            let key = |c: i32, prime: u64| u64::from(c as u32).wrapping_mul(prime);
            let mixed =
                key(base[0] + dx, 0x8da6_b343) ^ key(base[1] + dy, 0xd816_3841_0000) ^ key(base[2] + dz, 0xcb1a_b31f_0001);
            (hash(mixed ^ self.seed) >> 40) as f32 / 8_388_608.0 - 1.0
        };
        let along_x = |dy, dz| corner(0, dy, dz) * (1.0 - f[0]) + corner(1, dy, dz) * f[0];
        let along_y = |dz| along_x(0, dz) * (1.0 - f[1]) + along_x(1, dz) * f[1];
        along_y(0) * (1.0 - f[2]) + along_y(1) * f[2]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashed_noise_has_mean_zero_and_unit_variance() {
        let n = 100_000;
        let values: Vec<f64> = (0..n).map(|i| f64::from(hashed_normal(i))).collect();
        let mean = values.iter().sum::<f64>() / n as f64;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n as f64;
        assert!(mean.abs() < 0.015 && (variance - 1.0).abs() < 0.02, "{mean} {variance}");
    }

    #[test]
    fn streams_are_repeatable_and_differ() {
        let draw = |stream| Dice::new(7, stream).uniform(0.0..=1.0);
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }

    #[test]
    fn texture_is_continuous_and_bounded() {
        let texture = Texture::new(3, 10.0);
        for i in 0..1000 {
            let x = i as f32 * 0.37 - 150.0;
            let (a, b) = (texture.at([x, 5.0, -3.0]), texture.at([x + 0.01, 5.0, -3.0]));
            assert!(a.abs() <= 1.0 && (a - b).abs() < 0.01);
        }
    }
}
