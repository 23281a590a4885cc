//! The femoral canal as circles in cross-sections of the CT.

use super::{
    canal_contours::{CanalContours, CanalScan, RAYS, reach},
    model::{CanalSection, Femur, Hip},
    trochanters::AboutShaft,
};
use nalgebra::{Vector2, Vector3};
use std::f64::consts::TAU;

/// Distance between sections, mm.
const STEP_MM: f64 = 5.0;
/// The first section lies this far above the lesser trochanter (where the canal flare index is taken; Noble et al. 1988), mm.
const FIRST_ABOVE_LESSER_TROCHANTER_MM: f64 = 20.0;
/// The last one at most this far below it: beyond the longest primary stem, mm.
const LAST_BELOW_LESSER_TROCHANTER_MM: f64 = 180.0;

/// Canal sections every 5 mm from 20 mm above the lesser trochanter downwards, as far as the femur reaches.
pub(super) fn canal_of(scan: &CanalScan) -> Vec<CanalSection> {
    levels(scan).filter_map(|distal| Some(section(scan, &scan.at(distal)?, distal))).collect()
}

impl Hip {
    /// The directions across the shaft from which [`CanalSection::endosteal_mm`] counts: towards the head, and the posterior one across that
    /// (unit vectors, LPS). `None` when the head lies on the shaft axis.
    #[must_use]
    pub fn canal_directions(&self, femur: &Femur) -> Option<[Vector3<f64>; 2]> {
        AboutShaft::new(&femur.shaft, &self.head, self.side).map(|about| [about.medial, about.posterior])
    }
}

/// The levels of the sections, mm below the lesser trochanter.
pub(super) fn levels(scan: &CanalScan) -> impl Iterator<Item = f64> {
    let last = scan.end_mm().min(LAST_BELOW_LESSER_TROCHANTER_MM);
    let count = ((last + FIRST_ABOVE_LESSER_TROCHANTER_MM) / STEP_MM).floor() as i32;
    (0..=count).map(|i| f64::from(i) * STEP_MM - FIRST_ABOVE_LESSER_TROCHANTER_MM)
}

fn section(scan: &CanalScan, contours: &CanalContours, distal: f64) -> CanalSection {
    let (middle, inscribed_radius_mm) = inscribed_circle(&contours.endosteal);
    CanalSection {
        distal_of_lesser_trochanter_mm: distal,
        centre: scan.lps(contours, &middle),
        inscribed_radius_mm,
        outer_radius_mm: mean_radius(&contours.periosteal, &middle),
        endosteal_mm: distances(&contours.endosteal, &middle),
        periosteal_mm: distances(&contours.periosteal, &middle),
    }
}

/// Distances of a contour from a point within it, all round, to a hundredth of a millimetre; empty when it does not surround the point.
fn distances(contour: &[Vector2<f64>], from: &Vector2<f64>) -> Vec<f64> {
    let about: Vec<Vector2<f64>> = contour.iter().map(|point| point - from).collect();
    let found: Option<Vec<f64>> = (0..RAYS)
        .map(|ray| {
            let (sin, cos) = (TAU * ray as f64 / RAYS as f64).sin_cos();
            reach(&about, &Vector2::new(cos, sin)).map(|mm| (mm * 100.0).round() / 100.0)
        })
        .collect();
    found.unwrap_or_default()
}

/// Centre and radius of the largest circle inside a contour that is star-shaped about the origin, to 0.01 mm.
fn inscribed_circle(contour: &[Vector2<f64>]) -> (Vector2<f64>, f64) {
    let clearance = |c: &Vector2<f64>| {
        (0..contour.len())
            .map(|i| {
                let (a, b) = (contour[i], contour[(i + 1) % contour.len()]);
                let along = (b - a) * ((c - a).dot(&(b - a)) / (b - a).norm_squared().max(1e-12)).clamp(0.0, 1.0);
                (c - a - along).norm()
            })
            .fold(f64::INFINITY, f64::min)
    };
    let mut centre = contour.iter().sum::<Vector2<f64>>() / contour.len() as f64;
    let mut best = clearance(&centre);
    let mut step = 2.0;
    while step > 0.005 {
        let better = (0..16)
            .map(|i| {
                let angle = TAU * f64::from(i) / 16.0;
                let candidate = centre + Vector2::new(angle.cos(), angle.sin()) * step;
                (clearance(&candidate), candidate)
            })
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .filter(|(value, _)| *value > best);
        match better {
            Some((value, candidate)) => (best, centre) = (value, candidate),
            None => step /= 2.0,
        }
    }
    (centre, best)
}

