//! The rigid bodies of a rehearsal: the closed form's jump distance, the same place of the head as the balance of forces finds, the same
//! trajectory twice, and no energy from nothing.

use coxa::{
    anatomy::CupAngles,
    app::physics::rehearsal::{World, released_jump_mm, replay},
    implants::{Bearing, Head, Liner, NeckOutline, Stem},
    motion::{NeckAngles, Posture},
    risk::{
        dislocation::{HeadState, Rehearsal, RehearsalHip, Station},
        jump_distance_mm,
    },
};
use nalgebra::{Rotation3, Vector3};

fn hip(diameter: f64, offset: f64, cup: &CupAngles, load: Vector3<f64>) -> RehearsalHip {
    let bearing = Bearing::of_liner(&Liner {
        id: "any".into(),
        family: "any".into(),
        seat_diameter_mm: diameter + 14.0,
        head_diameter_mm: diameter,
        rim_height_mm: -offset,
        ..Liner::default()
    });
    let stem = Stem { neck_diameter_mm: 12.0, neck_length_mm: 45.0, ..Stem::default() };
    let neck = NeckOutline::of(&Head { diameter_mm: diameter, ..Head::default() }, &stem);
    let neck_axis = NeckAngles { elevation_deg: 45.0, anteversion_deg: 15.0 }.right_hip_axis();
    RehearsalHip::bare(bearing, cup, neck, neck_axis, load)
}

/// The bar: within 0.5 mm at 28, 32, 36 and 40 mm and −2 to +2 mm of offset.
#[test]
fn rigid_bodies_give_the_closed_form_s_jump_distance() {
    let cup = CupAngles { inclination_deg: 45.0, anteversion_deg: 0.0 };
    let mut furthest: f64 = 0.0;
    for diameter in [28.0, 32.0, 36.0, 40.0] {
        for offset in [-2.0, -1.0, 0.0, 1.0, 2.0] {
            let hip = hip(diameter, offset, &cup, Vector3::y() * 1500.0);
            let closed = jump_distance_mm(diameter, &cup, offset).unwrap();
            let found = released_jump_mm(&hip, &Rotation3::identity(), &Vector3::z()).unwrap();
            eprintln!("{diameter} mm, {offset:+} mm: closed {closed:.3}, rigid bodies {found:.3}");
            furthest = furthest.max((found - closed).abs());
        }
    }
    assert!(furthest < 0.5, "{furthest} mm off");
}

/// A leg in flexion that is turned inwards until the head is out.
fn path() -> Vec<Station> {
    let postures = (0..=280).map(|step| f64::from(step) * 0.25).map(|internal_rotation_deg| Posture {
        flexion_deg: 90.0,
        adduction_deg: 5.0,
        internal_rotation_deg,
    });
    postures.map(|posture| Station { part: None, turn: posture.right_hip_rotation() }).collect()
}

fn levered() -> RehearsalHip {
    let cup = CupAngles { inclination_deg: 42.0, anteversion_deg: 12.0 };
    hip(32.0, 0.0, &cup, Vector3::new(-0.3, 0.85, -0.45) * 1000.0)
}

#[test]
fn rigid_bodies_and_the_balance_of_forces_lever_the_head_alike() {
    let (hip, path) = (levered(), path());
    let balance = Rehearsal::of(&hip, &path);
    let bodies = replay(&hip, &path).unwrap();
    let mut furthest: f64 = 0.0;
    for (step, head) in balance.steps.iter().zip(&bodies.heads_mm).filter(|(step, _)| step.state < HeadState::Subluxed) {
        furthest = furthest.max((Vector3::from(step.head_mm) - Vector3::from(*head)).norm());
    }
    let outs = (balance.dislocation.map(|at| balance.steps[at].turned_deg), bodies.out.map(|at| at as f64 * 0.25));
    eprintln!("heads at most {furthest:.3} mm apart; out at {outs:?}; contact {:?}", balance.first_contact);
    assert!(balance.first_contact.is_some());
    assert!(furthest < 0.5, "{furthest} mm apart");
    assert_eq!(bodies, replay(&hip, &path).unwrap(), "the same twice");
    assert_eq!(bodies.sha256.len(), 64);
}

/// A head that is let go on its way back may lose energy in contacts, never gain any: not above what it began with, and never by more than
/// a hundredth and a half of the way's energy, which soft contact stores when the head falls into its seat and gives back.
#[test]
fn energy_does_not_grow_without_work() {
    let hip = levered();
    let turn = Rotation3::identity();
    let begin = hip.way_out(&-Vector3::x(), 8.0).unwrap();
    for damping in [0.0, 20.0] {
        let mut world = World::new(&hip, &turn, &begin, false, damping).unwrap();
        let first = world.energy(&turn);
        let (mut least, mut last) = (first, first);
        let mut most_back: f64 = 0.0;
        for _ in 0..2000 {
            world.step(&turn);
            last = world.energy(&turn);
            assert!(last < first * (1.0 + 1e-6), "damping {damping}: {last} of {first}");
            most_back = most_back.max(last - least);
            least = least.min(last);
        }
        eprintln!("damping {damping}: {first:.1} at first, {last:.2} at last, at most {most_back:.2} given back");
        assert!(first > 100.0 && most_back < 0.015 * first && last.abs() < 0.005 * first, "{first}, {most_back}, {last}");
    }
}
