//! The bone under a cup: its hemisphere laid flat, the pole in the middle and the edge outside, as a clock face.

use crate::{
    DISCLAIMER,
    i18n::Texts,
    plan::assessment::{CupAssessment, CupMapCell},
};
use std::{f64::consts::TAU, fmt::Write};

const SIZE: f64 = 420.0;
const MIDDLE: f64 = SIZE / 2.0;
/// Room below for what the colours mean and what this is not.
const FOOT: f64 = 44.0;
/// Radius of the cup's edge; hours stand outside it.
const EDGE: f64 = 140.0;
/// Bone of this thickness and more has the deepest colour, mm.
const DEEP_MM: f64 = 20.0;
const BARE: &str = "#e9b0a5";

/// An SVG picture of coverage, bone depth and screws; empty without a map. 12 is superior, 3 anterior on both sides, so that a left hip is
/// drawn as the right one that it mirrors.
#[must_use]
pub fn cup_plot(cup: &CupAssessment, texts: &Texts) -> String {
    let Some(map) = &cup.map else { return String::new() };
    let place = |hour: f64, from_pole_deg: f64| {
        let (sin, cos) = (hour / 12.0 * TAU).sin_cos();
        let radius = from_pole_deg / 90.0 * EDGE;
        (MIDDLE + radius * sin, MIDDLE - radius * cos)
    };
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {SIZE} {}\" width=\"100%\" role=\"img\" font-size=\"12\" text-anchor=\"middle\">",
        SIZE + FOOT
    );
    let (rows, columns) = (map.from_pole_deg.len(), map.hours.len());
    let (half_row, half_hour) = (45.0 / rows as f64, 6.0 / columns as f64);
    // Writing to a String cannot fail, hence the ignored results.
    for (row, from_pole) in map.from_pole_deg.iter().enumerate() {
        for (column, hour) in map.hours.iter().enumerate() {
            let Some(cell) = map.at(row, column) else { continue };
            let corners = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)]
                .map(|(aside, out)| place(hour + aside * half_hour, from_pole + out * half_row));
            let points: String = corners.iter().map(|(x, y)| format!("{x:.1},{y:.1} ")).collect();
            let colour = colour(cell);
            write!(svg, "<polygon points=\"{points}\" fill=\"{colour}\" stroke=\"{colour}\" stroke-width=\"0.4\"/>").ok();
        }
    }
    for ring in [30.0, 60.0, 90.0] {
        let radius = ring / 90.0 * EDGE;
        write!(
            svg,
            "<circle cx=\"{MIDDLE}\" cy=\"{MIDDLE}\" r=\"{radius:.1}\" fill=\"none\" stroke=\"#56606b\" stroke-width=\"0.6\"/>"
        )
        .ok();
        write!(svg, "<text x=\"{MIDDLE}\" y=\"{:.1}\" fill=\"#1d252d\" font-size=\"8\">{ring:.0}°</text>", MIDDLE - radius + 9.0)
            .ok();
    }
    for hour in 1..=12 {
        let (x, y) = place(f64::from(hour), 98.0);
        write!(svg, "<text x=\"{x:.1}\" y=\"{:.1}\">{hour}</text>", y + 4.0).ok();
    }
    for (number, screw) in (1..).zip(&cup.screws) {
        let (x, y) = place(screw.hole.hour, screw.hole.from_pole_deg);
        let fill = if screw.quadrant.is_anterior() { "#c0392b" } else { "#1d252d" };
        write!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"7\" fill=\"{fill}\" stroke=\"#fff\"/>").ok();
        write!(svg, "<text x=\"{x:.1}\" y=\"{:.1}\" fill=\"#fff\" font-size=\"9\">{number}</text>", y + 3.0).ok();
    }
    for (y, key) in [(34.0, "assess-superior"), (SIZE - 14.0, "assess-inferior")] {
        write!(svg, "<text x=\"{MIDDLE}\" y=\"{y}\" fill=\"#56606b\" font-size=\"10\">{}</text>", texts.get(key)).ok();
    }
    for (x, anchor, key) in [(SIZE - 2.0, "end", "assess-anterior"), (2.0, "start", "assess-posterior")] {
        let y = MIDDLE + 4.0;
        write!(
            svg,
            "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\" fill=\"#56606b\" font-size=\"10\">{}</text>",
            texts.get(key)
        )
        .ok();
    }
    let y = SIZE + 12.0;
    let legend = [
        (BARE.to_owned(), texts.get("assess-bare")),
        (shade(0.0), "0 mm".to_owned()),
        (shade(0.5), format!("{:.0} mm", DEEP_MM / 2.0)),
        (shade(1.0), format!("≥ {DEEP_MM:.0} mm")),
    ];
    for (x, (colour, text)) in [10.0, 150.0, 210.0, 280.0].into_iter().zip(legend) {
        write!(svg, "<rect x=\"{x}\" y=\"{}\" width=\"12\" height=\"9\" fill=\"{colour}\"/>", y - 8.0).ok();
        write!(svg, "<text x=\"{}\" y=\"{y}\" text-anchor=\"start\" font-size=\"10\">{text}</text>", x + 16.0).ok();
    }
    write!(svg, "<text x=\"{MIDDLE}\" y=\"{:.0}\" fill=\"#56606b\" font-size=\"7\">{DISCLAIMER}</text></svg>", SIZE + 30.0).ok();
    svg
}

fn colour(cell: &CupMapCell) -> String {
    if cell.covered { shade(cell.depth_mm / DEEP_MM) } else { BARE.into() }
}

/// From pale to deep blue.
fn shade(part: f64) -> String {
    let part = part.clamp(0.0, 1.0);
    let channel = |pale: f64, deep: f64| (pale + (deep - pale) * part).round() as u8;
    format!("#{:02x}{:02x}{:02x}", channel(220.0, 22.0), channel(232.0, 62.0), channel(245.0, 120.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        i18n::Language,
        plan::assessment::{CupMap, CupMapCell},
    };

    #[test]
    fn bare_metal_and_bone_differ_and_the_disclaimer_is_there() {
        let cell = |covered| CupMapCell { gap_mm: Some(0.0), depth_mm: 40.0, covered };
        let map = CupMap { hours: vec![0.0, 6.0], from_pole_deg: vec![45.0], cells: vec![cell(true), cell(false)] };
        let cup = CupAssessment { hours: Vec::new(), screws: Vec::new(), zones: Vec::new(), map: Some(map) };
        let svg = cup_plot(&cup, &Texts::new(Language::English));
        assert!(svg.contains(DISCLAIMER) && svg.matches("<polygon").count() == 2);
        assert!(svg.contains(&format!("fill=\"{BARE}\"")) && svg.contains("fill=\"#163e78\""), "{svg}");
        assert!(cup_plot(&CupAssessment { map: None, ..cup }, &Texts::new(Language::English)).is_empty());
    }
}
