//! What the surgeon must know, in plain words.

use super::section;
use crate::{
    app::{model::CaseModel, theme},
    i18n::{Language, Texts},
};
use egui::{RichText, Ui};

/// One paragraph a finding.
pub fn show(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>) {
    section(ui, texts.get("findings"));
    if case.findings.is_empty() {
        ui.weak(texts.get("findings-none"));
    }
    for finding in case.findings {
        ui.horizontal_top(|ui| {
            ui.label(RichText::new("▲").color(theme::NOTICE));
            ui.vertical(|ui| {
                // Another language says what it is about above the sentence with the numbers, which may be in English.
                if texts.language() != Language::English && texts.has(&finding.key) {
                    let side = finding.side.map(|side| format!("{} · ", texts.get(&format!("side-{side}")))).unwrap_or_default();
                    ui.label(side + &texts.get(&finding.key));
                    ui.small(texts.say(finding));
                } else {
                    ui.label(&finding.text);
                }
            });
        });
    }
}
