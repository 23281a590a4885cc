//! The femoral canal that a stem must fit: measured, or expected from what the scan shows of the femur.

use crate::{
    anatomy::{Axis, Femur, Hip, ShaftSource},
    mesh::TriMesh,
    surface::cross_section,
};
use nalgebra::{Matrix3, Point3, Unit, Vector3};

/// Distance of the lesser trochanter's tip below the head centre along the shaft, in head radii: mean of 25 femora drawn from the
/// shipped statistical shape model (standard deviation 0.2).
const TROCHANTER_IN_HEAD_RADII: f64 = 2.02;
/// Outer radius of the shaft in head radii at distances below the lesser trochanter in mm: from the same 25 femora (standard deviation 0.02).
const OUTER_IN_HEAD_RADII: [(f64, f64); 5] = [(20.0, 0.70), (40.0, 0.65), (60.0, 0.625), (80.0, 0.61), (120.0, 0.60)];
/// Canal radius as a share of the outer radius. At 100 mm half, the middle of the three canal types of Dorr et al. (1993, Bone 14:231;
/// cortical index A 0.58, B 0.50, C 0.42); wider near the lesser trochanter, where the cortex is thinner (our own estimate).
const CANAL_IN_OUTER_RADII: [(f64, f64); 2] = [(20.0, 0.70), (100.0, 0.50)];
/// Shortest stretch of canal that tells a size, mm.
const SHORTEST_MM: f64 = 30.0;
/// A smaller cross-section is no femoral shaft, mm².
const LEAST_SHAFT_MM2: f64 = 50.0;
/// A fitted canal axis further than this from the shaft axis is a bent line through too few sections, degrees.
const MOST_BEND_DEG: f64 = 5.0;

/// How the canal is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CanalSource {
    /// Its inner contour was measured.
    Measured,
    /// From the outer contour of the shaft in the scan and the usual thickness of the cortex.
    OuterContour,
    /// From the size of the femoral head alone.
    HeadSize,
}

impl CanalSource {
    /// The source in words.
    pub const fn told(self) -> &'static str {
        match self {
            Self::Measured => "the canal as measured in the scan",
            Self::OuterContour => {
                "the outer contour of the shaft and the usual thickness of its cortex, because the canal itself was not measured"
            }
            Self::HeadSize => "the size of the femoral head alone, because the shaft is not in the scan",
        }
    }
}

/// One round cross-section.
#[derive(Clone, Copy, Debug)]
struct Round {
    level_mm: f64,
    centre: Point3<f64>,
    radius_mm: f64,
}

/// A canal as circles across the shaft axis, from proximal to distal.
pub(super) struct Canal {
    rounds: Vec<Round>,
    shaft: Axis,
    pub source: CanalSource,
}

impl Canal {
    /// The best that is known of a femur's canal from `from_mm` below the lesser trochanter on.
    ///
    /// `None` when the shaft was measured but no stretch of it below the lesser trochanter is long enough.
    pub fn of(hip: &Hip, femur: &Femur, bone: Option<&TriMesh>, from_mm: f64) -> Option<Self> {
        let found = |rounds, source| Self { rounds, shaft: femur.shaft, source };
        let measured = Self::rounds_of(femur, |section| section.inscribed_radius_mm);
        if long_enough(&measured, from_mm) && femur.shaft_source == ShaftSource::Measured {
            return Some(found(measured, CanalSource::Measured));
        }
        let expected = |outer: Vec<Round>| -> Vec<Round> {
            outer
                .into_iter()
                .map(|r| Round { radius_mm: r.radius_mm * interpolate(&CANAL_IN_OUTER_RADII, r.level_mm), ..r })
                .collect()
        };
        let outer = Self::rounds_of(femur, |section| section.outer_radius_mm);
        if long_enough(&outer, from_mm) {
            return Some(found(expected(outer), CanalSource::OuterContour));
        }
        let trochanter = trochanter_level(hip, femur);
        if let Some(bone) = bone {
            let cut = |level: i32| round_section(bone, &femur.shaft, trochanter, f64::from(level));
            let outer: Vec<Round> = (0..=30).map(|step| step * 5).map_while(cut).collect();
            if long_enough(&outer, from_mm) {
                return Some(found(expected(outer), CanalSource::OuterContour));
            }
        }
        // A shaft that was measured, but shows no canal of any length, is a fault that an average must not hide.
        (femur.shaft_source == ShaftSource::FittedShapeModel).then(|| {
            let outer = OUTER_IN_HEAD_RADII.iter().map(|&(level_mm, share)| Round {
                level_mm,
                centre: femur.shaft.point - femur.shaft.direction.into_inner() * (trochanter + level_mm),
                radius_mm: share * hip.head.radius_mm,
            });
            found(expected(outer.collect()), CanalSource::HeadSize)
        })
    }

