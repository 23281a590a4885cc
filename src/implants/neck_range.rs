//! The directions in which a neck is free in a bearing: a cone where the rim is the same all round, else the inside of a closed line.
//!
//! A point of the rim at distance R from the bearing's centre touches the neck where its axis comes within ψ(R) of that point, ψ being the
//! angle under which the neck's own surface lies at that distance ([`Outline`](super::outline)). So what a neck cannot enter is a band of
//! such caps along the rim, and all beyond it; how far a neck can still lean is how far its axis is from that band.

use super::{Bearing, NeckOutline, outline::Outline};
use nalgebra::{Rotation3, Unit, Vector2, Vector3};
use std::f64::consts::{FRAC_PI_2, TAU};

/// Points of the rim, and of the line, all round. Between caps half a degree apart, and between points of the line, 0.001° is lost.
const STEPS: usize = 720;
/// Pieces of the line that are looked at together.
const BLOCK: usize = 16;
/// No neck leans further, degrees.
const FURTHEST_DEG: f64 = 120.0;

/// Where a neck's axis can be in a bearing. Directions point from the head's centre to the shaft, in the cup's frame: +Z out of the opening,
/// +X towards the liner's lip.
#[derive(Clone, Debug, PartialEq)]
pub struct NeckRange {
    /// Out of the rim: the cup's axis, unless the liner's face is turned.
    axis: Unit<Vector3<f64>>,
    /// Half the angle of the cone about it that is free all round, degrees.
    cone_deg: f64,
    border: Option<Border>,
}

/// The line that the neck's axis cannot cross, of a rim that is not the same all round.
#[derive(Clone, Debug, PartialEq)]
struct Border {
    turn: Rotation3<f64>,
    /// Closed, its first point repeated at its end; evenly apart in azimuth about the rim's axis, in the rim's frame.
    points: Vec<Vector3<f64>>,
    /// Balls around pieces of it: centre and radius.
    blocks: Vec<(Vector3<f64>, f64)>,
    /// Up to this azimuth from its middle, radians, the lip stands more than half as high as in its middle.
    lip: f64,
}

/// A rim's line as lists.
#[cfg(feature = "card")]
pub(crate) struct RimLine<'a> {
    /// From the rim's frame to the cup's.
    pub turn: &'a Rotation3<f64>,
    /// In the rim's frame, closed.
    pub points: &'a [Vector3<f64>],
    /// Balls around every [`BLOCK`] pieces: centre and radius.
    pub balls: &'a [(Vector3<f64>, f64)],
}

/// Part of a sphere around a point of the rim that the neck's axis cannot enter.
struct Cap {
    from_axis: f64,
    azimuth: f64,
    cos_radius: f64,
}

impl NeckRange {
    /// The range of a neck in a bearing.
    #[must_use]
    pub fn of(bearing: &Bearing, neck: &NeckOutline) -> Self {
        let axis = bearing.axis();
        if bearing.is_round() {
            return Self { axis, cone_deg: bearing.lean_limit_deg(neck, 0.0), border: None };
        }
        let border = Border::of(bearing, neck);
        let lean = |point: &Vector3<f64>| point.x.hypot(point.y).atan2(point.z).to_degrees();
        let cone_deg = border.points.iter().map(lean).fold(f64::INFINITY, f64::min);
        Self { axis, cone_deg, border: Some(border) }
    }

    /// A cone about the cup's axis, from its full angle in degrees.
    #[must_use]
    pub fn cone(oscillation_deg: f64) -> Self {
        Self { axis: Vector3::z_axis(), cone_deg: oscillation_deg / 2.0, border: None }
    }

    /// The axis out of the rim, in the cup's frame.
    #[must_use]
    pub const fn axis(&self) -> &Unit<Vector3<f64>> {
        &self.axis
    }

    /// Full angle of the cone about the rim's axis that is free all round, degrees: all there is where the rim is the same all round.
    #[must_use]
    pub fn oscillation_deg(&self) -> f64 {
        2.0 * self.cone_deg
    }

    /// True when the cone is all there is.
    #[must_use]
    pub const fn is_cone(&self) -> bool {
        self.border.is_none()
    }

    /// The line that the neck's axis cannot cross, of a rim that is not the same all round.
    #[cfg(feature = "card")]
    pub(crate) fn line(&self) -> Option<RimLine<'_>> {
        self.border.as_ref().map(|border| RimLine { turn: &border.turn, points: &border.points, balls: &border.blocks })
    }

    /// True when it makes no difference in which position the liner is locked.
    #[must_use]
    pub fn is_same_all_round(&self) -> bool {
        self.is_cone() && self.axis == Vector3::z_axis()
    }

    /// Degrees that a neck of this direction can still lean in the direction of least room before it meets the rim; beyond contact negative,
    /// how far it is from where it is free. Within 0.01° of the exact rim, exact of a cone.
    #[must_use]
    pub fn margin_deg(&self, direction: &Vector3<f64>) -> f64 {
        let Some(border) = &self.border else {
            // atan2 keeps its precision where acos loses it, near parallel axes.
            return self.cone_deg - self.axis.cross(direction).norm().atan2(self.axis.dot(direction)).to_degrees();
        };
        border.margin_deg(&(border.turn.inverse() * direction))
    }

    /// True when the part of the rim that a neck of this direction comes nearest to is the liner's lip.
    #[must_use]
    pub fn is_at_lip(&self, direction: &Vector3<f64>) -> bool {
        let at = |border: &Border| {
            let nearest = border.nearest(&(border.turn.inverse() * direction)).1;
            nearest.y.atan2(nearest.x).abs() <= border.lip
        };
        self.border.as_ref().is_some_and(at)
    }
}

