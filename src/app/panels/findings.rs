//! What the surgeon must know, in plain words.

use super::section;
use crate::{
    app::{
        model::{CaseModel, Step},
        theme,
    },
    i18n::{Language, Texts},
    plan::{Severity, severity},
};
use egui::{RichText, Ui};

/// One paragraph a finding of a step, or of all.
pub fn show(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>, step: Option<Step>) {
    section(ui, texts.get("findings"));
    let mut findings = case.findings.iter().filter(|finding| step.is_none() || Step::of(finding) == step).peekable();
    if findings.peek().is_none() {
        ui.weak(texts.get("findings-none"));
    }
    for finding in findings {
        ui.horizontal_top(|ui| {
            let (sign, colour) = match severity(&finding.key) {
                Severity::Note => ("•", theme::PLAIN),
                Severity::Warning => ("▲", theme::NOTICE),
                Severity::Hard => ("✖", theme::ALARM),
            };
            ui.label(RichText::new(sign).color(theme::ink(ui, colour)));
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
