//! Plane sections of a bone, with area and centroid.

use crate::{mesh::TriMesh, surface::cross_section};
use nalgebra::{Point3, Unit, Vector3};

/// One closed contour of a plane section.
#[derive(Clone, Debug)]
pub struct Contour {
    /// Corners in order, LPS mm; the last is joined to the first.
    pub points: Vec<Point3<f64>>,
    /// Centroid of the enclosed area, LPS mm.
    pub centroid: Point3<f64>,
    /// Enclosed area, mm²; negative for a hole.
    pub area_mm2: f64,
}

/// The contour around, or else nearest to, a point of the plane; holes do not count.
pub fn contour_at(mesh: &TriMesh, point: &Point3<f64>, normal: &Unit<Vector3<f64>>) -> Option<Contour> {
    cross_section(mesh, point, normal)
        .into_iter()
        .map(|points| Contour::new(points, normal))
        .filter(|contour| contour.area_mm2 > 0.0)
        .map(|contour| (if contour.encloses(point, normal) { 0.0 } else { (contour.centroid - point).norm() }, contour))
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, contour)| contour)
}

impl Contour {
    /// A contour that runs counter-clockwise about `normal` around solid.
    pub fn new(points: Vec<Point3<f64>>, normal: &Unit<Vector3<f64>>) -> Self {
        let first = points[0];
        let (mut area, mut moment) = (0.0, Vector3::zeros());
        for pair in points.windows(2).skip(1) {
            let (a, b) = (pair[0] - first, pair[1] - first);
            let twice = a.cross(&b).dot(normal);
            area += twice / 2.0;
            moment += (a + b) * (twice / 6.0);
        }
        let centroid = if area.abs() > 1e-9 { first + moment / area } else { first };
        Self { points, centroid, area_mm2: area }
    }

    /// True when the point of the plane lies inside (turn of the contour seen from it).
    fn encloses(&self, point: &Point3<f64>, normal: &Unit<Vector3<f64>>) -> bool {
        let turn: f64 = (0..self.points.len())
            .map(|i| {
                let (a, b) = (self.points[i] - point, self.points[(i + 1) % self.points.len()] - point);
                normal.dot(&a.cross(&b)).atan2(a.dot(&b))
            })
            .sum();
        turn.abs() > std::f64::consts::PI
    }
}
