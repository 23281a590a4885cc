//! Hounsfield units of the bone that the implants touch, zone by zone.

use super::{
    canal_fit::StemInCanal,
    contact::{CONTACT_MM, ContactMap, contact_percent},
    look::Look,
};
use crate::{
    anatomy::{Measurement, Quantity, Unit},
    frames::Side,
    plan::room::covering,
    volume::{Volume, resample::trilinear},
};
use nalgebra::{Point3, Vector2, Vector3};
use serde::Serialize;
use std::f64::consts::TAU;

/// Depths beyond a cup and beyond a stem at which bone is sampled, mm.
const CUP_DEPTHS_MM: [f64; 5] = [1.0, 2.0, 3.0, 4.0, 5.0];
const STEM_DEPTHS_MM: [f64; 3] = [1.0, 2.0, 3.0];
/// Of the cup, what lies within this of the frontal plane through its centre, mm.
const NEAR_PLANE_MM: f64 = 10.0;
/// The zone below a stem's tip: as deep, mm, in steps of one.
const BELOW_TIP_MM: i32 = 10;
/// More is metal, HU.
const METAL_HU: f64 = 2500.0;
/// A zone is not given when a greater share of it is metal or outside the CT, or it has fewer samples.
const MOST_LEFT_OUT: f64 = 0.2;
const LEAST_SAMPLES: usize = 20;

macro_rules! cup_zone {
    ($number:literal, $place:literal) => {
        Quantity::new(
            concat!("density_cup_zone_", $number),
            Unit::Hounsfield,
            None,
            concat!(
                "Mean Hounsfield units of the bone that covers the cup, 1 to 5 mm beyond its outer surface, within 10 mm of the frontal plane (anterior pelvic \
                 plane's frame) through its centre, in DeLee–Charnley zone ",
                $number,
                ": the ",
                $place,
                " third of the cup's half circle in that plane, 60° each about its pole."
            ),
            "DeLee 1976, CORR 121:20",
        )
    };
}

macro_rules! stem_zone {
    ($number:literal, $place:literal) => {
        Quantity::new(
            concat!("density_stem_zone_", $number),
            Unit::Hounsfield,
            None,
            concat!(
                "Mean Hounsfield units of the femur 1 to 3 mm beyond the stem's surface (zone 4: within 10 mm below its tip) in Gruen zone ",
                $number,
                ": ",
                $place,
                ". Thirds of the stem's body from its shoulder to its tip; its own axis parts lateral from medial."
            ),
            "Gruen 1979, CORR 141:17",
        )
    };
}

pub(super) static CUP_ZONES: [Quantity; 3] =
    [cup_zone!("1", "superolateral"), cup_zone!("2", "middle"), cup_zone!("3", "inferomedial")];
pub(super) static STEM_ZONES: [Quantity; 7] = [
    stem_zone!("1", "lateral, proximal third"),
    stem_zone!("2", "lateral, middle third"),
    stem_zone!("3", "lateral, distal third"),
    stem_zone!("4", "below the tip"),
    stem_zone!("5", "medial, distal third"),
    stem_zone!("6", "medial, middle third"),
    stem_zone!("7", "medial, proximal third"),
];

/// The bone under one zone of an implant.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Zone {
    /// Number of the zone, from 1.
    pub zone: u8,
    /// Share of the zone that touches: covered by bone for a cup, within 0.5 mm of the cortex for a stem, percent; `None` where that cannot
    /// be told.
    pub contact_percent: Option<f64>,
    /// Mean of the bone there and its standard deviation, HU; `None` without a CT or where too little of it is bone.
    pub hu: Option<[f64; 2]>,
}

/// What was sampled of a zone: values, and how many places had none.
#[derive(Default)]
struct Samples {
    hu: Vec<f64>,
    left_out: usize,
}

impl Samples {
    fn add(&mut self, ct: &Volume, at: &Point3<f64>) {
        match trilinear(ct, at).filter(|hu| *hu <= METAL_HU) {
            Some(hu) => self.hu.push(hu),
            None => self.left_out += 1,
        }
    }

    /// Mean, and its standard error when one voxel counts as one value.
    fn mean(&self, sample_mm3: f64, voxel_mm3: f64) -> Option<[f64; 2]> {
        let (count, all) = (self.hu.len() as f64, (self.hu.len() + self.left_out) as f64);
        if self.hu.len() < LEAST_SAMPLES || self.left_out as f64 > MOST_LEFT_OUT * all {
            return None;
        }
        let mean = self.hu.iter().sum::<f64>() / count;
        let variance = self.hu.iter().map(|hu| (hu - mean).powi(2)).sum::<f64>() / count;
        let independent = (count * (sample_mm3 / voxel_mm3).min(1.0)).max(1.0);
        Some([mean, (variance / independent).sqrt()])
    }
}

