//! The panels: functions from a [`Model`] to what is drawn and asked for. No Bevy types, so a test drives them without a screen.

mod activity;
mod bar;
mod contact;
mod findings;
mod job;
mod keep;
mod layers;
mod marks;
mod measurements;
mod moving;
mod orientation;
mod pelvis;
mod plan;
mod posture;
mod reach;
mod rehearsal;
mod rom;
mod slices;
mod tree;
mod trial;
mod zone;
mod zone_map;

pub use marks::{Marks, MeetingMark, marks};
pub use orientation::{edge_letters, orientation_letters};
pub use slices::{SliceViews, cross_mark, show as slices};
pub use zone_map::hovered as zone_node;

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
                moving::show(ui, model.texts, case, commands);
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

/// The plan, what is tried on it, or the table of measurements: one of them, chosen at the top.
fn right(ui: &mut Ui, frame: Frame, texts: &Texts, case: &CaseModel<'_>, commands: &mut Vec<Command>) {
    let pages = [
        (None, "plan", true, 344.0),
        (Some(Layer::Motion), "motion", case.trial.is_some(), 372.0),
        (Some(Layer::Measurements), "measurements", case.examination.is_some(), 470.0),
    ];
    let pages = || pages.into_iter().filter(|(.., there, _)| *there);
    let open = pages().find(|(page, ..)| page.is_some_and(|page| case.layers.contains(&page))).and_then(|(page, ..)| page);
    // Each remembers a width of its own.
    let (name, width) = pages().find(|(page, ..)| *page == open).map_or(("plan", 344.0), |(_, name, _, width)| (name, width));
    Panel::right(name).frame(frame).default_size(width).size_range(300.0..=520.0).show(ui, |ui| {
        ui.horizontal(|ui| {
            for (page, key, ..) in pages() {
                if ui.selectable_label(page == open, RichText::new(texts.get(key)).heading()).clicked() {
                    // Without a page of its own the plan is what is left when the others are closed.
                    commands.extend(page.map(|page| Command::ShowLayer(page, true)));
                    commands.extend(open.filter(|_| page.is_none()).map(|open| Command::ShowLayer(open, false)));
                }
            }
        });
        ui.separator();
        ScrollArea::vertical().id_salt(name).show(ui, |ui| match (open, &case.examination) {
            (Some(Layer::Measurements), Some(examination)) => measurements::show(ui, texts, examination, commands),
            (Some(Layer::Motion), _) => {
                activity::show(ui, texts, case, commands);
                zone::show(ui, texts, case, commands);
                trial::show(ui, texts, case, commands);
                keep::show(ui, texts, case, commands);
                pelvis::show(ui, texts, case, commands);
                reach::show(ui, texts, case, commands);
            }
            _ => {
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
