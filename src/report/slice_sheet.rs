//! One slice of a CT as a picture for a reader: greys, outlines of bones and implants, letters, scale.

use super::{LetteringError, Picture, width, write, zone_plot::escaped};
use crate::{
    frames::orientation_letters,
    labels::Label,
    plan::ImplantPart,
    surface::FlatLine,
    volume::{
        GreyWindow, Volume,
        slice::{NOT_SCANNED, SlicePlane, SliceSize, slice},
    },
};
use base64::{Engine, engine::general_purpose::STANDARD};
use std::{fmt::Write, io};

/// Of a slice what was not scanned: not as black as air.
const OUTSIDE: [u8; 3] = [34, 40, 54];
const LETTERS: [u8; 3] = [232, 182, 96];
/// Width of an outline, and height of letters and words as shares of the shorter side.
const LINE_PIXELS: f64 = 1.6;
const LETTER: f64 = 0.04;
const WORDS: f64 = 0.022;
/// The longest of these lengths that takes no more than a quarter of the width is the scale bar, mm.
const BARS_MM: [f64; 7] = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0];

/// The outline of a bone in slices: of the hue that it has as a body, but strong enough to be seen on grey.
#[must_use]
pub const fn bone_outline(bone: Label) -> [u8; 3] {
    match bone {
        Label::Sacrum | Label::LumbarVertebra => [204, 128, 64],
        Label::FemurLeft | Label::FemurRight => [255, 232, 140],
        Label::Metal => [160, 170, 200],
        _ => [244, 170, 70],
    }
}

/// The outline of a part of the implant.
#[must_use]
pub const fn implant_outline(part: ImplantPart) -> [u8; 3] {
    match part {
        ImplantPart::Cup => [84, 168, 255],
        ImplantPart::Head => [250, 130, 168],
        ImplantPart::Stem => [110, 226, 240],
        ImplantPart::Augment => [160, 140, 255],
    }
}

/// A slice and what is drawn over it.
pub struct SliceSheet<'a> {
    /// The CT.
    pub volume: &'a Volume,
    /// Where it is cut.
    pub plane: SlicePlane,
    /// How large.
    pub size: SliceSize,
    /// Black and white.
    pub window: GreyWindow,
    /// Colours and lines, mm right of and above the middle.
    pub outlines: Vec<([u8; 3], Vec<FlatLine>)>,
    /// What stands below, from top to bottom.
    pub lines: Vec<String>,
}

