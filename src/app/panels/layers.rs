//! What of the examination is drawn over the bones; the lock of the landmarks, and those that were set by hand.

use crate::{
    app::{
        model::{Command, ExaminationModel, Layer},
        theme,
    },
    frames::Side,
    i18n::Texts,
};
use egui::{RichText, Ui};

/// A checkbox a layer.
pub fn show(ui: &mut Ui, texts: &Texts, examination: &ExaminationModel<'_>, commands: &mut Vec<Command>) {
    ui.add_space(10.0);
    ui.heading(texts.get("drawn"));
    ui.separator();
    if let Some(reason) = examination.failure {
        ui.label(RichText::new(texts.get("examination-failed")).color(theme::ink(ui, theme::NOTICE))).on_hover_text(reason);
        return;
    }
    for layer in Layer::DRAWN {
        let mut on = examination.layers.contains(&layer);
        if ui.checkbox(&mut on, texts.get(layer.name())).changed() {
            commands.push(Command::ShowLayer(layer, on));
        }
    }
    if examination.busy {
        ui.horizontal(|ui| {
            ui.spinner();
            ui.weak(texts.get("examining"));
        });
    }
}

/// The lock, undo and redo.
pub fn lock(ui: &mut Ui, texts: &Texts, examination: &ExaminationModel<'_>, commands: &mut Vec<Command>) {
    ui.add_space(4.0);
    let mut unlocked = examination.unlocked;
    let toggle = ui.checkbox(&mut unlocked, texts.get("landmarks-unlocked")).on_hover_text(texts.get("landmarks-unlocked-help"));
    if toggle.changed() {
        commands.push(Command::UnlockLandmarks(unlocked));
    }
    if !examination.unlocked {
        return;
    }
    ui.horizontal(|ui| {
        let undo = ui.add_enabled(examination.can_undo, egui::Button::new(texts.get("undo")));
        if undo.on_hover_text("Ctrl+Z").clicked() {
            commands.push(Command::UndoLandmark);
        }
        let redo = ui.add_enabled(examination.can_redo, egui::Button::new(texts.get("redo")));
        if redo.on_hover_text("Ctrl+Y").clicked() {
            commands.push(Command::RedoLandmark);
        }
    });
}

/// Each landmark set by hand, with the way back.
pub fn by_hand(ui: &mut Ui, texts: &Texts, examination: &ExaminationModel<'_>, commands: &mut Vec<Command>) {
    for &(name, side) in &examination.by_hand {
        ui.horizontal_wrapped(|ui| {
            let landmark = texts.get(&format!("landmark-{}", name.key().replace('_', "-")));
            let letter = side.map_or_else(String::new, |side: Side| format!(" {}", side.letter()));
            ui.label(
                RichText::new(texts.with("set-by-hand", &[("landmark", &(landmark + &letter))]))
                    .color(theme::ink(ui, theme::NOTICE)),
            );
            let back = ui.add_enabled(examination.unlocked, egui::Button::new(texts.get("landmark-reset")).small());
            if back.clicked() {
                commands.push(Command::ResetLandmark(name, side));
            }
        });
    }
    ui.horizontal_wrapped(|ui| {
        let again = ui.add_enabled(!examination.busy, egui::Button::new(texts.get("plan-again")).small());
        if again.clicked() {
            commands.push(Command::PlanAgain);
        }
        if !examination.by_hand.is_empty() {
            ui.small(texts.get("by-hand-not-plan"));
        }
    });
}
