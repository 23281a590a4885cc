//! The neck axis that raters' clicks give, by two readings of them, and how sure each is.
//!
//! The raters clicked the neck's isthmus in front, behind, above and below, five of them four times each. A click may slide along the
//! surface by several millimetres, which takes nothing from its truth as a point of the surface; but the mean of the clicks slides with it,
//! by a quarter. The centre of an ellipse through all of them does not: it asks only how far the surface is. So the raters agree on the
//! ellipse two to four times as well as on the mean, whatever a method finds.

use crate::accuracy::skeletons::Skeleton;
use nalgebra::{Matrix2, Matrix4, Matrix5, Point3, Vector2, Vector3, Vector4, Vector5};

const HEAD: [&str; 6] = ["(AFH)", "(IFH)", "(LFH)", "(MFH)", "(PFH)", "(SFH)"];
const ISTHMUS: [&str; 4] = ["(ANI)", "(PNI)", "(INI)", "(SNI)"];

/// How clicks on the isthmus become its centre.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// Their mean.
    Mean,
    /// The centre of the ellipse through them, seen along the axis.
    Ellipse,
}

/// Head centre and centre of the isthmus, LPS mm.
#[derive(Clone, Copy, Debug)]
pub(super) struct Neck {
    pub head: Point3<f64>,
    pub isthmus: Point3<f64>,
}

impl Neck {
    /// What every click on a femur gives.
    pub fn of(skeleton: &Skeleton, reading: Reading) -> Option<Self> {
        Self::through(&skeleton.each_click(&HEAD), &skeleton.each_click(&ISTHMUS), reading)
    }

    /// What they give without each of the raters in turn.
    pub fn without_each(skeleton: &Skeleton, reading: Reading) -> Vec<Self> {
        let without = |rater: &str| {
            let clicks = |names: &[&str]| skeleton.clicks_without(rater, names);
            Self::through(&clicks(&HEAD), &clicks(&ISTHMUS), reading)
        };
        skeleton.raters().into_iter().filter_map(without).collect()
    }

    fn through(head: &[Point3<f64>], isthmus: &[Point3<f64>], reading: Reading) -> Option<Self> {
        // Through the clicks themselves: the mean of clicks that spread along a sphere lies within it.
        let head = sphere_centre(head)?;
        let sum: Vector3<f64> = isthmus.iter().map(|p| p.coords).sum();
        let mean = Point3::from(sum / isthmus.len() as f64);
        let isthmus = match reading {
            Reading::Mean => mean,
            Reading::Ellipse => ellipse_along(&head, mean, isthmus)?,
        };
        Some(Self { head, isthmus })
    }

    /// From the head centre to the isthmus.
    pub fn axis(&self) -> Vector3<f64> {
        self.isthmus - self.head
    }
}

/// Standard error that differing raters give a number, from its distances to what it becomes without each of them (jackknife, Efron and
/// Stein 1981).
pub(super) fn jackknife(distances: impl Iterator<Item = f64>) -> f64 {
    let squares: Vec<f64> = distances.map(|distance| distance * distance).collect();
    let n = squares.len().max(1) as f64;
    ((n - 1.0) / n * squares.iter().sum::<f64>()).sqrt()
}

/// Centre of the ellipse through points, seen along the axis from the head centre to that centre; both are found in turn.
fn ellipse_along(head: &Point3<f64>, start: Point3<f64>, points: &[Point3<f64>]) -> Option<Point3<f64>> {
    let mut centre = start;
    for _ in 0..60 {
        let along = (centre - head).try_normalize(1e-9)?;
        let across = along.cross(&Vector3::z()).try_normalize(1e-6)?;
        let third = along.cross(&across);
        let seen: Vec<Vector2<f64>> =
            points.iter().map(|p| Vector2::new((p - start).dot(&across), (p - start).dot(&third))).collect();
        let found = ellipse_centre(&seen)?;
        let next = start + across * found.x + third * found.y;
        let change = (next - centre).norm();
        centre = next;
        if change < 1e-9 {
            break;
        }
    }
    Some(centre)
}

/// Centre of the conic of least squares whose two quadratic coefficients have a fixed sum, which no turn of the axes changes.
fn ellipse_centre(points: &[Vector2<f64>]) -> Option<Vector2<f64>> {
    let (mut normal, mut right) = (Matrix5::zeros(), Vector5::zeros());
    for p in points {
        let row = Vector5::new(p.x * p.x - p.y * p.y, 2.0 * p.x * p.y, p.x, p.y, 1.0);
        normal += row * row.transpose();
        right += row * p.norm_squared();
    }
    let conic = normal.lu().solve(&right)?;
    let (a, b) = (2.0 * conic[0], 2.0 * conic[1]);
    Matrix2::new(2.0 - a, -b, -b, 2.0 + a).lu().solve(&Vector2::new(conic[2], conic[3]))
}

/// Centre of the least-squares sphere through points (linear in centre and r² − |c|²).
fn sphere_centre(points: &[Point3<f64>]) -> Option<Point3<f64>> {
    let (mut normal, mut right) = (Matrix4::zeros(), Vector4::zeros());
    let origin = *points.first()?;
    for point in points {
        let p = point - origin;
        let row = (p * 2.0).push(1.0);
        normal += row * row.transpose();
        right += row * p.norm_squared();
    }
    Some(origin + normal.lu().solve(&right)?.xyz())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Clicks in four heaps on an ellipse about (0, 0, 28), each slid along it by so many degrees.
    fn clicks(slid: [f64; 4]) -> Vec<Point3<f64>> {
        let at = |deg: f64| {
            let (sin, cos) = deg.to_radians().sin_cos();
            Point3::new(14.0 * cos, 18.0 * sin, 28.0)
        };
        let heap = |(quarter, slid): (usize, f64)| [-14.0, -5.0, 0.0, 3.0, 16.0].map(|deg| at(90.0 * quarter as f64 + slid + deg));
        slid.into_iter().enumerate().flat_map(heap).collect()
    }

    #[test]
    fn clicks_that_slide_along_the_neck_move_their_mean_and_not_the_ellipse() {
        let head: Vec<Point3<f64>> =
            [[24.0, 0.0, 0.0], [0.0, 24.0, 0.0], [0.0, 0.0, 24.0], [-24.0, 0.0, 0.0], [0.0, -24.0, 0.0]].map(Point3::from).into();
        for slid in [[0.0; 4], [20.0, 15.0, 0.0, 0.0]] {
            let by = |reading| Neck::through(&head, &clicks(slid), reading).unwrap();
            assert!(by(Reading::Mean).head.coords.norm() < 1e-9);
            assert!((by(Reading::Ellipse).isthmus - Point3::new(0.0, 0.0, 28.0)).norm() < 1e-6);
            let off = (by(Reading::Mean).isthmus - Point3::new(0.0, 0.0, 28.0)).norm();
            assert_eq!(off > 1.5, slid[0] > 0.0, "{off}");
        }
    }

    #[test]
    fn the_jackknife_of_a_mean_is_its_standard_error() {
        let values = [1.0, 2.0, 4.0, 7.0, 11.0];
        let mean = values.iter().sum::<f64>() / 5.0;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 4.0;
        let without = values.iter().map(|v| (5.0 * mean - v) / 4.0 - mean);
        assert!((jackknife(without) - (variance / 5.0).sqrt()).abs() < 1e-12);
    }
}
