//! Angle arcs.

use super::Figure;
use crate::{app::model::Layer, frames::Side};
use nalgebra::{Point3, Rotation3, Unit, Vector3};

/// Corners of an arc.
const STEPS: usize = 32;

/// An angle between two directions at a point, drawn as both its legs and the arc between them, with the number that was measured.
pub(super) struct Angle {
    pub side: Side,
    pub vertex: Point3<f64>,
    pub from: Vector3<f64>,
    pub to: Vector3<f64>,
    pub radius_mm: f64,
    pub key: &'static str,
    pub value_deg: f64,
}

impl Angle {
    /// `None` where the directions do not span a plane: an angle of nothing is not drawn.
    pub fn draw(&self) -> Option<Figure> {
        let axis = Unit::try_new(self.from.cross(&self.to), 1e-9)?;
        let (from, angle) = (self.from.normalize() * self.radius_mm, self.from.angle(&self.to));
        let at = |part: f64, reach: f64| self.vertex + Rotation3::from_axis_angle(&axis, angle * part) * from * reach;
        let arc = (0..=STEPS).map(|i| at(i as f64 / STEPS as f64, 1.0));
        let legs = [at(0.0, 1.15), self.vertex, at(1.0, 1.15), at(1.0, 1.0)];
        let points: Vec<_> = legs.into_iter().chain(arc.rev()).collect();
        let figure = Figure::line(Layer::Angles, Some(self.side), points);
        Some(figure.labelled(at(0.5, 1.25), self.key, format!("{:.0}°", self.value_deg)))
    }
}
