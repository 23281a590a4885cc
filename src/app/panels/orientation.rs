//! Orientation letters at the edges of the view, as on a radiograph.

pub use crate::frames::orientation_letters;
use crate::{app::theme, i18n::Texts};
use egui::{Align2, FontId, Pos2, Rect, Ui};
use nalgebra::Vector3;

/// Draws the letters for the four edges of `view` (points), whose right and up directions are given in LPS.
pub fn edge_letters(ui: &Ui, texts: &Texts, view: Rect, right: &Vector3<f64>, up: &Vector3<f64>) {
    let inset = view.shrink(10.0);
    let edges: [(Pos2, Align2, Vector3<f64>); 4] = [
        (inset.left_center(), Align2::LEFT_CENTER, -right),
        (inset.right_center(), Align2::RIGHT_CENTER, *right),
        (inset.center_top(), Align2::CENTER_TOP, *up),
        (inset.center_bottom(), Align2::CENTER_BOTTOM, -up),
    ];
    for (place, align, direction) in edges {
        let text = words(texts, &orientation_letters(&direction));
        let galley = ui.painter().layout_no_wrap(text, FontId::proportional(20.0), theme::NOTICE);
        let letters = align.anchor_size(place, galley.size());
        // On a patch of their own, so that they are read over bone as well.
        ui.painter().rect_filled(letters.expand2(egui::vec2(6.0, 2.0)), 4, theme::VIEW.gamma_multiply(0.75));
        ui.painter().galley(letters.min, galley, theme::NOTICE);
    }
}

/// A single letter is written as the language writes it ("L 左"); combined ones stay letters.
fn words(texts: &Texts, letters: &str) -> String {
    let key = match letters {
        "A" => "direction-anterior",
        "P" => "direction-posterior",
        "L" => "direction-left",
        "R" => "direction-right",
        "S" => "direction-superior",
        "I" => "direction-inferior",
        _ => return letters.to_owned(),
    };
    texts.get(key)
}
