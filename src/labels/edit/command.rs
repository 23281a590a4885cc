//! What a person can do to a label map.

use super::{EditError, Region, error::finite};
use crate::labels::Label;
use nalgebra::Point3;
use serde::{Deserialize, Serialize};

/// More than this is no smoothing, mm.
const MOST_SIGMA_MM: f64 = 10.0;

/// One correction: plain data, all positions LPS mm. The same edits on the same labels and the same CT always give the same labels.
///
/// A label that is `over` restricts an edit to voxels that carry it; `None` means any. `Background` as `to` erases.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Edit {
    /// Every voxel of a region becomes `to`.
    Brush {
        /// Where.
        region: Region,
        /// Only voxels that carry this label; `None` for any.
        #[serde(default)]
        over: Option<Label>,
        /// What they become.
        to: Label,
        /// True when a bone of one side shall be painted on the other side of the body; otherwise that is refused as a slip.
        #[serde(default)]
        allow_other_side: bool,
    },
    /// The voxels of a region whose density lies in a range become `to`.
    Threshold {
        /// Where.
        region: Region,
        /// Lowest and highest density, HU, both included.
        hu: [i16; 2],
        /// Only voxels that carry this label; `None` for any.
        #[serde(default)]
        over: Option<Label>,
        /// What they become.
        to: Label,
        /// As for a brush.
        #[serde(default)]
        allow_other_side: bool,
    },
    /// What a label encloses becomes that label too, where it is background.
    Fill {
        /// The bone.
        label: Label,
        /// Which holes.
        holes: Holes,
    },
    /// The voxels that hang together with a seed (by faces) and carry the seed's label become `to`, as far as the region reaches.
    Flood {
        /// Where it begins.
        seed: Point3<f64>,
        /// Where it ends at the latest.
        region: Region,
        /// Only voxels whose density lies between these two, HU; `None` for any.
        #[serde(default)]
        hu: Option<[i16; 2]>,
        /// What they become.
        to: Label,
        /// As for a brush.
        #[serde(default)]
        allow_other_side: bool,
    },
    /// Takes noise off the surface of a bone: bumps go, pits are filled where they are background.
    ///
    /// Flat surfaces stay where they are; one of radius R recedes by about σ²/R. Walls and gaps thinner than about 2σ are left alone, so
    /// is what rises more than σ and a voxel above the surface.
    Smooth {
        /// The bone.
        label: Label,
        /// Standard deviation of the Gaussian, mm; up to 10.
        sigma_mm: f64,
    },
    /// The voxels of one label that lie in a region become another, e.g. a femoral head that was fused to the socket.
    Split {
        /// The label that is split.
        label: Label,
        /// A half-space or a ball, usually.
        at: Region,
        /// The label of the part inside.
        to: Label,
    },
    /// The connected piece (by faces) under a point becomes another label.
    Move {
        /// A point in the piece.
        seed: Point3<f64>,
        /// The label it has: named, so that a piece beside the one that was meant is not moved.
        from: Label,
        /// The label it gets.
        to: Label,
    },
}

/// Which holes are filled.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Holes {
    /// What the bone encloses on all sides.
    Volume,
    /// What it encloses within each slice of the scan (constant k): a medullary canal is open where the scan cuts it.
    Slices,
    /// What it encloses within the slice of the scan through this point, LPS mm.
    Slice(Point3<f64>),
}

impl Edit {
    /// What is done, for lists and the journal, e.g. `brush on femur_left`.
    #[must_use]
    pub fn name(&self) -> String {
        let over = |over: &Option<Label>| over.map(|label| format!(" over {} only", label.name())).unwrap_or_default();
        match self {
            Self::Brush { over: only, to: Label::Background, .. } => format!("erase{}", over(only)),
            Self::Brush { over: only, to, .. } => format!("brush on {}{}", to.name(), over(only)),
            Self::Threshold { hu: [low, high], over: only, to, .. } => {
                format!("threshold {low} to {high} HU as {}{}", to.name(), over(only))
            }
            Self::Fill { label, holes: Holes::Volume } => format!("fill {}", label.name()),
            Self::Fill { label, holes: Holes::Slices } => format!("fill {} slice by slice", label.name()),
            Self::Fill { label, holes: Holes::Slice(_) } => format!("fill {} in one slice", label.name()),
            Self::Flood { to, .. } => format!("flood as {}", to.name()),
            Self::Smooth { label, sigma_mm } => format!("smooth {} by {sigma_mm} mm", label.name()),
            Self::Split { label, to, .. } => format!("split {} off {}", to.name(), label.name()),
            Self::Move { from, to, .. } => format!("move a piece of {} to {}", from.name(), to.name()),
        }
    }

    /// The same, painted wherever it is: for what is only looked at while the hand still moves.
    #[must_use]
    pub fn on_any_side(mut self) -> Self {
        if let Self::Brush { allow_other_side, .. }
        | Self::Threshold { allow_other_side, .. }
        | Self::Flood { allow_other_side, .. } = &mut self
        {
            *allow_other_side = true;
        }
        self
    }

    /// The label that is painted where a slip to the other side of the body is refused.
    pub(super) fn painted_label(&self) -> Option<Label> {
        match self {
            Self::Brush { to, allow_other_side: false, .. }
            | Self::Threshold { to, allow_other_side: false, .. }
            | Self::Flood { to, allow_other_side: false, .. } => Some(*to),
            // The others name what they take it from, or stay within a bone.
            _ => None,
        }
    }

    /// Refuses what makes no sense whatever the labels are.
    pub(super) fn check(&self) -> Result<(), EditError> {
        let range = |[low, high]: &[i16; 2]| if low <= high { Ok(()) } else { Err(EditError::Range { low: *low, high: *high }) };
        let bone = |label: &Label| if *label == Label::Background { Err(EditError::NoBone) } else { Ok(()) };
        let different = |from: &Label, to: &Label| if from == to { Err(EditError::SameLabel { label: *to }) } else { Ok(()) };
        match self {
            Self::Brush { region, over, to, .. } => {
                over.iter().try_for_each(|over| different(over, to))?;
                region.check()
            }
            Self::Threshold { region, hu, over, to, .. } => {
                over.iter().try_for_each(|over| different(over, to))?;
                range(hu)?;
                region.check()
            }
            Self::Fill { label, holes } => {
                bone(label)?;
                if let Holes::Slice(point) = holes { finite("point of the slice", &point.coords) } else { Ok(()) }
            }
            Self::Flood { seed, region, hu, .. } => {
                hu.iter().try_for_each(range)?;
                finite("seed", &seed.coords)?;
                region.check()
            }
            Self::Smooth { label, sigma_mm } => {
                bone(label)?;
                let possible = *sigma_mm > 0.0 && *sigma_mm <= MOST_SIGMA_MM;
                if possible { Ok(()) } else { Err(EditError::Sigma { found: *sigma_mm, most: MOST_SIGMA_MM }) }
            }
            Self::Split { label, at, to } => {
                bone(label)?;
                different(label, to)?;
                at.check()
            }
            Self::Move { seed, from, to } => {
                bone(from)?;
                different(from, to)?;
                finite("seed", &seed.coords)
            }
        }
    }
}
