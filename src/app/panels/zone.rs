//! The target zone: its map, what it is made of, and what it says of the cup that is tried.

use super::{posture, section, zone_map};
use crate::{
    app::{
        model::{CaseModel, Command, ZoneModel},
        theme,
        zone::{ZoneInstead, ZoneMap},
    },
    i18n::Texts,
    motion::{PelvicPosture, activity::Group},
    report::name_in,
};
use egui::{ComboBox, RichText, Ui};

/// Choices, the map, and its figures.
pub fn show(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>, commands: &mut Vec<Command>) {
    let (Some(model), Some(trial)) = (&case.zone, &case.trial) else { return };
    section(ui, texts.get("zone"));
    let spine = trial.trial.spine.known(case.pelvis.map_or(0.0, |pelvis| pelvis.supine_tilt_deg));
    let [standing, sitting] = [PelvicPosture::Standing, PelvicPosture::Sitting].map(|posture| spine.tilt_deg(posture).is_some());
    choices(ui, texts, model, standing, sitting, commands);
    if model.busy || model.map.is_some() && !model.current {
        ui.horizontal(|ui| {
            ui.spinner();
            let fine = model.current && model.map.is_some();
            ui.weak(texts.get(if fine { "zone-refining" } else { "zone-busy" }));
        });
    }
    let Some(map) = model.map else { return };
    zone_map::show(ui, texts, map, trial, model.current, commands);
    if model.current {
        said(ui, texts, map);
    }
    zone_map::legend(ui, texts, map);
    if !map.bones {
        ui.small(texts.get("zone-no-bones"));
    }
    instead(ui, texts, model.instead, commands);
}

/// Lengths that no part on the shelf stands for yet, and bones left aside: of the zone alone.
fn instead(ui: &mut Ui, texts: &Texts, present: ZoneInstead, commands: &mut Vec<Command>) {
    ui.add_space(4.0);
    ui.label(RichText::new(texts.get("zone-instead")).strong()).on_hover_text(texts.get("zone-instead-note"));
    let mut wanted = present;
    for (key, length) in [
        ("zone-neck-length", &mut wanted.neck_length_mm),
        ("zone-leg-length", &mut wanted.leg_length_mm),
        ("zone-offset", &mut wanted.offset_mm),
    ] {
        posture::length(ui, &texts.get(key), -20.0..=20.0, length);
    }
    ui.horizontal(|ui| {
        ui.checkbox(&mut wanted.implants_only, texts.get("zone-implants-only"));
        let changed = present != ZoneInstead::default();
        if ui.add_enabled(changed, egui::Button::new(texts.get("zone-reset"))).clicked() {
            wanted = ZoneInstead::default();
        }
    });
    if wanted != present {
        commands.push(Command::ZoneInstead(wanted));
    }
    if present != ZoneInstead::default() {
        ui.colored_label(theme::ink(ui, theme::NOTICE), texts.get("zone-instead-note"));
    }
}

fn choices(ui: &mut Ui, texts: &Texts, model: &ZoneModel<'_>, standing: bool, sitting: bool, commands: &mut Vec<Command>) {
    let group_name = |group: Option<Group>| texts.get(&format!("group-{}", group.map_or("all", Group::name)));
    let frame_name =
        |frame: Option<PelvicPosture>| texts.get(&format!("zone-frame-{}", frame.map_or("app", PelvicPosture::name)));
    ui.horizontal(|ui| {
        ComboBox::from_id_salt("zone-group").width(124.0).selected_text(group_name(model.group)).show_ui(ui, |ui| {
            for group in Group::ALL.map(Some).into_iter().chain([None]) {
                if ui.selectable_label(model.group == group, group_name(group)).clicked() {
                    commands.push(Command::ZoneOf(group));
                }
            }
        });
        let width = ui.available_width() - 8.0;
        ComboBox::from_id_salt("zone-frame").width(width).truncate().selected_text(frame_name(model.frame)).show_ui(ui, |ui| {
            let frames = [
                (None, true),
                (Some(PelvicPosture::Supine), true),
                (Some(PelvicPosture::Standing), standing),
                (Some(PelvicPosture::Sitting), sitting),
            ];
            for (frame, known) in frames {
                let label = ui.add_enabled(known, egui::Button::selectable(model.frame == frame, frame_name(frame)));
                if label.clicked() {
                    commands.push(Command::ZoneFrame(frame));
                }
            }
        });
    });
}

/// The cup that is tried, what binds it, and the whole zone in figures.
fn said(ui: &mut Ui, texts: &Texts, map: &ZoneMap) {
    let number = |value: f64| format!("{value:.1}");
    let cup = map.cup();
    let values = [number(cup.inclination_deg), number(cup.anteversion_deg), number(map.at.margin_deg)];
    let line = texts.with("zone-cup", &[("inclination", &values[0]), ("anteversion", &values[1]), ("margin", &values[2])]);
    let colour = if map.at.margin_deg > 0.0 { theme::CALM } else { theme::ALARM };
    ui.label(RichText::new(line).strong().color(colour));
    let activity = map.activities.get(map.at.activity).map_or("", |activity| name_in(&activity.name, texts));
    let couple = texts.get(map.at.couple.key());
    ui.small(texts.with("zone-bound-by", &[("activity", activity), ("couple", &couple)]));
    if map.fine {
        let area = [number(map.zone.area_percent(0.0)), number(map.zone.area_percent(5.0))];
        ui.small(texts.with("zone-area", &[("percent", &area[0]), ("percent5", &area[1])]));
        let (best, margin) = map.zone.best();
        let best = [number(best.inclination_deg), number(best.anteversion_deg), number(margin)];
        ui.small(texts.with("zone-best", &[("inclination", &best[0]), ("anteversion", &best[1]), ("margin", &best[2])]));
    }
}
