//! How clicks and calibration scatter what follows from them.

use super::FilmLandmarks;

/// Standard deviations of what a film is measured with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Of a click, along each axis, pixels.
    pub click_px: f64,
    /// Of the size of a pixel, share.
    pub calibration: f64,
}

/// Values and their standard deviations: each coordinate and the size of a pixel is moved by its own, and the effects are added as squares.
/// `None` where a value cannot be computed.
///
/// Clicks are taken as independent, the calibration as common to all lengths.
pub fn with_spread(
    landmarks: &FilmLandmarks,
    mm_per_pixel: f64,
    spread: Spread,
    values: impl Fn(&FilmLandmarks, f64) -> Option<Vec<f64>>,
) -> Option<Vec<[f64; 2]>> {
    let here = values(landmarks, mm_per_pixel)?;
    let mut variance = vec![0.0; here.len()];
    let mut add = |there: Option<Vec<f64>>| {
        let there = there?;
        variance.iter_mut().zip(there.iter().zip(&here)).for_each(|(sum, (there, here))| *sum += (there - here).powi(2));
        Some(())
    };
    add(values(landmarks, mm_per_pixel * (1.0 + spread.calibration)))?;
    let mut moved = landmarks.clone();
    for number in 0..moved.coordinates_mut().len() {
        *moved.coordinates_mut()[number] += spread.click_px;
        add(values(&moved, mm_per_pixel))?;
        moved.clone_from(landmarks);
    }
    Some(here.iter().zip(variance).map(|(value, variance)| [*value, variance.sqrt()]).collect())
}
