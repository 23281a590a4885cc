//! A planned hip that components are tried on: what other places of the cup, other parts and another version of the stem make of it.

use super::{Spine, Trial};
use crate::{
    anatomy::Anatomy,
    frames::Side,
    implants::{Catalogue, Liner},
    labels::Label,
    mesh::TriMesh,
    motion::{Activity, FemurChange, ImpingementEngine, MotionError, NeckInLiner, RomScene, Spinopelvic},
    plan::{CupPlacement, LinerPlacement, Plan, StemPlacement},
    risk::{HipRoom, Variant},
};
use nalgebra::UnitQuaternion;
use std::{
    collections::BTreeMap,
    f64::consts::TAU,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

/// A plan on its bones, and what has been prepared of it.
pub struct PlannedHip {
    pub(crate) plan: Plan,
    pub(crate) catalogue: Catalogue,
    pub(crate) anatomy: Anatomy,
    /// Hip bone and femur as scanned.
    bones: BTreeMap<Label, TriMesh>,
    /// The hip bone of them, for those that keep what they make of it.
    pub(crate) pelvis: Option<Arc<TriMesh>>,
    /// What can be followed.
    pub(crate) activities: Vec<Activity>,
    /// The last engine: bodies that stay as they are need not be prepared again.
    engine: Mutex<Option<Arc<ImpingementEngine>>>,
    /// The last room, with the parts that it is of.
    room: Mutex<Option<(Parts, Arc<HipRoom>)>>,
}

/// Head and liner.
type Parts = [Option<String>; 2];

impl fmt::Debug for PlannedHip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlannedHip").field("plan", &self.plan.number).finish_non_exhaustive()
    }
}

impl PlannedHip {
    /// A plan with a stem, on the bones that can be reached from its joint; `activities` are what can be played.
    #[must_use]
    pub fn new(
        plan: Plan,
        catalogue: Catalogue,
        anatomy: Anatomy,
        bones: &BTreeMap<Label, TriMesh>,
        activities: Vec<Activity>,
    ) -> Self {
        let reached = [Label::hip(plan.side), Label::femur(plan.side)];
        let pelvis = bones.get(&reached[0]).cloned().map(Arc::new);
        let bones = reached.into_iter().filter_map(|label| Some((label, bones.get(&label)?.clone()))).collect();
        let (engine, room) = (Mutex::default(), Mutex::default());
        Self { plan, catalogue, anatomy, bones, pelvis, activities, engine, room }
    }

    /// Which hip.
    #[must_use]
    pub const fn side(&self) -> Side {
        self.plan.side
    }

    /// The plan itself as a trial.
    #[must_use]
    pub fn planned(&self) -> Trial {
        let liner = self.plan.cup.liner.as_ref().map(|placed| placed.liner.clone());
        Trial {
            cup: self.plan.cup.angles(&self.anatomy.pelvis.app, self.plan.side),
            head: self.plan.stem.as_ref().map(|stem| stem.head.clone()),
            liner,
            liner_positions: 0,
            stem_version_deg: 0.0,
            spine: Spine::default(),
        }
    }

    /// The plan with what is tried in it, as bodies stand then. Neither judged nor kept.
    ///
    /// # Errors
    /// When the catalogue does not list a part, or parts do not fit.
    pub fn plan_of(&self, trial: &Trial) -> Result<Plan, MotionError> {
        let planned = self.planned();
        let mut plan = self.variant(trial).plan(&self.plan, &self.catalogue)?;
        if trial.cup != planned.cup {
            // The lip goes round with the axis by the shortest way, as when a plan is edited.
            let axis = trial.cup.axis(&self.anatomy.pelvis.app, plan.side);
            let turn = UnitQuaternion::rotation_between_axis(&plan.cup.axis, &axis).unwrap_or_default();
            // The shell stays; a liner that puts the bearing further out takes it along the new axis.
            let shell = plan.cup.shell_centre(plan.chosen(&self.catalogue)?.liner);
            let centre = shell + turn * (plan.cup.centre - shell);
            let liner = plan.cup.liner.take().map(|placed| LinerPlacement { towards: turn * placed.towards, ..placed });
            plan.cup = CupPlacement { axis, liner, centre, ..plan.cup };
        }
        if let Some(placed) = plan.cup.liner.take() {
            let part = f64::from(trial.liner_positions) / f64::from(Liner::POSITIONS);
            let turn = UnitQuaternion::from_axis_angle(&plan.cup.axis, part * TAU * plan.side.lps_sign());
            plan.cup.liner = Some(LinerPlacement { towards: turn * placed.towards, ..placed });
        }
        if let Some(placed) = plan.stem.take() {
            let pose = placed.turned(plan.side, trial.stem_version_deg);
            plan.stem = Some(StemPlacement { pose, ..placed });
        }
        if !trial.same_parts(&planned) {
            let change = plan.change(&self.catalogue, &self.anatomy)?;
            plan.leg_length_change_mm = change.map(|change| change.leg_length_mm);
            plan.offset_change_mm = change.map(|change| change.offset_mm);
        }
        Ok(plan)
    }

