//! What the panels show and what they ask for: plain data, no Bevy types.

mod beside;
mod examination;
mod help;
mod motion;
mod opening;
mod repair;
mod slices;
mod step;

pub use beside::BesideModel;
pub use examination::{ExaminationModel, LandmarkMark, Layer, MeasuredRow, MeasuredValue, Norm};
pub use help::HelpModel;
pub use motion::{ActivityModel, DistanceModel, KeepModel, PelvisModel, ReachModel, RisksModel, TrialModel, ZoneModel};
pub use opening::OpeningModel;
pub use repair::RepairModel;
pub use slices::{CtModel, FilmModel, SlicesModel};
pub use step::{Mark, Step};

use super::{
    about::About, beside::Other, bodies::BodyKind, hands::Tool, opening::ImportForm, raycast::SolidView, repair::RepairCommand,
    slices::SlicesCommand, theme::Look, trial::Trial, zone::ZoneInstead,
};
use crate::{
    anatomy::{CupAngles, Finding, LandmarkName, Measurement},
    frames::Side,
    i18n::{Language, Texts},
    implants::OffsetOption,
    motion::{Couple, PelvicPosture, Posture, RomTable, activity::Group},
    risk::{SteepCup, dislocation::Rehearsal},
};
use nalgebra::Point3;
use std::{collections::BTreeSet, path::PathBuf, time::Duration};

/// Everything the panels show in one frame.
#[derive(Debug)]
pub struct Model<'a> {
    /// The sentences of the language chosen.
    pub texts: &'a Texts,
    /// The open case; `None` while none is open.
    pub case: Option<CaseModel<'a>>,
    /// Dark or light.
    pub look: Look,
    /// What lies under the pointer.
    pub hovered: Option<BodyKind>,
    /// The form in which a case is opened; `None` while it is not on screen.
    pub opening: Option<OpeningModel<'a>>,
    /// What of the help is on screen.
    pub help: HelpModel,
    /// Background work that is under way.
    pub job: Option<JobModel>,
    /// Something went wrong; shown until dismissed.
    pub message: Option<&'a str>,
}

/// The open case.
#[derive(Debug)]
pub struct CaseModel<'a> {
    /// Never a name.
    pub pseudonym: &'a str,
    /// The hip that is planned.
    pub side: Side,
    /// Bones and implants in the order of the tree.
    pub bodies: Vec<BodyRow>,
    /// `None` before a plan exists.
    pub plan: Option<&'a PlanNumbers>,
    /// Where the hip stands; `None` when there is no femur to move.
    pub posture: Option<Posture>,
    /// What touches in that posture, by the motion solver.
    pub contact: ContactModel<'a>,
    /// What the physics engine says; `None` while it has nothing to say.
    pub physics: Option<bool>,
    /// The rehearsal of a dislocation; `None` where there is no planned stem.
    pub rehearsal: Option<RehearsalModel<'a>>,
    /// The range of motion of the plan, or of what is tried.
    pub rom: Option<&'a RomTable>,
    /// What is tried; `None` where there is no planned stem.
    pub trial: Option<TrialModel<'a>>,
    /// What is written to the case; `None` where there is none to write to.
    pub keep: Option<KeepModel<'a>>,
    /// The activity that is played; `None` without a planned stem.
    pub activity: Option<ActivityModel<'a>>,
    /// What is left in every activity; `None` without a planned stem.
    pub risks: Option<RisksModel<'a>>,
    /// How the pelvis stands in the picture; `None` without a planned stem.
    pub pelvis: Option<PelvisModel>,
    /// The target zone; `None` without a planned stem.
    pub zone: Option<ZoneModel<'a>>,
    /// What the hip can reach; `None` without a planned stem.
    pub reach: Option<ReachModel<'a>>,
    /// Distances between the sides; `None` while they are not drawn.
    pub distance: Option<DistanceModel>,
    /// What stands beside what is planned; `None` without a planned stem.
    pub beside: Option<BesideModel<'a>>,
    /// The step of the path that is open.
    pub step: Step,
    /// How each step stands.
    pub marks: [Mark; 8],
    /// What the case says of itself; `None` for one that is not on disk.
    pub about: Option<&'a About>,
    /// How the CT is drawn as a solid; `None` where there is no CT.
    pub solid: Option<SolidView>,
    /// What is drawn over the bones.
    pub layers: &'a BTreeSet<Layer>,
    /// What the surgeon must know.
    pub findings: &'a [Finding],
    /// What is measured on the bones; `None` where nothing could be.
    pub examination: Option<ExaminationModel<'a>>,
    /// The repair of the segmentation; `None` where there is no case on disk.
    pub repair: Option<RepairModel<'a>>,
}

