//! The cheapest change of a plan that takes a danger away: a larger head, the liner locked in another position, another turn of the cup or of
//! the stem.

use super::{
    bone_remedy::{BoneAfter, LongerHead, neck_margins},
    danger::RESERVE_DEG,
};
use crate::{
    anatomy::{Anatomy, CupAngles},
    implants::{Catalogue, Cup, Head, Liner, NeckRange},
    motion::{MotionError, NeckAngles, NeckInLiner, RomScene, Track},
    plan::{Plan, StemPlacement},
};
use rayon::prelude::*;
use serde::Serialize;
use std::{collections::BTreeMap, sync::Arc};

/// How far cup and stem are turned at most, degrees.
pub const RANGE_DEG: i32 = 15;
/// Step of changes of one angle, and of two angles together, degrees.
const STEP_DEG: i32 = 1;
const PAIR_STEP_DEG: i32 = 3;
/// The cup is not turned out of these, or further out where the plan is outside already: inclination and anteversion, radiographic.
const CUP_WITHIN_DEG: [(f64, f64); 2] = [(30.0, 50.0), (5.0, 30.0)];
/// What a change costs, in degrees of turning the cup: another head or position of the liner is cheapest, a turned stem dearest (the canal
/// decides where a cementless stem turns to), a second change costs by itself.
const HEAD_COST: f64 = 0.5;
const LINER_COST: f64 = 0.5;
const STEM_COST: f64 = 1.5;
const SECOND_COST: f64 = 1.0;
/// Another bearing is worth a change from this gain of the oscillation angle on, degrees.
const LEAST_GAIN_DEG: f64 = 0.5;

/// A head that the planned cup can have, with the oscillation angle that it makes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HeadChoice {
    /// Id of the head.
    pub head: String,
    /// Id of the cup that takes it: the planned one, or its like with another bearing.
    pub cup: String,
    /// Id of the liner that takes it; `None` where the cup states its own.
    pub liner: Option<String>,
    /// Diameter of the head, mm.
    pub diameter_mm: f64,
    /// Oscillation angle of neck and liner with it, degrees.
    pub oscillation_deg: f64,
}

/// Heads and liners of a catalogue that allow more motion than the planned ones in the planned cup or one of the same make and size, the least
/// gain first. Left aside are those that move the centre of the joint, and liners that are not the same all round, which no single angle
/// describes; heads that only lengthen the neck gain nothing that neck and liner notice.
///
/// # Errors
/// When the catalogue does not list an implant of the plan.
pub fn head_choices(plan: &Plan, catalogue: &Catalogue, anatomy: &Anatomy) -> Result<Vec<HeadChoice>, MotionError> {
    let chosen = plan.chosen(catalogue)?;
    let (Some((stem, head)), Some(placement)) = (chosen.stem, &plan.stem) else { return Ok(Vec::new()) };
    let Some(planned) = oscillation_of(plan, catalogue, anatomy)? else { return Ok(Vec::new()) };
    let like = |cup: &&Cup| same(cup.outer_diameter_mm, chosen.cup.outer_diameter_mm) && cup.family == chosen.cup.family;
    let in_place = |liner: &&Liner| !liner.has_positions() && same(liner.lateral_mm, chosen.liner.map_or(0.0, |l| l.lateral_mm));
    let mut choices: Vec<HeadChoice> = Vec::new();
    for cup in catalogue.cups.iter().filter(like) {
        let bearings: Vec<(Option<&Liner>, f64)> = match &plan.cup.liner {
            Some(_) => catalogue.liners_for(cup).filter(in_place).map(|liner| (Some(liner), liner.head_diameter_mm)).collect(),
            None => vec![(None, cup.head_diameter_mm)],
        };
        for (liner, diameter_mm) in bearings {
            let fits = |other: &&Head| same(other.offset_mm, head.offset_mm) && stem.head_refused(other).is_none();
            for other in catalogue.heads_of(diameter_mm).filter(fits) {
                let mut changed = plan.clone();
                changed.cup.cup.clone_from(&cup.id);
                if let (Some(placed), Some(liner)) = (&mut changed.cup.liner, liner) {
                    placed.liner.clone_from(&liner.id);
                }
                changed.stem = Some(StemPlacement { head: other.id.clone(), ..placement.clone() });
                let gained =
                    oscillation_of(&changed, catalogue, anatomy)?.filter(|oscillation| *oscillation > planned + LEAST_GAIN_DEG);
                choices.extend(gained.map(|oscillation_deg| HeadChoice {
                    head: other.id.clone(),
                    cup: cup.id.clone(),
                    liner: liner.map(|liner| liner.id.clone()),
                    diameter_mm: other.diameter_mm,
                    oscillation_deg,
                }));
            }
        }
    }
    choices.sort_by(|a, b| a.oscillation_deg.total_cmp(&b.oscillation_deg));
    Ok(choices)
}

