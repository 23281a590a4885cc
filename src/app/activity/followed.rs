//! An activity followed through a planned hip: room at every pose, where it is least, and what touches first on which bodies.

use crate::{
    app::{
        case,
        trial::{PlannedHip, Trial},
    },
    i18n::Sentence,
    motion::{
        Activity, ActivityMargin, Couple, ImpingementEngine, MotionError, Posture, activity::margins, impingement::PathContact,
    },
    pipeline::PipelineError,
    progress::Progress,
};
use nalgebra::Point3;
use rayon::prelude::*;

/// A pose with less room than this is near contact, degrees.
pub const NEAR_DEG: f64 = 5.0;
/// How far the joint's angles change in sum from pose to pose, degrees; and how many poses there are, whatever the path.
const STEP_DEG: f64 = 2.0;
const POSES: (usize, usize) = (49, 161);

/// An activity of a hip.
#[derive(Clone, Debug, PartialEq)]
pub struct Followed {
    /// As this patient's spine makes it.
    pub activity: Activity,
    /// Poses along it, evenly from the first keyframe to the last.
    pub poses: Vec<Pose>,
    /// What is left in it; exact, between the poses too.
    pub margin: ActivityMargin,
    /// What touches first, or where the bodies come nearest.
    pub meeting: Option<Meeting>,
}

impl Followed {
    /// The first pose at or beyond the first contact; `None` where nothing touches.
    #[must_use]
    pub fn contact(&self) -> Option<usize> {
        let last = self.poses.len() - 1;
        self.meeting.filter(|meeting| meeting.touches).map(|meeting| ((meeting.part * last as f64).ceil() as usize).min(last))
    }

    /// True at a pose just before the first contact: on the way to it less than [`NEAR_DEG`] are left all the time.
    #[must_use]
    pub fn nears_contact(&self, at: usize) -> bool {
        self.contact()
            .is_some_and(|contact| at < contact && self.poses[at..contact].iter().all(|pose| pose.standing() != Standing::Free))
    }
}

/// One pose.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pose {
    /// The joint's posture.
    pub posture: Posture,
    /// How far the pelvis is tilted posteriorly of how it was scanned, degrees.
    pub tilt_deg: f64,
    /// Least room, degrees: the neck's lean, or a turn of the femur; negative where something touches.
    pub margin_deg: f64,
    /// Which couple has it.
    pub couple: Couple,
}

/// How a pose stands to contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// More than [`NEAR_DEG`] are left.
    Free,
    /// Less.
    Near,
    /// Something touches.
    Touches,
}

impl Pose {
    /// How it stands to contact.
    #[must_use]
    pub fn standing(&self) -> Standing {
        match self.margin_deg {
            margin if margin <= 0.0 => Standing::Touches,
            margin if margin < NEAR_DEG => Standing::Near,
            _ => Standing::Free,
        }
    }
}

/// Where two bodies first touch, or come nearest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Meeting {
    /// They touch.
    pub touches: bool,
    /// Place on the path, 0 to 1.
    pub part: f64,
    /// The joint's posture there.
    pub posture: Posture,
    /// What meets.
    pub couple: Couple,
    /// On the femoral side: of the femur as scanned, LPS mm, so that it follows the femur.
    pub on_femur: Point3<f64>,
    /// On the pelvic side, LPS mm.
    pub on_pelvis: Point3<f64>,
}

impl Meeting {
    fn new(engine: &ImpingementEngine, contact: &PathContact, touches: bool) -> Self {
        let (posture, [moved, on_pelvis]) = (contact.place.posture, contact.points);
        let on_femur = engine.femur_pose(&posture).inverse_transform_point(&moved);
        Self { touches, part: contact.place.part, posture, couple: contact.couple, on_femur, on_pelvis }
    }
}

/// Follows an activity through a hip with trial components.
///
/// # Errors
/// A sentence that says why not, and [`MotionError::Cancelled`] as `Ok(None)`.
pub fn follow(hip: &PlannedHip, trial: &Trial, id: &str, progress: &dyn Progress) -> Result<Option<Followed>, Sentence> {
    match followed(hip, trial, id, progress) {
        Ok(found) => Ok(Some(found)),
        Err(PipelineError::Motion(MotionError::Cancelled)) => Ok(None),
        Err(error) => Err(case::said(&error)),
    }
}

