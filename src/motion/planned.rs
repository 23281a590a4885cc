//! The scene of a planned hip, and its neck in its liner.

use super::{MotionError, NeckAngles, NeckInLiner, RomCase, RomScene};
use crate::{
    anatomy::{Anatomy, CupAngles},
    frames::{AnatomicalFrame, as_right_hip},
    implants::{Catalogue, NeckOutline, NeckRange},
    labels::Label,
    mesh::TriMesh,
    plan::{ImplantPart, Plan, operated_femur, placed},
};
use nalgebra::{Unit, Vector3};
use std::{collections::BTreeMap, sync::Arc};

impl RomScene {
    /// The scene of a plan, in the anterior pelvic plane's frame; `None` when the plan has no stem to move.
    ///
    /// After an osteotomy the femur is its pieces put together, and its frame is that of the part below: neutral is where the leg is.
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
        let mut cup = parts.remove(&ImplantPart::Cup);
        if let Some((cup, augment)) = cup.as_mut().zip(parts.remove(&ImplantPart::Augment)) {
            cup.append(&augment);
        }
        let bearing = chosen.bearing();
        let Some(reduction) = plan.reduction(catalogue)? else { return Ok(None) };
        // The leg below an osteotomy is what is moved.
        let turned = plan.distal_motion().rotation.to_rotation_matrix() * femur.frame.rotation;
        Ok(Some(Self {
            side: plan.side,
            pelvic_frame: anatomy.pelvis.app,
            femoral_frame: AnatomicalFrame { origin: femur.frame.origin, rotation: turned },
            cup_centre: plan.cup.centre,
            cup_axis: if bearing.face_deg == 0.0 { plan.cup.axis } else { plan.cup.pose() * bearing.axis() },
            shell_centre: plan.cup.shell_centre(chosen.liner),
            cup_outer_radius_mm: chosen.cup.outer_diameter_mm / 2.0,
            neck_axis: Unit::new_normalize(-placement.lps_vector(plan.side, &stem.towards_head())),
            oscillation_deg: bearing.oscillation_angle_deg(&NeckOutline::of(head, stem)),
            reduction,
            pelvis: bones.get(&Label::hip(plan.side)).cloned().into_iter().collect(),
            cup,
            femur: bones.get(&Label::femur(plan.side)).map(|mesh| operated_femur(mesh, plan, &hip.head.centre)).transpose()?,
            stem: parts.remove(&ImplantPart::Stem),
            reaming_clearance_mm: Self::REAMING_CLEARANCE_MM,
        }))
    }
}

impl NeckInLiner {
    /// Neck and liner of a plan as they are, in the frames of its scene; `None` when the plan has no stem to move.
    ///
    /// # Errors
    /// When the catalogue does not list an implant of the plan, or neck and liner leave each other no room.
    pub fn of_plan(plan: &Plan, catalogue: &Catalogue, anatomy: &Anatomy) -> Result<Option<Self>, MotionError> {
        let Some(scene) = RomScene::of_plan(plan, catalogue, anatomy, &BTreeMap::new())? else { return Ok(None) };
        let chosen = plan.chosen(catalogue)?;
        let Some((stem, head)) = chosen.stem else { return Ok(None) };
        let range = NeckRange::of(&chosen.bearing(), &NeckOutline::of(head, stem));
        let local = |lps| as_right_hip(plan.side, &scene.pelvic_frame.local_vector(lps));
        let towards = plan.cup.liner.as_ref().map_or_else(Vector3::y_axis, |liner| Unit::new_normalize(local(&liner.towards)));
        let cup = CupAngles::of_axis(&plan.cup.axis, &scene.pelvic_frame, plan.side);
        let neck = NeckAngles::of_axis(&scene.neck_axis, &scene.femoral_frame, plan.side);
        RomCase::new(cup, neck, range.oscillation_deg())?;
        Ok(Some(Self { cup, towards, neck, range: Arc::new(range) }))
    }
}
