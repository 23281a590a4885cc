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
#[derive(Clone, Debug, PartialEq)]
pub struct Grade {
    /// On which scale.
    pub scale: &'static Scale,
    /// The side it concerns, if one.
    pub side: Option<Side>,
    /// The grade as the scale's author writes it, e.g. `B`.
    pub grade: &'static str,
    /// What else it may be within the spread of its number, from low to high.
    pub also: Vec<&'static str>,
    /// The number that says so.
    pub measured: Measurement,
    /// The same in words.
    pub because: String,
}

impl Grade {
    /// The grade that a number gets; `because` says the number, and what else the grade may be within its spread is added.
    pub(super) fn of(scale: &'static Scale, grade_of: fn(f64) -> &'static str, m: &Measurement, because: &str) -> Self {
        let grade = grade_of(m.value);
        let also: Vec<_> = [m.value - m.sd, m.value + m.sd].map(grade_of).into_iter().filter(|other| *other != grade).collect();
        let or = if also.is_empty() { String::new() } else { format!("; within its spread also {}", also.join(" or ")) };
        Self { scale, side: m.side, grade, because: format!("{because}{or}"), also, measured: *m }
    }
}

/// Every grade that the measurements tell, left before right.
pub(super) fn graded(measurements: &[Measurement]) -> Vec<Grade> {
    let mut grades = super::crowe::of_measurements(measurements);
    grades.extend(super::dorr::of_measurements(measurements));
    grades
}
