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
                // The English sentence carries the numbers; another language says what it is about and keeps it beside.
                if texts.language() != Language::English && texts.has(&finding.key) {
                    let side = finding.side.map(|side| format!("{} · ", texts.get(&format!("side-{side}")))).unwrap_or_default();
                    ui.label(side + &texts.get(&finding.key));
                    ui.small(&finding.text);
                } else {
                    ui.label(&finding.text);
                }
            });
        });
    }
}
