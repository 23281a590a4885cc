//! What the panels show of trial components, activities and the target zone: plain data, no Bevy types.

use crate::{
    app::{activity::Followed, bodies::BodyKind, trial::Trial, zone::ZoneMap},
    motion::{Activity, PelvicPosture, activity::Group},
};

/// What is tried in place of the plan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrialModel<'a> {
    /// What is tried.
    pub trial: &'a Trial,
    /// The plan.
    pub planned: &'a Trial,
    /// Liners that the cup takes, with the heads that go with each.
    pub parts: &'a [(Option<String>, Vec<String>)],
    /// What follows from it is being worked out.
    pub busy: bool,
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
}
