//! The three views of the report: the planned hip from the front, from its own side, and from the feet.

use super::render::{Body, Picture, View, render};
use crate::{anatomy::Anatomy, frames::Side, mesh::TriMesh};
use nalgebra::Point3;

/// What a body in a picture is; decides its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// A hip bone or the sacrum: pale, and translucent so that the cup is seen in it.
    Pelvis,
    /// A femur.
    Femur,
    /// Cup and liner.
    Cup,
    /// Head.
    Head,
    /// Stem.
    Stem,
    /// Metal that is in the patient already.
    OldMetal,
}

/// A body to draw: its surface (LPS mm) and what it is.
pub struct PictureSource<'a> {
    /// Surface.
    pub mesh: &'a TriMesh,
    /// What it is.
    pub paint: Paint,
}

const WIDTH: usize = 460;
const HEIGHT: usize = 460;
/// Half the width of the pictures, mm: from the iliac crest to below the lesser trochanter.
const RADIUS_MM: f64 = 135.0;

pub(super) const fn look(paint: Paint) -> ([f64; 3], f64) {
    match paint {
        Paint::Pelvis => ([0.90, 0.84, 0.72], 0.55),
        Paint::Femur => ([0.93, 0.88, 0.78], 0.62),
        Paint::Cup => ([0.20, 0.47, 0.76], 1.0),
        Paint::Head => ([0.86, 0.40, 0.48], 1.0),
        Paint::Stem => ([0.42, 0.48, 0.55], 1.0),
        Paint::OldMetal => ([0.85, 0.55, 0.15], 1.0),
    }
}

/// Three pictures centred on the planned hip, each with the key of its caption and what was looked from.
#[must_use]
pub fn three_views(bodies: &[PictureSource<'_>], anatomy: &Anatomy, side: Side) -> Vec<(&'static str, View, Picture)> {
    let bodies: Vec<Body<'_>> = bodies
        .iter()
        .map(|source| {
            let (colour, opacity) = look(source.paint);
            Body { mesh: source.mesh, colour, opacity }
        })
        .collect();
    let centre = anatomy.hip(side).map_or(Point3::origin(), |hip| hip.acetabulum.sphere.centre);
    let lateral = match side {
        Side::Left => ("report-view-left", View::FromLeft),
        Side::Right => ("report-view-right", View::FromRight),
    };
    [("report-view-anterior", View::Anterior), lateral, ("report-view-inferior", View::Inferior)]
        .into_iter()
        .map(|(key, view)| (key, view, render(&bodies, view, &centre, RADIUS_MM, WIDTH, HEIGHT)))
        .collect()
}
