//! What is tried in place of the plan: the cup's angles, liner and head, the stem's version.

use super::{posture, section};
use crate::{
    app::{
        model::{CaseModel, Command, TrialModel},
        trial::Trial,
    },
    i18n::Texts,
};
use egui::{ComboBox, Ui};

/// The cup's angles, its liner.
pub fn cup(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>, commands: &mut Vec<Command>) {
    tried(ui, texts, case, commands, |ui, model, wanted| {
        posture::angle(ui, &texts.get("radiographic-inclination"), 0.0..=80.0, &mut wanted.cup.inclination_deg);
        posture::angle(ui, &texts.get("radiographic-anteversion"), -30.0..=55.0, &mut wanted.cup.anteversion_deg);
        liner(ui, texts, model, wanted);
    });
}

/// The stem's version, its head.
pub fn stem(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>, commands: &mut Vec<Command>) {
    tried(ui, texts, case, commands, |ui, model, wanted| {
        posture::angle(ui, &texts.get("trial-stem-version"), -30.0..=30.0, &mut wanted.stem_version_deg);
        head(ui, texts, model, wanted);
    });
}

/// Sliders and choices; a button that goes back to the plan.
fn tried(
    ui: &mut Ui,
    texts: &Texts,
    case: &CaseModel<'_>,
    commands: &mut Vec<Command>,
    choose: impl FnOnce(&mut Ui, &TrialModel<'_>, &mut Trial),
) {
    let Some(model) = &case.trial else { return };
    section(ui, texts.get("trial"));
    let mut wanted = model.trial.clone();
    choose(ui, model, &mut wanted);
    if wanted != *model.trial {
        commands.push(Command::Try(wanted));
    }
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
    ui.small(texts.get("trial-note"));
}

/// Liner with its position.
fn liner(ui: &mut Ui, texts: &Texts, model: &TrialModel<'_>, wanted: &mut Trial) {
    if model.parts.len() > 1 {
        row(ui, &texts.get("trial-liner"), |ui| {
            choice(ui, "liner", wanted.liner.clone(), model.parts.iter().map(|(liner, _)| liner.clone()), &mut wanted.liner);
        });
    }
    if wanted.liner.is_some() {
        row(ui, &texts.get("trial-position"), |ui| {
            let name = texts.get("trial-position");
            let slider =
                egui::Slider::new(&mut wanted.liner_positions, -6..=6).custom_formatter(|value, _| format!("{value:+.0} / 12"));
            ui.add(slider).widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Slider, true, name.clone()));
        });
    }
}

fn head(ui: &mut Ui, texts: &Texts, model: &TrialModel<'_>, wanted: &mut Trial) {
    let own = model.parts.iter().find(|(liner, _)| *liner == wanted.liner);
    if let Some((_, heads)) = own {
        row(ui, &texts.get("head"), |ui| {
            choice(ui, "head", wanted.head.clone(), heads.iter().cloned().map(Some), &mut wanted.head);
        });
    }
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
