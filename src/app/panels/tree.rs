//! The tree of what is shown.

use crate::{
    app::{
        bodies::BodyKind,
        model::{BodyRow, CaseModel, Command},
    },
    i18n::Texts,
};
use egui::{Align, Layout, RichText, Slider, Ui};

/// A checkbox and an opacity for each body.
pub fn show(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>, hovered: Option<BodyKind>, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        ui.heading(texts.get("shown"));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| ui.weak(texts.get("opacity")));
    });
    ui.separator();
    for (title, implants) in [("bones", false), ("implants", true)] {
        let rows: Vec<_> = case.bodies.iter().filter(|row| matches!(row.kind, BodyKind::Implant(_)) == implants).collect();
        if rows.is_empty() {
            continue;
        }
        ui.add_space(4.0);
        ui.weak(texts.get(title));
        for row in rows {
            body(ui, texts, *row, hovered == Some(row.kind), commands);
        }
    }
}

fn body(ui: &mut Ui, texts: &Texts, row: BodyRow, hovered: bool, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        let name = RichText::new(texts.get(&row.kind.text_key()));
        let mut visible = row.visible;
        if ui.checkbox(&mut visible, if hovered { name.strong().underline() } else { name }).changed() {
            commands.push(Command::SetVisible(row.kind, visible));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let mut opacity = row.opacity;
            ui.spacing_mut().slider_width = 56.0;
            let slider = ui.add_enabled(row.visible, Slider::new(&mut opacity, 0.1..=1.0).show_value(false));
            if slider.on_hover_text(format!("{} {:.0} %", texts.get("opacity"), opacity * 100.0)).changed() {
                commands.push(Command::SetOpacity(row.kind, opacity));
            }
        });
    });
}
