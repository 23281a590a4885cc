//! How far the femoral and the pelvic side of a hip are from each other in a posture, at every corner of their surfaces.

use crate::{
    app::{bodies::BodyKind, document::Document, joint::HeadOut},
    labels::Label,
    mesh::TriMesh,
    motion::Posture,
    plan::ImplantPart,
    progress::Progress,
    surface::MeshIndex,
};
use nalgebra::{Isometry3, Point3};
use rayon::prelude::*;
use std::sync::Arc;

/// Further than this is not looked for, mm.
pub const FAR_MM: f64 = 20.0;

/// Which state of the hip is asked about.
pub type Moment = (u64, Posture, HeadOut);

/// What is asked: the bodies of either side, and where the femoral ones are.
#[derive(Clone, Debug)]
pub struct DistanceQuestion {
    /// What it is about.
    pub moment: Moment,
    /// Bodies that follow the femur, as scanned, LPS mm.
    moving: Vec<(BodyKind, Arc<TriMesh>)>,
    /// The others.
    fixed: Vec<(BodyKind, Arc<TriMesh>)>,
    /// From the scan to where the femoral bodies are.
    motion: Isometry3<f64>,
    /// The hip bone as scanned, closed, and the ball that a reamer takes from it.
    solid: Option<(Arc<TriMesh>, Point3<f64>, f64)>,
}

/// The answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Distances {
    /// What it is about.
    pub moment: Moment,
    /// At every corner of a body the distance to the other side, mm: at most [`FAR_MM`], 0 where they touch or share space.
    pub bodies: Vec<(BodyKind, Vec<f32>)>,
    /// The least of all, with the femoral and the pelvic body that have it; `None` where everything is further than [`FAR_MM`].
    pub least: Option<(f64, BodyKind, BodyKind)>,
}

/// The side of the joint on which a body is, `true` for the femoral one; `None` for what takes no part. The head bears in the cup, and is left
/// out.
fn moves(document: &Document, kind: BodyKind) -> Option<bool> {
    let (hip, femur) = (BodyKind::Bone(Label::hip(document.side)), BodyKind::Bone(Label::femur(document.side)));
    match kind {
        BodyKind::Implant(ImplantPart::Cup | ImplantPart::Augment) => Some(false),
        BodyKind::Implant(ImplantPart::Stem) => Some(true),
        BodyKind::Implant(ImplantPart::Head) => None,
        kind if kind == hip => Some(false),
        kind if kind == femur => Some(true),
        BodyKind::Bone(_) => None,
    }
}

impl DistanceQuestion {
    /// About the bodies of a document; `None` where there is no joint.
    #[must_use]
    pub fn new(document: &Document, moment: Moment) -> Option<Self> {
        let joint = document.joint?;
        let of = |side: bool| {
            let bodies = document.bodies.iter().filter(|body| moves(document, body.kind) == Some(side));
            bodies.map(|body| (body.kind, Arc::clone(&body.mesh))).collect::<Vec<_>>()
        };
        let solid = document.hip.as_ref().zip(document.placed);
        let solid = solid.and_then(|(hip, placed)| {
            let (centre, radius_mm) = placed.reamed;
            Some((Arc::clone(hip.pelvis.as_ref()?), centre, radius_mm))
        });
        let motion = joint.motion_out(&moment.1, &moment.2.0);
        Some(Self { moment, moving: of(true), fixed: of(false), motion, solid })
    }
}

/// Measures distances, and keeps the trees of surfaces that stay.
#[derive(Default)]
pub struct DistanceMaker {
    trees: Vec<(Arc<TriMesh>, Arc<MeshIndex>)>,
}

/// A body of one side, with what finds its nearest point.
struct Side {
    kind: BodyKind,
    surface: Arc<MeshIndex>,
    /// What holds points inside it, without what was reamed away.
    solid: Arc<MeshIndex>,
    reamed: Option<(Point3<f64>, f64)>,
}

impl Side {
    /// Distance of a point, 0 within the body, when it is less than `below`.
    fn distance_mm(&self, point: &Point3<f64>, below: f64) -> Option<f64> {
        let gone = self.reamed.is_some_and(|(centre, radius)| (point - centre).norm() < radius);
        let closest = self.surface.closest_within(point, below)?;
        Some(if !gone && self.solid.holds(point) { 0.0 } else { closest.distance_mm })
    }
}

impl DistanceMaker {
    fn tree(&mut self, mesh: &Arc<TriMesh>) -> Arc<MeshIndex> {
        if let Some((_, tree)) = self.trees.iter().find(|(known, _)| Arc::ptr_eq(known, mesh)) {
            return Arc::clone(tree);
        }
        let tree = Arc::new(MeshIndex::new(mesh));
        self.trees.push((Arc::clone(mesh), Arc::clone(&tree)));
        tree
    }

    /// The distances; `None` when nobody wants them any more.
    pub fn answer(&mut self, question: &DistanceQuestion, progress: &dyn Progress) -> Option<Distances> {
        // What is no longer on screen is forgotten.
        let bodies = || question.moving.iter().chain(&question.fixed).map(|(_, mesh)| mesh);
        let solid = question.solid.as_ref().map(|(mesh, ..)| mesh);
        self.trees.retain(|(known, _)| bodies().chain(solid).any(|mesh| Arc::ptr_eq(known, mesh)));
        let mut side = |bodies: &[(BodyKind, Arc<TriMesh>)], bone: Option<&(Arc<TriMesh>, Point3<f64>, f64)>| -> Vec<Side> {
            let of = |(kind, mesh): &(BodyKind, Arc<TriMesh>)| {
                let surface = self.tree(mesh);
                let bone = bone.filter(|_| matches!(kind, BodyKind::Bone(_)));
                let solid = bone.map_or_else(|| Arc::clone(&surface), |(mesh, ..)| self.tree(mesh));
                Side { kind: *kind, surface, solid, reamed: bone.map(|(_, centre, radius)| (*centre, *radius)) }
            };
            bodies.iter().map(of).collect()
        };
        let (moving, fixed) = (side(&question.moving, None), side(&question.fixed, question.solid.as_ref()));
        let back = question.motion.inverse();
        let mut found = Distances { moment: question.moment, bodies: Vec::new(), least: None };
        for (bodies, others, motion) in [(&question.moving, &fixed, question.motion), (&question.fixed, &moving, back)] {
            for (kind, mesh) in bodies {
                let nearest = |vertex: &Point3<f64>| {
                    let point = motion * vertex;
                    let mut least = (FAR_MM, None);
                    if progress.cancelled() {
                        return least;
                    }
                    for other in others {
                        if let Some(mm) = other.distance_mm(&point, least.0) {
                            least = (mm, Some(other.kind));
                        }
                    }
                    least
                };
                let all: Vec<(f64, Option<BodyKind>)> = mesh.vertices.par_iter().map(nearest).collect();
                if progress.cancelled() {
                    return None;
                }
                for (mm, other) in all.iter().filter_map(|(mm, other)| Some((*mm, (*other)?))) {
                    if found.least.is_none_or(|(least, ..)| mm < least) {
                        let of_femur = question.moving.iter().any(|(moving, _)| moving == kind);
                        found.least = Some(if of_femur { (mm, *kind, other) } else { (mm, other, *kind) });
                    }
                }
                found.bodies.push((*kind, all.iter().map(|(mm, _)| *mm as f32).collect()));
            }
        }
        Some(found)
    }
}
