//! The sphere through points.

use super::{biweight, robust_sigma};
use crate::anatomy::model::Sphere;
use nalgebra::{Matrix4, Point3, Vector3, Vector4};

/// The sphere that fits `points` best in the geometric sense, with Tukey weights times the given ones (e.g. area a point stands for).
///
/// Starts from the algebraic fit (linear in centre and r² − |c|²); the weights' scale follows the points' own scatter.
/// `None` for fewer than 4 points or points in one plane.
pub fn fit_sphere(points: &[Point3<f64>], area: &[f64]) -> Option<Sphere> {
    fit_sphere_near(algebraic(points, area)?, points, area, None)
}

/// The same fit from a sphere near by. With a known scatter of the points, mm, those of another surface lose their weight.
///
/// Gauss–Newton on the true distances with Tukey weights; `rms_mm` is taken over the points that keep a weight.
pub fn fit_sphere_near(start: Sphere, points: &[Point3<f64>], area: &[f64], scatter_mm: Option<f64>) -> Option<Sphere> {
    let mut sphere = start;
    let mut weights = area.to_vec();
    for _ in 0..100 {
        let residuals: Vec<f64> = points.iter().map(|p| (p - sphere.centre).norm() - sphere.radius_mm).collect();
        let sigma = scatter_mm.unwrap_or_else(|| robust_sigma(&residuals, 0.02));
        weights = residuals.iter().zip(area).map(|(r, a)| a * biweight(*r, sigma)).collect();
        let (mut normal, mut right) = (Matrix4::zeros(), Vector4::zeros());
        for ((p, r), w) in points.iter().zip(&residuals).zip(&weights) {
            let outward = (p - sphere.centre).try_normalize(1e-9)?;
            let row = outward.push(1.0);
            normal += row * row.transpose() * *w;
            right += row * (*r * *w);
        }
        let step = normal.cholesky()?.solve(&right);
        sphere.centre += step.xyz();
        sphere.radius_mm += step.w;
        if step.norm() < 1e-9 {
            break;
        }
    }
    let kept = || points.iter().zip(&weights).zip(area).filter(|((_, w), _)| **w > 0.0);
    let squares: f64 = kept().map(|((p, _), a)| a * ((p - sphere.centre).norm() - sphere.radius_mm).powi(2)).sum();
    sphere.rms_mm = (squares / kept().map(|(_, a)| a).sum::<f64>()).sqrt();
    (sphere.rms_mm.is_finite() && sphere.radius_mm > 0.0).then_some(sphere)
}

/// |p|² = 2 c·p + (r² − |c|²), solved by weighted least squares about the mean of the points.
fn algebraic(points: &[Point3<f64>], area: &[f64]) -> Option<Sphere> {
    let total: f64 = area.iter().sum();
    if points.len() < 4 || total <= 0.0 {
        return None;
    }
    let mean = points.iter().zip(area).map(|(p, w)| p.coords * *w).sum::<Vector3<f64>>() / total;
    let (mut normal, mut right) = (Matrix4::zeros(), Vector4::zeros());
    for (p, w) in points.iter().zip(area) {
        let d = p.coords - mean;
        let row = (2.0 * d).push(1.0);
        normal += row * row.transpose() * *w;
        right += row * (d.norm_squared() * *w);
    }
    let solution = normal.cholesky()?.solve(&right);
    let centre = solution.xyz();
    let radius_mm = (solution.w + centre.norm_squared()).sqrt();
    radius_mm.is_finite().then_some(Sphere { centre: (mean + centre).into(), radius_mm, rms_mm: 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A cap of a sphere with a little waviness and a fifth of it dented by 4 mm, as a fovea or an osteophyte would.
    #[test]
    fn a_dented_cap_gives_its_sphere() {
        let centre = Point3::new(80.0, -10.0, -40.0);
        let points: Vec<_> = (0..600)
            .map(|i| {
                let (z, turn) = (1.0 - f64::from(i) / 600.0 * 1.2, f64::from(i) * 2.399_963);
                let ring = (1.0 - z * z).sqrt();
                let dent = if i % 5 == 0 { 4.0 } else { 0.0 };
                centre + Vector3::new(ring * turn.cos(), ring * turn.sin(), z) * (24.0 - dent + 0.1 * (7.0 * turn).sin())
            })
            .collect();
        let sphere = fit_sphere(&points, &vec![1.0; points.len()]).unwrap();
        assert!((sphere.centre - centre).norm() < 0.05, "{:?}", sphere);
        assert!((sphere.radius_mm - 24.0).abs() < 0.05 && sphere.rms_mm < 0.15, "{:?}", sphere);
    }

    #[test]
    fn flat_points_have_no_sphere() {
        let flat: Vec<_> = (0..50).map(|i| Point3::new(f64::from(i % 7), f64::from(i / 7), 0.0)).collect();
        assert!(fit_sphere(&flat, &[1.0; 50]).is_none_or(|s| s.radius_mm > 1e3));
    }
}
