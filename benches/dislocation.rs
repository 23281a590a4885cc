//! How long one rehearsal takes: the leg flexed and turned inwards until the head is out, on two cores or one.

use coxa::{
    anatomy::CupAngles,
    implants::{Bearing, Head, Liner, NeckOutline, Stem},
    motion::{NeckAngles, Posture},
    risk::{
        dislocation::{Rehearsal, RehearsalHip, Station, Strand},
        jump_distance_of,
    },
};
use criterion::{Criterion, criterion_group, criterion_main};
use nalgebra::{Point3, Vector3};
use std::hint::black_box;

fn hip() -> RehearsalHip {
    let liner = Liner { seat_diameter_mm: 46.0, head_diameter_mm: 32.0, chamfer_mm: 1.0, ..Liner::default() };
    let stem = Stem { neck_diameter_mm: 12.0, neck_length_mm: 45.0, ..Stem::default() };
    let neck = NeckOutline::of(&Head { diameter_mm: 32.0, ..Head::default() }, &stem);
    let neck_axis = NeckAngles { elevation_deg: 45.0, anteversion_deg: 15.0 }.right_hip_axis();
    let cup = CupAngles { inclination_deg: 42.0, anteversion_deg: 5.0 };
    let mut hip = RehearsalHip::bare(Bearing::of_liner(&liner), &cup, neck, neck_axis, Vector3::new(-0.3, 0.85, -0.45) * 700.0);
    // Eleven strands, as many as ship, all about.
    hip.strands = (0..11)
        .map(|index| {
            let (sin, cos) = (f64::from(index) * 0.57).sin_cos();
            Strand {
                id: index.to_string(),
                origin: Point3::new(25.0 * cos, 25.0 * sin, -5.0).coords,
                insertion: Vector3::new(-8.0 * cos, -30.0, 40.0),
                over_head: index < 4,
                slack_mm: 70.0,
                stiffness: 10.0,
            }
        })
        .collect();
    hip
}

fn path() -> Vec<Station> {
    let posture =
        |flexion_deg: f64, internal_rotation_deg: f64| Posture { flexion_deg, adduction_deg: 5.0, internal_rotation_deg };
    let up = (0..=180).map(|step| posture(f64::from(step) * 0.5, 0.0));
    let inwards = (1..=240).map(|step| posture(90.0, f64::from(step) * 0.25));
    up.chain(inwards).map(|posture| Station { part: None, turn: posture.right_hip_rotation() }).collect()
}

fn rehearsal(criterion: &mut Criterion) {
    let (hip, path) = (hip(), path());
    let mut group = criterion.benchmark_group("dislocation");
    group.sample_size(10);
    group.bench_function("one rehearsal", |bench| bench.iter(|| black_box(Rehearsal::of(&hip, &path))));
    let jump = || jump_distance_of(&hip.bearing, &hip.cup_turn, &Vector3::y_axis(), &Vector3::z());
    group.bench_function("one jump distance over a rim", |bench| bench.iter(|| black_box(jump())));
    group.finish();
}

criterion_group!(benches, rehearsal);
criterion_main!(benches);