/// Zones 1 to 3 of a cup.
pub(super) fn of_cup(look: &Look, ct: Option<&Volume>) -> Vec<Zone> {
    let pole = -Vector2::new(look.face.axis.z, look.face.axis.y);
    let zone_of = |seen: &Vector3<f64>| {
        if (seen.x * look.radius_mm).abs() > NEAR_PLANE_MM {
            return None;
        }
        // From the pole in the frontal plane, negative towards the lateral edge.
        let across = Vector2::new(seen.z, seen.y);
        let turn_deg = pole.perp(&across).atan2(pole.dot(&across)).to_degrees();
        let third = ((turn_deg + 90.0) / 60.0).floor();
        (0.0..3.0).contains(&third).then_some(third as usize)
    };
    let mut found: [(Samples, usize, usize); 3] = Default::default();
    for (seen, stretches) in look.seen.iter().zip(&look.stretches) {
        let Some(zone) = zone_of(seen) else { continue };
        let (samples, covered, all) = &mut found[zone];
        *all += 1;
        let Some((from, to)) = covering(stretches, look.radius_mm) else { continue };
        *covered += 1;
        let Some(ct) = ct else { continue };
        for depth in CUP_DEPTHS_MM.iter().map(|mm| from.max(look.radius_mm) + mm).filter(|depth| *depth <= to) {
            samples.add(ct, &(look.centre + look.lps(seen) * depth));
        }
    }
    let sample_mm3 = look.solid_angle() * (look.radius_mm + 3.0).powi(2);
    let zone = |(at, (samples, covered, all)): (usize, (Samples, usize, usize))| Zone {
        zone: at as u8 + 1,
        contact_percent: (all > 0).then(|| 100.0 * covered as f64 / all as f64),
        hu: ct.and_then(|ct| samples.mean(sample_mm3, ct.grid.voxel_mm3())),
    };
    found.into_iter().enumerate().map(zone).collect()
}

/// Zones 1 to 7 of a stem.
pub(super) fn of_stem(fit: &StemInCanal, map: &ContactMap, ct: Option<&Volume>) -> Vec<Zone> {
    let (top, tip) = fit.body_mm();
    let columns = map.turn_deg.len();
    let zone_of = |row: usize, column: usize| {
        let third = ((map.distal_mm[row] - top) / (tip - top) * 3.0).clamp(0.0, 2.0) as usize;
        if map.turn_deg[column].to_radians().cos() > 0.0 { third } else { 6 - third }
    };
    let mut found: [(Samples, Vec<(f64, f64)>); 7] = Default::default();
    for (row, column, cell, area) in map.known() {
        let (samples, cells) = &mut found[zone_of(row, column)];
        cells.push((cell.gap_mm, area));
        let outward = fit.outward(map.distal_mm[row], map.turn_deg[column].to_radians());
        let (Some(ct), Some(point), Some(outward)) = (ct, map.points[row * columns + column], outward) else { continue };
        for depth in STEM_DEPTHS_MM.iter().filter(|depth| cell.cortex_mm.is_none_or(|room| **depth <= room)) {
            samples.add(ct, &(point + outward * *depth));
        }
    }
    if let Some(ct) = ct {
        below_tip(fit, ct, &mut found[3].0);
    }
    let cells = map.areas_mm2.len().max(1) as f64;
    let sample_mm3 = map.areas_mm2.iter().sum::<f64>() / cells;
    let zone = |(at, (samples, cells)): (usize, (Samples, Vec<(f64, f64)>))| Zone {
        zone: at as u8 + 1,
        contact_percent: contact_percent(cells.into_iter(), CONTACT_MM),
        hu: ct.and_then(|ct| samples.mean(sample_mm3, ct.grid.voxel_mm3())),
    };
    found.into_iter().enumerate().map(zone).collect()
}

/// What lies below the tip, as wide as it is.
fn below_tip(fit: &StemInCanal, ct: &Volume, samples: &mut Samples) {
    let tip = fit.stem.tip_mm();
    let Some(section) = fit.stem.section_at(tip) else { return };
    for depth in 1..=BELOW_TIP_MM {
        for (ring, turn) in (0..3_u8).flat_map(|ring| (0..12_u8).map(move |turn| (ring, turn))) {
            let (sin, cos) = (TAU * f64::from(turn) / 12.0).sin_cos();
            let part = (f64::from(ring) + 0.5) / 3.0;
            let (x, z) = (section.depth_mm / 2.0 * sin * part, section.width_mm / 2.0 * cos * part - section.medial_shift_mm);
            samples.add(ct, &fit.placed.lps_point(fit.side, &Point3::new(x, -tip - f64::from(depth), z)));
        }
    }
}

/// The means of zones as measurements.
pub(super) fn numbers(quantities: &'static [Quantity], zones: &[Zone], side: Side) -> Vec<Measurement> {
    let number = |(quantity, zone): (&'static Quantity, &Zone)| {
        zone.hu.map(|[value, sd]| Measurement { quantity, side: Some(side), value, sd })
    };
    quantities.iter().zip(zones).filter_map(number).collect()
}
