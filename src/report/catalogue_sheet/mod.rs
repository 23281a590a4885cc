//! A family of implants on one sheet, in millimetres, so that a print at 100 % lies over a film of that magnification or beside a bone.

mod parts;
mod stems;

use crate::{
    DISCLAIMER,
    implants::{Catalogue, PartKind},
};
use std::fmt::Write;

/// Edge of the sheet, height of its title, and height of a line of words, mm.
const MARGIN: f64 = 8.0;
const TITLE: f64 = 20.0;
const LINE_MM: f64 = 4.0;
/// Width of a letter, mm.
const LETTER_MM: f64 = 1.7;
/// Length of the bar that a print is checked with, mm.
const RULER: f64 = 50.0;
/// Widest sheet that is not begun a new row for, mm.
const WIDE: f64 = 800.0;
const LINE: &str = "fill=\"none\" stroke=\"#1c2733\" stroke-width=\"0.35\"";
const METAL: &str = "fill=\"#dfe4ea\" stroke=\"#1c2733\" stroke-width=\"0.35\"";
const POLYETHYLENE: &str = "fill=\"#f4ead0\" stroke=\"#1c2733\" stroke-width=\"0.35\"";

/// The sheets of a catalogue as SVG, by file name: one for each family; of a catalogue without families, for each kind of part.
#[must_use]
pub fn catalogue_sheets(catalogue: &Catalogue) -> Vec<(String, String)> {
    let mut sheets = Vec::new();
    let mut draw = |family: &str, file: &str, name: &str, kind: PartKind, frame: &str| {
        let drawn = drawn(catalogue, family, kind);
        if !drawn.is_empty() {
            let title = format!("{} · {name}", catalogue.title());
            sheets.push((format!("{file}.svg"), sheet(&title, frame, &drawn)));
        }
    };
    for family in &catalogue.families {
        draw(&family.id, &family.id, &family.name, family.kind, &family.frame);
    }
    if catalogue.families.is_empty() {
        for (file, kind) in [("cups", PartKind::Cup), ("heads", PartKind::Head), ("stems", PartKind::Stem)] {
            draw("", file, file, kind, "");
        }
    }
    sheets
}

/// The parts of a family.
fn drawn(catalogue: &Catalogue, family: &str, kind: PartKind) -> Vec<Drawn> {
    match kind {
        PartKind::Cup => catalogue.all_cups().filter(|cup| cup.family == family).map(parts::cup).collect(),
        PartKind::Liner => catalogue.all_liners().filter(|liner| liner.family == family).map(parts::liner).collect(),
        PartKind::Head => catalogue.all_heads().filter(|head| head.family == family).map(parts::head).collect(),
        PartKind::Stem => stems::stems(&catalogue.all_stems().filter(|stem| stem.family == family).collect::<Vec<_>>()),
        PartKind::Augment => catalogue.all_augments().filter(|augment| augment.family == family).map(parts::augment).collect(),
    }
}

/// One implant: what is drawn about its own origin (x to the right, y down), the box that holds it, and lines of words. mm.
struct Drawn {
    svg: String,
    low: [f64; 2],
    high: [f64; 2],
    words: Vec<String>,
}

fn sheet(title: &str, frame: &str, drawn: &[Drawn]) -> String {
    let size = |axis: usize| drawn.iter().map(|d| d.high[axis] - d.low[axis]).fold(0.0, f64::max) + MARGIN;
    let lines = drawn.iter().map(|d| d.words.len()).max().unwrap_or_default() as f64;
    let words = lines * LINE_MM + 2.0;
    let longest = drawn.iter().flat_map(|d| &d.words).map(|words| words.chars().count()).max().unwrap_or_default() as f64;
    let cell = [size(0).max(longest * LETTER_MM + MARGIN / 2.0), size(1) + words];
    let most = ((WIDE - 2.0 * MARGIN) / cell[0]).floor().max(1.0);
    let columns = (drawn.len() as f64 * cell[1] / cell[0]).sqrt().ceil().clamp(1.0, most) as usize;
    let rows = drawn.len().div_ceil(columns);
    let (width, height) =
        ((2.0 * MARGIN + columns as f64 * cell[0]).max(190.0), 2.0 * MARGIN + TITLE + rows as f64 * cell[1] + LINE_MM);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.1}mm\" height=\"{height:.1}mm\" viewBox=\"0 0 {width:.1} {height:.1}\" \
         font-family=\"sans-serif\" font-size=\"3\"><rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>"
    );
    // Writing to a String cannot fail, hence the ignored results.
    write!(svg, "<text x=\"{MARGIN}\" y=\"{}\" font-size=\"5\">{}</text>", MARGIN + 4.0, escaped(title)).ok();
    write!(svg, "<text x=\"{MARGIN}\" y=\"{}\">{DISCLAIMER}</text>", MARGIN + 9.0).ok();
    write!(svg, "<text x=\"{MARGIN}\" y=\"{}\" font-size=\"2\">{}</text>", MARGIN + 13.0, escaped(frame)).ok();
    for (number, implant) in drawn.iter().enumerate() {
        let (x, y) = (MARGIN + (number % columns) as f64 * cell[0], MARGIN + TITLE + (number / columns) as f64 * cell[1]);
        let middle = x + cell[0] / 2.0;
        let shift = middle - f64::midpoint(implant.low[0], implant.high[0]);
        write!(svg, "<g transform=\"translate({shift:.3} {:.3})\">{}</g>", y - implant.low[1], implant.svg).ok();
        let below = y + cell[1] - words - MARGIN / 2.0;
        for (line, words) in implant.words.iter().enumerate() {
            let at = below + LINE_MM * (line as f64 + 1.0);
            write!(svg, "<text x=\"{middle:.1}\" y=\"{at:.1}\" text-anchor=\"middle\">{}</text>", escaped(words)).ok();
        }
    }
    let foot = height - MARGIN;
    write!(svg, "<path d=\"M {MARGIN} {foot} v -2 M {MARGIN} {foot} h {RULER} v -2\" {LINE}/>").ok();
    write!(svg, "<text x=\"{}\" y=\"{foot}\">{RULER} mm on a print at 100 %</text></svg>", MARGIN + RULER + 3.0).ok();
    svg
}

fn points(line: &[[f64; 2]]) -> String {
    line.iter().map(|[x, y]| format!("{x:.3},{y:.3}")).collect::<Vec<_>>().join(" ")
}

/// A length as short as it can be written.
fn mm(length: f64) -> String {
    format!("{}", (length * 1000.0).round() / 1000.0)
}

/// Text as XML holds it: names and ids come from a file.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
