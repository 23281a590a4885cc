//! How wide a femur and its canal are in a radiograph, and ratios of such widths.

use super::{
    canal_contours::{CanalScan, width_mm},
    frontal::{lateral, turn_sd_deg},
    metal::Metal,
    model::Femur,
};
use crate::frames::Side;
use nalgebra::{Rotation2, Vector2};

/// Error of a width, mm: tubes in a CT of 0.9 mm voxels are found within 0.4 mm.
pub(super) const WIDTH_SD_MM: f64 = 0.5;

/// How a width is looked at.
#[derive(Clone, Copy)]
pub(super) struct Look {
    /// Levels lie this much lower than they should, mm.
    lower_mm: f64,
    /// The frontal plane is turned this much about the shaft, degrees.
    turned_deg: f64,
}

/// As it should be.
pub(super) const STRAIGHT: Look = Look { lower_mm: 0.0, turned_deg: 0.0 };

/// Widths of a femur and of its canal.
pub(super) struct Widths<'a> {
    scan: &'a CanalScan<'a>,
    metal: &'a Metal,
    lateral: Vector2<f64>,
    level_sd_mm: f64,
    turn_sd_deg: f64,
}

/// The widths at a level, mm.
#[derive(Clone, Copy)]
pub(super) struct Width {
    pub canal: f64,
    pub outer: f64,
}

impl<'a> Widths<'a> {
    pub fn new(scan: &'a CanalScan<'a>, metal: &'a Metal, femur: &Femur, side: Side) -> Option<Self> {
        Some(Self {
            scan,
            metal,
            lateral: scan.in_plane(&lateral(femur, side)?.into_inner()),
            level_sd_mm: femur.lesser_trochanter.as_ref()?.sd_mm.unwrap_or_default(),
            turn_sd_deg: turn_sd_deg(femur),
        })
    }

    /// As a frontal radiograph shows them.
    pub fn frontal(&self, level_mm: f64, look: Look) -> Option<Width> {
        self.along(level_mm, look, 0.0)
    }

    /// As a lateral radiograph shows them.
    pub fn sagittal(&self, level_mm: f64, look: Look) -> Option<Width> {
        self.along(level_mm, look, 90.0)
    }

    fn along(&self, level_mm: f64, look: Look, from_lateral_deg: f64) -> Option<Width> {
        let contours = self.scan.at(level_mm + look.lower_mm)?;
        // Metal in the canal or beside the bone is no cortex.
        let beside = |point: &Vector2<f64>| self.metal.disturbs(&self.scan.lps(&contours, point));
        if beside(&Vector2::zeros()) || contours.periosteal.iter().any(beside) {
            return None;
        }
        let along = Rotation2::new((from_lateral_deg + look.turned_deg).to_radians()) * self.lateral;
        Some(Width { canal: width_mm(&contours.endosteal, &along), outer: width_mm(&contours.periosteal, &along) })
    }

    /// A ratio of two widths with the spread that both widths, the level of the lesser trochanter and the turn of the frontal plane give it.
    ///
    /// The turn counts with the larger of its two changes: a width may be at its greatest where it is taken.
    pub fn ratio(&self, of: impl Fn(Look) -> Option<(f64, f64)>) -> Option<(f64, f64)> {
        let (over, under) = of(STRAIGHT)?;
        let value = over / under;
        let at = |look| of(look).map_or(value, |(over, under)| over / under);
        let (level, turn) = (self.level_sd_mm, self.turn_sd_deg);
        let by_level = (at(Look { lower_mm: level, ..STRAIGHT }) - at(Look { lower_mm: -level, ..STRAIGHT })) / 2.0;
        let by_turn =
            [turn, -turn].map(|turned_deg| (at(Look { turned_deg, ..STRAIGHT }) - value).abs()).into_iter().fold(0.0, f64::max);
        let by_width = WIDTH_SD_MM / under * value.hypot(1.0);
        Some((value, by_level.hypot(by_turn).hypot(by_width)))
    }
}
