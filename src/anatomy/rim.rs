//! The rim of the socket as a curve.

use super::{
    clock::ClockFace,
    fit::{fit_plane, median},
    meridian::Surroundings,
};
use nalgebra::{Point3, Unit, Vector3};

/// Meridians on which the rim is looked for: every 5° of the clock.
pub(super) const MERIDIANS: usize = 72;
/// The wall of the socket ends where it lies within this much of its sphere, mm: the outer side of the bone and its spines lie further.
pub(super) const WALL_MM: f64 = 3.0;
/// In the notch the floor of the fossa forms the edge, this much deeper than the sphere at most, mm.
const FOSSA_MM: f64 = 9.0;
/// Between those hours the rim may be the notch where the wall ends further than this from the opening axis.
const DEEP_DEG: f64 = 105.0;
const NOTCH_HOURS: std::ops::Range<f64> = 3.5..8.5;
/// The rim lies this much deeper than its plane where it is the notch, mm.
const NOTCH_DEPTH_MM: f64 = 4.0;

/// The rim of a real socket waves about its plane by less than this, mm: every part of it counts for the plane.
const WAVES_MM: f64 = 10.0;

/// One place of the rim.
#[derive(Clone, Copy, Debug)]
pub(super) struct RimPoint {
    /// Clock position about the opening axis, hours.
    pub hour: f64,
    /// In the view's coordinates, mm.
    pub position: Point3<f64>,
    /// True where the rim dips into the acetabular notch.
    pub notch: bool,
}

/// The rim: a closed curve, from 12 o'clock on.
#[derive(Clone, Debug)]
pub(super) struct Rim {
    pub points: Vec<RimPoint>,
    /// Scatter of the single meridians about the curve, mm.
    pub scatter_mm: f64,
}

impl Rim {
    /// On each meridian the edge of the bone as seen from the socket's centre: the outermost point of the wall near the sphere. Medians
    /// over five meridians remove osteophytes and gaps narrower than about 12°. `None` when a third of the rim or more is not there.
    pub fn of(around: &Surroundings, centre: &Point3<f64>, radius_mm: f64, face: &ClockFace) -> Option<Self> {
        let edges: Vec<Option<(f64, f64)>> = (0..MERIDIANS)
            .map(|i| {
                let hour = hour_of(i);
                let meridian = around.meridian(centre, &face.axis, &face.direction(hour));
                let edge = |beyond_mm: f64| meridian.edge_within(&(radius_mm - WALL_MM..radius_mm + beyond_mm));
                let wall = edge(WALL_MM);
                let in_notch = NOTCH_HOURS.contains(&hour) && wall.is_none_or(|(angle, _)| angle > DEEP_DEG.to_radians());
                if in_notch { edge(FOSSA_MM) } else { wall }
            })
            .collect();
        if edges.iter().flatten().count() * 3 < MERIDIANS * 2 {
            return None;
        }
        let mut rim = Self { points: Vec::new(), scatter_mm: 0.0 };
        for i in 0..MERIDIANS {
            let near = || (0..5).filter_map(|n| edges[(i + MERIDIANS + n - 2) % MERIDIANS]);
            if near().count() >= 3 {
                let (angle, distance) = (median(near().map(|e| e.0)), median(near().map(|e| e.1)));
                let direction = face.axis.into_inner() * angle.cos() + face.direction(hour_of(i)).into_inner() * angle.sin();
                rim.points.push(RimPoint { hour: hour_of(i), position: centre + direction * distance, notch: false });
            }
        }
        // Second differences of neighbours: what is left when the curve itself is taken away.
        let second = (0..MERIDIANS).filter_map(|i| {
            let [a, b, c] = [i + MERIDIANS - 1, i, i + 1].map(|n| edges[n % MERIDIANS]);
            Some((b?.0 - (a?.0 + c?.0) / 2.0).abs() * radius_mm)
        });
        rim.scatter_mm = 1.4826 * median(second) / 1.5_f64.sqrt();
        let level = rim.level(centre, &face.axis);
        for point in &mut rim.points {
            let height = (point.position - centre).dot(&face.axis);
            point.notch = NOTCH_HOURS.contains(&point.hour) && height < level - NOTCH_DEPTH_MM;
        }
        Some(rim)
    }

    /// Median height of the rim above a point along the opening axis, mm; the notch left aside.
    pub fn level(&self, above: &Point3<f64>, axis: &Unit<Vector3<f64>>) -> f64 {
        median(self.points.iter().filter(|p| !p.notch).map(|p| (p.position - above).dot(axis)))
    }

    /// Normal (out of the opening) of the plane of least squares through the rim, the notch left aside.
    pub fn normal(&self, axis: &Unit<Vector3<f64>>) -> Option<Unit<Vector3<f64>>> {
        let points: Vec<_> = self.points.iter().filter(|p| !p.notch).map(|p| p.position).collect();
        fit_plane(&points, axis, WAVES_MM).map(|(_, normal)| normal)
    }

    /// Consecutive points, the last with the first.
    pub fn edges(&self) -> impl Iterator<Item = (Point3<f64>, Point3<f64>)> + '_ {
        let n = self.points.len();
        (0..n).map(move |i| (self.points[i].position, self.points[(i + 1) % n].position))
    }

    /// Where the rim crosses the plane through `point` with this normal.
    pub fn crossings<'a>(&'a self, point: &'a Point3<f64>, normal: &'a Vector3<f64>) -> impl Iterator<Item = Point3<f64>> + 'a {
        self.edges().filter_map(move |(a, b)| {
            let (before, after) = ((a - point).dot(normal), (b - point).dot(normal));
            ((before >= 0.0) != (after >= 0.0)).then(|| a + (b - a) * (before / (before - after)))
        })
    }

    /// The place of the rim at an hour.
    pub fn at(&self, hour: f64) -> Option<Point3<f64>> {
        let next = self.points.iter().position(|p| p.hour > hour).unwrap_or(0);
        let n = self.points.len();
        let (a, b) = (self.points.get((next + n).checked_sub(1)? % n)?, self.points.get(next)?);
        let share = (hour - a.hour).rem_euclid(12.0) / (b.hour - a.hour).rem_euclid(12.0).max(1e-9);
        Some(a.position + (b.position - a.position) * share)
    }
}

fn hour_of(meridian: usize) -> f64 {
    meridian as f64 / MERIDIANS as f64 * 12.0
}
