//! Plans of the case beside each other: what differs is strong, what is the same is weak.

use super::section;
use crate::{
    app::{about::About, model::CaseModel},
    i18n::Texts,
    report::Measure,
};
use egui::{Grid, Label, RichText, ScrollArea, Ui};

/// How many plans stand beside each other, the newest at the right.
const BESIDE: usize = 3;

/// A column a plan; nothing where there is only one.
pub fn show(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>) {
    let Some(about) = case.about.filter(|about| about.plans.len() > 1) else { return };
    section(ui, texts.get("compare"));
    let first = about.plans.len().saturating_sub(BESIDE);
    let columns: Vec<&[Measure]> = about.numbers[first..].iter().map(Vec::as_slice).collect();
    ScrollArea::horizontal().id_salt("compare").show(ui, |ui| {
        Grid::new("compare").num_columns(1 + columns.len()).striped(true).spacing([12.0, 4.0]).show(ui, |ui| {
            ui.label("");
            for plan in &about.plans[first..] {
                ui.label(RichText::new(texts.with("plan-number", &[("number", &plan.number.to_string())])).strong());
            }
            ui.end_row();
            for key in keys(about, first) {
                row(ui, texts, key, &columns);
            }
        });
    });
}

/// What any of them tells, in the order in which it is told.
fn keys(about: &About, first: usize) -> Vec<&'static str> {
    let mut keys: Vec<&'static str> = Vec::new();
    for measure in about.numbers[first..].iter().flatten() {
        if !keys.contains(&measure.key) {
            keys.push(measure.key);
        }
    }
    keys
}

fn row(ui: &mut Ui, texts: &Texts, key: &str, columns: &[&[Measure]]) {
    let values: Vec<&str> = columns
        .iter()
        .map(|numbers| numbers.iter().find(|measure| measure.key == key).map_or("–", |measure| measure.value.as_str()))
        .collect();
    let same = values.windows(2).all(|pair| pair[0] == pair[1]);
    let name = ui.add(Label::new(RichText::new(texts.get(key)).small()).wrap());
    let definition = format!("{key}-definition");
    if texts.has(&definition) {
        name.on_hover_text(texts.get(&definition));
    }
    for value in values {
        let text = RichText::new(value).small();
        ui.label(if same { text.weak() } else { text.strong() });
    }
    ui.end_row();
}
