//! A bone's surface cut along half-planes through an axis.

use super::{bones::Bone, view::View};
use nalgebra::{Point3, Unit, Vector2, Vector3};
use std::{f64::consts::PI, ops::Range};

/// Corners of the section this near in angle are equally far out, radians.
const FLAT_RAD: f64 = 1e-6;

/// The part of a bone's surface near a centre, in the coordinates of a [`View`].
pub(super) struct Surroundings {
    points: Vec<Point3<f64>>,
    triangles: Vec<[u32; 3]>,
}

impl Surroundings {
    /// The surface within `radius_mm` of a centre (LPS).
    pub fn new(bone: &Bone, centre: &Point3<f64>, radius_mm: f64, view: &View) -> Self {
        let part = bone.near(centre, radius_mm);
        Self { points: part.vertices.iter().map(|p| view.point(p)).collect(), triangles: part.triangles }
    }

    /// The section by the half-plane that starts at the line through `centre` along `pole` and runs `towards` (perpendicular to it).
    pub fn meridian(&self, centre: &Point3<f64>, pole: &Unit<Vector3<f64>>, towards: &Unit<Vector3<f64>>) -> Meridian {
        let normal = pole.cross(towards);
        let heights: Vec<f64> = self.points.iter().map(|p| (p - centre).dot(&normal)).collect();
        let mut segments = Vec::new();
        for triangle in &self.triangles {
            let above = triangle.map(|v| heights[v as usize] >= 0.0);
            if above[0] == above[1] && above[1] == above[2] {
                continue;
            }
            let mut ends = [0, 1, 2].into_iter().filter(|&n| above[n] != above[(n + 1) % 3]).map(|n| {
                let [a, b] = [triangle[n], triangle[(n + 1) % 3]].map(|v| v as usize);
                // The lower number first: neighbours then agree to the last bit, and no ray slips between them.
                let (a, b) = (a.min(b), a.max(b));
                let share = heights[a] / (heights[a] - heights[b]);
                let d = self.points[a] + (self.points[b] - self.points[a]) * share - centre;
                Vector2::new(d.dot(towards), d.dot(pole))
            });
            if let (Some(a), Some(b)) = (ends.next(), ends.next()) {
                segments.extend((a.x >= 0.0 || b.x >= 0.0).then_some([a, b]));
            }
        }
        Meridian { segments }
    }
}

/// A section by a half-plane, as pieces of line: x away from the pole's line, y along it, mm from the centre.
pub(super) struct Meridian {
    segments: Vec<[Vector2<f64>; 2]>,
}

impl Meridian {
    /// Corners as (angle from the pole in radians, distance from the centre in mm).
    pub fn corners(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.segments.iter().flatten().filter(|p| p.x >= 0.0).map(|p| (p.x.atan2(p.y), p.norm()))
    }

    /// Ends of the pieces of the section at these distances from the centre, as (angle from the pole in radians, distance in mm). A
    /// straight piece is seen furthest out at one of its ends, so that no other of its points can be the edge of what lies there.
    pub fn ends_within(&self, distances: &Range<f64>) -> impl Iterator<Item = (f64, f64)> + '_ {
        let distances = distances.clone();
        self.segments.iter().flat_map(move |[a, b]| {
            let along = b - a;
            let across = |distance: f64| {
                let (square, half, rest) = (along.norm_squared(), a.dot(&along), a.norm_squared() - distance * distance);
                let root = (half * half - square * rest).sqrt();
                [-1.0, 1.0].map(|sign| (sign * root - half) / square).into_iter().filter(|t| (0.0..=1.0).contains(t))
            };
            let crossings = across(distances.start).chain(across(distances.end)).map(|t| a + along * t).collect::<Vec<_>>();
            let ends = [*a, *b].into_iter().filter(|p| distances.contains(&p.norm()));
            let clipped: Vec<_> = ends.chain(crossings).filter(|p| p.x >= 0.0).map(|p| (p.x.atan2(p.y), p.norm())).collect();
            clipped
        })
    }

    /// Of what lies at these distances from the centre the edge as seen from there: the place nearest in angle to the pole, as (angle from
    /// the pole in radians, distance in mm). Of a flat edge, all of which is equally far out, the inner end.
    pub fn edge_within(&self, distances: &Range<f64>) -> Option<(f64, f64)> {
        let corners: Vec<_> = self.ends_within(distances).collect();
        let outermost = corners.iter().map(|c| c.0).min_by(f64::total_cmp)?;
        corners.into_iter().filter(|c| c.0 < outermost + FLAT_RAD).min_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// Distance from the centre to the first surface in the direction at `angle` (radians, 0 to π) from the pole, mm.
    pub fn distance_at(&self, angle: f64) -> Option<f64> {
        let ray = Vector2::new(angle.clamp(0.0, PI).sin(), angle.clamp(0.0, PI).cos());
        self.segments
            .iter()
            .filter_map(|[a, b]| {
                let (left, right) = (ray.perp(a), ray.perp(b));
                let crosses = (left >= 0.0) != (right >= 0.0);
                crosses.then(|| (a + (b - a) * (left / (left - right))).dot(&ray)).filter(|distance| *distance > 0.0)
            })
            .min_by(f64::total_cmp)
    }
}
