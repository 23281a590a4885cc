//! A stem's surface unrolled: where it touches the cortex.

use crate::{DISCLAIMER, i18n::Texts, plan::assessment::ContactMap};
use std::fmt::Write;

const LEFT: f64 = 52.0;
const TOP: f64 = 20.0;
const COLUMN: f64 = 9.0;
const ROW: f64 = 6.0;
/// Upper ends of the gaps of one colour, mm, with the colour and its key in the language files; beyond the last it is pale.
const COLOURS: [(f64, &str, &str); 4] = [
    (0.0, "#c0392b", "assess-gap-in-cortex"),
    (0.5, "#16407a", "assess-gap-contact"),
    (2.0, "#7ba7d8", "assess-gap-near"),
    (f64::INFINITY, "#dce8f5", "assess-gap-far"),
];

/// An SVG picture of the map; columns from lateral by way of anterior, medial and posterior, rows from the shoulder to the tip.
#[must_use]
pub fn contact_plot(map: &ContactMap, texts: &Texts) -> String {
    let (rows, columns) = (map.distal_mm.len(), map.turn_deg.len());
    let (width, height) = (LEFT + COLUMN * columns as f64 + 130.0, TOP + ROW * rows as f64 + 26.0);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"100%\" role=\"img\" font-size=\"10\">"
    );
    // Writing to a String cannot fail, hence the ignored results.
    for quarter in 0..4_usize {
        let key = ["assess-lateral", "assess-anterior", "assess-medial", "assess-posterior"][quarter];
        let x = LEFT + COLUMN * (columns * quarter) as f64 / 4.0 + COLUMN / 2.0;
        write!(svg, "<text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>", TOP - 7.0, texts.get(key)).ok();
    }
    for row in 0..rows {
        let y = TOP + ROW * row as f64;
        if row % 4 == 0 {
            let level = map.level_mm[row];
            write!(
                svg,
                "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#56606b\">{level:.0} mm</text>",
                LEFT - 5.0,
                y + 6.0
            )
            .ok();
        }
        for column in 0..columns {
            let fill = map.at(row, column).map_or("#ffffff", |cell| colour(cell.gap_mm));
            let x = LEFT + COLUMN * column as f64;
            write!(svg, "<rect x=\"{x}\" y=\"{y}\" width=\"{COLUMN}\" height=\"{ROW}\" fill=\"{fill}\"/>").ok();
        }
    }
    write!(
        svg,
        "<rect x=\"{LEFT}\" y=\"{TOP}\" width=\"{}\" height=\"{}\" fill=\"none\" stroke=\"#56606b\" stroke-width=\"0.6\"/>",
        COLUMN * columns as f64,
        ROW * rows as f64
    )
    .ok();
    for (at, (_, colour, key)) in COLOURS.iter().enumerate() {
        let (x, y) = (LEFT + COLUMN * columns as f64 + 10.0, TOP + 16.0 * at as f64);
        write!(svg, "<rect x=\"{x}\" y=\"{y}\" width=\"12\" height=\"9\" fill=\"{colour}\"/>").ok();
        write!(svg, "<text x=\"{}\" y=\"{}\">{}</text>", x + 17.0, y + 8.0, texts.get(key)).ok();
    }
    write!(svg, "<text x=\"{LEFT}\" y=\"{:.0}\" fill=\"#56606b\" font-size=\"7\">{DISCLAIMER}</text></svg>", height - 8.0).ok();
    svg
}

fn colour(gap_mm: f64) -> &'static str {
    COLOURS.iter().find(|(end, ..)| gap_mm <= *end).map_or("#dce8f5", |(_, colour, _)| colour)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_gap_has_the_colour_of_its_range() {
        assert_eq!([-0.2, 0.3, 1.0, 9.0].map(colour), ["#c0392b", "#16407a", "#7ba7d8", "#dce8f5"]);
    }
}
