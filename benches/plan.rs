//! How long an edit of a plan takes, with every number that follows from it, on the bones of a drawn patient.

use coxa::{
    anatomy::{Bones, CupDefinition, measure},
    frames::Side,
    implants::{Catalogue, Liner},
    labels::{
        Label,
        synthesis::{CtSettings, DrawOptions, Phantom, ShapeModel},
    },
    plan::{
        Judge, Plan, PlanSettings, Scan,
        edit::{Command, Context, PelvicFrame, apply},
        first_plan,
    },
    progress::Silent,
    surface::SurfaceSettings,
};
use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;

fn edits(criterion: &mut Criterion) {
    let phantom = Phantom::draw(&ShapeModel::load().unwrap(), 41, &DrawOptions::default());
    let (volume, labels) = phantom.ct(&phantom.grid([0.8, 0.8, 1.25]), &CtSettings::default(), 41);
    let bones = Bones::from_labels(&labels, &SurfaceSettings::default()).unwrap();
    let anatomy = measure(&bones, Some(&volume), &Silent).unwrap();
    let (catalogue, settings, side) = (Catalogue::shipped().unwrap(), PlanSettings::default(), Side::Right);
    let automatic = first_plan(&anatomy, &catalogue, side, &bones.meshes, &settings).unwrap();
    let judge = Judge::new(&anatomy, &catalogue, side, &bones.meshes, &settings, Scan::default()).unwrap();
    eprintln!("the hip bone has {} triangles", bones.meshes[&Label::HipRight].triangles.len());
    let context = Context { judge: &judge, automatic: &automatic };
    let mut group = criterion.benchmark_group("plan");
    group.sample_size(20);
    group.bench_function("make ready what edits are judged against", |b| {
        b.iter(|| Judge::new(black_box(&anatomy), &catalogue, side, &bones.meshes, &settings, Scan::default()).unwrap());
    });
    // A drag to and fro, so that no step finds the cup where it was.
    let mut drag = |name: &str, there: Command, back: Command| {
        let mut plan: Plan = automatic.clone();
        let mut turn = 0;
        group.bench_function(name, |b| {
            b.iter(|| {
                turn += 1;
                plan = apply(&plan, if turn % 2 == 1 { &there } else { &back }, &context).unwrap();
            });
        });
    };
    let up = |superior_mm| Command::MoveCup { medial_mm: 0.0, superior_mm, anterior_mm: 0.0 };
    drag("an edit of the cup's place", up(1.0), up(-1.0));
    let turn = |anteversion_deg| Command::TurnCup {
        inclination_deg: 0.0,
        anteversion_deg,
        definition: CupDefinition::Radiographic,
        frame: PelvicFrame::AnteriorPelvicPlane,
    };
    drag("an edit of the cup's direction", turn(1.0), turn(-1.0));
    drag("an edit of the stem", Command::DeepenStem { mm: 1.0 }, Command::DeepenStem { mm: -1.0 });
    let chosen = automatic.chosen(&catalogue).unwrap();
    let (cup, head) = (chosen.cup, chosen.stem.unwrap().1);
    let larger = catalogue.cups.iter().find(|other| other.outer_diameter_mm == cup.outer_diameter_mm + 2.0).unwrap();
    let size = |id: &String| Command::ChooseCup { id: id.clone(), head: None };
    drag("another size of the cup", size(&larger.id), size(&cup.id));
    let longer = catalogue.heads_of(head.diameter_mm).find(|other| other.id != head.id).unwrap();
    drag("another head", Command::ChooseHead { id: longer.id.clone() }, Command::ChooseHead { id: head.id.clone() });
    let (liner, heads) = (chosen.liner.unwrap(), |mm: f64| catalogue.heads_of(mm).next().map(|head| head.id.clone()));
    let other = catalogue.liners_for(cup).find(|other| other.id != liner.id && heads(other.head_diameter_mm).is_some()).unwrap();
    let line = |of: &Liner| Command::ChooseLiner { id: of.id.clone(), head: heads(of.head_diameter_mm) };
    drag("another liner", line(other), line(liner));
    group.finish();
}

criterion_group!(benches, edits);
criterion_main!(benches);
