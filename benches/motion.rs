//! How fast motion is answered: closed-form limits, single postures and whole tables on bones of 50 000 triangles a side.

use coxa::{
    anatomy::CupAngles,
    frames::{AnatomicalFrame, Side},
    implants::geometry::revolve,
    mesh::TriMesh,
    motion::{Activity, ImpingementEngine, Motion, NeckAngles, Posture, RomCase, RomScene, activity::margins, theoretical},
    progress::Silent,
    risk::{SpreadSettings, TargetZone, ZoneGrid, dangers, uncertainty},
};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use nalgebra::{Isometry3, Point3, Translation3, UnitQuaternion, Vector3};
use std::{f64::consts::PI, hint::black_box};

const CUP: CupAngles = CupAngles { inclination_deg: 40.0, anteversion_deg: 15.0 };
const NECK: NeckAngles = NeckAngles { elevation_deg: 45.0, anteversion_deg: 15.0 };

fn along(origin: Point3<f64>, axis: &Vector3<f64>, mesh: &TriMesh) -> TriMesh {
    let turn = UnitQuaternion::rotation_between(&Vector3::z(), axis).unwrap();
    mesh.transformed(&Isometry3::from_parts(Translation3::from(origin), turn))
}

fn arc(radius: f64, steps: u32) -> impl Iterator<Item = (f64, f64)> {
    (0..=steps).map(move |i| f64::from(i) * PI / 2.0 / f64::from(steps)).map(move |a| (radius * a.sin(), -radius * a.cos()))
}

/// A socket of bone about the cup, rough to 1 mm, 50 000 triangles.
fn socket() -> TriMesh {
    let inner: Vec<_> = arc(30.0, 62).collect();
    let profile: Vec<_> = arc(45.0, 62).chain(inner.into_iter().rev()).collect();
    rough(revolve(&profile, 200))
}

/// Neck base, trochanter and shaft about the neck axis, 50 000 triangles.
fn femur() -> TriMesh {
    let steps = 125;
    let profile = (0..=steps).map(|i| f64::from(i) / f64::from(steps)).map(|t| {
        let radius = if t == 0.0 || t == 1.0 { 0.0 } else { 12.0 + 10.0 * (t * PI).sin() };
        (radius, 28.0 + 120.0 * t)
    });
    rough(revolve(&profile.collect::<Vec<_>>(), 200))
}

fn rough(mut mesh: TriMesh) -> TriMesh {
    for p in &mut mesh.vertices {
        let wave = (p.x * 0.9).sin() * (p.y * 0.8).sin() * (p.z * 0.7).sin();
        *p += p.coords.normalize() * wave;
    }
    mesh
}

fn scene() -> RomScene {
    let frame = AnatomicalFrame::scanner(Point3::origin());
    let (cup_axis, neck_axis) = (CUP.axis(&frame, Side::Right), NECK.axis(&frame, Side::Right));
    let inner: Vec<_> = arc(16.0, 40).collect();
    let cup: Vec<_> = arc(27.0, 40).chain(inner.into_iter().rev()).collect();
    RomScene {
        side: Side::Right,
        pelvic_frame: frame,
        femoral_frame: frame,
        cup_centre: Point3::origin(),
        cup_axis,
        shell_centre: Point3::origin(),
        cup_outer_radius_mm: 27.0,
        neck_axis,
        oscillation_deg: 2.0 * (6.0_f64 / 16.0).acos().to_degrees(),
        reduction: Isometry3::identity(),
        pelvis: vec![along(Point3::origin(), &cup_axis, &socket())],
        cup: Some(along(Point3::origin(), &cup_axis, &revolve(&cup, 120))),
        femur: Some(along(Point3::origin(), &neck_axis, &femur())),
        stem: Some(along(Point3::origin(), &neck_axis, &revolve(&[(0.0, 0.0), (6.0, 0.0), (6.0, 40.0), (0.0, 40.0)], 120))),
        reaming_clearance_mm: 1.0,
    }
}

fn motion(criterion: &mut Criterion) {
    criterion.bench_function("closed form, eight limits", |bench| {
        bench.iter(|| theoretical::limits(black_box(&CUP), black_box(&NECK), black_box(135.0)));
    });
    let scene = scene();
    criterion.bench_function("prepare 50k + 50k triangles", |bench| bench.iter(|| ImpingementEngine::new(&scene).unwrap()));
    let engine = ImpingementEngine::new(&scene).unwrap();
    for (name, posture) in [
        ("query, neutral", Posture::NEUTRAL),
        ("query, flexion 60°", Motion::Flexion.posture(60.0)),
        (
            "query, flexion 100° adduction 10° rotation 20°",
            Posture { flexion_deg: 100.0, adduction_deg: 10.0, internal_rotation_deg: 20.0 },
        ),
    ] {
        criterion.bench_function(name, |bench| bench.iter(|| engine.query(black_box(&posture))));
    }
    let mut slow = criterion.benchmark_group("table");
    slow.sample_size(10);
    slow.bench_function("range of motion, eight motions", |bench| bench.iter(|| engine.range_of_motion(&Silent).unwrap()));
    let activities = Activity::shipped_with(&[]).unwrap();
    let case = scene.case().unwrap();
    // What an engine finds out of motions when it is first asked counts: each run has a new one, made ready as when a case is opened.
    let made_ready = || {
        let engine = ImpingementEngine::new(&scene).unwrap();
        engine.make_ready();
        engine
    };
    slow.bench_function("prepare and make ready", |bench| bench.iter(made_ready));
    slow.bench_function("eight motions and all activities, bones and implants", |bench| {
        let sweep = |engine: ImpingementEngine| {
            (engine.range_of_motion(&Silent).unwrap(), margins(&activities, &case, Some(&engine)).unwrap())
        };
        bench.iter_batched(made_ready, sweep, BatchSize::PerIteration);
    });
    let moved = scene.with_cup_moved(&Translation3::new(0.0, 0.0, 2.0));
    slow.bench_function("eight motions again after the cup was moved", |bench| {
        bench.iter(|| engine.with_scene(&moved).unwrap().range_of_motion(&Silent).unwrap());
    });
    slow.finish();
}

/// What is asked while a cup is dragged, and what scatter costs: all activities that ship, neck and liner.
fn risk(criterion: &mut Criterion) {
    let activities = Activity::shipped_with(&[]).unwrap();
    let case = RomCase { cup: CUP, neck: NECK, oscillation_deg: 135.0 };
    let settings = SpreadSettings::shipped().unwrap();
    let spread = settings.spread(settings.preset("freehand").unwrap());
    let mut group = criterion.benchmark_group("risk");
    group.sample_size(10);
    group.bench_function("margins of all activities", |bench| {
        bench.iter(|| margins(&activities, black_box(&case), None).unwrap())
    });
    group.bench_function("target zone 41 × 41, all activities", |bench| {
        bench.iter(|| TargetZone::new(&activities, &NECK, 135.0, 0.0, black_box(ZoneGrid::default())).unwrap());
    });
    let found = margins(&activities, &case, None).unwrap();
    group.bench_function("dangers with what takes them away", |bench| {
        bench.iter(|| dangers(Side::Right, &activities, &found, black_box(&case), &[]).unwrap());
    });
    group.bench_function("uncertainty, 10 000 samples, all activities", |bench| {
        bench.iter(|| uncertainty(&activities, black_box(&case), &spread, 10_000, 1).unwrap());
    });
    group.finish();
}

criterion_group!(benches, motion, risk);
criterion_main!(benches);
