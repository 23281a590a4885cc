//! The bars above and below the view.

use super::side_badge;
use crate::{
    app::{
        model::{Command, Model, View},
        theme::{self, Look},
    },
    frames::Side,
    i18n::Language,
};
use egui::{Align, Button, Color32, Frame, Layout, Margin, RichText, Ui};

/// Whose case this is, which side, from where to look, and the language.
pub fn top(ui: &mut Ui, model: &Model<'_>, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        ui.label(RichText::new("Coxa").size(20.0).strong());
        if ui.button(model.texts.get("opening-button")).on_hover_text("Ctrl+O").clicked() {
            commands.push(Command::ShowOpening(true));
        }
        if let Some(case) = &model.case {
            ui.add_space(8.0);
            badge(ui, model, case.side);
            ui.label(format!("{} {}", model.texts.get("case"), case.pseudonym));
            if let Some(plan) = case.plan {
                ui.weak(model.texts.with("plan-number", &[("number", &plan.number.to_string())]));
            }
            if case.trial.is_some_and(|trial| !trial.trial.same_parts(trial.planned)) {
                ui.colored_label(theme::ink(ui, theme::NOTICE), model.texts.get("trial-shown"));
                if ui.button(model.texts.get("trial-back")).clicked() {
                    commands.push(Command::BackToPlan);
                }
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if ui.button("?").on_hover_text(format!("{} (F1)", model.texts.get("help"))).clicked() {
                commands.push(Command::ShowKeys(true));
            }
            let (sign, other, key) = match model.look {
                Look::Dark => ("☀", Look::Light, "look-light"),
                Look::Light => ("🌙", Look::Dark, "look-dark"),
            };
            if ui.button(sign).on_hover_text(model.texts.get(key)).clicked() {
                commands.push(Command::SetLook(other));
            }
            for (language, name) in [(Language::English, "English"), (Language::Chinese, "中文")] {
                if ui.selectable_label(model.texts.language() == language, name).clicked() {
                    commands.push(Command::SetLanguage(language));
                }
            }
            if model.case.is_some() {
                ui.separator();
                for (view, letter, name) in View::ALL.iter().rev() {
                    let button = ui.add(Button::new(*letter).min_size(egui::vec2(26.0, 0.0)));
                    if button.on_hover_text(model.texts.get(name)).clicked() {
                        commands.push(Command::Look(*view));
                    }
                }
                ui.weak(model.texts.get("view"));
            }
        });
    });
}

/// The side, large and in a colour of its own: the mistake that must not happen.
fn badge(ui: &mut Ui, model: &Model<'_>, side: Side) {
    let (key, colour) = side_badge(side);
    Frame::new().fill(colour).corner_radius(4).inner_margin(Margin::symmetric(10, 3)).show(ui, |ui| {
        ui.label(RichText::new(model.texts.get(key)).strong().color(Color32::from_rgb(16, 18, 22)));
    });
}

/// What lies under the pointer, how to move the view, and the sentence that is always there.
pub fn bottom(ui: &mut Ui, model: &Model<'_>) {
    ui.horizontal(|ui| {
        let pointed = model.case.as_ref().and_then(|case| case.examination.as_ref()?.pointed);
        match (pointed, model.hovered) {
            (Some(landmark), _) => ui.label(RichText::new(landmark.name(model.texts)).strong()),
            (None, Some(kind)) => ui.label(RichText::new(model.texts.get(&kind.text_key())).strong()),
            (None, None) => ui.weak(model.texts.get(if model.case.is_some() { "view-help" } else { "nothing-loaded" })),
        };
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.label(RichText::new(model.texts.get("disclaimer")).color(theme::ink(ui, theme::NOTICE)));
        });
    });
}
