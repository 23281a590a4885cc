//! The page of a step.

use super::{
    about, activity, answers, compare, contact, findings, keep, measurements, pelvis, plan, points, posture, reach, rehearsal,
    repair, risks, rom, standing, steps, trial, zone,
};
use crate::{
    app::model::{CaseModel, Command, Step},
    i18n::Texts,
};
use egui::{Frame, Panel, ScrollArea, Ui};

/// The column at the right.
pub fn show(ui: &mut Ui, frame: Frame, texts: &Texts, case: &CaseModel<'_>, commands: &mut Vec<Command>) {
    let step = case.step;
    let width = if step == Step::Diagnosis { 470.0 } else { 372.0 };
    // Each remembers a width of its own.
    Panel::right(step.name()).frame(frame).default_size(width).size_range(300.0..=520.0).show(ui, |ui| {
        // Else it is as wide as what happens to stand in it.
        ui.set_min_width(ui.available_width());
        steps::head(ui, texts, case, commands);
        repair::stale(ui, texts, case);
        ScrollArea::vertical().id_salt(step.name()).show(ui, |ui| {
            content(ui, texts, case, commands);
            ui.add_space(12.0);
        });
    });
}

fn content(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>, commands: &mut Vec<Command>) {
    match case.step {
        Step::Case => {
            about::identity(ui, texts, case);
            findings::show(ui, texts, case, Some(Step::Case));
            about::plans(ui, texts, case);
            compare::choose(ui, texts, case, commands);
            compare::show(ui, texts, case);
            about::provenance(ui, texts, case);
        }
        Step::Bones => {
            findings::show(ui, texts, case, Some(Step::Bones));
            repair::show(ui, texts, case, commands);
            about::segmentation(ui, texts, case);
        }
        Step::Landmarks => {
            points::show(ui, texts, case, commands);
            findings::show(ui, texts, case, Some(Step::Landmarks));
        }
        Step::Diagnosis => {
            findings::show(ui, texts, case, Some(Step::Diagnosis));
            if let Some(examination) = &case.examination {
                measurements::show(ui, texts, examination);
            }
        }
        Step::Cup => {
            plan::cup(ui, texts, case);
            trial::cup(ui, texts, case, commands);
            trial::foot(ui, texts, case, commands);
            answers::show(ui, texts, case);
            keep::show(ui, texts, case, commands);
            findings::show(ui, texts, case, Some(Step::Cup));
            zone::show(ui, texts, case, commands);
        }
        Step::Stem => {
            plan::stem(ui, texts, case);
            trial::stem(ui, texts, case, commands);
            trial::foot(ui, texts, case, commands);
            answers::show(ui, texts, case);
            keep::show(ui, texts, case, commands);
            findings::show(ui, texts, case, Some(Step::Stem));
        }
        Step::Motion => {
            risks::show(ui, texts, case, commands);
            activity::show(ui, texts, case, commands);
            contact::show(ui, texts, case);
            posture::show(ui, texts, case, commands);
            zone::show(ui, texts, case, commands);
            trial::foot(ui, texts, case, commands);
            keep::show(ui, texts, case, commands);
            rehearsal::show(ui, texts, case, commands);
            pelvis::show(ui, texts, case, commands);
            rom::show(ui, texts, case);
            reach::show(ui, texts, case, commands);
            findings::show(ui, texts, case, Some(Step::Motion));
        }
        Step::Report => {
            standing::show(ui, texts, case, commands);
            compare::choose(ui, texts, case, commands);
            compare::show(ui, texts, case);
            findings::show(ui, texts, case, None);
        }
    }
}
