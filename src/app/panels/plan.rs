//! The numbers of the plan, each with its unit and its definition.

use crate::{
    app::{
        model::{CaseModel, PlanNumbers},
        theme,
    },
    i18n::Texts,
    implants::OffsetOption,
    units::{Degrees, Millimetres},
};
use egui::{Grid, RichText, Ui};

/// The cup and its angles, and what the plan changes.
pub fn cup(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>) {
    let Some(plan) = case.plan else { return };
    grid(ui, texts, plan, |ui| {
        row(ui, texts.get("cup"), format!("Ø {}", whole_mm(plan.cup_diameter_mm)));
        row(ui, texts.get("radiographic-inclination"), Degrees(plan.cup_angles.inclination_deg).to_string());
        row(ui, texts.get("radiographic-anteversion"), Degrees(plan.cup_angles.anteversion_deg).to_string());
    });
    ui.small(texts.get("cup-angles-definition"));
}

/// Stem and head, and what the plan changes.
pub fn stem(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>) {
    let Some(plan) = case.plan else { return };
    let Some(stem) = &plan.stem else {
        ui.colored_label(theme::ink(ui, theme::NOTICE), texts.get("stem-left-out"));
        return;
    };
    let offset = match stem.offset_option {
        OffsetOption::Standard => "stem-offset-standard",
        OffsetOption::High => "stem-offset-high",
        OffsetOption::CoxaVara => "stem-offset-coxa-vara",
    };
    let mut text = format!("{} {} · {}", texts.get("stem-size"), stem.size, texts.get(offset));
    if stem.estimated {
        text = format!("{text} ({})", texts.get("estimated"));
    }
    grid(ui, texts, plan, |ui| {
        row(ui, texts.get("stem"), text);
        row(ui, texts.get("head"), format!("Ø {}", whole_mm(stem.head_diameter_mm)));
        row(ui, texts.get("neck-offset"), signed_mm(stem.neck_offset_mm));
    });
}

/// Some rows, and below them leg length and offset.
fn grid(ui: &mut Ui, texts: &Texts, plan: &PlanNumbers, rows: impl FnOnce(&mut Ui)) {
    Grid::new("plan").num_columns(2).min_col_width(118.0).show(ui, |ui| {
        rows(ui);
        change(ui, texts, "leg-length-change", plan.leg_length_change_mm);
        change(ui, texts, "offset-change", plan.offset_change_mm);
    });
}

fn change(ui: &mut Ui, texts: &Texts, key: &str, change_mm: Option<f64>) {
    let text = change_mm.map_or_else(|| texts.get("not-available"), signed_mm);
    ui.label(texts.get(key)).on_hover_text(texts.get("change-definition"));
    ui.label(RichText::new(text).strong()).on_hover_text(texts.get("change-definition"));
    ui.end_row();
}

fn row(ui: &mut Ui, name: String, value: String) {
    ui.label(name);
    ui.label(RichText::new(value).strong());
    ui.end_row();
}

/// Sizes as printed on the box: 52 mm, not 52.0 mm.
fn whole_mm(value: f64) -> String {
    if value.fract() == 0.0 { format!("{value:.0} mm") } else { Millimetres(value).to_string() }
}

fn signed_mm(value: f64) -> String {
    // Rounded first, so that −0.04 does not become "-0.0".
    let rounded = (value * 10.0).round() / 10.0 + 0.0;
    format!("{rounded:+.1} mm")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_has_a_sign_and_no_negative_zero() {
        assert_eq!(signed_mm(2.345), "+2.3 mm");
        assert_eq!(signed_mm(-0.04), "+0.0 mm");
        assert_eq!(whole_mm(52.0), "52 mm");
        assert_eq!(whole_mm(22.2), "22.2 mm");
    }
}
