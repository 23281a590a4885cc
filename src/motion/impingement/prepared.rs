//! Bodies made ready for the two sides of a joint.

use super::{
    SceneBody,
    body::Body,
    field::{Field, Reamed},
    meeting::Gone,
    nearness::Nearness,
    sweep::{Pair, Surface},
    tree::{BallTree, Shells},
};
use crate::motion::Couple;
use nalgebra::Point3;
use std::sync::Arc;

/// How exactly the depth of implants in each other is told, mm.
const IMPLANT_RESOLUTION_MM: f64 = 0.01;
/// How exactly a depth in bone is told, mm: far below what a CT can tell.
const BONE_RESOLUTION_MM: f64 = 0.05;

/// A fixed body as the plan leaves it.
pub(super) struct Fixed {
    pub body: Arc<Body>,
    field: Box<dyn Field>,
    /// Points of what is left of its surface, one of each piece among them.
    probes: Vec<Point3<f64>>,
    /// How many of them, the first, stand for a piece each.
    pieces: usize,
    shells: Shells,
    /// What a reamer took away, and the edge that it left.
    pub gone: Option<Gone>,
    edge: Option<(BallTree, Shells)>,
    near: Nearness,
}

/// A moving body with its distances from the joint's centre.
pub(super) struct Moving {
    pub body: Arc<Body>,
    pub shells: Shells,
}

impl Fixed {
    /// A body whole, or without the bone in a ball.
    pub fn new(body: Arc<Body>, centre: &Point3<f64>, gone: Option<Gone>) -> Self {
        let field: Box<dyn Field> = match gone {
            Some(Gone { centre, radius_mm }) => Box::new(Reamed { bone: Arc::clone(&body), centre, radius_mm }),
            None => Box::new(Arc::clone(&body)),
        };
        let left = |point: &&Point3<f64>| gone.is_none_or(|gone| (*point - gone.centre).norm() >= gone.radius_mm);
        let probes = body.probes.iter().filter(left).copied().collect();
        let pieces = body.pieces().iter().filter(left).count();
        let edge = gone.and_then(|gone| body.cut_along(&gone)).map(|tree| {
            let shells = Shells::new(&tree, centre);
            (tree, shells)
        });
        let near = Nearness::new(std::iter::once(&body.tree).chain(edge.iter().map(|(tree, _)| tree)));
        Self { field, probes, pieces, shells: Shells::new(&body.tree, centre), gone, edge, near, body }
    }

    /// Makes ready what measures distances from it.
    pub fn make_ready(&self) {
        _ = self.near.make_ready(&self.surfaces());
    }

    fn surfaces(&self) -> Vec<Surface<'_>> {
        let whole = Surface { tree: &self.body.tree, shells: &self.shells, gone: self.gone };
        let edge = self.edge.as_ref().map(|(tree, shells)| Surface { tree, shells, gone: None });
        std::iter::once(whole).chain(edge).collect()
    }
}

/// The two against each other.
pub(super) fn pair<'a>(moving: &'a Moving, fixed: &'a Fixed, bodies: [SceneBody; 2]) -> Pair<'a> {
    let resolution_mm = if Couple::of(bodies) == Couple::ImplantImplant { IMPLANT_RESOLUTION_MM } else { BONE_RESOLUTION_MM };
    Pair {
        body: &moving.body,
        shells: &moving.shells,
        field: fixed.field.as_ref(),
        surfaces: fixed.surfaces(),
        near: &fixed.near,
        probes: &fixed.probes,
        pieces: &fixed.probes[..fixed.pieces],
        bodies,
        resolution_mm,
    }
}
