//! The bone over a cup's hemisphere, as a map.

use super::look::{Look, bone_beyond};
use crate::plan::room::FOSSA_MM;
use rayon::prelude::*;
use serde::Serialize;

/// Columns: every quarter of an hour.
const COLUMNS: usize = 48;
/// Rows: every 5°, each in the middle of its ring.
const ROWS: usize = 18;

/// What lies under the cup along one direction.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CupMapCell {
    /// Where bone begins outside the cup's surface, mm; negative for bone that has to be reamed away. `None` without bone.
    pub gap_mm: Option<f64>,
    /// Bone beyond the cup's surface up to its far side, mm; 0 without bone.
    pub depth_mm: f64,
    /// True where bone covers the cup, the fossa (6 mm) included.
    pub covered: bool,
}

/// Directions over the hemisphere, by the clock face about the cup's axis (12 superior, 3 anterior, on both sides) and the angle from the
/// pole, which lies opposite to the opening.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CupMap {
    /// Hours of the columns.
    pub hours: Vec<f64>,
    /// Angles from the pole of the rows, degrees; the rim is at 90.
    pub from_pole_deg: Vec<f64>,
    /// Row by row from the pole.
    pub cells: Vec<CupMapCell>,
}

impl CupMap {
    /// A cell by row and column.
    #[must_use]
    pub fn at(&self, row: usize, column: usize) -> Option<&CupMapCell> {
        self.cells.get(row * self.hours.len() + column).filter(|_| column < self.hours.len())
    }
}

pub(super) fn cup_map(look: &Look) -> CupMap {
    let hours: Vec<f64> = (0..COLUMNS).map(|column| 12.0 * column as f64 / COLUMNS as f64).collect();
    let from_pole_deg: Vec<f64> = (0..ROWS).map(|row| 90.0 * (row as f64 + 0.5) / ROWS as f64).collect();
    let cells = (0..ROWS * COLUMNS)
        .into_par_iter()
        .map(|at| {
            let stretches = look.along(&look.direction(hours[at % COLUMNS], from_pole_deg[at / COLUMNS]));
            let bone = bone_beyond(&stretches, look.radius_mm);
            let gap_mm = bone.map(|(from, _)| from - look.radius_mm);
            CupMapCell {
                gap_mm,
                depth_mm: bone.map_or(0.0, |(from, to)| to - from.max(look.radius_mm)),
                covered: gap_mm.is_some_and(|gap| gap <= FOSSA_MM),
            }
        })
        .collect();
    CupMap { hours, from_pole_deg, cells }
}
