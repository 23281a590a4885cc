//! Why there is no plan.

use super::OsteotomyFault;
use crate::{anatomy::Anatomy, frames::Side, implants::UnknownFamily};
use thiserror::Error;

/// Why a hip cannot be planned, or a plan cannot be shown.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum PlanError {
    /// The hip is not in the scan, or could not be measured.
    #[error(
        "there is no measured {side} hip to plan. {reason} Check the side, the labels of that hip, or use a scan that shows its socket and femoral head"
    )]
    NoHip {
        /// The side asked for.
        side: Side,
        /// What the anatomy says about it, a whole sentence.
        reason: String,
    },
    /// The other side is aimed at, but is not known.
    #[error(
        "the {side} hip was not measured down to its lesser trochanter, so that leg length and offset cannot be made like its own; aim at the scanned hip (as-scanned) or at changes in mm"
    )]
    OtherSideUnknown {
        /// The side that is not known.
        side: Side,
    },
    /// The osteotomy that is asked for makes no sense on this femur.
    #[error("the osteotomy of the {side} femur cannot be planned: {fault}")]
    Osteotomy {
        /// The side asked for.
        side: Side,
        /// Why not.
        fault: OsteotomyFault,
    },
    /// The catalogue has nothing to offer.
    #[error("the implant catalogue '{catalogue}' holds no {kind}; add one or choose another catalogue")]
    NothingToImplant {
        /// Name and version of the catalogue.
        catalogue: String,
        /// What is missing.
        kind: String,
    },
    /// The catalogue has no such family.
    #[error("{0}; name one of these, or leave it to the catalogue")]
    UnknownFamily(#[from] UnknownFamily),
    /// The plan names an implant that the catalogue does not know.
    #[error(
        "the plan uses the {kind} '{id}', which the implant catalogue '{catalogue}' does not list; open it with the catalogue it was made with"
    )]
    UnknownImplant {
        /// Name and version of the catalogue.
        catalogue: String,
        /// Cup, head or stem.
        kind: &'static str,
        /// The id in the plan.
        id: String,
    },
    /// There is nothing that a stem could be judged by.
    #[error("a stem cannot be planned in the {side} femur: {reason} Use a scan that shows more of the femur")]
    NoCanal {
        /// The side.
        side: Side,
        /// Why not, the end of a sentence.
        reason: String,
    },
    /// The stem is where nothing is known of the canal.
    #[error(
        "no part of the stem '{stem}' would lie in the canal, which is known from {from_mm} mm to {to_mm} mm below the lesser trochanter; move the stem less far, or choose another"
    )]
    OutsideCanal {
        /// Id of the stem.
        stem: String,
        /// From where the canal is known, whole mm below the lesser trochanter.
        from_mm: i64,
        /// To where.
        to_mm: i64,
    },
    /// The plan is for the other hip.
    #[error("the plan is for the {plan} hip, but what it is held against is the {judged} one; open the case of that hip")]
    OtherHip {
        /// The plan's side.
        plan: Side,
        /// The side that is judged.
        judged: Side,
    },
    /// The catalogue at hand is not the plan's.
    #[error(
        "plan {number} was made with the catalogue {made_with} (SHA-256 {made_with_sha256}), found {found} (SHA-256 {found_sha256}): name the plan's own with --catalogue"
    )]
    OtherCatalogue {
        /// Number of the plan.
        number: u32,
        /// Name and version of the plan's catalogue.
        made_with: String,
        /// Its hash.
        made_with_sha256: String,
        /// Name and version of the catalogue at hand.
        found: String,
        /// Its hash.
        found_sha256: String,
    },
}

impl PlanError {
    /// That a hip is missing, with what the anatomy found out about that side.
    #[must_use]
    pub fn no_hip(anatomy: &Anatomy, side: Side) -> Self {
        let told: Vec<&str> = anatomy.findings.iter().filter(|f| f.side == Some(side)).map(|f| f.text.as_str()).collect();
        let reason = if told.is_empty() { format!("No {side} hip was found in the scan.") } else { told.join(" ") };
        Self::NoHip { side, reason }
    }
}
