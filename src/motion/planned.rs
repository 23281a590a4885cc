//! The scene of a planned hip.

use super::{MotionError, RomScene};
use crate::{
    anatomy::Anatomy,
    implants::{Catalogue, NeckOutline},
    labels::Label,
    mesh::TriMesh,
    plan::{ImplantPart, Plan, placed, resected_femur},
};
use nalgebra::Unit;
use std::collections::BTreeMap;

impl RomScene {
    /// The scene of a plan, in the anterior pelvic plane's frame; `None` when the plan has no stem to move.
    ///
    /// Of the pelvis only the planned side's hip bone can be reached within the eight motions.
    ///
    /// # Errors
    /// When the catalogue does not list an implant of the plan, or the femur's surface cannot be cut.
    pub fn of_plan(
        plan: &Plan,
        catalogue: &Catalogue,
        anatomy: &Anatomy,
        bones: &BTreeMap<Label, TriMesh>,
    ) -> Result<Option<Self>, MotionError> {
        let chosen = plan.chosen(catalogue)?;
        let Some(hip) = anatomy.hip(plan.side) else { return Ok(None) };
        let (Some(placement), Some((stem, head)), Some(femur)) = (&plan.stem, chosen.stem, &hip.femur) else {
            return Ok(None);
        };
        let mut parts = placed(plan, catalogue)?;
        let bearing = chosen.bearing();
        let head_centre = placement.lps_point(plan.side, &stem.head_centre(head));
        Ok(Some(Self {
            side: plan.side,
            pelvic_frame: anatomy.pelvis.app,
            femoral_frame: femur.frame,
            cup_centre: plan.cup.centre,
            cup_axis: if bearing.face_deg == 0.0 { plan.cup.axis } else { plan.cup.pose() * bearing.axis() },
            shell_centre: plan.cup.shell_centre(chosen.liner),
            cup_outer_radius_mm: chosen.cup.outer_diameter_mm / 2.0,
            neck_axis: Unit::new_normalize(-placement.lps_vector(plan.side, &stem.towards_head())),
            oscillation_deg: bearing.oscillation_angle_deg(&NeckOutline::of(head, stem)),
            reduction: Self::reduction_of(&head_centre, &plan.cup.centre),
            pelvis: bones.get(&Label::hip(plan.side)).cloned().into_iter().collect(),
            cup: parts.remove(&ImplantPart::Cup),
            femur: bones
                .get(&Label::femur(plan.side))
                .map(|mesh| resected_femur(mesh, placement, plan.side, &hip.head.centre))
                .transpose()?,
            stem: parts.remove(&ImplantPart::Stem),
            reaming_clearance_mm: Self::REAMING_CLEARANCE_MM,
        }))
    }
}
