//! The straight line through points.

use super::{biweight, principal_axes, robust_sigma};
use crate::anatomy::model::Axis;
use nalgebra::{Point3, Unit, Vector3};

/// The line of least squares through `points` with Tukey weights, directed like `towards`; `None` for fewer than 2 distinct points.
pub fn fit_line(points: &[Point3<f64>], towards: &Vector3<f64>) -> Option<Axis> {
    let mut weights = vec![1.0; points.len()];
    let mut axis: Option<(Point3<f64>, Vector3<f64>)> = None;
    for _ in 0..100 {
        let (mean, [direction, ..]) = principal_axes(points, &weights)?;
        if axis.replace((mean, direction)).is_some_and(|(p, d)| (p - mean).norm() < 1e-11 && d.cross(&direction).norm() < 1e-13) {
            break;
        }
        let distances: Vec<f64> = points.iter().map(|p| (p - mean).cross(&direction).norm()).collect();
        let sigma = robust_sigma(&distances, 0.05);
        weights = distances.iter().map(|d| biweight(*d, sigma)).collect();
    }
    let (point, direction) = axis?;
    let direction = if direction.dot(towards) < 0.0 { -direction } else { direction };
    Some(Axis { point, direction: Unit::try_new(direction, 1e-9)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outliers_do_not_turn_the_line() {
        let along = Vector3::new(1.0, 2.0, -3.0).normalize();
        let mut points: Vec<_> = (0..20).map(|i| Point3::new(4.0, 5.0, 6.0) + along * f64::from(i)).collect();
        points[3] += Vector3::new(5.0, 0.0, 0.0);
        let axis = fit_line(&points, &Vector3::z()).unwrap();
        assert!((axis.direction.into_inner() + along).norm() < 1e-6, "{}", axis.direction.into_inner());
        assert!(fit_line(&points[..1], &Vector3::z()).is_none());
    }
}