/// Mean distance of a contour from a point, over its length.
fn mean_radius(contour: &[Vector2<f64>], from: &Vector2<f64>) -> f64 {
    let (sum, length) = (0..contour.len()).fold((0.0, 0.0), |(sum, length), i| {
        let (a, b) = (contour[i], contour[(i + 1) % contour.len()]);
        let piece = (b - a).norm();
        (sum + piece * ((a + b) / 2.0 - from).norm(), length + piece)
    });
    if length > 0.0 { sum / length } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::super::tube::{Tube, blurred, inside_mm};
    use super::*;
    use crate::frames::Side;
    use nalgebra::Vector3;

    #[test]
    fn the_largest_circle_in_an_ellipse_has_its_short_radius() {
        let ellipse: Vec<_> = (0..720)
            .map(|i| {
                let angle = f64::from(i) * TAU / 720.0;
                Vector2::new(1.0 + 9.0 * angle.cos(), -0.5 + 6.0 * angle.sin())
            })
            .collect();
        let (centre, radius) = inscribed_circle(&ellipse);
        assert!((radius - 6.0).abs() < 0.01 && (centre.y + 0.5).abs() < 0.02, "{centre} {radius}");
    }

    /// A shaft of 14 mm outer and 8 mm inner radius, the canal 1.5 mm off its centre, in a CT of 0.9 mm voxels blurred by 0.7 mm.
    #[test]
    fn a_tube_has_its_canal() {
        let hu = |p: &Vector3<f64>| {
            let (outer, inner) = (inside_mm([14.0; 2], p.x, p.y), inside_mm([8.0; 2], p.x - 1.5, p.y));
            -80.0 + 1380.0 * blurred(outer) * blurred(-inner) + 80.0 * blurred(outer) * blurred(inner)
        };
        let tube = Tube { side: Side::Left, version_deg: 0.0, outer_mm: |_| [14.0; 2], hu, voxel_mm: 0.9 };
        let (mesh, ct, (hip, femur)) = (tube.mesh(), tube.ct(), tube.hip());
        let bone = tube.bone(&mesh);
        let scan = CanalScan::new(&bone, &ct, &hip.head, hip.side, &femur).unwrap();
        let canal = canal_of(&scan);
        assert_eq!(canal.len(), 37, "every 5 mm from 20 mm above to 160 mm below");
        for found in canal {
            assert!((found.inscribed_radius_mm - 8.0).abs() < 0.2, "{found:?}");
            assert!((found.outer_radius_mm - 14.0).abs() < 0.15, "{found:?}");
            let centre = tube.lps(&Vector3::new(1.5, 0.0, found.distal_of_lesser_trochanter_mm));
            assert!((found.centre - centre).norm() < 0.2, "{found:?}");
            // The canal lies 1.5 mm laterally in the bone: towards the head, where the directions begin, there is more of it.
            for (ray, (inner, outer)) in found.endosteal_mm.iter().zip(&found.periosteal_mm).enumerate() {
                let (sin, cos) = (TAU * ray as f64 / RAYS as f64).sin_cos();
                let truth = 1.5 * cos + (14.0_f64.powi(2) - (1.5 * sin).powi(2)).sqrt();
                assert!((inner - 8.0).abs() < 0.35 && (outer - truth).abs() < 0.25, "{ray}: {inner} {outer} for {truth}");
            }
            assert_eq!((found.endosteal_mm.len(), found.periosteal_mm.len()), (RAYS, RAYS));
        }
    }
}
