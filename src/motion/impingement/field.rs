//! The pelvic side as a signed distance field.

use nalgebra::{Point3, Vector3};

/// Signed distance to a fixed body, LPS mm: negative inside. Never larger than the true distance to the body from outside, and
/// never changing by more than the way that is walked: both are what makes the search between bodies certain.
pub trait Field: Send + Sync {
    /// The distance at a point in mm, and the reach: a bound on how far the underlying surface is (no sign), or infinity.
    ///
    /// `within_mm` is such a bound for this point, or infinity: the reach of a point nearby plus the way from there. It makes the
    /// query faster and never changes its answer.
    fn distance(&self, point: &Point3<f64>, within_mm: f64) -> (f64, f64);

    /// The point of the body's surface nearest to a point, LPS mm.
    fn nearest(&self, point: &Point3<f64>) -> Point3<f64> {
        const STEP_MM: f64 = 1e-3;
        let at = |offset: Vector3<f64>| self.distance(&(point + offset), f64::INFINITY).0;
        let slope = |axis: Vector3<f64>| at(axis * STEP_MM) - at(axis * -STEP_MM);
        let gradient = Vector3::new(slope(Vector3::x()), slope(Vector3::y()), slope(Vector3::z()));
        match gradient.try_normalize(1e-12) {
            Some(direction) => point - direction * at(Vector3::zeros()),
            None => *point,
        }
    }
}

/// A bone without what lies in a ball, such as the bone that a reamer takes away for the cup.
#[derive(Clone, Debug)]
pub struct Reamed<F> {
    /// The whole bone.
    pub bone: F,
    /// Centre of the ball, LPS mm.
    pub centre: Point3<f64>,
    /// Radius of the ball, mm.
    pub radius_mm: f64,
}

impl<F: Field> Field for Reamed<F> {
    fn distance(&self, point: &Point3<f64>, within_mm: f64) -> (f64, f64) {
        let (bone, reach) = self.bone.distance(point, within_mm);
        (bone.max(self.radius_mm - (point - self.centre).norm()), reach)
    }
}

#[cfg(test)]
pub(super) mod truth {
    //! Bodies whose distance is a formula.
    use super::*;

    /// Everything on the far side of a plane.
    pub struct HalfSpace {
        pub point: Point3<f64>,
        pub outward: Vector3<f64>,
    }

    impl Field for HalfSpace {
        fn distance(&self, point: &Point3<f64>, _within_mm: f64) -> (f64, f64) {
            (self.outward.dot(&(point - self.point)), f64::INFINITY)
        }
    }

    /// A ring about the z axis.
    pub struct Torus {
        pub ring_mm: f64,
        pub tube_mm: f64,
    }

    impl Field for Torus {
        fn distance(&self, p: &Point3<f64>, _within_mm: f64) -> (f64, f64) {
            ((p.x.hypot(p.y) - self.ring_mm).hypot(p.z) - self.tube_mm, f64::INFINITY)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{truth::*, *};

    #[test]
    fn the_nearest_point_lies_on_the_surface_below_the_query() {
        let torus = Torus { ring_mm: 16.0, tube_mm: 2.0 };
        let nearest = torus.nearest(&Point3::new(20.0, 0.0, 3.0));
        assert!((nearest - Point3::new(16.0 + 1.6, 0.0, 1.2)).norm() < 1e-6, "{nearest}");
    }

    #[test]
    fn what_the_reamer_took_is_no_longer_bone() {
        let bone = HalfSpace { point: Point3::origin(), outward: Vector3::z() };
        let reamed = Reamed { bone, centre: Point3::origin(), radius_mm: 25.0 };
        assert!(reamed.distance(&Point3::new(0.0, 0.0, -10.0), f64::INFINITY).0 > 14.9, "inside the reamed ball");
        assert!(reamed.distance(&Point3::new(0.0, 0.0, -30.0), f64::INFINITY).0 < -4.9, "below it");
        assert!(reamed.distance(&Point3::new(30.0, 0.0, -2.0), f64::INFINITY).0 < -1.9, "beside it");
    }
}
