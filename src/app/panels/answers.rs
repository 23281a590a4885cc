//! What follows from the plan, or from what is tried: one compact table of numbers, each with its definition, source and norm.

use super::{
    measurements::{defined, norm},
    section,
};
use crate::{
    anatomy::{CupAngles, CupDefinition, Measurement, Quantity, Unit},
    app::{
        model::{CaseModel, Norm, PlanNumbers},
        theme,
    },
    i18n::Texts,
    motion::{PelvicPosture, Spinopelvic},
    report::steep_in_words,
};
use egui::{Grid, RichText, Ui};

/// What a surgeon looks at while the hand moves, in this order; what cannot be told is left out.
const SHOWN: [&str; 18] = [
    "leg_length_change",
    "leg_length_to_other_side",
    "global_offset_change",
    "global_offset_to_other_side",
    "femoral_offset_change",
    "centre_shift_medial",
    "centre_shift_superior",
    "centre_shift_anterior",
    "cup_coverage",
    "cup_overhang_anterior",
    "cup_wall_medial",
    "stem_fill_frontal",
    "stem_version",
    "stem_version_to_native_neck",
    "combined_anteversion",
    "stem_varus",
    "resection_over_lesser_trochanter",
    "resection_over_saddle",
];

/// The table.
pub fn show(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>) {
    let Some(plan) = case.plan else { return };
    section(ui, texts.get("answers"));
    ui.scope(|ui| {
        if case.trial.is_some_and(|trial| !trial.stands) {
            // Of what stood before: what is tried now is being worked out.
            ui.horizontal(|ui| {
                ui.spinner();
                ui.weak(texts.get("trial-busy"));
            });
            ui.set_opacity(0.5);
        }
        Grid::new("answers").num_columns(2).striped(true).spacing([10.0, 3.0]).show(ui, |ui| {
            for told in SHOWN.into_iter().filter_map(|key| plan.told.iter().find(|told| told.quantity.key == key)) {
                number(ui, texts, told);
            }
            let definition = texts.get("answers-jump-definition");
            ui.label(texts.get("answers-jump")).on_hover_text(&definition);
            let jump = plan.jump_mm.map_or_else(|| texts.get("answers-held"), |mm| format!("{mm:.1} mm"));
            ui.label(RichText::new(jump).strong()).on_hover_text(definition);
            ui.end_row();
        });
        if let Some(steep) = &plan.steep {
            ui.colored_label(theme::ink(ui, theme::NOTICE), steep_in_words(steep, texts));
        }
        angles(ui, texts, case, plan);
    });
}

/// One number with its spread; out of its norm coloured, and said in a word.
fn number(ui: &mut Ui, texts: &Texts, told: &Measurement) {
    let Measurement { quantity, value, sd, .. } = *told;
    let name = texts.of("quantity", quantity.key, quantity.key);
    let hover = hover(texts, quantity, sd);
    let word = match Norm::of(quantity, value) {
        Norm::Within => None,
        Norm::Below => Some("norm-below"),
        Norm::Above => Some("norm-above"),
    };
    ui.label(name).on_hover_text(&hover);
    let text = RichText::new(with_unit(quantity.unit, value)).strong();
    ui.horizontal(|ui| {
        ui.label(word.map_or_else(|| text.clone(), |_| text.clone().color(theme::ink(ui, theme::NOTICE)))).on_hover_text(&hover);
        if let Some(word) = word {
            ui.label(RichText::new(texts.get(word)).small().color(theme::ink(ui, theme::NOTICE))).on_hover_text(hover);
        }
    });
    ui.end_row();
}

/// Definition and source, how sure the number is, and what is usual or aimed at.
fn hover(texts: &Texts, quantity: &Quantity, sd: f64) -> String {
    let spread = texts.with("answers-spread", &[("spread", &with_unit(quantity.unit, sd).replace('+', ""))]);
    let norm = texts.with("answers-norm", &[("norm", &norm(quantity))]);
    format!("{}\n\n{spread}\n{norm}", defined(texts, quantity.key, quantity.definition, quantity.citation))
}

