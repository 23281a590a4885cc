//! What the program itself says in English says the same in Chinese: the same numbers, and no English word left.

use coxa::{
    anatomy::{Bones, Posture, SagittalValues, examine},
    i18n::{Language, Texts},
    labels::synthesis::{CtSettings, DrawOptions, Phantom, ShapeModel},
    progress::Silent,
};
use std::collections::{BTreeMap, BTreeSet};

/// All numbers of a text, sorted.
fn numbers(text: &str) -> Vec<&str> {
    let parts = text.split(|c: char| !c.is_ascii_digit() && c != '.').map(|part| part.trim_matches('.'));
    let mut found: Vec<_> = parts.filter(|part| !part.is_empty()).collect();
    found.sort_unstable();
    found
}

/// Words in small letters, but for units, what belongs to names and titles, and addresses.
fn english_words(text: &str) -> Vec<&str> {
    let latin = |c: char| c.is_alphanumeric() && c < '\u{2000}' || "./:-".contains(c);
    let words = text.split(|c| !latin(c)).map(|word| word.trim_matches(['.', ':', '-', '/']));
    let lower = words.filter(|word| word.len() > 1 && word.chars().all(|c| c.is_ascii_lowercase()));
    lower.filter(|word| !["mm", "de", "et", "al", "of"].contains(word)).collect()
}

/// Definition and source of all that is measured on a patient whose CT shows pelvis and whole femora, by their names in documents.
fn defined() -> BTreeMap<&'static str, [&'static str; 2]> {
    let phantom = Phantom::draw(&ShapeModel::load().unwrap(), 41, &DrawOptions::default());
    let (volume, _) = phantom.ct(&phantom.grid([2.0; 3]), &CtSettings::default(), 41);
    let bones = Bones { meshes: phantom.meshes, ..Bones::default() };
    let mut found = examine(&bones, Some(&volume), &Silent).unwrap();
    for posture in [Posture::Standing, Posture::Sitting] {
        found.add_posture(posture, &SagittalValues { sacral_slope_deg: Some(30.0), ..SagittalValues::default() }).unwrap();
    }
    let measured = found.measurements.iter().map(|m| m.quantity).chain(found.curves.iter().map(|curve| curve.quantity));
    let mut defined: BTreeMap<_, _> = measured.map(|q| (q.key, [q.definition, q.citation])).collect();
    defined.extend(found.grades.iter().map(|g| (g.scale.key, [g.scale.definition, g.scale.citation])));
    defined
}

#[test]
fn definitions_and_sources_have_the_same_numbers_and_no_english_word() {
    let texts = Texts::new(Language::Chinese);
    let defined = defined();
    assert!(defined.len() > 80, "{}: {:?}", defined.len(), defined.keys());
    let mut wrong = BTreeSet::new();
    for (key, english) in defined {
        for (kind, english) in ["definition", "citation"].into_iter().zip(english) {
            let chinese = texts.of(kind, key, english);
            if numbers(&chinese) != numbers(english) {
                wrong.insert(format!("{kind} of {key}: other numbers\n  {english}\n  {chinese}"));
            }
            if !english_words(&chinese).is_empty() {
                wrong.insert(format!("{kind} of {key}: {:?} in\n  {chinese}", english_words(&chinese)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.into_iter().collect::<Vec<_>>().join("\n"));
}

#[test]
fn other_numbers_and_english_words_are_noticed() {
    assert_eq!(numbers("1.2 mm from S1, 10:30 (PMC77); 65°."), ["1", "1.2", "10", "30", "65", "77"]);
    assert_eq!(english_words("Lequesne 与 de Sèze 1961，norm: 5 mm, 10.1007/s11999-014 and the rim"), ["norm", "and", "the", "rim"]);
}
