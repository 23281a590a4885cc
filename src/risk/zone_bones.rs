//! What bones allow in the activities of a zone. What femur and stem do on the pelvis is the same wherever the cup looks: it is followed
//! once, and only the femur's bone on the cup is followed for each cup.

use crate::motion::{Activity, BoneLeast, BoneRoom, CupReach, ENOUGH_DEG, FemurChange, MotionError, MovingBones};
use rayon::prelude::*;

/// Of a recording, which may have hundreds, no more keyframes than so many are looked at first.
const MOST: usize = 8;

/// Bones, followed in some activities.
pub struct ZoneBones {
    pub(super) moving: MovingBones,
    pub(super) reach: CupReach,
    /// Least room of femur and stem on the pelvis in each activity, in their order; `None` where it is more than [`ENOUGH_DEG`], and of arcs.
    pub least: Vec<Option<BoneLeast>>,
}

impl ZoneBones {
    /// Follows bones in some activities, after a change on the femoral side.
    ///
    /// # Errors
    /// When an activity cannot be followed, or the change is no number.
    pub fn new(room: &BoneRoom, reach: CupReach, change: &FemurChange, activities: &[Activity]) -> Result<Self, MotionError> {
        let moving = moved(room, change)?;
        let least = |activity: &Activity| Ok(room.least(&moving, &activity.track()?, ENOUGH_DEG));
        let least = activities.par_iter().map(least).collect::<Result<_, MotionError>>()?;
        Ok(Self { moving, reach, least })
    }

    /// The same where only the activity that binds is wanted, as a zone does: the others come out as `None`. Quick enough to follow a hand
    /// that changes the femur.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn binding(room: &BoneRoom, reach: CupReach, change: &FemurChange, activities: &[Activity]) -> Result<Self, MotionError> {
        let moving = moved(room, change)?;
        let tracks = activities.iter().map(Activity::track).collect::<Result<Vec<_>, _>>()?;
        // Keyframes first: no activity with more room than the least of them binds.
        let keyframes = activities.iter().map(|activity| activity.demand.keyframes());
        let keyframes: Vec<_> = keyframes.flat_map(|all| all.iter().step_by(all.len().div_ceil(MOST).max(1))).collect();
        let rooms = keyframes.par_iter().map(|keyframe| room.margin_deg(&moving, &keyframe.posture(), ENOUGH_DEG).0);
        // A little more, so that the keyframe itself is found.
        let enough = (rooms.reduce(|| ENOUGH_DEG, f64::min) + 1e-6).min(ENOUGH_DEG);
        let mut least: Vec<_> = tracks.par_iter().map(|track| room.least(&moving, track, enough)).collect();
        let binding = least.iter().flatten().map(|least| least.margin_deg).fold(f64::INFINITY, f64::min);
        least.iter_mut().for_each(|least| *least = least.filter(|least| least.margin_deg <= binding));
        Ok(Self { moving, reach, least })
    }

    /// The activity in which femur and stem have least room on the pelvis, by its place.
    #[must_use]
    pub fn least_of_all(&self) -> Option<(usize, &BoneLeast)> {
        let found = self.least.iter().enumerate().filter_map(|(index, least)| Some((index, least.as_ref()?)));
        found.min_by(|a, b| a.1.margin_deg.total_cmp(&b.1.margin_deg))
    }
}

pub(super) fn moved(room: &BoneRoom, change: &FemurChange) -> Result<MovingBones, MotionError> {
    let FemurChange { stem_version_deg, stem_varus_deg, neck_length_mm, leg_length_mm, offset_mm } = *change;
    if ![stem_version_deg, stem_varus_deg, neck_length_mm, leg_length_mm, offset_mm].into_iter().all(f64::is_finite) {
        return Err(MotionError::Demand(format!("{change:?} is no change of stem and head: its numbers must be finite")));
    }
    Ok(room.moving(change))
}
