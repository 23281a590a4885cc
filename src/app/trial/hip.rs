//! A planned hip that components are tried on. What is tried is the plan with the edits that would be written: judged alike, to the last bit.

use super::{Spine, Trial};
use crate::{
    anatomy::{Anatomy, Measurement},
    app::keeping::edits,
    frames::Side,
    implants::Catalogue,
    labels::Label,
    mesh::TriMesh,
    motion::{Activity, ImpingementEngine, Spinopelvic},
    pipeline::{PipelineError, edited},
    plan::{
        Judge, Plan, PlanSettings,
        assessment::{Detail, Prepared},
    },
    risk::HipRoom,
};
use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

/// So many plans of trials are remembered: those that several questions about one trial need.
const REMEMBERED: usize = 4;

/// Makes ready what edits of a plan are judged against.
pub type Judging = Box<dyn Fn(&Plan, &Catalogue) -> Result<Judge, PipelineError> + Send + Sync>;

/// A plan on its bones, and what has been prepared of it.
pub struct PlannedHip {
    pub(crate) plan: Plan,
    pub(crate) catalogue: Catalogue,
    pub(crate) anatomy: Anatomy,
    /// Hip bone and femur as scanned.
    pub(in crate::app) bones: BTreeMap<Label, TriMesh>,
    /// The hip bone of them, for those that keep what they make of it.
    pub(crate) pelvis: Option<Arc<TriMesh>>,
    /// What can be followed.
    pub(crate) activities: Vec<Activity>,
    judging: Judging,
    /// Held while the judge is made ready, so that it is once.
    preparing: Mutex<()>,
    judge: OnceLock<Judge>,
    /// What plans are told by, once somebody asks.
    prepared: OnceLock<Option<Prepared>>,
    /// What was tried last.
    tried: Mutex<Vec<(Trial, Plan)>>,
    /// The last engine: bodies that stay as they are need not be prepared again.
    pub(super) engine: Mutex<Option<Arc<ImpingementEngine>>>,
    /// The last room, with the trial that it is of.
    pub(super) room: Mutex<Option<(Trial, Arc<HipRoom>)>>,
}

impl fmt::Debug for PlannedHip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlannedHip").field("plan", &self.plan.number).finish_non_exhaustive()
    }
}

impl PlannedHip {
    /// A plan with a stem, on the bones that can be reached from its joint; `activities` are what can be played, `judging` is asked once, as
    /// soon as something else than the plan is tried.
    #[must_use]
    pub fn new(
        plan: Plan,
        catalogue: Catalogue,
        anatomy: Anatomy,
        bones: &BTreeMap<Label, TriMesh>,
        activities: Vec<Activity>,
        judging: Judging,
    ) -> Self {
        let reached = [Label::hip(plan.side), Label::femur(plan.side)];
        let pelvis = bones.get(&reached[0]).cloned().map(Arc::new);
        let bones = reached.into_iter().filter_map(|label| Some((label, bones.get(&label)?.clone()))).collect();
        let (preparing, judge, prepared, tried, engine, room) = Default::default();
        Self { plan, catalogue, anatomy, bones, pelvis, activities, judging, preparing, judge, prepared, tried, engine, room }
    }

    /// Which hip.
    #[must_use]
    pub const fn side(&self) -> Side {
        self.plan.side
    }

    /// The plan itself as a trial.
    #[must_use]
    pub fn planned(&self) -> Trial {
        let (cup, stem) = (&self.plan.cup, self.plan.stem.as_ref());
        Trial {
            cup_id: cup.cup.clone(),
            cup: cup.angles(&self.anatomy.pelvis.app, self.plan.side),
            cup_shift_mm: [0.0; 3],
            liner: cup.liner.as_ref().map(|placed| placed.liner.clone()),
            liner_positions: 0,
            head: stem.map(|stem| stem.head.clone()),
            stem_id: stem.map(|stem| stem.stem.clone()),
            stem_version_deg: 0.0,
            stem_lean_deg: 0.0,
            stem_depth_mm: 0.0,
            cut_mm: 0.0,
            spine: Spine::default(),
        }
    }

    /// What edits are judged against; made ready on first need, which takes a moment.
    ///
    /// # Errors
    /// When the case cannot be read, or its hip cannot be judged.
    pub fn judge(&self) -> Result<&Judge, PipelineError> {
        let _held = self.preparing.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(judge) = self.judge.get() {
            return Ok(judge);
        }
        let judge = (self.judging)(&self.plan, &self.catalogue)?;
        Ok(self.judge.get_or_init(|| judge))
    }

    /// The plan with what is tried in it, which is the one that would be written: every number and finding follows.
    ///
    /// # Errors
    /// When an edit is refused, or cannot be judged.
    pub fn plan_of(&self, trial: &Trial) -> Result<Plan, PipelineError> {
        let commands = edits(self, trial);
        if commands.is_empty() {
            return Ok(self.plan.clone());
        }
        let trial = Trial { spine: Spine::default(), ..trial.clone() };
        let judge = self.judge()?;
        // Held meanwhile: whoever else asks for the same waits for it.
        let mut tried = self.tried.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, plan)) = tried.iter().find(|(of, _)| *of == trial) {
            return Ok(plan.clone());
        }
        let plan = edited(&self.plan, judge, &commands)?;
        tried.truncate(REMEMBERED - 1);
        tried.insert(0, (trial, plan.clone()));
        Ok(plan)
    }

    /// Every number that can be told of a plan of this hip without its CT, each with its spread; what cannot be told is not there.
    #[must_use]
    pub fn numbers(&self, plan: &Plan) -> Vec<Measurement> {
        let prepare = || Prepared::new(&self.anatomy, self.plan.side, &self.bones, &PlanSettings::shipped().ok()?).ok();
        let assess = |prepared: &Prepared| prepared.assess(plan, &self.catalogue, None, Detail::Numbers).ok();
        let assessed = self.prepared.get_or_init(prepare).as_ref().and_then(assess);
        assessed.map(|assessment| assessment.numbers).unwrap_or_default()
    }

    /// What is known of the pelvis in postures.
    #[must_use]
    pub fn spine(&self, trial: &Trial) -> Spinopelvic {
        trial.spine.known(self.anatomy.pelvis.tilt_deg)
    }
}