    fn rounds_of(femur: &Femur, radius: impl Fn(&crate::anatomy::CanalSection) -> f64) -> Vec<Round> {
        let mut rounds: Vec<Round> = femur
            .canal
            .iter()
            .map(|s| Round { level_mm: s.distal_of_lesser_trochanter_mm, centre: s.centre, radius_mm: radius(s) })
            .filter(|round| round.radius_mm.is_finite() && round.radius_mm > 0.0)
            .collect();
        rounds.sort_by(|a, b| a.level_mm.total_cmp(&b.level_mm));
        rounds
    }

    /// Distance of a point below the lesser trochanter along the shaft, mm.
    pub fn level_mm(&self, point: &Point3<f64>) -> f64 {
        let first = &self.rounds[0];
        first.level_mm - (point - first.centre).dot(&self.shaft.direction)
    }

    /// Levels between which the canal is known, mm below the lesser trochanter.
    pub fn known_mm(&self) -> (f64, f64) {
        (self.rounds[0].level_mm, self.rounds[self.rounds.len() - 1].level_mm)
    }

    /// Centre and radius of the canal at a level; `None` outside the levels that are known.
    pub fn at(&self, level_mm: f64) -> Option<(Point3<f64>, f64)> {
        let pair = self.rounds.windows(2).find(|pair| (pair[0].level_mm..=pair[1].level_mm).contains(&level_mm))?;
        let part = (level_mm - pair[0].level_mm) / (pair[1].level_mm - pair[0].level_mm).max(1e-9);
        let centre = pair[0].centre + (pair[1].centre - pair[0].centre) * part;
        Some((centre, pair[0].radius_mm + part * (pair[1].radius_mm - pair[0].radius_mm)))
    }

    /// The straight line through the canal's centres from `from_mm` below the lesser trochanter on (least squares), pointing
    /// proximally; the shaft axis when the centres lie on it anyway or bend too much.
    pub fn axis(&self, from_mm: f64, to_mm: f64) -> Axis {
        let centres: Vec<Point3<f64>> =
            self.rounds.iter().filter(|round| (from_mm..=to_mm).contains(&round.level_mm)).map(|round| round.centre).collect();
        if centres.len() < 3 || self.source == CanalSource::HeadSize {
            return self.shaft;
        }
        let mean = Point3::from(centres.iter().map(|p| p.coords).sum::<Vector3<f64>>() / centres.len() as f64);
        let scatter: Matrix3<f64> = centres.iter().map(|p| (p - mean) * (p - mean).transpose()).sum();
        let eigen = scatter.symmetric_eigen();
        let along = eigen.eigenvectors.column(eigen.eigenvalues.imax()).into_owned();
        let direction = Unit::new_normalize(if along.dot(&self.shaft.direction) < 0.0 { -along } else { along });
        if direction.angle(&self.shaft.direction).to_degrees() > MOST_BEND_DEG {
            self.shaft
        } else {
            Axis { point: mean, direction }
        }
    }
}

fn long_enough(rounds: &[Round], from_mm: f64) -> bool {
    let useful: Vec<f64> = rounds.iter().map(|round| round.level_mm).filter(|&level| level >= from_mm).collect();
    useful.len() >= 3 && useful[useful.len() - 1] - useful[0] >= SHORTEST_MM
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
fn round_section(bone: &TriMesh, shaft: &Axis, trochanter_mm: f64, level_mm: f64) -> Option<Round> {
    let through = shaft.point - shaft.direction.into_inner() * (trochanter_mm + level_mm);
    // Of several outlines, as those of the shaft and of a bubble in its surface, the largest is the shaft's.
    let outlines = cross_section(bone, &through, &shaft.direction);
    let (area, centre) =
        outlines.iter().map(|line| area_and_centroid(line, &shaft.direction)).max_by(|a, b| a.0.total_cmp(&b.0))?;
    (area > LEAST_SHAFT_MM2).then(|| Round { level_mm, centre, radius_mm: (area / std::f64::consts::PI).sqrt() })
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
        let round = round_section(&tube.transformed(&lift), &shaft, 10.0, 25.0).unwrap();
        assert!((round.radius_mm - 14.0).abs() < 0.01, "{}", round.radius_mm);
        assert!((round.centre - Point3::new(7.0, -3.0, 15.0)).norm() < 1e-6, "{}", round.centre);
        assert!(round_section(&tube.transformed(&lift), &shaft, 10.0, 200.0).is_none());
    }

    #[test]
    fn tables_are_linear_inside_and_constant_beyond() {
        assert_eq!(interpolate(&CANAL_IN_OUTER_RADII, 60.0), 0.60);
        assert_eq!(interpolate(&CANAL_IN_OUTER_RADII, 0.0), 0.70);
        assert_eq!(interpolate(&OUTER_IN_HEAD_RADII, 300.0), 0.60);
    }
}
