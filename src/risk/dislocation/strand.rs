//! A ligament or muscle as a strand that only pulls, straight or round the head.

use super::seat::Energy;
use nalgebra::{Matrix3, Unit, Vector3};

/// A strand between pelvis and femur of a planned hip, in the right hip's pelvic frame about the bearing's centre, mm.
#[derive(Clone, Debug, PartialEq)]
pub struct Strand {
    /// Id of the structure.
    pub id: String,
    /// Where it arises on the pelvis.
    pub origin: Vector3<f64>,
    /// Where it inserts on the femur: from the planned head's centre, in the femoral frame of a right hip.
    pub insertion: Vector3<f64>,
    /// It lies on the head.
    pub over_head: bool,
    /// Length up to which it is slack, mm.
    pub slack_mm: f64,
    /// Stiffness beyond, N/mm.
    pub stiffness: f64,
}

/// The shortest way from one point to another round a ball.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Way {
    pub length_mm: f64,
    /// Unit vectors along the way from its beginning, and from its end backwards.
    pub from_origin: Vector3<f64>,
    pub from_insertion: Vector3<f64>,
}

impl Way {
    /// The way between two points round a ball about a third, mm; straight where the ball is not between, or holds one of the points.
    pub fn round(origin: &Vector3<f64>, insertion: &Vector3<f64>, centre: &Vector3<f64>, radius: f64) -> Self {
        let straight = || {
            let along = insertion - origin;
            let length_mm = along.norm();
            let unit = along / length_mm.max(1e-9);
            Self { length_mm, from_origin: unit, from_insertion: -unit }
        };
        let (a, b) = (centre - origin, centre - insertion);
        let (far_a, far_b) = (a.norm(), b.norm());
        if far_a <= radius || far_b <= radius {
            return straight();
        }
        let (tip_a, tip_b) = ((radius / far_a).acos(), (radius / far_b).acos());
        let wrapped = a.angle(&b) - tip_a - tip_b;
        let aside = |from: &Vector3<f64>, towards: Vector3<f64>| {
            Unit::try_new(towards - from * (towards.dot(from) / from.norm_squared()), 1e-9)
        };
        let sides = aside(&a, insertion - origin).zip(aside(&b, origin - insertion));
        let Some((side_a, side_b)) = sides.filter(|_| wrapped > 0.0) else { return straight() };
        let tangent = |to_centre: &Vector3<f64>, far: f64, side: Unit<Vector3<f64>>| {
            let sine = radius / far;
            to_centre / far * (1.0 - sine * sine).sqrt() + side.into_inner() * sine
        };
        Self {
            length_mm: (far_a.powi(2) - radius.powi(2)).sqrt() + (far_b.powi(2) - radius.powi(2)).sqrt() + radius * wrapped,
            from_origin: tangent(&a, far_a, side_a),
            from_insertion: tangent(&b, far_b, side_b),
        }
    }
}

/// What a strand does in a state.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pull {
    pub energy: Energy,
    pub tension_n: f64,
    /// Moment on the femur about the head's centre, N·mm.
    pub moment: Vector3<f64>,
}

impl Strand {
    /// The strand when the femur is turned so and the head's centre is there.
    pub(super) fn pull(&self, turn: &Matrix3<f64>, head: &Vector3<f64>, head_radius_mm: f64) -> Pull {
        let arm = turn * self.insertion;
        let radius = if self.over_head { head_radius_mm } else { 0.0 };
        let way = Way::round(&self.origin, &(head + arm), head, radius);
        let stretch = way.length_mm - self.slack_mm;
        if stretch <= 0.0 {
            return Pull::default();
        }
        let tension_n = self.stiffness * stretch;
        // Head and insertion move together: as if the origin moved the other way.
        let by_translation = way.from_origin;
        let along = by_translation * by_translation.transpose();
        let sideways = (Matrix3::identity() - along) * (tension_n / way.length_mm);
        Pull {
            energy: Energy {
                value: 0.5 * self.stiffness * stretch * stretch,
                slope: by_translation * tension_n,
                curvature: along * self.stiffness + sideways,
            },
            tension_n,
            moment: arm.cross(&(way.from_insertion * tension_n)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_round_a_ball_is_tangents_and_an_arc() {
        let (a, b) = (Vector3::new(-20.0, 0.0, 10.0), Vector3::new(20.0, 0.0, 10.0));
        let way = Way::round(&a, &b, &Vector3::zeros(), 10.0);
        assert!((way.length_mm - 40.0).abs() < 1e-9, "just touching: straight");
        let (a, b) = (Vector3::new(-20.0, 0.0, 0.0), Vector3::new(20.0, 0.0, 1e-7));
        let way = Way::round(&a, &b, &Vector3::zeros(), 10.0);
        let expected = 2.0 * 300.0_f64.sqrt() + 10.0 * (std::f64::consts::PI - 2.0 * 0.5_f64.acos());
        assert!((way.length_mm - expected).abs() < 1e-6);
        assert!((way.from_origin - Vector3::new(0.75_f64.sqrt(), 0.0, 0.5)).norm() < 1e-6);
    }

    #[test]
    fn slope_and_moment_are_the_derivatives_of_the_energy() {
        for over_head in [false, true] {
            let strand = Strand {
                id: "any".into(),
                origin: Vector3::new(-22.0, 12.0, -14.0),
                insertion: Vector3::new(6.0, -4.0, 38.0),
                over_head,
                slack_mm: 30.0,
                stiffness: 25.0,
            };
            let (turn, head) = (nalgebra::Rotation3::from_euler_angles(0.2, 0.9, -0.4), Vector3::new(1.0, -2.0, 0.5));
            let energy =
                |turn: &nalgebra::Rotation3<f64>, head: &Vector3<f64>| strand.pull(turn.matrix(), head, 18.0).energy.value;
            let pull = strand.pull(turn.matrix(), &head, 18.0);
            for axis in [Vector3::x(), Vector3::y(), Vector3::z()] {
                let h = 1e-5;
                let slope = (energy(&turn, &(head + axis * h)) - energy(&turn, &(head - axis * h))) / (2.0 * h);
                assert!((slope - pull.energy.slope.dot(&axis)).abs() < 1e-3, "{slope}");
                let turned = |angle: f64| nalgebra::Rotation3::new(axis * angle) * turn;
                let by_turn = (energy(&turned(h), &head) - energy(&turned(-h), &head)) / (2.0 * h);
                assert!((by_turn + pull.moment.dot(&axis)).abs() < 1e-2, "{by_turn} and {}", pull.moment.dot(&axis));
            }
        }
    }
}
