//! The plane through points.

use super::{biweight, principal_axes, robust_sigma};
use nalgebra::{Point3, Unit, Vector3};

/// Centre and unit normal of the least-squares plane through weighted points, the normal directed like `towards`.
pub fn fit_plane_weighted(
    points: &[Point3<f64>],
    weights: &[f64],
    towards: &Vector3<f64>,
) -> Option<(Point3<f64>, Unit<Vector3<f64>>)> {
    let (centre, [.., normal]) = principal_axes(points, weights)?;
    let normal = if normal.dot(towards) < 0.0 { -normal } else { normal };
    Some((centre, Unit::try_new(normal, 1e-9)?))
}

/// Centre and unit normal of the least-squares plane with Tukey weights for points that scatter by `scatter_mm`, the normal directed
/// like `towards`.
pub fn fit_plane(points: &[Point3<f64>], towards: &Vector3<f64>, scatter_mm: f64) -> Option<(Point3<f64>, Unit<Vector3<f64>>)> {
    let mut weights = vec![1.0; points.len()];
    let mut plane = None;
    for round in 0..40 {
        let (mean, [.., normal]) = principal_axes(points, &weights)?;
        let heights: Vec<f64> = points.iter().map(|p| (p - mean).dot(&normal)).collect();
        // Not below the points' own scatter in the first rounds, when the plane may still lie askew.
        let sigma = if round < 5 { robust_sigma(&heights, scatter_mm) } else { scatter_mm };
        weights = heights.iter().map(|h| biweight(*h, sigma)).collect();
        plane = Some((mean, normal));
    }
    let (centre, normal) = plane?;
    let normal = if normal.dot(towards) < 0.0 { -normal } else { normal };
    Some((centre, Unit::try_new(normal, 1e-9)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notch_in_the_rim_does_not_tilt_its_plane() {
        let rim = |i: i32| {
            let angle = f64::from(i).to_radians() * 5.0;
            let notch = if (20..28).contains(&i) { -9.0 } else { 0.2 * (angle * 3.0).sin() };
            Point3::new(25.0 * angle.cos(), 25.0 * angle.sin(), notch)
        };
        let points: Vec<_> = (0..72).map(rim).collect();
        let (_, normal) = fit_plane(&points, &Vector3::z(), 1.2).unwrap();
        assert!(normal.z > 0.2_f64.to_radians().cos(), "{}", normal.into_inner());
    }
}
