//! How free a planned hip is in one posture, implants exact and bones counted.

use crate::motion::{BoneRoom, Couple, CupReach, ENOUGH_DEG, Motion, MovingBones, NeckInLiner, Posture};

/// How near to a limit the steps along a direction come, degrees.
const AT_LIMIT_DEG: f64 = 1e-3;

/// A planned hip as one posture asks it.
#[derive(Clone, Copy)]
pub struct FreeHip<'a> {
    /// Neck and liner as they are.
    pub joint: &'a NeckInLiner,
    /// Pelvis, femur and stem on it, and the cup as the femur's bone meets it; `None` leaves bones aside.
    pub bones: Option<(&'a BoneRoom, &'a MovingBones, &'a CupReach)>,
}

impl FreeHip<'_> {
    /// How far the femur can still turn in a posture until something meets, degrees, and what meets; negative where it does already. Of the
    /// neck on the liner that is how far it can lean, of bone how far the femur can turn about any axis. More than `enough_deg` is not
    /// looked for.
    ///
    /// No turn of the femur by one degree changes it by more than one degree: what lies further from a limit than its margin is known
    /// without a look.
    #[must_use]
    pub fn margin_deg(&self, posture: &Posture, enough_deg: f64) -> (f64, Couple) {
        let neck = self.joint.margin_deg(posture).min(enough_deg);
        // A neck that far through the rim is enough to know.
        if neck <= -enough_deg { (neck, Couple::ImplantImplant) } else { self.with_bones(neck, posture) }
    }

    /// What bones leave in a posture of so much margin of the neck, degrees, and what meets. Of bone no more than [`ENOUGH_DEG`] is looked for.
    #[must_use]
    pub fn with_bones(&self, neck_deg: f64, posture: &Posture) -> (f64, Couple) {
        let neck = (neck_deg, Couple::ImplantImplant);
        let Some((room, moving, reach)) = self.bones else { return neck };
        // A search that finds nothing gives back how far it was asked to look, which is nobody's margin.
        let less = |known: (f64, Couple), search: &dyn Fn(f64) -> (f64, Couple)| {
            let enough = known.0.min(ENOUGH_DEG);
            let found = search(enough);
            if found.0 < enough - 1e-9 { found } else { known }
        };
        let on_pelvis = less(neck, &|enough| room.margin_deg(moving, posture, enough));
        let axis = self.joint.cup.right_hip_axis().into_inner();
        less(on_pelvis, &|enough| (reach.margin_deg(moving, &axis, posture, enough), Couple::ImplantBone))
    }

    /// Where a motion from a posture in a direction of flexion, adduction and internal rotation ends: how far along it, in degrees of the
    /// three angles added up, and what meets there; `None` within `up_to_deg`. Steps are no longer than the margin allows, so that none
    /// tunnels.
    #[must_use]
    pub fn limit_along(&self, from: &Posture, direction: [f64; 3], up_to_deg: f64) -> Option<(f64, Couple)> {
        let length: f64 = direction.iter().map(|part| part.abs()).sum();
        let unit = direction.map(|part| part / length);
        let mut at = 0.0;
        while at <= up_to_deg {
            let (margin, couple) = self.margin_deg(&along(from, unit, at), ENOUGH_DEG);
            if margin < AT_LIMIT_DEG {
                return Some(((at + margin.min(0.0)).max(0.0), couple));
            }
            at += margin;
        }
        None
    }

    /// How far one of the passive motions goes, degrees, and what ends it; `None` within half a turn.
    #[must_use]
    pub fn passive_limit(&self, motion: Motion) -> Option<(f64, Couple)> {
        let (from, to) = (motion.start(), motion.posture(1.0));
        let direction = [
            to.flexion_deg - from.flexion_deg,
            to.adduction_deg - from.adduction_deg,
            to.internal_rotation_deg - from.internal_rotation_deg,
        ];
        self.limit_along(&from, direction, 180.0)
    }
}

/// The posture so far along a direction.
fn along(from: &Posture, [flexion, adduction, rotation]: [f64; 3], degrees: f64) -> Posture {
    Posture {
        flexion_deg: from.flexion_deg + flexion * degrees,
        adduction_deg: from.adduction_deg + adduction * degrees,
        internal_rotation_deg: from.internal_rotation_deg + rotation * degrees,
    }
}
