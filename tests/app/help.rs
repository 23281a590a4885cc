//! The list of keys and the first tour, in both languages.

use crate::panels::calm;
use coxa::{
    app::{
        help::CARDS,
        model::{Command, HelpModel, Model},
        panels, theme,
    },
    i18n::{Language, Texts},
};
use egui_kittest::{Harness, kittest::Queryable};

struct Given {
    texts: Texts,
    help: HelpModel,
    commands: Vec<Command>,
}

fn harness(language: Language, help: HelpModel) -> Harness<'static, Given> {
    let draw = |ui: &mut egui::Ui, given: &mut Given| {
        let model = Model { help: given.help, ..calm(&given.texts, None) };
        panels::show(ui, &model, &mut given.commands);
    };
    let given = Given { texts: Texts::new(language), help, commands: Vec::new() };
    let mut harness = Harness::builder().with_size([1280.0, 720.0]).build_ui_state(draw, given);
    theme::apply(&harness.ctx);
    harness.run_steps(4);
    harness
}

#[test]
fn the_keys_are_listed_and_the_tour_can_be_had_again() {
    for language in Language::ALL {
        let texts = Texts::new(language);
        let mut harness = harness(language, HelpModel { keys: true, card: None });
        for key in ["key-help", "key-step", "key-zoom", "key-layout", "key-slice", "key-slice-mouse", "key-escape"] {
            let rect = harness.get_by_label(&texts.get(key)).rect();
            assert!(rect.left() > 300.0 && rect.right() < 980.0, "{language:?} {key}: {rect}");
        }
        harness.get_by_label(&texts.get("tour-again")).click();
        harness.run_steps(2);
        assert_eq!(harness.state().commands, [Command::ShowKeys(false), Command::Tour(Some(0))]);
    }
}

#[test]
fn every_card_has_its_words_and_waits_for_a_case() {
    for language in Language::ALL {
        let texts = Texts::new(language);
        for number in 1..=CARDS.len() {
            assert!(texts.has(&format!("tour-{number}")) && texts.has(&format!("tour-{number}-title")), "{language:?} {number}");
        }
        assert!(!texts.has(&format!("tour-{}", CARDS.len() + 1)));
        let harness = harness(language, HelpModel { keys: false, card: Some(0) });
        assert!(harness.query_by_label(&texts.get("tour-1")).is_none());
    }
}
