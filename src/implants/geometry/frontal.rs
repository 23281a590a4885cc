//! A stem as it is seen from the front.

use crate::implants::{Collar, Stem};

/// Outlines of a right stem in its frontal plane: x along its medial direction, y distal, from its origin; mm.
#[derive(Clone, Debug, PartialEq)]
pub struct FrontalStem {
    /// The body's edge, once around: down its lateral side and up its medial one.
    pub body: Vec<[f64; 2]>,
    /// The neck up to the end of its taper: along its lower edge's corner, around, open at the body.
    pub neck: [[f64; 2]; 4],
    /// The collar, seen on edge, once around; `None` without one.
    pub collar: Option<[[f64; 2]; 4]>,
    /// The plane of the neck resection, seen on edge.
    pub resection: [[f64; 2]; 2],
    /// Centre of a head of offset 0.
    pub head: [f64; 2],
}

/// Draws a stem's outlines.
#[must_use]
pub fn frontal_stem(stem: &Stem) -> FrontalStem {
    let lateral = stem.sections.iter().map(|s| [s.medial_shift_mm - s.width_mm / 2.0, s.distal_mm]);
    let medial = stem.sections.iter().rev().map(|s| [s.medial_shift_mm + s.width_mm / 2.0, s.distal_mm]);
    let towards = stem.towards_head();
    // A neck that is turned forwards or backwards is seen shorter.
    let (along, half) = ([-towards.z, -towards.y], stem.neck_diameter_mm / 2.0);
    let seen = along[0].hypot(along[1]).max(1e-9);
    let at = |length: f64, aside: f64| [along[0] * length + along[1] / seen * aside, along[1] * length - along[0] / seen * aside];
    let base = stem.neck_profile.last().map_or(half, |(_, diameter)| diameter / 2.0);
    let plate = |collar: Collar| {
        let (low, high) = (stem.resection_mm, stem.resection_mm + collar.thickness_mm);
        [at(low, half), at(high, half), at(high, -collar.medial_mm), at(low, -collar.medial_mm)]
    };
    FrontalStem {
        body: lateral.chain(medial).collect(),
        neck: [at(0.0, -base), at(stem.neck_length_mm, -half), at(stem.neck_length_mm, half), at(0.0, base)],
        collar: stem.collar.map(plate),
        resection: [at(stem.resection_mm, -2.5 * half), at(stem.resection_mm, 2.5 * half)],
        head: at(stem.neck_length_mm, 0.0),
    }
}
