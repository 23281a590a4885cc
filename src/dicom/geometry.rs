//! From slices to a grid: order along the normal, and every way in which a stack can fail to be one.

use super::{error::ImportError, header::Slice, series::LEAST_SLICES};
use crate::volume::Grid;
use nalgebra::{Point3, Vector3};

/// Slices closer than this along the normal lie at the same position, mm.
const SAME_POSITION_MM: f64 = 0.01;
/// Largest deviation of one distance from the series' spacing, as a part of it.
const SPACING_TOLERANCE: f64 = 0.01;
/// Rounding of positions to 0.01 mm alone makes distances vary by this much, mm.
const ROUNDING_MM: f64 = 0.0101;
/// Sideways offset up to which a stack counts as straight, mm: a fraction of any pixel.
const STRAIGHT_MM: f64 = 0.2;

/// Sorts the slices along their common normal, lowest first.
pub(super) fn sort(slices: &mut [Slice]) {
    let Some(normal) = slices.first().map(normal) else { return };
    slices.sort_by(|a, b| {
        let [a_mm, b_mm] = [a, b].map(|slice| slice.position.coords.dot(&normal));
        a_mm.total_cmp(&b_mm).then_with(|| a.instance_uid.cmp(&b.instance_uid)).then_with(|| a.file.cmp(&b.file))
    });
}

/// True when two slices of a stack lie at the same position along the normal.
pub(super) fn same_position(a: &Slice, b: &Slice) -> bool {
    (b.position - a.position).dot(&normal(a)).abs() < SAME_POSITION_MM
}

/// The grid of sorted slices without duplicates.
pub(super) fn grid(slices: &[Slice]) -> Result<Grid, ImportError> {
    if slices.len() < LEAST_SLICES {
        return Err(ImportError::TooFewSlices { found: slices.len(), least: LEAST_SLICES });
    }
    let (first, last) = (&slices[0], &slices[slices.len() - 1]);
    let normal = normal(first);
    let along = |slice: &Slice| (slice.position - first.position).dot(&normal);
    straight(slices, &normal)?;
    equally_spaced(slices, &slices.iter().map(along).collect::<Vec<_>>())?;
    let spacing_k = along(last) / (slices.len() - 1) as f64;
    let direction = Grid::right_handed(&first.axes[0], &first.axes[1])
        .ok_or_else(|| super::error::SliceError::Missing("ImageOrientationPatient (0020,0037)").at(&first.file))?;
    Ok(Grid {
        size: [first.columns, first.rows, slices.len()],
        spacing: [first.spacing[0], first.spacing[1], round(spacing_k)],
        origin: Point3::from(first.position.coords),
        direction,
    })
}

fn normal(slice: &Slice) -> Vector3<f64> {
    slice.axes[0].cross(&slice.axes[1]).normalize()
}

/// Spacing without the noise of subtracting positions: a nanometre is more than any scanner knows.
fn round(mm: f64) -> f64 {
    (mm * 1e6).round() / 1e6
}

fn straight(slices: &[Slice], normal: &Vector3<f64>) -> Result<(), ImportError> {
    let first = &slices[0];
    let lateral = |slice: &Slice| {
        let offset = slice.position - first.position;
        (offset - normal * normal.dot(&offset)).norm()
    };
    let furthest = slices.iter().max_by(|a, b| lateral(a).total_cmp(&lateral(b))).unwrap_or(first);
    let sideways = lateral(furthest);
    if sideways <= STRAIGHT_MM {
        return Ok(());
    }
    let degrees = sideways.atan2((furthest.position - first.position).dot(normal)).to_degrees();
    Err(ImportError::Sheared { degrees, lateral: sideways, first: first.file.clone(), last: furthest.file.clone() })
}

fn equally_spaced(slices: &[Slice], along: &[f64]) -> Result<(), ImportError> {
    let steps = along.windows(2).map(|pair| pair[1] - pair[0]).collect::<Vec<_>>();
    let mut sorted = steps.clone();
    sorted.sort_by(f64::total_cmp);
    let expected = sorted[sorted.len() / 2];
    let tolerance = (SPACING_TOLERANCE * expected).max(ROUNDING_MM);
    let deviates = |step: &f64| (step - expected).abs() > tolerance;
    let Some(at) = steps.iter().position(deviates) else { return Ok(()) };
    let found = steps[at];
    let (before, after) = (slices[at].file.clone(), slices[at + 1].file.clone());
    let multiple = (found / expected).round();
    let gap = multiple >= 2.0 && (found - multiple * expected).abs() <= multiple * tolerance;
    // Gaps are exceptions; where many distances deviate, the spacing itself varies.
    if gap && steps.iter().filter(|step| deviates(step)).count() * 5 <= steps.len().max(10) {
        Err(ImportError::MissingSlices { expected, found, before, after, missing: multiple as usize - 1 })
    } else {
        Err(ImportError::VaryingSpacing { expected, found, before, after })
    }
}
