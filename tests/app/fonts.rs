//! Every character that the interface can show has a glyph in the fonts it sets up.

use coxa::{
    app::theme,
    i18n::{Language, Texts},
    motion::Activity,
};
use egui::{Context, FontFamily, RawInput};
use std::collections::BTreeSet;

fn context() -> Context {
    let context = Context::default();
    theme::apply(&context);
    // Fonts exist from the first pass on.
    let _ = context.run_ui(RawInput::default(), |_| {});
    context
}

/// The characters of a text that no font of the family can draw, each once.
fn missing(context: &Context, family: &FontFamily, text: &str) -> String {
    let shown: BTreeSet<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    context.fonts_mut(|fonts| {
        let mut font = fonts.fonts.font(family);
        let known = font.characters();
        shown.into_iter().filter(|c| !known.contains_key(c)).collect()
    })
}

#[test]
fn every_character_of_both_languages_has_a_glyph_in_both_families() {
    let context = context();
    for language in Language::ALL {
        for family in [FontFamily::Proportional, FontFamily::Monospace] {
            for source in language.sources() {
                assert_eq!(missing(&context, &family, source), "", "{language:?}");
            }
        }
    }
    for activity in Activity::shipped_with(&[]).unwrap() {
        assert_eq!(missing(&context, &FontFamily::Proportional, &(activity.name.en + &activity.name.zh)), "", "{}", activity.id);
    }
    assert_eq!(missing(&context, &FontFamily::Proportional, "▲🏠Ø°·×–−+>%"), "", "written by the panels themselves");
}

#[test]
fn a_character_outside_the_font_is_noticed() {
    assert_eq!(missing(&context(), &FontFamily::Proportional, "髋𠮷"), "𠮷", "else the test above could not fail");
}

#[test]
fn the_language_files_say_what_the_window_must_say() {
    assert!(Texts::new(Language::English).get("disclaimer").contains("not a medical device"));
    assert!(Texts::new(Language::Chinese).get("disclaimer").contains("不是医疗器械"));
}
