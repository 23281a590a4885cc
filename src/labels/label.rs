//! The fixed label ids and the label map.

use crate::{frames::Side, volume::Grid};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// What a voxel belongs to. The numbers are written to disk and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum Label {
    /// Everything that is none of the others.
    Background = 0,
    /// Sacrum (with coccyx).
    Sacrum = 1,
    /// Left hip bone.
    HipLeft = 2,
    /// Right hip bone.
    HipRight = 3,
    /// Left femur.
    FemurLeft = 4,
    /// Right femur.
    FemurRight = 5,
    /// A lumbar vertebra.
    LumbarVertebra = 6,
    /// Left tibia.
    TibiaLeft = 7,
    /// Right tibia.
    TibiaRight = 8,
    /// Left fibula.
    FibulaLeft = 9,
    /// Right fibula.
    FibulaRight = 10,
    /// Left patella.
    PatellaLeft = 11,
    /// Right patella.
    PatellaRight = 12,
    /// Metal: implants, screws, plates.
    Metal = 13,
}

impl Label {
    /// Every label in the order of its number.
    pub const ALL: [Self; 14] = [
        Self::Background,
        Self::Sacrum,
        Self::HipLeft,
        Self::HipRight,
        Self::FemurLeft,
        Self::FemurRight,
        Self::LumbarVertebra,
        Self::TibiaLeft,
        Self::TibiaRight,
        Self::FibulaLeft,
        Self::FibulaRight,
        Self::PatellaLeft,
        Self::PatellaRight,
        Self::Metal,
    ];

    /// The label with this number, if there is one.
    #[must_use]
    pub fn from_id(id: u8) -> Option<Self> {
        Self::ALL.get(usize::from(id)).copied()
    }

    /// The number written to disk.
    #[must_use]
    pub const fn id(self) -> u8 {
        self as u8
    }

    /// The hip bone of a side.
    #[must_use]
    pub const fn hip(side: Side) -> Self {
        match side {
            Side::Left => Self::HipLeft,
            Side::Right => Self::HipRight,
        }
    }

    /// The femur of a side.
    #[must_use]
    pub const fn femur(side: Side) -> Self {
        match side {
            Side::Left => Self::FemurLeft,
            Side::Right => Self::FemurRight,
        }
    }

    /// The tibia of a side.
    #[must_use]
    pub const fn tibia(side: Side) -> Self {
        match side {
            Side::Left => Self::TibiaLeft,
            Side::Right => Self::TibiaRight,
        }
    }

    /// The side of the body that it belongs to; `None` for what has none.
    #[must_use]
    pub const fn side(self) -> Option<Side> {
        match self {
            Self::HipLeft | Self::FemurLeft | Self::TibiaLeft | Self::FibulaLeft | Self::PatellaLeft => Some(Side::Left),
            Self::HipRight | Self::FemurRight | Self::TibiaRight | Self::FibulaRight | Self::PatellaRight => Some(Side::Right),
            Self::Background | Self::Sacrum | Self::LumbarVertebra | Self::Metal => None,
        }
    }

    /// The same bone of the other side.
    #[must_use]
    pub const fn mirrored(self) -> Self {
        match self {
            Self::HipLeft => Self::HipRight,
            Self::HipRight => Self::HipLeft,
            Self::FemurLeft => Self::FemurRight,
            Self::FemurRight => Self::FemurLeft,
            Self::TibiaLeft => Self::TibiaRight,
            Self::TibiaRight => Self::TibiaLeft,
            Self::FibulaLeft => Self::FibulaRight,
            Self::FibulaRight => Self::FibulaLeft,
            Self::PatellaLeft => Self::PatellaRight,
            Self::PatellaRight => Self::PatellaLeft,
            Self::Background | Self::Sacrum | Self::LumbarVertebra | Self::Metal => self,
        }
    }

    /// The name used in files and on the command line, e.g. `femur_left`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Background => "background",
            Self::Sacrum => "sacrum",
            Self::HipLeft => "hip_left",
            Self::HipRight => "hip_right",
            Self::FemurLeft => "femur_left",
            Self::FemurRight => "femur_right",
            Self::LumbarVertebra => "lumbar_vertebra",
            Self::TibiaLeft => "tibia_left",
            Self::TibiaRight => "tibia_right",
            Self::FibulaLeft => "fibula_left",
            Self::FibulaRight => "fibula_right",
            Self::PatellaLeft => "patella_left",
            Self::PatellaRight => "patella_right",
            Self::Metal => "metal",
        }
    }

    /// The name in an English sentence, e.g. "left femur".
    #[must_use]
    pub fn spoken(self) -> String {
        let name = if matches!(self, Self::HipLeft | Self::HipRight) { "hip bone" } else { self.name() };
        let bone = name.trim_end_matches("_left").trim_end_matches("_right").replace('_', " ");
        match self.side() {
            Some(side) => format!("{side} {bone}"),
            None => bone,
        }
    }
}

impl FromStr for Label {
    type Err = String;

    /// A label by its [`name`](Label::name).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|label| label.name() == text).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.into_iter().map(Self::name).collect();
            format!("'{text}' is no label; these are: {}", names.join(", "))
        })
    }
}

/// One [`Label`] a voxel, with the confidence it was given.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelMap {
    /// Where the voxels lie.
    pub grid: Grid,
    /// One label id a voxel, `i` fastest.
    pub ids: Vec<u8>,
    /// Confidence of that label, 0 (none) to 255 (certain); 255 throughout for a truth.
    pub confidence: Vec<u8>,
}

impl LabelMap {
    /// A map of certain labels, such as a phantom's truth.
    #[must_use]
    pub fn certain(grid: Grid, ids: Vec<u8>) -> Self {
        let confidence = vec![255; ids.len()];
        Self { grid, ids, confidence }
    }

    /// Number of voxels that carry `label`.
    #[must_use]
    pub fn count(&self, label: Label) -> usize {
        self.ids.iter().filter(|&&id| id == label.id()).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_positions_in_all() {
        for (position, label) in Label::ALL.iter().enumerate() {
            assert_eq!(usize::from(label.id()), position);
            assert_eq!(Label::from_id(label.id()), Some(*label));
            assert_eq!(label.name().parse(), Ok(*label));
            let named = Side::BOTH.into_iter().find(|side| label.name().ends_with(&format!("_{side}")));
            assert_eq!(label.side(), named);
        }
        assert_eq!(Label::from_id(14), None);
        assert!("femur".parse::<Label>().is_err_and(|why| why.contains("femur_left, femur_right")));
    }

    #[test]
    fn bones_are_called_by_their_names() {
        let spoken = [Label::HipLeft, Label::FemurRight, Label::LumbarVertebra, Label::Sacrum].map(Label::spoken);
        assert_eq!(spoken, ["left hip bone", "right femur", "lumbar vertebra", "sacrum"]);
    }
}
