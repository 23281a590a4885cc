//! The list of keys, and the cards of the first tour.

use crate::{
    app::{
        hands::BINDINGS,
        help::CARDS,
        model::{Command, Model},
    },
    i18n::Texts,
};
use egui::{Align, Align2, Area, Frame, Grid, Id, Layout, Modal, RichText, Ui, vec2};

/// Keys and what they do, by the key of the sentence.
const KEYS: [(&str, &str); 13] = [
    ("F1", "key-help"),
    ("Ctrl+O", "key-open"),
    ("Ctrl+1 … Ctrl+8", "key-step"),
    ("Home", "key-home"),
    ("A · P · L · R · S · I", "key-views"),
    ("🖱 ", "key-turn"),
    ("🖱 ", "key-shift"),
    ("🖱 ", "key-zoom"),
    ("1 · 2 · 3 · 4 · 5", "key-layout"),
    ("Page Up / Page Down", "key-slice"),
    ("🖱 ", "key-slice-mouse"),
    ("Ctrl+Z / Ctrl+Y", "key-undo"),
    ("Esc", "key-escape"),
];

/// What of the help is asked for.
pub fn show(ui: &mut Ui, model: &Model<'_>, commands: &mut Vec<Command>) {
    if model.help.keys {
        keys(ui, model.texts, commands);
    }
    // The tour needs a case, and waits for whatever else lies over the view.
    let free = model.case.is_some() && model.job.is_none() && model.message.is_none() && model.opening.is_none();
    if let Some(number) = model.help.card.filter(|_| free) {
        card(ui, model.texts, number, commands);
    }
}

fn keys(ui: &Ui, texts: &Texts, commands: &mut Vec<Command>) {
    let modal = Modal::new("keys".into()).show(ui.ctx(), |ui| {
        ui.set_width(500.0);
        ui.heading(texts.get("help"));
        ui.separator();
        Grid::new("keys").num_columns(2).spacing([24.0, 6.0]).show(ui, |ui| {
            for (key, meaning) in KEYS {
                ui.label(RichText::new(key).strong());
                ui.label(texts.get(meaning));
                ui.end_row();
            }
            for binding in BINDINGS {
                let of =
                    binding.tool.map_or_else(String::new, |tool| format!("{}: ", texts.get(&format!("implant-{}", tool.name()))));
                ui.label(RichText::new(binding.written).strong());
                ui.label(of + &texts.get(binding.text));
                ui.end_row();
            }
        });
        ui.separator();
        ui.horizontal(|ui| {
            if ui.button(texts.get("close")).clicked() {
                commands.push(Command::ShowKeys(false));
            }
            if ui.button(texts.get("tour-again")).clicked() {
                commands.extend([Command::ShowKeys(false), Command::Tour(Some(0))]);
            }
        });
    });
    if modal.should_close() {
        commands.push(Command::ShowKeys(false));
    }
}

fn card(ui: &Ui, texts: &Texts, number: usize, commands: &mut Vec<Command>) {
    let area = Area::new(Id::new("tour")).anchor(Align2::CENTER_BOTTOM, vec2(-60.0, -64.0));
    area.show(ui.ctx(), |ui| {
        Frame::popup(ui.style()).inner_margin(14).show(ui, |ui| {
            ui.set_width(400.0);
            ui.label(RichText::new(texts.get(&format!("tour-{}-title", number + 1))).heading());
            ui.label(texts.get(&format!("tour-{}", number + 1)));
            ui.horizontal(|ui| {
                ui.weak(format!("{} / {}", number + 1, CARDS.len()));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    let last = number + 1 == CARDS.len();
                    if ui.button(texts.get(if last { "tour-end" } else { "step-next" })).clicked() {
                        commands.push(Command::Tour(Some(number + 1)));
                    }
                    if !last && ui.button(texts.get("tour-skip")).clicked() {
                        commands.push(Command::Tour(None));
                    }
                });
            });
        });
    });
}
