//! The range of motion as bars: how far until implants touch, how far until bone does.

use crate::{i18n::Texts, motion::RomTable};
use std::fmt::Write;

const ROW: f64 = 26.0;
const LABEL: f64 = 190.0;
const WIDTH: f64 = 720.0;
/// Degrees at the right end of the plot.
const FULL_DEG: f64 = 180.0;

/// An SVG picture of the table.
#[must_use]
pub fn rom_plot(rom: &RomTable, texts: &Texts) -> String {
    let scale = (WIDTH - LABEL - 20.0) / FULL_DEG;
    let height = ROW * rom.rows.len() as f64 + 44.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"100%\" role=\"img\" font-size=\"12\">"
    );
    // Writing to a String cannot fail, hence the ignored results.
    for tick in (0..=180).step_by(30) {
        let x = LABEL + f64::from(tick) * scale;
        let end = height - 40.0;
        write!(svg, "<line x1=\"{x}\" x2=\"{x}\" y1=\"4\" y2=\"{end}\" stroke=\"#d5dae0\"/>").ok();
        write!(svg, "<text x=\"{x}\" y=\"{}\" text-anchor=\"middle\" fill=\"#56606b\">{tick}°</text>", end + 14.0).ok();
    }
    for (index, row) in rom.rows.iter().enumerate() {
        let y = 8.0 + ROW * index as f64;
        let name = texts.get(row.motion.key());
        write!(svg, "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{name}</text>", LABEL - 8.0, y + 13.0).ok();
        for (value, colour, offset) in [(row.implant_deg, "#3378c2", 0.0), (row.bone_deg, "#c9a35b", 9.0)] {
            if let Some(deg) = value {
                let width = deg.clamp(0.0, FULL_DEG) * scale;
                write!(svg, "<rect x=\"{LABEL}\" y=\"{}\" width=\"{width:.1}\" height=\"8\" fill=\"{colour}\"/>", y + offset)
                    .ok();
            }
        }
    }
    let y = height - 8.0;
    for (x, colour, key) in [(LABEL, "#3378c2", "rom-implant"), (LABEL + 150.0, "#c9a35b", "rom-bone")] {
        write!(svg, "<rect x=\"{x}\" y=\"{}\" width=\"12\" height=\"8\" fill=\"{colour}\"/>", y - 8.0).ok();
        write!(svg, "<text x=\"{}\" y=\"{y}\">{}</text>", x + 18.0, texts.get(key)).ok();
    }
    svg.push_str("</svg>");
    svg
}
