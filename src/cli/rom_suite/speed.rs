//! The table of speed: each figure as `coxa bench` measures it.

use super::super::{
    bench_motion::{motion_times, swept},
    bench_zone::{Timed, timed, zone_times},
    figure::Figure,
    hip::Options,
};
use crate::{
    accuracy::moved::{DrawnHip, Fcl, sweep::SweepMeshes},
    anatomy::Anatomy,
    implants::Catalogue,
    labels::Label,
    mesh::TriMesh,
    motion::{Activity, RomScene},
    plan::Plan,
    risk::{HipRoom, SpreadSettings, uncertainty_on_bones},
};
use std::{collections::BTreeMap, error::Error, path::Path};

/// Draws of the operation.
const SAMPLES: usize = 10_000;

/// What was found, and on what.
pub struct Speeds {
    pub figures: Vec<Figure>,
    /// The hip that was timed.
    pub hip: String,
    /// The graphics card that was timed, or why none was.
    pub card: String,
    /// The meshes that were swept.
    pub meshes: String,
    /// Whether FCL found the same angles; `None` without it.
    pub same_angles: Option<bool>,
}

/// Times everything.
pub fn figures(peers: &Path, fcl: Option<&Fcl>, case: Option<&Path>, options: &Options) -> Result<Speeds, Box<dyn Error>> {
    let SweepMeshes { name, ball, socket } = SweepMeshes::of(peers)?;
    let meshes = format!("{name}, {} and {} triangles", socket.len(), ball.len());
    let theirs = fcl.map(|fcl| fcl.sweep(&ball, &socket)).transpose()?;
    let ours = swept(ball, socket)?;
    let rate = f64::from(ours.sweep.queries()) / ours.cpu_s;
    let per_s = |what, value, aim| Figure { what, value, aim, unit: "/CPU s", at_most: false };
    let mut figures = vec![per_s("collide: queries, set-up included", rate, None)];
    if let Some(theirs) = &theirs {
        let their_rate = f64::from(theirs.queries) / (theirs.build_cpu_s + theirs.query_cpu_s);
        figures.push(per_s("collide: FCL, set-up included", their_rate, None));
        figures.push(per_s("collide: FCL, set-up left out", f64::from(theirs.queries) / theirs.query_cpu_s, None));
        figures.push(Figure {
            what: "collide: times FCL's rate",
            value: rate / their_rate,
            aim: Some(10.0),
            unit: "×",
            at_most: false,
        });
    }
    let (hip, card) = match case {
        Some(case) => {
            let hip = options.hip(case)?;
            let bones = hip.folder.read_bones()?;
            timed_hip(&hip.plan, &hip.catalogue, &hip.anatomy, &bones, options, &mut figures)?
        }
        None => {
            let drawn = DrawnHip::new()?;
            let told = timed_hip(&drawn.plan, &drawn.catalogue, &drawn.anatomy, &drawn.bones, options, &mut figures)?;
            (format!("a patient drawn from the shape model, {}", told.0), told.1)
        }
    };
    let same_angles = theirs.map(|theirs| theirs.angles == ours.sweep.angles);
    Ok(Speeds { figures, hip, card, meshes, same_angles })
}

/// Times a hip; gives the hip and the graphics card in words.
fn timed_hip(
    plan: &Plan,
    catalogue: &Catalogue,
    anatomy: &Anatomy,
    bones: &BTreeMap<Label, TriMesh>,
    options: &Options,
    figures: &mut Vec<Figure>,
) -> Result<(String, String), Box<dyn Error>> {
    let scene = RomScene::of_plan(plan, catalogue, anatomy, bones)?.ok_or("the plan has no stem to move")?;
    let room = HipRoom::of_plan(plan, catalogue, anatomy, bones)?.ok_or("the plan has no stem to move")?;
    let all = options.all_activities()?;
    let daily = Activity::named(&all, &["daily".into()])?;
    let mut ms = |what, seconds: f64, aim| figures.push(Figure { what, value: seconds * 1e3, aim, unit: "ms", at_most: true });
    let times = motion_times(&scene, &daily, &room.joint)?;
    let [prepare, passive, activities, again] =
        [times.prepare, times.passive, times.activities, times.again].map(|time| time.as_secs_f64());
    ms("rom: making the hip ready, once, when it is opened", prepare, None);
    ms("rom: eight passive motions", passive, None);
    ms("rom: daily activities with bones along whole paths", activities, None);
    ms("rom: both together", passive + activities, Some(150.0));
    ms("rom: passive motions again after the cup was moved", again, Some(50.0));
    let times = motion_times(&scene, &all, &room.joint)?;
    ms("rom: passive motions and all activities", (times.passive + times.activities).as_secs_f64(), Some(150.0));
    let zone = zone_times(&room, &all, &Timed::default())?;
    ms("zone: 41 × 41 cups with bones, all activities", zone.bone_s + zone.fine_s, Some(1000.0));
    ms("zone: coarse, 11 × 11, with bones", zone.binding_s + zone.coarse_s, Some(100.0));
    if let Ok(card) = &zone.card {
        ms("zone: the same by the graphics card", card.zone_s(), Some(50.0));
    }
    let settings = SpreadSettings::shipped()?;
    let spread = settings.spread(settings.preset("freehand")?);
    let (_, scatter_s) = timed(|| uncertainty_on_bones(&daily, &room, &spread, SAMPLES, 1))?;
    ms("uncertainty: 10 000 samples with bones, daily activities", scatter_s, Some(2000.0));
    let triangles = scene.pelvis.iter().chain(&scene.femur).map(|mesh| mesh.triangles.len()).sum::<usize>();
    let counts = [daily.len(), all.len()];
    let told = format!("{triangles} triangles of bone, {} daily activities, {} in all", counts[0], counts[1]);
    Ok((told, zone.card.map_or_else(|why| format!("not measured, {why}"), |card| card.title().into())))
}
