//! How the pelvis stands: its tilt in postures, and in which it is shown.

use super::{posture, section};
use crate::{
    app::model::{CaseModel, Command},
    i18n::Texts,
    motion::PelvicPosture,
};
use egui::Ui;

/// A checkbox and a slider for each tilt that may be known; the cup's angles in each posture.
pub fn show(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>, commands: &mut Vec<Command>) {
    let (Some(pelvis), Some(model)) = (case.pelvis, &case.trial) else { return };
    section(ui, texts.get("pelvis-tilt"));
    let mut wanted = model.trial.clone();
    let scanned = pelvis.supine_tilt_deg;
    for (key, tilt) in [("pelvis-standing", &mut wanted.standing_tilt_deg), ("pelvis-sitting", &mut wanted.sitting_tilt_deg)] {
        let name = texts.get(key);
        let mut known = tilt.is_some();
        ui.horizontal(|ui| {
            if ui.checkbox(&mut known, "").on_hover_text(texts.get("pelvis-known")).changed() {
                // Begins where the scan is, for a slider that is moved from there.
                *tilt = known.then(|| (scanned * 2.0).round() / 2.0);
            }
            match tilt {
                Some(tilt) => posture::angle(ui, &name, -40.0..=60.0, tilt),
                None => {
                    posture::name(ui, &name);
                    ui.weak(texts.get("pelvis-unknown"));
                }
            }
        });
    }
    let known = [Some(scanned), wanted.standing_tilt_deg, wanted.sitting_tilt_deg];
    let postures = [PelvicPosture::Supine, PelvicPosture::Standing, PelvicPosture::Sitting];
    for (posture, tilt) in postures.into_iter().zip(known) {
        if let Some(tilt) = tilt {
            let cup = wanted.cup.tilted_posteriorly(tilt);
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
        let shown = [None, Some(PelvicPosture::Standing), Some(PelvicPosture::Sitting)];
        for (posture, tilt) in shown.into_iter().zip([Some(scanned), known[1], known[2]]) {
            let key = posture.map_or("pelvis-as-scanned".into(), |posture| format!("pelvis-{}", posture.name()));
            let chosen = pelvis.posture == posture;
            if ui.add_enabled(tilt.is_some(), egui::Button::selectable(chosen, texts.get(&key))).clicked() {
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