/// One line of the tree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BodyRow {
    /// What it is.
    pub kind: BodyKind,
    /// Is it shown?
    pub visible: bool,
    /// 0 to 1.
    pub opacity: f32,
}

/// The numbers of a plan, ready to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanNumbers {
    /// Number of the plan within its case.
    pub number: u32,
    /// Outer diameter of the cup, mm.
    pub cup_diameter_mm: f64,
    /// Radiographic angles in the anterior pelvic plane frame.
    pub cup_angles: CupAngles,
    /// `None` when the stem is left out.
    pub stem: Option<StemNumbers>,
    /// Longer is positive, mm.
    pub leg_length_change_mm: Option<f64>,
    /// More lateral is positive, mm.
    pub offset_change_mm: Option<f64>,
    /// Jump distance by the closed form, mm; `None` where the liner holds the head.
    pub jump_mm: Option<f64>,
    /// The cup is steep, and what that costs.
    pub steep: Option<SteepCup>,
    /// All that can be told of it, each with definition, source and norm.
    pub told: Vec<Measurement>,
}

/// Stem and head of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct StemNumbers {
    /// Size as printed on the box.
    pub size: u32,
    /// Neck option.
    pub offset_option: OffsetOption,
    /// Head diameter, mm.
    pub head_diameter_mm: f64,
    /// Neck length of the head, mm.
    pub neck_offset_mm: f64,
    /// Rests on the shape model's shaft, not on the scan's.
    pub estimated: bool,
}

/// A rehearsal of a dislocation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RehearsalModel<'a> {
    /// It is being worked out.
    pub busy: bool,
    /// What was found.
    pub found: Option<&'a Rehearsal>,
    /// Step at which the hip stands.
    pub at: Option<usize>,
    /// It is being played.
    pub playing: bool,
}

/// Whether anything touches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ContactModel<'a> {
    /// There is nothing that could be asked.
    Unknown,
    /// The distance fields are being built.
    Preparing,
    /// The answer for the last posture that was asked.
    Answer(&'a Contact),
}

/// What touches in one posture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contact {
    /// Empty: nothing touches.
    pub pairs: Vec<ContactPair>,
    /// How far the neck can still lean before it meets the liner's rim, degrees.
    pub neck_margin_deg: Option<f64>,
    /// Least distance in which bone has a part, mm.
    pub bone_clearance_mm: Option<f64>,
}

impl Contact {
    /// True when this body touches another.
    #[must_use]
    pub fn touches(&self, kind: BodyKind) -> bool {
        self.pairs.iter().any(|pair| pair.moving == kind || pair.fixed == kind)
    }
}

/// Two bodies that touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContactPair {
    /// What kind of impingement this is.
    pub couple: Couple,
    /// Of the femoral side.
    pub moving: BodyKind,
    /// Of the pelvic side.
    pub fixed: BodyKind,
}

/// Background work.
#[derive(Clone, Debug, PartialEq)]
pub struct JobModel {
    /// What is being done, already in the user's words.
    pub stage: String,
    /// 0 to 1.
    pub fraction: f32,
    /// How long its present stage will still take, where that can be told.
    pub left: Option<Duration>,
}

/// A fixed direction to look from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// The planned hip, from the front and a little from its side.
    Home,
    /// From the front.
    Anterior,
    /// From behind.
    Posterior,
    /// From the patient's left.
    Left,
    /// From the patient's right.
    Right,
    /// From above.
    Superior,
    /// From below.
    Inferior,
}

impl View {
    /// All of them with their letters (DICOM's) and the keys of their names.
    pub const ALL: [(Self, &'static str, &'static str); 7] = [
        (Self::Home, "🏠", "view-home"),
        (Self::Anterior, "A", "view-anterior"),
        (Self::Posterior, "P", "view-posterior"),
        (Self::Left, "L", "view-left"),
        (Self::Right, "R", "view-right"),
        (Self::Superior, "S", "view-superior"),
        (Self::Inferior, "I", "view-inferior"),
    ];
}

