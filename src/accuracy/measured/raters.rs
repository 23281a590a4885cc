//! The neck axis that raters' clicks give, by three readings of them, and how sure each is.
//!
//! Five raters clicked the neck's isthmus in front, behind, above and below, four times each. Of a place as blunt as that a click slides
//! along the surface by several millimetres. The mean of the four places slides with it by a quarter; nor is it, of four corners that do
//! not lie opposite each other, the centre of what they enclose. The measured isthmus is the centroid of a section's area, so that the same
//! definition read off the clicks is the centroid of the area that the four places enclose. The ellipse through all clicks asks only how
//! far the surface is, so that no sliding moves it; but a neck's section is an egg, broad above, and the centre of an ellipse lies below its
//! centroid. How far the raters agree with each other on a reading tells how sure it is, whatever any method finds.

use crate::accuracy::skeletons::Skeleton;
use nalgebra::{Matrix2, Matrix4, Matrix5, Point3, Vector2, Vector3, Vector4, Vector5};

const HEAD: [&str; 6] = ["(AFH)", "(IFH)", "(LFH)", "(MFH)", "(PFH)", "(SFH)"];
/// In turn about the neck.
const ISTHMUS: [&str; 4] = ["(ANI)", "(SNI)", "(PNI)", "(INI)"];

/// How clicks on the isthmus become its centre.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// The mean of the four places.
    Mean,
    /// The centroid of the area that the four places enclose, seen along the axis.
    Area,
    /// The centre of the ellipse through all clicks, seen along the axis.
    Ellipse,
}

impl Reading {
    pub const ALL: [Self; 3] = [Self::Mean, Self::Area, Self::Ellipse];

    /// What to call it in a table.
    pub const fn called(self) -> &'static str {
        match self {
            Self::Mean => "mean of clicks",
            Self::Area => "area of clicks",
            Self::Ellipse => "ellipse of clicks",
        }
    }
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
        let isthmus = ISTHMUS.map(|place| skeleton.each_click(&[place]));
        Self::through(&skeleton.each_click(&HEAD), &isthmus, reading)
    }

    /// What they give without each of the raters in turn.
    pub fn without_each(skeleton: &Skeleton, reading: Reading) -> Vec<Self> {
        let without = |rater: &str| {
            let isthmus = ISTHMUS.map(|place| skeleton.clicks_without(rater, &[place]));
            Self::through(&skeleton.clicks_without(rater, &HEAD), &isthmus, reading)
        };
        skeleton.raters().into_iter().filter_map(without).collect()
    }

    fn through(head: &[Point3<f64>], isthmus: &[Vec<Point3<f64>>; 4], reading: Reading) -> Option<Self> {
        // Through the clicks themselves: the mean of clicks that spread along a sphere lies within it.
        let head = sphere_centre(head)?;
        let places = isthmus.each_ref().map(|clicks| mean(clicks));
        let middle = mean(&places);
        let isthmus = match reading {
            Reading::Mean => middle,
            Reading::Area => seen_along(&head, middle, &places, quadrilateral_centre)?,
            Reading::Ellipse => seen_along(&head, middle, &isthmus.concat(), ellipse_centre)?,
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

fn mean(points: &[Point3<f64>]) -> Point3<f64> {
    Point3::from(points.iter().map(|p| p.coords).sum::<Vector3<f64>>() / points.len().max(1) as f64)
}

/// The centre that `centre_of` gives points as they are seen along the axis from the head centre to that centre; both are found in turn.
fn seen_along(
    head: &Point3<f64>,
    start: Point3<f64>,
    points: &[Point3<f64>],
    centre_of: impl Fn(&[Vector2<f64>]) -> Option<Vector2<f64>>,
) -> Option<Point3<f64>> {
    let mut centre = start;
    for _ in 0..60 {
        let along = (centre - head).try_normalize(1e-9)?;
        let aside = if along.z.abs() < 0.9 { Vector3::z() } else { Vector3::x() };
        let across = along.cross(&aside).try_normalize(1e-6)?;
        let third = along.cross(&across);
        let seen: Vec<Vector2<f64>> =
            points.iter().map(|p| Vector2::new((p - start).dot(&across), (p - start).dot(&third))).collect();
        let found = centre_of(&seen)?;
        let next = start + across * found.x + third * found.y;
        let change = (next - centre).norm();
        centre = next;
        if change < 1e-9 {
            break;
        }
    }
    Some(centre)
}

/// Centroid of the area of a polygon.
fn quadrilateral_centre(corners: &[Vector2<f64>]) -> Option<Vector2<f64>> {
    let pairs = || (0..corners.len()).map(|i| (corners[i], corners[(i + 1) % corners.len()]));
    let area: f64 = pairs().map(|(a, b)| a.perp(&b)).sum();
    let moment: Vector2<f64> = pairs().map(|(a, b)| (a + b) * a.perp(&b)).sum();
    (area.abs() > 1e-9).then(|| moment / (3.0 * area))
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

    const HEADS: [[f64; 3]; 5] = [[24.0, 0.0, 0.0], [0.0, 24.0, 0.0], [0.0, 0.0, 24.0], [-24.0, 0.0, 0.0], [0.0, -24.0, 0.0]];
    const TRUE: Point3<f64> = Point3::new(0.0, 0.0, 28.0);

    /// Clicks at four places of an ellipse about [`TRUE`], each place slid along it by so many degrees.
    fn read(slid: [f64; 4], reading: Reading) -> Neck {
        let at = |deg: f64| {
            let (sin, cos) = deg.to_radians().sin_cos();
            Point3::new(14.0 * cos, 18.0 * sin, 28.0)
        };
        let place = |i: usize| [-14.0, -5.0, 0.0, 3.0, 16.0].map(|deg| at(90.0 * i as f64 + slid[i] + deg)).to_vec();
        Neck::through(&HEADS.map(Point3::from), &[0, 1, 2, 3].map(place), reading).unwrap()
    }

    #[test]
    fn clicks_that_slide_along_the_neck_move_their_mean_most_and_the_ellipse_not_at_all() {
        for (slid, some) in [([0.0; 4], false), ([20.0, 15.0, 0.0, 0.0], true)] {
            let off = Reading::ALL.map(|reading| (read(slid, reading).isthmus - TRUE).norm());
            assert!(read(slid, Reading::Mean).head.coords.norm() < 1e-9);
            assert!(off[2] < 1e-6 && off[1] <= off[0] + 1e-9 && (off[0] > 1.0) == some, "{off:?}");
        }
    }

    #[test]
    fn the_centre_of_four_corners_is_that_of_their_area() {
        // A square with one corner drawn out: two triangles of 3 and 2 units about (0, 0).
        let corners = [[1.0, 0.0], [0.0, 3.0], [-1.0, 0.0], [0.0, -2.0]].map(Vector2::from);
        let centre = quadrilateral_centre(&corners).unwrap();
        assert!((centre - Vector2::new(0.0, (3.0 * 1.0 - 2.0 * 2.0 / 3.0) / 5.0)).norm() < 1e-12, "{centre}");
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
