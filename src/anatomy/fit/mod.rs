//! Robust least-squares fits of a sphere, a plane and a line. Deterministic: no random sampling, the weights settle by iteration.

mod line;
mod plane;
mod sphere;

pub(super) use line::fit_line;
pub(super) use plane::{fit_plane, fit_plane_weighted};
pub(super) use sphere::{fit_sphere, fit_sphere_near};

use nalgebra::{Matrix3, Point3, SymmetricEigen, Vector3};

/// Tukey's biweight (Beaton & Tukey 1974, 10.1080/00401706.1974.10489171) of a residual, for a robust standard deviation `sigma`.
pub(super) fn biweight(residual: f64, sigma: f64) -> f64 {
    let u = residual / (4.685 * sigma);
    if u.abs() < 1.0 { (1.0 - u * u).powi(2) } else { 0.0 }
}

/// Robust standard deviation of residuals (1.4826 × median absolute value), not below `floor`.
pub(super) fn robust_sigma(residuals: &[f64], floor: f64) -> f64 {
    (1.4826 * median(residuals.iter().map(|r| r.abs()))).max(floor)
}

/// Median of the values; 0 when there is none.
pub(super) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    if values.is_empty() {
        return 0.0;
    }
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f64::total_cmp).1
}

/// Weighted mean and principal directions, the direction of greatest spread first.
fn principal_axes(points: &[Point3<f64>], weights: &[f64]) -> Option<(Point3<f64>, [Vector3<f64>; 3])> {
    let total: f64 = weights.iter().sum();
    if points.len() < 2 || total <= 0.0 {
        return None;
    }
    let mean = points.iter().zip(weights).map(|(p, w)| p.coords * *w).sum::<Vector3<f64>>() / total;
    let spread = points.iter().zip(weights).fold(Matrix3::zeros(), |sum, (p, w)| {
        let d = p.coords - mean;
        sum + d * d.transpose() * *w
    });
    if !spread.iter().all(|value| value.is_finite()) {
        return None;
    }
    let eigen = SymmetricEigen::new(spread);
    let mut order = [0, 1, 2];
    order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]));
    Some((mean.into(), order.map(|i| eigen.eigenvectors.column(i).into_owned())))
}
