//! What a plan does to the length of the leg and to the offset.

use super::leg::Leg;
use crate::anatomy::{Femur, Hip, Pelvis};
use nalgebra::Point3;

/// Change of leg length and of global offset against the scan, mm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// Longer is positive.
    pub leg_length_mm: f64,
    /// The femur further lateral of the pelvis is positive.
    pub offset_mm: f64,
}

impl Change {
    /// The change that follows from where the new rotation centre lies in each bone. Nothing is rotated.
    ///
    /// H is the native head centre, C the centre of the cup (on the pelvis) and P the centre of the new head (on the femur, before
    /// it is reduced into the cup; after an osteotomy as the part below it sees it), all as scanned. Seating P in C instead of leaving H where it was changes
    /// - the **leg length** by (P − H) along the femur's superior axis less (C − H) along the pelvis' superior axis (that of the
    ///   anterior pelvic plane): a head that stands higher on the femur, or a cup that sits lower in the pelvis, makes the leg longer;
    /// - the **global offset** by the change of the femoral offset (distance of the head centre from the shaft axis) plus
    ///   (C − H) along the pelvis' lateral axis.
    ///
    /// Measured from bone to bone, neither depends on how the leg lay in the scanner. In a subluxated hip H is where the head was
    /// found, so that bringing it down into the socket counts as lengthening.
    #[must_use]
    pub fn of(pelvis: &Pelvis, hip: &Hip, femur: &Femur, cup_centre: &Point3<f64>, head_centre: &Point3<f64>) -> Self {
        let leg = Leg::of(hip, femur);
        Self {
            leg_length_mm: leg.lengthened_mm(&pelvis.app, cup_centre, head_centre),
            offset_mm: leg.more_femoral_offset_mm(head_centre) + leg.more_acetabular_offset_mm(&pelvis.app, cup_centre),
        }
    }
}
