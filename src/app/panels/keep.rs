//! What is tried, written to the case: a button, what would be taken back, what was written, and why not.

use crate::{
    app::{
        model::{CaseModel, Command, KeepModel},
        theme,
    },
    i18n::Texts,
    plan::edit,
};
use egui::{Button, TextEdit, Ui};

/// Below the trial components.
pub fn show(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>, commands: &mut Vec<Command>) {
    let (Some(model), Some(trial)) = (&case.keep, &case.trial) else { return };
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        let tried = !trial.trial.same_parts(trial.planned);
        let (key, revise) = if model.approved { ("keep-as-revision", true) } else { ("keep", false) };
        let button = ui.add_enabled(tried && !model.busy, Button::new(texts.get(key)));
        if button.on_hover_text(texts.get("keep-help")).clicked() {
            commands.push(Command::Keep { revise });
        }
        if model.busy {
            ui.spinner();
            ui.weak(texts.get("keep-busy"));
        }
    });
    by(ui, texts, case, commands);
    turn(ui, texts, model, trial.trial.same_parts(trial.planned), commands);
    if model.approved {
        ui.small(texts.get("keep-approved"));
    }
    told(ui, texts, model, commands);
}

/// What was written, or why nothing was.
pub fn told(ui: &mut Ui, texts: &Texts, model: &KeepModel<'_>, commands: &mut Vec<Command>) {
    if let Some(refused) = model.refused {
        ui.colored_label(theme::ink(ui, theme::ALARM), texts.get("keep-refused"));
        ui.label(refused.why.get(texts.language()));
        if refused.approved && ui.button(texts.get("keep-as-revision")).clicked() {
            commands.push(Command::Keep { revise: true });
        }
    }
    for (number, line) in model.told.iter().enumerate() {
        let line = line.get(texts.language());
        if number == 0 {
            ui.colored_label(theme::ink(ui, theme::CALM), line)
        } else {
            ui.small(line)
        };
    }
    if (model.refused.is_some() || !model.told.is_empty()) && ui.small_button(texts.get("close")).clicked() {
        commands.push(Command::ForgetKept);
    }
}

/// Who edits, as the journal will have it.
pub fn by(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>, commands: &mut Vec<Command>) {
    let Some(model) = &case.keep else { return };
    ui.horizontal(|ui| {
        ui.label(texts.get("keep-by"));
        let mut wanted = model.by.to_owned();
        let field = TextEdit::singleline(&mut wanted).desired_width(140.0).hint_text(texts.get("keep-by-hint")).char_limit(40);
        if ui.add(field).changed() {
            commands.push(Command::KeepBy(wanted));
        }
    });
}

/// Undo and redo of the plan's edits, whoever made them, each with what it is about.
fn turn(ui: &mut Ui, texts: &Texts, model: &KeepModel<'_>, as_planned: bool, commands: &mut Vec<Command>) {
    // What is tried belongs to the plan as it is now, and would be lost with it.
    let free = !model.busy && !model.approved && as_planned;
    ui.horizontal(|ui| {
        for (key, step, command) in [("undo", model.undo, Command::UndoPlan), ("redo", model.redo, Command::RedoPlan)] {
            let named = |step: &edit::Command| texts.say(step);
            let button = ui.add_enabled(free && step.is_some(), Button::new(texts.get(key)));
            if button.on_hover_text(step.map(named).unwrap_or_default()).clicked() {
                commands.push(command);
            }
        }
        ui.weak(texts.get("keep-edits"));
    });
    if let Some(step) = model.undo {
        ui.small(texts.with("keep-newest", &[("what", &texts.say(step))]));
    }
}
