//! Why there is no plan.

use crate::frames::Side;
use thiserror::Error;

/// Why a hip cannot be planned, or a plan cannot be shown.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
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
    /// The catalogue has nothing to offer.
    #[error("the implant catalogue '{catalogue}' holds no {kind}; add one or choose another catalogue")]
    NothingToImplant {
        /// Name and version of the catalogue.
        catalogue: String,
        /// What is missing.
        kind: String,
    },
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
}
