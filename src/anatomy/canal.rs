//! The femoral canal in cross-sections of the CT.

use super::{
    bones::Bone,
    femur::level_below_head,
    fit::median,
    model::{CanalSection, Femur, Sphere},
    section::{Contour, contour_at},
    shaft::{extent, on_axis},
    trochanters::AboutShaft,
};
use crate::{
    frames::Side,
    volume::{Volume, resample::trilinear},
};
use nalgebra::{Point3, Vector2};
use std::f64::consts::TAU;

/// Distance between sections, mm.
const STEP_MM: f64 = 5.0;
/// The first section lies this far above the lesser trochanter (where the canal flare index is taken; Noble et al. 1988), mm.
const FIRST_ABOVE_LESSER_TROCHANTER_MM: f64 = 20.0;
/// The last one at most this far below it: beyond the longest primary stem, mm.
const LAST_BELOW_LESSER_TROCHANTER_MM: f64 = 180.0;
/// Bone left out above the end of the mesh, mm.
const END_MARGIN_MM: f64 = 6.0;
/// Rays in each section.
const RAYS: usize = 72;
/// Distance between samples on a ray, mm.
const SAMPLE_MM: f64 = 0.25;
/// How far beyond the labelled surface the cortex's peak may lie, mm.
const BEYOND_MM: f64 = 1.0;
/// A cortex stands out at least this much from the marrow, HU.
const CORTEX_HU: f64 = 150.0;

/// Canal sections every 5 mm from 20 mm above the lesser trochanter downwards, as far as the femur reaches.
///
/// In the plane perpendicular to the shaft, each ray from the bone's centroid meets its densest point in the cortex; the endosteal
/// border is where, on the way inwards, the value has fallen half way to the marrow's (half maximum: least biased by the scanner's blur,
/// Prevrhal et al. 1999, 10.1088/0031-9155/44/3/017). Sections in which fewer than three quarters of the rays find a border are left out.
pub(super) fn canal_of(bone: &Bone, ct: &Volume, head: &Sphere, side: Side, femur: &Femur) -> Vec<CanalSection> {
    let shaft = &femur.shaft;
    let (Some(about), Some(tip)) = (AboutShaft::new(shaft, head, side), &femur.lesser_trochanter) else { return Vec::new() };
    let tip_mm = level_below_head(head, shaft, tip);
    let reach_mm = extent(bone, head, &-shaft.direction).below_head_mm;
    let last = (reach_mm - END_MARGIN_MM - tip_mm).min(LAST_BELOW_LESSER_TROCHANTER_MM);
    let count = ((last + FIRST_ABOVE_LESSER_TROCHANTER_MM) / STEP_MM).floor() as i32;
    (0..=count)
        .filter_map(|i| {
            let distal = f64::from(i) * STEP_MM - FIRST_ABOVE_LESSER_TROCHANTER_MM;
            let outline = contour_at(bone.mesh, &on_axis(shaft, head, tip_mm + distal), &-shaft.direction)?;
            section(ct, &outline, &about, distal)
        })
        .collect()
}

fn section(ct: &Volume, outline: &Contour, about: &AboutShaft, distal: f64) -> Option<CanalSection> {
    let centre = outline.centroid;
    let plane = |p: &Point3<f64>| Vector2::new((p - centre).dot(&about.medial), (p - centre).dot(&about.posterior));
    let periosteal: Vec<Vector2<f64>> = outline.points.iter().map(plane).collect();
    let rays: Vec<(Vector2<f64>, Vec<f64>)> = (0..RAYS)
        .filter_map(|ray| {
            let angle = (ray as f64 + 0.5) * TAU / RAYS as f64;
            let direction = Vector2::new(angle.cos(), angle.sin());
            let outer = reach(&periosteal, &direction)?;
            let steps = ((outer + BEYOND_MM) / SAMPLE_MM) as usize;
            let along = about.medial * direction.x + about.posterior * direction.y;
            let values: Option<Vec<f64>> =
                (0..=steps).map(|s| trilinear(ct, &(centre + along * (s as f64 * SAMPLE_MM)))).collect();
            Some((direction, values?))
        })
        .collect();
    // The marrow: the inner third of every ray.
    let marrow = median(rays.iter().flat_map(|(_, values)| values[..values.len() / 3].iter().copied()));
    let endosteal: Vec<Vector2<f64>> =
        rays.iter().filter_map(|(direction, values)| Some(direction * endosteal_mm(values, marrow)?)).collect();
    if endosteal.len() < RAYS * 3 / 4 {
        return None;
    }
    let (middle, inscribed_radius_mm) = inscribed_circle(&endosteal);
    let outer_radius_mm = mean_radius(&periosteal, &middle);
    let centre = centre + about.medial * middle.x + about.posterior * middle.y;
    Some(CanalSection { distal_of_lesser_trochanter_mm: distal, centre, inscribed_radius_mm, outer_radius_mm })
}

