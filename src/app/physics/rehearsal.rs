//! The rehearsal of a dislocation once more as rigid bodies in a Rapier world of its own, without Bevy: what is felt and seen, held against
//! the balance of forces in [`risk::dislocation`](crate::risk::dislocation), which alone is reported.
//!
//! Exact shapes in place of meshes: the edges of the liner are rings of thin capsules through the edge itself, and head and neck are thinner by
//! the capsules' radius, so that a ball and a rim touch where a ball and a sharp edge would. A plate under the pole stands for the bottom of the
//! bearing; with the rings it bears the head as the hollow does, to first order. Centimetres with a length unit of one and a slop of a
//! thousandth of a millimetre; contacts are neither merged nor reused; fixed time step; strongly damped, since a leg is moved slowly; forces
//! are scaled down together, which contact between rigid bodies does not notice.

use crate::risk::dislocation::{RehearsalHip, Station};
use bevy_rapier3d::rapier::{dynamics::SpringCoefficients, prelude::*};
use nalgebra::{Rotation3, UnitQuaternion, Vector3};
use sha2::{Digest, Sha256};

/// Centimetres per millimetre.
const MM_TO_CM: f64 = 0.1;
/// Radius of the capsules along an edge, mm.
const EDGE_MM: f64 = 0.2;
/// One step, seconds.
const STEP_S: f64 = 1.0 / 2000.0;
/// Steps at each station of a path.
const STEPS_A_STATION: u32 = 12;
/// What the load is scaled to, kg cm/s², on a head of one kilogram.
const PRESS: f64 = 2000.0;
/// Corners of a neck's cross-section.
const CORNERS: u32 = 48;
/// Length of a piece of the neck, and how many, mm.
const PIECE_MM: f64 = 5.0;
const PIECES: u32 = 10;
/// A head further out than this part of its diameter is out, one nearer than this part is back.
const GONE: f64 = 0.75;
const BACK: f64 = 0.06;

/// What the physics engine made of a path.
#[derive(Clone, Debug, PartialEq)]
pub struct Replay {
    /// The head's centre at each station, from its seat: anterior, superior, lateral in the pelvic frame of a right hip, mm.
    pub heads_mm: Vec<[f64; 3]>,
    /// Index of the station at which the head was out for good.
    pub out: Option<usize>,
    /// SHA-256 of every position at every step.
    pub sha256: String,
}

/// A head in its liner as rigid bodies.
pub struct World<'a> {
    hip: &'a RehearsalHip,
    world: PhysicsWorld,
    femur: RigidBodyHandle,
    /// From N to kg cm/s².
    scale: f64,
    hash: Sha256,
}

fn cm(mm: &Vector3<f64>) -> Vector {
    Vector::new((mm.x * MM_TO_CM) as f32, (mm.y * MM_TO_CM) as f32, (mm.z * MM_TO_CM) as f32)
}

fn mm(cm: Vector) -> Vector3<f64> {
    Vector3::new(f64::from(cm.x), f64::from(cm.y), f64::from(cm.z)) / MM_TO_CM
}

fn turned(turn: &Rotation3<f64>) -> Rotation {
    let q = UnitQuaternion::from_rotation_matrix(turn);
    Rotation::from_xyzw(q.i as f32, q.j as f32, q.k as f32, q.w as f32)
}

