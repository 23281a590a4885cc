//! Where a stem touches the cortex, and how much cortex remains beside it.

use super::canal_fit::StemInCanal;
use crate::{
    anatomy::{Measurement, Quantity, Unit},
    plan::room::{border, room_mm},
};
use nalgebra::Point3;
use serde::Serialize;
use std::f64::consts::TAU;

/// Distance between the rows, mm.
const STEP_MM: f64 = 2.5;
/// Columns all round the stem.
const COLUMNS: usize = 36;
/// The stem touches the cortex within this, mm: about what a contour of a CT is known to.
pub(super) const CONTACT_MM: f64 = 0.5;

pub(super) static CONTACT: Quantity = Quantity::new(
    "stem_contact",
    Unit::Percent,
    None,
    "Share of the stem's surface, as far as the canal about it is known, that lies within 0.5 mm of the inner border of the cortex or in it, in planes across \
     the shaft.",
    "Coxa",
);
pub(super) static CLEARANCE: Quantity = Quantity::new(
    "stem_clearance_least",
    Unit::Millimetres,
    None,
    "Least distance of the stem from the inner border of the cortex, from 20 mm below the lesser trochanter to the tip, in planes across the \
     shaft; negative in the cortex.",
    "Coxa",
);
pub(super) static CORTEX: Quantity = Quantity::new(
    "stem_cortex_least",
    Unit::Millimetres,
    Some([2.0, f64::INFINITY]),
    "Least distance of the stem from the outside of the femur, in planes across the shaft, as far as the outer contour is known. The range is a rule of thumb.",
    "Coxa",
);
pub(super) static CORTEX_LEVEL: Quantity = Quantity::new(
    "stem_cortex_least_level",
    Unit::Millimetres,
    None,
    "Where that is: below the tip of the lesser trochanter along the shaft.",
    "Coxa",
);

/// A place of the stem's surface.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ContactCell {
    /// Distance to the inner border of the cortex, mm; negative in the cortex.
    pub gap_mm: f64,
    /// Distance to the outside of the bone, mm; `None` where that is not known.
    pub cortex_mm: Option<f64>,
}

/// A stem's surface unrolled.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ContactMap {
    /// Distances of the rows below the stem's origin along its axis, mm.
    pub distal_mm: Vec<f64>,
    /// Levels of the rows where the stem's axis meets them, mm below the tip of the lesser trochanter.
    pub level_mm: Vec<f64>,
    /// Angles of the columns round the stem's own axis, degrees: 0 lateral, 90 anterior, 180 medial, 270 posterior.
    pub turn_deg: Vec<f64>,
    /// Row by row from the shoulder to the tip; `None` where the canal is not known.
    pub cells: Vec<Option<ContactCell>>,
    /// Area that each cell stands for, mm².
    #[serde(skip)]
    pub(super) areas_mm2: Vec<f64>,
    #[serde(skip)]
    pub(super) points: Vec<Option<Point3<f64>>>,
}

impl ContactMap {
    /// A cell by row and column.
    #[must_use]
    pub fn at(&self, row: usize, column: usize) -> Option<&ContactCell> {
        self.cells.get(row * self.turn_deg.len() + column).filter(|_| column < self.turn_deg.len())?.as_ref()
    }

    /// Cells with their row, column and area.
    pub(super) fn known(&self) -> impl Iterator<Item = (usize, usize, ContactCell, f64)> {
        let columns = self.turn_deg.len();
        let cells = self.cells.iter().zip(&self.areas_mm2).enumerate();
        cells.filter_map(move |(at, (cell, area))| cell.map(|cell| (at / columns, at % columns, cell, *area)))
    }

    /// Where least bone remains beside the stem: row, column, mm.
    pub(super) fn thinnest(&self) -> Option<(usize, usize, f64)> {
        let cortex = self.known().filter_map(|(row, column, cell, _)| Some((row, column, cell.cortex_mm?)));
        cortex.min_by(|a, b| a.2.total_cmp(&b.2))
    }
}

