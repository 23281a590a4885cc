//! What helps where bone meets: a longer head, more offset, a stem that is seated less deep or turned.

use super::{HipRoom, Offer, Remedy, danger::RESERVE_DEG};
use crate::{
    implants::{Catalogue, NeckOutline, NeckRange},
    motion::{BoneLeast, FemurChange, MotionError, MovingBones, NeckInLiner, Track},
    plan::Plan,
};
use rayon::prelude::*;
use serde::Serialize;
use std::sync::Arc;

/// No head longer than this against the planned one is offered, mm: it makes the leg longer too.
const LONGEST_MM: f64 = 7.5;
/// Steps of offset and of leg length that are looked at, mm, and of stem version, degrees.
const OFFSETS_MM: [f64; 3] = [2.0, 4.0, 6.0];
const LENGTHS_MM: [f64; 2] = [2.0, 4.0];
const VERSIONS_DEG: [f64; 6] = [5.0, -5.0, 10.0, -10.0, 15.0, -15.0];
/// What they cost, in degrees of turning the cup: each mm of a longer head, of offset (another stem), of leg length; each degree of the stem.
const HEAD_COST: f64 = 0.5;
const OFFSET_COST: f64 = 1.0;
const LENGTH_COST: f64 = 2.0;
const STEM_COST: f64 = 1.5;

/// A head that makes the neck longer in the planned bearing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LongerHead {
    /// Its id.
    pub head: String,
    /// By how much, mm.
    pub by_mm: f64,
    /// Where the neck is free with it.
    #[serde(skip)]
    range: Arc<NeckRange>,
}

/// Longer heads of the same bearing, shortest first.
///
/// # Errors
/// When the catalogue does not list an implant of the plan.
pub fn longer_heads(plan: &Plan, catalogue: &Catalogue) -> Result<Vec<LongerHead>, MotionError> {
    let chosen = plan.chosen(catalogue)?;
    let Some((stem, head)) = chosen.stem else { return Ok(Vec::new()) };
    let bearing = chosen.bearing();
    let longer = catalogue.heads_of(head.diameter_mm).filter(|other| {
        let by = other.offset_mm - head.offset_mm;
        by > 1e-6 && by <= LONGEST_MM && other.family == head.family && stem.head_refused(other).is_none()
    });
    let mut found: Vec<LongerHead> = longer
        .map(|other| LongerHead {
            head: other.id.clone(),
            by_mm: other.offset_mm - head.offset_mm,
            range: Arc::new(NeckRange::of(&bearing, &NeckOutline::of(other, stem))),
        })
        .collect();
    found.sort_by(|a, b| a.by_mm.total_cmp(&b.by_mm));
    Ok(found)
}

/// Bone after a change, in the activity that it is for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct BoneAfter {
    /// How far the femur could turn until bone met, degrees; negative where it meets, `None` where there is more than the usual reserve.
    pub least: Option<BoneLeast>,
}

impl BoneAfter {
    /// True when bone meets.
    #[must_use]
    pub fn meets(&self) -> bool {
        self.least.is_some_and(|least| least.margin_deg < 0.0)
    }
}

/// The changes that are looked at where bone meets, from cheap to dear, each with the hip after it.
pub(super) struct BoneSearch<'a> {
    hip: &'a HipRoom,
    tracks: &'a [Track],
    tried: Vec<Tried>,
}

struct Tried {
    remedy: Remedy,
    joint: NeckInLiner,
    moving: MovingBones,
    /// Of the neck in every activity.
    margins: Vec<f64>,
}

impl<'a> BoneSearch<'a> {
    /// Prepares the changes; none without bones.
    pub(super) fn new(hip: &'a HipRoom, tracks: &'a [Track], heads: &[LongerHead]) -> Self {
        let Some(room) = &hip.bones else { return Self { hip, tracks, tried: Vec::new() } };
        let none = Remedy::default();
        let heads = heads.iter().map(|head| (HEAD_COST * head.by_mm, Remedy { longer_head: Some(head.clone()), ..none.clone() }));
        let offsets = OFFSETS_MM.map(|mm| (OFFSET_COST * mm, Remedy { offset_mm: mm, ..none.clone() }));
        let lengths = LENGTHS_MM.map(|mm| (LENGTH_COST * mm, Remedy { leg_length_mm: mm, ..none.clone() }));
        let turns = VERSIONS_DEG.map(|by| (STEM_COST * by.abs(), Remedy { stem_version_deg: by, ..none.clone() }));
        let mut all: Vec<(f64, Remedy)> = heads.chain(offsets).chain(lengths).chain(turns).collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        let tried = all.into_par_iter().map(|(_, remedy)| {
            let joint = remedy.applied(&hip.joint);
            let moving = room.moving(&remedy.femur());
            let margins = neck_margins(&joint, tracks);
            Tried { remedy, joint, moving, margins }
        });
        Self { hip, tracks, tried: tried.collect() }
    }

    /// The cheapest change after which bone has the usual reserve in an activity or, where none does that, does at least not meet; the neck
    /// keeps in every activity the reserve, or what it had, and bone meets in none where it did not.
    pub(super) fn cheapest(&self, activity: usize, neck_before: &[f64], bone_before: &[f64]) -> Option<Offer> {
        [RESERVE_DEG, 0.0].into_iter().filter(|wanted| bone_before[activity] < *wanted).find_map(|wanted| {
            let bone = |tried: &Tried, track: &Track| self.hip.bone_least(&tried.moving, &tried.joint, track, RESERVE_DEG);
            let good = |tried: &&Tried| {
                let necks = tried.margins.iter().zip(neck_before).all(|(after, before)| *after >= before.min(wanted) - 1e-9);
                let after = bone(tried, &self.tracks[activity]).map_or(RESERVE_DEG, |least| least.margin_deg);
                let others = || {
                    self.tracks.iter().zip(bone_before).all(|(track, before)| {
                        *before < 0.0 || bone(tried, track).is_none_or(|least| least.margin_deg >= before.min(0.0))
                    })
                };
                necks && after >= wanted && others()
            };
            let tried = self.tried.iter().find(good)?;
            Some(Offer {
                remedy: tried.remedy.clone(),
                inclination_deg: tried.joint.cup.inclination_deg,
                anteversion_deg: tried.joint.cup.anteversion_deg,
                margin_deg: tried.margins[activity],
                least_deg: tried.margins.iter().copied().fold(f64::INFINITY, f64::min),
                bone: Some(BoneAfter { least: bone(tried, &self.tracks[activity]) }),
            })
        })
    }
}

/// Least margin of the neck in every activity, degrees.
pub(super) fn neck_margins(joint: &NeckInLiner, tracks: &[Track]) -> Vec<f64> {
    let (cup, neck) = (joint.rotation(), joint.neck.right_hip_axis().into_inner());
    let margin = |track: &Track| track.least_margin(&cup, &joint.range, &neck, f64::INFINITY);
    tracks.iter().map(|track| margin(track).unwrap_or(f64::INFINITY)).collect()
}

impl Remedy {
    /// What it changes on the femoral side.
    #[must_use]
    pub fn femur(&self) -> FemurChange {
        FemurChange {
            stem_version_deg: self.stem_version_deg,
            neck_length_mm: self.longer_head.as_ref().map_or(0.0, |head| head.by_mm),
            leg_length_mm: self.leg_length_mm,
            offset_mm: self.offset_mm,
            ..FemurChange::default()
        }
    }

    /// Where the neck is free with its longer head.
    pub(super) fn longer_range(&self) -> Option<Arc<NeckRange>> {
        self.longer_head.as_ref().map(|head| head.range.clone())
    }
}
