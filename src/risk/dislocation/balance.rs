//! Where the head comes to rest: the nearest place at which load, strands and contact are in balance.

use super::{
    RehearsalHip,
    seat::{Energy, Pressed},
};
use nalgebra::{Matrix3, Rotation3, Vector3};

/// Forces out of balance that are left, as a part of the load.
const TOLERANCE: f64 = 1e-7;
/// The head moves no further in one step of the search, mm.
const STRIDE_MM: f64 = 0.4;
/// Steps after which the search ends.
const STEPS: u32 = 600;

/// What acts on the head.
#[derive(Clone, Debug)]
pub(super) struct Acting {
    pub head: Pressed,
    pub neck: Pressed,
    /// Moment of the strands on the femur about the head's centre, N·mm.
    pub strand_moment: Vector3<f64>,
    /// Energy that is stored in the strands, N·mm.
    pub strand_energy: f64,
    /// Tension of each strand, N.
    pub tensions_n: Vec<f64>,
    pub energy: Energy,
}

/// All that acts when the femur is turned so and the head's centre is there; without the neck's contact for a leg that is let go.
pub(super) fn acting(hip: &RehearsalHip, turn: &Rotation3<f64>, head: &Vector3<f64>, with_neck: bool) -> Acting {
    let direction = turn * hip.neck_axis.into_inner();
    let mut found = Acting {
        head: hip.seat.head(head),
        neck: if with_neck { hip.seat.neck(head, (&hip.neck, hip.neck_widest_mm), &direction) } else { Pressed::default() },
        strand_moment: Vector3::zeros(),
        strand_energy: 0.0,
        tensions_n: Vec::with_capacity(hip.strands.len()),
        energy: Energy { value: -hip.load.dot(head), slope: -hip.load, ..Energy::default() },
    };
    found.energy.add(&found.head.energy);
    found.energy.add(&found.neck.energy);
    for strand in &hip.strands {
        let pull = strand.pull(turn.matrix(), head, hip.seat.radius_mm());
        found.energy.add(&pull.energy);
        found.strand_energy += pull.energy.value;
        found.strand_moment += pull.moment;
        found.tensions_n.push(pull.tension_n);
    }
    found
}

/// The place of rest nearest to where the head is, going down in energy only: Newton's method, held back where it would not go down.
/// Also stops once the head is further out than twice its radius.
pub(super) fn rest(hip: &RehearsalHip, turn: &Rotation3<f64>, from: &Vector3<f64>) -> (Vector3<f64>, Acting) {
    descend(hip, turn, from, true, 0.0)
}

/// True when load and strands bring the head back into its seat, to within so many mm, once the leg is let go.
pub(super) fn comes_back(hip: &RehearsalHip, turn: &Rotation3<f64>, from: &Vector3<f64>, within_mm: f64) -> bool {
    descend(hip, turn, from, false, within_mm).0.norm() < within_mm
}

fn descend(
    hip: &RehearsalHip,
    turn: &Rotation3<f64>,
    from: &Vector3<f64>,
    with_neck: bool,
    within_mm: f64,
) -> (Vector3<f64>, Acting) {
    let (mut head, mut state) = (*from, acting(hip, turn, from, with_neck));
    let enough = TOLERANCE * hip.load.norm().max(1.0);
    let mut held = 1.0;
    for _ in 0..STEPS {
        let slope = state.energy.slope;
        let away = head.norm();
        if slope.norm() < enough || away < within_mm || away > 2.0 * hip.seat.radius_mm() {
            break;
        }
        let stiff = state.energy.curvature + Matrix3::identity() * held;
        let Some(step) = stiff.cholesky().map(|factor| factor.solve(&-slope)) else {
            held *= 8.0;
            continue;
        };
        let step = step * (STRIDE_MM / step.norm()).min(1.0);
        let tried = acting(hip, turn, &(head + step), with_neck);
        if tried.energy.value < state.energy.value {
            (head, state) = (head + step, tried);
            held = (held / 6.0).max(1e-6);
        } else if step.norm() < 1e-12 {
            break;
        } else {
            held *= 8.0;
        }
    }
    (head, state)
}
