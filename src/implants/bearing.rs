//! The bearing in its exact form: where the head turns, and the rim that the neck meets.

use super::{Cup, Liner, Lip, NeckOutline, outline::Outline};
use nalgebra::{Point3, Rotation3, Unit, Vector2, Vector3};
use std::f64::consts::TAU;

/// Steps in which a lean is tried before its limit is narrowed down, degrees.
const LEAN_STEP_DEG: f64 = 0.5;
/// No neck leans further, degrees.
const FURTHEST_DEG: f64 = 120.0;

/// A cup with a liner, as the neck meets it. Cup frame: origin at the bearing's centre, +Z out of the opening, +X towards the liner's lip.
#[derive(Clone, Debug, PartialEq)]
pub struct Bearing {
    /// Diameter of the sphere that turns in it: the head's, or the ball's of a dual mobility; mm.
    pub diameter_mm: f64,
    /// How far its centre lies out of the shell's centre along the cup axis, mm.
    pub lateral_mm: f64,
    /// Radius of the rounding of the rim's edges, a torus; 0 where they are sharp. mm.
    pub edge_round_mm: f64,
    /// Angle by which the whole rim is turned away from +X, degrees.
    pub face_deg: f64,
    /// Height and chamfer of the rim where there is no lip, and whether it holds the head.
    pub(super) rim_height_mm: f64,
    pub(super) chamfer_mm: f64,
    pub(super) captive: bool,
    pub(super) lip: Option<Lip>,
    /// Radius at which the rim's face ends, mm.
    pub(super) face_radius_mm: f64,
}

/// A point of an edge of the rim.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RimPoint {
    /// Where, in the cup's frame, mm; of a rounded edge the middle of its torus.
    pub position: Point3<f64>,
    /// Radius of the torus, mm.
    pub round_mm: f64,
}

impl Bearing {
    /// The bearing of a cup with a liner, or without one with the liner that the cup states itself.
    #[must_use]
    pub fn of(cup: &Cup, liner: Option<&Liner>) -> Self {
        let bearing_mm = if cup.dual_mobility { cup.seat_diameter_mm() } else { None };
        let own = Self {
            diameter_mm: bearing_mm.unwrap_or(cup.head_diameter_mm),
            lateral_mm: 0.0,
            edge_round_mm: 0.0,
            face_deg: 0.0,
            rim_height_mm: cup.rim_height_mm,
            chamfer_mm: cup.chamfer_mm,
            captive: false,
            lip: None,
            face_radius_mm: cup.outer_diameter_mm / 2.0,
        };
        match liner {
            None => own,
            Some(liner) => match liner.ball {
                Some(ball) => {
                    Self { diameter_mm: ball.diameter_mm, rim_height_mm: ball.rim_height_mm, chamfer_mm: ball.chamfer_mm, ..own }
                }
                None => Self { face_radius_mm: own.face_radius_mm, ..Self::of_liner(liner) },
            },
        }
    }

    /// The bearing of the head in a liner, or in the ball of a dual mobility.
    #[must_use]
    pub fn of_liner(liner: &Liner) -> Self {
        Self {
            diameter_mm: liner.head_diameter_mm,
            lateral_mm: liner.lateral_mm,
            edge_round_mm: liner.edge_round_mm,
            face_deg: liner.face_deg,
            rim_height_mm: liner.rim_height_mm,
            chamfer_mm: liner.chamfer_mm,
            captive: liner.captive,
            lip: liner.lip,
            face_radius_mm: liner.ball.map_or(liner.seat_diameter_mm, |ball| ball.diameter_mm) / 2.0,
        }
    }

    /// The axis out of the rim, in the cup's frame: the cup's own unless the face is turned.
    #[must_use]
    pub fn axis(&self) -> Unit<Vector3<f64>> {
        self.turn() * Vector3::z_axis()
    }

    pub(super) fn turn(&self) -> Rotation3<f64> {
        Rotation3::from_axis_angle(&Vector3::y_axis(), -self.face_deg.to_radians())
    }

    /// Height of the rim's face above the bearing's centre at an azimuth (radians from +X), in the frame of the rim's own axis, mm.
    #[must_use]
    pub fn face_height_mm(&self, azimuth: f64) -> f64 {
        let Some(lip) = &self.lip else { return self.rim_height_mm };
        let raised = (lip.angle_deg * lip.part(azimuth)).to_radians().sin() * self.diameter_mm / 2.0;
        self.rim_height_mm + raised
    }

    /// The rim's edges at an azimuth as (radius, height) in the frame of its own axis, mm: where the bearing ends, and where the chamfer ends
    /// on the face. They are one without a chamfer. Of a rounded edge it is the middle of the torus.
    #[must_use]
    pub fn edges(&self, azimuth: f64) -> [(f64, f64); 2] {
        let (radius, face, round) = (self.diameter_mm / 2.0, self.face_height_mm(azimuth), self.edge_round_mm);
        if round > 0.0 {
            // The torus touches the bearing's sphere from outside, or above its equator the cylinder, and the face from below.
            let height = face - round;
            let middle = if height < 0.0 { ((radius + round).powi(2) - height.powi(2)).max(0.0).sqrt() } else { radius + round };
            return [(middle, height); 2];
        }
        let inner_height = face - self.chamfer_mm;
        // Above its equator the wall is a cylinder, so that the head can enter, unless it holds the head there: all round, or in its lip.
        let sphere = if self.captive || self.lip.is_some() { inner_height } else { inner_height.min(0.0) };
        let inner = (radius.powi(2) - sphere.powi(2)).max(0.0).sqrt();
        [(inner, inner_height), (inner + self.chamfer_mm, face)]
    }

