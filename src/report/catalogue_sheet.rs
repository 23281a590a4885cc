//! A family of implants on one sheet, in millimetres, so that a print at 100 % lies over a film of that magnification or beside a bone.

use crate::{
    DISCLAIMER,
    implants::{
        Catalogue, Cup, Head, OffsetOption, Stem,
        geometry::{FrontalStem, frontal_stem},
    },
};
use std::fmt::Write;

/// Edge of the sheet, height of its title, and height of the words below each implant, mm.
const MARGIN: f64 = 8.0;
const TITLE: f64 = 16.0;
const WORDS: f64 = 10.0;
/// Length of the bar that a print is checked with, mm.
const RULER: f64 = 50.0;
const LINE: &str = "fill=\"none\" stroke=\"#1c2733\" stroke-width=\"0.35\"";

/// The sheets of a catalogue as SVG, by file name: cups, heads, and the stems of each neck option.
#[must_use]
pub fn catalogue_sheets(catalogue: &Catalogue) -> Vec<(&'static str, String)> {
    let stems = |option| catalogue.stems.iter().filter(move |stem| stem.offset_option == option).map(drawn_stem).collect();
    let families: [(&str, &str, Vec<Drawn>); 4] = [
        ("cups.svg", "hemispherical cups, half sections", catalogue.cups.iter().map(drawn_cup).collect()),
        ("heads.svg", "heads", catalogue.heads.iter().map(drawn_head).collect()),
        ("stems-standard.svg", "stems, standard offset, right hip from the front", stems(OffsetOption::Standard)),
        ("stems-high.svg", "stems, high offset, right hip from the front", stems(OffsetOption::High)),
    ];
    let there = families.into_iter().filter(|(_, _, drawn)| !drawn.is_empty());
    there.map(|(file, name, drawn)| (file, sheet(&format!("{} · {name}", catalogue.title()), &drawn))).collect()
}

/// One implant: what is drawn about its own origin (x to the right, y down), the box that holds it, and two lines of words. mm.
struct Drawn {
    svg: String,
    low: [f64; 2],
    high: [f64; 2],
    words: [String; 2],
}

fn drawn_cup(cup: &Cup) -> Drawn {
    let (outer, bearing, rim) = (cup.outer_diameter_mm / 2.0, cup.head_diameter_mm / 2.0, -cup.rim_height_mm);
    let shell = outer - cup.shell_thickness_mm;
    let arc = |radius: f64| format!("M {:.3} 0 A {radius:.3} {radius:.3} 0 0 0 {radius:.3} 0", -radius);
    let mut svg = String::new();
    // Writing to a String cannot fail, hence the ignored results.
    for radius in [outer, shell, bearing] {
        write!(svg, "<path d=\"{}\" {LINE}/>", arc(radius)).ok();
    }
    write!(
        svg,
        "<path d=\"M {:.3} 0 V {rim:.3} H {:.3} V 0 M {bearing:.3} 0 V {rim:.3} H {outer:.3} V 0\" {LINE}/>",
        -outer, -bearing
    )
    .ok();
    let words = [
        format!("{} · Ø {} mm · head {} mm", cup.id, cup.outer_diameter_mm, cup.head_diameter_mm),
        format!("shell {} mm, polyethylene {:.2} mm", cup.shell_thickness_mm, cup.polyethylene_mm()),
    ];
    Drawn { svg, low: [-outer, rim.min(0.0)], high: [outer, outer], words }
}

fn drawn_head(head: &Head) -> Drawn {
    let radius = head.diameter_mm / 2.0;
    let svg = format!(
        "<circle r=\"{radius:.3}\" {LINE}/><path d=\"M -2 0 H 2 M 0 -2 V 2\" {LINE}/><path d=\"M -6 {0:.3} H 6\" {LINE}/>",
        head.offset_mm
    );
    let words = [head.id.clone(), format!("Ø {} mm, offset {:+} mm", head.diameter_mm, head.offset_mm)];
    Drawn { svg, low: [-radius; 2], high: [radius; 2], words }
}

