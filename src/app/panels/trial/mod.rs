//! What is tried in place of the plan: cup and stem with their parts, where they are, and the way back.

mod clock;
mod cup;
mod stem;
mod strip;

pub use cup::show as cup;
pub use stem::show as stem;

use super::{posture, section};
use crate::{
    app::{
        hands::{BINDINGS, Tool},
        model::{CaseModel, Command, TrialModel},
        theme,
        trial::{Trial, named},
    },
    i18n::Texts,
};
use egui::{ComboBox, Ui};

/// Locked, or in hand: arrow keys and handles in the view then move it.
fn lock(ui: &mut Ui, texts: &Texts, model: &TrialModel<'_>, tool: Tool, commands: &mut Vec<Command>) {
    let taken = model.tool == Some(tool);
    ui.horizontal_wrapped(|ui| {
        let key = if taken { "hand-lock" } else { "hand-take" };
        let label = texts.get(&format!("{key}-{}", tool.name()));
        if ui.selectable_label(taken, label).on_hover_text(keys(texts, tool)).clicked() {
            commands.push(Command::Take((!taken).then_some(tool)));
        }
        if taken {
            ui.colored_label(theme::ink(ui, theme::NOTICE), texts.get("hand-taken"));
        }
    });
}

/// The keys of a tool, one a line.
fn keys(texts: &Texts, tool: Tool) -> String {
    let own = BINDINGS.iter().filter(|binding| binding.tool.is_none_or(|of| of == tool));
    let lines = own.map(|binding| format!("{}  {}", binding.written, texts.get(binding.text)));
    lines.chain([format!("Esc  {}", texts.get("keys-escape"))]).collect::<Vec<_>>().join("\n")
}

/// The way back to the plan, and what is to be known of what is tried.
pub fn foot(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>, commands: &mut Vec<Command>) {
    let Some(model) = &case.trial else { return };
    ui.horizontal(|ui| {
        let tried = !model.trial.same_parts(model.planned);
        if ui.add_enabled(tried, egui::Button::new(texts.get("trial-back"))).clicked() {
            commands.push(Command::BackToPlan);
        }
        if model.busy {
            ui.spinner();
            ui.weak(texts.get("trial-busy"));
        }
    });
    ui.horizontal(|ui| {
        for (key, step, command) in
            [("trial-undo", model.undo, Command::UndoTrial), ("trial-redo", model.redo, Command::RedoTrial)]
        {
            let hover = step.map(|(from, to)| named(texts, from, to)).unwrap_or_default();
            if ui.add_enabled(step.is_some(), egui::Button::new(texts.get(key))).on_hover_text(hover).clicked() {
                commands.push(command);
            }
        }
        ui.weak(texts.get("trial-steps"));
    });
    for line in model.told {
        ui.colored_label(theme::ink(ui, theme::NOTICE), line.get(texts.language()));
    }
    ui.small(texts.get("trial-note"));
}

fn choice(
    ui: &mut Ui,
    salt: &str,
    present: Option<String>,
    all: impl Iterator<Item = Option<String>>,
    wanted: &mut Option<String>,
) {
    let width = ui.available_width() - 8.0;
    ComboBox::from_id_salt(salt).width(width).truncate().selected_text(present.unwrap_or_default()).show_ui(ui, |ui| {
        for id in all {
            let text = id.clone().unwrap_or_default();
            ui.selectable_value(wanted, id, text);
        }
    });
}

fn row(ui: &mut Ui, name: &str, add: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        posture::name(ui, name);
        add(ui);
    });
}

/// Asks for what the sliders stand at, if that is something else.
fn ask(model: &TrialModel<'_>, wanted: Trial, commands: &mut Vec<Command>) {
    if wanted != *model.trial {
        commands.push(Command::Try(wanted));
    }
}
