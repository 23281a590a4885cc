//! The repair of the segmentation: tools, each locked until it is taken, what was done, and the way to take it over.

use super::section;
use crate::{
    app::{
        bodies::BodyKind,
        model::{CaseModel, Command, RepairModel},
        repair::{RepairCommand, RepairSettings, RepairTool, label_name, named},
        theme,
    },
    i18n::Texts,
    labels::Label,
};
use egui::{Button, ComboBox, DragValue, Slider, Ui, WidgetInfo, WidgetType};

/// Densities that a CT can hold, HU.
const HU: std::ops::RangeInclusive<i16> = -1024..=4000;

/// At every step: what is on screen was made from earlier labels.
pub fn stale(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>) {
    let Some(repair) = case.repair.filter(|repair| repair.pending > 0 || repair.stale) else { return };
    let text = if repair.pending > 0 {
        texts.with("repair-pending", &[("count", &repair.pending.to_string())])
    } else {
        texts.get("repair-stale")
    };
    ui.colored_label(theme::ink(ui, theme::NOTICE), format!("▲ {text}"));
    ui.separator();
}

/// The tools.
pub fn show(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>, commands: &mut Vec<Command>) {
    let Some(repair) = case.repair else { return };
    section(ui, texts.get("repair"));
    let mut settings = *repair.settings;
    ui.horizontal_wrapped(|ui| {
        for tool in RepairTool::ALL {
            let taken = settings.tool == Some(tool);
            let name = texts.get(&format!("repair-{}", tool.name()));
            if ui.selectable_label(taken, name).on_hover_text(texts.get(&format!("repair-{}-help", tool.name()))).clicked() {
                settings.tool = (!taken).then_some(tool);
            }
        }
    });
    match settings.tool {
        None => {
            ui.small(texts.get("repair-locked"));
        }
        Some(tool) => {
            ui.colored_label(theme::ink(ui, theme::NOTICE), texts.get(&format!("repair-{}-help", tool.name())));
            ui.small(texts.get("repair-mouse"));
            set(ui, texts, case, tool, &mut settings);
        }
    }
    if settings != *repair.settings {
        commands.push(Command::Repair(RepairCommand::Set(settings)));
    }
    said(ui, texts, &repair);
    foot(ui, texts, &repair, commands);
}

fn set(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>, tool: RepairTool, settings: &mut RepairSettings) {
    if tool.has_label() {
        let labels = labels(case, true).map(Some);
        let chosen = choice(ui, texts, "repair-label", Some(settings.label), labels);
        settings.label = chosen.unwrap_or(settings.label);
    }
    if tool.has_over() {
        let any = [None].into_iter();
        settings.over = choice(ui, texts, "repair-over", settings.over, any.chain(labels(case, tool.draws()).map(Some)));
    }
    if tool.has_radius() {
        let (least, most) = RepairSettings::RADIUS_MM;
        let slider = Slider::new(&mut settings.radius_mm, least..=most).logarithmic(true).step_by(0.5).suffix(" mm");
        ui.add(slider.text(texts.get("repair-radius")));
    }
    if tool.draws() {
        ui.checkbox(&mut settings.flat, texts.get("repair-flat")).on_hover_text(texts.get("repair-flat-help"));
    }
    if tool.has_hu() {
        ui.horizontal(|ui| {
            ui.checkbox(&mut settings.by_density, texts.get("repair-density"));
            let [low, high] = settings.hu;
            let ranges = [*HU.start()..=high, low..=*HU.end()];
            for (value, range) in settings.hu.iter_mut().zip(ranges) {
                ui.add_enabled(settings.by_density, DragValue::new(value).speed(5.0).range(range).suffix(" HU"));
            }
        });
    }
}

/// The bones of the case, metal, and for painting nothing as well.
fn labels(case: &CaseModel<'_>, background: bool) -> impl Iterator<Item = Label> {
    let there: Vec<Label> = (case.bodies.iter())
        .filter_map(|row| match row.kind {
            BodyKind::Bone(label) => Some(label),
            BodyKind::Implant(_) => None,
        })
        .collect();
    // The planned hip's own bones can be painted even where none was found.
    let always = [Label::hip(case.side), Label::femur(case.side), Label::Metal];
    let shown = move |label: &Label| match label {
        Label::Background => background,
        label => there.contains(label) || always.contains(label),
    };
    Label::ALL.into_iter().filter(shown)
}

fn choice(
    ui: &mut Ui,
    texts: &Texts,
    key: &str,
    present: Option<Label>,
    all: impl Iterator<Item = Option<Label>>,
) -> Option<Label> {
    let name = |label: Option<Label>| label.map_or_else(|| texts.get("repair-any"), |label| label_name(texts, label));
    let mut wanted = present;
    ui.horizontal(|ui| {
        super::posture::name(ui, &texts.get(key));
        let combo = ComboBox::from_id_salt(key).width(ui.available_width() - 8.0).truncate().selected_text(name(present));
        let response = combo.show_ui(ui, |ui| {
            for label in all {
                ui.selectable_value(&mut wanted, label, name(label));
            }
        });
        response.response.widget_info(|| WidgetInfo::labeled(WidgetType::ComboBox, true, texts.get(key)));
    });
    wanted
}

fn said(ui: &mut Ui, texts: &Texts, repair: &RepairModel<'_>) {
    if repair.busy {
        ui.horizontal(|ui| {
            ui.spinner();
            ui.weak(texts.get(if repair.reading { "repair-reading" } else { "repair-busy" }));
        });
    } else if let Some(told) = repair.told {
        ui.colored_label(theme::ink(ui, theme::NOTICE), told.get(texts.language()));
    }
}

/// Undo, redo, and the way into the case.
fn foot(ui: &mut Ui, texts: &Texts, repair: &RepairModel<'_>, commands: &mut Vec<Command>) {
    if repair.ready {
        ui.horizontal(|ui| {
            for (key, keys, edit, command) in
                [("undo", "Ctrl+Z", repair.undo, RepairCommand::Undo), ("redo", "Ctrl+Shift+Z", repair.redo, RepairCommand::Redo)]
            {
                let hover = edit.map(|edit| format!("{} ({keys})", named(texts, edit))).unwrap_or_default();
                let free = edit.is_some() && !repair.busy;
                if ui.add_enabled(free, Button::new(texts.get(key))).on_hover_text(hover).clicked() {
                    commands.push(Command::Repair(command));
                }
            }
            if let Some(edit) = repair.undo {
                ui.add(egui::Label::new(egui::RichText::new(named(texts, edit)).weak()).truncate());
            }
        });
    }
    if repair.pending > 0 {
        let button = ui.add_enabled(!repair.busy, Button::new(texts.get("repair-take-over")));
        if button.on_hover_text(texts.get("repair-take-over-help")).clicked() {
            commands.push(Command::Repair(RepairCommand::TakeOver));
        }
    } else if repair.stale && ui.add_enabled(!repair.busy, Button::new(texts.get("plan-again"))).clicked() {
        commands.push(Command::PlanAgain);
    }
}
