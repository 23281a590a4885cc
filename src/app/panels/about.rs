//! What the case says of itself: whose hip, which plans, and what everything rests on.

use super::section;
use crate::{
    app::{model::CaseModel, theme},
    i18n::Texts,
    report::state,
};
use egui::{Grid, RichText, Ui};

/// Pseudonym, side and folder.
pub fn identity(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>) {
    Grid::new("identity").num_columns(2).min_col_width(96.0).show(ui, |ui| {
        row(ui, &texts.get("case"), case.pseudonym);
        row(ui, &texts.get("about-side"), &texts.side(case.side));
        if let Some(about) = case.about {
            let folder = about.folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            ui.label(texts.get("about-folder"));
            ui.add(egui::Label::new(RichText::new(folder).strong()).truncate());
            ui.end_row();
        }
    });
    ui.small(texts.get("about-pseudonym"));
}

/// All plans with how they stand.
pub fn plans(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>) {
    let Some(about) = case.about else { return };
    section(ui, texts.get("about-plans"));
    if about.plans.is_empty() {
        ui.colored_label(theme::ink(ui, theme::NOTICE), texts.get("about-no-plan"));
    }
    for plan in about.plans.iter().rev() {
        let number = texts.with("plan-number", &[("number", &plan.number.to_string())]);
        let newest = about.newest().is_some_and(|newest| newest.number == plan.number);
        ui.label(if newest { RichText::new(number).strong() } else { RichText::new(number) });
        ui.small(state(plan, texts));
    }
    for number in &about.unreadable {
        ui.colored_label(theme::ink(ui, theme::NOTICE), texts.with("about-unreadable", &[("number", &number.to_string())]));
    }
}

/// Images, program, network, catalogue.
pub fn provenance(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>) {
    let Some(about) = case.about else { return };
    section(ui, texts.get("provenance"));
    let from = &about.case.provenance;
    for (key, value) in [
        ("provenance-source", &from.input),
        ("provenance-software", &from.software_version),
        ("provenance-catalogue", &from.catalogue),
        ("provenance-inputs", &from.inputs_sha256),
    ] {
        line(ui, texts, key, value);
    }
}

/// Who labelled the bones, and what the eye should check.
pub fn segmentation(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>) {
    ui.add_space(6.0);
    for key in ["bones-check-side", "bones-check-gap", "bones-check-whole"] {
        ui.horizontal_top(|ui| {
            ui.label("•");
            ui.add(egui::Label::new(texts.get(key)).wrap());
        });
    }
    let Some(about) = case.about else { return };
    section(ui, texts.get("provenance"));
    let from = &about.case.provenance;
    line(ui, texts, "provenance-model", &from.segmentation_model);
    line(ui, texts, "provenance-device", &from.device);
    if from.labelled_by_hand() {
        ui.small(texts.get("bones-by-hand"));
    }
}

fn row(ui: &mut Ui, name: &str, value: &str) {
    ui.label(name);
    ui.label(RichText::new(value).strong());
    ui.end_row();
}

fn line(ui: &mut Ui, texts: &Texts, key: &str, value: &str) {
    ui.weak(texts.get(key));
    // Hashes have no place to break.
    ui.add(egui::Label::new(RichText::new(value).small()).truncate()).on_hover_text(value);
}