/// Changes and shifts are lengths with a sign.
fn with_unit(unit: Unit, value: f64) -> String {
    // Rounded first, so that −0.04 does not become "-0.0".
    let value = (value * 10.0).round() / 10.0 + 0.0;
    match unit {
        Unit::Millimetres => format!("{value:+.1} mm"),
        Unit::Degrees => format!("{value:.1}°"),
        Unit::Percent => format!("{value:.0} %"),
        Unit::Ratio => format!("{value:.2}"),
        Unit::Hounsfield => format!("{value:.0} HU"),
        Unit::Millilitres => format!("{value:.1} ml"),
        Unit::Hours => format!("{value:.1} h"),
    }
}

/// The cup's angles: three definitions beside each other, in the anterior pelvic plane and in the postures whose pelvic tilt is known.
fn angles(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>, plan: &PlanNumbers) {
    ui.add_space(4.0);
    ui.label(RichText::new(texts.get("answers-cup")).strong()).on_hover_text(texts.get("answers-cup-definition"));
    let tilts = case.pelvis.map(|pelvis| {
        let known = |trial: &crate::app::model::TrialModel<'_>| trial.trial.spine.known(pelvis.supine_tilt_deg);
        let supine = || Spinopelvic { supine_tilt_deg: Some(pelvis.supine_tilt_deg), ..Spinopelvic::default() };
        let spine = case.trial.as_ref().map_or_else(supine, known);
        [PelvicPosture::Supine, PelvicPosture::Standing, PelvicPosture::Sitting]
            .into_iter()
            .filter_map(move |posture| Some((Some(posture), spine.tilt_deg(posture)?)))
            .collect::<Vec<_>>()
    });
    Grid::new("answers-angles").num_columns(4).striped(true).spacing([10.0, 3.0]).show(ui, |ui| {
        ui.label("");
        for definition in CupDefinition::ALL {
            let key = format!("answers-{}", definition.name());
            ui.weak(texts.get(&key)).on_hover_text(texts.get(&format!("{key}-definition")));
        }
        ui.end_row();
        for (posture, tilt_deg) in [(None, 0.0)].into_iter().chain(tilts.unwrap_or_default()) {
            let key = format!("answers-{}", posture.map_or("app", PelvicPosture::name));
            let tilt = format!("{:+.1}", tilt_deg + 0.0);
            ui.label(texts.get(&key)).on_hover_text(texts.with("answers-tilt", &[("tilt", &tilt)]));
            let cup = plan.cup_angles.tilted_posteriorly(tilt_deg);
            for definition in CupDefinition::ALL {
                ui.label(RichText::new(pair(&cup, definition)).strong())
                    .on_hover_text(texts.get(&format!("answers-{}-definition", definition.name())));
            }
            ui.end_row();
        }
    });
    ui.small(texts.get("answers-pair"));
}

fn pair(cup: &CupAngles, definition: CupDefinition) -> String {
    let (inclination, anteversion) = cup.as_given(definition);
    let [inclination, anteversion] = [inclination, anteversion].map(|angle| (angle * 10.0).round() / 10.0 + 0.0);
    format!("{inclination:.1} / {anteversion:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::assessment::quantities;

    #[test]
    fn every_number_that_is_shown_is_one_that_an_assessment_tells() {
        for key in SHOWN {
            assert!(quantities().any(|quantity| quantity.key == key), "{key}");
        }
    }

    #[test]
    fn three_definitions_are_those_of_murray() {
        // Murray 1993: tan OA = tan RA / cos RI, sin OI = sin RI cos RA.
        let cup = CupAngles { inclination_deg: 45.0, anteversion_deg: 15.0 };
        assert_eq!(pair(&cup, CupDefinition::Radiographic), "45.0 / 15.0");
        assert_eq!(pair(&cup, CupDefinition::Operative), "43.1 / 20.8");
        assert_eq!(pair(&cup, CupDefinition::Anatomic), "46.9 / 20.8");
    }
}
