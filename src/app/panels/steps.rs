//! The path of eight steps below the bar: always in view, each with its mark.

use crate::{
    app::{
        model::{CaseModel, Command, Mark, Step},
        theme,
    },
    i18n::Texts,
};
use egui::{Align, Button, Color32, Layout, RichText, Ui, vec2};

/// Room between two steps, points.
const GAP: f32 = 6.0;

/// One button a step, all of the same width.
pub fn show(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        let width = (ui.available_width() + GAP) / Step::ALL.len() as f32 - GAP;
        for (step, mark) in Step::ALL.into_iter().zip(case.marks) {
            let (sign, colour) = sign(mark);
            let title = format!("{} {}", step.number(), texts.get(&title(step)));
            let text = RichText::new(if sign.is_empty() { title } else { format!("{title} {sign}") });
            let text = if step == case.step { text.strong() } else { text.color(theme::ink(ui, colour)) };
            let button = ui.add(Button::selectable(step == case.step, text).min_size(vec2(width, 26.0)).truncate());
            let help =
                format!("{}\n{}\nCtrl+{}", texts.get(&format!("step-{}-look", step.name())), said(texts, mark), step.number());
            if button.on_hover_text(help).clicked() {
                commands.push(Command::GoTo(step));
            }
        }
    });
}

/// The sentence that says what to look at, with the way on and the way back.
pub fn head(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>, commands: &mut Vec<Command>) {
    let step = case.step;
    ui.horizontal(|ui| {
        ui.label(RichText::new(format!("{} {}", step.number(), texts.get(&title(step)))).heading());
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            for (to, key) in [(step.after(), "step-next"), (step.before(), "step-back")] {
                let hover = to.map(|to| texts.get(&title(to))).unwrap_or_default();
                if ui.add_enabled(to.is_some(), Button::new(texts.get(key))).on_hover_text(hover).clicked() {
                    commands.extend(to.map(Command::GoTo));
                }
            }
        });
    });
    ui.label(RichText::new(texts.get(&format!("step-{}-look", step.name()))).weak());
    if step.shows_as_scanned() && case.plan.is_some() {
        ui.small(texts.get("step-as-scanned"));
    }
    let mark = case.marks[step.number() - 1];
    if mark != Mark::Done {
        ui.colored_label(theme::ink(ui, sign(mark).1), said(texts, mark));
    }
    ui.separator();
}

fn title(step: Step) -> String {
    format!("step-{}", step.name())
}

/// A sign and its colour; the sign alone says it too.
const fn sign(mark: Mark) -> (&'static str, Color32) {
    match mark {
        Mark::Done => ("✔", theme::CALM),
        Mark::Open => ("", theme::PLAIN),
        Mark::Look(_) => ("▲", theme::NOTICE),
        Mark::Hard(_) => ("✖", theme::ALARM),
        Mark::Missing => ("–", theme::FAINT),
    }
}

fn said(texts: &Texts, mark: Mark) -> String {
    match mark {
        Mark::Done => texts.get("mark-done"),
        Mark::Open => texts.get("mark-open"),
        Mark::Look(count) => texts.with("mark-look", &[("count", &count.to_string())]),
        Mark::Hard(count) => texts.with("mark-hard", &[("count", &count.to_string())]),
        Mark::Missing => texts.get("mark-missing"),
    }
}
