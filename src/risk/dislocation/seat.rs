//! The head in its liner and the neck on the rim: how deep bodies press into each other, in the bearing's exact form.

use crate::implants::{Bearing, NeckOutline};
use nalgebra::{Matrix3, Point3, Rotation3, Unit, Vector3};
use std::f64::consts::{FRAC_PI_2, TAU};

/// Half-planes about the rim's axis in which contact is looked for.
const AZIMUTHS: usize = 720;
/// Stiffness of contact, N/mm for each radian of azimuth: bodies press into each other by some thousandths of a millimetre. It is a numerical
/// stand-in for rigid bodies and not that of polyethylene.
const STIFFNESS: f64 = 1e7;

/// Inside of a liner in one half-plane about the axis of its rim: (distance from the axis, height above the bearing's centre), mm.
#[derive(Clone, Copy, Debug)]
struct Section {
    direction: Vector3<f64>,
    across: Vector3<f64>,
    /// The sphere ends at this angle from the axis, radians.
    sphere_from: f64,
    /// Height to which a cylinder goes on above the sphere.
    wall_to_mm: f64,
    /// Where the bearing and the chamfer end, as the neck meets them.
    inner: (f64, f64),
    outer: (f64, f64),
    /// By how much further out the head meets them.
    wider_mm: f64,
}

/// A liner as the head and the neck meet it. Vectors are from the bearing's centre in the frame in which the cup's turn was given.
#[derive(Clone, Debug)]
pub struct Seat {
    radius_mm: f64,
    round_mm: f64,
    axis: Vector3<f64>,
    /// The rim is narrower than the head.
    holds: bool,
    sections: Vec<Section>,
}

/// Energy of a state with its derivatives by the head's translation: N·mm, N, N/mm.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Energy {
    pub value: f64,
    pub slope: Vector3<f64>,
    pub curvature: Matrix3<f64>,
}

impl Energy {
    pub fn add(&mut self, other: &Self) {
        self.value += other.value;
        self.slope += other.slope;
        self.curvature += other.curvature;
    }
}

/// Where and how strongly two bodies press on each other.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pressed {
    pub energy: Energy,
    /// Force on the femoral side, N.
    pub force: Vector3<f64>,
    /// Its moment about the head's centre, N·mm.
    pub moment: Vector3<f64>,
    /// Centre of pressure, mm; meaningless without force.
    pub at: Vector3<f64>,
    /// Sum of the sizes of the forces, N.
    pub total_n: f64,
}

impl Pressed {
    fn press(&mut self, depth: f64, by_translation: Vector3<f64>, bend: Matrix3<f64>, point: Vector3<f64>, head: &Vector3<f64>) {
        let k = STIFFNESS * TAU / AZIMUTHS as f64;
        self.energy.value += 0.5 * k * depth * depth;
        self.energy.slope += by_translation * (k * depth);
        self.energy.curvature += (by_translation * by_translation.transpose() + bend * depth) * k;
        let force = -by_translation * (k * depth);
        self.force += force;
        self.moment += (point - head).cross(&force);
        self.at += point * (k * depth);
        self.total_n += k * depth;
    }

    fn settled(mut self) -> Self {
        if self.total_n > 0.0 {
            self.at /= self.total_n;
        }
        self
    }
}

