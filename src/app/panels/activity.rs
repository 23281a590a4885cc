//! An activity: chosen, played and scrubbed; how much room is left here, least and from where on there is none.

use super::section;
use crate::{
    app::{
        activity::{Followed, NEAR_DEG, Pose, Standing},
        model::{ActivityModel, CaseModel, Command},
        theme,
    },
    i18n::Texts,
    motion::{Activity, Demand, activity::Group},
    report::{name_in, posture_in_words},
};
use egui::{Color32, ComboBox, Rect, RichText, Sense, Shape, Stroke, Ui, pos2, vec2};

/// Height of the bar that is scrubbed, points.
const BAR: f32 = 22.0;

/// A choice, a bar with the limits along the path, and what is said of it.
pub fn show(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>, commands: &mut Vec<Command>) {
    let Some(model) = &case.activity else { return };
    section(ui, texts.get("activity"));
    choice(ui, texts, model, commands);
    if model.busy {
        ui.horizontal(|ui| {
            ui.spinner();
            ui.weak(texts.get("activity-busy"));
        });
    }
    let Some(found) = model.found else {
        if model.chosen.is_none() {
            ui.small(texts.get("activity-none"));
        }
        return;
    };
    scrubber(ui, texts, model, found, commands);
    if let Some(pose) = model.at.and_then(|at| found.poses.get(at)) {
        here(ui, texts, pose);
    }
    whole(ui, texts, found);
    let evidence = &found.activity.evidence;
    let recalled = if evidence.recalled { texts.get("evidence-recalled") } else { String::new() };
    ui.small(format!("{}{recalled}", texts.get(evidence.grade.key()))).on_hover_text(&evidence.source);
    ui.small(texts.get("activity-scope"));
}

fn choice(ui: &mut Ui, texts: &Texts, model: &ActivityModel<'_>, commands: &mut Vec<Command>) {
    let named = |activity: &Activity| name_in(&activity.name, texts).to_owned();
    let chosen = model.all.iter().find(|activity| Some(activity.id.as_str()) == model.chosen);
    let text = chosen.map_or_else(|| texts.get("activity-choose"), named);
    let label = texts.get("activity");
    let combo = ComboBox::from_id_salt("activity").width(ui.available_width() - 8.0).truncate().selected_text(text);
    let shown = combo.show_ui(ui, |ui| {
        for group in Group::ALL {
            // An arc lies wherever it lies best, and has no beginning from which it could be played.
            let played = |activity: &&Activity| activity.group == group && matches!(activity.demand, Demand::Path(_));
            let mut activities = model.all.iter().filter(played).peekable();
            if activities.peek().is_some() {
                ui.weak(texts.get(&format!("group-{}", group.name())));
            }
            for activity in activities {
                let id = Some(activity.id.as_str());
                if ui.selectable_label(model.chosen == id, named(activity)).clicked() {
                    commands.push(Command::ChooseActivity(id.map(str::to_owned)));
                }
            }
        }
    });
    shown.response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::ComboBox, true, label.clone()));
}

