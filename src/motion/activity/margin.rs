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
    /// True when something touches, as far as that is decided.
    pub exceeded: bool,
    /// Bones and the rest of the implants could not be decided along this path ([`MotionError::Undecided`]): after so many looks nothing is
    /// said of them, and what is said holds for neck and liner alone.
    pub undecided: Option<u64>,
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
/// the implants, all along the whole path. One in which surfaces lie on each other says so itself ([`ActivityMargin::undecided`]); the
/// others stand.
///
/// # Errors
/// When an activity cannot be followed.
pub fn margins(
    activities: &[Activity],
    case: impl Into<NeckInLiner>,
    engine: Option<&ImpingementEngine>,
) -> Result<Vec<ActivityMargin>, MotionError> {
    let joint = case.into();
    engine.inspect(|engine| engine.make_ready());
    let room = |activity: &Activity, neck_deg: f64| match engine {
        Some(engine) => engine.along(activity.demand.keyframes(), neck_deg),
        None => Ok(None),
    };
    activities.par_iter().map(|activity| margin(activity, &joint, &room)).collect()
}

/// What there is of bones and stem along a path.
type AlongPath = Result<Option<PathRoom>, MotionError>;

/// Of one activity; `room` says what there is of bones and stem where the neck has so many degrees.
fn margin(
    activity: &Activity,
    joint: &NeckInLiner,
    room: &(dyn Fn(&Activity, f64) -> AlongPath + Sync),
) -> Result<ActivityMargin, MotionError> {
    let track = activity.track()?;
    let Least { margin_deg, part, posture } = joint.least(&track);
    let contact = joint.first_contact(&track).map(|first| FirstContact {
        part: first.part,
        posture: first.posture,
        short_deg: angle_between(&first.posture.right_hip_rotation(), &posture.right_hip_rotation()).to_degrees(),
    });
    let (room, undecided) = match room(activity, margin_deg) {
        Err(MotionError::Undecided { looked }) => (None, Some(looked)),
        room => (room?, None),
    };
    let bone = room.as_ref().and_then(BoneMargin::of);
    let stem = room.and_then(|room| room.stem_turn);
    let stem_touches = stem.filter(|stem| stem.value == 0.0);
    let bone_touches = bone.and_then(|bone| bone.contact);
    // What touches first from the beginning of the path on; the neck among equals.
    let touches = bone_touches.iter().chain(&stem_touches).map(|touch| (touch.place.part, touch.couple));
    let first = touches.min_by(|a, b| a.0.total_cmp(&b.0)).filter(|first| contact.is_none_or(|neck| first.0 < neck.part));
    let couple = first.map_or(Couple::ImplantImplant, |(_, couple)| couple);
    let exceeded = margin_deg < 0.0 || bone_touches.is_some() || stem_touches.is_some();
    let activity = activity.id.clone();
    Ok(ActivityMargin { activity, margin_deg, part, posture, contact, bone, stem, couple, exceeded, undecided })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        anatomy::CupAngles,
        motion::{NeckAngles, RomCase},
    };

    /// What surfaces that lie on each other do to one activity: its neck is as exact as ever, its bones are not decided, the others stand.
    #[test]
    fn one_that_is_not_decided_leaves_the_others_as_they_are() {
        let activities = Activity::shipped_with(&[]).unwrap();
        let cup = CupAngles { inclination_deg: 40.0, anteversion_deg: 15.0 };
        let neck = NeckAngles { elevation_deg: 42.0, anteversion_deg: 14.0 };
        let joint: NeckInLiner = (&RomCase::new(cup, neck, 130.0).unwrap()).into();
        let decided = margins(&activities, &joint, None).unwrap();
        let of = |room: &(dyn Fn(&Activity, f64) -> AlongPath + Sync)| {
            activities.iter().map(|activity| margin(activity, &joint, room)).collect::<Result<Vec<_>, _>>()
        };
        let lying = activities[3].id.clone();
        let told = of(&|activity, _| if activity.id == lying { Err(MotionError::Undecided { looked: 7 }) } else { Ok(None) });
        for (found, without) in told.unwrap().into_iter().zip(decided) {
            let undecided = (found.activity == lying).then_some(7);
            assert_eq!(found, ActivityMargin { undecided, ..without });
        }
        // What else hinders an activity still hinders the answer.
        assert!(matches!(of(&|_, _| Err(MotionError::Cancelled)), Err(MotionError::Cancelled)));
    }
}
