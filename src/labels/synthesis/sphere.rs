//! The sphere through a set of points.

use nalgebra::{DMatrix, DVector, Matrix4, Point3, Vector4};
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

/// Sphere of least squared distances from places that count by their weights, times those of Tukey's biweight (Beaton & Tukey 1974,
/// 10.1080/00401706.1974.10489171) for a standard deviation of 1.4826 median distances; from a sphere near by.
///
/// `None` where the places lie in a plane. `rms_mm` is taken over what keeps a weight.
pub(super) fn tukey_sphere(start: &FittedSphere, places: &[(Point3<f64>, f64)]) -> Option<FittedSphere> {
    let total: f64 = places.iter().map(|(_, weight)| weight).sum();
    let mut sphere = *start;
    for _ in 0..100 {
        let mut sizes: Vec<(f64, f64)> = places.iter().map(|(p, weight)| (residual(&sphere, p).abs(), *weight)).collect();
        sizes.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut passed = 0.0;
        let median = sizes.iter().find(|(_, weight)| {
            passed += weight;
            passed >= total / 2.0
        });
        let limit = 4.685 * (1.4826 * median?.0).max(0.02);
        let (mut normal, mut moment, mut squares, mut kept) = (Matrix4::zeros(), Vector4::zeros(), 0.0, 0.0);
        for (p, weight) in places {
            let off = residual(&sphere, p);
            let biweight = (1.0 - (off / limit).powi(2)).max(0.0).powi(2);
            // How the distance falls when the sphere moves and grows.
            let slope = (p - sphere.centre).try_normalize(1e-9)?.push(1.0);
            normal += slope * slope.transpose() * (weight * biweight);
            moment += slope * (off * weight * biweight);
            if biweight > 0.0 {
                (squares, kept) = (squares + weight * off * off, kept + weight);
            }
        }
        let step = normal.cholesky()?.solve(&moment);
        sphere.centre += step.xyz();
        sphere.radius_mm += step.w;
        sphere.rms_mm = (squares / kept).sqrt();
        if step.norm() < 1e-9 {
            break;
        }
    }
    (sphere.rms_mm.is_finite() && sphere.radius_mm > 0.0).then_some(sphere)
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
        let places: Vec<_> = points.iter().map(|p| (*p, 1.0)).collect();
        let start = FittedSphere { centre: centre + Vector3::new(1.0, -2.0, 1.0), radius_mm: 25.0, rms_mm: 0.0 };
        let sphere = tukey_sphere(&start, &places).unwrap();
        assert!((sphere.centre - centre).norm() < 1e-6 && sphere.rms_mm < 1e-6, "{sphere:?}");
    }
}
