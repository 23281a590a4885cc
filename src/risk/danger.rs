//! Dangers of a plan: where in an activity neck and liner or bones meet, or nearly do, and what would take it away.

use super::{BoneAfter, HeadChoice, HipRoom, LongerHead, Offer, bone_remedy::BoneSearch, remedy::Search};
use crate::{
    frames::Side,
    motion::{Activity, ActivityMargin, Couple, FemurChange, MotionError, NeckInLiner, Posture, Track},
};
use rayon::prelude::*;
use serde::Serialize;

/// An activity with less margin than this is worth a word, degrees: about what placement alone takes away.
pub const RESERVE_DEG: f64 = 5.0;
/// Bones closer than this are worth a word, mm.
pub const BONE_RESERVE_MM: f64 = 1.0;

/// Where on the liner's rim the neck meets it, seen from the side in the pelvic frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum RimPlace {
    /// In front.
    Anterior,
    /// In front and above.
    AnteroSuperior,
    /// Above.
    Superior,
    /// Behind and above.
    PosteroSuperior,
    /// Behind.
    Posterior,
    /// Behind and below.
    PosteroInferior,
    /// Below.
    Inferior,
    /// In front and below.
    AnteroInferior,
}

impl RimPlace {
    /// All, each 45° from the one before.
    pub const ALL: [Self; 8] = [
        Self::Anterior,
        Self::AnteroSuperior,
        Self::Superior,
        Self::PosteroSuperior,
        Self::Posterior,
        Self::PosteroInferior,
        Self::Inferior,
        Self::AnteroInferior,
    ];

    /// Where the neck leans to in a posture.
    #[must_use]
    pub fn of(case: impl Into<NeckInLiner>, posture: &Posture) -> Self {
        let (lean, _) = case.into().leaning(posture);
        let eighths = lean.y.atan2(lean.x).to_degrees() / 45.0;
        Self::ALL[eighths.round().rem_euclid(8.0) as usize % 8]
    }

    /// Key of its name in the language files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Anterior => "rim-anterior",
            Self::AnteroSuperior => "rim-anterosuperior",
            Self::Superior => "rim-superior",
            Self::PosteroSuperior => "rim-posterosuperior",
            Self::Posterior => "rim-posterior",
            Self::PosteroInferior => "rim-posteroinferior",
            Self::Inferior => "rim-inferior",
            Self::AnteroInferior => "rim-anteroinferior",
        }
    }
}

/// One danger.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Danger {
    /// The hip.
    pub side: Side,
    /// Id of the activity.
    pub activity: String,
    /// What meets.
    pub couple: Couple,
    /// True when something touches, false when little is left.
    pub exceeded: bool,
    /// Where it first meets; where least is left when nothing touches.
    pub posture: Posture,
    /// Where on the rim; `None` of bones.
    pub place: Option<RimPlace>,
    /// True when it is the liner's lip that the neck meets, or comes nearest to.
    pub lip: bool,
    /// Least degrees of the neck along the path, negative beyond contact.
    pub margin_deg: f64,
    /// How far the femur would still have to turn from contact to the worst posture, degrees.
    pub short_deg: Option<f64>,
    /// Room of the bones, mm, where they are what meets.
    pub clearance_mm: Option<f64>,
    /// True when changes that take it away were looked for.
    pub searched: bool,
    /// The cheapest of them; `None` where none was found or looked for.
    pub offer: Option<Offer>,
}

/// The dangers of a plan, worst first: what exceeds, and what has less than 5° or, of bones, 1 mm left. What would take bone away, and what
/// bone does after a change, is not searched: see [`dangers_on_bones`].
///
/// # Errors
/// When an activity cannot be followed.
pub fn dangers(
    side: Side,
    activities: &[Activity],
    margins: &[ActivityMargin],
    case: impl Into<NeckInLiner>,
    heads: &[HeadChoice],
) -> Result<Vec<Danger>, MotionError> {
    let tracks = activities.iter().map(Activity::track).collect::<Result<Vec<_>, _>>()?;
    let joint = case.into();
    let search = Search::new(&tracks, &joint, heads);
    let mut found = told(side, margins, &joint);
    for (index, danger) in found.iter_mut().filter(|(_, danger)| danger.clearance_mm.is_none()) {
        (danger.searched, danger.offer) = (true, search.cheapest(*index));
    }
    Ok(worst_first(found))
}

