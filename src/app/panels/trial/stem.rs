//! The stem that is tried: how it stands in its canal, the neck's cut, and its head.

use super::{ask, lock, posture, row, section, strip};
use crate::{
    app::{
        hands::Tool,
        model::{CaseModel, Command, TrialModel},
        trial::Trial,
    },
    i18n::Texts,
};
use egui::Ui;

/// Sliders and choices.
pub fn show(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>, commands: &mut Vec<Command>) {
    let Some(model) = &case.trial else { return };
    section(ui, texts.get("trial-stem"));
    lock(ui, texts, model, Tool::Stem, commands);
    let mut wanted = model.trial.clone();
    if let (Some(present), Some(planned)) = (&model.trial.stem_id, &model.planned.stem_id)
        && let Some(id) = strip::show(ui, texts, "stem-family", &model.shelf.stems, present, planned)
    {
        wanted.stem_id = Some(id);
    }
    posture::angle(ui, &texts.get("trial-stem-version"), -30.0..=30.0, &mut wanted.stem_version_deg);
    posture::length(ui, &texts.get("trial-stem-depth"), -15.0..=15.0, &mut wanted.stem_depth_mm);
    posture::angle(ui, &texts.get("trial-stem-lean"), -10.0..=10.0, &mut wanted.stem_lean_deg);
    posture::length(ui, &texts.get("trial-cut"), -15.0..=15.0, &mut wanted.cut_mm);
    heads(ui, texts, model, &mut wanted);
    ask(model, wanted, commands);
}

/// The heads that go into the liner and onto the stem, as their ids tell them: diameter and length of the neck.
fn heads(ui: &mut Ui, texts: &Texts, model: &TrialModel<'_>, wanted: &mut Trial) {
    let Some((_, heads)) = model.parts.iter().find(|(liner, _)| *liner == wanted.liner) else { return };
    row(ui, &texts.get("head"), |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 3.0;
            for id in heads {
                let label = id.strip_prefix("head-").unwrap_or(id);
                let [present, planned] = [&model.trial.head, &model.planned.head].map(|head| head.as_ref() == Some(id));
                if strip::one(ui, label, id, present, planned) {
                    wanted.head = Some(id.clone());
                }
            }
        });
    });
}
