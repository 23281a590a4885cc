//! One case of theoretical motion (a cup, a neck, an oscillation angle), and tables of such cases as CSV.

use super::{Limit, MotionError, NeckAngles, theoretical};
use crate::anatomy::CupAngles;
use std::{fmt::Write, fs, path::Path};

/// A cup, a neck and the oscillation angle between them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RomCase {
    /// The cup, radiographic.
    pub cup: CupAngles,
    /// The neck.
    pub neck: NeckAngles,
    /// Oscillation angle θ, degrees, above 0 and below 180.
    pub oscillation_deg: f64,
}

/// The columns of a table of cases and their limits.
pub const COLUMNS: &str = "RI,RA,a,b,theta,flex,ext,abd,add,IR0,ER0,IR90,ER90";

const INPUTS: [&str; 5] = ["RI", "RA", "a", "b", "theta"];

impl RomCase {
    /// Checks the numbers.
    ///
    /// # Errors
    /// [`MotionError::OutOfRange`] names the first that is not usable.
    pub fn new(cup: CupAngles, neck: NeckAngles, oscillation_deg: f64) -> Result<Self, MotionError> {
        let within = |what, found: f64, low: f64, high: f64, expected| {
            let inside = found > low && found < high;
            inside.then_some(()).ok_or(MotionError::OutOfRange { what, expected, found })
        };
        for (what, angle) in [
            ("cup inclination (RI)", cup.inclination_deg),
            ("cup anteversion (RA)", cup.anteversion_deg),
            ("neck elevation (a)", neck.elevation_deg),
            ("neck anteversion (b)", neck.anteversion_deg),
        ] {
            within(what, angle, -180.0, 180.0, "an angle between −180° and 180°")?;
        }
        within("oscillation angle (theta)", oscillation_deg, 0.0, 180.0, "an angle above 0° and below 180°")?;
        Ok(Self { cup, neck, oscillation_deg })
    }

    /// The limits by the closed form.
    #[must_use]
    pub fn limits(&self) -> [Limit; 8] {
        theoretical::limits(&self.cup, &self.neck, self.oscillation_deg)
    }

    /// The case and its limits as a line of CSV in the order of [`COLUMNS`], limits with six decimals; `inf` where there is none.
    #[must_use]
    pub fn csv_line(&self, limits: &[Limit; 8]) -> String {
        let Self { cup, neck, oscillation_deg } = self;
        let mut line = format!(
            "{},{},{},{},{oscillation_deg}",
            cup.inclination_deg, cup.anteversion_deg, neck.elevation_deg, neck.anteversion_deg
        );
        for limit in limits {
            // Writing to a String cannot fail.
            write!(line, ",{:.6}", limit.degrees().unwrap_or(f64::INFINITY)).ok();
        }
        line
    }
}

/// Reads a table of cases: CSV whose first line names at least the columns `RI`, `RA`, `a`, `b` and `theta`; other columns are
/// passed over, so a table with its expected limits beside the inputs can be read as it is.
///
/// # Errors
/// The file is unreadable, a column is missing or a cell is not a usable number; the message names file, line and column.
pub fn read_cases(path: &Path) -> Result<Vec<RomCase>, MotionError> {
    let text = fs::read_to_string(path).map_err(|source| MotionError::Unreadable { path: path.into(), source })?;
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let header: Vec<&str> = lines.next().map_or(Vec::new(), |(_, line)| split(line.trim_start_matches('\u{feff}')));
    let mut places = [0; 5];
    for (place, column) in places.iter_mut().zip(INPUTS) {
        let found = header.iter().position(|name| *name == column);
        *place = found.ok_or_else(|| MotionError::NoColumn { path: path.into(), column })?;
    }
    lines.map(|(index, line)| read_case(path, index + 1, line, &places)).collect()
}

fn split(line: &str) -> Vec<&str> {
    line.split(',').map(str::trim).collect()
}

fn read_case(path: &Path, line: usize, text: &str, places: &[usize; 5]) -> Result<RomCase, MotionError> {
    let cells = split(text);
    let mut values = [0.0; 5];
    for ((value, &place), column) in values.iter_mut().zip(places).zip(INPUTS) {
        let cell = cells.get(place).copied().unwrap_or_default();
        let bad = || MotionError::BadCell { path: path.into(), line, column, expected: "a number", found: cell.into() };
        *value = cell.parse().map_err(|_| bad())?;
    }
    let [inclination_deg, anteversion_deg, elevation_deg, neck_anteversion_deg, oscillation_deg] = values;
    let cup = CupAngles { inclination_deg, anteversion_deg };
    let neck = NeckAngles { elevation_deg, anteversion_deg: neck_anteversion_deg };
    RomCase::new(cup, neck, oscillation_deg).map_err(|error| match error {
        MotionError::OutOfRange { what: column, expected, found } => {
            MotionError::BadCell { path: path.into(), line, column, expected, found: found.to_string() }
        }
        other => other,
    })
}