impl<'a> World<'a> {
    /// The world of a hip, its femur turned so and its head's centre there (mm from its seat). `damping` in 1/s; without a neck the leg is let
    /// go. `None` where Rapier refuses a shape.
    #[must_use]
    pub fn new(hip: &'a RehearsalHip, turn: &Rotation3<f64>, head: &Vector3<f64>, with_neck: bool, damping: f64) -> Option<Self> {
        let mut world = PhysicsWorld { gravity: Vector::ZERO, ..PhysicsWorld::default() };
        let rules = &mut world.integration_parameters;
        rules.dt = STEP_S as f32;
        rules.length_unit = 1.0;
        rules.normalized_allowed_linear_error = 1e-4;
        rules.normalized_prediction_distance = 0.01;
        rules.contact_clustering = false;
        rules.contact_recycling = false;
        rules.static_contact_softness = SpringCoefficients::new(240.0, 5.0);
        rules.contact_softness = rules.static_contact_softness;
        world.insert(RigidBodyBuilder::fixed(), smooth(liner(hip)?));
        let radius = hip.seat.radius_mm() - EDGE_MM;
        let mut shapes = vec![(Pose::IDENTITY, SharedShape::ball((radius * MM_TO_CM) as f32))];
        if with_neck {
            shapes.extend(neck(hip)?);
        }
        let body = RigidBodyBuilder::dynamic()
            .pose(Pose::from_parts(cm(head), turned(turn)))
            .lock_rotations()
            .linear_damping(damping as f32)
            .additional_mass(1.0)
            .ccd_enabled(true)
            .can_sleep(false);
        let (femur, _) = world.insert(body, smooth(ColliderBuilder::compound(shapes)).density(0.0));
        let scale = PRESS / hip.load.norm().max(1e-9);
        Some(Self { hip, world, femur, scale, hash: Sha256::new() })
    }

    /// The head's centre, mm from its seat.
    #[must_use]
    pub fn head_mm(&self) -> Vector3<f64> {
        mm(self.world.bodies[self.femur].translation())
    }

    /// Energy of motion, load and strands, scaled: kg cm²/s².
    #[must_use]
    pub fn energy(&self, turn: &Rotation3<f64>) -> f64 {
        let body = &self.world.bodies[self.femur];
        let speed = f64::from(body.linvel().length());
        let potential = self.hip.energy_nmm(turn, &self.head_mm()) * MM_TO_CM * self.scale;
        0.5 * f64::from(body.mass()) * speed * speed + potential
    }

    /// One step with the femur turned so.
    pub fn step(&mut self, turn: &Rotation3<f64>) {
        let force = self.hip.force_on_head(turn, &self.head_mm()) * self.scale;
        let body = &mut self.world.bodies[self.femur];
        body.set_rotation(turned(turn), true);
        body.reset_forces(true);
        body.add_force(Vector::new(force.x as f32, force.y as f32, force.z as f32), true);
        self.world.step();
        let at = self.world.bodies[self.femur].translation();
        [at.x, at.y, at.z].iter().for_each(|value| self.hash.update(value.to_bits().to_le_bytes()));
    }
}

/// Lets Rapier follow a path; `None` where it refuses a shape.
#[must_use]
pub fn replay(hip: &RehearsalHip, path: &[Station]) -> Option<Replay> {
    let first = path.first()?;
    let mut world = World::new(hip, &first.turn, &Vector3::zeros(), true, 150.0)?;
    let (mut heads_mm, mut out, mut before) = (Vec::with_capacity(path.len()), None, first.turn);
    for (index, station) in path.iter().enumerate() {
        let step = station.turn * before.inverse();
        for part in 1..=STEPS_A_STATION {
            let turn = step.powf(f64::from(part) / f64::from(STEPS_A_STATION)) * before;
            world.step(&turn);
        }
        before = station.turn;
        let head = world.head_mm();
        heads_mm.push(head.into());
        if head.norm() > 2.0 * GONE * hip.seat.radius_mm() {
            out = Some(index);
            break;
        }
    }
    let sha256 = world.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Some(Replay { heads_mm, out, sha256 })
}

