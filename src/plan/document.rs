//! One plan: which implants, and where.

use super::{Deformity, Override, Restore, Review, RunnerUp, Term};
use crate::{
    anatomy::{CupAngles, Finding},
    frames::{AnatomicalFrame, Side},
};
use nalgebra::{Isometry3, Point3, Unit, Vector3};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where the cup sits, LPS mm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CupPlacement {
    /// Id in the catalogue.
    pub cup: String,
    /// Centre of the bearing, LPS mm.
    pub centre: Point3<f64>,
    /// Out of the opening, LPS.
    pub axis: Unit<Vector3<f64>>,
    /// The liner in it; `None` in plans made before liners were parts of their own, whose cups state their usual liner themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liner: Option<LinerPlacement>,
    /// Part of the cup's outer hemisphere that bone covers (the fossa counts as bone), 0 to 1; `None` when no hip bone's surface was given.
    pub bone_coverage: Option<f64>,
}

/// Which liner is in a cup, and how it is turned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LinerPlacement {
    /// Id in the catalogue.
    pub liner: String,
    /// Where the middle of its lip is, or the side on which its face stands out, LPS, across the cup's axis; any direction for a liner
    /// that is the same all round.
    pub towards: Unit<Vector3<f64>>,
}

impl CupPlacement {
    /// Radiographic angles in a pelvic frame.
    #[must_use]
    pub fn angles(&self, pelvic: &AnatomicalFrame, side: Side) -> CupAngles {
        CupAngles::of_axis(&self.axis, pelvic, side)
    }
}

/// A plane along which the femoral neck is cut: what lies on the side of `normal` and hangs together with the head is removed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResectionPlane {
    /// A point of the plane, on the neck axis of the stem, LPS mm.
    pub point: Point3<f64>,
    /// Normal towards the femoral head, LPS.
    pub normal: Unit<Vector3<f64>>,
}

/// Where the stem sits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StemPlacement {
    /// Id of the stem in the catalogue.
    pub stem: String,
    /// Id of the head in the catalogue.
    pub head: String,
    /// From the stem's own frame (a right stem; a left one is mirrored in Z first) to the bone as scanned, LPS mm.
    pub pose: Isometry3<f64>,
    /// Where the femoral neck is cut.
    pub resection: ResectionPlane,
    /// True when the shaft it follows is the fitted shape model's, not the scan's.
    pub estimated: bool,
}

/// The surgeon's approval: from then on the plan is never changed, an edit makes a new plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Role or initials of who approved, never a patient's name.
    pub by: String,
    /// When, UTC (RFC 3339), by the computer's clock; `None` in an approval of an older program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// What the plan rested on then; `None` in an approval of an older program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grounds: Option<Grounds>,
    /// SHA-256 over the plan as it was approved, the case's provenance and the grounds, hexadecimal.
    pub sha256: String,
}

/// What an approved plan rests on, stated so that it can be checked afterwards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grounds {
    /// Name and version of the program that the plan was approved with.
    pub software: String,
    /// SHA-256 of the CT's geometry and values.
    pub inputs_sha256: String,
    /// Name and version of the segmentation model.
    pub segmentation_model: String,
    /// SHA-256 of its weights.
    pub segmentation_sha256: String,
    /// Name and version of the implant catalogue.
    pub catalogue: String,
    /// SHA-256 of its file.
    pub catalogue_sha256: String,
    /// SHA-256 of images, labels, bones and landmarks, by their path in the case.
    pub documents: BTreeMap<String, String>,
}

/// A plan for one hip.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Version of this document's format.
    pub format_version: u32,
    /// Number of the plan within its case, from 1.
    pub number: u32,
    /// The hip that is replaced.
    pub side: Side,
    /// Name and version of the catalogue, as `name version`.
    pub catalogue: String,
    /// SHA-256 of the catalogue's file, hexadecimal.
    pub catalogue_sha256: String,
    /// The cup.
    pub cup: CupPlacement,
    /// The stem; `None` with a finding that says why.
    pub stem: Option<StemPlacement>,
    /// Change of leg length against the scan, mm; longer is positive. `None` without a stem.
    pub leg_length_change_mm: Option<f64>,
    /// Change of global offset (femoral offset plus cup centre) against the scan, mm; more lateral is positive. `None` without a stem.
    pub offset_change_mm: Option<f64>,
    /// What the automatic plan was judged by; empty in plans that no search made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<Term>,
    /// What came next, and why it lost.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runners_up: Vec<RunnerUp>,
    /// What a dysplastic, deformed or operated hip needs beyond cup and stem.
    #[serde(default, skip_serializing_if = "Deformity::is_empty")]
    pub deformity: Deformity,
    /// What was aimed at; `None` in a plan of an older program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aim: Option<Restore>,
    /// The plan that this one was begun from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision_of: Option<u32>,
    /// What the surgeon must know about this plan.
    pub findings: Vec<Finding>,
    /// Findings that were overridden, with the reasons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<Override>,
    /// Who has reviewed the plan as it is; any edit takes it back to a draft.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Review>,
    /// `None` while it is a draft.
    pub approval: Option<Approval>,
}

impl Plan {
    /// Version of the format that this program writes.
    pub const FORMAT_VERSION: u32 = 1;
}