impl SliceSheet<'_> {
    fn greys(&self) -> Picture {
        let hu = slice(self.volume, &self.plane, &self.size);
        let shade = |hu: i16| if hu == NOT_SCANNED { OUTSIDE } else { [self.window.grey(hu); 3] };
        let [width, height] = self.size.pixels;
        Picture { width, height, rgb: hu.into_iter().flat_map(shade).collect() }
    }

    /// Letters at the picture's left, right, top and bottom.
    #[must_use]
    pub fn letters(&self) -> [String; 4] {
        let (right, up) = (self.plane.right.into_inner(), self.plane.up.into_inner());
        [-right, right, up, -up].map(|direction| orientation_letters(&direction))
    }

    /// From mm right of and above the middle to pixels from the upper left corner.
    fn pixels(&self, [right_mm, up_mm]: [f64; 2]) -> [f64; 2] {
        let [width, height] = self.size.pixels.map(|pixels| pixels as f64);
        [width / 2.0 + right_mm / self.size.mm_per_pixel, height / 2.0 - up_mm / self.size.mm_per_pixel]
    }

    fn shorter(&self) -> f64 {
        self.size.pixels[0].min(self.size.pixels[1]) as f64
    }

    /// The scale bar: its length, mm, and its ends, pixels.
    fn bar(&self) -> Option<(f64, [[f64; 2]; 2])> {
        let [width, height] = self.size.pixels.map(|pixels| pixels as f64);
        let mm = BARS_MM.into_iter().rev().find(|mm| *mm <= width / 4.0 * self.size.mm_per_pixel)?;
        let from = [0.02 * width, height - (self.lines.len() as f64 * 1.4 + 1.2) * WORDS * self.shorter()];
        Some((mm, [from, [from[0] + mm / self.size.mm_per_pixel, from[1]]]))
    }

    /// The slice as one PNG.
    ///
    /// # Errors
    /// When a sign cannot be written, or the picture not be encoded.
    pub fn png(&self) -> Result<Vec<u8>, io::Error> {
        let mut picture = self.greys();
        for (colour, lines) in &self.outlines {
            for (line, closed) in lines {
                let seen: Vec<[f64; 2]> = line.iter().map(|mm| self.pixels(*mm)).collect();
                let ends = seen.iter().copied().cycle().skip(1).take(seen.len() - usize::from(!closed));
                seen.iter().zip(ends).for_each(|(from, to)| stroke(&mut picture, *from, to, LINE_PIXELS, *colour));
            }
        }
        if let Some((_, [from, to])) = self.bar() {
            stroke(&mut picture, from, to, 3.0, [255; 3]);
        }
        self.inscribe(&mut picture).map_err(io::Error::other)?;
        picture.png()
    }

    fn inscribe(&self, picture: &mut Picture) -> Result<(), LetteringError> {
        let [wide, high] = self.size.pixels.map(|pixels| pixels as f64);
        let (size, inset) = (LETTER * self.shorter(), 0.012 * self.shorter());
        for (text, [x, y]) in self.letters().iter().zip([[0.0, 0.5], [1.0, 0.5], [0.5, 0.0], [0.5, 1.0]]) {
            let room = [wide - width(text, size)? - 2.0 * inset, high - size - 2.0 * inset];
            // The lower letter stands above the words.
            let below = if y == 1.0 { self.lines.len() as f64 * 1.4 * WORDS * self.shorter() } else { 0.0 };
            write(picture, text, [inset + x * room[0], inset + y * room[1] - below], size)?;
        }
        let words = WORDS * self.shorter();
        if let Some((mm, [from, _])) = self.bar() {
            write(picture, &format!("{mm:.0} mm"), [from[0], from[1] - 1.6 * words], words)?;
        }
        for (number, line) in self.lines.iter().rev().enumerate() {
            let y = high - inset - 1.4 * words * (number as f64 + 1.0);
            // A line that is too long is written smaller rather than cut off.
            let shrunk = words * ((wide - 2.0 * inset) / width(line, words)?).min(1.0);
            write(picture, line, [inset, y], shrunk)?;
        }
        Ok(())
    }

    /// The slice as one SVG in millimetres: printed at 100 % it is in true size. Outlines stay lines, and can be hidden or measured.
    ///
    /// # Errors
    /// When the greys cannot be encoded.
    pub fn svg(&self) -> Result<String, io::Error> {
        let [wide, high] = self.size.pixels.map(|pixels| pixels as f64 * self.size.mm_per_pixel);
        let shorter = wide.min(high);
        let (size, words) = (LETTER * shorter, WORDS * shorter);
        let strip = (self.lines.len() as f64 * 1.4 + 0.6) * words;
        let total = high + strip;
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{wide:.2}mm\" height=\"{total:.2}mm\" viewBox=\"0 0 {wide:.3} {total:.3}\" \
             font-family=\"sans-serif\"><rect width=\"100%\" height=\"100%\" fill=\"#10161c\"/><image width=\"{wide:.3}\" \
             height=\"{high:.3}\" preserveAspectRatio=\"none\" href=\"data:image/png;base64,{}\"/><g fill=\"none\" stroke-width=\"{:.3}\">",
            STANDARD.encode(self.greys().png()?),
            LINE_PIXELS * self.size.mm_per_pixel,
        );
        // Writing to a String cannot fail, hence the ignored results.
        for ([r, g, b], lines) in &self.outlines {
            for (line, closed) in lines {
                let name = if *closed { "polygon" } else { "polyline" };
                write!(svg, "<{name} stroke=\"#{r:02x}{g:02x}{b:02x}\" points=\"").ok();
                for [right, up] in line {
                    write!(svg, "{:.3},{:.3} ", wide / 2.0 + right, high / 2.0 - up).ok();
                }
                svg.push_str("\"/>");
            }
        }
        svg.push_str("</g>");
        let [r, g, b] = LETTERS;
        let places = [(0.01, 0.5, "start"), (0.99, 0.5, "end"), (0.5, 0.01, "middle"), (0.5, 0.99, "middle")];
        for (text, (x, y, anchor)) in self.letters().iter().zip(places) {
            let (x, y) = (x * wide, y * high + (1.0 - y) * size * 0.8);
            write!(svg, "<text x=\"{x:.2}\" y=\"{y:.2}\" font-size=\"{size:.2}\" text-anchor=\"{anchor}\" fill=\"#{r:02x}{g:02x}{b:02x}\">{text}</text>").ok();
        }
        if let Some((mm, _)) = self.bar() {
            let (x, y) = (0.02 * wide, 0.97 * high);
            write!(svg, "<path d=\"M{x:.3} {y:.3}h{mm}\" stroke=\"#fff\" stroke-width=\"{:.3}\"/>", words / 5.0).ok();
            write!(svg, "<text x=\"{x:.2}\" y=\"{:.2}\" font-size=\"{words:.2}\" fill=\"#fff\">{mm} mm</text>", y - words / 2.0)
                .ok();
        }
        for (number, text) in self.lines.iter().enumerate() {
            let y = high + (number as f64 + 1.0) * 1.4 * words;
            write!(svg, "<text x=\"{words:.2}\" y=\"{y:.2}\" font-size=\"{words:.2}\" fill=\"#e8eef2\">{}</text>", escaped(text))
                .ok();
        }
        svg.push_str("</svg>");
        Ok(svg)
    }
}

/// A straight stroke with soft edges.
fn stroke(picture: &mut Picture, from: [f64; 2], to: [f64; 2], width: f64, colour: [u8; 3]) {
    let way = [to[0] - from[0], to[1] - from[1]];
    let squared = (way[0] * way[0] + way[1] * way[1]).max(1e-12);
    let reach = width / 2.0 + 1.0;
    let range =
        |a: f64, b: f64, most: usize| (a.min(b) - reach).max(0.0) as usize..((a.max(b) + reach).max(0.0) as usize + 1).min(most);
    for row in range(from[1], to[1], picture.height) {
        for column in range(from[0], to[0], picture.width) {
            let at = [column as f64 + 0.5 - from[0], row as f64 + 0.5 - from[1]];
            let along = ((at[0] * way[0] + at[1] * way[1]) / squared).clamp(0.0, 1.0);
            let away = (at[0] - along * way[0]).hypot(at[1] - along * way[1]);
            let ink = (width / 2.0 + 0.5 - away).clamp(0.0, 1.0);
            let first = 3 * (row * picture.width + column);
            for (value, wanted) in picture.rgb[first..first + 3].iter_mut().zip(colour) {
                *value = (f64::from(*value) + (f64::from(wanted) - f64::from(*value)) * ink).round() as u8;
            }
        }
    }
}
