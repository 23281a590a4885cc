//! From how sure a label looks to how often such labels are right.

use serde::{Deserialize, Serialize};

/// Bins of [`Tally::expected_calibration_error`].
const BINS: usize = 15;
/// Confidences are kept as bytes.
const LEVELS: usize = 256;

/// How many voxels of each confidence were labelled rightly, and how many there were.
#[derive(Clone, Debug)]
pub struct Tally {
    right: Vec<u64>,
    all: Vec<u64>,
}

impl Default for Tally {
    fn default() -> Self {
        Self { right: vec![0; LEVELS], all: vec![0; LEVELS] }
    }
}

impl Tally {
    /// Counts a voxel.
    pub fn count(&mut self, confidence: u8, right: bool) {
        self.all[usize::from(confidence)] += 1;
        self.right[usize::from(confidence)] += u64::from(right);
    }

    /// Adds another tally.
    pub fn add(&mut self, other: &Self) {
        for (mine, theirs) in [(&mut self.right, &other.right), (&mut self.all, &other.all)] {
            mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine += theirs);
        }
    }

    /// Voxels counted.
    #[must_use]
    pub fn voxels(&self) -> u64 {
        self.all.iter().sum()
    }

    /// The expected calibration error, 0 to 1: over 15 bins of equal width, the mean distance between confidence and share of right
    /// labels, weighted by voxels (Guo et al., ICML 2017, arXiv:1706.04599). `through` is applied to the confidences first.
    #[must_use]
    pub fn expected_calibration_error(&self, through: &Calibration) -> f64 {
        let mut bins = [[0.0f64; 3]; BINS];
        for (level, (&right, &all)) in self.right.iter().zip(&self.all).enumerate() {
            let confidence = f64::from(through.of(level as u8)) / 255.0;
            let bin = &mut bins[((confidence * BINS as f64) as usize).min(BINS - 1)];
            *bin = [bin[0] + confidence * all as f64, bin[1] + right as f64, bin[2] + all as f64];
        }
        let total: f64 = bins.iter().map(|bin| bin[2]).sum();
        bins.iter().map(|[confidence, right, _]| (confidence - right).abs()).sum::<f64>() / total.max(1.0)
    }
}

/// A confidence for every apparent one: never falling, and right on average on the phantoms that it was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calibration(Vec<u8>);

impl Calibration {
    /// Leaves every confidence as it is.
    #[must_use]
    pub fn identity() -> Self {
        Self((0..LEVELS).map(|level| level as u8).collect())
    }

    /// The never-falling curve nearest to the shares of right labels, by pooling neighbours that violate the order (isotonic regression;
    /// Zadrozny & Elkan, KDD 2002, doi:10.1145/775047.775151). Between levels that were seen it runs straight.
    #[must_use]
    pub fn fit(tally: &Tally) -> Self {
        // Pools of levels: sum of level × voxels, right labels, voxels.
        let mut pools: Vec<[f64; 3]> = Vec::new();
        for (level, (&right, &all)) in tally.right.iter().zip(&tally.all).enumerate().filter(|(_, (_, all))| **all > 0) {
            pools.push([level as f64 * all as f64, right as f64, all as f64]);
            while let [.., before, last] = pools[..]
                && before[1] / before[2] >= last[1] / last[2]
            {
                pools.pop();
                if let Some(pool) = pools.last_mut() {
                    *pool = [before[0] + last[0], before[1] + last[1], before[2] + last[2]];
                }
            }
        }
        let knots: Vec<(f64, f64)> = pools.iter().map(|pool| (pool[0] / pool[2], pool[1] / pool[2] * 255.0)).collect();
        let at = |level: f64| match knots.iter().position(|knot| knot.0 >= level) {
            _ if knots.is_empty() => level,
            None => knots[knots.len() - 1].1,
            Some(0) => knots[0].1,
            Some(n) => {
                let ((x0, y0), (x1, y1)) = (knots[n - 1], knots[n]);
                y0 + (y1 - y0) * (level - x0) / (x1 - x0)
            }
        };
        Self((0..LEVELS).map(|level| at(level as f64).round() as u8).collect())
    }

    /// The confidence that stands for an apparent one.
    #[must_use]
    pub fn of(&self, apparent: u8) -> u8 {
        self.0.get(usize::from(apparent)).copied().unwrap_or(apparent)
    }

    /// What is wrong with a table that was read, in words.
    ///
    /// # Errors
    /// When it is not one value a level or falls anywhere.
    pub fn check(&self) -> Result<(), String> {
        if self.0.len() != LEVELS {
            return Err(format!("its table has {} values, expected {LEVELS}", self.0.len()));
        }
        if self.0.windows(2).any(|pair| pair[1] < pair[0]) {
            return Err("its table falls: a surer label would get a lower confidence".into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Voxels that look 20 points surer than they are.
    fn boastful() -> Tally {
        let mut tally = Tally::default();
        for level in (60..=250u8).step_by(10) {
            for n in 0..1000 {
                tally.count(level, n < 1000 * (usize::from(level) - 51) / 255);
            }
        }
        tally
    }

    #[test]
    fn what_boasts_is_put_right() {
        let tally = boastful();
        let before = tally.expected_calibration_error(&Calibration::identity());
        assert!((before - 51.0 / 255.0).abs() < 0.003, "{before}");
        let calibration = Calibration::fit(&tally);
        calibration.check().unwrap();
        assert!(tally.expected_calibration_error(&calibration) < 0.003);
        assert!((i32::from(calibration.of(200)) - 149).abs() <= 1);
    }

    #[test]
    fn a_curve_that_falls_is_levelled_and_an_empty_one_changes_nothing() {
        let mut tally = Tally::default();
        for (level, right) in [(100u8, 80), (150, 60), (200, 90)] {
            (0..100).for_each(|n| tally.count(level, n < right));
        }
        let calibration = Calibration::fit(&tally);
        calibration.check().unwrap();
        assert_eq!(calibration.of(100), calibration.of(125));
        assert!((f64::from(calibration.of(125)) / 255.0 - 0.7).abs() < 0.01);
        assert_eq!(Calibration::fit(&Tally::default()), Calibration::identity());
        assert!(Calibration(vec![3; 4]).check().is_err());
    }
}