impl Seat {
    /// The seat of a bearing whose cup is turned so.
    #[must_use]
    pub fn new(bearing: &Bearing, cup_turn: Rotation3<f64>) -> Self {
        let turn = cup_turn * Rotation3::from_axis_angle(&Vector3::y_axis(), -bearing.face_deg.to_radians());
        let (radius, round) = (bearing.diameter_mm / 2.0, bearing.edge_round_mm);
        let holds = bearing.is_round() && bearing.edges(0.0)[0].1 > 0.0 && bearing.edges(0.0)[0].0 < radius - 1e-9;
        let section = |step: usize| {
            let azimuth = TAU * step as f64 / AZIMUTHS as f64;
            let [inner, outer] = bearing.edges(azimuth);
            // A lip that goes on as a sphere would lock a rigid head in: to the head it is a cylinder, so that it can leave as it came in.
            let on_wall = inner.1 > 0.0 && !holds;
            let wider = if on_wall { (radius - inner.0).max(0.0) } else { 0.0 };
            Section {
                direction: turn * Vector3::new(azimuth.cos(), azimuth.sin(), 0.0),
                across: turn * Vector3::new(-azimuth.sin(), azimuth.cos(), 0.0),
                sphere_from: if on_wall { FRAC_PI_2 } else { inner.0.atan2(inner.1) },
                wall_to_mm: if on_wall { inner.1 } else { 0.0 },
                inner,
                outer,
                wider_mm: wider,
            }
        };
        let sections = (0..AZIMUTHS).map(section).collect();
        Self { radius_mm: radius, round_mm: round, axis: turn * Vector3::z(), holds, sections }
    }

    /// Out of the opening.
    #[must_use]
    pub const fn axis(&self) -> &Vector3<f64> {
        &self.axis
    }

    /// True when the rim is narrower than the head, so that a rigid head never leaves it.
    #[must_use]
    pub const fn holds(&self) -> bool {
        self.holds
    }

    /// Radius of the head, mm.
    #[must_use]
    pub const fn radius_mm(&self) -> f64 {
        self.radius_mm
    }

    /// The edges that the head meets, from the bearing's centre, mm: closed lines of points that go round the axis, each with the radius of its
    /// rounding. What lies between the points is straight; so many points that they leave the edge by less than 0.003 mm.
    #[must_use]
    pub fn edges(&self) -> Vec<(Vec<Point3<f64>>, f64)> {
        let step = 3;
        let line = |corner: &dyn Fn(&Section) -> (f64, f64)| -> Vec<Point3<f64>> {
            let points = self.sections.iter().step_by(step).map(|section| {
                let (out, height) = corner(section);
                Point3::from(section.direction * (out + section.wider_mm) + self.axis * height)
            });
            points.collect()
        };
        let mut lines = vec![(line(&|section| section.inner), self.round_mm)];
        if self.sections.iter().any(|section| section.inner != section.outer) {
            lines.push((line(&|section| section.outer), self.round_mm));
        }
        // Below a wall the sphere ends at the equator.
        if self.sections.iter().any(|section| section.wall_to_mm > 0.0) {
            let equator = self.sections.iter().step_by(step).map(|s| Point3::from(s.direction * self.radius_mm));
            lines.push((equator.collect(), 0.0));
        }
        lines
    }

    /// True when a head whose centre is there presses into nothing (by more than a nanometre) on the half of the rim that lies ahead.
    pub(in crate::risk) fn is_clear_ahead(&self, head: &Vector3<f64>, ahead: &Vector3<f64>) -> bool {
        let (up, deepest) = (head.dot(&self.axis), 1e-6);
        let half = self.sections.iter().filter(|section| section.direction.dot(ahead) > 0.0);
        half.map(|section| self.head_depth(section, head, up)).all(|found| found.is_none_or(|(depth, ..)| depth < deepest))
    }

    /// Depth of the head in one section, where the liner is nearest, and whether that is an edge.
    fn head_depth(&self, section: &Section, head: &Vector3<f64>, up: f64) -> Option<(f64, Vector3<f64>, bool)> {
        let along = head.dot(&section.direction);
        // Away from this side nothing but an edge could be near, and it is not.
        if along < 0.0 && section.inner.0 - along > self.radius_mm + self.round_mm {
            return None;
        }
        let beside = head.dot(&section.across);
        let mut best = (f64::INFINITY, (0.0, 0.0), false);
        let mut consider = |point: (f64, f64), less: f64, edge: bool| {
            let distance = (point.0 - along).hypot(point.1 - up).hypot(beside) - less;
            if distance < best.0 {
                best = (distance, point, edge);
            }
        };
        let from_centre = along.hypot(up);
        if along >= 0.0 && along.atan2(up) >= section.sphere_from && from_centre > 0.0 {
            consider((along / from_centre * self.radius_mm, up / from_centre * self.radius_mm), 0.0, false);
        }
        if section.wall_to_mm > 0.0 {
            consider((self.radius_mm, up.clamp(0.0, section.wall_to_mm)), 0.0, false);
        }
        let wider = |(out, height): (f64, f64)| (out + section.wider_mm, height);
        consider(nearest((along, up), wider(section.inner), wider(section.outer)), self.round_mm, true);
        let depth = self.radius_mm - best.0;
        let (out, height) = best.1;
        (depth > 0.0).then(|| (depth, section.direction * out + self.axis * height, best.2))
    }

