//! The landmarks: locked until somebody unlocks them, each with its spread; a click looks at it.

use super::{layers, section};
use crate::{
    app::{
        model::{CaseModel, Command, LandmarkMark},
        theme,
    },
    frames::Side,
    i18n::Texts,
};
use egui::{Button, RichText, Ui};

/// The lock with undo and redo, what was set by hand, and all points.
pub fn show(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>, commands: &mut Vec<Command>) {
    let Some(examination) = &case.examination else { return };
    if let Some(reason) = examination.failure {
        ui.colored_label(theme::ink(ui, theme::NOTICE), texts.get("examination-failed"));
        ui.small(reason);
        return;
    }
    layers::lock(ui, texts, examination, commands);
    layers::by_hand(ui, texts, examination, commands);
    for (side, key) in [(None, "points-midline"), (Some(Side::Right), "side-right"), (Some(Side::Left), "side-left")] {
        let mut points = examination.points.iter().filter(|point| point.side == side).peekable();
        if points.peek().is_some() {
            section(ui, texts.get(key));
            points.for_each(|point| self::point(ui, texts, point, commands));
        }
    }
}

fn point(ui: &mut Ui, texts: &Texts, point: &LandmarkMark, commands: &mut Vec<Command>) {
    let name = RichText::new(point.name(texts));
    let name = match (point.by_hand, point.hovered || point.held) {
        (true, _) => name.color(theme::ink(ui, theme::NOTICE)),
        (false, true) => name.strong(),
        (false, false) => name,
    };
    if ui.add(Button::new(name).frame(false).truncate()).on_hover_text(texts.get("points-look")).clicked() {
        commands.push(Command::LookAt(point.position));
    }
}
