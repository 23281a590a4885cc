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
        reason: PlaneFault,
    },
    /// No sphere that could be a femoral head.
    #[error("the {side} femoral head was not found: {reason}; check the labels of the {side} femur and hip bone")]
    Head {
        /// The side.
        side: Side,
        /// What was found instead.
        reason: HeadFault,
    },
    /// No sphere that could be a socket.
    #[error("the {side} acetabulum was not found: {reason}; check the labels of the {side} hip bone")]
    Acetabulum {
        /// The side.
        side: Side,
        /// What was found instead.
        reason: SocketFault,
    },
    /// The caller no longer wants the result.
    #[error("measuring the anatomy was cancelled")]
    Cancelled,
}

/// What is wrong with the anterior pelvic plane.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum PlaneFault {
    /// Left and right are exchanged.
    #[error("the left hip bone does not lie on the patient's left")]
    Sides,
    /// There is nothing to put a plane on.
    #[error("the iliac wings or the pubis are not in the scan")]
    NoWingOrPubis,
    /// The upper points are missing.
    #[error("the iliac wings are not in the scan")]
    NoWing,
    /// The lower points are missing.
    #[error("the pubis is not in the scan")]
    NoPubis,
    /// Three points that make no plane.
    #[error("its points lie on one line")]
    OneLine,
    /// It does not come to rest.
    #[error("its points keep changing")]
    Unsettled,
}

/// What was found where a femoral head was looked for.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum HeadFault {
    /// No joint to look in.
    #[error("the femur lies more than 12 mm from the hip bone")]
    FarFromHipBone,
    /// Something else than a head.
    #[error("the {points} points nearest to the socket do not lie on a sphere of 14 to 36 mm")]
    NoSphere {
        /// How many points.
        points: usize,
    },
    /// Nothing says where to look.
    #[error("the shape model could not be fitted to the femur")]
    NoModel,
    /// Something else where the model says.
    #[error("no part of the femur lies on a sphere of 14 to 36 mm where the shape model has its head")]
    NoSphereByModel,
}

/// What was found where a socket was looked for.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum SocketFault {
    /// Something else than a socket.
    #[error("the surface around the femoral head is not a sphere")]
    NoSphere,
    /// A back.
    #[error("no surface faces the femoral head")]
    NothingFaces,
    /// Cut off, or none.
    #[error("too little of its rim is in the scan")]
    LittleRim,
}
