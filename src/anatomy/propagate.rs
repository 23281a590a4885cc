//! What the spread of landmarks makes of a number that is computed from them.

use super::{
    landmark::{Landmark, LandmarkName, Landmarks},
    measurement::{Measurement, Quantity},
};
use crate::frames::Side;
use nalgebra::{Point3, Vector3};

/// Landmarks, one of them perhaps moved.
#[derive(Clone, Copy)]
pub(super) struct Points<'a> {
    landmarks: &'a Landmarks,
    moved: Option<(LandmarkName, Option<Side>, Vector3<f64>)>,
}

impl<'a> Points<'a> {
    pub(super) const fn new(landmarks: &'a Landmarks) -> Self {
        Self { landmarks, moved: None }
    }

    /// Position of a landmark, LPS mm.
    pub(super) fn at(&self, name: LandmarkName, side: impl Into<Option<Side>>) -> Option<Point3<f64>> {
        let side = side.into();
        let position = self.landmarks.position(name, side)?;
        match self.moved {
            Some((moved, of, shift)) if (moved, of) == (name, side) => Some(position + shift),
            _ => Some(position),
        }
    }

    /// The knee centre: midway between the epicondyles, unless a person has set it.
    pub(super) fn knee_centre(&self, side: Side) -> Option<Point3<f64>> {
        if self.landmarks.get(LandmarkName::KneeCentre, side).is_some_and(Landmark::is_by_hand) {
            return self.at(LandmarkName::KneeCentre, side);
        }
        Some(nalgebra::center(&self.at(LandmarkName::MedialEpicondyle, side)?, &self.at(LandmarkName::LateralEpicondyle, side)?))
    }

    /// The tibial knee centre: midway between the plateaus, unless a person has set it.
    pub(super) fn tibial_knee_centre(&self, side: Side) -> Option<Point3<f64>> {
        if self.landmarks.get(LandmarkName::TibialKneeCentre, side).is_some_and(Landmark::is_by_hand) {
            return self.at(LandmarkName::TibialKneeCentre, side);
        }
        Some(nalgebra::center(&self.at(LandmarkName::MedialPlateau, side)?, &self.at(LandmarkName::LateralPlateau, side)?))
    }

    /// The number that `compute` makes of the landmarks, with the standard deviation that theirs give it.
    pub(super) fn measure(
        &self,
        quantity: &'static Quantity,
        side: Option<Side>,
        compute: impl Fn(&Self) -> Option<f64>,
    ) -> Option<Measurement> {
        let value = compute(self).filter(|value| value.is_finite())?;
        let [variance] = self.variances(|points| compute(points).map(|value| [value]));
        Some(Measurement { quantity, side, value, sd: variance.sqrt() })
    }

    /// The variance that the spread of the landmarks gives each of the numbers that `compute` makes of them.
    ///
    /// To first order, landmarks independent of each other: the sum over landmarks and their deviations of (∂value/∂position · deviation)² by central
    /// differences (GUM, JCGM 100:2008, §5.1).
    pub(super) fn variances<const N: usize>(&self, compute: impl Fn(&Self) -> Option<[f64; N]>) -> [f64; N] {
        let mut variances = [0.0; N];
        for (name, of, landmark) in self.landmarks.iter() {
            for deviation in landmark.deviations() {
                let beside = |shift: Vector3<f64>| compute(&Self { moved: Some((name, of, shift)), ..*self });
                // A landmark that does not take part gives the same value on both sides.
                if let (Some(ahead), Some(behind)) = (beside(deviation), beside(-deviation)) {
                    for (variance, (ahead, behind)) in variances.iter_mut().zip(ahead.into_iter().zip(behind)) {
                        *variance += ((ahead - behind) / 2.0).powi(2);
                    }
                }
            }
        }
        variances
    }
}

#[cfg(test)]
mod tests {
    use super::super::measurement::Unit;
    use super::*;

    static DISTANCE: Quantity =
        Quantity { key: "distance", unit: Unit::Millimetres, definition: "Distance of two points.", norm: None, citation: "" };

    #[test]
    fn a_distance_spreads_as_its_two_ends_do() {
        let mut landmarks = Landmarks::default();
        let mut say = |name, x: f64, sd_mm| {
            let landmark =
                Landmark { position: Point3::new(x, 5.0, -3.0), sd_mm, along: None, method: String::new(), doubt: None };
            landmarks.insert(name, Side::Left, landmark);
        };
        say(LandmarkName::Asis, 0.0, Some(3.0));
        say(LandmarkName::Psis, 120.0, Some(4.0));
        say(LandmarkName::Piis, 70.0, Some(9.0));
        let distance = |p: &Points| Some((p.at(LandmarkName::Asis, Side::Left)? - p.at(LandmarkName::Psis, Side::Left)?).norm());
        let measured = Points::new(&landmarks).measure(&DISTANCE, Some(Side::Left), distance).unwrap();
        assert!((measured.value - 120.0).abs() < 1e-12);
        assert!((measured.sd - 5.0).abs() < 1e-9, "{}", measured.sd);
        let none = Points::new(&landmarks).measure(&DISTANCE, None, |p| p.at(LandmarkName::Aiis, Side::Left).map(|p| p.x));
        assert!(none.is_none());
    }
}
