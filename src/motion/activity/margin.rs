//! What a planned hip has left in activities.

use super::{Activity, Least};
use crate::motion::{Contact, Couple, ImpingementEngine, MotionError, NeckInLiner, Posture};
use rayon::prelude::*;
use serde::Serialize;

/// Of a recording, which may have hundreds, bones are looked at in no more keyframes than this, evenly spread.
const MOST_KEYFRAMES: usize = 60;

/// What is left in one activity.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ActivityMargin {
    /// Id of the activity.
    pub activity: String,
    /// Least degrees along the whole path that the neck could still lean before it meets the liner as it is; negative beyond contact.
    pub margin_deg: f64,
    /// Where on the path that is: 0 at its first keyframe, 1 at its last.
    pub part: f64,
    /// The joint's posture there.
    pub posture: Posture,
    /// Where neck and liner first touch from the beginning of the path on; `None` when they do not.
    pub contact: Option<FirstContact>,
    /// Where bone has least room, at keyframes; `None` without an engine or bones, and of an arc.
    pub bone: Option<BoneMargin>,
    /// The couple that touches first; neck and liner where nothing does.
    pub couple: Couple,
    /// True when something touches.
    pub exceeded: bool,
}

/// Where on a path neck and liner first touch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FirstContact {
    /// Place on the path, 0 to 1.
    pub part: f64,
    /// The joint's posture there.
    pub posture: Posture,
    /// How far the femur would still have to turn from there to the posture that is worst, degrees.
    pub short_deg: f64,
}

/// Room of the bones at a keyframe.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct BoneMargin {
    /// Least distance where bone has a part in it, mm; negative when they share space, then the depth.
    pub clearance_mm: f64,
    /// The couple that has it.
    pub couple: Couple,
    /// Keyframe, from 1.
    pub keyframe: usize,
    /// The joint's posture there.
    pub posture: Posture,
}

/// What a planned hip has left in each of some activities: neck against liner as it is along the whole path and, with an engine, bones
/// at the keyframes.
///
/// # Errors
/// When an activity cannot be followed.
pub fn margins(
    activities: &[Activity],
    case: impl Into<NeckInLiner>,
    engine: Option<&ImpingementEngine>,
) -> Result<Vec<ActivityMargin>, MotionError> {
    let joint = case.into();
    activities.par_iter().map(|activity| margin(activity, &joint, engine)).collect()
}

fn margin(activity: &Activity, joint: &NeckInLiner, engine: Option<&ImpingementEngine>) -> Result<ActivityMargin, MotionError> {
    let track = activity.track()?;
    let Least { margin_deg, part, posture } = joint.least(&track);
    let contact = joint.first_contact(&track).map(|first| FirstContact {
        part: first.part,
        posture: first.posture,
        short_deg: first.posture.right_hip_rotation().angle_to(&posture.right_hip_rotation()).to_degrees(),
    });
    let bone = engine.and_then(|engine| bone_margin(activity, engine));
    let bone_touches = bone.filter(|bone| bone.clearance_mm < 0.0);
    let neck_first = contact.is_some_and(|contact| bone_touches.is_none_or(|bone| contact.part <= place(activity, &bone)));
    let couple = bone_touches.filter(|_| !neck_first).map_or(Couple::ImplantImplant, |bone| bone.couple);
    let exceeded = margin_deg < 0.0 || bone_touches.is_some();
    Ok(ActivityMargin { activity: activity.id.clone(), margin_deg, part, posture, contact, bone, couple, exceeded })
}

fn place(activity: &Activity, bone: &BoneMargin) -> f64 {
    (bone.keyframe - 1) as f64 / (activity.demand.keyframes().len() - 1).max(1) as f64
}

fn bone_margin(activity: &Activity, engine: &ImpingementEngine) -> Option<BoneMargin> {
    let at = |(index, keyframe): (usize, &super::Keyframe)| {
        let posture = keyframe.posture();
        let Contact { bone_clearance_mm, touching, couple, .. } = engine.query(&posture);
        // Of implants that touch too the query names the couple only where no bone touches.
        let of_bone = touching.iter().map(|bodies| Couple::of(*bodies)).find(|couple| *couple != Couple::ImplantImplant);
        let couple = of_bone.or(couple).filter(|couple| *couple != Couple::ImplantImplant).unwrap_or(Couple::BoneBone);
        Some(BoneMargin { clearance_mm: bone_clearance_mm?, couple, keyframe: index + 1, posture })
    };
    let keyframes = activity.demand.keyframes();
    let step = keyframes.len().div_ceil(MOST_KEYFRAMES).max(1);
    let found: Vec<BoneMargin> = keyframes.iter().enumerate().step_by(step).filter_map(at).collect();
    found.into_iter().min_by(|a, b| a.clearance_mm.total_cmp(&b.clearance_mm))
}
