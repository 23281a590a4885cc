//! One motion followed until something touches.
//!
//! The femur turns about a fixed axis. From a free pose it may turn by the certified safe angle at once; where that falls below
//! a few [`STEP_DEG`] it goes on in such steps, each tested for contact, and the step in which contact begins is bisected. So nothing is
//! tunnelled through but what comes and goes within one step: at 400 mm from the axis, where a step is longest, that is 0.35 mm.

use super::{
    body::Body,
    engine::SceneBody,
    field::Field,
    search::{Clearance, Extent, SafeTurn, minimise},
};
use crate::motion::{Couple, Limit, joint};
use nalgebra::{Isometry3, Point3, Rotation3, Unit, Vector3};

/// Smallest step along a motion, degrees.
pub const STEP_DEG: f64 = 0.05;

/// Safe angles below so many steps are not worth their proof, which grows finer and finer towards contact: steps are taken instead.
const WORTH_STEPS: f64 = 4.0;

/// Halvings of the step in which contact begins: 0.05° / 2⁶ < 0.001°.
const BISECTIONS: usize = 6;

/// A moving and a fixed body that may touch.
pub(super) struct Pair<'a> {
    pub body: &'a Body,
    pub field: &'a dyn Field,
    /// One point of each piece of the fixed body, LPS mm: where a piece lies wholly inside the moving body, no surface is crossed.
    pub probes: &'a [Point3<f64>],
    /// Moving body first.
    pub bodies: [SceneBody; 2],
    /// Contact shallower than this may be missed, mm.
    pub resolution_mm: f64,
}

impl Pair<'_> {
    pub const fn couple(&self) -> Couple {
        Couple::of(self.bodies)
    }

    /// True when the two share space in this pose, containment included.
    pub fn touches(&self, pose: &Isometry3<f64>) -> bool {
        self.surface_touches(pose)
            || self.probes.iter().any(|probe| self.body.distance(&pose.inverse_transform_point(probe)) < 0.0)
    }

    /// True when part of the moving surface is inside the fixed body.
    fn surface_touches(&self, pose: &Isometry3<f64>) -> bool {
        let extent = Extent { start: 0.0, enough: 0.0, resolution_mm: self.resolution_mm };
        minimise(self.body, pose, self.field, &Clearance { slack_mm: self.resolution_mm }, &extent).at.is_some()
    }

    /// Least signed distance of the moving surface in mm, when it is below `below_mm`, and the moving point that has it.
    pub fn clearance(&self, pose: &Isometry3<f64>, below_mm: f64, resolution_mm: f64) -> Option<(f64, Point3<f64>)> {
        let extent = Extent { start: below_mm, enough: f64::NEG_INFINITY, resolution_mm };
        let found = minimise(self.body, pose, self.field, &Clearance { slack_mm: resolution_mm }, &extent);
        let surface = found.at.map(|at| (found.value, at));
        let contained = self.probes.iter().map(|probe| (self.body.distance(&pose.inverse_transform_point(probe)), *probe));
        contained.filter(|(depth, _)| *depth < below_mm.min(0.0)).chain(surface).min_by(|a, b| a.0.total_cmp(&b.0))
    }

    /// The angle in degrees that is certainly free from this pose on, or 0 when that is less than a few steps.
    fn safe_deg(&self, pose: &Isometry3<f64>, turn: &SafeTurn, below_deg: f64) -> f64 {
        let extent = Extent {
            start: below_deg.to_radians(),
            enough: (WORTH_STEPS * STEP_DEG).to_radians(),
            resolution_mm: self.resolution_mm,
        };
        let found = minimise(self.body, pose, self.field, turn, &extent);
        if found.value < extent.enough { 0.0 } else { found.bound.to_degrees() }
    }
}

/// A motion about a fixed axis.
pub(super) struct Path {
    /// Fixed point, LPS mm.
    pub centre: Point3<f64>,
    /// Axis, positive in the motion's sense, LPS.
    pub axis: Unit<Vector3<f64>>,
    /// Pose of the moving bodies where the motion begins.
    pub start: Isometry3<f64>,
    /// How far to look, degrees.
    pub range_deg: f64,
}