    /// How the head presses on the liner.
    pub(super) fn head(&self, head: &Vector3<f64>) -> Pressed {
        let (up, mut found) = (head.dot(&self.axis), Pressed::default());
        for section in &self.sections {
            let Some((depth, point, edge)) = self.head_depth(section, head, up) else { continue };
            let Some(away) = Unit::try_new(head - point, 1e-9) else { continue };
            let normal = away.into_inner();
            // Rolling on an edge; in the sphere and on the wall the surface turns with the head.
            let bend = if edge {
                (normal * normal.transpose() - Matrix3::identity()) / (self.radius_mm - depth).max(1.0)
            } else {
                Matrix3::zeros()
            };
            found.press(depth, -normal, bend, point, head);
        }
        found.settled()
    }

    /// How the neck presses on the rim. `direction` points from the head's centre to the shaft.
    pub(super) fn neck(&self, head: &Vector3<f64>, (neck, widest_mm): (&NeckOutline, f64), direction: &Vector3<f64>) -> Pressed {
        let (mut found, reach) = (Pressed::default(), (widest_mm + self.round_mm).powi(2));
        for section in &self.sections {
            let edges = [section.inner, section.outer];
            let count = if section.inner == section.outer { 1 } else { 2 };
            for (out, height) in &edges[..count] {
                let point = section.direction * *out + self.axis * *height;
                let from_head = point - head;
                let along = from_head.dot(direction);
                if along <= 0.0 {
                    continue;
                }
                let aside = from_head - direction * along;
                if aside.norm_squared() > reach {
                    continue;
                }
                let distance = aside.norm();
                let depth = neck.radius_at(along) + self.round_mm - distance;
                if depth <= 0.0 || distance < 1e-6 {
                    continue;
                }
                let normal = aside / distance;
                // Of a neck that grows thicker the contact also pushes along it.
                let taper = (neck.radius_at(along + 1e-4) - neck.radius_at(along - 1e-4)) / 2e-4;
                let taper = if taper.abs() < 2.0 { taper } else { 0.0 };
                let plane = Matrix3::identity() - direction * direction.transpose() - normal * normal.transpose();
                found.press(depth, normal - direction * taper, -plane / distance, point, head);
            }
        }
        found.settled()
    }

    /// Angle between a direction from the bearing's centre into the liner and the rim's edge above it, degrees; negative beyond the rim.
    #[must_use]
    pub fn below_rim_deg(&self, direction: &Vector3<f64>) -> f64 {
        let (up, length) = (direction.dot(&self.axis), direction.norm().max(1e-12));
        let best = self.sections.iter().max_by(|a, b| a.direction.dot(direction).total_cmp(&b.direction.dot(direction)));
        let edge = best.map_or(FRAC_PI_2, |section| section.inner.0.atan2(section.inner.1));
        ((up / length).clamp(-1.0, 1.0).acos() - edge).to_degrees()
    }
}

/// The point of a segment nearest to a point.
fn nearest(point: (f64, f64), from: (f64, f64), to: (f64, f64)) -> (f64, f64) {
    let (x, y) = (to.0 - from.0, to.1 - from.1);
    let square = x * x + y * y;
    let part = if square > 0.0 { (((point.0 - from.0) * x + (point.1 - from.1) * y) / square).clamp(0.0, 1.0) } else { 0.0 };
    (from.0 + part * x, from.1 + part * y)
}
