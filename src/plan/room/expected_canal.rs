//! The canal that is to be expected where it was not measured: from the outside of the shaft, or from the size of the head.

use super::canal::Slice;
use crate::{
    anatomy::{Axis, Femur, Hip},
    mesh::TriMesh,
    surface::cross_section,
};
use nalgebra::{Point3, Vector3};

/// Distance of the lesser trochanter's tip below the head centre along the shaft, in head radii: mean of 25 femora drawn from the
/// shipped statistical shape model (standard deviation 0.2).
const TROCHANTER_IN_HEAD_RADII: f64 = 2.02;
/// Outer radius of the shaft in head radii at distances below the lesser trochanter in mm: from the same 25 femora (standard deviation 0.02).
const OUTER_IN_HEAD_RADII: [(f64, f64); 5] = [(20.0, 0.70), (40.0, 0.65), (60.0, 0.625), (80.0, 0.61), (120.0, 0.60)];
/// Canal radius as a share of the outer radius. At 100 mm half, the middle of the three canal types of Dorr et al. (1993, Bone 14:231;
/// cortical index A 0.58, B 0.50, C 0.42); wider near the lesser trochanter, where the cortex is thinner (our own estimate).
const CANAL_IN_OUTER_RADII: [(f64, f64); 2] = [(20.0, 0.70), (100.0, 0.50)];
/// A smaller cross-section is no femoral shaft, mm².
const LEAST_SHAFT_MM2: f64 = 50.0;

/// From the outer contour as it was measured with the anatomy, or else as the bone's surface shows it; the first that `enough` accepts.
pub(super) fn from_outer_contour(
    hip: &Hip,
    femur: &Femur,
    bone: Option<&TriMesh>,
    enough: impl Fn(&[Slice]) -> bool,
) -> Option<Vec<Slice>> {
    let in_outline = |level_mm: f64, centre, radius_mm: f64| {
        Slice::circle(level_mm, centre, radius_mm * interpolate(&CANAL_IN_OUTER_RADII, level_mm))
    };
    let sections = femur.canal.iter().filter(|section| section.outer_radius_mm.is_finite() && section.outer_radius_mm > 0.0);
    let measured: Vec<Slice> =
        sections.map(|s| in_outline(s.distal_of_lesser_trochanter_mm, s.centre, s.outer_radius_mm)).collect();
    if enough(&measured) {
        return Some(measured);
    }
    let (bone, trochanter) = (bone?, trochanter_level(hip, femur));
    let levels = (0..=30).map(|step| f64::from(step * 5));
    let cut: Vec<Slice> = levels
        .map_while(|level_mm| {
            let (centre, radius_mm) = round_section(bone, &femur.shaft, trochanter, level_mm)?;
            Some(in_outline(level_mm, centre, radius_mm))
        })
        .collect();
    enough(&cut).then_some(cut)
}

/// From the size of the head alone.
pub(super) fn from_head_size(hip: &Hip, femur: &Femur) -> Vec<Slice> {
    let trochanter = trochanter_level(hip, femur);
    let slice = |&(level_mm, share): &(f64, f64)| {
        let centre = femur.shaft.point - femur.shaft.direction.into_inner() * (trochanter + level_mm);
        Slice::circle(level_mm, centre, share * hip.head.radius_mm * interpolate(&CANAL_IN_OUTER_RADII, level_mm))
    };
    OUTER_IN_HEAD_RADII.iter().map(slice).collect()
}

/// Distance of the lesser trochanter below the shaft axis' own point, along the axis, mm.
fn trochanter_level(hip: &Hip, femur: &Femur) -> f64 {
    let below = |point: &Point3<f64>| -(point - femur.shaft.point).dot(&femur.shaft.direction);
    match &femur.lesser_trochanter {
        Some(tip) => below(&tip.position),
        None => below(&hip.head.centre) + TROCHANTER_IN_HEAD_RADII * hip.head.radius_mm,
    }
}

/// Centroid and radius of the circle of equal area of a bone's cross-section; `None` where the plane meets no closed bone.
fn round_section(bone: &TriMesh, shaft: &Axis, trochanter_mm: f64, level_mm: f64) -> Option<(Point3<f64>, f64)> {
    let through = shaft.point - shaft.direction.into_inner() * (trochanter_mm + level_mm);
    // Of several outlines, as those of the shaft and of a bubble in its surface, the largest is the shaft's.
    let outlines = cross_section(bone, &through, &shaft.direction);
    let (area, centre) =
        outlines.iter().map(|line| area_and_centroid(line, &shaft.direction)).max_by(|a, b| a.0.total_cmp(&b.0))?;
    (area > LEAST_SHAFT_MM2).then(|| (centre, (area / std::f64::consts::PI).sqrt()))
}

/// Area of a flat closed line, positive when it runs counter-clockwise about the normal, and the centroid of what it encloses.
fn area_and_centroid(line: &[Point3<f64>], normal: &Vector3<f64>) -> (f64, Point3<f64>) {
    let first = line[0];
    let (mut area, mut moment) = (0.0, Vector3::zeros());
    for pair in line.windows(2) {
        let (a, b) = (pair[0] - first, pair[1] - first);
        let part = a.cross(&b).dot(normal) / 2.0;
        area += part;
        moment += (a + b) / 3.0 * part;
    }
    (area, first + moment / area)
}

/// Linear between the points of a table, constant beyond its ends.
fn interpolate(table: &[(f64, f64)], at: f64) -> f64 {
    let (first, last) = (table[0], table[table.len() - 1]);
    let pair = table.windows(2).find(|pair| (pair[0].0..=pair[1].0).contains(&at));
    match pair {
        Some([(x0, y0), (x1, y1)]) => y0 + (y1 - y0) * (at - x0) / (x1 - x0),
        _ if at < first.0 => first.1,
        _ => last.1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cross_section_has_centre_and_radius_of_the_tube_it_cuts() {
        let tube = crate::implants::geometry::revolve(&[(0.0, -100.0), (14.0, -100.0), (14.0, 100.0), (0.0, 100.0)], 180);
        let lift = nalgebra::Isometry3::translation(7.0, -3.0, 20.0);
        let shaft = Axis { point: Point3::new(5.0, 0.0, 50.0), direction: Vector3::z_axis() };
        let (centre, radius_mm) = round_section(&tube.transformed(&lift), &shaft, 10.0, 25.0).unwrap();
        assert!((radius_mm - 14.0).abs() < 0.01, "{radius_mm}");
        assert!((centre - Point3::new(7.0, -3.0, 15.0)).norm() < 1e-6, "{centre}");
        assert!(round_section(&tube.transformed(&lift), &shaft, 10.0, 200.0).is_none());
    }

    #[test]
    fn tables_are_linear_inside_and_constant_beyond() {
        assert_eq!(interpolate(&CANAL_IN_OUTER_RADII, 60.0), 0.60);
        assert_eq!(interpolate(&CANAL_IN_OUTER_RADII, 0.0), 0.70);
        assert_eq!(interpolate(&OUTER_IN_HEAD_RADII, 300.0), 0.60);
    }
}
