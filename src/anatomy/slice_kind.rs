//! The planes in which a hip is looked at on a CT: those of the body, and those along neck and canal of its femur.

use super::Hip;
use crate::volume::slice::SlicePlane;
use nalgebra::{Point3, Vector3};
use std::str::FromStr;

/// From where a slice is looked at. Slices are read as radiologists read them: axial ones from the feet and coronal ones from the front, so that
/// the patient's right is on the left of the picture; sagittal ones from the patient's left, so that anterior is on the left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SliceKind {
    /// Across the body.
    Axial,
    /// From side to side, upright.
    Coronal,
    /// From front to back, upright.
    Sagittal,
    /// Along neck and shaft: through the neck axis and parallel to the shaft axis, looked at from the front of the femur.
    Neck,
    /// Along the canal from the front of the femur: through the shaft axis, parallel to the neck.
    Canal,
    /// Along the canal from the side: through the shaft axis, perpendicular to [`SliceKind::Canal`].
    CanalLateral,
    /// Across the canal, perpendicular to the shaft axis.
    CanalAcross,
}

impl SliceKind {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Axial, Self::Coronal, Self::Sagittal, Self::Neck, Self::Canal, Self::CanalLateral, Self::CanalAcross];

    /// Its name on the command line, and in the keys of the language files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Axial => "axial",
            Self::Coronal => "coronal",
            Self::Sagittal => "sagittal",
            Self::Neck => "neck",
            Self::Canal => "canal",
            Self::CanalLateral => "canal-lateral",
            Self::CanalAcross => "canal-across",
        }
    }

    /// True for planes of the femur, which need its axes.
    #[must_use]
    pub const fn of_femur(self) -> bool {
        matches!(self, Self::Neck | Self::Canal | Self::CanalLateral | Self::CanalAcross)
    }

    /// The plane through the point from which its position is counted: the scanner's origin, or of a femur the head's centre (neck and across)
    /// and the shaft axis (canal). `None` where a femur is needed that was not measured, or whose neck runs along its shaft.
    #[must_use]
    pub fn plane(self, hip: Option<&Hip>) -> Option<SlicePlane> {
        let (left, posterior, superior) = (Vector3::x(), Vector3::y(), Vector3::z());
        let body = |right, up| SlicePlane::new(Point3::origin(), right, up);
        match self {
            Self::Axial => return body(&left, &-posterior),
            Self::Coronal => return body(&left, &superior),
            Self::Sagittal => return body(&posterior, &superior),
            Self::Neck | Self::Canal | Self::CanalLateral | Self::CanalAcross => {}
        }
        let hip = hip?;
        let femur = hip.femur.as_ref()?;
        let (shaft, head) = (femur.shaft, femur.neck_axis.point);
        // From the shaft to the head on the right side of the body, from the head to the shaft on the left one: both to the patient's left.
        let inwards = femur.neck_axis.direction.into_inner() * hip.side.lps_sign();
        let frontal = SlicePlane::new(head, &inwards, &shaft.direction)?;
        let anterior = frontal.towards_viewer().into_inner();
        Some(match self {
            Self::Canal => SlicePlane { point: shaft.point, ..frontal },
            Self::CanalLateral => SlicePlane::new(shaft.point, &-anterior, &shaft.direction)?,
            Self::CanalAcross => SlicePlane::new(head, &frontal.right, &anterior)?,
            _ => frontal,
        })
    }
}

impl FromStr for SliceKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = Self::ALL.into_iter().find(|kind| kind.name() == text);
        named.ok_or_else(|| format!("unknown plane '{text}'; known: {}", Self::ALL.map(Self::name).join(", ")))
    }
}
