//! Cups.

use super::{positive, within};
use crate::implants::{Catalogue, Cup, Fixation};

/// Outer diameters of cups, mm: anything else is a slip of units or of a digit.
const RANGE_MM: std::ops::RangeInclusive<f64> = 36.0..=80.0;
/// Nearer to each other than this, as a share of their diameters, two holes become one.
const HOLES_APART: f64 = 1.1;

pub(super) fn check(cup: &Cup, catalogue: &Catalogue, problems: &mut Vec<String>) {
    let (id, rules) = (&cup.id, &catalogue.rules);
    let dimensions = [("outer_diameter_mm", cup.outer_diameter_mm), ("head_diameter_mm", cup.head_diameter_mm)];
    if !positive(id, &dimensions, problems) {
        return;
    }
    if !RANGE_MM.contains(&cup.outer_diameter_mm) {
        problems.push(format!("'{id}' has an outer diameter of {} mm, cups have 36 to 80 mm", cup.outer_diameter_mm));
    }
    match cup.fixation {
        Fixation::PressFit if !positive(id, &[("shell_thickness_mm", cup.shell_thickness_mm)], problems) => return,
        Fixation::PressFit if cup.shell_thickness_mm < rules.minimum_shell_mm => problems.push(format!(
            "'{id}' has a shell of {} mm, at least {} mm are needed",
            cup.shell_thickness_mm, rules.minimum_shell_mm
        )),
        Fixation::Cemented if cup.shell_thickness_mm != 0.0 || cup.dual_mobility => {
            problems.push(format!("'{id}' is cemented and has a shell, but a cemented cup is all of polyethylene"));
        }
        Fixation::Cemented if cup.mantle_mm.is_nan() || cup.mantle_mm < rules.minimum_mantle_mm => problems.push(format!(
            "'{id}' has a mantle of {} mm of cement, at least {} mm are needed",
            cup.mantle_mm, rules.minimum_mantle_mm
        )),
        _ => {}
    }
    let polyethylene = cup.polyethylene_mm();
    if polyethylene < rules.minimum_polyethylene_mm - 1e-9 {
        problems.push(format!(
            "'{id}' leaves {polyethylene:.2} mm of polyethylene between its shell and a {} mm head, at least {} mm are needed",
            cup.head_diameter_mm, rules.minimum_polyethylene_mm
        ));
    }
    let wall = (cup.outer_diameter_mm - cup.head_diameter_mm) / 2.0;
    if !(0.0..wall / 2.0).contains(&cup.chamfer_mm) {
        problems
            .push(format!("'{id}' has a chamfer of {} mm, it must lie between 0 and half the wall of {wall} mm", cup.chamfer_mm));
    }
    if !(0.0..=cup.head_diameter_mm / 4.0).contains(&cup.rim_height_mm.abs()) {
        problems.push(format!("'{id}' has a rim height of {} mm, more than a quarter of its head's diameter", cup.rim_height_mm));
    }
    let same = |mm: f64| (mm - cup.head_diameter_mm).abs() < 1e-6;
    if !catalogue.all_heads().any(|head| same(head.diameter_mm)) {
        problems.push(format!("'{id}' takes a {} mm head, but no head of that diameter is listed", cup.head_diameter_mm));
    }
    let ruled = catalogue.rules.liners.iter().any(|rule| rule.cups == cup.family);
    if ruled && !catalogue.all_liners().any(|liner| catalogue.liner_refused(cup, liner).is_none()) {
        let hollow = cup.seat_diameter_mm().unwrap_or_default();
        problems.push(format!("'{id}' has a hollow of {hollow} mm, for which no family that the rules allow has a liner"));
    }
    holes(cup, problems);
}

fn holes(cup: &Cup, problems: &mut Vec<String>) {
    let id = &cup.id;
    for (number, hole) in cup.screw_holes.iter().enumerate() {
        let name = format!("{id}, screw hole {}", number + 1);
        within(&name, "from_pole_deg", hole.from_pole_deg, (0.0, 85.0), problems);
        within(&name, "azimuth_deg", hole.azimuth_deg, (-360.0, 360.0), problems);
        within(&name, "diameter_mm", hole.diameter_mm, (2.0, 15.0), problems);
        let touches = cup.screw_holes[..number].iter().position(|other| {
            let apart = hole.direction().angle(&other.direction()) * cup.outer_diameter_mm / 2.0;
            apart < HOLES_APART * (hole.diameter_mm + other.diameter_mm) / 2.0
        });
        if let Some(other) = touches {
            problems.push(format!("'{name}' runs into screw hole {}", other + 1));
        }
    }
}
