//! A grade on a published scale with what it means.

use super::measurement::Measurement;
use crate::frames::Side;

/// A scale of grades: one definition, whoever's hip it is.
#[derive(Debug, PartialEq, Eq)]
pub struct Scale {
    /// The name in documents and language files, snake case; stays as it is.
    pub key: &'static str,
    /// How its grades are told apart here.
    pub definition: &'static str,
    /// Author, year, DOI.
    pub citation: &'static str,
}

/// One grade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grade {
    /// On which scale.
    pub scale: &'static Scale,
    /// The side it concerns, if one.
    pub side: Option<Side>,
    /// The grade as the scale's author writes it, e.g. `B`.
    pub grade: &'static str,
    /// The numbers that say so, in words.
    pub because: String,
}

/// Every grade that the measurements tell, left before right.
pub(super) fn graded(measurements: &[Measurement]) -> Vec<Grade> {
    super::dorr::of_measurements(measurements)
}
