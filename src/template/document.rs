//! All that comes of a film, its clicks and its calibration.

use super::{
    Calibration, Choice, Figure, Figures, FilmLandmarks, FilmPlane, Planned, Radiograph, Spread, TemplateError, Wanted, choose,
    plane::StemPlace, with_spread,
};
use crate::{frames::Side, implants::Catalogue};

/// Inclinations that a cup may be drawn with, degrees.
const INCLINATIONS: std::ops::RangeInclusive<f64> = 0.0..=90.0;
/// Spreads of a click, mm.
const CLICKS_MM: std::ops::RangeInclusive<f64> = 0.0..=20.0;

/// What a template is made of.
#[derive(Clone, Debug)]
pub struct TemplateRequest<'a> {
    /// The film.
    pub film: &'a Radiograph,
    /// The clicks on it.
    pub landmarks: &'a FilmLandmarks,
    /// The hip that is planned.
    pub side: Side,
    /// True when the patient's left is at the picture's left.
    pub mirrored: bool,
    /// The size of its pixels.
    pub calibration: Calibration,
    /// What can be implanted.
    pub catalogue: &'a Catalogue,
    /// What a person names.
    pub wanted: &'a Wanted,
    /// Inclination of the cup against the line across the pelvis, degrees.
    pub inclination_deg: f64,
    /// Standard deviation of a click along each axis, mm in the plane of the hip.
    pub click_sd_mm: f64,
}

/// A template on a film.
#[derive(Clone, Debug)]
pub struct Template<'a> {
    /// What it was made of.
    pub request: TemplateRequest<'a>,
    /// The implants in their places.
    pub choice: Choice<'a>,
    /// Lengths with their standard deviations, mm: what was measured, then what the plan changes.
    pub figures: Vec<(Figure, f64)>,
}

impl<'a> Template<'a> {
    /// The film in millimetres.
    ///
    /// # Errors
    /// As [`FilmPlane::new`]; not for a template that was made.
    pub fn plane(&self) -> Result<FilmPlane<'a>, TemplateError> {
        FilmPlane::new(self.request.landmarks, self.request.side, self.request.calibration.mm_per_pixel)
    }
}

/// Measures and plans on a film.
///
/// # Errors
/// When sides contradict each other, needed clicks are missing, or nothing can be chosen.
pub fn make(request: TemplateRequest<'_>) -> Result<Template<'_>, TemplateError> {
    let TemplateRequest { film, landmarks, side, mirrored, calibration, .. } = request;
    if !INCLINATIONS.contains(&request.inclination_deg) {
        let found = request.inclination_deg;
        return Err(TemplateError::Number { name: "--inclination", found, expected: "0 to 90 degrees" });
    }
    if !CLICKS_MM.contains(&request.click_sd_mm) {
        return Err(TemplateError::Number { name: "--click-sd", found: request.click_sd_mm, expected: "0 to 20 mm" });
    }
    if film.stated.as_ref().and_then(|stated| stated.mirrored).is_some_and(|stated| stated != mirrored) {
        return Err(if mirrored {
            TemplateError::Mirrored(Side::Right, "leave out --mirrored")
        } else {
            TemplateError::Mirrored(Side::Left, "say --mirrored, and check which hip is planned")
        });
    }
    landmarks.check(film, mirrored)?;
    let mm_per_pixel = calibration.mm_per_pixel;
    let plane = FilmPlane::new(landmarks, side, mm_per_pixel)?;
    let choice = choose(&plane, request.catalogue, request.wanted)?;
    let place = StemPlace::at(&plane, choice.level_mm).map(|place| plane.pixels(&place.origin));
    let named = named(&plane, &choice, place);
    let spread = Spread { click_px: request.click_sd_mm / mm_per_pixel, calibration: calibration.relative_sd };
    let values = |landmarks: &FilmLandmarks, mm_per_pixel: f64| {
        let plane = FilmPlane::new(landmarks, side, mm_per_pixel).ok()?;
        let found: Vec<f64> = self::named(&plane, &choice, place).iter().map(|figure| figure.value).collect();
        (found.len() == named.len()).then_some(found)
    };
    let spreads = with_spread(landmarks, mm_per_pixel, spread, values).ok_or_else(|| {
        TemplateError::Landmarks("points on a circle or on an axis lie so close together that a small shift makes another".into())
    })?;
    let figures = named.into_iter().zip(spreads).map(|(figure, [_, sd])| (figure, sd)).collect();
    Ok(Template { request, choice, figures })
}

/// What is measured, and what comes of implants that stay where they are on the film.
fn named(plane: &FilmPlane<'_>, choice: &Choice<'_>, stem_origin: Option<[f64; 2]>) -> Vec<Figure> {
    let measured = Figures::of(plane);
    let planned = || {
        let place = StemPlace { origin: plane.mm(stem_origin?), ..StemPlace::at(plane, 0.0)? };
        Planned::of(plane, &plane.mm(choice.cup_centre), &place.head(choice.stem, choice.head))
    };
    let (leg, offset) = (measured.leg_length(), measured.get("global-offset-difference", None));
    let mut all = measured.0;
    if let Some(planned) = planned() {
        let mut add = |key, value: Option<f64>| all.extend(value.map(|value| Figure { key, side: None, value }));
        add("leg-length-change", Some(planned.leg_length_mm));
        add("offset-change", Some(planned.offset_mm));
        add("leg-length-after", leg.map(|before| before + planned.leg_length_mm));
        add("offset-after", offset.map(|before| before + planned.offset_mm));
    }
    all
}
