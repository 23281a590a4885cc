//! Every activity followed through a hip as it is tried, and what is in danger.

use crate::{
    app::{
        activity::{NEAR_DEG, Standing},
        case,
        trial::{PlannedHip, Trial},
    },
    i18n::Sentence,
    motion::{Activity, ActivityMargin, MotionError, activity::Group, activity::margins},
    pipeline::PipelineError,
    progress::Progress,
    risk::{BONE_RESERVE_MM, Danger, dangers_on_bones, head_choices, longer_heads},
};

/// An activity and what is left in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Risk {
    /// As this patient's spine makes it.
    pub activity: Activity,
    /// What is left.
    pub margin: ActivityMargin,
    /// In one word.
    pub standing: Standing,
}

impl Risk {
    fn new(activity: Activity, margin: ActivityMargin) -> Self {
        let near = margin.margin_deg < NEAR_DEG || margin.bone.is_some_and(|bone| bone.clearance_mm < BONE_RESERVE_MM);
        let standing = match margin.exceeded {
            true => Standing::Touches,
            false if near => Standing::Near,
            false => Standing::Free,
        };
        Self { activity, margin, standing }
    }
}

/// All activities of a trial.
#[derive(Clone, Debug, PartialEq)]
pub struct Risks {
    /// Of what is tried.
    pub trial: Trial,
    /// In the order of the library.
    pub all: Vec<Risk>,
    /// What is in danger in daily life, worst first, with what would take it away; `None` while that is looked for.
    pub dangers: Option<Vec<Danger>>,
}

impl Risks {
    /// Those of daily life.
    pub fn daily(&self) -> impl Iterator<Item = &Risk> {
        self.all.iter().filter(|risk| risk.activity.group == Group::Daily)
    }
}

/// Tells what is left in every activity, and then the dangers with what would take them away.
///
/// # Errors
/// A sentence that says why not; nothing is told once the question is overtaken.
pub fn follow_all(hip: &PlannedHip, trial: &Trial, progress: &dyn Progress, tell: &mut dyn FnMut(Risks)) -> Result<(), Sentence> {
    match followed(hip, trial, progress, tell) {
        Err(PipelineError::Motion(MotionError::Cancelled)) => Ok(()),
        told => told.map_err(|error| case::said(&error)),
    }
}

fn followed(hip: &PlannedHip, trial: &Trial, progress: &dyn Progress, tell: &mut dyn FnMut(Risks)) -> Result<(), PipelineError> {
    let spine = hip.spine(trial);
    let plan = hip.plan_of(trial)?;
    let (joint, engine) = (hip.joint(trial)?, hip.engine(&hip.scene(&plan)?)?);
    let activities: Vec<Activity> = hip.activities.iter().map(|activity| spine.adapted(activity)).collect();
    let go_on = || if progress.cancelled() { Err(MotionError::Cancelled) } else { Ok(()) };
    let (daily, other): (Vec<Activity>, Vec<Activity>) =
        activities.into_iter().partition(|activity| activity.group == Group::Daily);
    let follow = |activities: &[Activity]| margins(activities, &joint, Some(&engine));
    let left = follow(&daily)?;
    go_on()?;
    let others = follow(&other)?;
    let pairs = daily.iter().zip(&left).map(|(activity, margin)| (activity.clone(), margin.clone()));
    let all = pairs.chain(other.into_iter().zip(others)).map(|(activity, margin)| Risk::new(activity, margin)).collect();
    let risks = Risks { trial: trial.clone(), all, dangers: None };
    tell(risks.clone());
    go_on()?;
    let (heads, longer) = (head_choices(&plan, &hip.catalogue, &hip.anatomy)?, longer_heads(&plan, &hip.catalogue)?);
    let room = hip.room_as_tried(trial)?;
    let dangers = dangers_on_bones(hip.side(), &daily, &left, &room, &heads, &longer)?;
    go_on()?;
    tell(Risks { dangers: Some(dangers), ..risks });
    Ok(())
}
