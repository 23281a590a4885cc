//! What scatter does to a plan, as it is told.

use super::Source;
use serde::Serialize;

/// How often something happened, with the standard error that the finite number of samples leaves.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Chance {
    /// 0 to 1.
    pub probability: f64,
    /// Of the probability.
    pub standard_error: f64,
}

impl Chance {
    pub(super) fn of(count: usize, samples: usize) -> Self {
        let probability = count as f64 / samples as f64;
        Self { probability, standard_error: (probability * (1.0 - probability) / samples as f64).sqrt() }
    }
}

/// What scatter does to one activity.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ActivityChance {
    /// Id of the activity.
    pub activity: String,
    /// Margin as planned, degrees.
    pub margin_deg: f64,
    /// Standard deviation of the margin to first order, degrees.
    pub sd_deg: f64,
    /// How often the neck meets the liner.
    pub impingement: Chance,
    /// How far the femur can still turn as planned until bone meets, degrees; `None` where that is more than 45°, or bones are not counted.
    pub bone_margin_deg: Option<f64>,
    /// How often bone meets; `None` where bones are not counted.
    pub bone_impingement: Option<Chance>,
}

/// What one source alone does to the least margin over the activities, degrees.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Swing {
    /// The source.
    pub source: Source,
    /// Its standard deviation, degrees or mm.
    pub sd: f64,
    /// Least margin one standard deviation below the plan.
    pub low_deg: f64,
    /// The same above.
    pub high_deg: f64,
}

impl Swing {
    /// The largest loss or gain against the margin as planned.
    pub(super) fn size(&self, planned_deg: f64) -> f64 {
        (self.low_deg - planned_deg).abs().max((self.high_deg - planned_deg).abs())
    }
}

/// Quantiles of the least margin over the activities, degrees.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Quantiles {
    /// One in twenty is worse.
    pub p5: f64,
    /// The median.
    pub p50: f64,
    /// One in twenty is better.
    pub p95: f64,
}

/// What scatter does to a plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Uncertainty {
    /// Number of samples.
    pub samples: usize,
    /// Seed they were drawn from.
    pub seed: u64,
    /// Activity by activity.
    pub activities: Vec<ActivityChance>,
    /// True when bones are counted too: on the pelvis, to first order. False: neck on liner only.
    pub bones: bool,
    /// How often the neck meets the liner, or bone meets where it is counted, in any of them: how often the cup lies outside the zone of
    /// these activities.
    pub outside_zone: Chance,
    /// How often the cup lies outside Lewinnek's zone, in the anterior pelvic plane.
    pub outside_lewinnek: Chance,
    /// How often leg length misses the plan by more than 5 mm.
    pub leg_length_beyond_5_mm: Chance,
    /// Least margin over the activities.
    pub least_margin_deg: Quantiles,
    /// The sources, those that matter most first.
    pub tornado: Vec<Swing>,
}
