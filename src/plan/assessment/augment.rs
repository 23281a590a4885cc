//! What an augment meets of the bone, and what it makes of the cup's coverage.

use super::look::Look;
use crate::{
    anatomy::{Measurement, Quantity, Unit},
    frames::Side,
    implants::Augment,
    plan::room::covering,
};
use nalgebra::Isometry3;

/// Directions through it that are looked along.
const RAYS: usize = 1000;
/// Bone that begins within this outside its outer face touches it, mm.
const TOUCHING_MM: f64 = 1.0;

const OWN: &str = "Coxa";

pub(super) static CONTACT: Quantity = Quantity::new(
    "augment_contact",
    Unit::Percent,
    None,
    "Share of the augment's outer face that lies in bone or has bone within 1 mm outside it.",
    OWN,
);
pub(super) static REMOVED: Quantity =
    Quantity::new("augment_removed", Unit::Millilitres, None, "Bone where the augment is to be, which must go for it.", OWN);
pub(super) static FILLED: Quantity = Quantity::new(
    "augment_filled",
    Unit::Millilitres,
    None,
    "Part of the augment outside the bone: the room that it fills.",
    OWN,
);
pub(super) static COVERED: Quantity = Quantity::new(
    "augment_cup_coverage",
    Unit::Percent,
    None,
    "Share of the cup's outer hemisphere that bone covers (as the coverage without it is told), or the augment.",
    OWN,
);

/// `pose` is that of the augment's own frame, LPS mm.
pub(super) fn numbers(look: &Look, augment: &Augment, pose: &Isometry3<f64>, side: Side) -> Vec<Measurement> {
    let [inside, outside] = augment.radii_mm();
    let ways: Vec<_> = augment.directions(RAYS).iter().map(|way| pose * way).collect();
    let stretches = look.bone.stretches(&look.centre, &ways);
    let cube = |mm: f64| mm.clamp(inside, outside).powi(3);
    // Of bone whose surface lies so much further out, mm.
    let removed = |grown_mm: f64| {
        let cubes = |&(from, to): &(f64, f64)| (cube(to + grown_mm) - cube(from - grown_mm)).max(0.0);
        let all = stretches.iter().flatten().map(cubes).sum::<f64>() / 3.0;
        all * augment.solid_angle() / RAYS as f64 / 1000.0
    };
    let touches = |grown_mm: f64| {
        let touched = |&&(from, to): &&(f64, f64)| from - grown_mm <= outside + TOUCHING_MM && to + grown_mm >= outside;
        let count = stretches.iter().filter(|stretches| stretches.iter().any(|one| touched(&one))).count();
        100.0 * count as f64 / RAYS as f64
    };
    let spread = |of: &dyn Fn(f64) -> f64| (of(look.surface_sd_mm) - of(-look.surface_sd_mm)) / 2.0;
    let into_augment = pose.inverse();
    let covered = look.seen.iter().zip(&look.stretches).filter(|(seen, stretches)| {
        covering(stretches, look.radius_mm).is_some() || augment.lies_along(&(into_augment * look.lps(seen)))
    });
    let coverage = 100.0 * covered.count() as f64 / look.seen.len() as f64;
    let removed_sd = spread(&removed);
    [
        (&CONTACT, touches(0.0), spread(&touches)),
        (&REMOVED, removed(0.0), removed_sd),
        (&FILLED, augment.volume_mm3() / 1000.0 - removed(0.0), removed_sd),
        (&COVERED, coverage, super::coverage::SAMPLING_PERCENT),
    ]
    .map(|(quantity, value, sd)| Measurement { quantity, side: Some(side), value, sd })
    .into()
}
