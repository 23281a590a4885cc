//! The clock face of a socket or a head, and curves over it.
//!
//! **12 o'clock is superior and 3 o'clock anterior, on both sides**: a right hip's clock runs clockwise for someone who looks at it from
//! the side, a left hip's is its mirror image.

use super::measurement::Quantity;
use crate::frames::Side;
use nalgebra::{Point3, Unit, Vector3};
use std::f64::consts::TAU;

/// A clock face about an axis, for a right hip: the directions of 12 and 3 o'clock, both perpendicular to the axis.
#[derive(Clone, Copy)]
pub(crate) struct ClockFace {
    pub axis: Unit<Vector3<f64>>,
    twelve: Vector3<f64>,
    three: Vector3<f64>,
}

impl ClockFace {
    /// About an axis that points laterally, 12 o'clock where `superior` points; `None` when the two are parallel.
    pub fn new(axis: Unit<Vector3<f64>>, superior: &Vector3<f64>) -> Option<Self> {
        let twelve = (superior - axis.into_inner() * axis.dot(superior)).try_normalize(1e-9)?;
        Some(Self { axis, twelve, three: twelve.cross(&axis) })
    }

    /// The direction of an hour, perpendicular to the axis.
    pub fn direction(&self, hours: f64) -> Unit<Vector3<f64>> {
        let (sin, cos) = (hours / 12.0 * TAU).sin_cos();
        Unit::new_normalize(self.twelve * cos + self.three * sin)
    }

    /// The hour (0 to 12) at which a vector from the axis points.
    pub fn hours(&self, v: &Vector3<f64>) -> f64 {
        v.dot(&self.three).atan2(v.dot(&self.twelve)).rem_euclid(TAU) / TAU * 12.0
    }
}

/// A measure all round a clock face.
#[derive(Clone, Debug, PartialEq)]
pub struct ClockCurve {
    /// What is measured at each hour.
    pub quantity: &'static Quantity,
    /// The side it concerns.
    pub side: Side,
    /// Hour (0 ≤ hour < 12, ascending), value in the quantity's unit and the place on the bone (LPS mm) that it comes from.
    pub points: Vec<ClockPoint>,
}

/// One place of a [`ClockCurve`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClockPoint {
    /// Clock position, hours.
    pub hour: f64,
    /// Value in the quantity's unit.
    pub value: f64,
    /// The place on the bone, LPS mm.
    pub position: Point3<f64>,
}

impl ClockCurve {
    /// The value at an hour, linear between the two nearest points; `None` for an empty curve.
    #[must_use]
    pub fn at(&self, hour: f64) -> Option<f64> {
        let (hour, points) = (hour.rem_euclid(12.0), &self.points);
        let next = points.iter().position(|p| p.hour > hour).unwrap_or(0);
        let (a, b) = (points.get((next + points.len()).checked_sub(1)? % points.len())?, points.get(next)?);
        let span = (b.hour - a.hour).rem_euclid(12.0);
        let share = if span > 0.0 { (hour - a.hour).rem_euclid(12.0) / span } else { 0.0 };
        Some(a.value + (b.value - a.value) * share)
    }

    /// The point with the greatest value.
    #[must_use]
    pub fn greatest(&self) -> Option<&ClockPoint> {
        self.points.iter().max_by(|a, b| a.value.total_cmp(&b.value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomy::measurement::Unit as Count;

    #[test]
    fn three_oclock_is_anterior() {
        let face = ClockFace::new(Vector3::z_axis(), &Vector3::y()).unwrap();
        assert!((face.direction(3.0).into_inner() - Vector3::x()).norm() < 1e-15);
        assert!((face.hours(&-Vector3::x()) - 9.0).abs() < 1e-12);
        assert!(ClockFace::new(Vector3::z_axis(), &Vector3::z()).is_none());
    }

    #[test]
    fn a_curve_is_linear_between_its_points_and_closes_over_twelve() {
        static QUANTITY: Quantity = Quantity { key: "test", unit: Count::Degrees, definition: "", norm: None, citation: "" };
        let point = |hour: f64, value: f64| ClockPoint { hour, value, position: Point3::origin() };
        let curve =
            ClockCurve { quantity: &QUANTITY, side: Side::Left, points: vec![point(0.0, 4.0), point(3.0, 1.0), point(9.0, 7.0)] };
        for (hour, value) in [(0.0, 4.0), (1.0, 3.0), (6.0, 4.0), (10.5, 5.5), (12.0, 4.0), (-3.0, 7.0)] {
            assert!((curve.at(hour).unwrap() - value).abs() < 1e-12, "{hour}: {:?}", curve.at(hour));
        }
        assert_eq!(curve.greatest().unwrap().hour, 9.0);
        assert_eq!(ClockCurve { points: Vec::new(), ..curve }.at(1.0), None);
    }
}
