//! A nail in one femur, as many patients who come for a hip replacement have one.

use super::{random::Dice, solids::rod, truth::HipTruth};
use crate::mesh::TriMesh;

/// A nail down the shaft with a lag screw up the neck, as overlapping closed solids.
pub(super) fn nail(hip: &HipTruth, dice: &mut Dice) -> TriMesh {
    let shaft = hip.shaft.direction.into_inner();
    let on_shaft = |p: &nalgebra::Point3<f64>| hip.shaft.point + shaft * shaft.dot(&(p - hip.shaft.point));
    let top = on_shaft(&hip.greater_trochanter) - shaft * dice.uniform(-4.0..=12.0);
    let length = dice.uniform(150.0..=240.0);
    let mut nail = rod(&(top - shaft * length), &top, dice.uniform(4.8..=6.0));
    let neck = hip.neck_axis.direction.into_inner();
    // Where the neck axis passes the shaft, plus what stands out of the lateral cortex.
    let lateral = hip.femoral_offset_mm / neck.cross(&shaft).norm().max(0.3) + dice.uniform(12.0..=24.0);
    let tip = hip.head.centre - neck * (hip.head.radius_mm - dice.uniform(7.0..=14.0));
    nail.append(&rod(&tip, &(hip.head.centre + neck * lateral), dice.uniform(3.8..=5.0)));
    nail
}
