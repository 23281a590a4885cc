//! The panels: functions from a [`Model`] to what is drawn and asked for. No Bevy types, so a test drives them without a screen.

mod about;
mod activity;
mod answers;
mod bar;
mod compare;
mod contact;
mod findings;
mod handles;
mod help;
mod job;
mod keep;
mod layers;
mod marks;
mod measurements;
mod moving;
mod opening;
mod orientation;
mod page;
mod pelvis;
mod plan;
mod points;
mod posture;
mod reach;
mod rehearsal;
mod repair;
mod risks;
mod rom;
mod slices;
mod solid;
mod standing;
mod steps;
mod tree;
mod trial;
mod zone;
mod zone_map;

pub use handles::{HandleMarks, handles};
pub use marks::{Marks, MeetingMark, marks};
pub use orientation::{edge_letters, orientation_letters};
pub use slices::{BoneViews, SliceViews, cross_mark, show as slices};
pub use zone_map::hovered as zone_node;

use super::{
    model::{Command, Model},
    theme,
};
use crate::frames::Side;
use egui::{Color32, Frame, Margin, Panel, Rect, ScrollArea, Ui};

/// Draws all panels around the view and returns the rectangle that is left for it, in points.
pub fn show(ui: &mut Ui, model: &Model<'_>, commands: &mut Vec<Command>) -> Rect {
    let frame = Frame::side_top_panel(ui.style()).inner_margin(Margin::symmetric(12, 8));
    Panel::top("top").frame(frame).show(ui, |ui| bar::top(ui, model, commands));
    if let Some(case) = &model.case {
        Panel::top("steps").frame(frame).show(ui, |ui| steps::show(ui, model.texts, case, commands));
    }
    Panel::bottom("bottom").frame(frame).show(ui, |ui| bar::bottom(ui, model));
    if let Some(case) = &model.case {
        Panel::left("shown").frame(frame).default_size(236.0).size_range(200.0..=360.0).show(ui, |ui| {
            ScrollArea::vertical().show(ui, |ui| {
                tree::show(ui, model.texts, case, model.hovered, commands);
                solid::show(ui, model.texts, case, commands);
                moving::show(ui, model.texts, case, commands);
                if let Some(examination) = &case.examination {
                    layers::show(ui, model.texts, examination, commands);
                }
            });
        });
        page::show(ui, frame, model.texts, case, commands);
    }
    let rest = ui.available_rect_before_wrap();
    opening::show(ui, model, commands);
    help::show(ui, model, commands);
    job::show(ui, model, commands);
    rest
}

/// The key of a side's badge, and its colour.
const fn side_badge(side: Side) -> (&'static str, Color32) {
    match side {
        Side::Left => ("side-badge-left", theme::LEFT),
        Side::Right => ("side-badge-right", theme::RIGHT),
    }
}

/// A section's heading.
fn section(ui: &mut Ui, title: String) {
    ui.add_space(10.0);
    ui.heading(title);
    ui.separator();
}