fn scrubber(ui: &mut Ui, texts: &Texts, model: &ActivityModel<'_>, found: &Followed, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        let key = if model.playing { "rehearsal-stop" } else { "rehearsal-play" };
        if ui.button(texts.get(key)).clicked() {
            commands.push(Command::PlayActivity(!model.playing));
        }
        let (response, painter) = ui.allocate_painter(vec2(ui.available_width() - 8.0, BAR), Sense::click_and_drag());
        let bar = response.rect.shrink2(vec2(4.0, 4.0));
        let last = found.poses.len() - 1;
        let x = |place: f64| bar.left() + bar.width() * place as f32;
        for (index, pose) in found.poses.iter().enumerate() {
            let edge = |index: f64| x((index / last as f64).clamp(0.0, 1.0));
            let (from, to) = (edge(index as f64 - 0.5), edge(index as f64 + 0.5));
            painter.rect_filled(
                Rect::from_min_max(pos2(from, bar.top()), pos2(to + 0.3, bar.bottom())),
                0,
                colour(pose.standing()),
            );
        }
        if let Some(first) = found.meeting.filter(|meeting| meeting.touches) {
            let at = pos2(x(first.part), bar.top() + 2.0);
            let corners = vec![at + vec2(-5.0, -6.0), at + vec2(5.0, -6.0), at + vec2(0.0, 3.0)];
            painter.add(Shape::convex_polygon(corners, Color32::WHITE, Stroke::new(1.0, theme::VIEW)));
        }
        if let Some(at) = model.at {
            let x = x(at as f64 / last as f64);
            painter.line_segment([pos2(x, bar.top() - 3.0), pos2(x, bar.bottom() + 3.0)], Stroke::new(4.0, theme::VIEW));
            painter.line_segment([pos2(x, bar.top() - 3.0), pos2(x, bar.bottom() + 3.0)], Stroke::new(2.0, Color32::WHITE));
        }
        let place = response.interact_pointer_pos().filter(|_| response.dragged() || response.clicked());
        if let Some(at) =
            place.map(|place| (((place.x - bar.left()) / bar.width()).clamp(0.0, 1.0) * last as f32).round() as usize)
            && model.at != Some(at)
        {
            commands.push(Command::ShowActivity(at));
        }
        let name = texts.get("activity-bar");
        response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Slider, true, name.clone()));
    });
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let near = format!("{NEAR_DEG:.0}");
        for (standing, text) in [
            (Standing::Free, texts.get("standing-free")),
            (Standing::Near, texts.with("standing-near", &[("degrees", &near)])),
            (Standing::Touches, texts.get("standing-touches")),
        ] {
            let (place, painter) = ui.allocate_painter(vec2(12.0, 10.0), Sense::hover());
            painter.rect_filled(place.rect, 2, colour(standing));
            ui.small(text);
            ui.add_space(6.0);
        }
    });
}

const fn colour(standing: Standing) -> Color32 {
    match standing {
        Standing::Free => theme::CALM,
        Standing::Near => theme::NOTICE,
        Standing::Touches => theme::ALARM,
    }
}

/// The pose on screen.
fn here(ui: &mut Ui, texts: &Texts, pose: &Pose) {
    let couple = texts.get(pose.couple.key());
    let values = [("margin", format!("{:.1}", pose.margin_deg)), ("couple", couple)];
    let line = texts.with("activity-here", &values.each_ref().map(|(name, value)| (*name, value.as_str())));
    ui.label(RichText::new(line).strong().color(theme::ink(ui, colour(pose.standing()))));
    let mut said = posture_in_words(&pose.posture, texts);
    if pose.tilt_deg.abs() >= 0.5 {
        let key = if pose.tilt_deg > 0.0 { "activity-tilt-back" } else { "activity-tilt-forward" };
        said = format!("{said} · {}", texts.with(key, &[("degrees", &format!("{:.0}", pose.tilt_deg.abs()))]));
    }
    ui.small(said);
}

/// The whole path: where something first touches, or where there is least room.
fn whole(ui: &mut Ui, texts: &Texts, found: &Followed) {
    let least = found.poses.iter().min_by(|a, b| a.margin_deg.total_cmp(&b.margin_deg));
    if let Some(least) = least {
        let pose = posture_in_words(&least.posture, texts);
        let values = [("margin", format!("{:.1}", least.margin_deg)), ("couple", texts.get(least.couple.key())), ("pose", pose)];
        ui.label(texts.with("activity-least", &values.each_ref().map(|(name, value)| (*name, value.as_str()))));
    }
    match found.meeting.filter(|meeting| meeting.touches) {
        Some(first) => {
            let values = [("couple", texts.get(first.couple.key())), ("pose", posture_in_words(&first.posture, texts))];
            let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
            ui.colored_label(theme::ink(ui, theme::ALARM), texts.with("activity-first", &values));
        }
        // Of what is not decided nobody may read that nothing touches.
        None if found.margin.undecided.is_some() => {}
        None => {
            ui.colored_label(theme::ink(ui, theme::CALM), texts.get("activity-free"));
        }
    }
    if found.margin.undecided.is_some() {
        ui.colored_label(theme::ink(ui, theme::NOTICE), texts.get("activity-undecided"));
    }
}
