//! The femoral canal that a stem must fit, as cross-sections across the shaft axis.

use super::{
    expected_canal,
    ring::{RAYS, Ring},
};
use crate::{
    anatomy::{Axis, Femur, Hip, ShaftSource},
    frames::Side,
    mesh::TriMesh,
    plan::Osteotomy,
};
use nalgebra::{Matrix3, Point3, Unit, Vector2, Vector3};
use std::f64::consts::TAU;

/// Shortest stretch of canal that tells a size, mm.
const SHORTEST_MM: f64 = 30.0;
/// A fitted canal axis further than this from the shaft axis is a bent line through too few sections, degrees.
const MOST_BEND_DEG: f64 = 5.0;
/// Distance between the levels that are kept ready, mm: a canal widens by a twentieth of that.
const LEVEL_MM: f64 = 0.5;
/// Waves round a contour that are kept: more are noise of the image, not shape of the bone.
const WAVES: usize = 6;

/// How the canal is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::plan) enum CanalSource {
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

/// One cross-section.
#[derive(Clone, Debug)]
pub(in crate::plan) struct Slice {
    /// Distance below the lesser trochanter along the shaft, mm.
    pub level_mm: f64,
    /// LPS mm.
    pub centre: Point3<f64>,
    /// Distances of the inner border of the cortex from the centre all round, mm; a single one for a circle.
    pub inner_mm: Vec<f64>,
    /// The same of the outside of the bone; empty where it is not known.
    pub outer_mm: Vec<f64>,
}

impl Slice {
    /// A canal that is a circle.
    pub fn circle(level_mm: f64, centre: Point3<f64>, radius_mm: f64) -> Self {
        Self { level_mm, centre, inner_mm: vec![radius_mm], outer_mm: Vec::new() }
    }
}

/// Room about a point in the canal.
#[derive(Clone, Copy, Debug)]
pub(in crate::plan) struct Room {
    /// To the inner border of the cortex, away from the canal's centre, mm; negative in the cortex.
    pub inner_mm: f64,
    /// To the outside of the bone, mm; `None` where that is not known.
    pub outer_mm: Option<f64>,
    /// Distance of the point from the canal's centre, mm.
    pub from_centre_mm: f64,
}

/// A canal as sections across the shaft axis, from proximal to distal.
pub(in crate::plan) struct Canal {
    slices: Vec<Slice>,
    /// Every `LEVEL_MM` from the first slice to the last: a search asks some ten million times.
    rings: Vec<Ring>,
    shaft: Axis,
    /// Where the shaft runs below an osteotomy; elsewhere the shaft.
    below: Axis,
    /// From where, and on by way of where, the contours count.
    directions: [Vector3<f64>; 2],
    pub source: CanalSource,
}

impl Canal {
    /// The best that is known of a femur's canal from `from_mm` below the lesser trochanter on.
    ///
    /// `None` when the shaft was measured but no stretch of it below the lesser trochanter is long enough.
    pub fn of(hip: &Hip, femur: &Femur, bone: Option<&TriMesh>, from_mm: f64) -> Option<Self> {
        let directions = hip.canal_directions(femur)?;
        let found = |slices: Vec<Slice>, source| Self {
            rings: rings(&slices),
            slices,
            shaft: femur.shaft,
            below: femur.shaft,
            directions,
            source,
        };
        let measured = measured(femur);
        if long_enough(&measured, from_mm) && femur.shaft_source == ShaftSource::Measured {
            return Some(found(measured, CanalSource::Measured));
        }
        let outer = expected_canal::from_outer_contour(hip, femur, bone, |slices| long_enough(slices, from_mm));
        if let Some(outer) = outer {
            return Some(found(outer, CanalSource::OuterContour));
        }
        // A shaft that was measured, but shows no canal of any length, is a fault that an average must not hide.
        (femur.shaft_source == ShaftSource::FittedShapeModel)
            .then(|| found(expected_canal::from_head_size(hip, femur), CanalSource::HeadSize))
    }

    /// The canal of the femur put together after an osteotomy: what lies between the cuts is left out, what lies below has moved. The cuts are
    /// taken as transverse. `None` where less than two sections are known below.
    pub fn operated(mut self, osteotomy: &Osteotomy, side: Side) -> Option<Self> {
        let motion = osteotomy.motion(side);
        let cut_mm = self.level_mm(&osteotomy.frame.origin);
        let below_mm = self.level_mm(&(motion.inverse() * osteotomy.frame.origin)).max(cut_mm);
        let [x, y] = self.directions;
        let turn = (motion * x).dot(&y).atan2((motion * x).dot(&x)) / TAU;
        let turned = |mm: &[f64]| -> Vec<f64> {
            let at = |ray: usize| (ray as f64 / mm.len() as f64 - turn).rem_euclid(1.0);
            (0..mm.len()).map(|ray| all_round(mm, at(ray))).collect()
        };
        let moved = |slice: &Slice| {
            let centre = motion * slice.centre;
            Slice {
                level_mm: self.level_mm(&centre),
                centre,
                inner_mm: turned(&slice.inner_mm),
                outer_mm: turned(&slice.outer_mm),
            }
        };
        let mut slices: Vec<Slice> = self.slices.iter().filter(|slice| slice.level_mm < cut_mm).cloned().collect();
        slices.extend(between(&self.slices, cut_mm));
        let distal: Vec<Slice> = between(&self.slices, below_mm)
            .iter()
            .chain(self.slices.iter().filter(|s| s.level_mm > below_mm))
            .map(moved)
            .collect();
        if distal.len() < 2 {
            return None;
        }
        slices.extend(distal);
        self.rings = rings(&slices);
        self.below = Axis { point: motion * self.shaft.point, direction: motion * self.shaft.direction };
        self.slices = slices;
        Some(self)
    }

