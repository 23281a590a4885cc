//! The range of motion of the plan as a table.

use super::section;
use crate::{
    app::model::CaseModel,
    i18n::Texts,
    motion::{Couple, RomRow},
};
use egui::{Align, Grid, Layout, RichText, Ui};

/// One line a motion: until implants touch, until bone touches, and which comes first.
pub fn show(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>) {
    section(ui, texts.get("rom"));
    let Some(rom) = case.rom else {
        let busy = case.trial.is_some_and(|trial| trial.busy);
        ui.weak(texts.get(if busy { "rom-busy" } else { "rom-missing" }));
        return;
    };
    Grid::new("rom").num_columns(4).striped(true).spacing([10.0, 4.0]).show(ui, |ui| {
        ui.weak(texts.get("rom-motion"));
        for key in ["rom-implant", "rom-bone"] {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| ui.weak(texts.get(key)));
        }
        ui.weak(texts.get("rom-first"));
        ui.end_row();
        for row in &rom.rows {
            motion(ui, texts, row);
        }
    });
    ui.small(texts.get("rom-caveat"));
}

fn motion(ui: &mut Ui, texts: &Texts, row: &RomRow) {
    ui.label(texts.get(row.motion.key()));
    let first = row.limit_deg();
    for (limit, missing) in [(row.implant_deg, "rom-unlimited"), (row.bone_deg, "rom-none")] {
        let text = limit.map_or_else(|| texts.get(missing), |degrees| format!("{degrees:.1}°"));
        let text = if limit.is_some() && limit == first { RichText::new(text).strong() } else { RichText::new(text).weak() };
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| ui.label(text));
    }
    ui.small(texts.get(row.first.map_or("rom-none", Couple::key)));
    ui.end_row();
}
