//! How the pelvis stands: its tilt in postures, and in which it is shown.

use super::{posture, section};
use crate::{
    app::{
        model::{CaseModel, Command},
        trial::RollBack,
    },
    i18n::Texts,
    motion::PelvicPosture,
};
use egui::Ui;
use std::ops::RangeInclusive;

/// Each tilt that may be known, how far the pelvis rolls back, the spine's balance; the cup's angles in each posture.
pub fn show(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>, commands: &mut Vec<Command>) {
    let (Some(pelvis), Some(model)) = (case.pelvis, &case.trial) else { return };
    section(ui, texts.get("pelvis-tilt"));
    let mut wanted = model.trial.clone();
    let scanned = pelvis.supine_tilt_deg;
    let spine = &mut wanted.spine;
    // Begins where the scan is, for a slider that is moved from there.
    let begin = (scanned * 2.0).round() / 2.0;
    for (key, tilt) in [("pelvis-standing", &mut spine.standing_tilt_deg), ("pelvis-sitting", &mut spine.sitting_tilt_deg)] {
        typed(ui, texts, [key, "pelvis-known"], (begin, -40.0..=60.0), tilt);
    }
    ui.add_enabled_ui(spine.sitting_tilt_deg.is_none(), |ui| roll_back(ui, texts, &mut spine.roll_back));
    let balance = &mut spine.incidence_less_lordosis_deg;
    typed(ui, texts, ["spine-balance", "spine-balance-help"], (0.0, -40.0..=60.0), balance);
    let known = spine.known(scanned);
    if let Some((mobility, change)) = known.mobility().zip(known.roll_back_deg()) {
        let key = format!("spine-{}", mobility.name());
        ui.small(texts.with(&key, &[("change", &format!("{change:.1}"))]));
    }
    if known.unbalanced() == Some(true) {
        ui.small(texts.get("spine-unbalanced"));
    }
    for posture in [PelvicPosture::Supine, PelvicPosture::Standing, PelvicPosture::Sitting] {
        if let Some(cup) = known.functional_cup(&wanted.cup, posture) {
            let values = [format!("{:.1}", cup.inclination_deg), format!("{:.1}", cup.anteversion_deg)];
            let key = format!("activity-cup-{}", posture.name());
            ui.small(texts.with(&key, &[("inclination", &values[0]), ("anteversion", &values[1])]));
        }
    }
    if wanted != *model.trial {
        commands.push(Command::Try(wanted));
    }
    ui.horizontal(|ui| {
        ui.label(texts.get("pelvis-shown"));
        for posture in [None, Some(PelvicPosture::Standing), Some(PelvicPosture::Sitting)] {
            let key = posture.map_or("pelvis-as-scanned".into(), |posture| format!("pelvis-{}", posture.name()));
            let there = posture.is_none_or(|posture| known.tilt_deg(posture).is_some());
            if ui.add_enabled(there, egui::Button::selectable(pelvis.posture == posture, texts.get(&key))).clicked() {
                commands.push(Command::ShowPelvis(posture));
            }
        }
    });
    if pelvis.shown_deg.abs() >= 0.5 {
        let key = if pelvis.shown_deg > 0.0 { "activity-tilt-back" } else { "activity-tilt-forward" };
        ui.small(texts.with(key, &[("degrees", &format!("{:.0}", pelvis.shown_deg.abs()))]));
    }
    ui.small(texts.get("pelvis-note"));
}

/// A checkbox and a slider of what may be known; its name and what is said of it under the pointer.
fn typed(
    ui: &mut Ui,
    texts: &Texts,
    [key, help]: [&str; 2],
    (begin, range): (f64, RangeInclusive<f64>),
    value: &mut Option<f64>,
) {
    let name = texts.get(key);
    let mut known = value.is_some();
    ui.horizontal(|ui| {
        if ui.checkbox(&mut known, "").on_hover_text(texts.get(help)).changed() {
            *value = known.then_some(begin);
        }
        match value {
            Some(value) => posture::angle(ui, &name, range, value),
            None => {
                posture::name(ui, &name);
                ui.weak(texts.get("spine-unknown"));
            }
        }
    });
}

/// Not known, or by sacral slope, or by spinopelvic tilt, each standing and sitting.
fn roll_back(ui: &mut Ui, texts: &Texts, present: &mut Option<RollBack>) {
    ui.horizontal(|ui| {
        ui.label(texts.get("spine-roll-back")).on_hover_text(texts.get("spine-roll-back-help"));
        if ui.selectable_label(present.is_none(), texts.get("spine-unknown")).clicked() {
            *present = None;
        }
        for usual in RollBack::USUAL {
            let chosen = present.is_some_and(|present| present.key() == usual.key());
            if ui.selectable_label(chosen, texts.get(usual.key())).clicked() && !chosen {
                *present = Some(usual);
            }
        }
    });
    let Some(roll_back) = present else { return };
    let letters = texts.get(roll_back.key());
    for (angle, key) in roll_back.angles_mut().iter_mut().zip(["pelvis-standing", "pelvis-sitting"]) {
        posture::angle(ui, &format!("{letters} {}", texts.get(key)), -30.0..=80.0, angle);
    }
}