    /// Mean diameter of the canal at a level, mm; `None` outside the levels that are known.
    pub fn diameter_mm(&self, level_mm: f64) -> Option<f64> {
        let slice = between(&self.slices, level_mm)?;
        Some(2.0 * slice.inner_mm.iter().sum::<f64>() / slice.inner_mm.len() as f64)
    }

    /// Distance of a point below the lesser trochanter along the shaft, mm.
    pub fn level_mm(&self, point: &Point3<f64>) -> f64 {
        let first = &self.slices[0];
        first.level_mm - (point - first.centre).dot(&self.shaft.direction)
    }

    /// Levels between which the canal is known, mm below the lesser trochanter.
    pub fn known_mm(&self) -> (f64, f64) {
        (self.slices[0].level_mm, self.slices[self.slices.len() - 1].level_mm)
    }

    /// Room about a point; `None` outside the levels that are known.
    pub fn room(&self, point: &Point3<f64>) -> Option<Room> {
        let ring = self.ring(self.level_mm(point))?;
        let across = self.across(&(point - ring.centre));
        let (from_centre_mm, turn) = (across.norm(), across.y.atan2(across.x).rem_euclid(TAU) / TAU);
        let outer_mm = ring.outer_mm.as_ref().map(|outer| all_round(outer, turn) - from_centre_mm);
        Some(Room { inner_mm: all_round(&ring.inner_mm, turn) - from_centre_mm, outer_mm, from_centre_mm })
    }

    /// The canal at a level, mm below the lesser trochanter; `None` outside the levels that are known.
    pub fn ring(&self, level_mm: f64) -> Option<&Ring> {
        let place = (level_mm - self.slices[0].level_mm) / LEVEL_MM;
        self.rings.get((place >= -0.5).then_some((place + 0.5) as usize)?)
    }

    /// A vector (LPS) across the shaft: towards the head, and posterior across that.
    pub fn across(&self, vector: &Vector3<f64>) -> Vector2<f64> {
        Vector2::new(vector.dot(&self.directions[0]), vector.dot(&self.directions[1]))
    }

    /// The shaft axis across which the canal is cut, pointing proximally.
    pub fn shaft(&self) -> &Unit<Vector3<f64>> {
        &self.shaft.direction
    }

    /// The straight line through the canal's centres from `from_mm` below the lesser trochanter on (least squares), pointing
    /// proximally; the shaft axis when the centres lie on it anyway or bend too much.
    pub fn axis(&self, from_mm: f64, to_mm: f64) -> Axis {
        let centres: Vec<Point3<f64>> =
            self.slices.iter().filter(|slice| (from_mm..=to_mm).contains(&slice.level_mm)).map(|slice| slice.centre).collect();
        if centres.len() < 3 || self.source == CanalSource::HeadSize {
            return self.below;
        }
        let mean = Point3::from(centres.iter().map(|p| p.coords).sum::<Vector3<f64>>() / centres.len() as f64);
        let scatter: Matrix3<f64> = centres.iter().map(|p| (p - mean) * (p - mean).transpose()).sum();
        let eigen = scatter.symmetric_eigen();
        let along = eigen.eigenvectors.column(eigen.eigenvalues.imax()).into_owned();
        let direction = Unit::new_normalize(if along.dot(&self.shaft.direction) < 0.0 { -along } else { along });
        if direction.angle(&self.below.direction).to_degrees() > MOST_BEND_DEG {
            self.below
        } else {
            Axis { point: mean, direction }
        }
    }
}

/// The sections whose inner border was measured.
fn measured(femur: &Femur) -> Vec<Slice> {
    let contour = |mm: &[f64], otherwise: f64| if mm.is_empty() { vec![otherwise] } else { smooth(mm) };
    let sections =
        femur.canal.iter().filter(|section| section.inscribed_radius_mm.is_finite() && section.inscribed_radius_mm > 0.0);
    let mut slices: Vec<Slice> = sections
        .map(|section| Slice {
            level_mm: section.distal_of_lesser_trochanter_mm,
            centre: section.centre,
            inner_mm: contour(&section.endosteal_mm, section.inscribed_radius_mm),
            outer_mm: contour(&section.periosteal_mm, section.outer_radius_mm),
        })
        .collect();
    slices.sort_by(|a, b| a.level_mm.total_cmp(&b.level_mm));
    slices
}

