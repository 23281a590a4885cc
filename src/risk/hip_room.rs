//! A planned hip with all that zone, remedies and scatter ask of it: neck in liner, bones, and what the femur's bone meets of the cup.

use super::ZoneBones;
use crate::{
    anatomy::Anatomy,
    implants::Catalogue,
    labels::Label,
    mesh::TriMesh,
    motion::{
        Activity, BONE_FINE_DEG, BoneLeast, BoneRoom, Couple, CupReach, ENOUGH_DEG, FemurChange, FreeHip, MotionError,
        MovingBones, NeckInLiner, Posture, RomScene, Track,
    },
    plan::{LinerPlacement, Plan, StemPlacement},
};
use nalgebra::{Unit, Vector3};
use std::collections::BTreeMap;

/// A planned hip.
pub struct HipRoom {
    /// Neck and liner as they are.
    pub joint: NeckInLiner,
    /// Pelvis, femur and stem; `None` without a pelvis.
    pub bones: Option<BoneRoom>,
    /// Cup and liner as the femur's bone meets them.
    pub reach: CupReach,
}

/// Parts and places that a zone is asked for instead of those of the plan.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Variant {
    /// Id of another head.
    pub head: Option<String>,
    /// Id of another liner.
    pub liner: Option<String>,
    /// Positions that the liner is locked further round; forwards from twelve o'clock is positive.
    pub liner_positions: i32,
    /// What is changed on the femoral side besides.
    pub femur: FemurChange,
}

impl HipRoom {
    /// The hip of a plan on its bones; `None` when the plan has no stem to move. Some tenths of a second on bones of 100 000 triangles.
    ///
    /// # Errors
    /// When the catalogue does not list an implant of the plan, or a bone's surface cannot be used.
    pub fn of_plan(
        plan: &Plan,
        catalogue: &Catalogue,
        anatomy: &Anatomy,
        bones: &BTreeMap<Label, TriMesh>,
    ) -> Result<Option<Self>, MotionError> {
        let Some(joint) = NeckInLiner::of_plan(plan, catalogue, anatomy)? else { return Ok(None) };
        let Some(scene) = RomScene::of_plan(plan, catalogue, anatomy, bones)? else { return Ok(None) };
        let chosen = plan.chosen(catalogue)?;
        let neck_mm = chosen.stem.map_or(0.0, |(stem, head)| stem.neck_length_mm + head.offset_mm);
        let reach = CupReach::new(chosen.cup, &chosen.bearing());
        Ok(Some(Self { joint, bones: BoneRoom::new(&scene, neck_mm)?, reach }))
    }

    /// Its bones followed in some activities, after a change on the femoral side; `None` without bones.
    ///
    /// # Errors
    /// When an activity cannot be followed, or the change is no number.
    pub fn zone_bones(&self, change: &FemurChange, activities: &[Activity]) -> Result<Option<ZoneBones>, MotionError> {
        self.bones.as_ref().map(|room| ZoneBones::new(room, self.reach.clone(), change, activities)).transpose()
    }

    /// The same where only what binds is wanted: for a zone that follows a hand.
    ///
    /// # Errors
    /// As [`Self::zone_bones`].
    pub fn binding_bones(&self, change: &FemurChange, activities: &[Activity]) -> Result<Option<ZoneBones>, MotionError> {
        self.bones.as_ref().map(|room| ZoneBones::binding(room, self.reach.clone(), change, activities)).transpose()
    }

    /// How much room a posture leaves, and which couple has it: the least of the neck on its liner, of femur and stem on the pelvis, and of the
    /// femur's bone on the cup, degrees; negative where something meets. Of bone no more than [`ENOUGH_DEG`](crate::motion::ENOUGH_DEG) is looked for.
    #[must_use]
    pub fn margin_deg(&self, moving: Option<&MovingBones>, joint: &NeckInLiner, posture: &Posture) -> (f64, Couple) {
        let bones = self.bones.as_ref().zip(moving).map(|(room, moving)| (room, moving, &self.reach));
        FreeHip { joint, bones }.with_bones(joint.margin_deg(posture), posture)
    }

