//! How fast the target zone is redrawn on bones of 50 000 triangles a side: the coarse picture while a hand moves, the fine one after it.

use coxa::{
    anatomy::CupAngles,
    frames::{AnatomicalFrame, Side},
    implants::{Bearing, Cup, Head, Liner, Lip, NeckOutline, NeckRange, Stem, geometry::revolve},
    mesh::TriMesh,
    motion::{Activity, BoneRoom, CupReach, FemurChange, NeckAngles, NeckInLiner, RomScene},
    risk::{HipRoom, TargetZone, ZoneGrid, ZoneRequest},
};
use criterion::{Criterion, criterion_group, criterion_main};
use nalgebra::{Isometry3, Point3, Translation3, UnitQuaternion, Vector3};
use std::{f64::consts::PI, hint::black_box, sync::Arc};

const CUP: CupAngles = CupAngles { inclination_deg: 40.0, anteversion_deg: 15.0 };
const NECK: NeckAngles = NeckAngles { elevation_deg: 45.0, anteversion_deg: 15.0 };

fn along(axis: &Vector3<f64>, mesh: &TriMesh) -> TriMesh {
    let turn = UnitQuaternion::rotation_between(&Vector3::z(), axis).unwrap();
    mesh.transformed(&Isometry3::from_parts(Translation3::identity(), turn))
}

fn rough(mut mesh: TriMesh) -> TriMesh {
    for p in &mut mesh.vertices {
        let wave = (p.x * 0.9).sin() * (p.y * 0.8).sin() * (p.z * 0.7).sin();
        *p += p.coords.normalize() * wave;
    }
    mesh
}

/// A socket of bone about the cup and a femur of neck base, trochanter and shaft, rough to 1 mm.
fn scene() -> RomScene {
    let frame = AnatomicalFrame::scanner(Point3::origin());
    let (cup_axis, neck_axis) = (CUP.axis(&frame, Side::Right), NECK.axis(&frame, Side::Right));
    let arc = |radius: f64| (0..=62).map(|i| f64::from(i) * PI / 124.0).map(move |a| (radius * a.sin(), -radius * a.cos()));
    let socket: Vec<_> = arc(45.0).chain(arc(30.0).collect::<Vec<_>>().into_iter().rev()).collect();
    let femur = (0..=125).map(|i| f64::from(i) / 125.0).map(|t| {
        let radius = if t == 0.0 || t == 1.0 { 0.0 } else { 12.0 + 10.0 * (t * PI).sin() };
        (radius, 28.0 + 120.0 * t)
    });
    RomScene {
        side: Side::Right,
        pelvic_frame: frame,
        femoral_frame: frame,
        cup_centre: Point3::origin(),
        cup_axis,
        shell_centre: Point3::origin(),
        cup_outer_radius_mm: 27.0,
        neck_axis,
        oscillation_deg: 135.0,
        reduction: Isometry3::identity(),
        pelvis: vec![along(&cup_axis, &rough(revolve(&socket, 200)))],
        cup: None,
        femur: Some(along(&neck_axis, &rough(revolve(&femur.collect::<Vec<_>>(), 200)))),
        stem: Some(along(&neck_axis, &revolve(&[(0.0, 0.0), (6.0, 0.0), (6.0, 40.0), (0.0, 40.0)], 120))),
        reaming_clearance_mm: 1.0,
    }
}

fn hip(lip: Option<Lip>) -> HipRoom {
    let liner = Liner { seat_diameter_mm: 46.0, head_diameter_mm: 32.0, lip, ..Liner::default() };
    let cup = Cup { outer_diameter_mm: 54.0, head_diameter_mm: 32.0, shell_thickness_mm: 4.0, ..Cup::default() };
    let stem = Stem { neck_length_mm: 50.0, neck_diameter_mm: 12.0, ..Stem::default() };
    let head = Head { diameter_mm: 32.0, ..Head::default() };
    let bearing = Bearing::of(&cup, Some(&liner));
    let range = Arc::new(NeckRange::of(&bearing, &NeckOutline::of(&head, &stem)));
    let joint = NeckInLiner { cup: CUP, towards: Vector3::y_axis(), neck: NECK, range };
    HipRoom { joint, bones: BoneRoom::new(&scene(), 50.0).unwrap(), reach: CupReach::new(&cup, &bearing) }
}

fn zone(criterion: &mut Criterion) {
    let activities = Activity::shipped_with(&[]).unwrap();
    let mut group = criterion.benchmark_group("zone");
    group.sample_size(10);
    group.bench_function("prepare bones", |bench| bench.iter(|| BoneRoom::new(&scene(), 50.0).unwrap()));
    for (name, lip) in [("neutral", None), ("lip", Some(Lip { angle_deg: 15.0, half_arc_deg: 35.0, slope_deg: 40.0 }))] {
        let hip = hip(lip);
        let change = FemurChange { stem_version_deg: 3.0, ..FemurChange::default() };
        if lip.is_none() {
            group.bench_function("bones in all activities, femur changed", |bench| {
                bench.iter(|| hip.zone_bones(black_box(&change), &activities).unwrap());
            });
        }
        let bones = hip.zone_bones(&change, &activities).unwrap();
        let grid = ZoneGrid::default();
        let fine = ZoneRequest { activities: &activities, joint: &hip.joint, tilt_deg: 0.0, grid, bones: bones.as_ref() };
        let coarse = fine.coarse();
        group.bench_function(format!("{name}, 11 × 11 with bones"), |bench| bench.iter(|| TargetZone::of(&coarse).unwrap()));
        group.bench_function(format!("{name}, 41 × 41 with bones"), |bench| bench.iter(|| TargetZone::of(&fine).unwrap()));
    }
    group.finish();
}

criterion_group!(benches, zone);
criterion_main!(benches);
