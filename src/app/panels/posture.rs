//! The sliders that move the hip.

use super::section;
use crate::{
    app::{
        model::{CaseModel, Command, ContactModel},
        theme,
    },
    i18n::Texts,
    motion::Posture,
};
use egui::{Slider, SliderClamping, Ui};
use std::ops::RangeInclusive;

/// Flexion, adduction and internal rotation; red while something touches.
pub fn show(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>, commands: &mut Vec<Command>) {
    section(ui, texts.get("joint"));
    let Some(posture) = case.posture else {
        ui.weak(texts.get("moves-nothing"));
        return;
    };
    let touching = matches!(case.contact, ContactModel::Answer(contact) if !contact.pairs.is_empty());
    let mut wanted = posture;
    ui.scope(|ui| {
        if touching {
            alarm(ui);
        }
        slider(ui, texts, ["extension", "flexion"], -30.0..=140.0, &mut wanted.flexion_deg);
        slider(ui, texts, ["abduction", "adduction"], -60.0..=50.0, &mut wanted.adduction_deg);
        slider(ui, texts, ["external-rotation", "internal-rotation"], -70.0..=70.0, &mut wanted.internal_rotation_deg);
    });
    ui.horizontal(|ui| {
        if ui.button(texts.get("reset")).clicked() {
            wanted = Posture::NEUTRAL;
        }
    });
    ui.small(texts.get("joint-definition"));
    if wanted != posture {
        commands.push(Command::SetPosture(wanted));
    }
}

/// One angle; it is named by what its sign means: −20° of flexion reads "extension 20.0°".
fn slider(ui: &mut Ui, texts: &Texts, [negative, positive]: [&str; 2], range: RangeInclusive<f64>, angle_deg: &mut f64) {
    let name_of_sign = texts.get(if *angle_deg < 0.0 { negative } else { positive });
    formatted(ui, &name_of_sign, range, angle_deg, |value| format!("{:.1}°", value.abs()));
}

/// One angle that keeps its name and shows its sign.
pub(super) fn angle(ui: &mut Ui, name: &str, range: RangeInclusive<f64>, angle_deg: &mut f64) {
    formatted(ui, name, range, angle_deg, |value| format!("{value:.1}°"));
}

/// One length that keeps its name and shows its sign.
pub(super) fn length(ui: &mut Ui, name: &str, range: RangeInclusive<f64>, length_mm: &mut f64) {
    formatted(ui, name, range, length_mm, |value| format!("{:+.1} mm", value + 0.0));
}

fn formatted(ui: &mut Ui, text: &str, range: RangeInclusive<f64>, angle_deg: &mut f64, format: fn(f64) -> String) {
    ui.spacing_mut().slider_width = 132.0;
    ui.horizontal(|ui| {
        name(ui, text);
        // A planned angle, or one of a path, lies between the steps, and must not be rounded by being shown.
        let slider = Slider::new(angle_deg, range).step_by(0.5).clamping(SliderClamping::Edits);
        let slider = ui.add(slider.custom_formatter(move |value, _| format(value)));
        slider.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Slider, true, text));
    });
}

/// Names of different lengths, sliders in one line.
pub(super) fn name(ui: &mut Ui, text: &str) {
    ui.allocate_ui_with_layout(egui::vec2(112.0, 18.0), egui::Layout::left_to_right(egui::Align::Center), |ui| {
        ui.set_min_width(112.0);
        ui.label(text);
    });
}

fn alarm(ui: &mut Ui) {
    let ink = theme::ink(ui, theme::ALARM);
    let visuals = ui.visuals_mut();
    visuals.override_text_color = Some(ink);
    visuals.selection.bg_fill = theme::ALARM;
    for widget in [&mut visuals.widgets.inactive, &mut visuals.widgets.hovered, &mut visuals.widgets.active] {
        widget.fg_stroke.color = ink;
        widget.bg_fill = theme::ALARM.gamma_multiply(0.45);
    }
}
