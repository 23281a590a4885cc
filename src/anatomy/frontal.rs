//! The frontal plane of a femur: the one in which an anteroposterior radiograph shows its shaft.

use super::model::Femur;
use crate::frames::Side;
use nalgebra::{Unit, Vector3};

/// How far the frame of a femur is turned about its shaft from the true one, standard deviation, degrees: by the condyles, or without them
/// by the torsion that femora have (quartiles of 1070 CTs, PMC4775021, as of a normal distribution).
const TURN_SD_DEG: [f64; 2] = [2.0, 10.0];

/// The lateral direction (LPS) in the frontal plane, perpendicular to the shaft: that of the femoral frame, hence along the posterior
/// condylar line where the knee is in the scan, else as the usual torsion has it.
pub(crate) fn lateral(femur: &Femur, side: Side) -> Option<Unit<Vector3<f64>>> {
    let (right, shaft) = (femur.frame.right().into_inner(), femur.shaft.direction.into_inner());
    Unit::try_new((right - shaft * shaft.dot(&right)) * -side.lps_sign(), 1e-6)
}

/// Standard deviation of that plane's turn about the shaft, degrees.
pub(crate) const fn turn_sd_deg(femur: &Femur) -> f64 {
    TURN_SD_DEG[if femur.knee_in_scan { 0 } else { 1 }]
}
