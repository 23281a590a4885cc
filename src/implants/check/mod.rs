//! Whether a catalogue's dimensions make sense: every problem names its entry.

mod augment;
mod cup;
mod head;
mod liner;
mod series;
mod stem;

use super::Catalogue;
use std::collections::BTreeSet;

/// Thinnest metal shell that a cup of a catalogue without rules may have, mm.
pub const MINIMUM_SHELL_MM: f64 = 3.0;
/// Thinnest polyethylene that a liner may have where no rules say otherwise, mm: below it highly cross-linked liners have broken at the rim.
pub const MINIMUM_POLYETHYLENE_MM: f64 = 5.0;

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
    rules(catalogue, &mut problems);
    let neck_mm = catalogue.all_stems().map(|stem| stem.neck_diameter_mm).fold(0.0, f64::max);
    catalogue.all_cups().for_each(|cup| cup::check(cup, catalogue, &mut problems));
    catalogue.all_liners().for_each(|liner| liner::check(liner, catalogue, &mut problems));
    catalogue.all_heads().for_each(|head| head::check(head, neck_mm, &catalogue.rules, &mut problems));
    catalogue.all_stems().for_each(|stem| stem::check(stem, catalogue, &mut problems));
    catalogue.all_augments().for_each(|augment| augment::check(augment, catalogue, &mut problems));
    series::order(catalogue, &mut problems);
    series::gaps(catalogue, &mut problems);
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

/// Rules are about families that there are.
fn rules(catalogue: &Catalogue, problems: &mut Vec<String>) {
    let rules = &catalogue.rules;
    let liners = rules.liners.iter().map(|rule| ("liners", &rule.cups, &rule.take));
    let augments = rules.augments.iter().map(|rule| ("augments", &rule.cups, &rule.take));
    for (what, cups, take) in liners.chain(augments) {
        for id in std::iter::once(cups).chain(take) {
            if catalogue.family(id).is_none() {
                problems
                    .push(format!("a rule about the {what} of '{cups}' names the family '{id}', which is in none of the files"));
            }
        }
    }
    let least = [
        ("minimum_shell_mm", rules.minimum_shell_mm),
        ("minimum_polyethylene_mm", rules.minimum_polyethylene_mm),
        ("minimum_mantle_mm", rules.minimum_mantle_mm),
        ("minimum_taper_mm", rules.minimum_taper_mm),
    ];
    positive("rules", &least, problems);
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

/// True when a dimension lies within its range; tells otherwise.
fn within(id: &str, name: &str, value: f64, (low, high): (f64, f64), problems: &mut Vec<String>) -> bool {
    let good = (low..=high).contains(&value);
    if !good {
        problems.push(format!("'{id}' has {name} {value}, it must lie between {low} and {high}"));
    }
    good
}
