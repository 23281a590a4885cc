//! What forbids measuring a bone as it was given.

use crate::labels::Label;

/// What is wrong with the surface given as a bone: what was found, what was expected, what to do.
#[derive(Clone, Debug, thiserror::Error, PartialEq)]
pub enum BoneFault {
    /// No triangle.
    #[error("{}: the surface has no triangle; expected the whole surface of the {}", .bone.name(), .bone.spoken())]
    Empty {
        /// Given as this bone.
        bone: Label,
    },
    /// A hole, or triangles turned against their neighbours.
    #[error(
        "{}: the surface is open: {edges} of its edges belong to one triangle only, or to triangles that face opposite ways; expected a closed \
         surface whose triangles all face outwards; close the holes and unify the normals in a mesh editor",
        .bone.name()
    )]
    Open {
        /// Given as this bone.
        bone: Label,
        /// Number of such edges.
        edges: usize,
    },
    /// Triangles that face inwards.
    #[error(
        "{}: the surface is inside out: its triangles face inwards, it encloses {volume_ml:.0} ml; expected triangles that run \
         counter-clockwise seen from outside; flip the normals, or if the bone was mirrored, undo that",
        .bone.name()
    )]
    Inverted {
        /// Given as this bone.
        bone: Label,
        /// Enclosed volume, ml; negative.
        volume_ml: f64,
    },
    /// Not in millimetres.
    #[error(
        "{}: the surface measures {} along its own axes; expected millimetres, {:.0} to {:.0} mm of length for a whole {}: {}",
        .bone.name(),
        sizes(*.extents),
        .whole_mm[0],
        .whole_mm[1],
        .bone.spoken(),
        .unit.map_or_else(|| "its unit is unknown; write it in millimetres".into(), |(unit, factor)| format!(
            "it is probably in {unit}; multiply its coordinates by {factor}"
        ))
    )]
    Unit {
        /// Given as this bone.
        bone: Label,
        /// Extents along its principal axes, longest first, in whatever unit the file has.
        extents: [f64; 3],
        /// Shortest and longest whole bone of this kind, mm.
        whole_mm: [f64; 2],
        /// The unit that would explain the size, with the factor from it to mm.
        unit: Option<(&'static str, f64)>,
    },
    /// Several bones in one surface.
    #[error("{}: the surface holds more than one bone: {reason}; expected the {} alone; part the bones into files of their own", .bone.name(), .bone.spoken())]
    SeveralBones {
        /// Given as this bone.
        bone: Label,
        /// What gives it away.
        reason: String,
    },
    /// Another bone, or the same of the other side.
    #[error(
        "{}: by its shape this is a {found}: its surface lies {found_mm:.1} mm on average from that bone of the shape model, {given_mm:.1} mm from \
         the {}; a file was given the wrong name or side, or its coordinates are mirrored; rename it, or write it again without mirroring",
        .bone.name(),
        .bone.spoken()
    )]
    OtherBone {
        /// Given as this bone.
        bone: Label,
        /// What it looks like, e.g. "right femur".
        found: String,
        /// Its misfit as what it looks like, mm.
        found_mm: f64,
        /// Its misfit as what it was given as, mm.
        given_mm: f64,
    },
    /// Turned as no patient lies in LPS axes.
    #[error(
        "{}: the bone lies turned by {turn_deg:.0}° against LPS axes (x to the patient's left, y posterior, z superior){}",
        .bone.name(),
        if *.about_z { "; its coordinates are probably RAS where LPS was said, or the other way round (--space)" } else { "; turn the files into LPS or RAS axes" }
    )]
    Turned {
        /// Given as this bone.
        bone: Label,
        /// By how much, degrees.
        turn_deg: f64,
        /// True when it is about half a turn about z, as between LPS and RAS.
        about_z: bool,
    },
    /// The bones of the two sides lie the wrong way round.
    #[error(
        "{} and {}: the left bone lies {apart_mm:.0} mm to the right of the right one; expected LPS, where the left is at greater x; the files \
         are swapped, mirrored, or in RAS (--space ras)",
        .left.name(),
        .right.name()
    )]
    SidesSwapped {
        /// The left bone.
        left: Label,
        /// The right bone.
        right: Label,
        /// How far, mm.
        apart_mm: f64,
    },
}

fn sizes([long, middle, short]: [f64; 3]) -> String {
    // As many digits as tell metres from millimetres.
    let digits = if long < 1.0 { 3 } else { 1 };
    format!("{long:.digits$} × {middle:.digits$} × {short:.digits$}")
}
