//! What the panels show and what they ask for: plain data, no Bevy types.

use super::bodies::BodyKind;
use crate::{
    anatomy::{CupAngles, Finding, LandmarkName, Measurement, Quantity},
    frames::Side,
    i18n::{Language, Texts},
    implants::OffsetOption,
    motion::{Couple, Posture, RomTable},
};
use nalgebra::Point3;
use std::{collections::BTreeSet, str::FromStr};

/// Everything the panels show in one frame.
#[derive(Debug)]
pub struct Model<'a> {
    /// The sentences of the language chosen.
    pub texts: &'a Texts,
    /// The open case; `None` while none is open.
    pub case: Option<CaseModel<'a>>,
    /// What lies under the pointer.
    pub hovered: Option<BodyKind>,
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
    /// The range of motion of the plan.
    pub rom: Option<&'a RomTable>,
    /// What the surgeon must know.
    pub findings: &'a [Finding],
    /// What is measured on the bones; `None` where nothing could be.
    pub examination: Option<ExaminationModel<'a>>,
}

/// What is measured on the bones.
#[derive(Debug)]
pub struct ExaminationModel<'a> {
    /// `None` before the first examination has ended.
    pub rows: Option<Vec<MeasuredRow>>,
    /// The bones are being examined.
    pub busy: bool,
    /// Why there is no examination.
    pub failure: Option<&'a str>,
    /// What of it is on screen.
    pub layers: &'a BTreeSet<Layer>,
    /// Landmarks can be moved.
    pub unlocked: bool,
    /// There is a move to take back.
    pub can_undo: bool,
    /// There is a move to do again.
    pub can_redo: bool,
    /// Landmarks set by hand.
    pub by_hand: Vec<(LandmarkName, Option<Side>)>,
    /// The landmark under the pointer or held, with its side and spread.
    pub pointed: Option<LandmarkMark>,
}

/// One line of the table of measurements.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeasuredRow {
    /// What is measured.
    pub quantity: &'static Quantity,
    /// Of the patient as a whole.
    pub whole: Option<MeasuredValue>,
    /// Of the left side.
    pub left: Option<MeasuredValue>,
    /// Of the right side.
    pub right: Option<MeasuredValue>,
}

impl MeasuredRow {
    /// Lines in the order in which their quantities come first; the true ones of the pairs wait for the next examination.
    #[must_use]
    pub fn table(measurements: &[(Measurement, bool)]) -> Vec<Self> {
        let mut rows: Vec<Self> = Vec::new();
        for &(Measurement { quantity, side, value, sd }, pending) in measurements {
            let at = rows.iter().position(|row| row.quantity.key == quantity.key).unwrap_or_else(|| {
                rows.push(Self { quantity, whole: None, left: None, right: None });
                rows.len() - 1
            });
            let place = match side {
                None => &mut rows[at].whole,
                Some(Side::Left) => &mut rows[at].left,
                Some(Side::Right) => &mut rows[at].right,
            };
            *place = Some(MeasuredValue { value, sd, pending });
        }
        rows
    }

    /// True for what each side has of its own.
    #[must_use]
    pub const fn sided(&self) -> bool {
        self.left.is_some() || self.right.is_some()
    }
}

/// One number of the table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeasuredValue {
    /// In the quantity's unit.
    pub value: f64,
    /// Its standard deviation.
    pub sd: f64,
    /// A landmark was moved since, and this is not yet measured anew.
    pub pending: bool,
}

/// How a number stands to the range of healthy adults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Norm {
    /// Within it, or none is known.
    Within,
    /// Smaller.
    Below,
    /// Greater.
    Above,
}

impl Norm {
    /// Of a value of a quantity.
    #[must_use]
    pub fn of(quantity: &Quantity, value: f64) -> Self {
        match quantity.norm {
            Some([low, _]) if value < low => Self::Below,
            Some([_, high]) if value > high => Self::Above,
            _ => Self::Within,
        }
    }
}

/// A landmark on screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LandmarkMark {
    /// Which.
    pub name: LandmarkName,
    /// `None` in the midline.
    pub side: Option<Side>,
    /// Where the bone is now, LPS mm.
    pub position: Point3<f64>,
    /// Spread along each axis, mm.
    pub sd_mm: Option<f64>,
    /// A person has set it.
    pub by_hand: bool,
    /// The pointer is over it.
    pub hovered: bool,
    /// It is being dragged.
    pub held: bool,
}

impl LandmarkMark {
    /// Its name with its side, its spread, and whether a person has set it.
    #[must_use]
    pub fn name(&self, texts: &Texts) -> String {
        let name = texts.get(&format!("landmark-{}", self.name.key().replace('_', "-")));
        let side = self.side.map_or_else(String::new, |side| format!("{} · ", side.letter()));
        let spread = self.sd_mm.map_or_else(String::new, |sd| format!(" ± {sd:.1} mm"));
        let by_hand = if self.by_hand { format!(" · {}", texts.get("by-hand")) } else { String::new() };
        format!("{side}{name}{spread}{by_hand}")
    }
}

/// Something of the examination that can be shown or hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// Points.
    Landmarks,
    /// The anterior pelvic plane.
    Planes,
    /// Axes of frames, necks, shafts and sockets.
    Axes,
    /// Angle arcs with their values.
    Angles,
    /// Rims of the sockets.
    Rims,
    /// The table, in place of the plan.
    Measurements,
}

impl Layer {
    /// Those that are drawn over the bones.
    pub const DRAWN: [Self; 5] = [Self::Landmarks, Self::Planes, Self::Axes, Self::Angles, Self::Rims];

    /// The name on the command line, which is also the key of its sentence.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Landmarks => "landmarks",
            Self::Planes => "planes",
            Self::Axes => "axes",
            Self::Angles => "angles",
            Self::Rims => "rims",
            Self::Measurements => "measurements",
        }
    }
}

impl FromStr for Layer {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let all = || Self::DRAWN.into_iter().chain([Self::Measurements]);
        all().find(|layer| layer.name() == text).ok_or_else(|| {
            let names: Vec<_> = all().map(Self::name).collect();
            format!("'{text}' cannot be shown; these can: {}", names.join(", "))
        })
    }
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
    /// Stop the background work.
    CancelJob,
    /// The message has been read.
    DismissMessage,
}