impl Border {
    fn of(bearing: &Bearing, neck: &NeckOutline) -> Self {
        let caps = caps(bearing, neck);
        let point = |step: usize| {
            let azimuth = TAU * (step % STEPS) as f64 / STEPS as f64;
            let (sin, cos) = lean_limit(&caps, azimuth).sin_cos();
            Vector3::new(sin * azimuth.cos(), sin * azimuth.sin(), cos)
        };
        let points: Vec<Vector3<f64>> = (0..=STEPS).map(point).collect();
        let block = |first: usize| {
            let piece = &points[first..=(first + BLOCK).min(STEPS)];
            let centre = piece.iter().sum::<Vector3<f64>>() / piece.len() as f64;
            (centre, piece.iter().map(|point| (point - centre).norm()).fold(0.0, f64::max))
        };
        let blocks = (0..STEPS).step_by(BLOCK).map(block).collect();
        let lip = bearing.lip.map_or(0.0, |lip| (lip.half_arc_deg + lip.slope_deg / 2.0).to_radians());
        Self { turn: bearing.turn(), blocks, points, lip }
    }

    fn margin_deg(&self, direction: &Vector3<f64>) -> f64 {
        let step = direction.y.atan2(direction.x).rem_euclid(TAU) / TAU * STEPS as f64;
        let step = (step as usize).min(STEPS - 1);
        let free = self.points[step].cross(&self.points[step + 1]).dot(direction) >= 0.0;
        let apart = 2.0 * (self.nearest(direction).0 / 2.0).min(1.0).asin().to_degrees();
        if free { apart } else { -apart }
    }

    /// Length of the chord to the nearest place of the line, and that place.
    fn nearest(&self, direction: &Vector3<f64>) -> (f64, Vector3<f64>) {
        let bound = |(centre, radius): &(Vector3<f64>, f64)| (centre - direction).norm() - radius;
        let first = (0..self.blocks.len()).min_by(|a, b| bound(&self.blocks[*a]).total_cmp(&bound(&self.blocks[*b])));
        let mut best = (f64::INFINITY, *direction);
        for index in first.into_iter().chain(0..self.blocks.len()) {
            if bound(&self.blocks[index]) >= best.0 {
                continue;
            }
            let from = index * BLOCK;
            for [a, b] in self.points[from..=(from + BLOCK).min(STEPS)].array_windows() {
                let way = b - a;
                let part = ((direction - a).dot(&way) / way.norm_squared().max(1e-30)).clamp(0.0, 1.0);
                let place = a + way * part;
                let apart = (direction - place).norm();
                if apart < best.0 {
                    best = (apart, place);
                }
            }
        }
        best
    }
}

/// The caps of the rim's edges, and of the neck's corners on its faces.
fn caps(bearing: &Bearing, neck: &NeckOutline) -> Vec<Cap> {
    let mut caps = Vec::with_capacity(2 * STEPS);
    for step in 0..STEPS {
        let azimuth = TAU * step as f64 / STEPS as f64;
        let [inner, outer] = bearing.edges(azimuth).map(|(radius, height)| Vector2::new(radius, height));
        let face_end = Vector2::new(bearing.face_radius_mm.max(outer.x + 1e-9), outer.y);
        let (rim, apart) = (Outline(vec![inner, outer, face_end]), bearing.edge_round_mm);
        let mut cap = |place: &Vector2<f64>, radius: f64| {
            caps.push(Cap { from_axis: place.x.atan2(place.y), azimuth, cos_radius: radius.cos() });
        };
        for edge in [inner, outer] {
            if let Some(widest) = neck.widest(edge.norm(), apart) {
                cap(&edge, widest);
            }
        }
        for corner in neck.corners() {
            rim.on_circle(corner.norm(), apart).iter().for_each(|place| cap(place, corner.y.atan2(corner.x)));
        }
    }
    caps
}

/// How far a neck leans from the rim's axis towards an azimuth until it enters one of the caps, radians.
fn lean_limit(caps: &[Cap], azimuth: f64) -> f64 {
    let furthest = FURTHEST_DEG.to_radians();
    let entered = caps.iter().filter_map(|cap| {
        let beside = (cap.azimuth - azimuth).cos();
        let (sin, cos) = cap.from_axis.sin_cos();
        let (x, y) = (cos, sin * beside);
        let ratio = cap.cos_radius / x.hypot(y);
        (beside > 0.0 && ratio <= 1.0).then(|| y.atan2(x) - ratio.acos())
    });
    entered.fold(furthest, f64::min).clamp(0.0, furthest.max(FRAC_PI_2))
}
