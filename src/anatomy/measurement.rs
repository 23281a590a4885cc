//! A measured number with what it means.

use crate::frames::Side;

/// What a measurement is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Degrees.
    Degrees,
    /// Millimetres.
    Millimetres,
    /// A ratio of two like quantities.
    Ratio,
    /// Hundredths.
    Percent,
    /// Hounsfield units.
    Hounsfield,
    /// Millilitres.
    Millilitres,
    /// Hours on the clock face of a socket: 12 superior, 3 anterior on both sides.
    Hours,
}

impl Unit {
    /// The unit in documents.
    #[must_use]
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Degrees => "deg",
            Self::Millimetres => "mm",
            Self::Ratio => "1",
            Self::Percent => "%",
            Self::Hounsfield => "HU",
            Self::Millilitres => "ml",
            Self::Hours => "h",
        }
    }
}

/// What is measured: one definition, whoever's hip it is.
#[derive(Debug, PartialEq)]
pub struct Quantity {
    /// The name in documents and language files, snake case; stays as it is.
    pub key: &'static str,
    /// What it is counted in.
    pub unit: Unit,
    /// How it is defined here, in one sentence.
    pub definition: &'static str,
    /// Range of healthy adults, where one is published for this definition; of what is planned, the range that is aimed at.
    pub norm: Option<[f64; 2]>,
    /// Author, year, DOI of definition and norm.
    pub citation: &'static str,
}

impl Quantity {
    /// A quantity; norms and sources stand beside each.
    pub(crate) const fn new(
        key: &'static str,
        unit: Unit,
        norm: Option<[f64; 2]>,
        definition: &'static str,
        citation: &'static str,
    ) -> Self {
        Self { key, unit, definition, norm, citation }
    }
}

/// One measured number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measurement {
    /// What was measured.
    pub quantity: &'static Quantity,
    /// The side it concerns, if one.
    pub side: Option<Side>,
    /// The number, in the quantity's unit.
    pub value: f64,
    /// Its standard deviation.
    pub sd: f64,
}
