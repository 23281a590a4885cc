//! Axes and canals in the document of everything measured.

use super::{
    document::BySide,
    examination::Examination,
    model::{Axis, CanalSection, Femur, ShaftSource, Sphere},
    parts::HipParts,
    trochanters::AboutShaft,
};
use crate::frames::Side;
use nalgebra::{Point3, Vector3};
use serde::Serialize;
use std::{collections::BTreeMap, f64::consts::TAU};

/// A straight line with a direction.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct AxisEntry {
    /// A point on it, LPS mm.
    pub point_lps_mm: [f64; 3],
    /// Unit vector along it, LPS.
    pub direction_lps: [f64; 3],
    /// What it is and which way it points.
    pub definition: &'static str,
}

/// A section of the femoral canal across the shaft axis.
#[derive(Clone, Debug, Serialize)]
pub struct CanalEntry {
    /// Distance along the shaft axis from the lesser trochanter, distal positive, mm.
    pub distal_of_lesser_trochanter_mm: f64,
    /// Centre of the largest circle in the canal, LPS mm: together the canal's own axis.
    pub centre_lps_mm: [f64; 3],
    /// Radius of that circle, mm.
    pub inscribed_radius_mm: f64,
    /// Inner contour of the cortex, LPS mm, closed; empty where it could not be followed.
    pub endosteal_lps_mm: Vec<[f64; 3]>,
    /// Outer contour of the cortex, likewise.
    pub periosteal_lps_mm: Vec<[f64; 3]>,
}

const OPENING: &str = "axis of the acetabular opening: through the socket's centre, out of the opening";
const NECK: &str = "neck axis: through the head centre and the neck's isthmus, from the head to the shaft";
const SHAFT: &str = "shaft axis: through the centroids of the shaft's cross-sections below the lesser trochanter, upwards";
const SHAFT_ESTIMATED: &str = "shaft axis: an estimate from the shape model fitted to the femur in the scan, upwards";

/// The axes of both hips.
pub(super) fn axes(examination: &Examination) -> BySide<AxisEntry> {
    let mut found: BySide<AxisEntry> = BTreeMap::new();
    for (side, hip) in hips(examination) {
        let mut say = |name, axis: Axis, definition| {
            let entry =
                AxisEntry { point_lps_mm: axis.point.into(), direction_lps: axis.direction.into_inner().into(), definition };
            found.entry(name).or_default().insert(side, entry);
        };
        if let Some(socket) = &hip.acetabulum {
            say("acetabular_opening", Axis { point: socket.sphere.centre, direction: socket.axis }, OPENING);
        }
        if let Some(femur) = &hip.femur {
            say("femoral_neck", femur.neck_axis, NECK);
            let measured = femur.shaft_source == ShaftSource::Measured;
            say("femoral_shaft", femur.shaft, if measured { SHAFT } else { SHAFT_ESTIMATED });
        }
    }
    found
}

/// The canals of both femora, from proximal to distal; without a CT there are none.
pub(super) fn canals(examination: &Examination) -> BTreeMap<&'static str, Vec<CanalEntry>> {
    let of = |(side, hip): (&'static str, &HipParts)| {
        let (femur, head) = (hip.femur.as_ref()?, hip.head.as_ref()?);
        let sections = sections(femur, head, hip.side)?;
        (!sections.is_empty()).then_some((side, sections))
    };
    hips(examination).into_iter().filter_map(of).collect()
}

fn hips(examination: &Examination) -> [(&'static str, &HipParts); 2] {
    [("left", examination.anatomy.hip(Side::Left)), ("right", examination.anatomy.hip(Side::Right))]
}

fn sections(femur: &Femur, head: &Sphere, side: Side) -> Option<Vec<CanalEntry>> {
    let about = AboutShaft::new(&femur.shaft, head, side)?;
    let entry = |section: &CanalSection| CanalEntry {
        distal_of_lesser_trochanter_mm: section.distal_of_lesser_trochanter_mm,
        centre_lps_mm: section.centre.into(),
        inscribed_radius_mm: section.inscribed_radius_mm,
        endosteal_lps_mm: contour(&section.centre, &section.endosteal_mm, [about.medial, about.posterior]),
        periosteal_lps_mm: contour(&section.centre, &section.periosteal_mm, [about.medial, about.posterior]),
    };
    Some(femur.canal.iter().map(entry).collect())
}

/// The places at these distances from a centre in evenly spaced directions, the first along the first axis and on by way of the second.
fn contour(centre: &Point3<f64>, distances: &[f64], [first, second]: [Vector3<f64>; 2]) -> Vec<[f64; 3]> {
    let count = distances.len() as f64;
    let place = |(i, distance): (usize, &f64)| {
        let (sin, cos) = (TAU * i as f64 / count).sin_cos();
        (centre + (first * cos + second * sin) * *distance).into()
    };
    distances.iter().enumerate().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contour_runs_from_the_first_axis_by_way_of_the_second() {
        let found = contour(&Point3::new(1.0, 2.0, 3.0), &[4.0, 5.0, 6.0, 7.0], [Vector3::x(), Vector3::y()]);
        let expected = [[5.0, 2.0, 3.0], [1.0, 7.0, 3.0], [-5.0, 2.0, 3.0], [1.0, -5.0, 3.0]];
        let off = |(a, b): (&[f64; 3], &[f64; 3])| (Point3::from(*a) - Point3::from(*b)).norm();
        assert!(found.len() == 4 && found.iter().zip(&expected).map(off).all(|off| off < 1e-12), "{found:?}");
    }
}