/// Lengths of two parts that are the same, mm.
fn same(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-6
}

fn oscillation_of(plan: &Plan, catalogue: &Catalogue, anatomy: &Anatomy) -> Result<Option<f64>, MotionError> {
    Ok(RomScene::of_plan(plan, catalogue, anatomy, &BTreeMap::new())?.map(|scene| scene.oscillation_deg))
}

/// A change of the plan; degrees are added to what is planned.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Remedy {
    /// Another head.
    pub head: Option<HeadChoice>,
    /// Positions that the liner is locked further round, of [`Liner::POSITIONS`]: forwards from twelve o'clock is positive.
    pub liner_positions: i32,
    /// Inclination of the cup, radiographic, in the plan's frame.
    pub inclination_deg: f64,
    /// Anteversion of the cup, radiographic, in the plan's frame.
    pub anteversion_deg: f64,
    /// Anteversion of the stem.
    pub stem_version_deg: f64,
    /// A longer head in the same bearing.
    pub longer_head: Option<LongerHead>,
    /// Femoral offset, as a stem of higher offset has it, mm.
    pub offset_mm: f64,
    /// Leg length, as a stem has it that is seated less deep, mm.
    pub leg_length_mm: f64,
}

/// A change with what it does.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Offer {
    /// The change.
    pub remedy: Remedy,
    /// The plan after it.
    pub inclination_deg: f64,
    /// The plan after it.
    pub anteversion_deg: f64,
    /// Margin of the activity after it, degrees.
    pub margin_deg: f64,
    /// Least margin of all the activities after it, degrees.
    pub least_deg: f64,
    /// What bone does in the activity after it; `None` where bones were not asked for.
    pub bone: Option<BoneAfter>,
}

/// All changes that are looked at, with what they do to every activity.
pub(super) struct Search {
    pub(super) before: Vec<f64>,
    /// From cheap to dear.
    tried: Vec<Tried>,
}

struct Tried {
    remedy: Remedy,
    cup: CupAngles,
    margins: Vec<f64>,
}

impl Remedy {
    /// Neck and liner after it.
    pub(super) fn applied(&self, joint: &NeckInLiner) -> NeckInLiner {
        let degrees = 360.0 * f64::from(self.liner_positions) / f64::from(Liner::POSITIONS);
        let turned = joint.with_liner_turned(degrees).with_cup(CupAngles {
            inclination_deg: joint.cup.inclination_deg + self.inclination_deg,
            anteversion_deg: joint.cup.anteversion_deg + self.anteversion_deg,
        });
        let neck = NeckAngles { anteversion_deg: joint.neck.anteversion_deg + self.stem_version_deg, ..joint.neck };
        // All heads on offer go into liners that are the same all round.
        let larger = self.head.as_ref().map(|head| Arc::new(NeckRange::cone(head.oscillation_deg)));
        let range = larger.or_else(|| self.longer_range()).unwrap_or_else(|| turned.range.clone());
        NeckInLiner { neck, range, ..turned }
    }
}

impl Search {
    pub(super) fn new(tracks: &[Track], joint: &NeckInLiner, heads: &[HeadChoice]) -> Self {
        let before = neck_margins(joint, tracks);
        // Where nothing is in danger nothing is searched.
        if before.iter().all(|margin| *margin >= RESERVE_DEG) {
            return Self { before, tried: Vec::new() };
        }
        let mut candidates = candidates(joint, heads);
        // Stable: what costs the same keeps its order.
        candidates.sort_by(|a, b| a.0.total_cmp(&b.0));
        let tried = candidates.into_par_iter().map(|(_, remedy)| {
            let after = remedy.applied(joint);
            Tried { remedy, cup: after.cup, margins: neck_margins(&after, tracks) }
        });
        Self { before, tried: tried.collect() }
    }

