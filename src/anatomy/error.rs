//! Why an anatomy cannot be measured.

use crate::frames::Side;

/// What was found, what was expected, what to do.
#[derive(Clone, Debug, thiserror::Error, PartialEq)]
pub enum AnatomyError {
    /// The pelvic frame needs both hip bones.
    #[error("the {side} hip bone is missing: the anterior pelvic plane needs both; label it, or scan the whole pelvis")]
    HipBoneMissing {
        /// The side that is missing.
        side: Side,
    },
    /// There is no hip with both its bones.
    #[error("no hip can be measured: neither side has both its hip bone and its femur; check the labels")]
    NoHip,
    /// The anterior pelvic plane does not settle.
    #[error(
        "the anterior pelvic plane was not found: {reason}; check that the scan holds the pelvis from the iliac spines to the pubis and that its orientation is right"
    )]
    PelvicPlane {
        /// What is wrong with it.
        reason: String,
    },
    /// No sphere that could be a femoral head.
    #[error("the {side} femoral head was not found: {reason}; check the labels of the {side} femur and hip bone")]
    Head {
        /// The side.
        side: Side,
        /// What was found instead.
        reason: String,
    },
    /// No sphere that could be a socket.
    #[error("the {side} acetabulum was not found: {reason}; check the labels of the {side} hip bone")]
    Acetabulum {
        /// The side.
        side: Side,
        /// What was found instead.
        reason: String,
    },
    /// The caller no longer wants the result.
    #[error("measuring the anatomy was cancelled")]
    Cancelled,
}
