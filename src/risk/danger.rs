//! Dangers of a plan: where in an activity neck and liner or bones meet, or nearly do, and what would take it away.

use super::{HeadChoice, Offer, remedy::Search};
use crate::{
    frames::Side,
    motion::{Activity, ActivityMargin, Couple, MotionError, Posture, RomCase},
};
use nalgebra::Vector3;
use serde::Serialize;

/// An activity with less margin than this is worth a word, degrees: about what placement alone takes away.
pub const RESERVE_DEG: f64 = 5.0;
/// Bones closer than this are worth a word, mm.
const BONE_RESERVE_MM: f64 = 1.0;

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
    pub fn of(case: &RomCase, posture: &Posture) -> Self {
        let cup = case.cup.right_hip_axis().into_inner();
        let neck = posture.right_hip_rotation() * case.neck.right_hip_axis().into_inner();
        let lean: Vector3<f64> = neck - cup * cup.dot(&neck);
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
    /// Least degrees of the neck along the path, negative beyond contact.
    pub margin_deg: f64,
    /// How far the femur would still have to turn from contact to the worst posture, degrees.
    pub short_deg: Option<f64>,
    /// Room of the bones, mm, where they are what meets.
    pub clearance_mm: Option<f64>,
    /// The cheapest change that takes it away; `None` where none was found, and for bones, which the search does not know.
    pub offer: Option<Offer>,
}

/// The dangers of a plan, worst first: what exceeds, and what has less than 5° or, of bones at keyframes, 1 mm left.
///
/// # Errors
/// When an activity cannot be followed.
pub fn dangers(
    side: Side,
    activities: &[Activity],
    margins: &[ActivityMargin],
    case: &RomCase,
    heads: &[HeadChoice],
) -> Result<Vec<Danger>, MotionError> {
    let search = Search::new(activities, case, heads)?;
    let mut found = Vec::new();
    for (index, margin) in margins.iter().enumerate() {
        if margin.margin_deg < RESERVE_DEG {
            let posture = margin.contact.map_or(margin.posture, |contact| contact.posture);
            found.push(Danger {
                side,
                activity: margin.activity.clone(),
                couple: Couple::ImplantImplant,
                exceeded: margin.margin_deg < 0.0,
                posture,
                place: Some(RimPlace::of(case, &posture)),
                margin_deg: margin.margin_deg,
                short_deg: margin.contact.map(|contact| contact.short_deg),
                clearance_mm: None,
                offer: search.cheapest(index),
            });
        }
        if let Some(bone) = margin.bone.filter(|bone| bone.clearance_mm < BONE_RESERVE_MM) {
            found.push(Danger {
                side,
                activity: margin.activity.clone(),
                couple: bone.couple,
                exceeded: bone.clearance_mm < 0.0,
                posture: bone.posture,
                place: None,
                margin_deg: margin.margin_deg,
                short_deg: None,
                clearance_mm: Some(bone.clearance_mm),
                offer: None,
            });
        }
    }
    // What touches first; then by how little is left.
    found.sort_by(|a, b| {
        b.exceeded.cmp(&a.exceeded).then(a.margin_deg.total_cmp(&b.margin_deg)).then(a.activity.cmp(&b.activity))
    });
    Ok(found)
}