fn drawn_stem(stem: &Stem) -> Drawn {
    let FrontalStem { body, neck, resection, head } = frontal_stem(stem);
    let points = |line: &[[f64; 2]]| line.iter().map(|[x, y]| format!("{x:.3},{y:.3}")).collect::<Vec<_>>().join(" ");
    let mut svg = String::new();
    write!(svg, "<polygon points=\"{}\" {LINE}/><polyline points=\"{}\" {LINE}/>", points(&body), points(&neck)).ok();
    write!(svg, "<polyline points=\"{}\" {LINE} stroke-dasharray=\"1.5 1\"/>", points(&resection)).ok();
    write!(svg, "<path d=\"M {0:.3} {1:.3} h 4 m -2 -2 v 4\" {LINE}/>", head[0] - 2.0, head[1]).ok();
    write!(svg, "<path d=\"M 0 {:.3} V {:.3}\" {LINE} stroke-dasharray=\"4 1 1 1\"/>", head[1], stem.tip_mm()).ok();
    let drawn = body.iter().chain(&neck).chain(&resection);
    let edge = |axis: usize, pick: fn(f64, f64) -> f64| drawn.clone().map(|p| p[axis]).fold(head[axis], pick);
    let offset = stem.neck_length_mm * stem.neck_shaft_angle_deg.to_radians().sin();
    let words = [stem.id.clone(), format!("{}°, offset {offset:.1} mm", stem.neck_shaft_angle_deg)];
    Drawn { svg, low: [edge(0, f64::min), edge(1, f64::min)], high: [edge(0, f64::max), edge(1, f64::max)], words }
}

fn sheet(title: &str, drawn: &[Drawn]) -> String {
    let size = |axis: usize| drawn.iter().map(|d| d.high[axis] - d.low[axis]).fold(0.0, f64::max) + MARGIN;
    let cell = [size(0).max(46.0), size(1) + WORDS];
    let columns = (drawn.len() as f64 * cell[1] / cell[0]).sqrt().ceil().max(1.0) as usize;
    let rows = drawn.len().div_ceil(columns);
    let (width, height) =
        ((2.0 * MARGIN + columns as f64 * cell[0]).max(190.0), 2.0 * MARGIN + TITLE + rows as f64 * cell[1] + WORDS);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.1}mm\" height=\"{height:.1}mm\" viewBox=\"0 0 {width:.1} {height:.1}\" \
         font-family=\"sans-serif\" font-size=\"3\"><rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>"
    );
    write!(svg, "<text x=\"{MARGIN}\" y=\"{}\" font-size=\"5\">{}</text>", MARGIN + 4.0, escaped(title)).ok();
    write!(svg, "<text x=\"{MARGIN}\" y=\"{}\">{DISCLAIMER}</text>", MARGIN + 9.0).ok();
    for (number, implant) in drawn.iter().enumerate() {
        let (x, y) = (MARGIN + (number % columns) as f64 * cell[0], MARGIN + TITLE + (number / columns) as f64 * cell[1]);
        let middle = x + cell[0] / 2.0;
        let shift = middle - (implant.low[0] + implant.high[0]) / 2.0;
        write!(svg, "<g transform=\"translate({shift:.3} {:.3})\">{}</g>", y - implant.low[1], implant.svg).ok();
        let below = y + cell[1] - WORDS - MARGIN / 2.0;
        for (line, words) in implant.words.iter().enumerate() {
            let at = below + 4.0 * (line as f64 + 1.0);
            write!(svg, "<text x=\"{middle:.1}\" y=\"{at:.1}\" text-anchor=\"middle\">{}</text>", escaped(words)).ok();
        }
    }
    let foot = height - MARGIN;
    write!(svg, "<path d=\"M {MARGIN} {foot} v -2 M {MARGIN} {foot} h {RULER} v -2\" {LINE}/>").ok();
    write!(svg, "<text x=\"{}\" y=\"{foot}\">{RULER} mm on a print at 100 %</text></svg>", MARGIN + RULER + 3.0).ok();
    svg
}

/// Text as XML holds it: names and ids come from a file.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
