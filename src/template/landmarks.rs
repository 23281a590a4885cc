//! What a person clicked on the film, as a small RON or JSON file.

use super::{Radiograph, TemplateError};
use crate::frames::Side;
use serde::{Deserialize, Serialize};
use std::{fs, path::Path};

/// A place on the film, pixels.
type Place = [f64; 2];
/// One of the places that a hip may have.
pub(super) type PlaceOf = fn(&SideLandmarks) -> Option<Place>;

/// The clicks on one hip.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SideLandmarks {
    /// Lower end of the teardrop.
    pub teardrop: Option<Place>,
    /// Lowest point of the ischial tuberosity.
    pub ischium: Option<Place>,
    /// Tip of the lesser trochanter.
    pub lesser_trochanter: Option<Place>,
    /// Tip of the greater trochanter.
    pub greater_trochanter: Option<Place>,
    /// Three or more points on the edge of the femoral head.
    pub head: Vec<Place>,
    /// Three or more points on the edge of the socket, of the hip that is planned.
    pub socket: Vec<Place>,
    /// Middle of the new cup; without it that of the socket, or of the head where the socket is not clicked.
    pub cup_centre: Option<Place>,
    /// Two or more points on the axis of the femoral shaft, each midway between the outer cortices.
    pub shaft: Vec<Place>,
    /// The inner cortices on both sides, at two levels of the canal or more.
    pub canal: Vec<[Place; 2]>,
}

/// The clicks on a film of the pelvis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilmLandmarks {
    /// Version of this document's format.
    pub format_version: u32,
    /// The patient's right hip.
    #[serde(default)]
    pub right: SideLandmarks,
    /// The patient's left hip.
    #[serde(default)]
    pub left: SideLandmarks,
}

impl FilmLandmarks {
    /// Version of the format that this program reads.
    pub const FORMAT_VERSION: u32 = 1;

    /// Reads the clicks; a file that ends in `.json` is JSON, any other RON.
    ///
    /// # Errors
    /// When the file cannot be read, is not well formed or of another format.
    pub fn read(path: &Path) -> Result<Self, TemplateError> {
        let text = fs::read_to_string(path).map_err(|source| TemplateError::Read { path: path.into(), source })?;
        let syntax = |line, column, reason| TemplateError::Syntax { path: path.into(), line, column, reason };
        let read: Self = if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) {
            serde_json::from_str(&text).map_err(|error| syntax(error.line(), error.column(), error.to_string()))?
        } else {
            Self::from_ron(&text).map_err(|error| syntax(error.span.start.line, error.span.start.col, error.code.to_string()))?
        };
        if read.format_version != Self::FORMAT_VERSION {
            let (found, known) = (read.format_version, Self::FORMAT_VERSION);
            return Err(TemplateError::Landmarks(format!("they have format version {found}, this program reads {known}")));
        }
        Ok(read)
    }

    /// From RON; what may be missing is written without `Some`.
    pub(super) fn from_ron(text: &str) -> Result<Self, ron::error::SpannedError> {
        ron::Options::default().with_default_extension(ron::extensions::Extensions::IMPLICIT_SOME).from_str(text)
    }

    /// The clicks on a hip.
    #[must_use]
    pub const fn of(&self, side: Side) -> &SideLandmarks {
        match side {
            Side::Right => &self.right,
            Side::Left => &self.left,
        }
    }

    /// All coordinates, always in the same order.
    pub(super) fn coordinates_mut(&mut self) -> Vec<&mut f64> {
        let mut all: Vec<&mut f64> = Vec::new();
        for hip in [&mut self.right, &mut self.left] {
            let single = [
                &mut hip.teardrop,
                &mut hip.ischium,
                &mut hip.lesser_trochanter,
                &mut hip.greater_trochanter,
                &mut hip.cup_centre,
            ];
            all.extend(single.into_iter().flatten().flatten());
            all.extend(hip.head.iter_mut().chain(&mut hip.socket).chain(&mut hip.shaft).flatten());
            all.extend(hip.canal.iter_mut().flatten().flatten());
        }
        all
    }

    /// Holds the clicks against the film and against each other.
    ///
    /// # Errors
    /// When one lies beside the picture, or the sides are exchanged.
    pub fn check(&self, film: &Radiograph, mirrored: bool) -> Result<(), TemplateError> {
        let mut clicks = self.clone();
        let coordinates: Vec<f64> = clicks.coordinates_mut().into_iter().map(|coordinate| *coordinate).collect();
        for &place in coordinates.as_chunks::<2>().0 {
            if !film.holds(place) {
                let [x, y] = place;
                let (columns, rows) = (film.columns, film.rows);
                return Err(TemplateError::Landmarks(format!(
                    "({x}, {y}) does not lie within the picture of {columns} × {rows} pixels"
                )));
            }
        }
        let pairs: [(&str, PlaceOf); 4] = [
            ("teardrop", |hip| hip.teardrop),
            ("ischium", |hip| hip.ischium),
            ("lesser_trochanter", |hip| hip.lesser_trochanter),
            ("head", |hip| hip.head.first().copied()),
        ];
        for (name, of) in pairs {
            if let (Some(right), Some(left)) = (of(&self.right), of(&self.left))
                && (right[0] < left[0]) == mirrored
            {
                let (seen, expected, advice) = if mirrored {
                    ("left", "right, as --mirrored says", "leave out --mirrored")
                } else {
                    ("right", "left, as films are read", "say --mirrored if the film is the other way round")
                };
                return Err(TemplateError::Landmarks(format!(
                    "'{name}' of the patient's right hip lies at the picture's {seen}, expected at its {expected}: exchange right and left, \
                     or {advice}"
                )));
            }
        }
        Ok(())
    }
}
