//! What scatter of placement, measurement and posture does to a plan: seeded Monte Carlo, the same on any number of threads.

use super::{LEWINNEK_DEG, Source, Spread};
use crate::{
    anatomy::CupAngles,
    motion::{Activity, MotionError, NeckAngles, PelvicPosture, RomCase, Track},
};
use nalgebra::{Rotation3, Unit, Vector3};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::Serialize;

/// Errors of leg length beyond this are felt, mm (tolerance of 5 to 10 mm).
const LEG_LENGTH_MM: f64 = 5.0;
const SOURCES: usize = Source::ALL.len();

/// How often something happened, with the standard error that the finite number of samples leaves.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Chance {
    /// 0 to 1.
    pub probability: f64,
    /// Of the probability.
    pub standard_error: f64,
}

impl Chance {
    fn of(count: usize, samples: usize) -> Self {
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
    fn size(&self, planned_deg: f64) -> f64 {
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
    /// How often the neck meets the liner in any of them: how often the cup lies outside the zone of these activities.
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

/// An activity as the sampling sees it.
struct Followed {
    track: Track,
    /// Lying, the tilt of standing and sitting has no part in it.
    supine: bool,
}

/// A hip that scatter has moved.
struct Moved {
    /// Standing or sitting, and lying.
    cups: [Unit<Vector3<f64>>; 2],
    neck: Unit<Vector3<f64>>,
    in_app: CupAngles,
    leg_length_mm: f64,
}

/// The hip so many units of each source away from the plan (degrees or mm, in the order of [`Source::ALL`]).
fn moved(case: &RomCase, by: &[f64; SOURCES]) -> Moved {
    let [inclination, anteversion, version, varus, leg, centre, obliquity, rotation, frame_tilt, femoral, tilt] = *by;
    let placed = CupAngles {
        inclination_deg: case.cup.inclination_deg + inclination,
        anteversion_deg: case.cup.anteversion_deg + anteversion,
    };
    let frame = Rotation3::from_scaled_axis(Vector3::new(obliquity, rotation, frame_tilt).map(f64::to_radians));
    let lying = Unit::new_unchecked(frame * placed.right_hip_axis().into_inner());
    let standing = Rotation3::from_axis_angle(&Vector3::z_axis(), tilt.to_radians()) * lying.into_inner();
    let neck = NeckAngles {
        elevation_deg: case.neck.elevation_deg - varus,
        anteversion_deg: case.neck.anteversion_deg + version + femoral,
    };
    Moved {
        cups: [Unit::new_unchecked(standing), lying],
        neck: neck.right_hip_axis(),
        in_app: placed,
        leg_length_mm: leg + centre,
    }
}

impl Followed {
    fn of(activities: &[Activity]) -> Result<Vec<Self>, MotionError> {
        let follow =
            |activity: &Activity| Ok(Self { track: activity.track()?, supine: activity.posture == PelvicPosture::Supine });
        activities.iter().map(follow).collect()
    }

    /// Least margin, degrees, to 0.005°: scatter is far coarser.
    fn margin_deg(&self, moved: &Moved, oscillation_deg: f64) -> f64 {
        let cosine = self.track.sampled_cosine(&moved.cups[usize::from(self.supine)], &moved.neck);
        oscillation_deg / 2.0 - cosine.clamp(-1.0, 1.0).acos().to_degrees()
    }

    /// Standard deviation of the margin to first order: each source one standard deviation to either side.
    fn sd_deg(&self, case: &RomCase, spread: &Spread) -> f64 {
        let at = |source: usize, step: f64| {
            let by = std::array::from_fn(|i| if i == source { step } else { 0.0 });
            self.margin_deg(&moved(case, &by), case.oscillation_deg)
        };
        let half = |source: usize| (at(source, spread.0[source]) - at(source, -spread.0[source])) / 2.0;
        (0..SOURCES).map(|source| half(source).powi(2)).sum::<f64>().sqrt()
    }
}

/// Standard deviation of an activity's least margin to first order, degrees.
///
/// # Errors
/// When the activity cannot be followed.
pub fn margin_sd_deg(activity: &Activity, case: &RomCase, spread: &Spread) -> Result<f64, MotionError> {
    let followed = Followed::of(std::slice::from_ref(activity))?;
    Ok(followed[0].sd_deg(case, spread))
}

/// What the spread does to a plan in some activities.
///
/// # Errors
/// When there is no activity or no sample, or an activity cannot be followed.
pub fn uncertainty(
    activities: &[Activity],
    case: &RomCase,
    spread: &Spread,
    samples: usize,
    seed: u64,
) -> Result<Uncertainty, MotionError> {
    let followed = Followed::of(activities)?;
    if followed.is_empty() || samples == 0 {
        return Err(MotionError::Demand("at least one activity and one sample are needed".into()));
    }
    let drawn: Vec<Sample> = (0..samples).into_par_iter().map(|index| sample(&followed, case, spread, seed, index)).collect();
    let count = |happened: &dyn Fn(&Sample) -> bool| Chance::of(drawn.iter().filter(|s| happened(s)).count(), samples);
    let chance = |index: usize| ActivityChance {
        activity: activities[index].id.clone(),
        margin_deg: followed[index].track.least(case).margin_deg,
        sd_deg: followed[index].sd_deg(case, spread),
        impingement: count(&|sample| sample.touched[index / 64] >> (index % 64) & 1 == 1),
    };
    let mut margins: Vec<f64> = drawn.iter().map(|sample| sample.least_deg).collect();
    margins.sort_by(f64::total_cmp);
    let quantile = |part: f64| margins[((samples - 1) as f64 * part).round() as usize];
    Ok(Uncertainty {
        samples,
        seed,
        activities: (0..activities.len()).map(chance).collect(),
        outside_zone: count(&|sample| sample.least_deg < 0.0),
        outside_lewinnek: count(&|sample| sample.outside_lewinnek),
        leg_length_beyond_5_mm: count(&|sample| sample.leg_length_mm.abs() > LEG_LENGTH_MM),
        least_margin_deg: Quantiles { p5: quantile(0.05), p50: quantile(0.5), p95: quantile(0.95) },
        tornado: tornado(&followed, case, spread),
    })
}

/// One draw.
struct Sample {
    least_deg: f64,
    /// Bit by bit, the activities in which the neck meets the liner.
    touched: Vec<u64>,
    outside_lewinnek: bool,
    leg_length_mm: f64,
}

fn sample(followed: &[Followed], case: &RomCase, spread: &Spread, seed: u64, index: usize) -> Sample {
    // A stream for each sample: what it draws depends on no other.
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    dice.set_stream(index as u64);
    let by = spread.0.map(|sd| sd * normal(&mut dice));
    let moved = moved(case, &by);
    let mut touched = vec![0; followed.len().div_ceil(64)];
    let mut least_deg = f64::INFINITY;
    for (activity, followed) in followed.iter().enumerate() {
        let margin = followed.margin_deg(&moved, case.oscillation_deg);
        least_deg = least_deg.min(margin);
        touched[activity / 64] |= u64::from(margin < 0.0) << (activity % 64);
    }
    let [inclination, anteversion] = LEWINNEK_DEG;
    let inside = |(from, to): (f64, f64), value: f64| (from..=to).contains(&value);
    let CupAngles { inclination_deg, anteversion_deg } = moved.in_app;
    let outside_lewinnek = !inside(inclination, inclination_deg) || !inside(anteversion, anteversion_deg);
    Sample { least_deg, touched, outside_lewinnek, leg_length_mm: moved.leg_length_mm }
}

/// A standard normal number (Box and Muller 1958, 10.1214/aoms/1177706645); 1 − u is never zero.
fn normal(dice: &mut ChaCha8Rng) -> f64 {
    let (u, v) = (dice.random::<f64>(), dice.random::<f64>());
    (-2.0 * (1.0 - u).ln()).sqrt() * (std::f64::consts::TAU * v).cos()
}

fn tornado(followed: &[Followed], case: &RomCase, spread: &Spread) -> Vec<Swing> {
    let least = |by: &[f64; SOURCES]| {
        let moved = moved(case, by);
        followed.iter().map(|f| f.margin_deg(&moved, case.oscillation_deg)).fold(f64::INFINITY, f64::min)
    };
    let planned = least(&[0.0; SOURCES]);
    let swing = |(index, source): (usize, &Source)| {
        let sd = spread.0[index];
        let at = |step: f64| least(&std::array::from_fn(|i| if i == index { step } else { 0.0 }));
        Swing { source: *source, sd, low_deg: at(-sd), high_deg: at(sd) }
    };
    let mut swings: Vec<Swing> = Source::ALL.iter().enumerate().map(swing).collect();
    swings.sort_by(|a, b| b.size(planned).total_cmp(&a.size(planned)).then(a.source.cmp(&b.source)));
    swings
}
