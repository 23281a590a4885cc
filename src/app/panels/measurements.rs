//! The table of measurements, each with its spread, its norm and its definition.

use super::section;
use crate::{
    anatomy::{Grade, Measurement, Quantity, Scale, Unit},
    app::{
        model::{ExaminationModel, MeasuredRow, MeasuredValue, Norm},
        theme,
    },
    i18n::Texts,
};
use egui::{Align, Color32, Frame, Layout, Margin, RichText, Ui};

/// Widths of the columns, points: names wrap, numbers do not.
const NAME: f32 = 150.0;
const VALUE: f32 = 88.0;
const NORM: f32 = 80.0;

/// The grades, what has no side, then both hips beside each other.
pub fn show(ui: &mut Ui, texts: &Texts, examination: &ExaminationModel<'_>) {
    let Some(rows) = &examination.rows else {
        match examination.failure {
            Some(reason) => {
                ui.colored_label(theme::ink(ui, theme::NOTICE), texts.get("examination-failed"));
                ui.small(reason);
            }
            None => {
                ui.horizontal(|ui| {
                    ui.spinner();
                    ui.weak(texts.get("examining"));
                });
            }
        }
        return;
    };
    ui.small(texts.get("measurements-help"));
    grades(ui, texts, examination.grades);
    let (hips, pelvis): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.sided());
    table(ui, texts, "measurements-pelvis", &["value"], &pelvis, |row| vec![row.whole]);
    table(ui, texts, "measurements-hips", &["side-left", "side-right"], &hips, |row| vec![row.left, row.right]);
}

/// Each grade of each side, with what else it may be.
fn grades(ui: &mut Ui, texts: &Texts, grades: &[Grade]) {
    if grades.is_empty() {
        return;
    }
    section(ui, texts.get("grades"));
    for (number, grade) in grades.iter().enumerate() {
        line(ui, number % 2 == 0, |ui| {
            let side = grade.side.map_or_else(String::new, |side| format!(" {}", side.letter()));
            let named = texts.get(&format!("quantity-{}", grade.scale.key.replace('_', "-")));
            let Scale { key, definition, citation } = grade.scale;
            let definition = format!("{}\n\n{}", because(texts, grade), defined(texts, key, definition, citation));
            column(ui, NAME, |ui| ui.add(egui::Label::new(format!("{named}{side}")).wrap()).on_hover_text(definition));
            column(ui, VALUE, |ui| ui.label(grade.grade));
            column(ui, NORM, |ui| {
                if !grade.also.is_empty() {
                    ui.weak(texts.with("grade-also", &[("grades", &grade.also.join(", "))]));
                }
            });
        });
    }
}

/// The number that a grade follows from.
fn because(texts: &Texts, grade: &Grade) -> String {
    let Measurement { quantity, value, sd, .. } = grade.measured;
    let quantity = texts.of("quantity", quantity.key, quantity.key);
    let numbers = [("quantity", quantity.as_str()), ("value", &format!("{value:.2}")), ("spread", &format!("{sd:.2}"))];
    texts.find("grade-because", &numbers).unwrap_or_else(|| grade.because.clone())
}

fn table(
    ui: &mut Ui,
    texts: &Texts,
    title: &str,
    columns: &[&str],
    rows: &[&MeasuredRow],
    values: impl Fn(&MeasuredRow) -> Vec<Option<MeasuredValue>>,
) {
    if rows.is_empty() {
        return;
    }
    section(ui, texts.get(title));
    line(ui, false, |ui| {
        column(ui, NAME, |ui| ui.weak(texts.get("quantity")));
        columns.iter().for_each(|title| column(ui, VALUE, |ui| ui.weak(texts.get(title))));
        column(ui, NORM, |ui| ui.weak(texts.get("norm")));
    });
    for (number, row) in rows.iter().enumerate() {
        line(ui, number % 2 == 0, |ui| {
            column(ui, NAME, |ui| name(ui, texts, row.quantity));
            for value in values(row) {
                column(ui, VALUE, |ui| cell(ui, texts, row.quantity, value));
            }
            column(ui, NORM, |ui| ui.weak(norm(row.quantity)));
        });
    }
}

