//! The sphere through a set of points.

use nalgebra::{DMatrix, DVector, Point3, Vector4};
use serde::{Deserialize, Serialize};

/// A sphere fitted to the vertices of a joint surface.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FittedSphere {
    /// Centre, LPS mm.
    pub centre: Point3<f64>,
    /// Radius, mm.
    pub radius_mm: f64,
    /// Root mean square distance from the sphere of the points that were kept, mm.
    pub rms_mm: f64,
}

/// Least-squares sphere, refitted without the points further from it than 1.8 standard deviations until none more falls out
/// or half the points are left: joint surfaces curl at their borders.
///
/// `None` with fewer than four points or when they lie in a plane.
pub(super) fn robust_sphere(points: &[Point3<f64>]) -> Option<FittedSphere> {
    let mut kept = points.to_vec();
    let mut sphere = least_squares(&kept)?;
    for _ in 0..30 {
        let limit = (1.8 * sphere.rms_mm).max(0.05);
        let inliers: Vec<_> = points.iter().filter(|p| residual(&sphere, p).abs() <= limit).copied().collect();
        if inliers.len() == kept.len() || inliers.len() < points.len() / 2 {
            break;
        }
        kept = inliers;
        sphere = least_squares(&kept)?;
    }
    Some(sphere)
}

fn residual(sphere: &FittedSphere, p: &Point3<f64>) -> f64 {
    (p - sphere.centre).norm() - sphere.radius_mm
}

/// |p|² = 2 c·p + (r² − |c|²) is linear in its four unknowns; about the centroid it is well conditioned.
fn least_squares(points: &[Point3<f64>]) -> Option<FittedSphere> {
    if points.len() < 4 {
        return None;
    }
    let centroid = points.iter().map(|p| p.coords).sum::<nalgebra::Vector3<f64>>() / points.len() as f64;
    let local: Vec<_> = points.iter().map(|p| p.coords - centroid).collect();
    let rows = DMatrix::from_fn(points.len(), 4, |r, c| if c < 3 { 2.0 * local[r][c] } else { 1.0 });
    let right = DVector::from_fn(points.len(), |r, _| local[r].norm_squared());
    let (normal, moment) = (rows.tr_mul(&rows), rows.tr_mul(&right));
    let solution = normal.cholesky()?.solve(&moment);
    let found = Vector4::new(solution[0], solution[1], solution[2], solution[3]);
    let radius_mm = (found.w + found.xyz().norm_squared()).max(0.0).sqrt();
    let mut sphere = FittedSphere { centre: Point3::from(centroid + found.xyz()), radius_mm, rms_mm: 0.0 };
    sphere.rms_mm = (points.iter().map(|p| residual(&sphere, p).powi(2)).sum::<f64>() / points.len() as f64).sqrt();
    sphere.radius_mm.is_finite().then_some(sphere)
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Vector3;

    #[test]
    fn a_cap_with_outliers_gives_its_sphere() {
        let centre = Point3::new(80.0, -12.0, 40.0);
        let mut points: Vec<_> = (0..400)
            .map(|i| {
                let (turn, z) = (f64::from(i) * 2.399_963, 1.0 - f64::from(i) / 500.0);
                centre + Vector3::new((1.0 - z * z).sqrt() * turn.cos(), (1.0 - z * z).sqrt() * turn.sin(), z) * 24.0
            })
            .collect();
        points.extend((0..10).map(|i| centre + Vector3::new(f64::from(i), 35.0, -20.0)));
        let sphere = robust_sphere(&points).unwrap();
        assert!((sphere.centre - centre).norm() < 1e-6 && (sphere.radius_mm - 24.0).abs() < 1e-6, "{sphere:?}");
    }
}