/// What a panel asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Show or hide a body.
    SetVisible(BodyKind, bool),
    /// Make a body more or less transparent.
    SetOpacity(BodyKind, f32),
    /// Move the hip.
    SetPosture(Posture),
    /// Look from somewhere.
    Look(View),
    /// Look at a place, LPS mm.
    LookAt(Point3<f64>),
    /// A dark or a light window.
    SetLook(Look),
    /// Let something stand beside what is planned, or nothing.
    Beside(Option<Other>),
    /// Draw the CT as a solid, or otherwise, or not.
    ShowSolid(SolidView),
    /// Show the list of keys, or close it.
    ShowKeys(bool),
    /// Go to a card of the tour, or end it.
    Tour(Option<usize>),
    /// Show the form in which a case is opened, or close it.
    ShowOpening(bool),
    /// What was typed and chosen in it.
    EditOpening(ImportForm),
    /// Open or plan what it says.
    Open,
    /// Open a case.
    OpenCase(PathBuf),
    /// Open a step of the path.
    GoTo(Step),
    /// Note that somebody has looked at the plan.
    Review,
    /// Approve the plan.
    Approve,
    /// Take an approved plan up again as a new one.
    Revise,
    /// Answer for a finding.
    Answer {
        /// Its key.
        finding: String,
        /// Why the plan is right nevertheless.
        reason: String,
    },
    /// Write the case's report.
    WriteReport,
    /// Speak another language.
    SetLanguage(Language),
    /// Show or hide something of the examination.
    ShowLayer(Layer, bool),
    /// Let landmarks be moved, or no longer.
    UnlockLandmarks(bool),
    /// Take the last move of a landmark back.
    UndoLandmark,
    /// Do it again.
    RedoLandmark,
    /// Put a landmark back where it was found.
    ResetLandmark(LandmarkName, Option<Side>),
    /// Work out what happens when a motion is driven past impingement.
    Rehearse,
    /// Play the rehearsal, or stop.
    PlayRehearsal(bool),
    /// Show a step of it.
    ShowRehearsal(usize),
    /// Try other components, or the pelvis otherwise.
    Try(Trial),
    /// Take the last step of what is tried back.
    UndoTrial,
    /// Do it again.
    RedoTrial,
    /// Take cup or stem in hand, or lock both.
    Take(Option<Tool>),
    /// Have the components of the plan again.
    BackToPlan,
    /// Write what is tried to the plan, or to a new plan made from it.
    Keep {
        /// A new plan; the present one stays.
        revise: bool,
    },
    /// Take the newest edit of the plan back.
    UndoPlan,
    /// Do it again.
    RedoPlan,
    /// Who edits: a role or initials.
    KeepBy(String),
    /// What was written has been read.
    ForgetKept,
    /// Follow an activity, by its id.
    ChooseActivity(Option<String>),
    /// Play it, or stop.
    PlayActivity(bool),
    /// Let time slow down near the first contact, or not.
    SlowAtContact(bool),
    /// Show a pose of it.
    ShowActivity(usize),
    /// Show the pelvis as in a posture, or as scanned.
    ShowPelvis(Option<PelvicPosture>),
    /// Make the target zone of these activities, or of all.
    ZoneOf(Option<Group>),
    /// Count the zone's angles in the frame of a posture, or of the anterior pelvic plane.
    ZoneFrame(Option<PelvicPosture>),
    /// Fix the third angle of a plane through what can be reached, degrees, or let it follow the hip.
    FixReach(usize, Option<f64>),
    /// Stop working out what can be reached.
    StopReach,
    /// Work it out after all.
    AskReach,
    /// Ask the zone for other lengths, or for implants alone.
    ZoneInstead(ZoneInstead),
    /// Something of the slices.
    Slices(SlicesCommand),
    /// Something of the repair of the segmentation.
    Repair(RepairCommand),
    /// Make the plan again from the landmarks as they are now.
    PlanAgain,
    /// Stop the background work.
    CancelJob,
    /// The message has been read.
    DismissMessage,
}