/// A line of the table; a grid would set short cells in the middle of tall ones.
fn line(ui: &mut Ui, striped: bool, add: impl FnOnce(&mut Ui)) {
    let fill = if striped { ui.visuals().faint_bg_color } else { Color32::TRANSPARENT };
    Frame::new().fill(fill).inner_margin(Margin::symmetric(4, 2)).show(ui, |ui| ui.horizontal_top(add));
    ui.add_space(-ui.spacing().item_spacing.y);
}

fn column<R>(ui: &mut Ui, width: f32, add: impl FnOnce(&mut Ui) -> R) {
    ui.allocate_ui_with_layout(egui::vec2(width, 0.0), Layout::top_down(Align::LEFT), |ui| {
        ui.set_width(width);
        ui.spacing_mut().item_spacing.y = 0.0;
        add(ui)
    });
}

fn name(ui: &mut Ui, texts: &Texts, quantity: &Quantity) {
    // One that has no sentence yet is shown by its name in documents.
    let name = texts.of("quantity", quantity.key, quantity.key);
    let label = egui::Label::new(format!("{name} {}", bracketed(quantity.unit)).trim_end()).wrap();
    ui.add(label).on_hover_text(defined(texts, quantity.key, quantity.definition, quantity.citation));
}

/// Definition and source of what documents call `name`, in English as given.
pub(super) fn defined(texts: &Texts, name: &str, definition: &str, citation: &str) -> String {
    format!("{}\n\n{}", texts.of("definition", name, definition), texts.of("citation", name, citation))
}

pub(super) fn norm(quantity: &Quantity) -> String {
    match quantity.norm {
        None => "–".into(),
        // With room around the dash, where a minus stands before a number.
        Some([low, high]) if low < 0.0 => format!("{low} – {high}"),
        Some([low, high]) => format!("{low}–{high}"),
    }
}

/// The unit behind a name; a ratio has none.
const fn bracketed(unit: Unit) -> &'static str {
    match unit {
        Unit::Degrees => "(°)",
        Unit::Millimetres => "(mm)",
        Unit::Ratio => "",
        Unit::Percent => "(%)",
        Unit::Hounsfield => "(HU)",
        Unit::Millilitres => "(ml)",
        Unit::Hours => "(h)",
    }
}

/// Value ± spread; out of the norm coloured and said in a word, weak while it waits for the next examination.
fn cell(ui: &mut Ui, texts: &Texts, quantity: &Quantity, value: Option<MeasuredValue>) {
    let Some(MeasuredValue { value, sd, pending }) = value else {
        ui.weak("–");
        return;
    };
    let decimals = if quantity.unit == Unit::Ratio { 2 } else { 1 };
    // Rounded first, so that −0.04 does not become "-0.0".
    let scale = 10_f64.powi(decimals);
    let decimals = decimals as usize;
    let number = (value * scale).round() / scale + 0.0;
    let text = RichText::new(format!("{number:.decimals$} ± {sd:.decimals$}"));
    let word = match Norm::of(quantity, value) {
        Norm::Within => None,
        Norm::Below => Some("norm-below"),
        Norm::Above => Some("norm-above"),
    };
    let text = match (pending, word) {
        (true, _) => text.weak(),
        (false, None) => text,
        (false, Some(_)) => text.color(theme::ink(ui, theme::NOTICE)),
    };
    let label = ui.label(text);
    if pending {
        label.on_hover_text(texts.get("examining"));
    }
    if let Some(word) = word {
        ui.label(RichText::new(texts.get(word)).small().color(theme::ink(ui, theme::NOTICE)));
    }
}
