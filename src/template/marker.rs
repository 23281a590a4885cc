//! The marker ball: a metal sphere of known diameter in the plane of the hip.

use super::{Radiograph, TemplateError, marker_fit::fit, marker_search::candidates};
use std::ops::RangeInclusive;

/// Radii that are looked for where nothing is known about the size of pixels, as shares of the picture's longer side: balls of 20 to 40 mm on
/// films of 20 to 45 cm.
const RADII: [f64; 2] = [0.012, 0.12];
/// Magnifications that are looked for where the detector's pixels are known.
const MAGNIFICATIONS: [f64; 2] = [0.98, 1.5];

/// A marker ball on the film, pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ball {
    /// Its centre.
    pub centre: [f64; 2],
    /// Its diameter.
    pub diameter: f64,
    /// Standard deviation of the diameter.
    pub diameter_sd: f64,
    /// True when a person gave it.
    pub by_hand: bool,
}

/// Finds the ball: discs by a Hough transform of the gradient (Kimme et al. 1975, 10.1145/360666.360677), each then fitted as the shadow of
/// a sphere; one whose edge is whole and whose inside is denser than all around is a ball.
///
/// # Errors
/// When none or several are found.
pub fn find_ball(film: &Radiograph, diameter_mm: f64) -> Result<Ball, TemplateError> {
    let mut balls: Vec<Ball> = Vec::new();
    for disc in candidates(film, &radii(film, diameter_mm)) {
        let Some(ball) = fit(film, &disc) else { continue };
        let apart = |other: &Ball| (other.centre[0] - ball.centre[0]).hypot(other.centre[1] - ball.centre[1]);
        if balls.iter().all(|other| apart(other) > (ball.diameter + other.diameter) / 4.0) {
            balls.push(ball);
        }
    }
    match balls.as_slice() {
        [] => Err(TemplateError::NoMarker),
        [ball] => Ok(*ball),
        several => Err(TemplateError::SeveralMarkers(several.iter().map(|b| [b.centre[0], b.centre[1], b.diameter]).collect())),
    }
}

fn radii(film: &Radiograph, diameter_mm: f64) -> RangeInclusive<f64> {
    let longest = film.columns.max(film.rows) as f64;
    let known = film.stated.as_ref().and_then(|stated| stated.imager_pixel_mm);
    let [low, high] = known.map_or(RADII.map(|share| share * longest), |pixel_mm| {
        MAGNIFICATIONS.map(|factor| factor * diameter_mm / 2.0 / pixel_mm)
    });
    low.max(4.0)..=high.min(longest / 4.0)
}

impl Ball {
    /// Standard deviation of a click on its edge, pixels.
    const CLICK_PX: f64 = 1.0;

    /// The ball that a person gave, in pixels.
    ///
    /// # Errors
    /// When it does not lie within the picture.
    pub fn by_hand(film: &Radiograph, centre: [f64; 2], diameter: f64) -> Result<Self, TemplateError> {
        let [x, y] = centre;
        let corners = [-diameter / 2.0, diameter / 2.0].map(|way| [x + way, y + way]);
        if !(diameter.is_finite() && diameter > 2.0 && corners.into_iter().all(|corner| film.holds(corner))) {
            let (columns, rows) = (film.columns, film.rows);
            return Err(TemplateError::MarkerOutside { x, y, diameter, columns, rows });
        }
        Ok(Self { centre, diameter, diameter_sd: Self::CLICK_PX * std::f64::consts::SQRT_2, by_hand: true })
    }
}
