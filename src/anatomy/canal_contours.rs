//! Inner and outer contour of the femoral cortex in cross-sections of the CT.

use super::{
    bones::Bone,
    femur::level_below_head,
    fit::median,
    model::{Axis, Femur, Sphere},
    section::{Contour, contour_at},
    shaft::{extent, on_axis},
    trochanters::AboutShaft,
};
use crate::{
    frames::Side,
    volume::{Volume, resample::trilinear},
};
use nalgebra::{Point3, Vector2, Vector3};
use std::f64::consts::TAU;

/// Bone left out above the end of the mesh, mm.
const END_MARGIN_MM: f64 = 6.0;
/// Rays in each section.
pub(super) const RAYS: usize = 72;
/// Distance between samples on a ray, mm.
const SAMPLE_MM: f64 = 0.25;
/// How far beyond the labelled surface the cortex's peak may lie, mm.
const BEYOND_MM: f64 = 1.0;
/// A cortex stands out at least this much from the marrow, HU.
const CORTEX_HU: f64 = 150.0;

/// One femur in its CT, looked at in planes perpendicular to the shaft.
pub(super) struct CanalScan<'a> {
    bone: &'a Bone<'a>,
    ct: &'a Volume,
    head: Sphere,
    shaft: Axis,
    about: AboutShaft,
    /// Level of the lesser trochanter's tip below the head centre along the shaft, mm.
    tip_mm: f64,
}

impl<'a> CanalScan<'a> {
    /// `None` when the lesser trochanter was not found: every level counts from its tip.
    pub fn new(bone: &'a Bone, ct: &'a Volume, head: &Sphere, side: Side, femur: &Femur) -> Option<Self> {
        let about = AboutShaft::new(&femur.shaft, head, side)?;
        let tip_mm = level_below_head(head, &femur.shaft, femur.lesser_trochanter.as_ref()?);
        Some(Self { bone, ct, head: *head, shaft: femur.shaft, about, tip_mm })
    }

    /// The lowest level at which there is a whole cross-section, mm below the lesser trochanter.
    pub fn end_mm(&self) -> f64 {
        extent(self.bone, &self.head, &-self.shaft.direction).below_head_mm - END_MARGIN_MM - self.tip_mm
    }

    /// The contours at a level, mm below the lesser trochanter; `None` where fewer than three quarters of the rays find a border.
    pub fn at(&self, distal_mm: f64) -> Option<CanalContours> {
        let level = on_axis(&self.shaft, &self.head, self.tip_mm + distal_mm);
        let outline = contour_at(self.bone.mesh, &level, &-self.shaft.direction)?;
        CanalContours::of(self.ct, &outline, &self.about)
    }

    /// A direction (LPS) in the coordinates of the contours.
    pub fn in_plane(&self, direction: &Vector3<f64>) -> Vector2<f64> {
        Vector2::new(direction.dot(&self.about.medial), direction.dot(&self.about.posterior))
    }

    /// A point in the plane of contours, LPS mm.
    pub fn lps(&self, contours: &CanalContours, point: &Vector2<f64>) -> Point3<f64> {
        contours.centroid + self.about.medial * point.x + self.about.posterior * point.y
    }
}

/// The contours of one cross-section: x medial (towards the head), y posterior, mm from the centroid of the outer one.
pub(super) struct CanalContours {
    /// LPS mm.
    pub centroid: Point3<f64>,
    /// The bone's surface.
    pub periosteal: Vec<Vector2<f64>>,
    /// The inner border of the cortex, star-shaped about the centroid.
    pub endosteal: Vec<Vector2<f64>>,
}

impl CanalContours {
    /// Each ray from the bone's centroid meets its densest point in the cortex; the endosteal border is where, on the way inwards, the
    /// value has fallen half way to the marrow's (half maximum: least biased by the scanner's blur, Prevrhal et al. 1999,
    /// 10.1088/0031-9155/44/3/017).
    pub fn of(ct: &Volume, outline: &Contour, about: &AboutShaft) -> Option<Self> {
        let centroid = outline.centroid;
        let plane = |p: &Point3<f64>| Vector2::new((p - centroid).dot(&about.medial), (p - centroid).dot(&about.posterior));
        let periosteal: Vec<Vector2<f64>> = outline.points.iter().map(plane).collect();
        let rays: Vec<(Vector2<f64>, Vec<f64>)> = (0..RAYS)
            .filter_map(|ray| {
                let angle = (ray as f64 + 0.5) * TAU / RAYS as f64;
                let direction = Vector2::new(angle.cos(), angle.sin());
                let outer = reach(&periosteal, &direction)?;
                let steps = ((outer + BEYOND_MM) / SAMPLE_MM) as usize;
                let along = about.medial * direction.x + about.posterior * direction.y;
                let values: Option<Vec<f64>> =
                    (0..=steps).map(|s| trilinear(ct, &(centroid + along * (s as f64 * SAMPLE_MM)))).collect();
                Some((direction, values?))
            })
            .collect();
        // The marrow: the inner third of every ray.
        let marrow = median(rays.iter().flat_map(|(_, values)| values[..values.len() / 3].iter().copied()));
        let endosteal: Vec<Vector2<f64>> =
            rays.iter().filter_map(|(direction, values)| Some(direction * endosteal_mm(values, marrow)?)).collect();
        (endosteal.len() * 4 >= RAYS * 3).then_some(Self { centroid, periosteal, endosteal })
    }
}

/// How wide a contour is along a unit vector, mm: the distance of its outermost points, as parallel rays would show it.
pub(crate) fn width_mm(contour: &[Vector2<f64>], along: &Vector2<f64>) -> f64 {
    let (low, high) =
        contour.iter().map(|p| p.dot(along)).fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
    high - low
}

/// Distance along a ray from the origin to the contour's outermost crossing.
pub(super) fn reach(contour: &[Vector2<f64>], direction: &Vector2<f64>) -> Option<f64> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ellipse_is_as_wide_as_its_axes() {
        let ellipse: Vec<_> = (0..720)
            .map(|i| {
                let angle = f64::from(i) * TAU / 720.0;
                Vector2::new(1.0 + 9.0 * angle.cos(), -0.5 + 6.0 * angle.sin())
            })
            .collect();
        assert!((reach(&ellipse, &Vector2::x()).unwrap() - 9.97).abs() < 0.01);
        for (turn_deg, width) in [(0.0_f64, 18.0), (90.0, 12.0), (30.0, 2.0 * (81.0 * 0.75 + 36.0 * 0.25_f64).sqrt())] {
            let (sin, cos) = turn_deg.to_radians().sin_cos();
            let found = width_mm(&ellipse, &Vector2::new(cos, sin));
            assert!((found - width).abs() < 1e-3, "{turn_deg}°: {found} for {width}");
        }
    }

    #[test]
    fn the_border_lies_at_half_height_between_marrow_and_cortex() {
        // Marrow 0 HU up to 5 mm, a ramp to 1000 HU at 7 mm.
        let values: Vec<f64> = (0..40).map(|s| ((f64::from(s) * SAMPLE_MM - 5.0) / 2.0).clamp(0.0, 1.0) * 1000.0).collect();
        assert!((endosteal_mm(&values, 0.0).unwrap() - 6.0).abs() < 1e-9);
        assert!(endosteal_mm(&[100.0; 40], 0.0).is_none());
    }
}
