//! What an edit of the labels is called in the window.

use crate::{
    app::bodies::BodyKind,
    i18n::Texts,
    labels::{
        Label,
        edit::{Edit, Region},
    },
};

/// What an edit does, e.g. "Brush: right femur".
#[must_use]
pub fn named(texts: &Texts, edit: &Edit) -> String {
    let (key, from, to) = match edit {
        Edit::Brush { to: Label::Background, over, .. } | Edit::Threshold { to: Label::Background, over, .. } => {
            ("repair-did-erase", *over, Label::Background)
        }
        Edit::Brush { over, to, .. } | Edit::Threshold { over, to, .. } => ("repair-did-brush", *over, *to),
        Edit::Flood { to, .. } => ("repair-did-region", None, *to),
        Edit::Fill { label, .. } => ("repair-did-fill", None, *label),
        Edit::Smooth { label, .. } => ("repair-did-smooth", None, *label),
        Edit::Split { label, at: Region::HalfSpace { .. }, to } => ("repair-did-plane", Some(*label), *to),
        Edit::Split { label, to, .. } => ("repair-did-sphere", Some(*label), *to),
        Edit::Move { from, to, .. } => ("repair-did-piece", Some(*from), *to),
    };
    let from = from.map_or_else(|| texts.get("repair-any"), |label| label_name(texts, label));
    texts.with(key, &[("from", &from), ("to", &label_name(texts, to))])
}

/// What a label is called: the bone, or nothing.
#[must_use]
pub fn label_name(texts: &Texts, label: Label) -> String {
    texts.get(&BodyKind::Bone(label).text_key())
}