/// The section at a level between two that are known, linearly.
fn between(slices: &[Slice], level_mm: f64) -> Option<Slice> {
    let below = slices.partition_point(|slice| slice.level_mm < level_mm).max(1);
    let (a, b) = (&slices[below - 1], slices.get(below)?);
    if level_mm < a.level_mm {
        return None;
    }
    let part = (level_mm - a.level_mm) / (b.level_mm - a.level_mm).max(1e-9);
    let radii = |of: fn(&Slice) -> &[f64]| -> Vec<f64> {
        let count = of(a).len().max(of(b).len());
        let at = |ray: usize| [a, b].map(|slice| all_round(of(slice), ray as f64 / count as f64));
        if of(a).is_empty() || of(b).is_empty() {
            return Vec::new();
        }
        (0..count).map(at).map(|[above, below]| above + (below - above) * part).collect()
    };
    let (inner_mm, outer_mm) = (radii(|slice| &slice.inner_mm), radii(|slice| &slice.outer_mm));
    Some(Slice { level_mm, centre: a.centre + (b.centre - a.centre) * part, inner_mm, outer_mm })
}

/// The slices and what lies between them, linearly.
fn rings(slices: &[Slice]) -> Vec<Ring> {
    let (Some(first), Some(last)) = (slices.first(), slices.last()) else { return Vec::new() };
    let count = ((last.level_mm - first.level_mm) / LEVEL_MM).round() as usize;
    (0..=count)
        .filter_map(|step| {
            let level_mm = first.level_mm + step as f64 * LEVEL_MM;
            let below = slices.partition_point(|slice| slice.level_mm < level_mm).clamp(1, slices.len() - 1);
            let (a, b) = (&slices[below - 1], slices.get(below)?);
            let part = (level_mm - a.level_mm) / (b.level_mm - a.level_mm).max(1e-9);
            let radii = |of: fn(&Slice) -> &[f64]| {
                std::array::from_fn(|ray| {
                    let [above, below] = [a, b].map(|slice| all_round(of(slice), ray as f64 / RAYS as f64));
                    above + (below - above) * part
                })
            };
            let outer_known = !a.outer_mm.is_empty() && !b.outer_mm.is_empty();
            Some(Ring {
                centre: a.centre + (b.centre - a.centre) * part,
                inner_mm: radii(|slice| &slice.inner_mm),
                outer_mm: outer_known.then(|| radii(|slice| &slice.outer_mm)),
            })
        })
        .collect()
}

fn long_enough(slices: &[Slice], from_mm: f64) -> bool {
    let useful: Vec<f64> = slices.iter().map(|slice| slice.level_mm).filter(|&level| level >= from_mm).collect();
    useful.len() >= 3 && useful[useful.len() - 1] - useful[0] >= SHORTEST_MM
}

/// A distance at a part (0 to 1) of the whole turn, linear between those listed.
fn all_round(mm: &[f64], turn: f64) -> f64 {
    let place = turn * mm.len() as f64;
    let (first, part) = (place as usize % mm.len(), place.fract());
    mm[first] + part * (mm[(first + 1) % mm.len()] - mm[first])
}

/// A contour without the waves that are shorter than the shape of a bone.
fn smooth(mm: &[f64]) -> Vec<f64> {
    let count = mm.len() as f64;
    let angle = |wave: usize, at: usize| TAU * (wave * at) as f64 / count;
    let waves: Vec<[f64; 2]> = (0..=WAVES.min(mm.len() / 2))
        .map(|wave| {
            let part = |of: fn(f64) -> f64| mm.iter().enumerate().map(|(at, mm)| mm * of(angle(wave, at))).sum::<f64>() / count;
            [part(f64::cos), part(f64::sin)].map(|part| if wave == 0 { part } else { 2.0 * part })
        })
        .collect();
    let at = |at: usize| {
        waves.iter().enumerate().map(|(wave, [cos, sin])| cos * angle(wave, at).cos() + sin * angle(wave, at).sin()).sum()
    };
    (0..mm.len()).map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_oval_stays_and_noise_goes() {
        let oval = |turn: f64| 1.0 / ((turn.cos() / 9.0).powi(2) + (turn.sin() / 7.5).powi(2)).sqrt();
        let at = |i: usize| TAU * i as f64 / 72.0;
        let clean: Vec<f64> = (0..72).map(|i| oval(at(i))).collect();
        let noisy: Vec<f64> = clean.iter().enumerate().map(|(i, mm)| mm + if i % 2 == 0 { 0.4 } else { -0.4 }).collect();
        for (i, found) in smooth(&noisy).into_iter().enumerate() {
            assert!((found - clean[i]).abs() < 0.02, "{i}: {found} for {}", clean[i]);
        }
        assert_eq!(smooth(&[8.0]), [8.0]);
        assert!((all_round(&clean, 10.25 / 72.0) - (0.75 * clean[10] + 0.25 * clean[11])).abs() < 1e-9);
        assert!((all_round(&clean, 71.5 / 72.0) - (clean[71] + clean[0]) / 2.0).abs() < 1e-9);
    }
}
