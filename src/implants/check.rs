//! Whether a catalogue's dimensions make sense: every problem names its entry.

use super::{Catalogue, Cup, Head, Stem, StemSection};
use std::collections::BTreeSet;

/// Thinnest metal shell that a cup may have, mm.
pub const MINIMUM_SHELL_MM: f64 = 3.0;
/// Thinnest polyethylene that a liner may have, mm: below it highly cross-linked liners have broken at the rim.
pub const MINIMUM_POLYETHYLENE_MM: f64 = 5.0;
/// Outer diameters of cups, mm: anything else is a slip of units or of a digit.
const CUP_RANGE_MM: std::ops::RangeInclusive<f64> = 36.0..=80.0;
/// Least length of taper that a head must hold, mm.
const MINIMUM_TAPER_MM: f64 = 2.0;

/// Everything that is wrong with a catalogue, one sentence a problem; empty when it can be used.
#[must_use]
pub fn check(catalogue: &Catalogue) -> Vec<String> {
    let mut problems = Vec::new();
    for (kind, empty) in
        [("cups", catalogue.cups.is_empty()), ("heads", catalogue.heads.is_empty()), ("stems", catalogue.stems.is_empty())]
    {
        if empty {
            problems.push(format!("it lists no {kind}"));
        }
    }
    unique_ids(catalogue, &mut problems);
    let neck_mm = catalogue.stems.iter().map(|stem| stem.neck_diameter_mm).fold(0.0, f64::max);
    for cup in &catalogue.cups {
        check_cup(cup, catalogue, &mut problems);
    }
    for head in &catalogue.heads {
        check_head(head, neck_mm, &mut problems);
    }
    for stem in &catalogue.stems {
        check_stem(stem, &mut problems);
    }
    order(catalogue, &mut problems);
    problems
}

fn unique_ids(catalogue: &Catalogue, problems: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for id in catalogue.ids() {
        if id.trim().is_empty() {
            problems.push("an entry has an empty id".into());
        } else if !seen.insert(id) {
            problems.push(format!("the id '{id}' is used twice"));
        }
    }
}

/// True when every dimension is finite and positive; tells otherwise.
fn positive(id: &str, dimensions: &[(&str, f64)], problems: &mut Vec<String>) -> bool {
    let mut good = true;
    for (name, value) in dimensions {
        if !(value.is_finite() && *value > 0.0) {
            problems.push(format!("'{id}' has {name} {value}, which must be a positive number"));
            good = false;
        }
    }
    good
}

fn check_cup(cup: &Cup, catalogue: &Catalogue, problems: &mut Vec<String>) {
    let id = &cup.id;
    let dimensions = [
        ("outer_diameter_mm", cup.outer_diameter_mm),
        ("head_diameter_mm", cup.head_diameter_mm),
        ("shell_thickness_mm", cup.shell_thickness_mm),
    ];
    if !positive(id, &dimensions, problems) {
        return;
    }
    if !CUP_RANGE_MM.contains(&cup.outer_diameter_mm) {
        problems.push(format!("'{id}' has an outer diameter of {} mm, cups have 36 to 80 mm", cup.outer_diameter_mm));
    }
    if cup.shell_thickness_mm < MINIMUM_SHELL_MM {
        problems.push(format!("'{id}' has a shell of {} mm, at least {MINIMUM_SHELL_MM} mm are needed", cup.shell_thickness_mm));
    }
    let polyethylene = cup.polyethylene_mm();
    if polyethylene < MINIMUM_POLYETHYLENE_MM - 1e-9 {
        problems.push(format!(
            "'{id}' leaves {polyethylene:.2} mm of polyethylene between its shell and a {} mm head, at least {MINIMUM_POLYETHYLENE_MM} mm are needed",
            cup.head_diameter_mm
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
    if catalogue.heads_for(cup).next().is_none() {
        problems.push(format!("'{id}' takes a {} mm head, but no head of that diameter is listed", cup.head_diameter_mm));
    }
}

fn check_head(head: &Head, neck_mm: f64, problems: &mut Vec<String>) {
    let id = &head.id;
    if !positive(id, &[("diameter_mm", head.diameter_mm)], problems) {
        return;
    }
    let (radius, bore) = (head.diameter_mm / 2.0, neck_mm / 2.0);
    if bore >= radius {
        problems.push(format!("'{id}' is no larger than a neck of {neck_mm} mm"));
        return;
    }
    // The bore opens where it leaves the sphere and ends where the taper ends.
    let opening = (radius * radius - bore * bore).sqrt();
    let ends_inside = head.offset_mm.is_finite() && -head.offset_mm <= opening - MINIMUM_TAPER_MM;
    if !ends_inside || head.offset_mm > opening - MINIMUM_TAPER_MM {
        problems.push(format!("'{id}' has an offset of {} mm, for which it is too small to hold the taper", head.offset_mm));
    }
}

fn check_stem(stem: &Stem, problems: &mut Vec<String>) {
    let id = &stem.id;
    let dimensions = [
        ("neck_length_mm", stem.neck_length_mm),
        ("neck_diameter_mm", stem.neck_diameter_mm),
        ("resection_mm", stem.resection_mm),
    ];
    positive(id, &dimensions, problems);
    if !(115.0..=150.0).contains(&stem.neck_shaft_angle_deg) {
        problems.push(format!("'{id}' has a neck–shaft angle of {}°, stems have 115° to 150°", stem.neck_shaft_angle_deg));
    }
    if stem.resection_mm >= stem.neck_length_mm {
        problems.push(format!("'{id}' is cut at {} mm, beyond its neck of {} mm", stem.resection_mm, stem.neck_length_mm));
    }
    if stem.sections.len() < 2 {
        problems.push(format!("'{id}' has {} sections, at least 2 are needed", stem.sections.len()));
    }
    for (number, section) in stem.sections.iter().enumerate() {
        let name = format!("{id}, section {}", number + 1);
        positive(&name, &[("width_mm", section.width_mm), ("depth_mm", section.depth_mm)], problems);
        if !(section.distal_mm.is_finite() && section.medial_shift_mm.is_finite()) {
            problems.push(format!("'{name}' has a position that is no number"));
        }
    }
    let descending = |pair: &[StemSection]| pair[0].distal_mm < pair[1].distal_mm;
    if !stem.sections.windows(2).all(descending) {
        problems.push(format!("'{id}' does not list its sections from proximal to distal"));
    }
}

/// Cups from small to large; stems of one offset option with sizes, and widths at mid-length, from small to large.
fn order(catalogue: &Catalogue, problems: &mut Vec<String>) {
    for pair in catalogue.cups.windows(2) {
        if pair[0].outer_diameter_mm >= pair[1].outer_diameter_mm {
            problems.push(format!("'{}' is not larger than '{}' listed before it", pair[1].id, pair[0].id));
        }
    }
    for option in [super::OffsetOption::Standard, super::OffsetOption::High] {
        let stems: Vec<&Stem> = catalogue.stems.iter().filter(|stem| stem.offset_option == option).collect();
        for pair in stems.windows(2) {
            if pair[0].size >= pair[1].size || middle_width(pair[0]) > middle_width(pair[1]) {
                problems.push(format!("'{}' is not larger than '{}' listed before it", pair[1].id, pair[0].id));
            }
        }
    }
}

/// Width half-way between the first and the last section, mm.
fn middle_width(stem: &Stem) -> f64 {
    let (Some(first), Some(last)) = (stem.sections.first(), stem.sections.last()) else { return 0.0 };
    stem.section_at((first.distal_mm + last.distal_mm) / 2.0).map_or(0.0, |section| section.width_mm)
}
