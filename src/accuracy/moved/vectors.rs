//! Limits that are known to be right: published ones, and tables of them.

use crate::{
    accuracy::errors::Gathered,
    anatomy::CupAngles,
    motion::{COLUMNS, Limit, Motion, NeckAngles, RomCase, impingement::mesh_limits, read_cases},
};
use rayon::prelude::*;
use std::{fs, path::Path};

/// How far the closed form may be off a table of six decimals, degrees.
const CLOSED_DEG: f64 = 0.05;
/// How far the meshes may be, degrees.
const MESH_DEG: f64 = 0.1;
/// The worked values are given to two decimals, degrees.
const ROUNDED_DEG: f64 = 0.0051;
/// Worked values of the closed form, the first five numbers of a row being inclination, anteversion, neck elevation and anteversion, and
/// oscillation angle; then the limits in the order of [`Motion::ALL`].
const WORKED: [[f64; 13]; 9] = [
    [45.0, 20.0, 45.0, 15.0, 120.0, 126.90, 43.40, 53.48, 51.49, 128.97, 44.49, 37.14, 97.14],
    [45.0, 20.0, 45.0, 15.0, 135.0, 139.24, 55.74, 62.18, 60.19, 141.73, 57.26, 47.76, 107.76],
    [40.0, 15.0, 45.0, 15.0, 135.0, 127.94, 60.36, 59.07, 67.08, 144.81, 69.56, 38.00, 108.00],
    [40.0, 20.0, 45.0, 10.0, 135.0, 129.07, 58.54, 58.35, 67.47, 144.43, 65.39, 37.76, 117.76],
    [40.0, 20.0, 45.0, 20.0, 135.0, 136.09, 47.50, 56.09, 62.53, 154.43, 55.39, 47.76, 107.76],
    [40.0, 20.0, 37.0, 15.0, 135.0, 143.82, 55.08, 48.41, 72.49, 139.75, 50.71, 41.37, 111.37],
    [40.0, 5.0, 45.0, 15.0, 135.0, 116.62, 74.57, 61.97, 69.99, 132.84, 87.33, 27.89, 97.89],
    [40.0, 30.0, 45.0, 15.0, 135.0, 141.28, 38.25, 52.15, 60.16, 156.33, 42.47, 52.27, 122.27],
    [45.0, 20.0, 45.0, 15.0, 150.0, 152.68, 69.19, 70.63, 68.65, 155.77, 71.30, 58.54, 118.54],
];

/// A case with its true limits.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownLimits {
    /// Cup, neck and oscillation angle.
    pub case: RomCase,
    /// Degrees, in the order of [`Motion::ALL`].
    pub limits_deg: [f64; 8],
}

impl KnownLimits {
    /// How far found limits are off, degrees; infinite where one was not found.
    #[must_use]
    pub fn errors_deg(&self, found: &[Limit; 8]) -> [f64; 8] {
        std::array::from_fn(|at| found[at].degrees().unwrap_or(f64::INFINITY) - self.limits_deg[at])
    }
}

/// Reads a table with the columns of [`COLUMNS`].
///
/// # Errors
/// What of it cannot be read, in words.
pub fn known_limits(path: &Path) -> Result<Vec<KnownLimits>, String> {
    let cases = read_cases(path).map_err(|error| error.to_string())?;
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    if lines.next() != Some(COLUMNS) {
        return Err(format!("{}: the first line must be {COLUMNS}", path.display()));
    }
    let row = |(case, line): (RomCase, &str)| {
        let cells: Vec<f64> = line.split(',').skip(5).filter_map(|cell| cell.trim().parse().ok()).collect();
        let limits_deg = cells.try_into().map_err(|_| format!("{}: '{line}' has not eight limits", path.display()))?;
        Ok(KnownLimits { case, limits_deg })
    };
    cases.into_iter().zip(lines).map(row).collect()
}

/// Errors of every case by a method.
pub fn errors_deg(known: &[KnownLimits], limits: impl Fn(&RomCase) -> [Limit; 8] + Sync) -> Vec<[f64; 8]> {
    known.par_iter().map(|known| known.errors_deg(&limits(&known.case))).collect()
}

/// The worked values.
fn worked() -> Vec<KnownLimits> {
    let known = |row: &[f64; 13]| KnownLimits {
        case: RomCase {
            cup: CupAngles { inclination_deg: row[0], anteversion_deg: row[1] },
            neck: NeckAngles { elevation_deg: row[2], anteversion_deg: row[3] },
            oscillation_deg: row[4],
        },
        limits_deg: std::array::from_fn(|at| row[5 + at]),
    };
    WORKED.iter().map(known).collect()
}

pub(super) fn hold_published(gathered: &mut Gathered) {
    let known = worked();
    hold("worked values", "closed form, to two decimals", &known, &errors_deg(&known, RomCase::limits), ROUNDED_DEG, gathered);
    let exact: Vec<KnownLimits> = known
        .iter()
        .map(|known| KnownLimits {
            limits_deg: known.case.limits().map(|limit| limit.degrees().unwrap_or(f64::INFINITY)),
            ..known.clone()
        })
        .collect();
    hold("worked values", "mesh engine against the closed form", &exact, &errors_deg(&exact, mesh_limits), MESH_DEG, gathered);
}

pub(super) fn hold_file(path: &Path, gathered: &mut Gathered) -> Result<(), String> {
    if !path.is_file() {
        return Err(format!("vectors of the range of motion: {} is not at hand", path.display()));
    }
    let known = known_limits(path)?;
    hold("rom_vectors.csv", "closed form", &known, &errors_deg(&known, RomCase::limits), CLOSED_DEG, gathered);
    hold("rom_vectors.csv", "mesh engine", &known, &errors_deg(&known, mesh_limits), MESH_DEG, gathered);
    Ok(())
}

fn hold(set: &'static str, what: &str, known: &[KnownLimits], errors: &[[f64; 8]], limit: f64, gathered: &mut Gathered) {
    for (known, errors) in known.iter().zip(errors) {
        let RomCase { cup, neck, oscillation_deg } = known.case;
        let case = [cup.inclination_deg, cup.anteversion_deg, neck.elevation_deg, neck.anteversion_deg, oscillation_deg];
        for (motion, error) in Motion::ALL.iter().zip(errors) {
            gathered.case = format!("{} {}", case.map(|degrees| degrees.to_string()).join("/"), motion.short_name());
            gathered.add(set, what, "deg", *error, limit, 0.0);
        }
    }
}
