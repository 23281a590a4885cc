//! The panels: functions from a [`Model`] to what is drawn and asked for. No Bevy types, so a test drives them without a screen.

mod bar;
mod contact;
mod findings;
mod job;
mod orientation;
mod plan;
mod posture;
mod rom;
mod tree;

pub use orientation::{edge_letters, orientation_letters};

use super::model::{Command, Model};
use egui::{Frame, Margin, Panel, Rect, ScrollArea, Ui};

/// Draws all panels around the view and returns the rectangle that is left for it, in points.
pub fn show(ui: &mut Ui, model: &Model<'_>, commands: &mut Vec<Command>) -> Rect {
    let frame = Frame::side_top_panel(ui.style()).inner_margin(Margin::symmetric(12, 8));
    Panel::top("top").frame(frame).show(ui, |ui| bar::top(ui, model, commands));
    Panel::bottom("bottom").frame(frame).show(ui, |ui| bar::bottom(ui, model));
    if let Some(case) = &model.case {
        Panel::left("shown").frame(frame).default_size(236.0).size_range(200.0..=360.0).show(ui, |ui| {
            ScrollArea::vertical().show(ui, |ui| tree::show(ui, model.texts, case, model.hovered, commands));
        });
        Panel::right("plan").frame(frame).default_size(344.0).size_range(300.0..=460.0).show(ui, |ui| {
            ScrollArea::vertical().show(ui, |ui| {
                plan::show(ui, model.texts, case);
                posture::show(ui, model.texts, case, commands);
                contact::show(ui, model.texts, case);
                rom::show(ui, model.texts, case);
                findings::show(ui, model.texts, case);
            });
        });
    }
    let rest = ui.available_rect_before_wrap();
    job::show(ui, model, commands);
    rest
}

/// A section's heading.
fn section(ui: &mut Ui, title: String) {
    ui.add_space(10.0);
    ui.heading(title);
    ui.separator();
}
