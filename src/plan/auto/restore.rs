//! Which leg length and offset a plan aims at.

use super::super::{
    Change,
    leg::{Extent, Leg},
};
use crate::{
    anatomy::{Anatomy, Hip},
    frames::Side,
};
use nalgebra::Vector3;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// What is aimed at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Restore {
    /// The hip as it was scanned; of a head that has left its socket the femur as it is, under a head in the socket, or in a cup above it.
    #[default]
    AsScanned,
    /// Both legs alike: see [`Change::to_other_side`].
    OtherSide,
    /// These changes against the scan, mm.
    Typed {
        /// Longer is positive.
        leg_length_mm: f64,
        /// More lateral is positive.
        offset_mm: f64,
    },
}

impl FromStr for Restore {
    type Err = String;

    /// `as-scanned`, `other-side`, or two numbers in mm with a comma between them: leg length and offset.
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "as-scanned" => Ok(Self::AsScanned),
            "other-side" => Ok(Self::OtherSide),
            _ => {
                let numbers: Option<Vec<f64>> =
                    text.split(',').map(|part| part.trim().parse().ok().filter(|mm: &f64| mm.abs() <= 100.0)).collect();
                match numbers.as_deref() {
                    Some(&[leg_length_mm, offset_mm]) => Ok(Self::Typed { leg_length_mm, offset_mm }),
                    _ => Err(format!(
                        "'{text}' is no aim: write as-scanned, other-side, or the changes of leg length and offset in mm, such as 5,-2"
                    )),
                }
            }
        }
    }
}

impl Restore {
    /// The changes against the scan that are aimed at; `None` when the other side was not measured.
    #[must_use]
    pub fn aim(self, anatomy: &Anatomy, side: Side) -> Option<Change> {
        match self {
            Self::AsScanned => Some(Change::into_socket(anatomy, anatomy.hip(side)?)),
            Self::OtherSide => Change::to_other_side(anatomy, side),
            Self::Typed { leg_length_mm, offset_mm } => Some(Change { leg_length_mm, offset_mm }),
        }
    }
}

/// A head further than this from the middle of its socket has left it, mm; wear alone moves it by a few.
const LEFT_MM: f64 = 6.0;

/// True for a subluxated or dislocated hip.
pub(super) fn has_left_socket(hip: &Hip) -> bool {
    (hip.acetabulum.sphere.centre - hip.head.centre).norm() > LEFT_MM
}

impl Change {
    /// What bringing the head of a subluxated or dislocated hip into its socket changes by itself; nothing where the head is in it.
    fn into_socket(anatomy: &Anatomy, hip: &Hip) -> Self {
        let app = &anatomy.pelvis.app;
        let way = hip.acetabulum.sphere.centre - hip.head.centre;
        let way = if has_left_socket(hip) { way } else { Vector3::zeros() };
        let lateral = -app.right().into_inner() * hip.side.lps_sign();
        Self { leg_length_mm: -way.dot(&app.superior()), offset_mm: way.dot(&lateral) }
    }

    /// The change that makes the hip of a side like the other one; `None` unless both hips were measured down to their lesser trochanters.
    ///
    /// How the legs lay does not matter, and a femur that is shorter below the lesser trochanter is not seen. The offset is the femoral one
    /// and the distance of the head centre from the midline.
    #[must_use]
    pub fn to_other_side(anatomy: &Anatomy, side: Side) -> Option<Self> {
        let extent = |side| {
            let hip = anatomy.hip(side)?;
            Leg::of(hip, hip.femur.as_ref()?).extent(&anatomy.pelvis.app)
        };
        let (this, other) = (extent(side)?, extent(side.opposite())?);
        let offset_mm = |extent: &Extent| extent.femoral_offset_mm + extent.acetabular_offset_mm;
        Some(Self { leg_length_mm: other.length_mm - this.length_mm, offset_mm: offset_mm(&other) - offset_mm(&this) })
    }
}
