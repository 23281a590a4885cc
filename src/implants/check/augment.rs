//! Augments.

use super::{positive, within};
use crate::implants::{Augment, Catalogue};

pub(super) fn check(augment: &Augment, catalogue: &Catalogue, problems: &mut Vec<String>) {
    let id = &augment.id;
    positive(id, &[("cup_diameter_mm", augment.cup_diameter_mm)], problems);
    within(id, "thickness_mm", augment.thickness_mm, (3.0, 40.0), problems);
    within(id, "arc_deg", augment.arc_deg, (10.0, 350.0), problems);
    let (low, high) = augment.latitudes_deg;
    within(id, "latitudes_deg", low, (-89.0, high), problems);
    within(id, "latitudes_deg", high, (low, 0.0), problems);
    let fits = |mm: f64| (mm - augment.cup_diameter_mm).abs() < 1e-6;
    if !catalogue.all_cups().any(|cup| fits(cup.outer_diameter_mm)) {
        problems.push(format!("'{id}' fits a cup of {} mm, but no cup of that diameter is listed", augment.cup_diameter_mm));
    }
}
