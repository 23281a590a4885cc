//! The cone of rays from the tube's focus to the film.

use crate::{frames::Side, report::View};
use nalgebra::{Point3, Vector3};
use thiserror::Error;

/// Largest film, pixels a side.
const MOST_PIXELS: usize = 8192;

/// How the rays go through the patient, as the patient lay in the scanner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Projection {
    /// Tube in front, film behind.
    AnteroPosterior,
    /// From the other side through both hips, the film beside this hip.
    Lateral(Side),
}

impl Projection {
    /// The same view of the patient in the report's pictures: a film is read as seen from the tube.
    #[must_use]
    pub const fn view(self) -> View {
        match self {
            Self::AnteroPosterior => View::Anterior,
            Self::Lateral(Side::Right) => View::FromLeft,
            Self::Lateral(Side::Left) => View::FromRight,
        }
    }

    /// Letters of the patient's directions at the film's left and right.
    #[must_use]
    pub const fn letters(self) -> [char; 2] {
        let [left, right, ..] = self.view().letters();
        [left, right]
    }
}

/// The scanner's cone and its film; names as DICOM has them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BeamSettings {
    /// Distance Source to Detector, mm.
    pub source_to_detector_mm: f64,
    /// Distance Source to Patient, mm: to the plane through the point aimed at.
    pub source_to_patient_mm: f64,
    /// Imager Pixel Spacing, mm on the film.
    pub pixel_mm: f64,
    /// Width and height of the film, mm.
    pub film_mm: [f64; 2],
}

impl Default for BeamSettings {
    /// A film of 43 cm, 115 cm from the focus, which magnifies the hips by the usual 1.15.
    fn default() -> Self {
        Self { source_to_detector_mm: 1150.0, source_to_patient_mm: 1000.0, pixel_mm: 0.43, film_mm: [430.0, 430.0] }
    }
}

impl BeamSettings {
    /// Estimated Radiographic Magnification Factor of what lies in the plane aimed at.
    #[must_use]
    pub fn magnification(&self) -> f64 {
        self.source_to_detector_mm / self.source_to_patient_mm
    }
}

/// Why no film can be exposed.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
pub enum BeamError {
    /// A distance or size makes no sense.
    #[error(
        "the film must lie behind the patient and have a size: found {source_to_detector_mm} mm from focus to film, {source_to_patient_mm} mm from focus to patient, {} × {} mm of film, {pixel_mm} mm a pixel",
        film_mm[0], film_mm[1]
    )]
    Distances {
        /// See [`BeamSettings`].
        source_to_detector_mm: f64,
        /// See [`BeamSettings`].
        source_to_patient_mm: f64,
        /// See [`BeamSettings`].
        pixel_mm: f64,
        /// See [`BeamSettings`].
        film_mm: [f64; 2],
    },
    /// More pixels than any film has.
    #[error("a film of {columns} × {rows} pixels is too large, at most {MOST_PIXELS} a side are exposed: choose larger pixels")]
    Pixels {
        /// Columns asked for.
        columns: usize,
        /// Rows asked for.
        rows: usize,
    },
}

/// A cone of rays, one to the centre of each pixel. LPS mm.
#[derive(Clone, Debug)]
pub struct Beam {
    /// Where the film lies.
    pub projection: Projection,
    /// The distances it was made from.
    pub settings: BeamSettings,
    /// The focus of the tube.
    pub source: Point3<f64>,
    /// Pixels in a row.
    pub columns: usize,
    /// Pixels in a column.
    pub rows: usize,
    first: Point3<f64>,
    right: Vector3<f64>,
    down: Vector3<f64>,
}

impl Beam {
    /// The cone whose central ray passes through `aim` and meets the middle of the film at a right angle.
    ///
    /// # Errors
    /// When the film does not lie behind the patient, or its size is none.
    pub fn new(projection: Projection, aim: &Point3<f64>, settings: BeamSettings) -> Result<Self, BeamError> {
        let BeamSettings { source_to_detector_mm, source_to_patient_mm, pixel_mm, film_mm } = settings;
        let lengths = [source_to_detector_mm, source_to_patient_mm, pixel_mm, film_mm[0], film_mm[1]];
        let sound = lengths.iter().all(|length| length.is_finite() && *length > 0.0);
        if !sound || source_to_detector_mm < source_to_patient_mm || film_mm.iter().any(|side| *side < pixel_mm) {
            return Err(BeamError::Distances { source_to_detector_mm, source_to_patient_mm, pixel_mm, film_mm });
        }
        let [columns, rows] = film_mm.map(|side| (side / pixel_mm).round() as usize);
        if columns.max(rows) > MOST_PIXELS {
            return Err(BeamError::Pixels { columns, rows });
        }
        let [right, up, towards_tube] = projection.view().axes();
        let source = aim + towards_tube * source_to_patient_mm;
        let middle = source - towards_tube * source_to_detector_mm;
        let half = |count: usize| (count as f64 - 1.0) / 2.0 * pixel_mm;
        let first = middle - right * half(columns) + up * half(rows);
        Ok(Self { projection, settings, source, columns, rows, first, right, down: -up })
    }

    /// Centre of a pixel on the film, LPS mm.
    #[must_use]
    pub fn pixel(&self, column: usize, row: usize) -> Point3<f64> {
        self.first + (self.right * column as f64 + self.down * row as f64) * self.settings.pixel_mm
    }

    /// Where a point is seen on the film, in (column, row) counted from the centre of the first pixel; `None` when it lies beside or behind
    /// the focus.
    #[must_use]
    pub fn seen_at(&self, point: &Point3<f64>) -> Option<[f64; 2]> {
        let towards_film = self.right.cross(&self.down);
        let ray = point - self.source;
        let depth = ray.dot(&towards_film);
        let along = (self.first - self.source).dot(&towards_film) / depth;
        (depth > 1e-9).then(|| {
            let from_first = self.source + ray * along - self.first;
            [self.right, self.down].map(|axis| from_first.dot(&axis) / self.settings.pixel_mm)
        })
    }
}
