//! Why no template is laid over a film.

use crate::{dicom::RadiographError, frames::Side, implants::CatalogueError};
use std::{io, path::PathBuf};
use thiserror::Error;

/// Why no template is laid over a film. No message carries the patient's identity beyond the path that was typed.
#[derive(Debug, Error)]
pub enum TemplateError {
    /// A file cannot be read.
    #[error("{} cannot be read: {source}; check the path and the permissions", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// A picture that is none.
    #[error("the film {} cannot be used: {problem}", .path.display())]
    Picture {
        /// The file.
        path: PathBuf,
        /// What was found.
        problem: String,
    },
    /// A DICOM file that is no film.
    #[error("the film {} cannot be used: {problem}", .path.display())]
    Dicom {
        /// The file.
        path: PathBuf,
        /// What was found.
        problem: RadiographError,
    },
    /// `--inverted` with DICOM.
    #[error("{} is DICOM and says itself whether bone is light or dark: leave out --inverted", .path.display())]
    InvertedDicom {
        /// The file.
        path: PathBuf,
    },
    /// Names may stand in the picture.
    #[error(
        "the file says that annotations are burned into its pixels (BurnedInAnnotation YES), and the overlay would show them: cover names in \
         the picture first, or look at it and say --no-names-in-picture"
    )]
    BurnedIn,
    /// The side of the picture is contradicted.
    #[error("the file says that the patient's {0} is at the picture's left: {1}")]
    Mirrored(Side, &'static str),
    /// No calibration.
    #[error(
        "the film has no calibration, and none is guessed: name one of --marker-mm (a ball of known diameter in the plane of the hip), \
         --magnification (percent, for a DICOM file with ImagerPixelSpacing) or --pixel-mm (size of a pixel in the plane of the hip){0}"
    )]
    NoCalibration(String),
    /// A magnification that cannot be used.
    #[error("the magnification {percent} % cannot be used: {problem}")]
    Magnification {
        /// What was typed or follows.
        percent: f64,
        /// Why.
        problem: String,
    },
    /// A length that makes no sense.
    #[error("{name} is {found}; expected {expected}")]
    Number {
        /// The option.
        name: &'static str,
        /// Its value.
        found: f64,
        /// What makes sense.
        expected: &'static str,
    },
    /// The marker lies beside the picture.
    #[error(
        "the marker at ({x}, {y}) with a diameter of {diameter} pixels does not lie within the picture of {columns} × {rows} pixels: \
         correct --marker X,Y,DIAMETER"
    )]
    MarkerOutside {
        /// Typed.
        x: f64,
        /// Typed.
        y: f64,
        /// Typed.
        diameter: f64,
        /// Of the picture.
        columns: usize,
        /// Of the picture.
        rows: usize,
    },
    /// No ball.
    #[error(
        "no marker ball was found in the picture (a dense disc with a whole, round edge is looked for): give it with --marker \
         X,Y,DIAMETER in pixels, or calibrate in another way"
    )]
    NoMarker,
    /// More than one.
    #[error("{} discs in the picture could be the marker ball: {}; name one with --marker X,Y,DIAMETER", .0.len(), discs(.0))]
    SeveralMarkers(Vec<[f64; 3]>),
    /// The file of landmarks is not well formed.
    #[error("the landmarks {} are not well formed at line {line}, column {column}: {reason}; `coxa template --example` prints the form", .path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What was found and expected.
        reason: String,
    },
    /// The landmarks contradict each other or the picture.
    #[error("the landmarks cannot be used: {0}")]
    Landmarks(String),
    /// The catalogue lacks something.
    #[error("the catalogue {catalogue} has no {what}; it has {there}")]
    NotInCatalogue {
        /// Its title.
        catalogue: String,
        /// What was looked for.
        what: String,
        /// What there is.
        there: String,
    },
    /// Nothing to choose a stem by.
    #[error(
        "no stem can be chosen: either click the edges of the canal at two levels or more (`canal` in the landmarks), or name a stem with \
         --stem ID"
    )]
    NoStem,
    /// The catalogue cannot be read.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// The picture cannot be written into the overlay.
    #[error("the picture cannot be put into the overlay: {0}")]
    Overlay(io::Error),
}

fn discs(found: &[[f64; 3]]) -> String {
    found.iter().map(|[x, y, d]| format!("{x:.1},{y:.1},{d:.1}")).collect::<Vec<_>>().join(" and ")
}
