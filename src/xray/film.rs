//! The exposed film as a picture.

use super::{Attenuation, Beam, equalise::equalised};
use crate::report::{LetteringError, Picture, width, write};
use thiserror::Error;

/// The film's window, as shares of the pixels behind the patient, metal left aside so that films before and after look alike: the thinnest
/// soft tissue is black, the densest bone white.
const BLACK_QUANTILE: f64 = 0.02;
const WHITE_QUANTILE: f64 = 0.997;
/// The brightest that bone can be; the rest of the scale belongs to metal.
const BONE: f64 = 0.8;
/// Attenuation by metal after which two thirds of that rest are used: a shell shines through, its rim and a head are nearly white.
const METAL: f64 = 5.0;
/// Rays that lost less than this missed the patient.
const MISSED: f64 = 0.2;
/// Height of the letters of the side, and of the words below, as shares of the film's height.
const LETTER: f64 = 0.06;
const WORDS: f64 = 0.02;

/// What is written on a film.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inscription {
    /// At the left and right edge.
    pub letters: [char; 2],
    /// Below, from top to bottom.
    pub lines: Vec<String>,
}

/// Why a film cannot be drawn.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FilmError {
    /// No ray met anything.
    #[error("nothing lies between the tube and the film: the scan is empty where the film was aimed at")]
    Empty,
    /// The inscription cannot be written.
    #[error(transparent)]
    Lettering(#[from] LetteringError),
}

/// Draws what the rays lost (one a pixel of the beam) as a film: dense is white, thick and thin parts of the body are made alike as on digital
/// films, and the letters say which side is which. Greys are to be looked at, not to be measured.
///
/// # Errors
/// When nothing was met, or a sign of the inscription cannot be drawn.
pub fn film(beam: &Beam, attenuation: &[Attenuation], inscription: &Inscription) -> Result<Picture, FilmError> {
    let tissue: Vec<f64> = attenuation.iter().map(|loss| loss.tissue).collect();
    let hit: Vec<bool> = attenuation.iter().map(|loss| loss.total() > MISSED).collect();
    let even = equalised(&tissue, &hit, beam.columns, beam.settings.pixel_mm);
    let mut behind: Vec<f64> =
        even.iter().zip(attenuation).filter(|(_, a)| a.tissue > MISSED && a.metal == 0.0).map(|(e, _)| *e).collect();
    behind.sort_by(f64::total_cmp);
    let quantile = |share: f64| behind.get((share * (behind.len() as f64 - 1.0)) as usize).copied();
    let (black, white) = quantile(BLACK_QUANTILE).zip(quantile(WHITE_QUANTILE)).ok_or(FilmError::Empty)?;
    let grey = |even: f64, metal: f64| {
        let bone = BONE * ((even - black) / (white - black).max(1e-9)).clamp(0.0, 1.0);
        (255.0 * (1.0 - (1.0 - bone) * (-metal / METAL).exp())).round() as u8
    };
    let shade = |((loss, even), hit): ((&Attenuation, &f64), &bool)| if *hit { grey(*even, loss.metal) } else { 0 };
    let rgb = attenuation.iter().zip(&even).zip(&hit).flat_map(|pixel| [shade(pixel); 3]).collect();
    let mut picture = Picture { width: beam.columns, height: beam.rows, rgb };
    let height = beam.rows as f64;
    let margin = LETTER * height / 3.0;
    let [left, right] = inscription.letters.map(|letter| letter.to_string());
    let letter = LETTER * height;
    write(&mut picture, &left, [margin, margin], letter)?;
    let far = beam.columns as f64 - margin - width(&right, letter)?;
    write(&mut picture, &right, [far, margin], letter)?;
    for (line, text) in inscription.lines.iter().rev().enumerate() {
        let size = WORDS * height;
        // A line that is too long is written smaller rather than cut off.
        let shrunk = size * ((beam.columns as f64 - 2.0 * margin) / width(text, size)?).min(1.0);
        write(&mut picture, text, [margin, height - margin / 2.0 - 1.4 * size * (line as f64 + 1.0)], shrunk)?;
    }
    Ok(picture)
}
