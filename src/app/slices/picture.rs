//! One slice as it is drawn: greys, and outlines of bones and implants.

use crate::{
    anatomy::SliceKind,
    app::bodies::BodyKind,
    mesh::TriMesh,
    surface::{FlatLine, flat_section, outer_lines},
    volume::{
        Volume,
        slice::{SlicePlane, SliceSize, slice},
    },
};
use rayon::prelude::*;
use std::sync::Arc;

/// The lines in which a plane meets a body.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline {
    /// Whose.
    pub kind: BodyKind,
    /// How far right of and above [`SlicePicture::outlined`]'s middle each point is, mm; closed, or open at the edge of an open surface.
    pub lines: Vec<FlatLine>,
}

/// A slice as it is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct SlicePicture {
    /// Which.
    pub kind: SliceKind,
    /// Where the picture is.
    pub plane: SlicePlane,
    /// How large.
    pub size: SliceSize,
    /// HU of each pixel, row by row from the top; empty without a CT.
    pub hu: Arc<Vec<i16>>,
    /// The same plane with the middle that outlines are counted from: it stays when the picture is moved.
    pub outlined: SlicePlane,
    /// Outlines.
    pub outlines: Vec<Outline>,
}

/// Bodies to outline, as they lie in the scan.
pub type Bodies = [(BodyKind, Arc<TriMesh>)];

impl SlicePicture {
    /// Draws a slice; what `last` has of it is not drawn again. `same_ct` and `same_bodies`: both are those of `last`.
    #[must_use]
    pub fn draw(
        (kind, plane, size): (SliceKind, SlicePlane, SliceSize),
        volume: Option<&Volume>,
        bodies: &Bodies,
        last: Option<Self>,
        [same_ct, same_bodies]: [bool; 2],
    ) -> Self {
        let grey = || Arc::new(volume.map(|volume| slice(volume, &plane, &size)).unwrap_or_default());
        let Some(last) = last else {
            return Self { kind, plane, size, hu: grey(), outlined: plane, outlines: outlines(bodies, &plane) };
        };
        let same_place = same_ct && (last.plane, last.size) == (plane, size);
        let hu = if same_place { last.hu } else { grey() };
        let same_turn = (last.outlined.right, last.outlined.up) == (plane.right, plane.up);
        let (outlined, outlines) = if same_bodies && same_turn && last.outlined.before_mm(&plane.point).abs() < 1e-9 {
            (last.outlined, last.outlines)
        } else {
            (plane, outlines(bodies, &plane))
        };
        Self { kind, plane, size, hu, outlined, outlines }
    }
}

/// The outlines of bodies in a plane; bodies that it does not meet have none.
fn outlines(bodies: &Bodies, plane: &SlicePlane) -> Vec<Outline> {
    let of = |(kind, mesh): &(BodyKind, Arc<TriMesh>)| {
        let lines = flat_section(mesh, plane);
        // Implants are made of solids that reach into each other.
        let lines = if matches!(kind, BodyKind::Implant(_)) { outer_lines(&lines) } else { lines };
        (!lines.is_empty()).then_some(Outline { kind: *kind, lines })
    };
    bodies.par_iter().filter_map(of).collect()
}
