//! Planes, axes, angle arcs and rims as lines in patient space, drawn over the bones. They follow the landmarks on screen, so that they
//! move with a landmark that is dragged.

mod arc;
mod femur;
mod limits;
mod pelvis;
mod reach;
mod socket;

pub use limits::limits;
pub use reach::rims;

use super::{examination::Shown, model::Layer};
use crate::{anatomy::Examination, frames::Side, motion::Couple};
use nalgebra::{Isometry3, Point3, Unit, Vector3};

/// Lines that belong together, LPS mm.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// Shown and hidden with this.
    pub layer: Layer,
    /// `None` for the pelvis as a whole.
    pub side: Option<Side>,
    /// Drawn on the femur, whose motion it follows.
    pub on_femur: bool,
    /// Corners of the line.
    pub points: Vec<Point3<f64>>,
    /// The last corner joins the first, and what lies between them is tinted.
    pub filled: bool,
    /// What it says, and where.
    pub label: Option<Label>,
    /// The couple in whose colour it is drawn; otherwise that of its side.
    pub couple: Option<Couple>,
}

/// Words on a figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// LPS mm.
    pub at: Point3<f64>,
    /// Key of a short name in the language files; empty for none.
    pub key: &'static str,
    /// A value with its unit, or a letter.
    pub text: String,
}

impl Figure {
    fn line(layer: Layer, side: Option<Side>, points: impl Into<Vec<Point3<f64>>>) -> Self {
        Self { layer, side, on_femur: false, points: points.into(), filled: false, label: None, couple: None }
    }

    fn on_femur(self) -> Self {
        Self { on_femur: true, ..self }
    }

    fn labelled(self, at: Point3<f64>, key: &'static str, text: String) -> Self {
        Self { label: Some(Label { at, key, text }), ..self }
    }

    /// The same moved.
    #[must_use]
    pub fn moved(mut self, motion: &Isometry3<f64>) -> Self {
        self.points.iter_mut().for_each(|point| *point = motion * *point);
        if let Some(label) = &mut self.label {
            label.at = motion * label.at;
        }
        self
    }
}

/// What is drawn of an examination as it is shown.
#[must_use]
pub fn figures(examination: &Examination, shown: &Shown) -> Vec<Figure> {
    let mut found = Vec::new();
    pelvis::draw(examination, shown, &mut found);
    for side in Side::BOTH {
        femur::draw(examination, shown, side, &mut found);
        socket::draw(examination, shown, side, &mut found);
    }
    found
}

/// A value on screen.
fn value(shown: &Shown, key: &str, side: Side) -> Option<f64> {
    let of = |m: &crate::anatomy::Measurement| m.quantity.key == key && m.side == Some(side);
    shown.measurements.iter().find(|(m, _)| of(m)).map(|(m, _)| m.value)
}

/// The three axes of a frame with the letters of ISB, each in a line of its own.
fn axes(frame: &crate::frames::AnatomicalFrame, side: Option<Side>, length_mm: f64) -> [Figure; 3] {
    let axis = |(direction, letter): (Unit<Vector3<f64>>, &str)| {
        let end = frame.origin + direction.into_inner() * length_mm;
        Figure::line(Layer::Axes, side, [frame.origin, end]).labelled(end, "", letter.into())
    };
    [(frame.anterior(), "X"), (frame.superior(), "Y"), (frame.right(), "Z")].map(axis)
}
