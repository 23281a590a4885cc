//! Sizes: in order, and none missing.

use crate::implants::{Catalogue, Cup, Stem};
use std::collections::BTreeMap;

/// Cups of a family from small to large; stems of a family and neck with sizes, and widths at mid-length, from small to large.
pub(super) fn order(catalogue: &Catalogue, problems: &mut Vec<String>) {
    let mut tell =
        |larger: &str, smaller: &str| problems.push(format!("'{larger}' is not larger than '{smaller}' listed before it"));
    for cups in cups(catalogue).values() {
        for pair in cups.windows(2).filter(|pair| pair[0].outer_diameter_mm >= pair[1].outer_diameter_mm) {
            tell(&pair[1].id, &pair[0].id);
        }
    }
    for stems in stems(catalogue).values() {
        for pair in stems.windows(2) {
            if pair[0].size >= pair[1].size || middle_width(pair[0]) > middle_width(pair[1]) {
                tell(&pair[1].id, &pair[0].id);
            }
        }
    }
}

/// Between two cups or stems of a family there is none missing. A catalogue without families has no series.
pub(super) fn gaps(catalogue: &Catalogue, problems: &mut Vec<String>) {
    for (family, cups) in cups(catalogue).into_iter().filter(|(family, _)| !family.is_empty()) {
        let Some(step) = catalogue.family(family).and_then(|family| family.step_mm) else { continue };
        if !(step.is_finite() && step > 0.0) {
            problems.push(format!("the family '{family}' has steps of {step} mm, which must be a positive number"));
            continue;
        }
        for pair in cups.windows(2) {
            let missing_mm = pair[0].outer_diameter_mm + step;
            if pair[1].outer_diameter_mm > missing_mm + 1e-6 {
                problems.push(format!(
                    "the family '{family}' goes in steps of {step} mm, but has no size {missing_mm} between '{}' and '{}'",
                    pair[0].id, pair[1].id
                ));
            }
        }
    }
    for ((family, ..), stems) in stems(catalogue).into_iter().filter(|((family, ..), _)| !family.is_empty()) {
        for pair in stems.windows(2).filter(|pair| pair[1].size > pair[0].size + 1) {
            problems.push(format!(
                "the family '{family}' has no size {} between '{}' and '{}'",
                pair[0].size + 1,
                pair[0].id,
                pair[1].id
            ));
        }
    }
}

fn cups(catalogue: &Catalogue) -> BTreeMap<&str, Vec<&Cup>> {
    let mut families: BTreeMap<&str, Vec<&Cup>> = BTreeMap::new();
    catalogue.all_cups().for_each(|cup| families.entry(&cup.family).or_default().push(cup));
    families
}

/// By family, neck, and turn of the neck in thousandths of a degree.
fn stems(catalogue: &Catalogue) -> BTreeMap<(&str, crate::implants::OffsetOption, i64), Vec<&Stem>> {
    let mut families: BTreeMap<_, Vec<&Stem>> = BTreeMap::new();
    for stem in catalogue.all_stems() {
        let turn = (stem.neck_version_deg * 1000.0).round() as i64;
        families.entry((stem.family.as_str(), stem.offset_option, turn)).or_default().push(stem);
    }
    families
}

/// Width half-way between the first and the last section, mm.
fn middle_width(stem: &Stem) -> f64 {
    let (Some(first), Some(last)) = (stem.sections.first(), stem.sections.last()) else { return 0.0 };
    stem.section_at((first.distal_mm + last.distal_mm) / 2.0).map_or(0.0, |section| section.width_mm)
}