    /// What a zone and margins are asked for in place of the plan's parts.
    #[must_use]
    pub fn variant(&self, trial: &Trial) -> Variant {
        let planned = self.planned();
        let other = |tried: &Option<String>, planned: &Option<String>| tried.clone().filter(|_| tried != planned);
        Variant {
            head: other(&trial.head, &planned.head),
            liner: other(&trial.liner, &planned.liner),
            liner_positions: trial.liner_positions,
            femur: FemurChange { stem_version_deg: trial.stem_version_deg, ..FemurChange::default() },
        }
    }

    /// Neck and liner of a trial in the cup of the plan, with the neck where it is when the stem has turned about its own axis. Bones are
    /// asked as if it had turned about the femur's, which leaves them where they are to the parallelism of the two.
    ///
    /// # Errors
    /// As [`Self::plan_of`].
    pub fn bearing(&self, room: &HipRoom, trial: &Trial) -> Result<NeckInLiner, MotionError> {
        let joint = self.variant(trial).joint(&room.joint);
        if trial.stem_version_deg == 0.0 {
            return Ok(joint);
        }
        let turned = NeckInLiner::of_plan(&self.plan_of(trial)?, &self.catalogue, &self.anatomy)?;
        Ok(turned.map_or_else(|| joint.clone(), |turned| NeckInLiner { neck: turned.neck, ..joint.clone() }))
    }

    /// The same with the cup turned.
    ///
    /// # Errors
    /// As [`Self::plan_of`].
    pub fn joint(&self, room: &HipRoom, trial: &Trial) -> Result<NeckInLiner, MotionError> {
        let joint = self.bearing(room, trial)?;
        Ok(if trial.cup == self.planned().cup { joint } else { joint.with_cup(trial.cup) })
    }

    /// The scene of a trial.
    ///
    /// # Errors
    /// As [`Self::plan_of`].
    pub fn scene(&self, plan: &Plan) -> Result<RomScene, MotionError> {
        let scene = RomScene::of_plan(plan, &self.catalogue, &self.anatomy, &self.bones)?;
        scene.ok_or_else(|| MotionError::Demand("the plan has no stem to move".into()))
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

    /// Neck, liner and bones of the plan with the parts that are tried; prepared anew only for other parts.
    ///
    /// # Errors
    /// As [`Self::plan_of`].
    pub fn room(&self, trial: &Trial) -> Result<Arc<HipRoom>, MotionError> {
        let variant = self.variant(trial);
        let parts = [variant.head.clone(), variant.liner.clone()];
        let mut known = self.room.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, room)) = known.as_ref().filter(|(of, _)| *of == parts) {
            return Ok(Arc::clone(room));
        }
        let plan = variant.plan(&self.plan, &self.catalogue)?;
        let room = HipRoom::of_plan(&plan, &self.catalogue, &self.anatomy, &self.bones)?;
        let room = Arc::new(room.ok_or_else(|| MotionError::Demand("the plan has no stem to move".into()))?);
        *known = Some((parts, Arc::clone(&room)));
        Ok(room)
    }

    /// What is known of the pelvis in postures.
    #[must_use]
    pub fn spine(&self, trial: &Trial) -> Spinopelvic {
        trial.spine.known(self.anatomy.pelvis.tilt_deg)
    }

    /// Liners that the cup takes and heads that go with each and with the stem, by their ids.
    #[must_use]
    pub fn parts(&self) -> Vec<(Option<String>, Vec<String>)> {
        let Ok(chosen) = self.plan.chosen(&self.catalogue) else { return Vec::new() };
        let heads = |liner: Option<&Liner>| -> Vec<String> {
            let all = self.catalogue.heads.iter().filter(|head| chosen.cup.head_refused(liner, head).is_none());
            let fits = all.filter(|head| chosen.stem.is_some_and(|(stem, _)| stem.head_refused(head).is_none()));
            fits.map(|head| head.id.clone()).collect()
        };
        let liners: Vec<&Liner> = self.catalogue.liners_for(chosen.cup).collect();
        if self.plan.cup.liner.is_none() {
            return vec![(None, heads(None))];
        }
        let with = |liner: &Liner| (Some(liner.id.clone()), heads(Some(liner)));
        liners.into_iter().map(with).filter(|(_, heads)| !heads.is_empty()).collect()
    }

    /// The head nearest to the present one among those of a liner: of the same neck length where there is one.
    #[must_use]
    pub fn nearest_head(&self, present: Option<&str>, among: &[String]) -> Option<String> {
        let present = present.and_then(|id| self.catalogue.head(id))?;
        let apart = |id: &&String| {
            let head = self.catalogue.head(id);
            head.map_or(f64::INFINITY, |head| (head.offset_mm - present.offset_mm).abs())
        };
        among.iter().min_by(|a, b| apart(a).total_cmp(&apart(b))).cloned()
    }
}
