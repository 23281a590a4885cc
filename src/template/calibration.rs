//! How long a pixel is in the plane of the hip, and how that is known. Nothing is assumed: without one of these there is no template.

use super::{Ball, Radiograph, TemplateError};

/// Spread of a typed magnification, share: what the depth of hips in patients scatters by.
const TYPED_SD: f64 = 0.03;
/// Spread of a measured ball, share: a ball 10 mm before or behind the hip.
const MARKER_SD: f64 = 0.01;
/// Magnifications that an X-ray unit has, share. The film lies behind the patient, so that none is below 1; 115 is a percentage.
const MAGNIFICATIONS: std::ops::RangeInclusive<f64> = 1.0..=1.6;
/// Sizes of pixels in the plane of the hip, mm.
const PIXELS_MM: std::ops::RangeInclusive<f64> = 0.02..=5.0;
/// Diameters of marker balls, mm.
const BALLS_MM: std::ops::RangeInclusive<f64> = 5.0..=60.0;

/// Where the size of a pixel is from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CalibrationSource {
    /// A ball of known diameter was measured.
    Marker {
        /// Its true diameter, mm.
        diameter_mm: f64,
        /// As seen.
        ball: Ball,
    },
    /// The magnification was typed; the detector's pixels are the file's ImagerPixelSpacing.
    Magnification {
        /// Size of a pixel on the detector, mm.
        imager_pixel_mm: f64,
    },
    /// The size of a pixel in the plane of the hip was typed.
    PixelSize,
}

/// The size of a pixel in the plane of the hip.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Calibration {
    /// Where it is from.
    pub source: CalibrationSource,
    /// Size of a pixel in the plane of the hip, mm.
    pub mm_per_pixel: f64,
    /// Its standard deviation, share.
    pub relative_sd: f64,
    /// Magnification in the plane of the hip, where the detector's pixels are known.
    pub magnification: Option<f64>,
}

impl Calibration {
    /// By a ball of known diameter.
    ///
    /// # Errors
    /// When the diameter is none of a marker's, or the magnification that follows is none.
    pub fn by_marker(film: &Radiograph, diameter_mm: f64, ball: Ball) -> Result<Self, TemplateError> {
        check_marker(diameter_mm)?;
        let mm_per_pixel = diameter_mm / ball.diameter;
        let magnification = imager_mm(film).map(|imager_mm| imager_mm / mm_per_pixel);
        if let Some(factor) = magnification.filter(|factor| !MAGNIFICATIONS.contains(factor)) {
            let problem = format!(
                "it follows from a marker of {diameter_mm} mm seen with {:.1} pixels, and no unit magnifies so; check the diameter that was \
                 typed and the disc that was measured",
                ball.diameter
            );
            return Err(TemplateError::Magnification { percent: round(100.0 * factor), problem });
        }
        let relative_sd = MARKER_SD.hypot(ball.diameter_sd / ball.diameter);
        Ok(Self { source: CalibrationSource::Marker { diameter_mm, ball }, mm_per_pixel, relative_sd, magnification })
    }

    /// By a typed magnification, percent; the file must say how large the detector's pixels are.
    ///
    /// # Errors
    /// When it does not, or the magnification is none.
    pub fn by_magnification(film: &Radiograph, percent: f64) -> Result<Self, TemplateError> {
        let factor = percent / 100.0;
        if !MAGNIFICATIONS.contains(&factor) {
            let problem = "100 to 160 percent are possible, as the film lies behind the patient".into();
            return Err(TemplateError::Magnification { percent, problem });
        }
        let Some(imager_pixel_mm) = imager_mm(film) else {
            let problem = "it holds against the detector, and the file does not say how large the detector's pixels are (ImagerPixelSpacing); \
                           PixelSpacing may be that of another plane and is not taken instead. Use --marker-mm or --pixel-mm";
            return Err(TemplateError::Magnification { percent, problem: problem.into() });
        };
        Ok(Self {
            source: CalibrationSource::Magnification { imager_pixel_mm },
            mm_per_pixel: imager_pixel_mm / factor,
            relative_sd: TYPED_SD,
            magnification: Some(factor),
        })
    }

    /// By a typed size of a pixel in the plane of the hip, mm.
    ///
    /// # Errors
    /// When no pixel has this size, or it is larger than that on the detector.
    pub fn by_pixel(film: &Radiograph, mm_per_pixel: f64) -> Result<Self, TemplateError> {
        if !PIXELS_MM.contains(&mm_per_pixel) {
            return Err(TemplateError::Number { name: "--pixel-mm", found: mm_per_pixel, expected: "0.02 to 5 mm" });
        }
        let magnification = imager_mm(film).map(|imager_mm| imager_mm / mm_per_pixel);
        if let Some(factor) = magnification.filter(|factor| !MAGNIFICATIONS.contains(factor)) {
            let problem = format!(
                "it follows from {mm_per_pixel} mm a pixel in the plane of the hip and the file's ImagerPixelSpacing, and no unit magnifies so"
            );
            return Err(TemplateError::Magnification { percent: round(100.0 * factor), problem });
        }
        Ok(Self { source: CalibrationSource::PixelSize, mm_per_pixel, relative_sd: TYPED_SD, magnification })
    }

    /// The refusal where nothing was named, with what the file itself claims and how it would be taken.
    #[must_use]
    pub fn missing(film: &Radiograph) -> TemplateError {
        let Some(stated) = &film.stated else { return TemplateError::NoCalibration(String::new()) };
        let mut claims = String::new();
        if let Some(mm) = stated.pixel_mm {
            let plane = match stated.calibration_type.as_deref() {
                Some("FIDUCIAL") => "at the depth of an object of known size that was measured (FIDUCIAL)",
                Some("GEOMETRY") => "at an assumed depth in the patient (GEOMETRY)",
                _ => "of a plane that it does not name, which may be the detector's",
            };
            claims += &format!(". The file says PixelSpacing {mm} mm, {plane}: if that is the hip's, --pixel-mm {mm} takes it");
        }
        if let Some(factor) = stated.magnification {
            let percent = round(100.0 * factor);
            claims += &format!(
                ". The file says EstimatedRadiographicMagnificationFactor {factor}: if that is the hip's, --magnification {percent} takes it"
            );
        }
        TemplateError::NoCalibration(claims)
    }

    /// The same with another spread, share.
    ///
    /// # Errors
    /// When it is no share.
    pub fn with_sd(self, relative_sd: f64) -> Result<Self, TemplateError> {
        if !(0.0..=0.3).contains(&relative_sd) {
            let found = 100.0 * relative_sd;
            return Err(TemplateError::Number { name: "--calibration-sd", found, expected: "0 to 30 percent" });
        }
        Ok(Self { relative_sd, ..self })
    }
}

/// Refuses what is no marker.
pub(super) fn check_marker(diameter_mm: f64) -> Result<(), TemplateError> {
    if BALLS_MM.contains(&diameter_mm) {
        return Ok(());
    }
    Err(TemplateError::Number { name: "--marker-mm", found: diameter_mm, expected: "5 to 60 mm, the true diameter of the ball" })
}

fn imager_mm(film: &Radiograph) -> Option<f64> {
    film.stated.as_ref().and_then(|stated| stated.imager_pixel_mm)
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