    /// True when the liner holds the head, so that no load alone lets it out.
    #[must_use]
    pub const fn is_captive(&self) -> bool {
        self.captive
    }

    /// True when the rim is the same all round its axis.
    #[must_use]
    pub const fn is_round(&self) -> bool {
        self.lip.is_none()
    }

    /// Exact points of the rim's edges in the cup's frame, so many all round for each edge.
    #[must_use]
    pub fn rim(&self, count: usize) -> Vec<RimPoint> {
        let turn = self.turn();
        let azimuths = (0..count).map(|step| TAU * step as f64 / count as f64);
        let at = |azimuth: f64| {
            let [inner, outer] = self.edges(azimuth);
            let place = move |(radius, height): (f64, f64)| Point3::new(radius * azimuth.cos(), radius * azimuth.sin(), height);
            [inner, outer].map(|edge| RimPoint { position: turn * place(edge), round_mm: self.edge_round_mm })
        };
        let both = azimuths.flat_map(at);
        if self.chamfer_mm > 0.0 { both.collect() } else { both.step_by(2).collect() }
    }

    /// Least distance of a neck from the rim, mm, negative where it is within: |p| sin ∠(p, n) less the neck's radius beside p, over
    /// points p of the rim on the neck's side. `neck` points from the head's centre to the shaft, in the cup's frame.
    #[must_use]
    pub fn clearance_mm(&self, rim: &[RimPoint], neck: &NeckOutline, direction: &Unit<Vector3<f64>>) -> f64 {
        rim.iter()
            .map(|point| (point, point.position.coords.dot(direction)))
            .filter(|(_, along)| *along > 0.0)
            .map(|(point, along)| point.position.coords.cross(direction).norm() - neck.radius_at(along) - point.round_mm)
            .fold(f64::INFINITY, f64::min)
    }

    /// How far a neck can lean from the rim's axis towards an azimuth (degrees from +X) until it meets the rim, degrees. Exact for a rim that
    /// is the same all round; else narrowed down over a fine row of points to 1e-9.
    #[must_use]
    pub fn lean_limit_deg(&self, neck: &NeckOutline, azimuth_deg: f64) -> f64 {
        if self.is_round() {
            return self.round_limit(neck).to_degrees();
        }
        let (rim, turn, azimuth) = (self.rim(720), self.turn(), azimuth_deg.to_radians());
        let clear = |lean_deg: f64| {
            let (sin, cos) = lean_deg.to_radians().sin_cos();
            let direction = turn * Vector3::new(sin * azimuth.cos(), sin * azimuth.sin(), cos);
            self.clearance_mm(&rim, neck, &Unit::new_normalize(direction)) > 0.0
        };
        let steps = (FURTHEST_DEG / LEAN_STEP_DEG) as i32;
        let Some(first) = (0..=steps).map(|step| f64::from(step) * LEAN_STEP_DEG).find(|lean| !clear(*lean)) else {
            return FURTHEST_DEG;
        };
        let (mut low, mut high) = ((first - LEAN_STEP_DEG).max(0.0), first);
        for _ in 0..30 {
            let middle = (low + high) / 2.0;
            if clear(middle) { low = middle } else { high = middle }
        }
        low
    }

    /// Oscillation angle, degrees: the full angle of the cone about the rim's axis in which the neck's axis can move.
    ///
    /// For a plain hemisphere and a cylindrical neck 2·acos(neck diameter / head diameter) (Yoshimine and Ginbayashi 2002, J Biomech
    /// 35:1315); chamfers, rounded edges, tapered necks and skirts as their outlines are. Of a rim with a lip it is twice the lean
    /// towards the middle of the lip: the cone that is free all round.
    #[must_use]
    pub fn oscillation_angle_deg(&self, neck: &NeckOutline) -> f64 {
        2.0 * self.lean_limit_deg(neck, 0.0)
    }

    /// The limit of a rim that is the same all round, radians.
    fn round_limit(&self, neck: &NeckOutline) -> f64 {
        let corner = |(radius, height): (f64, f64)| Vector2::new(radius, height);
        let [inner, outer] = self.edges(0.0).map(corner);
        // Inner edge, chamfer, face; the torus' part of the thickness is given back by `apart`.
        let face_end = Vector2::new(self.face_radius_mm.max(outer.x + 1e-9), outer.y);
        let (rim, apart) = (Outline(vec![inner, outer, face_end]), self.edge_round_mm);
        let from_axis = |point: &Vector2<f64>| point.x.atan2(point.y);
        let edges = [inner, outer].into_iter().filter_map(|edge| Some(from_axis(&edge) - neck.widest(edge.norm(), apart)?));
        let corners = neck.corners().iter().flat_map(|corner| {
            let own = corner.y.atan2(corner.x);
            rim.on_circle(corner.norm(), apart).into_iter().map(move |point| from_axis(&point) - own)
        });
        edges.chain(corners).fold(f64::INFINITY, f64::min).clamp(0.0, FURTHEST_DEG.to_radians())
    }
}
