//! A stem in its canal: its surface, and its outline in planes across the shaft.

use crate::{
    frames::Side,
    implants::Stem,
    plan::{StemPlacement, room::Canal},
};
use nalgebra::{Point3, Vector2, Vector3};
use std::f64::consts::TAU;

/// Points on an outline: as many as the canal's.
const POINTS: usize = 72;
/// Rounds in which the place of an outline's point along the stem is found; a stem leans by a few degrees, so that each gains a digit or more.
const ROUNDS: usize = 8;

/// A stem where it is, in the canal that it is put into.
pub(super) struct StemInCanal<'a> {
    pub stem: &'a Stem,
    pub placed: &'a StemPlacement,
    pub side: Side,
    pub canal: &'a Canal,
}

impl StemInCanal<'_> {
    /// A point of the surface, LPS mm: so far below the stem's origin, at an angle round its own axis from lateral by way of anterior
    /// (the parameter of its elliptical section, radians). `None` above and below the body.
    pub fn surface(&self, distal_mm: f64, angle: f64) -> Option<Point3<f64>> {
        let section = self.stem.section_at(distal_mm)?;
        let (sin, cos) = angle.sin_cos();
        let (x, z) = (section.depth_mm / 2.0 * sin, section.width_mm / 2.0 * cos - section.medial_shift_mm);
        Some(self.placed.lps_point(self.side, &Point3::new(x, -distal_mm, z)))
    }

    /// Outward from the surface there across the stem's axis, LPS unit vector.
    pub fn outward(&self, distal_mm: f64, angle: f64) -> Option<Vector3<f64>> {
        let section = self.stem.section_at(distal_mm)?;
        let (sin, cos) = angle.sin_cos();
        let normal = Vector3::new(sin * section.width_mm, 0.0, cos * section.depth_mm).try_normalize(1e-9)?;
        Some(self.placed.lps_vector(self.side, &normal))
    }

    /// Where the body begins and ends, mm below the stem's origin.
    pub fn body_mm(&self) -> (f64, f64) {
        (self.stem.sections.first().map_or(0.0, |section| section.distal_mm), self.stem.tip_mm())
    }

    /// The level of a point of the stem's axis, mm below the lesser trochanter.
    pub fn level_mm(&self, distal_mm: f64) -> f64 {
        self.canal.level_mm(&self.placed.lps_point(self.side, &Point3::new(0.0, -distal_mm, 0.0)))
    }

    /// The outline in the plane across the shaft at a level, about the canal's centre there; x towards the head, y posterior. `None` where the
    /// plane does not go through the body all round, or the canal is not known.
    pub fn outline(&self, level_mm: f64) -> Option<Vec<Vector2<f64>>> {
        let ring = self.canal.ring(level_mm)?;
        let down = self.placed.lps_vector(self.side, &-Vector3::y()).dot(&-self.canal.shaft().into_inner());
        let point = |i: usize| {
            let angle = TAU * i as f64 / POINTS as f64;
            let (top, tip) = self.body_mm();
            let mut distal_mm = (level_mm - self.level_mm(0.0)) / down;
            for _ in 0..ROUNDS {
                let point = self.surface(distal_mm.clamp(top, tip), angle)?;
                distal_mm = distal_mm.clamp(top, tip) + (level_mm - self.canal.level_mm(&point)) / down;
            }
            Some(self.canal.across(&(self.surface(distal_mm, angle)? - ring.centre)))
        };
        (0..POINTS).map(point).collect()
    }
}
