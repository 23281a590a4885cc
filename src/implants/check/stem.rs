//! Stems.

use super::{positive, within};
use crate::implants::{Catalogue, Stem, StemSection};

pub(super) fn check(stem: &Stem, catalogue: &Catalogue, problems: &mut Vec<String>) {
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
    if !catalogue.all_heads().any(|head| stem.head_refused(head).is_none()) {
        problems.push(format!("'{id}' has a taper {}, but no head takes that taper", stem.taper));
    }
    within(id, "neck_version_deg", stem.neck_version_deg, (-60.0, 60.0), problems);
    if stem.mantle_mm != 0.0 {
        within(id, "mantle_mm", stem.mantle_mm, (catalogue.rules.minimum_mantle_mm, 10.0), problems);
    }
    if let Some(collar) = &stem.collar {
        within(id, "collar.medial_mm", collar.medial_mm, (stem.neck_diameter_mm / 2.0, 30.0), problems);
        within(id, "collar.depth_mm", collar.depth_mm, (stem.neck_diameter_mm / 2.0, 40.0), problems);
        within(id, "collar.thickness_mm", collar.thickness_mm, (0.5, 8.0), problems);
    }
    neck(stem, problems);
    sections(stem, problems);
}

fn neck(stem: &Stem, problems: &mut Vec<String>) {
    let id = &stem.id;
    for (along, diameter) in &stem.neck_profile {
        within(id, "a place of its neck_profile at", *along, (0.0, 100.0), problems);
        within(id, "a diameter of its neck_profile of", *diameter, (5.0, 40.0), problems);
    }
    if !stem.neck_profile.is_sorted_by(|a, b| a.0 < b.0) {
        problems.push(format!("'{id}' does not list its neck_profile from the head on"));
    }
    if let Some((_, diameter)) = stem.neck_profile.first()
        && (diameter - stem.neck_diameter_mm).abs() > 1e-9
    {
        let taper = stem.neck_diameter_mm;
        problems.push(format!("'{id}' begins its neck_profile with {diameter} mm, but its neck has {taper} mm at the taper"));
    }
}

fn sections(stem: &Stem, problems: &mut Vec<String>) {
    let id = &stem.id;
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