    /// Which of some activities leaves the least room anywhere along its path, how much (degrees, negative where something meets), and the couple
    /// that has it; `None` without activities. Bone is looked for only where it would have less room than what was found before.
    ///
    /// # Errors
    /// When an activity cannot be followed.
    pub fn binding(&self, activities: &[Activity]) -> Result<Option<(usize, f64, Couple)>, MotionError> {
        let moving = self.bones.as_ref().map(|room| room.moving(&FemurChange::default()));
        let mut binding: Option<(usize, f64, Couple)> = None;
        for (index, activity) in activities.iter().enumerate() {
            let track = activity.track()?;
            let before = |binding: &Option<(usize, f64, Couple)>| binding.map_or(f64::INFINITY, |(_, least_deg, _)| least_deg);
            let neck_deg = self.joint.least(&track).margin_deg;
            if neck_deg < before(&binding) {
                binding = Some((index, neck_deg, Couple::ImplantImplant));
            }
            let enough_deg = before(&binding).min(ENOUGH_DEG);
            let bone = moving.as_ref().and_then(|moving| self.bone_least(moving, &self.joint, &track, enough_deg));
            if let Some(bone) = bone.filter(|bone| bone.margin_deg < before(&binding)) {
                binding = Some((index, bone.margin_deg, bone.couple));
            }
        }
        Ok(binding)
    }

    /// Where along a track bone has least room, on the pelvis or on a cup of this axis; `None` where it has more than so many degrees.
    pub(super) fn bone_least(
        &self,
        moving: &MovingBones,
        joint: &NeckInLiner,
        track: &Track,
        enough_deg: f64,
    ) -> Option<BoneLeast> {
        let on_pelvis = self.bones.as_ref().and_then(|room| room.least(moving, track, enough_deg));
        let (axis, below) = (joint.cup.right_hip_axis().into_inner(), on_pelvis.map_or(enough_deg, |least| least.margin_deg));
        let on_cup = track
            .least_room(below, BONE_FINE_DEG, &|posture, enough| self.reach.margin_deg(moving, &axis, posture, enough))
            .map(|least| {
                let couple = Couple::ImplantBone;
                BoneLeast { margin_deg: least.margin_deg, couple, part: least.part, posture: least.posture, points: None }
            });
        on_cup.or(on_pelvis)
    }
}

impl Variant {
    /// The plan with the head and liner that are named. A liner that puts the bearing further out moves it, the shell stays.
    ///
    /// # Errors
    /// When the catalogue does not list them, or they do not fit.
    pub fn plan(&self, plan: &Plan, catalogue: &Catalogue) -> Result<Plan, MotionError> {
        let mut changed = plan.clone();
        let refused =
            |what: &str, id: &str, why: &dyn std::fmt::Display| MotionError::Demand(format!("the {what} '{id}': {why}"));
        let chosen = plan.chosen(catalogue)?;
        if let Some(id) = &self.liner {
            let liner = catalogue.liner(id).ok_or_else(|| refused("liner", id, &"the catalogue does not list it"))?;
            if let Some(why) = catalogue.liner_refused(chosen.cup, liner) {
                return Err(refused("liner", id, &why));
            }
            let axis = plan.cup.axis.into_inner();
            let upwards = || Unit::new_normalize(Vector3::z() - axis * axis.z);
            let towards = plan.cup.liner.as_ref().map_or_else(upwards, |placed| placed.towards);
            changed.cup.centre += axis * (liner.lateral_mm - chosen.liner.map_or(0.0, |present| present.lateral_mm));
            changed.cup.liner = Some(LinerPlacement { liner: id.clone(), towards });
        }
        if let (Some(id), Some(placed)) = (&self.head, &plan.stem) {
            catalogue.head(id).ok_or_else(|| refused("head", id, &"the catalogue does not list it"))?;
            changed.stem = Some(StemPlacement { head: id.clone(), ..placed.clone() });
        }
        let chosen = changed.chosen(catalogue)?;
        if let Some((stem, head)) = chosen.stem {
            let reasons = [stem.head_refused(head), chosen.cup.head_refused(chosen.liner, head)];
            if let Some(why) = reasons.into_iter().flatten().next() {
                return Err(refused("head", &head.id, &why));
            }
        }
        Ok(changed)
    }

    /// Neck and liner of the changed plan with the liner and the stem turned.
    #[must_use]
    pub fn joint(&self, joint: &NeckInLiner) -> NeckInLiner {
        let degrees = 360.0 * f64::from(self.liner_positions) / f64::from(crate::implants::Liner::POSITIONS);
        let mut turned = joint.with_liner_turned(degrees);
        turned.neck.anteversion_deg += self.femur.stem_version_deg;
        turned
    }
}
