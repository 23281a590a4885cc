//! How the plan stands: what somebody must answer for, review, approval, the report.

use super::{keep, section};
use crate::{
    app::{
        model::{CaseModel, Command},
        theme,
    },
    i18n::Texts,
    plan::{Plan, PlanState},
    report::{answered, state},
};
use egui::{Button, Id, RichText, TextEdit, Ui};

/// The state in words, and the buttons that change it.
pub fn show(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>, commands: &mut Vec<Command>) {
    let Some(plan) = case.about.and_then(|about| about.newest()) else {
        ui.weak(texts.get("about-no-plan"));
        return;
    };
    let number = texts.with("plan-number", &[("number", &plan.number.to_string())]);
    let colour = if plan.state() == PlanState::Approved { theme::CALM } else { theme::NOTICE };
    ui.label(RichText::new(number).strong());
    ui.colored_label(theme::ink(ui, colour), state(plan, texts));
    keep::by(ui, texts, case, commands);
    let Some(keep) = &case.keep else {
        ui.small(texts.get("standing-nowhere"));
        return;
    };
    let tried = case.trial.is_some_and(|trial| !trial.trial.same_parts(trial.planned));
    if tried {
        ui.colored_label(theme::ink(ui, theme::NOTICE), texts.get("standing-tried"));
    }
    let free = !keep.busy && !tried;
    unanswered(ui, texts, plan, free && !keep.by.trim().is_empty(), commands);
    buttons(ui, texts, plan, free, !keep.by.trim().is_empty(), commands);
    report(ui, texts, case, free, commands);
    keep::told(ui, texts, keep, commands);
    let lines = answered(plan, texts);
    if !lines.is_empty() {
        section(ui, texts.get("standing-answered"));
        for line in lines {
            ui.label(line.finding);
            ui.small(format!("{}: {}", line.by, line.reason));
        }
    }
}

/// What may not be, each with a field for the reason why the plan is right nevertheless.
fn unanswered(ui: &mut Ui, texts: &Texts, plan: &Plan, free: bool, commands: &mut Vec<Command>) {
    let open = plan.unanswered();
    if open.is_empty() || plan.state() == PlanState::Approved {
        return;
    }
    section(ui, texts.get("standing-unanswered"));
    ui.small(texts.get("standing-unanswered-help"));
    for finding in open {
        ui.colored_label(theme::ink(ui, theme::ALARM), texts.say(finding));
        let id = Id::new(("reason", &finding.key, &finding.text));
        let mut reason: String = ui.data_mut(|data| data.get_temp(id).unwrap_or_default());
        ui.horizontal(|ui| {
            let field = TextEdit::singleline(&mut reason).desired_width(ui.available_width() - 96.0).char_limit(240);
            let name = texts.get("standing-reason");
            ui.add(field.hint_text(name.clone()))
                .widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::TextEdit, true, name.clone()));
            if ui.add_enabled(free && !reason.trim().is_empty(), Button::new(texts.get("standing-answer"))).clicked() {
                commands.push(Command::Answer { finding: finding.key.clone(), reason: reason.trim().to_owned() });
            }
        });
        ui.data_mut(|data| data.insert_temp(id, reason));
    }
}

fn buttons(ui: &mut Ui, texts: &Texts, plan: &Plan, free: bool, named: bool, commands: &mut Vec<Command>) {
    ui.add_space(6.0);
    ui.horizontal_wrapped(|ui| {
        let state = plan.state();
        let mut button = |key: &str, on: bool, command: Command| {
            let button = ui.add_enabled(on && free, Button::new(texts.get(key)).min_size(egui::vec2(0.0, 26.0)));
            if button.on_hover_text(texts.get(&format!("{key}-help"))).clicked() {
                commands.push(command);
            }
        };
        match state {
            PlanState::Approved => button("standing-revise", true, Command::Revise),
            PlanState::Draft | PlanState::Reviewed => {
                button("standing-review", named, Command::Review);
                let ready = state == PlanState::Reviewed && plan.unanswered().is_empty();
                button("standing-approve", named && ready, Command::Approve);
            }
        }
    });
    if !named && plan.state() != PlanState::Approved {
        ui.small(texts.get("standing-name-first"));
    }
}

/// The report of the case, which is written anew on demand.
fn report(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>, free: bool, commands: &mut Vec<Command>) {
    section(ui, texts.get("report-files"));
    if ui.add_enabled(free, Button::new(texts.get("standing-report"))).on_hover_text(texts.get("standing-report-help")).clicked()
    {
        commands.push(Command::WriteReport);
    }
    for path in case.about.iter().flat_map(|about| &about.reports) {
        ui.add(egui::Label::new(RichText::new(path.display().to_string()).small()).selectable(true).wrap());
    }
}
