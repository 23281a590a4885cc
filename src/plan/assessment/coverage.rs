//! How much of a cup bone covers, where it does not, and how far the cup stands out there.

use super::look::Look;
use crate::{
    anatomy::{Measurement, Quantity, Unit},
    frames::Side,
    plan::room::covering,
};
use rayon::prelude::*;
use serde::Serialize;
use std::f64::consts::TAU;

/// Steps in which the edge of the bone is looked for from the rim inwards, degrees; then it is halved until it is known to this.
const STEP_DEG: f64 = 3.0;
const FINE_DEG: f64 = 0.05;
/// What the coverage is off by for the number of rays, percent.
pub(super) const SAMPLING_PERCENT: f64 = 0.15;
/// The hours of the anterior wall, before which the iliopsoas passes; from there on the acetabular notch begins.
const ANTERIOR_HOURS: [f64; 2] = [1.5, 4.0];
/// Steps in which the clock is gone through, hours.
const HOUR_STEP: f64 = 0.25;

pub(super) static COVERAGE: Quantity = Quantity::new(
    "cup_coverage",
    Unit::Percent,
    Some([70.0, 100.0]),
    "Share of the cup's outer hemisphere that lies in bone or has bone within 6 mm outside it, so that the acetabular fossa counts. 70 % for a \
     cup without cement is a rule of thumb.",
    "Coxa",
);
pub(super) static OVERHANG: Quantity = Quantity::new(
    "cup_overhang_anterior",
    Unit::Millimetres,
    Some([0.0, 8.0]),
    "How far the cup's edge stands out beyond the anterior wall, along the cup from its edge to the first bone that covers it, at the worst \
     position between 1:30 and 4:00 o'clock: danger for the iliopsoas. 8 mm is a rule of thumb; symptoms were found from 12 mm on in axial \
     and 4 mm in sagittal slices.",
    "Ueno 2018, J Arthroplasty 33:3288",
);
pub(super) static OVERHANG_HOUR: Quantity = Quantity::new(
    "cup_overhang_anterior_hour",
    Unit::Hours,
    None,
    "The clock position of the largest anterior overhang: 12 superior, 3 anterior on both sides, about the cup's axis in the frame of the \
     anterior pelvic plane.",
    "Coxa",
);

/// One hour of the clock face about the cup's axis: 12 superior, 3 anterior, on both sides.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CoverageHour {
    /// 1 to 12.
    pub hour: u8,
    /// Covered share of the twelfth of the hemisphere about this hour, percent.
    pub covered_percent: f64,
    /// How far the cup is uncovered along this hour, from its edge towards the pole to the first bone, degrees.
    pub uncovered_deg: f64,
    /// The same along the cup's surface, mm.
    pub overhang_mm: f64,
}

/// Where the bone ends on a cup: how far it is uncovered from its rim towards the pole, every quarter of an hour from 12 o'clock on.
pub(super) struct Edge {
    uncovered_deg: Vec<f64>,
}

/// The quarters of an hour.
const QUARTERS: usize = 48;

impl Edge {
    pub fn of(look: &Look) -> Self {
        Self { uncovered_deg: (0..QUARTERS).into_par_iter().map(|at| uncovered_deg(look, hour_of(at))).collect() }
    }

    /// Its length on a sphere of radius 1, without what runs along the rim.
    fn length(&self, look: &Look) -> f64 {
        let point = |at: usize| look.direction(hour_of(at), 90.0 - self.uncovered_deg[at % QUARTERS]);
        let part = |at: usize| match [at, at + 1].iter().filter(|at| self.uncovered_deg[**at % QUARTERS] > 0.0).count() {
            0 => 0.0,
            inside => point(at).angle(&point(at + 1)) * inside as f64 / 2.0,
        };
        (0..QUARTERS).map(part).sum()
    }
}

const fn hour_of(at: usize) -> f64 {
    (at % QUARTERS) as f64 / 4.0
}

/// Coverage, anterior overhang and where that is. Along the cup the bone's edge is known as well as its surface is.
pub(super) fn numbers(look: &Look, edge: &Edge, side: Side) -> Vec<Measurement> {
    let said = |quantity, value: f64, sd: f64| Measurement { quantity, side: Some(side), value, sd };
    let covered = look.stretches.iter().filter(|stretches| covering(stretches, look.radius_mm).is_some()).count();
    let coverage = 100.0 * covered as f64 / look.stretches.len() as f64;
    let by_surface = 100.0 * look.surface_sd_mm / look.radius_mm * edge.length(look) / TAU;
    let anterior = (0..QUARTERS).filter(|at| (ANTERIOR_HOURS[0]..=ANTERIOR_HOURS[1]).contains(&hour_of(*at)));
    let worst =
        anterior.fold((0, 0.0), |worst, at| if edge.uncovered_deg[at] > worst.1 { (at, edge.uncovered_deg[at]) } else { worst });
    let overhang = look.radius_mm * worst.1.to_radians();
    let mut found =
        vec![said(&COVERAGE, coverage, by_surface.hypot(SAMPLING_PERCENT)), said(&OVERHANG, overhang, look.surface_sd_mm)];
    if overhang > 0.0 {
        found.push(said(&OVERHANG_HOUR, hour_of(worst.0), HOUR_STEP / 12.0_f64.sqrt()));
    }
    found
}

/// The clock face.
pub(super) fn hours(look: &Look, edge: &Edge) -> Vec<CoverageHour> {
    let mut sectors = [(0_u32, 0_u32); 12];
    for (seen, stretches) in look.seen.iter().zip(&look.stretches) {
        let (covered, all) = &mut sectors[(look.face.hours(seen) + 0.5) as usize % 12];
        *all += 1;
        *covered += u32::from(covering(stretches, look.radius_mm).is_some());
    }
    (1..=12_u8)
        .map(|hour| {
            let (covered, all) = sectors[usize::from(hour) % 12];
            let uncovered_deg = edge.uncovered_deg[usize::from(hour) * 4 % QUARTERS];
            CoverageHour {
                hour,
                covered_percent: 100.0 * f64::from(covered) / f64::from(all.max(1)),
                uncovered_deg,
                overhang_mm: look.radius_mm * uncovered_deg.to_radians(),
            }
        })
        .collect()
}

/// From the rim at an hour towards the pole to the first bone, degrees; 90 where there is none.
fn uncovered_deg(look: &Look, hour: f64) -> f64 {
    let covered = |from_rim_deg: f64| look.covered(&look.direction(hour, 90.0 - from_rim_deg));
    let steps = (90.0 / STEP_DEG).round() as usize;
    let Some(first) = (0..=steps).find(|step| covered(STEP_DEG * *step as f64)) else { return 90.0 };
    if first == 0 {
        return 0.0;
    }
    let (mut bare, mut bone) = (STEP_DEG * (first - 1) as f64, STEP_DEG * first as f64);
    while bone - bare > FINE_DEG {
        let middle = (bare + bone) / 2.0;
        if covered(middle) { bone = middle } else { bare = middle }
    }
    (bare + bone) / 2.0
}
