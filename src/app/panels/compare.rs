//! Plans of the case beside each other: what differs is strong, what is the same is weak.

use super::{measurements::defined, section};
use crate::{
    anatomy::Unit,
    app::{
        beside::{Binding, Compared, Other, Row, RowName, told},
        model::{BesideModel, CaseModel, Command},
    },
    i18n::Texts,
    plan::assessment::quantities,
    report::{BesideRow, beside, name_in},
};
use egui::{ComboBox, Grid, Label, Response, RichText, ScrollArea, Ui, WidgetInfo, WidgetType};

/// How many plans stand beside each other, the newest at the right.
const BESIDE: usize = 3;
/// Width of the names of lines, points.
const NAME: f32 = 118.0;

/// What stands beside what is planned, in a view that turns with it, and every number of both with its difference.
pub fn choose(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>, commands: &mut Vec<Command>) {
    let Some(model) = &case.beside else { return };
    section(ui, texts.get("beside"));
    let name = |other: Option<Other>| other.map_or_else(|| texts.get("beside-nothing"), |other| other.name(texts));
    let combo = ComboBox::from_id_salt("beside").width(ui.available_width() - 8.0).truncate().selected_text(name(model.other));
    let shown = combo.show_ui(ui, |ui| {
        for other in [None].into_iter().chain(model.choices.iter().copied().map(Some)) {
            if ui.selectable_label(model.other == other, name(other)).clicked() {
                commands.push(Command::Beside(other));
            }
        }
    });
    let label = texts.get("beside-choose");
    shown
        .response
        .on_hover_text(texts.get("beside-help"))
        .widget_info(|| WidgetInfo::labeled(WidgetType::ComboBox, true, &label));
    if model.other.is_some() {
        table(ui, texts, case, model);
    }
}

fn table(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>, model: &BesideModel<'_>) {
    if model.busy {
        ui.horizontal(|ui| {
            ui.spinner();
            ui.weak(texts.get("beside-busy"));
        });
    }
    let Some(compared) = model.compared else { return };
    let tried = case.trial.is_some_and(|trial| !trial.trial.same_parts(trial.planned));
    let number = case.plan.map(|plan| plan.number.to_string()).unwrap_or_default();
    let second = if tried { texts.get("trial-shown") } else { texts.with("plan-number", &[("number", &number)]) };
    ScrollArea::horizontal().id_salt("beside-table").show(ui, |ui| {
        Grid::new("beside-table").num_columns(4).striped(true).spacing([10.0, 3.0]).show(ui, |ui| {
            ui.label("");
            for title in [compared.other.name(texts), second, texts.get("beside-difference")] {
                ui.label(RichText::new(title).strong());
            }
            ui.end_row();
            compared.rows().iter().for_each(|row| difference(ui, texts, row));
            binds(ui, texts, compared);
        });
    });
    if compared.other == Other::Native {
        ui.small(texts.get("beside-native-note"));
    }
}

fn difference(ui: &mut Ui, texts: &Texts, row: &Row) {
    let (name, definition) = match row.name {
        RowName::Text(key) => {
            (texts.get(key), Some(format!("{key}-definition")).filter(|key| texts.has(key)).map(|key| texts.get(&key)))
        }
        RowName::Quantity(key) => {
            let quantity = quantities().find(|quantity| quantity.key == key);
            (texts.of("quantity", key, key), quantity.map(|found| defined(texts, key, found.definition, found.citation)))
        }
        RowName::Angle(inclination, definition) => {
            let key = format!("answers-{}", definition.name());
            let angle = texts.get(if inclination { "beside-inclination" } else { "beside-anteversion" });
            (format!("{angle} · {}", texts.get(&key)), Some(texts.get(&format!("{key}-definition"))))
        }
    };
    let label = named(ui, name);
    if let Some(definition) = definition {
        label.on_hover_text(definition);
    }
    for value in &row.values {
        let text = RichText::new(value.as_deref().unwrap_or("–")).small();
        ui.label(if row.same() { text.weak() } else { text });
    }
    let text = RichText::new(row.difference.as_deref().unwrap_or(if row.same() { "=" } else { "≠" })).small();
    ui.label(if row.same() { text.weak() } else { text.strong() });
    ui.end_row();
}

/// The name of a line, in as many lines as it takes.
fn named(ui: &mut Ui, name: String) -> Response {
    let width = |ui: &mut Ui| {
        ui.set_width(NAME);
        ui.add(Label::new(RichText::new(name).small()).wrap())
    };
    ui.scope(width).inner
}

/// The activity that binds in each, and how much it leaves.
fn binds(ui: &mut Ui, texts: &Texts, compared: &Compared) {
    let [first, second] = compared.columns.each_ref().map(|column| column.binding.as_ref());
    named(ui, texts.get("beside-binding")).on_hover_text(texts.get("beside-binding-definition"));
    let says = |binding: &Binding| {
        let margin = told(Unit::Degrees, binding.margin_deg, false);
        format!("{}\n{margin} · {}", name_in(&binding.activity.name, texts), texts.get(binding.couple.key()))
    };
    for binding in [first, second] {
        let text = if compared.settled { binding.map_or_else(|| "–".into(), says) } else { "…".into() };
        ui.add(Label::new(RichText::new(text).small()).wrap());
    }
    let less = first.zip(second).map(|(first, second)| told(Unit::Degrees, second.margin_deg - first.margin_deg, true));
    ui.label(RichText::new(less.unwrap_or_default()).small().strong());
    ui.end_row();
}

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
