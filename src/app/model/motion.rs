//! What the panels show of trial components, activities and the target zone: plain data, no Bevy types.

use crate::{
    app::{
        activity::Followed,
        bodies::BodyKind,
        hands::Tool,
        keeping::Refused,
        reach::Reach,
        risks::Risks,
        trial::{Fitting, Shelf, Trial},
        zone::{ZoneInstead, ZoneMap},
    },
    i18n::Sentence,
    motion::{Activity, PelvicPosture, activity::Group},
    plan::edit,
    report::SurfacePlane,
};

/// What is tried in place of the plan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrialModel<'a> {
    /// What is tried.
    pub trial: &'a Trial,
    /// The plan.
    pub planned: &'a Trial,
    /// Liners that the cup takes, with the heads that go with each.
    pub parts: &'a Fitting,
    /// Parts that gave way to others because they no longer fitted.
    pub told: &'a [Sentence],
    /// Cups and stems to choose from.
    pub shelf: &'a Shelf,
    /// From and to what the step goes that can be taken back.
    pub undo: Option<(&'a Trial, &'a Trial)>,
    /// The same of the one that was taken back last.
    pub redo: Option<(&'a Trial, &'a Trial)>,
    /// What is in hand.
    pub tool: Option<Tool>,
    /// What is on screen, numbers among it, is what is tried.
    pub stands: bool,
    /// What follows from it is being worked out.
    pub busy: bool,
}

/// What is tried, written to the case.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KeepModel<'a> {
    /// The plan is approved, and never changed.
    pub approved: bool,
    /// The newest edit of the plan that stands.
    pub undo: Option<&'a edit::Command>,
    /// The one that was taken back last.
    pub redo: Option<&'a edit::Command>,
    /// Something is being written.
    pub busy: bool,
    /// What was written last.
    pub told: &'a [Sentence],
    /// Why nothing was.
    pub refused: Option<&'a Refused>,
    /// Who edits.
    pub by: &'a str,
}

/// The activity that is played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ActivityModel<'a> {
    /// All there are.
    pub all: &'a [Activity],
    /// Id of the one that is chosen.
    pub chosen: Option<&'a str>,
    /// It is being followed.
    pub busy: bool,
    /// What was found for the hip as it is tried now.
    pub found: Option<&'a Followed>,
    /// Pose at which the hip stands.
    pub at: Option<usize>,
    /// It is being played.
    pub playing: bool,
    /// Time slows down near the first contact.
    pub slow: bool,
}

/// What is left in every activity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RisksModel<'a> {
    /// What was found last.
    pub found: Option<&'a Risks>,
    /// It is of what is tried now.
    pub current: bool,
    /// More is outstanding.
    pub busy: bool,
}

/// How the pelvis stands in the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PelvisModel {
    /// The posture that was chosen; `None`: as scanned.
    pub posture: Option<PelvicPosture>,
    /// Posterior tilt of the anterior pelvic plane as scanned, degrees.
    pub supine_tilt_deg: f64,
    /// Posterior tilt against the scan that is on screen, degrees.
    pub shown_deg: f64,
}

/// The heat map of distances.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DistanceModel {
    /// What is drawn is how the hip stands now.
    pub current: bool,
    /// Least distance, mm, with the femoral and the pelvic body; `None` where nothing is near.
    pub least: Option<(f64, BodyKind, BodyKind)>,
}

/// What the hip can reach.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReachModel<'a> {
    /// What was found last.
    pub found: Option<&'a Reach>,
    /// It is that of what is tried now.
    pub current: bool,
    /// How far what is being worked out is, 0 to 1; `None` where nothing is.
    pub done: Option<f32>,
    /// A person has stopped it.
    pub stopped: bool,
    /// Planes through what was found, as [`SurfacePlane::ALL`] has them; none before.
    pub planes: &'a [SurfacePlane],
    /// The fixed angle of each, degrees; `None`: where the hip stands.
    pub fixed_deg: [Option<f64>; 3],
}

/// The target zone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ZoneModel<'a> {
    /// The last map.
    pub map: Option<&'a ZoneMap>,
    /// The map is that of what is tried now.
    pub current: bool,
    /// A map, or its fine form, is being worked out.
    pub busy: bool,
    /// Activities it is made of; `None` for all.
    pub group: Option<Group>,
    /// Frame of its angles; `None` for the anterior pelvic plane.
    pub frame: Option<PelvicPosture>,
    /// What else is changed, for the zone alone.
    pub instead: ZoneInstead,
}