/// Distance along a ray from the origin to the contour's outermost crossing.
fn reach(contour: &[Vector2<f64>], direction: &Vector2<f64>) -> Option<f64> {
    (0..contour.len())
        .filter_map(|i| {
            let (a, b) = (contour[i], contour[(i + 1) % contour.len()]);
            let (left, right) = (direction.perp(&a), direction.perp(&b));
            if (left < 0.0) == (right < 0.0) {
                return None;
            }
            let t = left / (left - right);
            Some((a + (b - a) * t).dot(direction)).filter(|d| *d > 0.0)
        })
        .max_by(f64::total_cmp)
}

/// Distance from the centre at which the value has fallen half way from the cortex's peak to the marrow.
fn endosteal_mm(values: &[f64], marrow: f64) -> Option<f64> {
    let outer_half = values.len() / 2;
    let peak = (outer_half..values.len()).max_by(|&a, &b| values[a].total_cmp(&values[b]))?;
    if values[peak] - marrow < CORTEX_HU {
        return None;
    }
    let half = (values[peak] + marrow) / 2.0;
    let inside = (0..peak).rev().find(|&s| values[s] < half)?;
    let fraction = (half - values[inside]) / (values[inside + 1] - values[inside]);
    Some((inside as f64 + fraction) * SAMPLE_MM)
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
    use super::*;
    use crate::volume::Grid;
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
        assert!((reach(&ellipse, &Vector2::x()).unwrap() - 9.97).abs() < 0.01);
    }

    /// A shaft of 14 mm outer and 8 mm inner radius, the canal 1.5 mm off its centre, in a CT of 0.9 mm voxels blurred by 0.7 mm.
    #[test]
    fn a_tube_has_its_canal() {
        let grid = Grid::axis_aligned([44, 44, 4], [0.9, 0.9, 1.5], Point3::new(-19.0, -19.0, -2.0));
        let edge = |distance: f64| 1.0 / (1.0 + (-distance / 0.4).exp());
        let hu = (0..grid.len())
            .map(|i| {
                let p = grid.centre(grid.voxel(i));
                let (outer, inner) = (14.0 - p.coords.xy().norm(), Vector2::new(p.x - 1.5, p.y).norm() - 8.0);
                (-80.0 + 1380.0 * edge(outer) * edge(inner) + 80.0 * edge(outer) * edge(-inner)) as i16
            })
            .collect();
        let circle = |i: i32| {
            let angle = f64::from(i) * TAU / 90.0;
            Point3::new(14.0 * angle.cos(), 14.0 * angle.sin(), 0.3)
        };
        let outline = Contour::new((0..90).map(circle).collect(), &Vector3::z_axis());
        let about = AboutShaft { proximal: Vector3::z(), medial: Vector3::x(), posterior: Vector3::y() };
        let found = section(&Volume { grid, hu }, &outline, &about, 0.0).unwrap();
        assert!((found.inscribed_radius_mm - 8.0).abs() < 0.2, "{found:?}");
        assert!((found.outer_radius_mm - 14.0).abs() < 0.15, "{found:?}");
        assert!((found.centre - Point3::new(1.5, 0.0, 0.3)).norm() < 0.2, "{found:?}");
    }

    #[test]
    fn the_border_lies_at_half_height_between_marrow_and_cortex() {
        // Marrow 0 HU up to 5 mm, a ramp to 1000 HU at 7 mm.
        let values: Vec<f64> = (0..40).map(|s| ((f64::from(s) * SAMPLE_MM - 5.0) / 2.0).clamp(0.0, 1.0) * 1000.0).collect();
        assert!((endosteal_mm(&values, 0.0).unwrap() - 6.0).abs() < 1e-9);
        assert!(endosteal_mm(&[100.0; 40], 0.0).is_none());
    }
}
