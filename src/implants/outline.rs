//! Outlines of solids of revolution, and where a circle about the bearing's centre meets them.
//!
//! Neck and rim are solids of revolution whose axes meet in the bearing's centre. On the sphere of radius R about it the neck is a cap of
//! angular radius ψ(R) about its axis, and the liner everything further than α(R) from the cup's: so they are apart as long as the angle
//! of their axes is less than α(R) − ψ(R) for every R. Between straight outlines that difference has no minimum but at their corners.

use super::{Head, Stem};
use nalgebra::Vector2;

/// A line of straight pieces with the free side on its left.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Outline(pub Vec<Vector2<f64>>);

impl Outline {
    /// Where a circle about the origin meets the line that keeps a distance from this one on its free side.
    pub fn on_circle(&self, radius: f64, apart: f64) -> Vec<Vector2<f64>> {
        let mut found = Vec::new();
        for [from, to] in self.0.array_windows() {
            let Some(along) = (to - from).try_normalize(1e-12) else { continue };
            let start = from + Vector2::new(-along.y, along.x) * apart;
            let (middle, length) = (-start.dot(&along), (to - from).norm());
            let nearest = start + along * middle;
            let Some(half) = root(radius.powi(2) - nearest.norm_squared()) else { continue };
            let there = [middle - half, middle + half].into_iter().filter(|at| (-1e-12..=length + 1e-12).contains(at));
            found.extend(there.map(|at| start + along * at));
        }
        if apart > 0.0 {
            found.extend(self.0.iter().flat_map(|corner| circles(radius, corner, apart)));
        }
        found
    }
}

/// Where a circle about the origin meets one about a point.
fn circles(radius: f64, centre: &Vector2<f64>, other: f64) -> Vec<Vector2<f64>> {
    let distance = centre.norm();
    let cosine = (radius.powi(2) + distance.powi(2) - other.powi(2)) / (2.0 * radius * distance);
    if !(-1.0..=1.0).contains(&cosine) {
        return Vec::new();
    }
    let (towards, half) = (centre.y.atan2(centre.x), cosine.acos());
    [towards - half, towards + half].map(|angle| Vector2::new(angle.cos(), angle.sin()) * radius).into()
}

/// A square root that rounding cannot spoil.
fn root(square: f64) -> Option<f64> {
    (square > -1e-9).then(|| square.max(0.0).sqrt())
}

/// A neck with the skirt of the head on it: radii at distances from the head's centre along the neck towards the shaft.
#[derive(Clone, Debug, PartialEq)]
pub struct NeckOutline(Outline);

impl NeckOutline {
    /// The neck of a stem below a head.
    #[must_use]
    pub fn of(head: &Head, stem: &Stem) -> Self {
        // The stem's places count from the centre of a head of offset 0.
        let from_head = |(along_mm, diameter_mm): &(f64, f64)| Vector2::new(along_mm + head.offset_mm, diameter_mm / 2.0);
        let mut neck: Vec<Vector2<f64>> = stem.neck_profile.iter().map(from_head).collect();
        let radius = stem.neck_diameter_mm / 2.0;
        if neck.first().is_none_or(|first| first.x > 0.0) {
            neck.insert(0, Vector2::new(0.0, neck.first().map_or(radius, |first| first.y)));
        }
        let last = neck.last().map_or(radius, |last| last.y);
        neck.push(Vector2::new(stem.neck_length_mm + head.offset_mm, last));
        let bare = Self(Outline(neck));
        let Some(skirt) = head.skirt else { return bare };
        let (end, thick) = (skirt.end_mm, skirt.diameter_mm / 2.0);
        let mut skirted = vec![Vector2::new(0.0, thick), Vector2::new(end, thick), Vector2::new(end, bare.radius_at(end))];
        skirted.extend(bare.0.0.iter().filter(|point| point.x > end));
        Self(Outline(skirted))
    }

    /// Radius at a distance from the head's centre along the neck, mm.
    #[must_use]
    pub fn radius_at(&self, along_mm: f64) -> f64 {
        let points = &self.0.0;
        let pair = points.array_windows().find(|[a, b]| (a.x..=b.x).contains(&along_mm) && b.x > a.x);
        match (pair, points.first(), points.last()) {
            (Some([a, b]), ..) => a.y + (b.y - a.y) * (along_mm - a.x) / (b.x - a.x),
            (None, Some(first), _) if along_mm < first.x => first.y,
            (None, _, last) => last.map_or(0.0, |last| last.y),
        }
    }

    /// Angle from the neck's axis, radians, under which a ball of radius `apart` whose centre lies `radius` from the head's centre touches
    /// the neck; `None` where the neck does not reach.
    pub(super) fn widest(&self, radius: f64, apart: f64) -> Option<f64> {
        if radius <= self.radius_at(0.0) + apart {
            return Some(std::f64::consts::FRAC_PI_2);
        }
        self.0.on_circle(radius, apart).iter().map(|point| point.y.atan2(point.x)).max_by(f64::total_cmp)
    }

    pub(super) fn corners(&self) -> &[Vector2<f64>] {
        &self.0.0
    }
}