/// How a motion ends.
pub(super) struct Touch {
    pub limit: Limit,
    /// Which pair touches, by its place in the list; `None` without contact.
    pub pair: Option<usize>,
}

impl Path {
    /// The pose after so many degrees.
    pub fn pose(&self, degrees: f64) -> Isometry3<f64> {
        joint::about(&self.centre, &Rotation3::from_axis_angle(&self.axis, degrees.to_radians())) * self.start
    }

    /// Follows the motion until one of the pairs touches.
    pub fn follow(&self, pairs: &[Pair<'_>]) -> Touch {
        let touching = |degrees: f64| {
            let pose = self.pose(degrees);
            pairs.iter().position(|pair| pair.surface_touches(&pose))
        };
        if let Some(pair) = pairs.iter().position(|pair| pair.touches(&self.start)) {
            return Touch { limit: Limit::AlreadyTouching, pair: Some(pair) };
        }
        let turn = SafeTurn { centre: self.centre, axis: self.axis };
        let mut free = 0.0;
        while free < self.range_deg {
            let pose = self.pose(free);
            let mut safe = self.range_deg - free + STEP_DEG;
            for pair in pairs {
                safe = safe.min(pair.safe_deg(&pose, &turn, safe));
                if safe < STEP_DEG {
                    break;
                }
            }
            if safe >= STEP_DEG {
                free += safe;
                continue;
            }
            match touching(free + STEP_DEG) {
                Some(pair) => return self.bisect(free, pair, touching),
                None => free += STEP_DEG,
            }
        }
        Touch { limit: Limit::Unlimited, pair: None }
    }

    fn bisect(&self, mut free: f64, mut pair: usize, touching: impl Fn(f64) -> Option<usize>) -> Touch {
        let mut hit = free + STEP_DEG;
        for _ in 0..BISECTIONS {
            let middle = f64::midpoint(free, hit);
            match touching(middle) {
                Some(first) => (hit, pair) = (middle, first),
                None => free = middle,
            }
        }
        Touch { limit: Limit::At(hit), pair: Some(pair) }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            field::truth::{Ball, HalfSpace, Torus},
            mesh_field::MeshField,
        },
        *,
    };
    use crate::{implants::geometry::revolve, mesh::TriMesh};
    use std::f64::consts::PI;

    /// A ball of inscribed triangles, chord error below 0.01 mm up to a radius of 5 mm.
    fn ball(centre: Point3<f64>, radius: f64) -> TriMesh {
        let profile: Vec<_> = (0..=90).map(|i| f64::from(i) * PI / 90.0).map(|a| (radius * a.sin(), -radius * a.cos())).collect();
        revolve(&profile, 180).transformed(&Isometry3::translation(centre.x, centre.y, centre.z))
    }

    fn cylinder(radius: f64, length: f64) -> TriMesh {
        revolve(&[(0.0, 0.0), (radius, 0.0), (radius, length), (0.0, length)], 240)
    }

    fn turn_about(axis: Unit<Vector3<f64>>) -> Path {
        Path { centre: Point3::origin(), axis, start: Isometry3::identity(), range_deg: 180.0 }
    }

    fn limit(path: &Path, mesh: &TriMesh, field: &dyn Field, probes: &[Point3<f64>]) -> Limit {
        let body = Body::new(mesh).unwrap();
        path.follow(&[Pair { body: &body, field, probes, bodies: [SceneBody::Femur, SceneBody::Cup], resolution_mm: 0.005 }])
            .limit
    }

    #[test]
    fn a_ball_on_a_lever_meets_a_plane_where_the_sine_says() {
        let wall = HalfSpace { point: Point3::new(0.0, 20.0, 0.0), outward: -Vector3::y() };
        let found = limit(&turn_about(Vector3::z_axis()), &ball(Point3::new(40.0, 0.0, 7.0), 5.0), &wall, &[]);
        let expected = (15.0_f64 / 40.0).asin().to_degrees();
        assert!((found.degrees().unwrap() - expected).abs() < 0.02, "{found:?} instead of {expected}");
    }

