//! What the solvers ask of a trial: its scene, its engine, neck and liner, and the bones about them.

use super::{PlannedHip, Spine, Trial};
use crate::{
    motion::{FemurChange, ImpingementEngine, MotionError, NeckInLiner, RomScene},
    pipeline::PipelineError,
    plan::Plan,
    risk::HipRoom,
};
use std::sync::{Arc, PoisonError};

impl PlannedHip {
    /// What is changed of the femur within its room.
    #[must_use]
    pub fn femur_change(&self, trial: &Trial) -> FemurChange {
        FemurChange { stem_version_deg: trial.stem_version_deg, ..FemurChange::default() }
    }

    /// Neck and liner of a trial, the cup turned as in the plan: for those that turn it themselves.
    ///
    /// # Errors
    /// As [`Self::plan_of`].
    pub fn bearing(&self, trial: &Trial) -> Result<NeckInLiner, PipelineError> {
        self.joint(&Trial { cup: self.planned().cup, ..trial.clone() })
    }

    /// Neck and liner of a trial.
    ///
    /// # Errors
    /// As [`Self::plan_of`].
    pub fn joint(&self, trial: &Trial) -> Result<NeckInLiner, PipelineError> {
        let joint = NeckInLiner::of_plan(&self.plan_of(trial)?, &self.catalogue, &self.anatomy)?;
        Ok(joint.ok_or_else(no_stem)?)
    }

    /// The scene of a plan.
    ///
    /// # Errors
    /// When the catalogue does not list a part.
    pub fn scene(&self, plan: &Plan) -> Result<RomScene, MotionError> {
        RomScene::of_plan(plan, &self.catalogue, &self.anatomy, &self.bones)?.ok_or_else(no_stem)
    }

    /// The engine of a scene; quick where most of its bodies are those of the last one.
    ///
    /// # Errors
    /// When a body has no triangles.
    pub fn engine(&self, scene: &RomScene) -> Result<Arc<ImpingementEngine>, MotionError> {
        let known = self.engine.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let made = Arc::new(known.map_or_else(|| ImpingementEngine::new(scene), |known| known.with_scene(scene))?);
        *self.engine.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&made));
        Ok(made)
    }

    /// Neck, liner and bones with all parts where they are tried, but for turns within the room: of the cup about its bearing, of the liner,
    /// and of the stem, with which bones are asked as if it had turned about the femur's axis ([`Self::femur_change`]). That leaves them where
    /// they are to the parallelism of the two axes. Prepared anew only for other parts or places.
    ///
    /// # Errors
    /// As [`Self::plan_of`].
    pub fn room(&self, trial: &Trial) -> Result<Arc<HipRoom>, PipelineError> {
        let unturned = self.unturned(trial);
        let mut known = self.room.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, room)) = known.as_ref().filter(|(of, _)| *of == unturned) {
            return Ok(Arc::clone(room));
        }
        let room = HipRoom::of_plan(&self.plan_of(&unturned)?, &self.catalogue, &self.anatomy, &self.bones)?;
        let room = Arc::new(room.ok_or_else(no_stem)?);
        *known = Some((unturned, Arc::clone(&room)));
        Ok(room)
    }

    /// The same with everything turned as it is tried.
    ///
    /// # Errors
    /// As [`Self::plan_of`].
    pub fn room_as_tried(&self, trial: &Trial) -> Result<Arc<HipRoom>, PipelineError> {
        let still = Trial { spine: Spine::default(), ..trial.clone() };
        if still == self.unturned(trial) {
            return self.room(trial);
        }
        let room = HipRoom::of_plan(&self.plan_of(trial)?, &self.catalogue, &self.anatomy, &self.bones)?;
        Ok(Arc::new(room.ok_or_else(no_stem)?))
    }

    /// A trial without what turns within its room.
    fn unturned(&self, trial: &Trial) -> Trial {
        let (cup, spine) = (self.planned().cup, Spine::default());
        Trial { cup, liner_positions: 0, stem_version_deg: 0.0, spine, ..trial.clone() }
    }
}

fn no_stem() -> MotionError {
    MotionError::Demand("the plan has no stem to move".into())
}
