//! The form in which a case is opened, or a CT planned: over the middle of the window.

use super::side_badge;
use crate::{
    app::{
        model::{Command, Model, OpeningModel},
        opening::{Found, ImportForm, Recent},
        theme,
    },
    frames::Side,
    i18n::Texts,
};
use egui::{Align, Button, Frame, Layout, Modal, Response, RichText, ScrollArea, TextEdit, Ui, WidgetInfo, WidgetType, vec2};

/// The form; nothing while it is not asked for, or while work is under way.
pub fn show(ui: &mut Ui, model: &Model<'_>, commands: &mut Vec<Command>) {
    let Some(opening) = model.opening.as_ref().filter(|_| model.job.is_none() && model.message.is_none()) else { return };
    let texts = model.texts;
    let frame = Frame::popup(ui.style()).inner_margin(18);
    let modal = Modal::new("opening".into()).frame(frame).show(ui.ctx(), |ui| {
        ui.set_width(560.0);
        ui.heading(texts.get("opening"));
        ui.separator();
        let mut form = opening.form.clone();
        let path = text(ui, &texts.get("opening-path"), &texts.get("opening-path-hint"), &mut form.path);
        // What is typed first is the path, and no key of the view behind.
        if form.path.is_empty() && ui.memory(|memory| memory.focused().is_none()) {
            path.request_focus();
        }
        match form.found() {
            Found::Nothing => ui.weak(texts.get("opening-drop")),
            Found::Missing => ui.colored_label(theme::ink(ui, theme::NOTICE), texts.get("opening-missing")),
            Found::Case(_) => ui.colored_label(theme::ink(ui, theme::CALM), texts.get("opening-case")),
            Found::Images(_) => ui.label(texts.get("opening-images")),
        };
        if matches!(form.found(), Found::Images(_)) {
            images(ui, texts, opening, &mut form);
        }
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            let key = if matches!(form.found(), Found::Images(_)) { "opening-plan" } else { "opening-open" };
            let go = Button::new(RichText::new(texts.get(key)).strong()).min_size(vec2(120.0, 28.0));
            if ui.add_enabled(form.complete() && form == *opening.form, go).clicked() {
                commands.push(Command::Open);
            }
            if model.case.is_some() && ui.add(Button::new(texts.get("close")).min_size(vec2(80.0, 28.0))).clicked() {
                commands.push(Command::ShowOpening(false));
            }
        });
        if form != *opening.form {
            commands.push(Command::EditOpening(form));
        }
        recent(ui, texts, opening.recent, commands);
    });
    if modal.should_close() && model.case.is_some() {
        commands.push(Command::ShowOpening(false));
    }
}

/// What the road from CT to plan must be told.
fn images(ui: &mut Ui, texts: &Texts, opening: &OpeningModel<'_>, form: &mut ImportForm) {
    ui.add_space(6.0);
    ui.horizontal(|ui| {
        ui.label(RichText::new(texts.get("opening-side")).strong());
        // As the patient faces his surgeon.
        for side in [Side::Right, Side::Left] {
            let (key, colour) = side_badge(side);
            let chosen = form.side == Some(side);
            let name = RichText::new(texts.get(key)).color(if chosen { theme::VIEW } else { theme::ink(ui, colour) }).strong();
            let button = Button::new(name).min_size(vec2(150.0, 30.0));
            if ui.add(if chosen { button.fill(colour) } else { button }).clicked() {
                form.side = Some(side);
            }
        }
    });
    if form.side.is_none() {
        ui.small(texts.get("opening-side-first"));
    }
    text(ui, &texts.get("opening-out"), "", &mut form.out);
    if !opening.trouble.series.is_empty() {
        ui.colored_label(theme::ink(ui, theme::NOTICE), texts.get("opening-series"));
        ScrollArea::vertical().id_salt("series").max_height(140.0).show(ui, |ui| {
            for listed in &opening.trouble.series {
                let number = listed.number.to_string();
                let chosen = form.series.as_deref() == Some(&number);
                if ui.selectable_label(chosen, format!("{number}: {}", listed.text)).clicked() {
                    form.series = Some(number);
                }
            }
        });
    }
    if opening.trouble.doubtful {
        ui.checkbox(&mut form.accept_doubtful, texts.get("opening-accept"));
    }
}

fn recent(ui: &mut Ui, texts: &Texts, recent: &[Recent], commands: &mut Vec<Command>) {
    if recent.is_empty() {
        return;
    }
    super::section(ui, texts.get("opening-recent"));
    ScrollArea::vertical().id_salt("recent").max_height(200.0).show(ui, |ui| {
        for case in recent {
            ui.horizontal(|ui| {
                let name = format!("{} · {}", case.pseudonym, texts.side(case.side));
                if ui.button(name).clicked() {
                    commands.push(Command::OpenCase(case.folder.clone()));
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add(egui::Label::new(RichText::new(case.folder.display().to_string()).small().weak()).truncate());
                });
            });
        }
    });
}

fn text(ui: &mut Ui, name: &str, hint: &str, value: &mut String) -> Response {
    ui.label(name);
    let field = ui.add(TextEdit::singleline(value).desired_width(f32::INFINITY).hint_text(hint));
    field.widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, true, name));
    field
}
