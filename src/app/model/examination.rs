//! What the panels show of the examination: plain data, no Bevy types.

use crate::{
    anatomy::{Grade, LandmarkName, Measurement, Quantity},
    frames::Side,
    i18n::Texts,
};
use nalgebra::Point3;
use std::{collections::BTreeSet, str::FromStr};

/// What is measured on the bones.
#[derive(Debug)]
pub struct ExaminationModel<'a> {
    /// `None` before the first examination has ended.
    pub rows: Option<Vec<MeasuredRow>>,
    /// Grades on published scales, as last examined.
    pub grades: &'a [Grade],
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
    /// All landmarks.
    pub points: &'a [LandmarkMark],
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
    /// How far the passive motions go, as arcs around the joint.
    Limits,
    /// How far femoral and pelvic side are from each other, as colours.
    Distance,
    /// What the thigh can reach, as a cone about the joint.
    Reach,
    /// The femur as it was scanned, see-through over the planned one.
    Ghost,
    /// The femur as it was scanned, and the planned one see-through.
    Native,
}

impl Layer {
    /// Those that are drawn over the bones.
    pub const DRAWN: [Self; 5] = [Self::Landmarks, Self::Planes, Self::Axes, Self::Angles, Self::Rims];
    /// Those that show the hip's motion.
    pub const MOVING: [Self; 5] = [Self::Limits, Self::Distance, Self::Reach, Self::Ghost, Self::Native];

    /// The name on the command line, which is also the key of its sentence.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Landmarks => "landmarks",
            Self::Planes => "planes",
            Self::Axes => "axes",
            Self::Angles => "angles",
            Self::Rims => "rims",
            Self::Limits => "limits",
            Self::Distance => "distance",
            Self::Reach => "reach",
            Self::Ghost => "ghost",
            Self::Native => "native",
        }
    }
}

impl FromStr for Layer {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let all = || Self::DRAWN.into_iter().chain(Self::MOVING);
        all().find(|layer| layer.name() == text).ok_or_else(|| {
            let names: Vec<_> = all().map(Self::name).collect();
            format!("'{text}' cannot be shown; these can: {}", names.join(", "))
        })
    }
}
