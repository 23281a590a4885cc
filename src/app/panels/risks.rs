//! What may go wrong in daily life with what is tried: a sentence each, with the cheapest change that takes it away.

use super::section;
use crate::{
    app::{
        model::{ActivityModel, CaseModel, Command, RisksModel},
        risks::Risks,
        theme,
    },
    i18n::Texts,
    motion::Activity,
    report::danger_in_words,
    risk::Danger,
};
use egui::{CollapsingHeader, RichText, Ui};

/// So many are told at once, so that the activities below stay in view; the others are folded away.
const TOLD: usize = 1;

/// The dangers, worst first.
pub fn show(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>, commands: &mut Vec<Command>) {
    let Some((risks, activities)) = case.risks.as_ref().zip(case.activity.as_ref()) else { return };
    section(ui, texts.get("risks"));
    let Some(found) = risks.found else {
        waiting(ui, texts, "risks-busy", risks.busy);
        return;
    };
    if !risks.current {
        waiting(ui, texts, "risks-busy", true);
    }
    sum(ui, texts, risks, found);
    let Some(dangers) = &found.dangers else {
        waiting(ui, texts, "risks-remedies", risks.busy);
        return;
    };
    if dangers.is_empty() && found.daily().all(|risk| risk.margin.undecided.is_none()) {
        ui.colored_label(theme::ink(ui, theme::CALM), texts.get("danger-none"));
    }
    let (first, rest) = dangers.split_at(dangers.len().min(TOLD));
    first.iter().for_each(|danger| sentence(ui, texts, activities, danger, commands));
    if !rest.is_empty() {
        let more = texts.with("risks-more", &[("count", &rest.len().to_string())]);
        CollapsingHeader::new(more).id_salt("dangers").show(ui, |ui| {
            rest.iter().for_each(|danger| sentence(ui, texts, activities, danger, commands));
        });
    }
}

fn waiting(ui: &mut Ui, texts: &Texts, key: &str, busy: bool) {
    if busy {
        ui.horizontal(|ui| {
            ui.spinner();
            ui.weak(texts.get(key));
        });
    }
}

/// How many of the activities of daily life touch, and in which least is left.
fn sum(ui: &mut Ui, texts: &Texts, risks: &RisksModel<'_>, found: &Risks) {
    let all = found.daily().count();
    let touching = found.daily().filter(|risk| risk.margin.exceeded).count();
    let (key, colour) = if touching == 0 { ("risks-free", theme::CALM) } else { ("risks-touch", theme::ALARM) };
    let text = texts.with(key, &[("count", &touching.to_string()), ("all", &all.to_string())]);
    let colour = if risks.current { theme::ink(ui, colour) } else { ui.visuals().weak_text_color() };
    ui.label(RichText::new(text).strong().color(colour));
}

/// One danger; its activity can be looked at.
fn sentence(ui: &mut Ui, texts: &Texts, model: &ActivityModel<'_>, danger: &Danger, commands: &mut Vec<Command>) {
    let (sign, colour) = if danger.exceeded { ("✖", theme::ALARM) } else { ("▲", theme::NOTICE) };
    let activities: &[Activity] = model.all;
    ui.horizontal_top(|ui| {
        ui.label(RichText::new(sign).color(theme::ink(ui, colour)));
        ui.vertical(|ui| {
            ui.label(danger_in_words(danger, activities, texts));
            if model.chosen != Some(danger.activity.as_str()) && ui.small_button(texts.get("risks-look")).clicked() {
                commands.push(Command::ChooseActivity(Some(danger.activity.clone())));
            }
        });
    });
}
