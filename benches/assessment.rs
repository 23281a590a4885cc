//! How fast an edited plan has its numbers and its maps, on the bones of a phantom in a CT of 1 mm.

use coxa::{
    anatomy::{Bones, measure},
    frames::Side,
    implants::Catalogue,
    labels::synthesis::{CtSettings, DrawOptions, Phantom, ShapeModel},
    plan::{
        PlanSettings,
        assessment::{Detail, Prepared},
        first_plan,
    },
    progress::Silent,
    surface::SurfaceSettings,
};
use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;

fn assessment(criterion: &mut Criterion) {
    let phantom = Phantom::draw(&ShapeModel::load().unwrap(), 41, &DrawOptions::default());
    let (volume, labels) = phantom.ct(&phantom.grid([1.0; 3]), &CtSettings::default(), 41);
    let bones = Bones::from_labels(&labels, &SurfaceSettings::default()).unwrap();
    let anatomy = measure(&bones, Some(&volume), &Silent).unwrap();
    let (catalogue, settings, side) = (Catalogue::shipped().unwrap(), PlanSettings::default(), Side::Left);
    let plan = first_plan(&anatomy, &catalogue, side, &bones.meshes, &settings).unwrap();
    let triangles: usize = bones.meshes.values().map(|mesh| mesh.triangles.len()).sum();
    eprintln!("{} bones, {triangles} triangles", bones.meshes.len());

    criterion
        .bench_function("prepare a hip", |bench| bench.iter(|| Prepared::new(&anatomy, side, &bones.meshes, &settings).unwrap()));
    let prepared = Prepared::new(&anatomy, side, &bones.meshes, &settings).unwrap();
    for (name, ct, detail) in [
        ("numbers of an edit", None, Detail::Numbers),
        ("numbers of an edit, with densities", Some(&volume), Detail::Numbers),
        ("numbers and maps", Some(&volume), Detail::Maps),
    ] {
        criterion.bench_function(name, |bench| bench.iter(|| prepared.assess(black_box(&plan), &catalogue, ct, detail).unwrap()));
    }
}

criterion_group!(benches, assessment);
criterion_main!(benches);
