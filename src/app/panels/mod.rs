//! The panels: functions from a [`Model`] to what is drawn and asked for. No Bevy types, so a test drives them without a screen.

mod bar;
mod contact;
mod findings;
mod job;
mod layers;
mod marks;
mod measurements;
mod orientation;
mod plan;
mod posture;
mod rehearsal;
mod rom;
mod tree;

pub use marks::{Marks, marks};
pub use orientation::{edge_letters, orientation_letters};

use super::model::{CaseModel, Command, Layer, Model};
use crate::i18n::Texts;
use egui::{Frame, Margin, Panel, Rect, RichText, ScrollArea, Ui};

/// Draws all panels around the view and returns the rectangle that is left for it, in points.
pub fn show(ui: &mut Ui, model: &Model<'_>, commands: &mut Vec<Command>) -> Rect {
    let frame = Frame::side_top_panel(ui.style()).inner_margin(Margin::symmetric(12, 8));
    Panel::top("top").frame(frame).show(ui, |ui| bar::top(ui, model, commands));
    Panel::bottom("bottom").frame(frame).show(ui, |ui| bar::bottom(ui, model));
    if let Some(case) = &model.case {
        Panel::left("shown").frame(frame).default_size(236.0).size_range(200.0..=360.0).show(ui, |ui| {
            ScrollArea::vertical().show(ui, |ui| {
                tree::show(ui, model.texts, case, model.hovered, commands);
                if let Some(examination) = &case.examination {
                    layers::show(ui, model.texts, examination, commands);
                }
            });
        });
        right(ui, frame, model.texts, case, commands);
    }
    let rest = ui.available_rect_before_wrap();
    job::show(ui, model, commands);
    rest
}

/// The plan and what moves with it, or the table of measurements: one of both, chosen at the top.
fn right(ui: &mut Ui, frame: Frame, texts: &Texts, case: &CaseModel<'_>, commands: &mut Vec<Command>) {
    let examination = case.examination.as_ref();
    let measurements = examination.filter(|examination| examination.layers.contains(&Layer::Measurements));
    // Each remembers a width of its own: the table is the wider one.
    let (name, width) = if measurements.is_some() { ("measurements", 470.0) } else { ("plan", 344.0) };
    Panel::right(name).frame(frame).default_size(width).size_range(300.0..=520.0).show(ui, |ui| {
        ui.horizontal(|ui| {
            let tabs = [("plan", false), ("measurements", true)];
            for (key, table) in tabs.into_iter().filter(|(_, table)| !table || examination.is_some()) {
                let title = RichText::new(texts.get(key)).heading();
                if ui.selectable_label(measurements.is_some() == table, title).clicked() {
                    commands.push(Command::ShowLayer(Layer::Measurements, table));
                }
            }
        });
        ui.separator();
        ScrollArea::vertical().id_salt(name).show(ui, |ui| match measurements {
            Some(examination) => measurements::show(ui, texts, examination, commands),
            None => {
                plan::show(ui, texts, case);
                posture::show(ui, texts, case, commands);
                contact::show(ui, texts, case);
                rehearsal::show(ui, texts, case, commands);
                rom::show(ui, texts, case);
                findings::show(ui, texts, case);
            }
        });
    });
}

/// A section's heading.
fn section(ui: &mut Ui, title: String) {
    ui.add_space(10.0);
    ui.heading(title);
    ui.separator();
}
