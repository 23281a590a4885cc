//! The circle through clicks on the edge of a head or a socket.

use nalgebra::{Matrix3, Vector3};

/// A circle on the film, pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Circle {
    /// Its centre.
    pub centre: [f64; 2],
    /// Its radius.
    pub radius: f64,
}

/// The circle with the least squares of distances to the points; `None` for fewer than three, or for points that lie on a line.
#[must_use]
pub fn fit_circle(points: &[[f64; 2]]) -> Option<Circle> {
    if points.len() < 3 {
        return None;
    }
    let count = points.len() as f64;
    let mean = [0, 1].map(|axis| points.iter().map(|p| p[axis]).sum::<f64>() / count);
    let local: Vec<[f64; 2]> = points.iter().map(|p| [p[0] - mean[0], p[1] - mean[1]]).collect();
    let size = local.iter().map(|[x, y]| x.hypot(*y)).fold(0.0, f64::max);
    // x² + y² = a·x + b·y + c: linear, and a good beginning.
    let (mut normal, mut right) = (Matrix3::zeros(), Vector3::zeros());
    for [x, y] in &local {
        let row = Vector3::new(x / size, y / size, 1.0);
        normal += row * row.transpose();
        right += row * ((x * x + y * y) / (size * size));
    }
    let found = normal.cholesky()?.solve(&right) * size;
    let mut circle = Vector3::new(found.x / 2.0, found.y / 2.0, 0.0);
    circle.z = (circle.x.powi(2) + circle.y.powi(2) + found.z * size).sqrt();
    for _ in 0..20 {
        let (mut normal, mut right) = (Matrix3::zeros(), Vector3::zeros());
        for [x, y] in &local {
            let (dx, dy) = (x - circle.x, y - circle.y);
            let distance = dx.hypot(dy).max(1e-12);
            let row = Vector3::new(dx / distance, dy / distance, 1.0);
            normal += row * row.transpose();
            right += row * (distance - circle.z);
        }
        let step = normal.cholesky()?.solve(&right);
        circle += step;
        if step.norm() < 1e-9 * size {
            break;
        }
    }
    // Points that hardly bend make a circle of any size.
    let sound = circle.iter().all(|value| value.is_finite()) && circle.z > 0.0 && circle.z < 20.0 * size;
    sound.then(|| Circle { centre: [circle.x + mean[0], circle.y + mean[1]], radius: circle.z })
}
