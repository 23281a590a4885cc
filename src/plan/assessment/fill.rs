//! How a stem fills the canal, level by level.

use super::canal_fit::StemInCanal;
use crate::{
    anatomy::{Femur, Measurement, Quantity, Unit, lateral, width_mm},
    plan::room::{area_mm2, border},
};
use nalgebra::Vector2;
use serde::Serialize;

/// Distance between the levels, mm.
const STEP_MM: f64 = 10.0;
/// The level of Dorr's cortical index, mm below the lesser trochanter.
const INDEX_MM: f64 = 100.0;

pub(super) static FILL_FRONTAL: Quantity = Quantity::new(
    "stem_fill_frontal",
    Unit::Percent,
    Some([80.0, 100.0]),
    "The largest share of the canal's width that the stem takes in the frontal plane of the femur, over the levels every 10 mm from 20 mm below the \
     lesser trochanter to the tip. The range is a rule of thumb for stems without cement.",
    "Coxa",
);
pub(super) static CORTICAL_INDEX: Quantity = Quantity::new(
    "cortical_index_100",
    Unit::Ratio,
    Some([0.42, 1.0]),
    "Outer width less canal width, over outer width, of the femur in its frontal plane 100 mm below the lesser trochanter; 0.42 is the mean of Dorr's type C.",
    "Dorr 1993, Bone 14:231",
);

/// Stem and canal in one plane across the shaft.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CanalLevel {
    /// Below the tip of the lesser trochanter along the shaft, mm.
    pub level_mm: f64,
    /// Widths of stem and canal in the frontal plane of the femur, mm.
    pub frontal_mm: [f64; 2],
    /// The same in the sagittal plane.
    pub sagittal_mm: [f64; 2],
    /// Share of the canal's frontal width that the stem takes, percent, with its standard deviation.
    pub frontal_percent: [f64; 2],
    /// The same in the sagittal plane.
    pub sagittal_percent: [f64; 2],
    /// Share of the canal's area that the stem takes, percent, with its standard deviation.
    pub area_percent: [f64; 2],
}

/// Every 10 mm from the stem's shoulder to its tip, as far as the canal is known.
pub(super) fn levels(fit: &StemInCanal, femur: &Femur, canal_sd_mm: f64) -> Vec<CanalLevel> {
    let Some(frontal) = frontal(fit, femur) else { return Vec::new() };
    let sagittal = Vector2::new(-frontal.y, frontal.x);
    let ((from, to), (top, tip)) = (fit.canal.known_mm(), fit.body_mm());
    let first = (from.max(fit.level_mm(top)) / STEP_MM).ceil() as i32;
    let last = (to.min(fit.level_mm(tip)) / STEP_MM).floor() as i32;
    let level = |step: i32| {
        let level_mm = f64::from(step) * STEP_MM;
        let (stem, ring) = (fit.outline(level_mm)?, fit.canal.ring(level_mm)?);
        let canals = [0.0, canal_sd_mm, -canal_sd_mm].map(|wider| border(&ring.inner_mm, wider));
        let share = |of: &dyn Fn(&[Vector2<f64>]) -> f64| {
            let [middle, wide, narrow] = [&canals[0], &canals[1], &canals[2]].map(|canal| 100.0 * of(&stem) / of(canal));
            [middle, (narrow - wide) / 2.0]
        };
        let widths = |along: &Vector2<f64>| [width_mm(&stem, along), width_mm(&canals[0], along)];
        Some(CanalLevel {
            level_mm,
            frontal_mm: widths(&frontal),
            sagittal_mm: widths(&sagittal),
            frontal_percent: share(&|line| width_mm(line, &frontal)),
            sagittal_percent: share(&|line| width_mm(line, &sagittal)),
            // Areas carry the sign of the way round.
            area_percent: share(&|line| area_mm2(line).abs()),
        })
    };
    (first..=last).filter_map(level).collect()
}

/// The lateral direction of the femur's frontal plane across the shaft.
fn frontal(fit: &StemInCanal, femur: &Femur) -> Option<Vector2<f64>> {
    fit.canal.across(&lateral(femur, fit.side)?.into_inner()).try_normalize(1e-9)
}

/// The best frontal fill, and the cortex of the canal.
pub(super) fn numbers(
    fit: &StemInCanal,
    femur: &Femur,
    levels: &[CanalLevel],
    from_mm: f64,
    canal_sd_mm: f64,
) -> Vec<Measurement> {
    let side = Some(fit.side);
    let fullest = levels.iter().filter(|level| level.level_mm >= from_mm).map(|level| level.frontal_percent);
    let fullest = fullest.max_by(|a, b| a[0].total_cmp(&b[0]));
    let fill = fullest.map(|[value, sd]| Measurement { quantity: &FILL_FRONTAL, side, value, sd });
    let index = fit.canal.ring(INDEX_MM).zip(frontal(fit, femur)).and_then(|(ring, frontal)| {
        let [inner, outer] = [&ring.inner_mm, ring.outer_mm.as_ref()?].map(|radii| width_mm(&border(radii, 0.0), &frontal));
        let sd = 2.0 * canal_sd_mm / outer * 1.0_f64.hypot(inner / outer);
        Some(Measurement { quantity: &CORTICAL_INDEX, side, value: 1.0 - inner / outer, sd })
    });
    fill.into_iter().chain(index).collect()
}
