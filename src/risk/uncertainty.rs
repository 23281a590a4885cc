//! What scatter of placement, measurement and posture does to a plan: seeded Monte Carlo, the same on any number of threads.

use super::{ActivityChance, BoneScatter, Chance, HipRoom, LEWINNEK_DEG, Quantiles, Source, Spread, Swing, Uncertainty};
use crate::{
    anatomy::CupAngles,
    implants::NeckRange,
    motion::{Activity, MotionError, NeckAngles, NeckInLiner, PelvicPosture, Track},
};
use nalgebra::{Rotation3, Vector3};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

/// Errors of leg length beyond this are felt, mm (tolerance of 5 to 10 mm).
const LEG_LENGTH_MM: f64 = 5.0;
const SOURCES: usize = Source::ALL.len();

/// An activity as the sampling sees it.
struct Followed {
    track: Track,
    /// Lying, the tilt of standing and sitting has no part in it.
    supine: bool,
}

/// A hip that scatter has moved.
struct Moved {
    /// From the cup's frame to the pelvic one: standing or sitting, and lying.
    cups: [Rotation3<f64>; 2],
    neck: Vector3<f64>,
    in_app: CupAngles,
    leg_length_mm: f64,
}

/// The hip so many units of each source away from the plan (degrees or mm, in the order of [`Source::ALL`]).
fn moved(joint: &NeckInLiner, by: &[f64; SOURCES]) -> Moved {
    let [inclination, anteversion, version, varus, leg, centre, obliquity, rotation, frame_tilt, femoral, tilt] = *by;
    let placed = CupAngles {
        inclination_deg: joint.cup.inclination_deg + inclination,
        anteversion_deg: joint.cup.anteversion_deg + anteversion,
    };
    let frame = Rotation3::from_scaled_axis(Vector3::new(obliquity, rotation, frame_tilt).map(f64::to_radians));
    let lying = frame * joint.with_cup(placed).rotation();
    let standing = Rotation3::from_axis_angle(&Vector3::z_axis(), tilt.to_radians()) * lying;
    let neck = NeckAngles {
        elevation_deg: joint.neck.elevation_deg - varus,
        anteversion_deg: joint.neck.anteversion_deg + version + femoral,
    };
    Moved { cups: [standing, lying], neck: neck.right_hip_axis().into_inner(), in_app: placed, leg_length_mm: leg + centre }
}

impl Followed {
    fn of(activities: &[Activity]) -> Result<Vec<Self>, MotionError> {
        let follow =
            |activity: &Activity| Ok(Self { track: activity.track()?, supine: activity.posture == PelvicPosture::Supine });
        activities.iter().map(follow).collect()
    }

    /// Least margin, degrees, to 0.005°: scatter is far coarser. `None` where it is not below so many degrees.
    fn margin_below(&self, moved: &Moved, range: &NeckRange, below_deg: f64) -> Option<f64> {
        let cup = &moved.cups[usize::from(self.supine)];
        self.track.least_margin(cup, range, &moved.neck, below_deg)
    }

    fn margin_deg(&self, moved: &Moved, range: &NeckRange) -> f64 {
        self.margin_below(moved, range, f64::INFINITY).unwrap_or(f64::INFINITY)
    }

    /// Standard deviation of the margin to first order: each source one standard deviation to either side.
    fn sd_deg(&self, joint: &NeckInLiner, spread: &Spread) -> f64 {
        let at = |source: usize, step: f64| {
            let by = std::array::from_fn(|i| if i == source { step } else { 0.0 });
            self.margin_deg(&moved(joint, &by), &joint.range)
        };
        let half = |source: usize| (at(source, spread.0[source]) - at(source, -spread.0[source])) / 2.0;
        (0..SOURCES).map(|source| half(source).powi(2)).sum::<f64>().sqrt()
    }
}

/// Standard deviation of an activity's least margin to first order, degrees.
///
/// # Errors
/// When the activity cannot be followed.
pub fn margin_sd_deg(activity: &Activity, case: impl Into<NeckInLiner>, spread: &Spread) -> Result<f64, MotionError> {
    let followed = Followed::of(std::slice::from_ref(activity))?;
    Ok(followed[0].sd_deg(&case.into(), spread))
}

/// What the spread does to a plan in some activities.
///
/// # Errors
/// When there is no activity or no sample, or an activity cannot be followed.
pub fn uncertainty(
    activities: &[Activity],
    case: impl Into<NeckInLiner>,
    spread: &Spread,
    samples: usize,
    seed: u64,
) -> Result<Uncertainty, MotionError> {
    scattered(activities, &case.into(), None, spread, samples, seed)
}

/// The same with bones: femur and stem on the pelvis to first order ([`BoneScatter`]).
///
/// # Errors
/// As [`uncertainty`].
pub fn uncertainty_on_bones(
    activities: &[Activity],
    hip: &HipRoom,
    spread: &Spread,
    samples: usize,
    seed: u64,
) -> Result<Uncertainty, MotionError> {
    let bones = BoneScatter::new(hip, activities, spread)?;
    scattered(activities, &hip.joint, bones.as_ref(), spread, samples, seed)
}

