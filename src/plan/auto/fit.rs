//! How a stem fits the canal where it is put.

use crate::{
    frames::{Side, as_right_hip},
    implants::Stem,
    plan::room::Canal,
};
use nalgebra::{Isometry3, Point3, Vector3};
use std::f64::consts::TAU;

/// Distance between the cross-sections of a stem that are held against the canal, mm.
const STEP_MM: f64 = 3.0;
/// Points on the edge of each.
const EDGE: usize = 16;

/// Room of a stem in the canal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fit {
    /// Least distance to the inner border of the cortex from where the fit counts to the stem's tip, mm.
    pub clearance_mm: f64,
    /// Share of the canal's radius that the stem fills there.
    pub fill: f64,
    /// Least distance to the outside of the bone wherever it is known, mm.
    pub cortex_mm: Option<f64>,
    /// The tip below the lesser trochanter, mm.
    pub tip_level_mm: f64,
}

/// The edge of a stem as points in the frame of its side.
pub(super) struct Edge {
    points: Vec<Point3<f64>>,
    tip: Point3<f64>,
}

impl Edge {
    /// Points on the surface of a stem's body, in its own frame (a left stem mirrored).
    pub fn of(stem: &Stem, side: Side) -> Self {
        let in_frame = |right: Vector3<f64>| Point3::from(as_right_hip(side, &right));
        let top_mm = stem.sections.first().map_or(0.0, |section| section.distal_mm);
        let steps = ((stem.tip_mm() - top_mm) / STEP_MM).floor() as usize;
        // From the tip upwards, so that the tip itself is among them.
        let levels = (0..=steps).map(|step| stem.tip_mm() - step as f64 * STEP_MM);
        let points = levels.filter_map(|distal_mm| stem.section_at(distal_mm)).flat_map(|section| {
            (0..EDGE).map(move |i| {
                let (sin, cos) = (TAU * i as f64 / EDGE as f64).sin_cos();
                let (x, z) = (section.depth_mm / 2.0 * sin, section.width_mm / 2.0 * cos - section.medial_shift_mm);
                in_frame(Vector3::new(x, -section.distal_mm, z))
            })
        });
        Self { points: points.collect(), tip: in_frame(Vector3::y() * -stem.tip_mm()) }
    }

    /// How the stem fits at a pose. `None` when no part of it lies in the known canal from `from_mm` below the lesser trochanter on.
    pub fn fit(&self, pose: &Isometry3<f64>, canal: &Canal, from_mm: f64) -> Option<Fit> {
        self.fit_between(pose, canal, [from_mm, f64::INFINITY])
    }

    /// The same between two levels, mm below the lesser trochanter.
    pub fn fit_between(&self, pose: &Isometry3<f64>, canal: &Canal, [from_mm, to_mm]: [f64; 2]) -> Option<Fit> {
        let turn = pose.rotation.to_rotation_matrix();
        let (mut tightest, mut cortex_mm): (Option<(f64, f64)>, Option<f64>) = (None, None);
        for local in &self.points {
            let point = turn * local + pose.translation.vector;
            let Some(room) = canal.room(&point) else { continue };
            if let Some(outer) = room.outer_mm {
                cortex_mm = Some(cortex_mm.map_or(outer, |least| least.min(outer)));
            }
            if (from_mm..=to_mm).contains(&canal.level_mm(&point)) && tightest.is_none_or(|(least, _)| room.inner_mm < least) {
                let radius = (room.from_centre_mm + room.inner_mm).max(1e-9);
                tightest = Some((room.inner_mm, room.from_centre_mm / radius));
            }
        }
        tightest.map(|(clearance_mm, fill)| Fit {
            clearance_mm,
            fill,
            cortex_mm,
            tip_level_mm: canal.level_mm(&(pose * self.tip)),
        })
    }
}