/// The same on the bones of a hip: changes for the neck say whether bone still meets after them, and bone that meets has changes of its own.
///
/// # Errors
/// As [`dangers`].
pub fn dangers_on_bones(
    side: Side,
    activities: &[Activity],
    margins: &[ActivityMargin],
    hip: &HipRoom,
    heads: &[HeadChoice],
    longer: &[LongerHead],
) -> Result<Vec<Danger>, MotionError> {
    let tracks = activities.iter().map(Activity::track).collect::<Result<Vec<_>, _>>()?;
    let search = Search::new(&tracks, &hip.joint, heads);
    let mut found = told(side, margins, &hip.joint);
    let Some(room) = &hip.bones else { return dangers(side, activities, margins, &hip.joint, heads) };
    let after = |offer: Offer, index: usize| {
        let (joint, moving) = (offer.remedy.applied(&hip.joint), room.moving(&offer.remedy.femur()));
        let least = hip.bone_least(&moving, &joint, &tracks[index], RESERVE_DEG);
        Offer { bone: Some(BoneAfter { least }), ..offer }
    };
    let of_bone = found.iter().any(|(_, danger)| danger.clearance_mm.is_some());
    let planned = room.moving(&FemurChange::default());
    let room_deg = |track: &Track| hip.bone_least(&planned, &hip.joint, track, RESERVE_DEG).map_or(RESERVE_DEG, |l| l.margin_deg);
    let before: Vec<f64> = if of_bone { tracks.par_iter().map(room_deg).collect() } else { Vec::new() };
    let bones = of_bone.then(|| BoneSearch::new(hip, &tracks, longer));
    for (index, danger) in &mut found {
        danger.searched = true;
        danger.offer = match (&bones, danger.clearance_mm) {
            (Some(bones), Some(_)) => bones.cheapest(*index, &search.before, &before),
            _ => search.cheapest(*index).map(|offer| after(offer, *index)),
        };
    }
    Ok(worst_first(found))
}

/// What is in danger, without what would help, beside the activity's place.
fn told(side: Side, margins: &[ActivityMargin], joint: &NeckInLiner) -> Vec<(usize, Danger)> {
    let mut found = Vec::new();
    for (index, margin) in margins.iter().enumerate() {
        let common = Danger {
            side,
            activity: margin.activity.clone(),
            couple: Couple::ImplantImplant,
            exceeded: margin.margin_deg < 0.0,
            posture: margin.contact.map_or(margin.posture, |contact| contact.posture),
            place: None,
            lip: false,
            margin_deg: margin.margin_deg,
            short_deg: margin.contact.map(|contact| contact.short_deg),
            clearance_mm: None,
            searched: false,
            offer: None,
        };
        if margin.margin_deg < RESERVE_DEG {
            let (place, (_, lip)) = (RimPlace::of(joint, &common.posture), joint.leaning(&common.posture));
            found.push((index, Danger { place: Some(place), lip, ..common.clone() }));
        }
        if let Some(bone) = margin.bone.filter(|bone| bone.clearance_mm < BONE_RESERVE_MM) {
            let (exceeded, clearance_mm) = (bone.clearance_mm < 0.0, Some(bone.clearance_mm));
            let posture = bone.posture;
            found.push((index, Danger { couple: bone.couple, exceeded, posture, short_deg: None, clearance_mm, ..common }));
        }
    }
    found
}

/// What touches first; then by how little is left.
fn worst_first(found: Vec<(usize, Danger)>) -> Vec<Danger> {
    let mut found: Vec<Danger> = found.into_iter().map(|(_, danger)| danger).collect();
    found.sort_by(|a, b| {
        b.exceeded.cmp(&a.exceeded).then(a.margin_deg.total_cmp(&b.margin_deg)).then(a.activity.cmp(&b.activity))
    });
    found
}