fn scattered(
    activities: &[Activity],
    joint: &NeckInLiner,
    bones: Option<&BoneScatter>,
    spread: &Spread,
    samples: usize,
    seed: u64,
) -> Result<Uncertainty, MotionError> {
    let followed = Followed::of(activities)?;
    if followed.is_empty() || samples == 0 {
        return Err(MotionError::Demand("at least one activity and one sample are needed".into()));
    }
    let drawn: Vec<Sample> =
        (0..samples).into_par_iter().map(|index| sample(&followed, joint, bones, spread, seed, index)).collect();
    let count = |happened: &dyn Fn(&Sample) -> bool| Chance::of(drawn.iter().filter(|s| happened(s)).count(), samples);
    let chance = |index: usize| ActivityChance {
        activity: activities[index].id.clone(),
        margin_deg: joint.least(&followed[index].track).margin_deg,
        sd_deg: followed[index].sd_deg(joint, spread),
        impingement: count(&|sample| sample.touched.has(index)),
        bone_margin_deg: bones.and_then(|bones| bones.planned(index)).map(|least| least.margin_deg),
        bone_impingement: bones.map(|_| count(&|sample| sample.bone.has(index))),
    };
    let mut margins: Vec<f64> = drawn.iter().map(|sample| sample.least_deg).collect();
    margins.sort_by(f64::total_cmp);
    let quantile = |part: f64| margins[((samples - 1) as f64 * part).round() as usize];
    Ok(Uncertainty {
        samples,
        seed,
        activities: (0..activities.len()).map(chance).collect(),
        bones: bones.is_some(),
        outside_zone: count(&|sample| sample.least_deg < 0.0),
        outside_lewinnek: count(&|sample| sample.outside_lewinnek),
        leg_length_beyond_5_mm: count(&|sample| sample.leg_length_mm.abs() > LEG_LENGTH_MM),
        least_margin_deg: Quantiles { p5: quantile(0.05), p50: quantile(0.5), p95: quantile(0.95) },
        tornado: tornado(&followed, joint, bones, spread),
    })
}

/// Activities, bit by bit.
#[derive(Clone)]
struct Set(Vec<u64>);

impl Set {
    fn has(&self, activity: usize) -> bool {
        self.0[activity / 64] >> (activity % 64) & 1 == 1
    }

    fn add(&mut self, activity: usize, is_in: bool) {
        self.0[activity / 64] |= u64::from(is_in) << (activity % 64);
    }
}

/// One draw.
struct Sample {
    least_deg: f64,
    /// In which the neck meets the liner, and in which bone meets.
    touched: Set,
    bone: Set,
    outside_lewinnek: bool,
    leg_length_mm: f64,
}

fn sample(
    followed: &[Followed],
    joint: &NeckInLiner,
    bones: Option<&BoneScatter>,
    spread: &Spread,
    seed: u64,
    index: usize,
) -> Sample {
    // A stream for each sample: what it draws depends on no other.
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    dice.set_stream(index as u64);
    let by = spread.0.map(|sd| sd * normal(&mut dice));
    let moved = moved(joint, &by);
    let none = Set(vec![0; followed.len().div_ceil(64)]);
    let (mut touched, mut bone) = (none.clone(), none);
    let mut least_deg = f64::INFINITY;
    for activity in 0..followed.len() {
        if let Some(margin) = bones.and_then(|bones| bones.margin_deg(activity, &by)) {
            least_deg = least_deg.min(margin);
            bone.add(activity, margin < 0.0);
        }
    }
    for (activity, followed) in followed.iter().enumerate() {
        // More room than in another activity, and no contact, need not be known.
        let Some(margin) = followed.margin_below(&moved, &joint.range, least_deg.max(0.0)) else { continue };
        least_deg = least_deg.min(margin);
        touched.add(activity, margin < 0.0);
    }
    let [inclination, anteversion] = LEWINNEK_DEG;
    let inside = |(from, to): (f64, f64), value: f64| (from..=to).contains(&value);
    let CupAngles { inclination_deg, anteversion_deg } = moved.in_app;
    let outside_lewinnek = !inside(inclination, inclination_deg) || !inside(anteversion, anteversion_deg);
    Sample { least_deg, touched, bone, outside_lewinnek, leg_length_mm: moved.leg_length_mm }
}

/// A standard normal number (Box and Muller 1958, 10.1214/aoms/1177706645); 1 − u is never zero.
fn normal(dice: &mut ChaCha8Rng) -> f64 {
    let (u, v) = (dice.random::<f64>(), dice.random::<f64>());
    (-2.0 * (1.0 - u).ln()).sqrt() * (std::f64::consts::TAU * v).cos()
}

fn tornado(followed: &[Followed], joint: &NeckInLiner, bones: Option<&BoneScatter>, spread: &Spread) -> Vec<Swing> {
    let least = |by: &[f64; SOURCES]| {
        let moved = moved(joint, by);
        let bone = (0..followed.len()).filter_map(|activity| bones?.margin_deg(activity, by));
        followed.iter().map(|f| f.margin_deg(&moved, &joint.range)).chain(bone).fold(f64::INFINITY, f64::min)
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