fn followed(hip: &PlannedHip, trial: &Trial, id: &str, progress: &dyn Progress) -> Result<Followed, PipelineError> {
    let activity = hip.activities.iter().find(|activity| activity.id == id);
    let activity = activity.ok_or_else(|| MotionError::Demand(format!("there is no activity '{id}'")))?;
    let spine = hip.spine(trial);
    let activity = spine.adapted(activity);
    let room = hip.room(trial)?;
    let joint = hip.joint(trial)?;
    let engine = hip.engine(&hip.scene(&hip.plan_of(trial)?)?)?;
    if progress.cancelled() {
        return Err(MotionError::Cancelled.into());
    }
    let moving = room.bones.as_ref().map(|bones| bones.moving(&hip.femur_change(trial)));
    // How the pelvis stands against the scan; where that is not known, as it was scanned.
    let stands = spine.tilt_deg(activity.posture).zip(spine.supine_tilt_deg).map_or(0.0, |(tilt, supine)| tilt - supine);
    let count = count(&activity);
    let pose = |index: usize| {
        let keyframe = activity.demand.at(index as f64 / (count - 1) as f64);
        let keyframe = keyframe.ok_or_else(|| MotionError::Demand(format!("'{id}' is an arc, which has no beginning")))?;
        if progress.cancelled() {
            return Err(MotionError::Cancelled);
        }
        let posture = keyframe.posture();
        let (margin_deg, couple) = room.margin_deg(moving.as_ref(), &joint, &posture);
        Ok(Pose { posture, tilt_deg: stands + keyframe.pelvic_tilt_deg, margin_deg, couple })
    };
    let poses: Vec<Pose> = (0..count).into_par_iter().map(pose).collect::<Result<_, MotionError>>()?;
    let margin = margins(std::slice::from_ref(&activity), &joint, Some(&engine))?.remove(0);
    let meeting = meeting(&engine, &activity, &margin);
    Ok(Followed { activity, poses, margin, meeting })
}

fn count(activity: &Activity) -> usize {
    let legs = activity.demand.keyframes().windows(2).map(|pair| {
        let [from, to] = [pair[0], pair[1]];
        (to.flexion_deg - from.flexion_deg).abs()
            + (to.adduction_deg - from.adduction_deg).abs()
            + (to.internal_rotation_deg - from.internal_rotation_deg).abs()
    });
    ((legs.sum::<f64>() / STEP_DEG).ceil() as usize + 1).clamp(POSES.0, POSES.1)
}

/// What touches first from the beginning of the path on; where nothing does, where bones come nearest.
fn meeting(engine: &ImpingementEngine, activity: &Activity, margin: &ActivityMargin) -> Option<Meeting> {
    let bone = margin.bone.and_then(|bone| bone.contact);
    let stem = margin.stem.filter(|stem| stem.value == 0.0);
    let first = bone.into_iter().chain(stem).min_by(|a, b| a.place.part.total_cmp(&b.place.part));
    let neck = margin.contact.filter(|neck| first.is_none_or(|first| neck.part <= first.place.part));
    if let Some(neck) = neck {
        // A little further on, where the neck surely is beyond the rim.
        let posture = activity.demand.at(neck.part + 1e-4).map_or(neck.posture, |keyframe| keyframe.posture());
        let on_pelvis = [neck.posture, posture].iter().find_map(|posture| {
            let contact = engine.query(posture);
            contact.point.filter(|_| contact.couple == Some(Couple::ImplantImplant))
        })?;
        let on_femur = engine.femur_pose(&neck.posture).inverse_transform_point(&on_pelvis);
        let (part, posture, couple) = (neck.part, neck.posture, Couple::ImplantImplant);
        return Some(Meeting { touches: true, part, posture, couple, on_femur, on_pelvis });
    }
    if let Some(first) = first {
        return Some(Meeting::new(engine, &first, true));
    }
    let nearest = margin.bone?;
    let on_femur = engine.femur_pose(&nearest.posture).inverse_transform_point(&nearest.points[0]);
    let (part, posture, couple) = (nearest.part, nearest.posture, nearest.couple);
    Some(Meeting { touches: false, part, posture, couple, on_femur, on_pelvis: nearest.points[1] })
}