    /// The cheapest change after which an activity has the usual reserve or, where none does that, is at least free, and no other activity
    /// has less than that or, where it had less, than it had.
    pub(super) fn cheapest(&self, activity: usize) -> Option<Offer> {
        [RESERVE_DEG, 0.0].into_iter().find_map(|wanted| {
            let good = |tried: &&Tried| {
                let others = tried.margins.iter().zip(&self.before);
                tried.margins[activity] >= wanted && others.clone().all(|(after, before)| *after >= before.min(wanted) - 1e-9)
            };
            let worth = self.before[activity] < wanted;
            let tried = self.tried.iter().find(good).filter(|_| worth)?;
            Some(Offer {
                remedy: tried.remedy.clone(),
                inclination_deg: tried.cup.inclination_deg,
                anteversion_deg: tried.cup.anteversion_deg,
                margin_deg: tried.margins[activity],
                least_deg: tried.margins.iter().copied().fold(f64::INFINITY, f64::min),
                bone: None,
            })
        })
    }
}

/// All changes with what they cost.
fn candidates(joint: &NeckInLiner, heads: &[HeadChoice]) -> Vec<(f64, Remedy)> {
    let present = [joint.cup.inclination_deg, joint.cup.anteversion_deg];
    let allowed = |axis: usize, by: i32| {
        let (from, to) = CUP_WITHIN_DEG[axis];
        let after = present[axis] + f64::from(by);
        by == 0 || (from.min(present[axis])..=to.max(present[axis])).contains(&after)
    };
    let steps = |step: i32| (-RANGE_DEG..=RANGE_DEG).filter(move |by| by % step == 0);
    let mut turns = vec![[0, 0, 0]];
    turns.extend(steps(STEP_DEG).filter(|by| *by != 0).flat_map(|by| [[by, 0, 0], [0, by, 0], [0, 0, by]]));
    for one in steps(PAIR_STEP_DEG).filter(|by| *by != 0) {
        turns.extend(steps(PAIR_STEP_DEG).filter(|by| *by != 0).flat_map(|other| [[one, other, 0], [0, one, other]]));
    }
    turns.retain(|[inclination, anteversion, _]| allowed(0, *inclination) && allowed(1, *anteversion));
    let half = i32::from(Liner::POSITIONS) / 2;
    let positions = if joint.range.is_same_all_round() { 0..=0 } else { 1 - half..=half };
    // The present head in each position of its liner; other heads, whose liners are the same all round.
    let bearings = positions.map(|by| (None, by, LINER_COST)).chain(heads.iter().map(|head| (Some(head), 0, HEAD_COST)));
    let mut found = Vec::new();
    let mut rank = 0.0;
    for (head, positions, each) in bearings {
        rank += if head.is_some() { 1.0 } else { 0.0 };
        let bearing_changed = head.is_some() || positions != 0;
        let bearing_cost = if head.is_some() { each * rank } else { each * f64::from(positions.abs()) };
        for [inclination, anteversion, stem] in &turns {
            let changes = usize::from(bearing_changed) + [inclination, anteversion, stem].iter().filter(|by| ***by != 0).count();
            // Of a liner in another position only itself and a turn about one axis besides: the rest is much, and rarely wanted.
            if changes == 0 || (positions != 0 && changes > 2) {
                continue;
            }
            let cost = bearing_cost
                + f64::from(inclination.abs() + anteversion.abs())
                + STEM_COST * f64::from(stem.abs())
                + SECOND_COST * (changes - 1) as f64;
            let remedy = Remedy {
                head: head.cloned(),
                liner_positions: positions,
                inclination_deg: f64::from(*inclination),
                anteversion_deg: f64::from(*anteversion),
                stem_version_deg: f64::from(*stem),
                ..Remedy::default()
            };
            found.push((cost, remedy));
        }
    }
    found
}
