//! The open case, read once in the background; entities, panels and solvers are views of it.

use super::{bodies::BodyKind, contact::ContactSource, joint::Joint, model::PlanNumbers};
use crate::{anatomy::Finding, frames::Side, mesh::TriMesh, motion::RomTable};
use bevy::prelude::*;
use nalgebra::Point3;
use std::sync::Arc;

/// A body of the case: what it is, and its surface as scanned (LPS mm).
#[derive(Clone, Debug)]
pub struct BodyMesh {
    /// Bone or implant.
    pub kind: BodyKind,
    /// LPS mm; of the femur and what is fixed to it before any motion.
    pub mesh: Arc<TriMesh>,
    /// The same with fewer triangles for the physics engine, which asks them all at every step; `None` where it takes no part.
    pub sensor: Option<Arc<TriMesh>>,
}

/// Everything the window needs of a case.
#[derive(Clone, Debug)]
pub struct Document {
    /// Never a name.
    pub pseudonym: String,
    /// The planned hip.
    pub side: Side,
    /// What the camera turns about, LPS mm: the centre of the planned hip.
    pub focus: Point3<f64>,
    /// Bones first, then implants.
    pub bodies: Vec<BodyMesh>,
    /// `None` before a plan exists.
    pub plan: Option<PlanNumbers>,
    /// `None` when there is no femur to move.
    pub joint: Option<Joint>,
    /// The range of motion of the plan.
    pub rom: Option<RomTable>,
    /// What the surgeon must know.
    pub findings: Vec<Finding>,
    /// Answers what touches; `None` when nothing could.
    pub contact: Option<ContactSource>,
}

impl Document {
    /// The side of a body that has none by its own name: implants belong to the planned hip.
    #[must_use]
    pub const fn side_of(&self, kind: BodyKind) -> Option<Side> {
        match kind {
            BodyKind::Implant(_) => Some(self.side),
            BodyKind::Bone(_) => None,
        }
    }
}

/// The document on screen.
#[derive(Resource, Debug, Deref)]
pub struct OpenDocument(pub Document);
