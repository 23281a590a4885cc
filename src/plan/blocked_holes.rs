//! Holes of a plan's shell whose screws would run into metal that is in the patient already.

use super::{OldMetal, Plan, PlanError, clock, finding};
use crate::{
    anatomy::{ClockFace, Finding, View},
    frames::AnatomicalFrame,
    implants::Catalogue,
};
use nalgebra::{Unit, Vector3};

/// Half the thickness of a screw, mm.
const SCREW_RADIUS_MM: f64 = 3.25;
/// No screw goes further than this from the shell, mm (our choice).
const LONGEST_MM: f64 = 50.0;

impl OldMetal {
    /// Through which holes no screw goes without meeting metal in the hip bone, straight along their axes up to 50 mm; `None` where none is in
    /// the way. Metal counts voxel by voxel.
    ///
    /// # Errors
    /// When the catalogue does not list an implant of the plan.
    pub fn blocked_holes(&self, plan: &Plan, catalogue: &Catalogue, app: &AnatomicalFrame) -> Result<Option<Finding>, PlanError> {
        let chosen = plan.chosen(catalogue)?;
        let holes = plan.cup.screw_holes(chosen.cup, chosen.liner);
        let view = View { frame: app, side: plan.side };
        let face = ClockFace::new(Unit::new_normalize(view.vector(&plan.cup.axis)), &Vector3::y());
        let Some(face) = face.filter(|_| !holes.is_empty()) else { return Ok(None) };
        let blocked = holes.iter().filter(|(from, way)| {
            self.in_hip().any(|piece| {
                let reach = SCREW_RADIUS_MM + piece.half_voxel_mm();
                piece.voxels.iter().any(|p| {
                    let along = (p - from).dot(way);
                    (0.0..=LONGEST_MM).contains(&along) && (p - from - way.into_inner() * along).norm() < reach
                })
            })
        });
        let mut hours: Vec<f64> = blocked.map(|(_, way)| face.hours(&view.vector(way))).collect();
        if hours.is_empty() {
            return Ok(None);
        }
        hours.sort_by(f64::total_cmp);
        let at: Vec<String> = hours.iter().map(|hour| clock(*hour)).collect();
        let ([blocked, all], at) = ([hours.len(), holes.len()], at.join(", "));
        let text = format!(
            "Metal that is in the patient already lies in the way of screws through {blocked} of the {all} holes of the shell, at {at} o'clock: \
             leave these out, or remove it."
        );
        let told = finding("finding-hardware-screws", plan.side, text).with("blocked", blocked);
        Ok(Some(told.with("all", all).with("at", at)))
    }
}
