//! One motion followed until something touches.
//!
//! The femur turns about a fixed axis; surfaces that are apart first touch where two triangles do, and that angle is exact
//! ([`Meeting::first_touch`](super::meeting::Meeting::first_touch)). Only where it begins one body may lie inside another unseen by this:
//! that is asked once.

use super::{
    SceneBody,
    body::Body,
    clearance::{Approach, Still},
    depth::deepest,
    field::Field,
    meeting::{Gone, Meeting},
    nearness::Nearness,
    tree::{BallTree, Shells},
    turn::{Angle, Turn},
    work::{Undecided, Work},
};
use crate::motion::{Couple, Limit, joint};
use nalgebra::{Isometry3, Point3, Rotation3, Unit, Vector3};

/// A surface with its distances from the joint's centre.
pub(super) struct Surface<'a> {
    pub tree: &'a BallTree,
    pub shells: &'a Shells,
    /// The ball without which it is to be seen.
    pub gone: Option<Gone>,
}

/// A moving and a fixed body that may touch.
pub(super) struct Pair<'a> {
    pub body: &'a Body,
    /// Of the moving body about the centre.
    pub shells: &'a Shells,
    pub field: &'a dyn Field,
    /// What the fixed body's surface is made of.
    pub surfaces: Vec<Surface<'a>>,
    pub near: &'a Nearness,
    /// Points of the fixed body's surface, one of each piece among them, LPS mm: a piece may lie wholly inside the moving body.
    pub probes: &'a [Point3<f64>],
    /// Those of them that stand for a piece each.
    pub pieces: &'a [Point3<f64>],
    /// Moving body first.
    pub bodies: [SceneBody; 2],
    /// How exactly a depth is told, mm.
    pub resolution_mm: f64,
}

/// Least distance of two bodies in a pose.
#[derive(Clone, Copy, Debug)]
pub(super) struct Apart {
    /// mm; negative when they share space, then the depth.
    pub clearance_mm: f64,
    /// Points of the moving and the fixed body there, LPS mm.
    pub points: [Point3<f64>; 2],
}

