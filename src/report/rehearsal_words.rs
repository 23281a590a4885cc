//! A rehearsal of a dislocation in sentences.

use super::posture_in_words;
use crate::{
    i18n::Texts,
    motion::RomCase,
    risk::{
        RimPlace,
        dislocation::{HeadState, Rehearsal, Step},
    },
};

fn number(value: f64) -> String {
    format!("{value:.1}")
}

/// What happens, step by step: what touches first and where, how the head leaves its seat, what moment that takes, and whether it dislocates.
/// Of a motion that is driven on, where it ends is no end of the activity.
#[must_use]
pub fn rehearsal_in_words(found: &Rehearsal, case: &RomCase, driven_on: bool, texts: &Texts) -> Vec<String> {
    let mut lines = Vec::new();
    let pose = |step: &Step| posture_in_words(&step.posture, texts);
    match found.first_contact.map(|index| &found.steps[index]) {
        Some(step) => {
            let place = texts.get(RimPlace::of(case, &step.posture).key());
            lines.push(texts.with("dislocate-contact", &[("place", &place), ("pose", &pose(step))]));
        }
        None => lines.push(texts.get("dislocate-no-contact")),
    }
    if let Some((moment, index)) = found.peak_moment().filter(|(moment, _)| *moment > 0.05) {
        let values = [number(moment), pose(&found.steps[index])];
        lines.push(texts.with("dislocate-moment", &[("moment", &values[0]), ("pose", &values[1])]));
    }
    let furthest = number(found.furthest_mm());
    if found.worst() >= HeadState::LeverOut {
        lines.push(texts.with("dislocate-lever-out", &[("mm", &furthest)]));
    }
    if let Some(step) = found.subluxation.map(|index| &found.steps[index]).filter(|step| step.state == HeadState::Subluxed) {
        lines.push(texts.with("dislocate-subluxes", &[("pose", &pose(step)), ("mm", &number(step.translation_mm()))]));
    }
    match found.dislocation.map(|index| &found.steps[index]) {
        Some(step) => {
            let values = [pose(step), found.impingement_to_dislocation_deg().map(number).unwrap_or_default()];
            let key = if values[1].is_empty() { "dislocate-slips" } else { "dislocate-dislocates" };
            lines.push(texts.with(key, &[("pose", &values[0]), ("degrees", &values[1])]));
        }
        None if driven_on => lines.push(texts.get("dislocate-not-driven")),
        None => lines.push(texts.get("dislocate-not")),
    }
    lines
}
