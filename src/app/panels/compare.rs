//! Plans of the case beside each other: what differs is strong, what is the same is weak.

use super::section;
use crate::{
    app::model::CaseModel,
    i18n::Texts,
    report::{BesideRow, beside},
};
use egui::{Grid, Label, RichText, ScrollArea, Ui};

/// How many plans stand beside each other, the newest at the right.
const BESIDE: usize = 3;

/// A column a plan; nothing where there is only one.
pub fn show(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>) {
    let Some(about) = case.about.filter(|about| about.plans.len() > 1) else { return };
    section(ui, texts.get("compare"));
    let first = about.plans.len().saturating_sub(BESIDE);
    ScrollArea::horizontal().id_salt("compare").show(ui, |ui| {
        Grid::new("compare").num_columns(1 + about.plans.len() - first).striped(true).spacing([12.0, 4.0]).show(ui, |ui| {
            ui.label("");
            for plan in &about.plans[first..] {
                ui.label(RichText::new(texts.with("plan-number", &[("number", &plan.number.to_string())])).strong());
            }
            ui.end_row();
            beside(&about.numbers[first..]).iter().for_each(|one| row(ui, texts, one));
        });
    });
}

fn row(ui: &mut Ui, texts: &Texts, row: &BesideRow) {
    let name = ui.add(Label::new(RichText::new(texts.get(row.key)).small()).wrap());
    let definition = format!("{}-definition", row.key);
    if texts.has(&definition) {
        name.on_hover_text(texts.get(&definition));
    }
    for value in &row.values {
        let text = RichText::new(value).small();
        ui.label(if row.same() { text.weak() } else { text.strong() });
    }
    ui.end_row();
}
