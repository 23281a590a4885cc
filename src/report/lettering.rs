//! Words upon pictures.

use super::Picture;
use ab_glyph::{Font, FontRef, PxScale, ScaleFont, point};
use thiserror::Error;

const FONT: &[u8] = include_bytes!("../../assets/fonts/NotoSansSC-subset.otf");

/// Why something cannot be written upon a picture.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LetteringError {
    /// The font cannot be read.
    #[error("the font that pictures are inscribed with cannot be read")]
    Font,
    /// A sign has no shape.
    #[error("the font that pictures are inscribed with has no '{0}'")]
    Sign(char),
}

fn font() -> Result<FontRef<'static>, LetteringError> {
    FontRef::try_from_slice(FONT).map_err(|_| LetteringError::Font)
}

/// How wide a line is, pixels; `size` is the height of its letters.
///
/// # Errors
/// When the font cannot be read.
pub fn width(text: &str, size: f64) -> Result<f64, LetteringError> {
    let font = font()?;
    let scaled = font.as_scaled(PxScale::from(size as f32));
    Ok(text.chars().map(|sign| f64::from(scaled.h_advance(scaled.glyph_id(sign)))).sum())
}

/// Writes white on a black ground, from the upper left corner of the first sign on.
///
/// # Errors
/// When the font cannot be read or lacks a sign.
pub fn write(picture: &mut Picture, text: &str, [x, y]: [f64; 2], size: f64) -> Result<(), LetteringError> {
    let font = font()?;
    let scaled = font.as_scaled(PxScale::from(size as f32));
    let wide = width(text, size)?;
    let ground = size * 0.12;
    for row in (y - ground).max(0.0) as usize..((y + size + ground) as usize).min(picture.height) {
        for column in (x - ground).max(0.0) as usize..((x + wide + ground) as usize).min(picture.width) {
            let at = 3 * (row * picture.width + column);
            picture.rgb[at..at + 3].fill(0);
        }
    }
    let mut pen = x as f32;
    for sign in text.chars() {
        let id = scaled.glyph_id(sign);
        if id.0 == 0 {
            return Err(LetteringError::Sign(sign));
        }
        let advance = scaled.h_advance(id);
        let glyph = id.with_scale_and_position(scaled.scale(), point(pen, y as f32 + scaled.ascent()));
        if let Some(outline) = font.outline_glyph(glyph) {
            let corner = outline.px_bounds().min;
            outline.draw(|right, down, share| {
                let (column, row) = (corner.x as i64 + i64::from(right), corner.y as i64 + i64::from(down));
                let (Ok(column), Ok(row)) = (usize::try_from(column), usize::try_from(row)) else { return };
                if column < picture.width && row < picture.height {
                    let at = 3 * (row * picture.width + column);
                    let ink = (255.0 * share.clamp(0.0, 1.0)) as u8;
                    picture.rgb[at..at + 3].iter_mut().for_each(|value| *value = (*value).max(ink));
                }
            });
        }
        pen += advance;
    }
    Ok(())
}
