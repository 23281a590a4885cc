//! An activity: chosen, played and scrubbed; how much room is left here, least and from where on there is none.

use super::section;
use crate::{
    app::{
        activity::{Followed, NEAR_DEG, Pose, Standing},
        model::{ActivityModel, CaseModel, Command, RisksModel},
        theme,
    },
    i18n::Texts,
    motion::{Activity, ActivityMargin, Demand, activity::Group},
    report::{name_in, posture_in_words},
};
use egui::{
    Align, Button, CollapsingHeader, Color32, Label, Layout, Rect, RichText, Sense, Shape, Stroke, Ui, WidgetInfo, WidgetType,
    pos2, vec2,
};

/// Height of the bar that is scrubbed, points.
const BAR: f32 = 22.0;

/// All activities with what is left in them; of the one chosen a bar with the limits along its path, and what is said of it.
pub fn show(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>, commands: &mut Vec<Command>) {
    let Some(model) = &case.activity else { return };
    section(ui, texts.get("activity"));
    followed(ui, texts, model, commands);
    choice(ui, texts, model, case.risks.as_ref(), commands);
    ui.small(texts.get("activity-scope"));
}

/// The one that is chosen.
fn followed(ui: &mut Ui, texts: &Texts, model: &ActivityModel<'_>, commands: &mut Vec<Command>) {
    let Some(chosen) = model.all.iter().find(|activity| Some(activity.id.as_str()) == model.chosen) else {
        ui.small(texts.get("activity-none"));
        return;
    };
    ui.horizontal(|ui| {
        ui.strong(name_in(&chosen.name, texts));
        if model.busy {
            ui.spinner();
            ui.weak(texts.get("activity-busy"));
        }
    });
    let Some(found) = model.found else { return };
    scrubber(ui, texts, model, found, commands);
    let mut slow = model.slow;
    if ui.checkbox(&mut slow, texts.get("activity-slow")).on_hover_text(texts.get("activity-slow-help")).changed() {
        commands.push(Command::SlowAtContact(slow));
    }
    if let Some(pose) = model.at.and_then(|at| found.poses.get(at)) {
        here(ui, texts, pose);
    }
    whole(ui, texts, found);
    let evidence = &found.activity.evidence;
    let recalled = if evidence.recalled { texts.get("evidence-recalled") } else { String::new() };
    ui.small(format!("{}{recalled}", texts.get(evidence.grade.key()))).on_hover_text(&evidence.source);
    ui.separator();
}

/// All that can be played, each with how it stands; those of daily life in view, the others folded away.
fn choice(ui: &mut Ui, texts: &Texts, model: &ActivityModel<'_>, risks: Option<&RisksModel<'_>>, commands: &mut Vec<Command>) {
    for group in Group::ALL {
        // An arc lies wherever it lies best, and has no beginning from which it could be played.
        let played = |activity: &&Activity| activity.group == group && matches!(activity.demand, Demand::Path(_));
        let activities: Vec<&Activity> = model.all.iter().filter(played).collect();
        if activities.is_empty() {
            continue;
        }
        let chosen = activities.iter().any(|activity| model.chosen == Some(activity.id.as_str()));
        let title = texts.get(&format!("group-{}", group.name()));
        let open = group == Group::Daily || chosen;
        CollapsingHeader::new(title).id_salt(("activities", group.name())).default_open(open).show(ui, |ui| {
            for activity in activities {
                row(ui, texts, activity, model, risks, commands);
            }
        });
    }
}

/// A mark, the name, and what is left of neck and bone.
fn row(
    ui: &mut Ui,
    texts: &Texts,
    activity: &Activity,
    model: &ActivityModel<'_>,
    risks: Option<&RisksModel<'_>>,
    commands: &mut Vec<Command>,
) {
    let risk = risks.and_then(|risks| risks.found?.all.iter().find(|risk| risk.activity.id == activity.id));
    // Of what was tried before it is told faintly until the new is there.
    let current = risks.is_some_and(|risks| risks.current);
    let ink = |ui: &Ui, standing| if current { theme::ink(ui, colour(standing)) } else { ui.visuals().weak_text_color() };
    ui.horizontal(|ui| {
        let (left, hover) = risk.map_or_else(Default::default, |risk| (left(texts, &risk.margin), word(texts, risk.standing)));
        let (sign, ink) =
            risk.map_or(("·", ui.visuals().weak_text_color()), |risk| (sign(risk.standing), ink(ui, risk.standing)));
        ui.add_sized(vec2(16.0, 16.0), Label::new(RichText::new(sign).color(ink))).on_hover_text(&hover);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.label(RichText::new(&left).color(ink)).on_hover_text(texts.get("risk-left-help"));
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let chosen = model.chosen == Some(activity.id.as_str());
                let name = name_in(&activity.name, texts);
                let button = ui.add(Button::selectable(chosen, name).truncate());
                let said = [name, &hover, &left].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
                button.widget_info(|| WidgetInfo::selected(WidgetType::SelectableLabel, true, chosen, &said));
                if button.on_hover_text(name).clicked() {
                    commands.push(Command::ChooseActivity(Some(activity.id.clone())));
                }
            });
        });
    });
}

/// What is left of the neck, and of bone.
fn left(texts: &Texts, margin: &ActivityMargin) -> String {
    let neck = format!("{:.0}°", margin.margin_deg);
    match (margin.bone, margin.undecided) {
        (Some(bone), _) => texts.with("risk-left", &[("neck", &neck), ("bone", &format!("{:.0}", bone.clearance_mm))]),
        (None, Some(_)) => texts.with("risk-left", &[("neck", &neck), ("bone", "?")]),
        (None, None) => neck,
    }
}

fn word(texts: &Texts, standing: Standing) -> String {
    match standing {
        Standing::Free => texts.get("standing-free"),
        Standing::Near => texts.get("risk-near"),
        Standing::Touches => texts.get("standing-touches"),
    }
}

/// The signs of the steps: they say it without their colour too.
const fn sign(standing: Standing) -> &'static str {
    match standing {
        Standing::Free => "✔",
        Standing::Near => "▲",
        Standing::Touches => "✖",
    }
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
        response.widget_info(|| WidgetInfo::labeled(WidgetType::Slider, true, name.clone()));
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
