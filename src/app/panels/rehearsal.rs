//! The rehearsal of a dislocation: started, played, and what the leg takes to be turned.

use super::section;
use crate::{
    app::{
        model::{CaseModel, Command, RehearsalModel},
        theme,
    },
    i18n::Texts,
    risk::dislocation::{HeadState, Rehearsal},
};
use egui::{Sense, Shape, Slider, Stroke, Ui, pos2, vec2};

/// A button that starts it; then a scrubber, the state of the head, and the resisting moment as a line.
pub fn show(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>, commands: &mut Vec<Command>) {
    let Some(model) = &case.rehearsal else { return };
    section(ui, texts.get("rehearsal"));
    if model.busy {
        ui.weak(texts.get("rehearsal-busy"));
        return;
    }
    let Some(found) = model.found.filter(|found| !found.steps.is_empty()) else {
        if ui.button(texts.get("rehearsal-start")).clicked() {
            commands.push(Command::Rehearse);
        }
        ui.small(texts.get("dislocate-assumed"));
        return;
    };
    scrubber(ui, texts, model, found, commands);
    moment(ui, texts, found, model.at);
    ui.label(match found.impingement_to_dislocation_deg() {
        Some(degrees) => texts.with("rehearsal-out", &[("degrees", &format!("{degrees:.1}"))]),
        None if found.dislocation.is_some() => texts.get("rehearsal-slips"),
        None => texts.get("dislocate-not-driven"),
    });
    ui.small(texts.get("dislocate-assumed"));
}

fn scrubber(ui: &mut Ui, texts: &Texts, model: &RehearsalModel<'_>, found: &Rehearsal, commands: &mut Vec<Command>) {
    let last = found.steps.len() - 1;
    let at = model.at.unwrap_or(0).min(last);
    ui.horizontal(|ui| {
        let key = if model.playing { "rehearsal-stop" } else { "rehearsal-play" };
        if ui.button(texts.get(key)).clicked() {
            commands.push(Command::PlayRehearsal(!model.playing));
        }
        let mut wanted = at;
        ui.spacing_mut().slider_width = 180.0;
        let name = texts.get("rehearsal");
        let slider = ui.add(Slider::new(&mut wanted, 0..=last).show_value(false));
        slider.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Slider, true, name.clone()));
        if wanted != at {
            commands.push(Command::ShowRehearsal(wanted));
        }
    });
    let step = &found.steps[at];
    let values = [format!("{:.1}", step.translation_mm()), format!("{:.1}", step.resisting_nm)];
    let state = texts.get(match step.state {
        HeadState::Seated => "rehearsal-seated",
        HeadState::LeverOut => "rehearsal-lever-out",
        HeadState::Subluxed => "rehearsal-subluxed",
        HeadState::Dislocated => "rehearsal-dislocated",
    });
    let line = texts.with("rehearsal-now", &[("state", &state), ("mm", &values[0]), ("moment", &values[1])]);
    if step.state >= HeadState::Subluxed {
        ui.colored_label(theme::ink(ui, theme::ALARM), line)
    } else {
        ui.label(line)
    };
}

/// The resisting moment over the steps; a mark where the hip stands.
fn moment(ui: &mut Ui, texts: &Texts, found: &Rehearsal, at: Option<usize>) {
    let (place, painter) = ui.allocate_painter(vec2(ui.available_width().min(320.0), 70.0), Sense::hover());
    let rect = place.rect.shrink(4.0);
    let most = found.steps.iter().map(|step| step.resisting_nm).fold(1.0, f64::max);
    let count = (found.steps.len() - 1).max(1) as f32;
    let x = |index: usize| rect.left() + rect.width() * index as f32 / count;
    let y = |moment: f64| rect.bottom() - rect.height() * (moment / most).clamp(0.0, 1.0) as f32;
    let colour = ui.visuals().text_color();
    let faint = Stroke::new(1.0, ui.visuals().weak_text_color());
    painter.line_segment([pos2(rect.left(), rect.bottom()), pos2(rect.right(), rect.bottom())], faint);
    let line = found.steps.iter().enumerate().map(|(index, step)| pos2(x(index), y(step.resisting_nm))).collect();
    painter.add(Shape::line(line, Stroke::new(1.5, colour)));
    for index in [found.first_contact, found.dislocation].into_iter().flatten() {
        painter.line_segment([pos2(x(index), rect.top()), pos2(x(index), rect.bottom())], Stroke::new(1.0, theme::ALARM));
    }
    if let Some(at) = at {
        painter.line_segment([pos2(x(at), rect.top()), pos2(x(at), rect.bottom())], faint);
    }
    ui.small(texts.with("rehearsal-plot", &[("moment", &format!("{most:.1}"))]));
}
