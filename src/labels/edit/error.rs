//! Why an edit is refused.

use crate::labels::Label;
use nalgebra::Vector3;
use thiserror::Error;

/// Why an edit is refused. The label map is as it was before.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum EditError {
    /// A coordinate is NaN or infinite.
    #[error("the {what} of the edit is ({}, {}, {}); three finite numbers in mm (LPS) are expected", .found.x, .found.y, .found.z)]
    NotFinite {
        /// Which.
        what: &'static str,
        /// Its coordinates.
        found: Vector3<f64>,
    },
    /// A radius that is none.
    #[error("the radius of the edit is {found} mm; more than 0 and at most {most} mm is expected")]
    Radius {
        /// In the edit, mm.
        found: f64,
        /// The largest that is taken, mm.
        most: f64,
    },
    /// A strength of smoothing that is none.
    #[error("the smoothing's sigma_mm is {found}; more than 0 and at most {most} mm is expected")]
    Sigma {
        /// In the edit, mm.
        found: f64,
        /// The largest that is taken, mm.
        most: f64,
    },
    /// A stroke of no points.
    #[error("the stroke of the edit holds no point; at least one is expected")]
    NoStroke,
    /// A box turned inside out.
    #[error("the box of the edit ends before it begins; 'low' must be the smaller of the two along x, y and z")]
    EmptyBox,
    /// A normal of no length.
    #[error("the plane's normal has no length; a direction is expected, e.g. (0, 0, 1)")]
    NoNormal,
    /// A stroke within a slice that leaves it.
    #[error(
        "the stroke of the edit leaves its slice: its points lie in slices {first} and {other}; use one edit a slice, or a stroke in space"
    )]
    LeavesSlice {
        /// The slice of the first point.
        first: i64,
        /// The slice of another.
        other: i64,
    },
    /// Densities in the wrong order.
    #[error("the range of densities runs from {low} to {high} HU; the lower one comes first")]
    Range {
        /// The first, HU.
        low: i16,
        /// The second, HU.
        high: i16,
    },
    /// The edit does not meet the scan.
    #[error("the edit lies outside the volume; check that its points are LPS mm of this scan")]
    Outside,
    /// Background is not a bone.
    #[error("'Background' is no bone that could be filled, smoothed, split or moved; name the bone")]
    NoBone,
    /// Nothing would change.
    #[error("the edit turns {} into {} again; name two different labels", .label.name(), .label.name())]
    SameLabel {
        /// The label named twice.
        label: Label,
    },
    /// The point was meant to lie in another label.
    #[error("the point lies in {}, not in {}; pick a point inside the piece, or name its label as 'from'", named(*.found), .expected.name())]
    OtherLabel {
        /// The id under the point.
        found: u8,
        /// The label named in the edit.
        expected: Label,
    },
    /// The seed of a flood is no part of what may be flooded.
    #[error("the seed lies outside its own region or range of densities ({hu} HU are there); move it, or widen them")]
    SeedBarred {
        /// Density at the seed.
        hu: i16,
    },
    /// A slip to the other side of the body.
    #[error(
        "everything that would become {} lies at least {beyond_mm:.0} mm beyond the middle of {landmark}, on the patient's other side; \
         choose the label of that side, or say 'allow_other_side: true' when it is meant so",
        .label.name()
    )]
    OtherSide {
        /// The label painted.
        label: Label,
        /// How far beyond, mm.
        beyond_mm: f64,
        /// What the middle was taken from.
        landmark: &'static str,
    },
    /// An id that no program of ours writes.
    #[error("the label map holds the id {id}, which is no label of Coxa (0 to 13); correct the file that the labels came from")]
    UnknownLabel {
        /// The id.
        id: u8,
    },
    /// Labels and CT do not lie on one another.
    #[error("labels and CT do not lie on the same grid: size, spacing, origin and direction must be the same")]
    OtherGrid,
    /// Something else changed the map, or changes were not undone from the newest to the oldest.
    #[error("the labels are not as they were when this was done, so it cannot be {what}; something else has changed them")]
    OtherState {
        /// `undone`, `redone` or `replayed`.
        what: &'static str,
    },
}

fn named(id: u8) -> String {
    Label::from_id(id).map_or_else(|| format!("the unknown label {id}"), |label| label.name().into())
}

/// Refuses coordinates that are no numbers.
pub(super) fn finite(what: &'static str, found: &Vector3<f64>) -> Result<(), EditError> {
    if found.iter().all(|value| value.is_finite()) { Ok(()) } else { Err(EditError::NotFinite { what, found: *found }) }
}
