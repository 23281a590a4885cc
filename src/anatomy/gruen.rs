//! Density of the proximal femur in the zones of Gruen.

use super::{
    bones::Bone,
    density::{Density, Planes},
    femur::level_below_head,
    frontal::lateral,
    measurement::{Measurement, Quantity, Unit},
    metal::Metal,
    model::{Femur, ShaftSource, Sphere},
    shaft::{extent, on_axis},
};
use crate::{frames::Side, volume::Volume};
use nalgebra::{Unit as UnitVector, Vector3};

/// The stem that is not there yet: between a resection of the neck and the tip of a primary stem, mm below the tip of the lesser trochanter.
const STEM_MM: [f64; 2] = [-15.0, 120.0];
/// Zone 4 lies below the tip, this long, mm.
const BELOW_TIP_MM: f64 = 20.0;

macro_rules! zone {
    ($number:literal, $place:literal) => {
        Quantity::new(
            concat!("density_gruen_", $number),
            Unit::Hounsfield,
            None,
            concat!(
                "Mean Hounsfield units of all that the femur's surface encloses (cortex, spongy bone, marrow) in Gruen zone ",
                $number,
                ": ",
                $place,
                ". The zones are set before there is a stem: thirds of the 135 mm from 15 mm above the tip of the lesser trochanter to 120 mm ",
                "below it, along the shaft axis, which parts lateral from medial in the frontal plane of the femur; zone 4 the 20 mm below. Not ",
                "given where more than a fifth lies within 10 mm of metal."
            ),
            "Zones after Gruen 1979, CORR 141:17",
        )
    };
}

static ZONES: [Quantity; 7] = [
    zone!("1", "lateral, proximal third"),
    zone!("2", "lateral, middle third"),
    zone!("3", "lateral, distal third"),
    zone!("4", "below the tip"),
    zone!("5", "medial, distal third"),
    zone!("6", "medial, middle third"),
    zone!("7", "medial, proximal third"),
];

/// The zone (0 is zone 1) of a level and a side of the shaft.
fn zone_of(place: &Vector3<f64>) -> Option<usize> {
    let [from, to] = STEM_MM;
    if (to..to + BELOW_TIP_MM).contains(&place.z) {
        return Some(3);
    }
    let third = (0..3).find(|n| {
        let edge = |n: usize| from + (to - from) * n as f64 / 3.0;
        (edge(*n)..edge(n + 1)).contains(&place.z)
    })?;
    Some(if place.x > 0.0 { third } else { 6 - third })
}

/// Densities of the zones that are in the scan.
pub(super) fn of_femur(
    side: Side,
    head: &Sphere,
    femur: &Femur,
    bone: &Bone,
    ct: &Volume,
    metal: &Metal,
) -> Option<Vec<Measurement>> {
    let tip = femur.lesser_trochanter.as_ref().filter(|_| femur.shaft_source == ShaftSource::Measured)?;
    let (lateral, proximal) = (lateral(femur, side)?, femur.shaft.direction);
    let tip_mm = level_below_head(head, &femur.shaft, tip);
    let planes = Planes {
        origin: on_axis(&femur.shaft, head, tip_mm),
        axes: [lateral, UnitVector::new_normalize(lateral.cross(&proximal)), -proximal],
    };
    let sd_mm = tip.sd_mm.unwrap_or_default();
    // Beyond the zones by three standard deviations, so that they can be shifted.
    let beyond = (3.0 * sd_mm).ceil();
    let density = Density::new(bone, ct, metal, &planes, &(STEM_MM[0] - beyond..STEM_MM[1] + BELOW_TIP_MM + beyond));
    let end_mm = extent(bone, head, &-proximal).below_head_mm - tip_mm;
    let lowest_mm = |zone: usize| match zone {
        3 => STEM_MM[1] + BELOW_TIP_MM,
        lateral_or_medial => {
            STEM_MM[0] + (STEM_MM[1] - STEM_MM[0]) * (1 + lateral_or_medial.min(6 - lateral_or_medial)) as f64 / 3.0
        }
    };
    let shift = Vector3::z() * sd_mm;
    Some(
        (0..ZONES.len())
            .filter(|zone| lowest_mm(*zone) <= end_mm)
            .filter_map(|zone| density.measure(&ZONES[zone], side, &shift, |place| zone_of(place) == Some(zone)))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::super::tube::Tube;
    use super::*;
    use nalgebra::Point3;

    /// Hundred times the number of the zone.
    fn hu(p: &Vector3<f64>) -> f64 {
        let proximal_to_distal = |numbers: [f64; 3]| {
            100.0
                * if p.z < 30.0 {
                    numbers[0]
                } else if p.z < 75.0 {
                    numbers[1]
                } else {
                    numbers[2]
                }
        };
        match p.z {
            z if z > 120.0 => 400.0,
            _ if p.x > 0.0 => proximal_to_distal([1.0, 2.0, 3.0]),
            _ => proximal_to_distal([7.0, 6.0, 5.0]),
        }
    }

    fn zones(side: Side, voxel_mm: f64, metal: &[Point3<f64>]) -> Vec<Measurement> {
        let tube = Tube { side, version_deg: 12.0, outer_mm: |_| [15.0, 13.0], hu, voxel_mm };
        let (mesh, ct, (hip, femur)) = (tube.mesh(), tube.ct(), tube.hip());
        of_femur(side, &hip.head, &femur, &tube.bone(&mesh), &ct, &Metal::new(metal)).unwrap()
    }

    /// Exact where samples are voxels; within 8 HU where voxels straddle the shaft axis, at which zones differ by up to 600 HU.
    #[test]
    fn every_zone_has_its_density_on_both_sides() {
        for side in Side::BOTH {
            for (voxel_mm, bound) in [(1.0, 1e-9), (1.3, 8.0)] {
                let found = zones(side, voxel_mm, &[]);
                assert_eq!(found.len(), 7);
                for (m, zone) in found.iter().zip(1..) {
                    assert_eq!((m.quantity.key, m.side), (format!("density_gruen_{zone}").as_str(), Some(side)));
                    assert!((m.value - 100.0 * f64::from(zone)).abs() < bound, "{side} zone {zone}: {}", m.value);
                    // Zones are known to 1.6 mm along the shaft, and their neighbours differ by up to 300 HU.
                    assert!(m.sd < 15.0, "{side} zone {zone}: ± {}", m.sd);
                }
            }
        }
    }

    #[test]
    fn a_zone_beside_metal_is_not_given() {
        // A screw across the lateral wall, 50 mm below the lesser trochanter.
        let screw: Vec<_> = (5..40).map(|x| Point3::new(f64::from(x), 0.0, -50.0)).collect();
        let found: Vec<_> = zones(Side::Left, 1.0, &screw).iter().map(|m| m.quantity.key).collect();
        assert!(!found.contains(&"density_gruen_2") && found.len() == 6, "{found:?}");
    }
}