/// Jump distance by letting go: the head is put further and further on its way over the edge that lies in a direction, until load and strands
/// no longer bring it back, mm. `None` where the engine refuses a shape or the head always comes back.
#[must_use]
pub fn released_jump_mm(hip: &RehearsalHip, turn: &Rotation3<f64>, towards: &Vector3<f64>) -> Option<f64> {
    let radius = hip.seat.radius_mm();
    let comes_back = |head: &Vector3<f64>| -> Option<bool> {
        let mut world = World::new(hip, turn, head, false, 40.0)?;
        // Two seconds: next to the crest it hardly knows where to go.
        for _ in 0..4000 {
            world.step(turn);
            let now = world.head_mm().norm();
            if now < (2.0 * BACK * radius).max(head.norm() - 3.0) {
                return Some(true);
            }
            if now > (head.norm() + 3.0).min(2.0 * radius) {
                return Some(false);
            }
        }
        Some(world.head_mm().norm() < head.norm())
    };
    let place = |driven: f64| hip.way_out(towards, driven);
    let (mut low, mut high) = (0.1 * radius, 2.4 * radius);
    if comes_back(&place(high)?)? {
        return None;
    }
    for _ in 0..11 {
        let middle = f64::midpoint(low, high);
        if comes_back(&place(middle)?)? { low = middle } else { high = middle }
    }
    Some(place(f64::midpoint(low, high))?.norm())
}

fn smooth(collider: ColliderBuilder) -> ColliderBuilder {
    collider.friction(0.0).restitution(0.0)
}

/// Rings of capsules along the edges, and a plate under the pole.
fn liner(hip: &RehearsalHip) -> Option<ColliderBuilder> {
    let mut shapes = Vec::new();
    for (line, round_mm) in hip.seat.edges() {
        let radius = ((EDGE_MM + round_mm) * MM_TO_CM) as f32;
        let points: Vec<Vector> = line.iter().map(|point| cm(&point.coords)).collect();
        let next = points.iter().cycle().skip(1);
        shapes.extend(points.iter().zip(next).map(|(from, to)| (Pose::IDENTITY, SharedShape::capsule(*from, *to, radius))));
    }
    // Its upper face touches the (thinner) head where the hollow's pole would touch the head.
    let (half_cm, radius) = (0.5, hip.seat.radius_mm());
    let axis = hip.seat.axis();
    let middle = -axis * (radius - EDGE_MM + half_cm / MM_TO_CM);
    let upright =
        Rotation3::rotation_between(&Vector3::y(), axis).unwrap_or_else(|| Rotation3::new(Vector3::x() * std::f64::consts::PI));
    let half_width = (radius * MM_TO_CM * 0.7) as f32;
    shapes.push((Pose::from_parts(cm(&middle), turned(&upright)), SharedShape::cuboid(half_width, half_cm as f32, half_width)));
    (shapes.len() > 1).then(|| ColliderBuilder::compound(shapes))
}

/// The neck as a row of frusta.
fn neck(hip: &RehearsalHip) -> Option<Vec<(Pose, SharedShape)>> {
    let axis = hip.neck_axis.into_inner();
    let across = axis.cross(&if axis.x.abs() < 0.7 { Vector3::x() } else { Vector3::y() }).normalize();
    let beside = axis.cross(&across);
    // A many-sided neck whose sides lie as far outside the round one as its corners.
    let swell = 2.0 / (1.0 + (std::f64::consts::PI / f64::from(CORNERS)).cos());
    let ring = |along: f64, inner: f64| {
        let radius = (hip.neck.radius_at(inner) - EDGE_MM) * swell;
        (0..CORNERS).map(move |corner| {
            let (sin, cos) = (std::f64::consts::TAU * f64::from(corner) / f64::from(CORNERS)).sin_cos();
            cm(&(axis * along + (across * cos + beside * sin) * radius))
        })
    };
    let piece = |index: u32| {
        let (from, to) = (PIECE_MM * f64::from(index), PIECE_MM * f64::from(index + 1));
        let points: Vec<Vector> = ring(from, from + 1e-6).chain(ring(to, to - 1e-6)).collect();
        SharedShape::convex_hull(&points).map(|shape| (Pose::IDENTITY, shape))
    };
    (0..PIECES).map(piece).collect()
}
