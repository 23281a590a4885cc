//! The map of the target zone of a trial: coarse at once, then fine; and what binds the cup that is tried.

use super::ZoneInstead;
use crate::{
    anatomy::CupAngles,
    app::{
        case,
        trial::{PlannedHip, Trial},
    },
    device::DeviceChoice,
    i18n::Sentence,
    motion::{Activity, MotionError, NeckInLiner, PelvicPosture, activity::Group},
    pipeline::PipelineError,
    progress::Progress,
    risk::{Bound, TargetZone, ZoneBones, ZoneDevice, ZoneError, ZoneGrid, ZoneRequest},
};
use std::sync::Arc;

/// What a zone is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct ZoneQuestion {
    /// Cup, parts and spine.
    pub trial: Trial,
    /// Which activities; `None` for all.
    pub group: Option<Group>,
    /// Posture of the pelvis in which the cup's angles are counted; `None` for the anterior pelvic plane.
    pub frame: Option<PelvicPosture>,
    /// What else is changed.
    pub instead: ZoneInstead,
}

/// A target zone with the cup in it.
#[derive(Clone, Debug, PartialEq)]
pub struct ZoneMap {
    /// What it was asked for.
    pub asked: ZoneQuestion,
    /// The zone.
    pub zone: Arc<TargetZone>,
    /// With all its nodes; otherwise the coarse picture of it.
    pub fine: bool,
    /// The activities it was made of, as this patient's spine makes them.
    pub activities: Arc<Vec<Activity>>,
    /// Anteversion of the neck in the femoral frame, degrees.
    pub neck_anteversion_deg: f64,
    /// Bones were counted.
    pub bones: bool,
    /// Posterior tilt of the anterior pelvic plane in the frame of the angles, degrees.
    pub tilt_deg: f64,
    /// What binds the cup that is tried.
    pub at: Bound,
}

impl ZoneMap {
    /// The cup that is tried, in the frame of the map.
    #[must_use]
    pub fn cup(&self) -> CupAngles {
        self.asked.trial.cup.tilted_posteriorly(self.tilt_deg)
    }
}

/// Works out maps, and keeps of the last what holds for the next.
#[derive(Default)]
pub struct ZoneMaker {
    last: Option<Prepared>,
    /// Where fine maps are worked out, once there was one.
    device: Option<ZoneDevice>,
}

/// What does not change with the cup.
struct Prepared {
    of: ZoneQuestion,
    joint: NeckInLiner,
    bones: Option<ZoneBones>,
    activities: Arc<Vec<Activity>>,
    tilt_deg: f64,
    grid: ZoneGrid,
    /// The zone, once it is fine.
    zone: Option<Arc<TargetZone>>,
}

impl Prepared {
    fn request(&self) -> ZoneRequest<'_> {
        let Self { joint, bones, activities, tilt_deg, grid, .. } = self;
        ZoneRequest { activities, joint, tilt_deg: *tilt_deg, grid: *grid, bones: bones.as_ref() }
    }

    fn holds_for(&self, question: &ZoneQuestion) -> bool {
        let cup = self.of.trial.cup;
        let grid = ZoneGrid::holding(&question.trial.cup.tilted_posteriorly(self.tilt_deg));
        let trial = Trial { cup, ..question.trial.clone() };
        self.grid == grid && self.of == ZoneQuestion { trial, ..question.clone() }
    }
}

impl ZoneMaker {
    /// Tells the map, first coarse. Of a question that differs from the last in its cup alone, only that is worked out.
    ///
    /// # Errors
    /// A sentence that says why there is none.
    pub fn answer(
        &mut self,
        hip: &PlannedHip,
        question: &ZoneQuestion,
        progress: &dyn Progress,
        tell: &mut dyn FnMut(ZoneMap),
    ) -> Result<(), Sentence> {
        match self.worked_out(hip, question, progress, tell) {
            Err(PipelineError::Motion(MotionError::Cancelled)) | Ok(()) => Ok(()),
            Err(error) => Err(case::said(&error)),
        }
    }

    fn worked_out(
        &mut self,
        hip: &PlannedHip,
        question: &ZoneQuestion,
        progress: &dyn Progress,
        tell: &mut dyn FnMut(ZoneMap),
    ) -> Result<(), PipelineError> {
        let last = self.last.take().filter(|last| last.holds_for(question));
        let prepared = self.last.insert(last.map_or_else(|| prepare(hip, question), Ok)?);
        let request = prepared.request();
        let at = request.at(&question.trial.cup)?;
        let mut told = |zone: &Arc<TargetZone>, fine: bool| {
            tell(ZoneMap {
                asked: question.clone(),
                zone: Arc::clone(zone),
                fine,
                activities: Arc::clone(&prepared.activities),
                neck_anteversion_deg: prepared.joint.neck.anteversion_deg,
                bones: prepared.bones.is_some(),
                tilt_deg: prepared.tilt_deg,
                at,
            });
        };
        if let Some(zone) = &prepared.zone {
            told(zone, true);
            return Ok(());
        }
        // The coarse picture is there before a card could be made ready.
        told(&Arc::new(TargetZone::watched(&request.coarse(), progress)?), false);
        let device = match &mut self.device {
            Some(device) => device,
            none => none.insert(ZoneDevice::open(DeviceChoice::Auto).map_err(refused)?),
        };
        let zone = Arc::new(device.zone(&request, progress).map_err(refused)?.0);
        told(&zone, true);
        prepared.zone = Some(zone);
        Ok(())
    }
}

/// Where the device is left to Coxa a card is no reason to refuse.
fn refused(error: ZoneError) -> MotionError {
    match error {
        ZoneError::Refused(error) => error,
        error @ ZoneError::Card(_) => MotionError::Demand(error.to_string()),
    }
}

fn prepare(hip: &PlannedHip, question: &ZoneQuestion) -> Result<Prepared, PipelineError> {
    let ZoneQuestion { trial, group, frame, instead } = question;
    let spine = hip.spine(trial);
    let asked = hip.activities.iter().filter(|activity| group.is_none_or(|group| activity.group == group));
    let activities: Vec<Activity> = asked.map(|activity| spine.adapted(activity)).collect();
    let tilt_deg = match frame {
        None => 0.0,
        Some(posture) => spine
            .tilt_deg(*posture)
            .ok_or_else(|| MotionError::Demand(format!("the tilt of the pelvis {} is not known", posture.name())))?,
    };
    let room = hip.room(trial)?;
    let joint = hip.bearing(trial)?;
    let femur = instead.femur(hip.femur_change(trial));
    // What binds is enough for a zone, and soon there.
    let bones = if instead.implants_only { None } else { room.binding_bones(&femur, &activities)? };
    let grid = ZoneGrid::holding(&trial.cup.tilted_posteriorly(tilt_deg));
    Ok(Prepared { of: question.clone(), joint, bones, activities: Arc::new(activities), tilt_deg, grid, zone: None })
}