impl Pair<'_> {
    pub const fn couple(&self) -> Couple {
        Couple::of(self.bodies)
    }

    /// The moving surface in a pose against each of the fixed ones.
    pub fn meetings(&self, start: &Isometry3<f64>, centre: &Point3<f64>) -> impl Iterator<Item = Meeting<'_>> {
        self.surfaces.iter().map(|surface| Meeting {
            moving: &self.body.tree,
            start: *start,
            fixed: surface.tree,
            centre: *centre,
            gone: surface.gone,
            shells: [self.shells, surface.shells],
        })
    }

    /// True when the two share space in this pose, containment included.
    pub fn touches(&self, pose: &Isometry3<f64>, centre: &Point3<f64>) -> bool {
        self.meetings(pose, centre).any(|meeting| meeting.crossing(pose, &mut Work::any()).is_some())
            || self.probes.iter().any(|probe| self.body.distance(&pose.inverse_transform_point(probe)) < 0.0)
            || self.body.probes.iter().any(|probe| self.field.distance(&(pose * probe), f64::INFINITY).0 < 0.0)
    }

    /// True when one of the two lies inside the other in a pose in which their surfaces do not cross.
    pub fn one_holds_other(&self, pose: &Isometry3<f64>) -> bool {
        self.pieces.iter().any(|piece| self.body.distance(&pose.inverse_transform_point(piece)) < 0.0)
            || self.body.pieces().iter().any(|piece| self.field.distance(&(pose * piece), f64::INFINITY).0 < 0.0)
    }

    /// Least signed distance in mm, when it is below `below_mm`.
    pub fn clearance(&self, pose: &Isometry3<f64>, centre: &Point3<f64>, below_mm: f64) -> Option<Apart> {
        if self.touches(pose, centre) {
            return self.depth(pose);
        }
        let (found, _) = self.approach(pose, centre).least(&Still, below_mm.max(0.0));
        found.map(|nearest| Apart { clearance_mm: nearest.distance_mm, points: nearest.points })
    }

    /// The moving surface as it comes near the fixed ones.
    pub fn approach<'b>(&'b self, start: &'b Isometry3<f64>, centre: &'b Point3<f64>) -> Approach<'b> {
        Approach { moving: &self.body.tree, shells: self.shells, start, fixed: &self.surfaces, near: self.near, centre }
    }

    /// How deep the two share space; 0 where it is less than can be told.
    pub fn depth(&self, pose: &Isometry3<f64>) -> Option<Apart> {
        let surface = deepest(self.body, pose, self.field, self.resolution_mm)
            .map(|(clearance_mm, at)| Apart { clearance_mm, points: [at, self.field.nearest(&at)] });
        let contained = self.probes.iter().map(|probe| {
            let clearance_mm = self.body.distance(&pose.inverse_transform_point(probe));
            Apart { clearance_mm, points: [*probe; 2] }
        });
        contained.chain(surface).filter(|apart| apart.clearance_mm < 0.0).min_by(|a, b| a.clearance_mm.total_cmp(&b.clearance_mm))
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
#[derive(Clone, Copy, Debug)]
pub(super) struct Touch {
    pub limit: Limit,
    /// Where, LPS mm; where a motion begins in contact, the deepest point of the fixed body.
    pub point: Option<Point3<f64>>,
}

impl Path {
    /// The pose after so many degrees.
    pub fn pose(&self, degrees: f64) -> Isometry3<f64> {
        joint::about(&self.centre, &Rotation3::from_axis_angle(&self.axis, degrees.to_radians())) * self.start
    }

    /// Contact where the motion begins.
    pub fn begins_in_touch(&self, pairs: &[Pair<'_>]) -> Option<Touch> {
        let pair = pairs.iter().find(|pair| pair.touches(&self.start, &self.centre))?;
        let point = pair.depth(&self.start).map(|apart| apart.points[1]);
        Some(Touch { limit: Limit::AlreadyTouching, point })
    }

    /// Follows the motion of pairs that do not touch where it begins until one does; undecided after so many steps.
    pub fn first_touch(&self, pairs: &[Pair<'_>], work: &mut Work) -> Result<Touch, Undecided> {
        let turn = Turn { axis: self.axis };
        let mut found = Touch { limit: Limit::Unlimited, point: None };
        let mut up_to = Angle::radians(self.range_deg.to_radians());
        for meeting in pairs.iter().flat_map(|pair| pair.meetings(&self.start, &self.centre)) {
            if let Some(met) = meeting.first_touch(&turn, up_to, work)? {
                up_to = met.angle;
                found = Touch { limit: Limit::At(met.angle.to_radians().to_degrees()), point: Some(met.point) };
            }
        }
        Ok(found)
    }

    /// Follows the motion until one of the pairs touches.
    pub fn follow(&self, pairs: &[Pair<'_>], work: &mut Work) -> Result<Touch, Undecided> {
        self.begins_in_touch(pairs).map_or_else(|| self.first_touch(pairs, work), Ok)
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            prepared::{Fixed, Moving, pair},
            work::MOST,
        },
        *,
    };
    use crate::{implants::geometry::revolve, mesh::TriMesh};
    use std::{f64::consts::PI, sync::Arc};

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

    /// A moving and a fixed body about the origin.
    struct Two(Moving, Fixed);

    impl Two {
        fn new(moving: &TriMesh, fixed: &TriMesh, gone: Option<Gone>) -> Self {
            let [moving, fixed] = [moving, fixed].map(|mesh| Arc::new(Body::new(mesh).unwrap()));
            let shells = Shells::new(&moving.tree, &Point3::origin());
            Self(Moving { body: moving, shells }, Fixed::new(fixed, &Point3::origin(), gone))
        }

        fn pair(&self) -> Pair<'_> {
            pair(&self.0, &self.1, [SceneBody::Femur, SceneBody::Cup])
        }
    }

    fn limit(path: &Path, moving: &TriMesh, fixed: &TriMesh) -> Limit {
        path.follow(&[Two::new(moving, fixed, None).pair()], &mut Work::any()).unwrap().limit
    }

    /// A box between two corners.
    fn slab(low: [f64; 3], high: [f64; 3]) -> TriMesh {
        let corner = |i: usize| Point3::from(Vector3::from_fn(|axis, _| if i >> axis & 1 == 0 { low[axis] } else { high[axis] }));
        let quads = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]];
        let triangles = quads.iter().flat_map(|&[a, b, c, d]| [[a, b, c], [a, c, d]]).collect();
        let slab = TriMesh { vertices: (0..8).map(corner).collect(), triangles };
        assert!(slab.is_watertight() && slab.volume_mm3() > 0.0);
        slab
    }

    #[test]
    fn a_ball_on_a_lever_meets_a_plane_where_the_sine_says() {
        let wall = slab([-200.0, 20.0, -200.0], [200.0, 60.0, 200.0]);
        let found = limit(&turn_about(Vector3::z_axis()), &ball(Point3::new(40.0, 0.0, 7.0), 5.0), &wall);
        let expected = (15.0_f64 / 40.0).asin().to_degrees();
        assert!((found.degrees().unwrap() - expected).abs() < 0.02, "{found:?} instead of {expected}");
    }

    #[test]
    fn a_cylinder_meets_a_plane_where_its_edge_does() {
        // Along x, turned up about z: the far edge of its top is at 40 mm along and 6 mm above the axis.
        let lying = cylinder(6.0, 40.0).transformed(&Isometry3::rotation(Vector3::y() * (PI / 2.0)));
        let wall = slab([-200.0, 25.0, -200.0], [200.0, 60.0, 200.0]);
        let found = limit(&turn_about(Vector3::z_axis()), &lying, &wall);
        let expected = ((25.0 / 40.0_f64.hypot(6.0)).asin() - (6.0_f64 / 40.0).atan()).to_degrees();
        assert!((found.degrees().unwrap() - expected).abs() < 0.002, "{found:?} instead of {expected}");
    }

    #[test]
    fn a_neck_in_a_ring_leans_until_the_cosine_says() {
        let profile: Vec<_> = (0..360).map(|i| f64::from(i).to_radians()).map(|a| (16.0 + a.cos(), a.sin())).collect();
        let ring = revolve(&profile, 720);
        let path = Path { start: Isometry3::rotation(Vector3::z() * 0.3), ..turn_about(Vector3::x_axis()) };
        let found = limit(&path, &cylinder(6.0, 40.0), &ring);
        let expected = (7.0_f64 / 16.0).acos().to_degrees();
        assert!((found.degrees().unwrap() - expected).abs() < 0.02, "{found:?} instead of {expected}");
    }

    #[test]
    fn a_thin_plate_is_not_tunnelled_through() {
        // 0.02 mm thick, 100 mm wide, upright in the way of a 1 mm ball at the end of a 100 mm lever.
        let plate = slab([-0.01, 30.0, -30.0], [0.01, 130.0, 30.0]);
        let found = limit(&turn_about(Vector3::z_axis()), &ball(Point3::new(100.0, 0.0, 0.0), 1.0), &plate);
        let expected = 90.0 - (1.01_f64 / 100.0).asin().to_degrees();
        assert!((found.degrees().unwrap() - expected).abs() < 0.02, "{found:?} instead of {expected}");
    }

    #[test]
    fn a_knob_in_a_socket_with_a_rim_stops_where_the_triangle_says() {
        // A socket whose rim is half a ring of 1 mm about a circle of 30 mm; a knob of 5 mm 26 mm out along the axis of its opening.
        let arc =
            |radius: f64| (0..=90).map(move |i| f64::from(i).to_radians()).map(move |a| (radius * a.sin(), -radius * a.cos()));
        let rim = (1..90).map(|i| f64::from(2 * i).to_radians()).map(|a| (30.0 + a.cos(), a.sin()));
        let profile: Vec<_> = arc(31.0).chain(rim).chain(arc(29.0).collect::<Vec<_>>().into_iter().rev()).collect();
        let socket = revolve(&profile, 720);
        let found = limit(&turn_about(Vector3::x_axis()), &ball(Point3::new(0.0, 0.0, 26.0), 5.0), &socket);
        // (26 sin φ − 30)² + (26 cos φ)² = 6².
        let expected = ((26.0_f64.powi(2) + 900.0 - 36.0) / (2.0 * 26.0 * 30.0)).asin().to_degrees();
        assert!((found.degrees().unwrap() - expected).abs() < 0.1, "{found:?} instead of {expected}");
    }

    #[test]
    fn containment_is_contact_whichever_body_holds_the_other() {
        let path = turn_about(Vector3::z_axis());
        let moving = ball(Point3::new(40.0, 0.0, 0.0), 5.0);
        assert_eq!(limit(&path, &moving, &ball(Point3::origin(), 60.0)), Limit::AlreadyTouching);
        let two = Two::new(&moving, &ball(Point3::new(41.0, 0.0, 0.0), 1.0), None);
        assert_eq!(path.follow(&[two.pair()], &mut Work::any()).unwrap().limit, Limit::AlreadyTouching);
        let depth = two.pair().depth(&Isometry3::identity()).unwrap().clearance_mm;
        assert!(depth < -3.0 + 0.02, "the deepest of its points: {depth}");
    }

    #[test]
    fn what_never_touches_is_unlimited_and_clearance_is_the_distance_between() {
        let moving = ball(Point3::new(40.0, 0.0, 0.0), 5.0);
        let two = Two::new(&moving, &ball(Point3::new(0.0, 0.0, 50.0), 10.0), None);
        assert_eq!(turn_about(Vector3::z_axis()).follow(&[two.pair()], &mut Work::any()).unwrap().limit, Limit::Unlimited);
        let apart = two.pair().clearance(&Isometry3::identity(), &Point3::origin(), f64::INFINITY).unwrap();
        // What is far is told to 10 %, never as nearer than it is.
        let exact = 40.0_f64.hypot(50.0) - 15.0;
        assert!((exact - 0.02..exact * 1.1 + 0.1).contains(&apart.clearance_mm), "{apart:?}");
        let [on_moving, on_fixed] = apart.points;
        assert!((on_moving - Point3::new(40.0, 0.0, 0.0)).norm() < 5.001, "{apart:?}");
        assert!((on_fixed - Point3::new(0.0, 0.0, 50.0)).norm() < 10.001 && on_fixed.x > 6.0, "{apart:?}");
    }

    #[test]
    fn what_was_reamed_away_stops_nothing_and_its_edge_does() {
        // A wall that a ball about the origin has eaten into; a knob just within the ball's reach passes, one beyond it meets the edge.
        let wall = slab([-200.0, 20.0, -200.0], [200.0, 60.0, 200.0]);
        let gone = Gone { centre: Point3::origin(), radius_mm: 30.0 };
        let knob = |along: f64| ball(Point3::new(along, 0.0, 0.0), 1.0);
        let follow = |along: f64| {
            let two = Two::new(&knob(along), &wall, Some(gone));
            turn_about(Vector3::z_axis()).follow(&[two.pair()], &mut Work::any()).unwrap().limit
        };
        assert_eq!(follow(28.9), Limit::Unlimited);
        // At 29.5 mm the knob reaches 0.5 mm beyond the ball: it meets the circle where wall and ball cross, 22.36 mm out and 20 mm up.
        let (edge, along) = (500.0_f64.sqrt(), 29.5_f64);
        let reach = (along * along + 900.0 - 1.0) / (2.0 * along * 30.0);
        let expected = ((20.0 / edge).atan() - reach.acos()).to_degrees();
        let found = follow(along).degrees().unwrap();
        assert!((found - expected).abs() < 0.05, "{found} instead of {expected}");
    }

    /// A cylinder that turns about its own axis three micrometres from a wall, as near to it at every pose: the search ends, and where it may
    /// not look at so much it says that nothing is decided.
    #[test]
    fn surfaces_a_hair_apart_all_along_a_motion_end_the_search() {
        let rod = revolve(&[(0.0, 0.0), (5.0, 0.0), (5.0, 40.0), (0.0, 40.0)], 720);
        let two = Two::new(&rod, &slab([5.003, -30.0, -10.0], [20.0, 30.0, 50.0]), None);
        let (path, mut work) = (turn_about(Vector3::z_axis()), Work::up_to(MOST));
        let met = path.follow(&[two.pair()], &mut work).map(|touch| touch.limit);
        let steps = work.steps();
        assert!(met == Ok(Limit::Unlimited) && steps < MOST / 2, "{met:?} after {steps}");
        let mut work = Work::up_to(steps / 2);
        let met = path.follow(&[two.pair()], &mut work).map(|touch| touch.limit);
        assert!(met == Err(Undecided) && work.steps() == steps / 2 + 1, "{met:?} after {}", work.steps());
    }
}