pub(super) fn contact_map(fit: &StemInCanal) -> ContactMap {
    let (top, tip) = fit.body_mm();
    let steps = ((tip - top) / STEP_MM).floor() as usize;
    // From the tip upwards, so that the tip itself is among them.
    let distal_mm: Vec<f64> = (0..=steps).rev().map(|step| tip - step as f64 * STEP_MM).collect();
    let angle = |column: usize| TAU * column as f64 / COLUMNS as f64;
    let (mut cells, mut areas_mm2, mut points) = (Vec::new(), Vec::new(), Vec::new());
    for &distal in &distal_mm {
        let row: Vec<Option<Point3<f64>>> = (0..COLUMNS).map(|column| fit.surface(distal, angle(column))).collect();
        let mut borders: Option<(Point3<f64>, [Option<Vec<_>>; 2])> = None;
        for column in 0..COLUMNS {
            let beside = row[(column + 1) % COLUMNS].zip(row[(column + COLUMNS - 1) % COLUMNS]);
            areas_mm2.push(beside.map_or(0.0, |(next, last)| (next - last).norm() / 2.0 * STEP_MM));
            cells.push(row[column].and_then(|point| {
                let ring = fit.canal.ring(fit.canal.level_mm(&point))?;
                // Points of a row lie on few rings.
                if borders.as_ref().is_none_or(|(centre, _)| *centre != ring.centre) {
                    let lines = [Some(&ring.inner_mm), ring.outer_mm.as_ref()].map(|radii| radii.map(|radii| border(radii, 0.0)));
                    borders = Some((ring.centre, lines));
                }
                let across = fit.canal.across(&(point - ring.centre));
                let [inner, outer] = &borders.as_ref()?.1;
                let room = |line: &Option<Vec<_>>| line.as_ref().map(|line| room_mm(line, &across));
                Some(ContactCell { gap_mm: room(inner)?, cortex_mm: room(outer) })
            }));
        }
        points.extend(row);
    }
    ContactMap {
        level_mm: distal_mm.iter().map(|distal| fit.level_mm(*distal)).collect(),
        distal_mm,
        turn_deg: (0..COLUMNS).map(|column| angle(column).to_degrees()).collect(),
        cells,
        areas_mm2,
        points,
    }
}

/// Share of the area of cells within so much of the cortex, percent; `None` without a cell.
pub(super) fn contact_percent(cells: impl Iterator<Item = (f64, f64)>, within_mm: f64) -> Option<f64> {
    let (touching, all) = cells.fold((0.0, 0.0), |(touching, all), (gap_mm, area)| {
        (if gap_mm <= within_mm { touching + area } else { touching }, all + area)
    });
    (all > 0.0).then(|| 100.0 * touching / all)
}

pub(super) fn numbers(fit: &StemInCanal, map: &ContactMap, from_mm: f64, canal_sd_mm: f64) -> Vec<Measurement> {
    let said = |quantity, value: f64, sd: f64| Measurement { quantity, side: Some(fit.side), value, sd };
    let contact = |within_mm: f64| contact_percent(map.known().map(|(_, _, cell, area)| (cell.gap_mm, area)), within_mm);
    let mut found = Vec::new();
    if let (Some(value), Some(more), Some(less)) =
        (contact(CONTACT_MM), contact(CONTACT_MM + canal_sd_mm), contact(CONTACT_MM - canal_sd_mm))
    {
        found.push(said(&CONTACT, value, (more - less) / 2.0));
    }
    let below = map.known().filter(|(row, ..)| map.level_mm[*row] >= from_mm).map(|(_, _, cell, _)| cell.gap_mm);
    found.extend(below.min_by(f64::total_cmp).map(|value| said(&CLEARANCE, value, canal_sd_mm)));
    if let Some((row, _, mm)) = map.thinnest() {
        found.push(said(&CORTEX, mm, canal_sd_mm));
        found.push(said(&CORTEX_LEVEL, map.level_mm[row], STEP_MM / 12.0_f64.sqrt()));
    }
    found
}
