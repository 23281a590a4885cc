//! The numbers that follow from a plan, in both languages: with their norm, out of it in colour and in a word.

use crate::panels::{calm, empty_case};
use crate::scene;
use coxa::{
    anatomy::{CupAngles, Measurement},
    app::{
        model::{CaseModel, Layer, PelvisModel, Step},
        panels, theme,
    },
    frames::Side,
    i18n::{Language, Texts},
    plan::assessment::quantities,
    report::steep_in_words,
    risk::SteepCup,
};
use egui_kittest::{Harness, kittest::Queryable};
use std::collections::BTreeSet;

struct Given {
    texts: Texts,
    plan: coxa::app::model::PlanNumbers,
    layers: BTreeSet<Layer>,
}

fn told(key: &str, value: f64) -> Measurement {
    let quantity = quantities().find(|quantity| quantity.key == key).unwrap();
    Measurement { quantity, side: Some(Side::Right), value, sd: 1.25 }
}

fn draw(ui: &mut egui::Ui, given: &mut Given) {
    let case = CaseModel {
        plan: Some(&given.plan),
        pelvis: Some(PelvisModel { posture: None, supine_tilt_deg: 10.0, shown_deg: 0.0 }),
        step: Step::Cup,
        ..empty_case(&given.layers)
    };
    let model = calm(&given.texts, Some(case));
    panels::show(ui, &model, &mut Vec::new());
}

#[test]
fn every_number_has_its_unit_and_what_is_out_of_its_norm_is_said() {
    for language in Language::ALL {
        let texts = Texts::new(language);
        let told = vec![
            told("leg_length_change", -3.04),
            told("leg_length_to_other_side", 14.0),
            told("cup_coverage", 62.4),
            told("stem_fill_frontal", 88.0),
        ];
        let steep = SteepCup { inclination_deg: 60.0, jump_mm: Some(9.3), usual_mm: Some(15.2) };
        let plan = coxa::app::model::PlanNumbers {
            told,
            cup_angles: CupAngles { inclination_deg: 45.0, anteversion_deg: 15.0 },
            steep: Some(steep),
            ..scene::plan()
        };
        let given = Given { texts: Texts::new(language), plan, layers: BTreeSet::new() };
        let mut harness = Harness::builder().with_size([1280.0, 1800.0]).build_ui_state(draw, given);
        theme::apply(&harness.ctx);
        harness.run_steps(4);
        for label in ["-3.0 mm", "+14.0 mm", "62 %", "88 %", "45.0 / 15.0", "43.1 / 20.8", "46.9 / 20.8"] {
            let rect = harness.get_by_label(label).rect();
            assert!(rect.right() <= 1280.0, "{label} {rect}");
        }
        harness.get_by_label(&steep_in_words(&steep, &texts));
        harness.get_by_label(&texts.get("answers-jump"));
        harness.get_by_label("15.2 mm");
        harness.get_by_label(&texts.get("norm-above"));
        harness.get_by_label(&texts.get("norm-below"));
        // Operative anteversion grows by the tilt: 20.75° and 10° (Murray 1993).
        let supine = harness.get_by_label(&texts.get("answers-supine")).rect();
        assert!(harness.get_by_label_contains("/ 30.8").rect().center().y - supine.center().y < 12.0);
        assert!(harness.query_by_label(&texts.get("answers-standing")).is_none(), "of a spine nobody knows nothing is told");
    }
}
