//! The cup that is tried: its angles, where it is, and its liner.

use super::{ask, choice, clock, lock, posture, row, section, strip};
use crate::{
    app::{
        hands::Tool,
        model::{CaseModel, Command, TrialModel},
        trial::Trial,
    },
    i18n::Texts,
};
use egui::Ui;

/// How far a cup can be shifted with the sliders, mm; typed or moved it can be further.
const SHIFT_MM: f64 = 15.0;

/// Sliders and choices.
pub fn show(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>, commands: &mut Vec<Command>) {
    let Some(model) = &case.trial else { return };
    section(ui, texts.get("trial-cup"));
    lock(ui, texts, model, Tool::Cup, commands);
    let mut wanted = model.trial.clone();
    if let Some(id) = strip::show(ui, texts, "cup-family", &model.shelf.cups, &model.trial.cup_id, &model.planned.cup_id) {
        wanted.cup_id = id;
    }
    posture::angle(ui, &texts.get("radiographic-inclination"), 0.0..=80.0, &mut wanted.cup.inclination_deg);
    posture::angle(ui, &texts.get("radiographic-anteversion"), -30.0..=55.0, &mut wanted.cup.anteversion_deg);
    for (key, shift) in ["trial-medial", "trial-superior", "trial-anterior"].into_iter().zip(&mut wanted.cup_shift_mm) {
        posture::length(ui, &texts.get(key), -SHIFT_MM..=SHIFT_MM, shift);
    }
    let mut depth_mm = wanted.cup_depth_mm();
    posture::length(ui, &texts.get("trial-cup-depth"), -SHIFT_MM..=SHIFT_MM, &mut depth_mm);
    if depth_mm != wanted.cup_depth_mm() {
        wanted = wanted.with_cup_depth_mm(depth_mm);
    }
    liner(ui, texts, model, &mut wanted);
    ask(model, wanted, commands);
}

/// The liner and how it is turned.
fn liner(ui: &mut Ui, texts: &Texts, model: &TrialModel<'_>, wanted: &mut Trial) {
    if model.parts.len() > 1 {
        row(ui, &texts.get("trial-liner"), |ui| {
            choice(ui, "liner", wanted.liner.clone(), model.parts.iter().map(|(liner, _)| liner.clone()), &mut wanted.liner);
        });
    }
    if wanted.liner.is_some() {
        row(ui, &texts.get("trial-position"), |ui| {
            clock::show(ui, texts, &mut wanted.liner_positions);
        });
    }
}
