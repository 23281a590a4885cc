//! What a zone is asked for besides what is tried: changes of the femur that no part of the trial stands for.

use crate::motion::FemurChange;

/// Asked of the zone alone; the bodies in the picture stay.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ZoneInstead {
    /// The neck longer, the femur moved along it, mm.
    pub neck_length_mm: f64,
    /// The leg longer, by a stem that is seated less deep, mm.
    pub leg_length_mm: f64,
    /// The femur further lateral, by a stem of higher offset, mm.
    pub offset_mm: f64,
    /// Bones are left aside.
    pub implants_only: bool,
}

impl ZoneInstead {
    /// The same with what is tried of the femur.
    #[must_use]
    pub const fn femur(&self, tried: FemurChange) -> FemurChange {
        let Self { neck_length_mm, leg_length_mm, offset_mm, .. } = *self;
        FemurChange { neck_length_mm, leg_length_mm, offset_mm, ..tried }
    }
}