    #[test]
    fn a_neck_in_a_ring_leans_until_the_cosine_says() {
        let ring = Torus { ring_mm: 16.0, tube_mm: 1.0 };
        let path = Path { start: Isometry3::rotation(Vector3::z() * 0.3), ..turn_about(Vector3::x_axis()) };
        let found = limit(&path, &cylinder(6.0, 40.0), &ring, &[]);
        let expected = (7.0_f64 / 16.0).acos().to_degrees();
        assert!((found.degrees().unwrap() - expected).abs() < 0.02, "{found:?} instead of {expected}");
    }

    #[test]
    fn a_thin_plate_is_not_tunnelled_through() {
        // 0.02 mm thick, 60 mm wide, upright in the way of a 1 mm ball at the end of a 100 mm lever.
        let (half, low, high) = (0.01, 30.0, 130.0);
        let corner = |i: u32| {
            let pick = |bit: u32, a: f64, b: f64| if i & bit == 0 { a } else { b };
            Point3::new(pick(1, -half, half), pick(2, low, high), pick(4, -30.0, 30.0))
        };
        let plate = TriMesh {
            vertices: (0..8).map(corner).collect(),
            triangles: vec![
                [0, 2, 3],
                [0, 3, 1],
                [4, 5, 7],
                [4, 7, 6],
                [0, 1, 5],
                [0, 5, 4],
                [2, 6, 7],
                [2, 7, 3],
                [0, 4, 6],
                [0, 6, 2],
                [1, 3, 7],
                [1, 7, 5],
            ],
        };
        assert!(plate.is_watertight() && plate.volume_mm3() > 0.0);
        let field = MeshField::new(&plate).unwrap();
        let found = limit(&turn_about(Vector3::z_axis()), &ball(Point3::new(100.0, 0.0, 0.0), 1.0), &field, &[]);
        let expected = 90.0 - (1.01_f64 / 100.0).asin().to_degrees();
        assert!((found.degrees().unwrap() - expected).abs() < 0.02, "{found:?} instead of {expected}");
    }

    #[test]
    fn containment_is_contact_whichever_body_holds_the_other() {
        let path = turn_about(Vector3::z_axis());
        let around = Ball { centre: Point3::origin(), radius_mm: 60.0 };
        assert_eq!(limit(&path, &ball(Point3::new(40.0, 0.0, 0.0), 5.0), &around, &[]), Limit::AlreadyTouching);
        let within = Ball { centre: Point3::new(41.0, 0.0, 0.0), radius_mm: 1.0 };
        let probes = [Point3::new(42.0, 0.0, 0.0)];
        assert_eq!(limit(&path, &ball(Point3::new(40.0, 0.0, 0.0), 5.0), &within, &probes), Limit::AlreadyTouching);
    }

    #[test]
    fn what_never_touches_is_unlimited_and_clearance_is_the_distance_between() {
        let far = Ball { centre: Point3::new(0.0, 0.0, 50.0), radius_mm: 10.0 };
        let moving = ball(Point3::new(40.0, 0.0, 0.0), 5.0);
        assert_eq!(limit(&turn_about(Vector3::z_axis()), &moving, &far, &[]), Limit::Unlimited);
        let body = Body::new(&moving).unwrap();
        let pair =
            Pair { body: &body, field: &far, probes: &[], bodies: [SceneBody::Femur, SceneBody::Cup], resolution_mm: 0.005 };
        let (clearance, at) = pair.clearance(&Isometry3::identity(), f64::INFINITY, 0.005).unwrap();
        assert!((clearance - (40.0_f64.hypot(50.0) - 15.0)).abs() < 0.02, "{clearance}");
        let nearest = far.nearest(&at);
        assert!((nearest - Point3::new(0.0, 0.0, 50.0)).norm() - 10.0 < 1e-3 && nearest.x > 6.0, "{nearest}");
    }
}
