//! What a planned hip has left in activities.

use super::{Activity, Least};
use crate::{
    frames::angle_between,
    motion::{
        Couple, ImpingementEngine, MotionError, NeckInLiner, Posture,
        impingement::{PathContact, PathRoom, PlaceOnPath},
    },
};
use nalgebra::Point3;
use rayon::prelude::*;
use serde::Serialize;

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
    /// Where bone has least room, everywhere on the path; `None` without an engine or bones, and of an arc.
    pub bone: Option<BoneMargin>,
    /// Another part of the stem than its neck, or of the cup than its rim, that has less room than they have; `None` without an engine.
    pub stem: Option<PathContact>,
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

/// Room of the bones along a path.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct BoneMargin {
    /// Least distance where bone has a part in it, mm, to 0.1 mm and 10 %; negative when they share space, then the depth, the deepest of 24
    /// places.
    pub clearance_mm: f64,
    /// The couple that has it.
    pub couple: Couple,
    /// Where on the path that is, 0 to 1.
    pub part: f64,
    /// The joint's posture there.
    pub posture: Posture,
    /// The two nearest points there, of the femoral and of the pelvic side, LPS mm in that posture.
    pub points: [Point3<f64>; 2],
    /// The least turn of the femur about the joint's centre, over all axes and everywhere on the path, that would make bone touch: degrees,
    /// to 0.5° and 10 %; 0 where the path touches. `None` where no turn does.
    pub turn: Option<PathContact>,
    /// Where, from the beginning of the path on, bone first touches, to 0.02° of the path.
    pub contact: Option<PathContact>,
}

impl BoneMargin {
    fn of(room: &PathRoom) -> Option<Self> {
        let PathContact { value, place: PlaceOnPath { part, posture }, couple, points, .. } = room.bone_gap?;
        Some(Self { clearance_mm: value, couple, part, posture, points, turn: room.bone_turn, contact: room.bone_contact })
    }

    /// True when bone touches somewhere on the path.
    #[must_use]
    pub const fn touches(&self) -> bool {
        self.contact.is_some()
    }
}

/// What a planned hip has left in each of some activities: neck against liner as it is and, with an engine, bones and the rest of
/// the implants, all along the whole path.
///
/// # Errors
/// When an activity cannot be followed, or [`MotionError::Undecided`] where surfaces lie on each other.
pub fn margins(
    activities: &[Activity],
    case: impl Into<NeckInLiner>,
    engine: Option<&ImpingementEngine>,
) -> Result<Vec<ActivityMargin>, MotionError> {
    let joint = case.into();
    engine.inspect(|engine| engine.make_ready());
    activities.par_iter().map(|activity| margin(activity, &joint, engine)).collect()
}

fn margin(activity: &Activity, joint: &NeckInLiner, engine: Option<&ImpingementEngine>) -> Result<ActivityMargin, MotionError> {
    let track = activity.track()?;
    let Least { margin_deg, part, posture } = joint.least(&track);
    let contact = joint.first_contact(&track).map(|first| FirstContact {
        part: first.part,
        posture: first.posture,
        short_deg: angle_between(&first.posture.right_hip_rotation(), &posture.right_hip_rotation()).to_degrees(),
    });
    let along = |engine: &ImpingementEngine| engine.along(activity.demand.keyframes(), margin_deg);
    let room = engine.map(along).transpose()?.flatten();
    let bone = room.as_ref().and_then(BoneMargin::of);
    let stem = room.and_then(|room| room.stem_turn);
    let stem_touches = stem.filter(|stem| stem.value == 0.0);
    let bone_touches = bone.and_then(|bone| bone.contact);
    // What touches first from the beginning of the path on; the neck among equals.
    let touches = bone_touches.iter().chain(&stem_touches).map(|touch| (touch.place.part, touch.couple));
    let first = touches.min_by(|a, b| a.0.total_cmp(&b.0)).filter(|first| contact.is_none_or(|neck| first.0 < neck.part));
    let couple = first.map_or(Couple::ImplantImplant, |(_, couple)| couple);
    let exceeded = margin_deg < 0.0 || bone_touches.is_some() || stem_touches.is_some();
    Ok(ActivityMargin { activity: activity.id.clone(), margin_deg, part, posture, contact, bone, stem, couple, exceeded })
}
