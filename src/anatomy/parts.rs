//! What of an anatomy the bones at hand allow.

use super::{
    error::AnatomyError,
    model::{Acetabulum, Anatomy, Femur, Finding, Hip, Pelvis, Sphere},
};
use crate::frames::{AnatomicalFrame, Side};
use nalgebra::Point3;

/// An anatomy of which any part may be missing.
#[derive(Clone, Debug, PartialEq)]
pub struct Parts {
    /// The pelvis; needs both hip bones.
    pub pelvis: Option<Pelvis>,
    /// The left hip.
    pub left: HipParts,
    /// The right hip.
    pub right: HipParts,
    /// What the surgeon must know.
    pub findings: Vec<Finding>,
    /// The first thing that could not be measured though its bones are there, or the pelvis that lacks a bone.
    pub(super) failure: Option<AnatomyError>,
}

/// What of a hip the bones at hand allow.
#[derive(Clone, Debug, PartialEq)]
pub struct HipParts {
    /// Which side.
    pub side: Side,
    /// The socket; needs the hip bone.
    pub acetabulum: Option<Acetabulum>,
    /// The femoral head; needs the femur.
    pub head: Option<Sphere>,
    /// The femur.
    pub femur: Option<Femur>,
    /// Head and socket were found with each other, or a person has set the socket or accepts where it is. Else nothing may be planned on them.
    pub joined: bool,
}

impl HipParts {
    /// A hip of which nothing is known.
    pub(super) const fn unknown(side: Side) -> Self {
        Self { side, acetabulum: None, head: None, femur: None, joined: false }
    }

    fn of(hip: &Hip) -> Self {
        let Hip { side, acetabulum, head, ref femur } = *hip;
        Self { side, acetabulum: Some(acetabulum), head: Some(head), femur: femur.clone(), joined: true }
    }

    fn whole(self) -> Option<Hip> {
        if !self.joined {
            return None;
        }
        Some(Hip { side: self.side, acetabulum: self.acetabulum?, head: self.head?, femur: self.femur })
    }
}

impl From<Anatomy> for Parts {
    fn from(whole: Anatomy) -> Self {
        let hip = |side| whole.hip(side).map_or(HipParts::unknown(side), HipParts::of);
        let (left, right) = (hip(Side::Left), hip(Side::Right));
        Self { pelvis: Some(whole.pelvis), left, right, findings: whole.findings, failure: None }
    }
}

impl Parts {
    /// The hip of a side.
    #[must_use]
    pub const fn hip(&self, side: Side) -> &HipParts {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }

    /// The frame in which the patient's directions are counted: the anterior pelvic plane's, or the scanner's where there is no pelvis.
    pub(super) fn directions(&self) -> AnatomicalFrame {
        self.pelvis.as_ref().map_or_else(|| AnatomicalFrame::scanner(Point3::origin()), |pelvis| pelvis.app)
    }

    /// Takes head and socket of a side for those of one hip although they were not found with each other: a person has seen and accepted it.
    #[must_use]
    pub const fn accepting(mut self, side: Side) -> Self {
        match side {
            Side::Left => self.left.joined = true,
            Side::Right => self.right.joined = true,
        }
        self
    }

    /// The anatomy that a plan rests on.
    ///
    /// # Errors
    /// When there is no pelvis or no whole hip: the first reason.
    pub fn whole(self) -> Result<Anatomy, AnatomyError> {
        let failure = || self.failure.unwrap_or(AnatomyError::NoHip);
        match (self.pelvis, self.left.whole(), self.right.whole()) {
            (None, ..) | (_, None, None) => Err(failure()),
            (Some(pelvis), left, right) => Ok(Anatomy { pelvis, left, right, findings: self.findings }),
        }
    }
}
