//! The film as a picture for the overlay.

use super::Radiograph;
use rayon::prelude::*;
use std::io;

/// Longest side of the picture in an overlay, pixels: enough to judge an edge, small enough to send.
const LONGEST: usize = 2000;

/// The film through its window as an 8-bit grey PNG without metadata; where it is larger than needed, means over squares of pixels. Also the
/// number of pixels a side of such a square.
pub(super) fn shades(film: &Radiograph) -> io::Result<(Vec<u8>, usize)> {
    let step = film.columns.max(film.rows).div_ceil(LONGEST);
    let (columns, rows) = (film.columns.div_ceil(step), film.rows.div_ceil(step));
    let [low, high] = film.window;
    let shade = |at: usize| {
        let (left, top) = (at % columns * step, at / columns * step);
        let (right, bottom) = ((left + step).min(film.columns), (top + step).min(film.rows));
        let sum: f32 = (top..bottom).map(|row| (left..right).map(|column| film.at(column, row)).sum::<f32>()).sum();
        let mean = sum / ((right - left) * (bottom - top)) as f32;
        (255.0 * ((mean - low) / (high - low).max(f32::MIN_POSITIVE)).clamp(0.0, 1.0)).round() as u8
    };
    let grey: Vec<u8> = (0..columns * rows).into_par_iter().map(shade).collect();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, columns as u32, rows as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().map_err(io::Error::other)?;
    writer.write_image_data(&grey).map_err(io::Error::other)?;
    writer.finish().map_err(io::Error::other)?;
    Ok((bytes, step))
}
