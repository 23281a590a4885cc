//! Orientation letters at the edges of the view, as on a radiograph.

use crate::{app::theme, i18n::Texts};
use egui::{Align2, FontId, Pos2, Rect, Ui};
use nalgebra::Vector3;

/// The letters of a direction in LPS, the largest part first: `S`, `LA`, … as DICOM's Patient Orientation. Parts below a third
/// of the whole are left out.
#[must_use]
pub fn orientation_letters(lps: &Vector3<f64>) -> String {
    let names = [['L', 'R'], ['P', 'A'], ['S', 'I']];
    let mut parts: Vec<(f64, char)> =
        lps.iter().zip(names).map(|(&v, [plus, minus])| (v.abs(), if v > 0.0 { plus } else { minus })).collect();
    parts.sort_by(|a, b| b.0.total_cmp(&a.0));
    let least = lps.norm() / 3.0;
    parts.iter().filter(|(size, _)| *size > least).map(|(_, letter)| letter).collect()
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_part_of_a_direction_comes_first() {
        assert_eq!(orientation_letters(&Vector3::x()), "L");
        assert_eq!(orientation_letters(&-Vector3::x()), "R");
        assert_eq!(orientation_letters(&Vector3::y()), "P");
        assert_eq!(orientation_letters(&Vector3::new(0.2, -0.4, 0.8)), "SA");
        assert_eq!(orientation_letters(&Vector3::new(-0.7, -0.6, -0.4)), "RAI");
    }
}
