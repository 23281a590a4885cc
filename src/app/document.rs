//! The open case, read once in the background; entities, panels and solvers are views of it.

use super::{
    about::About,
    bodies::BodyKind,
    contact::ContactSource,
    examination::{Examiner, Which},
    hands::Standing,
    joint::Joint,
    keeping::Desk,
    model::{PlanNumbers, Step},
    rehearsal::RehearsalSource,
    slices::SliceSource,
    trial::PlannedHip,
};
use crate::{
    anatomy::{Finding, Landmarks},
    frames::Side,
    labels::Label,
    mesh::TriMesh,
    motion::{Posture, RomTable},
};
use bevy::prelude::*;
use nalgebra::{Isometry3, Point3, Unit, Vector3};
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

/// Where the implants of a plan are in the bones as scanned, LPS mm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed {
    /// The ball that is reamed for the cup: centre and radius.
    pub reamed: (Point3<f64>, f64),
    /// Out of the cup's opening.
    pub cup_axis: Unit<Vector3<f64>>,
    /// From the stem's own frame.
    pub stem: Option<Isometry3<f64>>,
}

/// The operated hip as it was scanned.
#[derive(Clone, Debug, Default)]
pub struct Scanned {
    /// Its bones, LPS mm.
    pub bones: Vec<(Label, Arc<TriMesh>)>,
    /// The native joint; `None` without a femur.
    pub joint: Option<Joint>,
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
    /// Where the implants are; `None` before a plan exists.
    pub placed: Option<Placed>,
    /// Answers what touches; `None` when nothing could.
    pub contact: Option<ContactSource>,
    /// Rehearses a dislocation; `None` without a planned stem.
    pub rehearsal: Option<RehearsalSource>,
    /// What components can be tried on; `None` without a planned stem.
    pub hip: Option<Arc<PlannedHip>>,
    /// What the case says of itself; `None` for one that is not on disk.
    pub about: Option<Arc<About>>,
    /// The operated hip before the operation.
    pub scanned: Scanned,
    /// Writes what is tried to the plan; `None` without one on disk.
    pub desk: Option<Arc<Desk>>,
    /// The scan to look at in slices; `None` where there is none.
    pub slices: Option<SliceSource>,
    /// The case that was open before, after a change of its plan: what is looked at, and how, stays.
    pub again: bool,
    /// Measures the bones; `None` when nothing could be measured.
    pub examiner: Option<Arc<dyn Examiner>>,
    /// Landmarks that a person has set before.
    pub by_hand: Landmarks,
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

impl Document {
    /// The surface of a bone as it is shown.
    #[must_use]
    pub fn mesh_of(&self, bone: Label) -> Option<&TriMesh> {
        self.bodies.iter().find(|body| body.kind == BodyKind::Bone(bone)).map(|body| body.mesh.as_ref())
    }

    /// The surface of a bone before the operation.
    #[must_use]
    pub fn whole(&self, bone: Label) -> Option<&TriMesh> {
        let scanned = self.scanned.bones.iter().find(|(label, _)| *label == bone).map(|(_, mesh)| mesh.as_ref());
        scanned.or_else(|| self.mesh_of(bone))
    }

    /// The joint that is seen at a step: the native one where the bones are judged as they were scanned.
    #[must_use]
    pub fn joint_at(&self, step: Step) -> Option<Joint> {
        let native = self.scanned.joint.filter(|_| step.shows_as_scanned() && self.placed.is_some());
        native.or(self.joint)
    }

    /// From a landmark's place in the scan to where its bone is seen at a step in a posture.
    #[must_use]
    pub fn motion(&self, (name, side): Which, posture: &Posture, step: Step) -> Isometry3<f64> {
        self.femur_motion(posture, name.bone(side) == Some(Label::femur(self.side)), step)
    }

    /// Where cup and stem stand in the picture in a posture; `None` where there is no joint with a cup.
    #[must_use]
    pub fn standing(&self, posture: &Posture) -> Option<Standing> {
        let (joint, placed) = self.joint.zip(self.placed)?;
        Some(Standing::of(&joint, placed.cup_axis, placed.stem, posture))
    }

    /// The motion of the operated femur as it is seen at a step in a posture; for what is not `on_femur` none.
    #[must_use]
    pub fn femur_motion(&self, posture: &Posture, on_femur: bool, step: Step) -> Isometry3<f64> {
        self.joint_at(step).filter(|_| on_femur).map_or_else(Isometry3::identity, |joint| joint.motion(posture))
    }
}

/// The document on screen.
#[derive(Resource, Debug, Deref)]
pub struct OpenDocument(pub Document);
