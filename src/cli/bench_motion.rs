//! `coxa bench collide|rom`: how fast the engine answers, one line of JSON with the keys that other programs' benchmarks print.

use super::{Outcome, hip::Options};
use crate::{
    accuracy::moved::sweep::{AXES, DEGREES, Sweep, Triangles},
    motion::{Activity, ImpingementEngine, NeckInLiner, RomScene, activity::margins, impingement::TurningSurfaces},
    progress::Silent,
    surface::io::stl,
};
use nalgebra::{Translation3, Vector3};
use serde_json::json;
use std::{
    error::Error,
    fs,
    path::Path,
    time::{Duration, Instant},
};

/// A sweep with what it took.
pub(super) struct Swept {
    pub sweep: Sweep,
    /// CPU time of preparing the meshes and turning them, s.
    pub cpu_s: f64,
    /// CPU time that the process had used when they were prepared, s.
    built_cpu_s: f64,
}

/// Prepares a ball and a socket and turns them.
pub(super) fn swept(ball: Triangles, socket: Triangles) -> Result<Swept, Box<dyn Error>> {
    let began = Used::now()?;
    let surfaces = TurningSurfaces::new(ball, socket).ok_or("no turn brings ball and socket together")?;
    let built_cpu_s = Used::now()?.cpu_s;
    let sweep = Sweep::of(&surfaces);
    Ok(Swept { sweep, cpu_s: Used::now()?.cpu_s - began.cpu_s, built_cpu_s })
}

/// The sweep of the peers' benchmark.
pub fn collide(data: &Path) -> Outcome {
    let began = Instant::now();
    let [socket, ball] = ["socket.stl", "ball.stl"].map(|name| stl::read_triangles(&data.join(name)));
    let swept = swept(ball?, socket?).map_err(|error| format!("{}: {error}", data.display()))?;
    let (used, wall_s) = (Used::now()?, began.elapsed().as_secs_f64());
    let (sweep, queries) = (&swept.sweep, swept.sweep.queries());
    let met = || sweep.angles.iter().filter(|angle| u32::from(**angle) <= DEGREES);
    let mean = sweep.angles.iter().map(|angle| f64::from(*angle)).sum::<f64>() / f64::from(AXES);
    let line = json!({
        "stage": "collide", "peer": "coxa", "version": env!("CARGO_PKG_VERSION"), "case": "sweep",
        "wall_s": rounded(wall_s, 4), "cpu_s": rounded(used.cpu_s, 4),
        "peak_rss_mb": used.peak_rss_mb, "load1": used.load,
        "build_cpu_s": rounded(swept.built_cpu_s, 4), "queries": queries,
        "queries_per_cpu_s": rounded(f64::from(queries) / used.cpu_s, 1),
        "impinged": met().count(), "mean_deg": rounded(mean, 3),
        "min_deg": met().min(), "angles_crc": sweep.crc(),
    });
    println!("{line}");
    Ok(())
}

/// How long a plan's motions and activities take, and again after its cup was moved.
pub(super) struct MotionTimes {
    /// All that depends on no motion.
    pub prepare: Duration,
    pub passive: Duration,
    pub activities: Duration,
    pub again_prepare: Duration,
    /// With preparing.
    pub again: Duration,
    again_activities: Duration,
    sweep_cpu_s: f64,
    again_cpu_s: f64,
    motions: usize,
    load: Option<f64>,
}

/// Times a plan's motions and activities.
pub(super) fn motion_times(
    scene: &RomScene,
    activities: &[Activity],
    joint: &NeckInLiner,
) -> Result<MotionTimes, Box<dyn Error>> {
    let began = Instant::now();
    let engine = ImpingementEngine::new(scene)?;
    // All that depends on bones and implants as they stand, and on no motion: done once, when a case is opened.
    engine.make_ready();
    let (prepare, used) = (began.elapsed(), Used::now()?);
    let table = engine.range_of_motion(&Silent)?;
    let passive = began.elapsed();
    margins(activities, joint, Some(&engine))?;
    let (all, sweep_cpu_s) = (began.elapsed(), Used::now()?.cpu_s - used.cpu_s);
    let laterally = Vector3::new(0.0, 0.0, -2.0 * scene.side.lps_sign());
    let moved = scene.with_cup_moved(&Translation3::from(scene.pelvic_frame.lps_vector(&laterally)));
    let (began_again, used) = (Instant::now(), Used::now()?);
    let engine = engine.with_scene(&moved)?;
    let again_prepare = began_again.elapsed();
    engine.range_of_motion(&Silent)?;
    let (again, again_cpu_s) = (began_again.elapsed(), Used::now()?.cpu_s - used.cpu_s);
    margins(activities, joint, Some(&engine))?;
    Ok(MotionTimes {
        prepare,
        passive: passive - prepare,
        activities: all - passive,
        again_prepare,
        again,
        sweep_cpu_s,
        again_cpu_s,
        again_activities: began_again.elapsed() - again,
        motions: table.rows.len(),
        load: used.load,
    })
}

/// A plan's motions and activities, and again after its cup was moved.
pub fn rom(case: &Path, options: &Options) -> Outcome {
    let hip = options.hip(case)?;
    let bones = hip.folder.read_bones()?;
    let scene = RomScene::of_plan(&hip.plan, &hip.catalogue, &hip.anatomy, &bones)?.ok_or("the plan has no stem to move")?;
    let triangles = |meshes: &[&crate::mesh::TriMesh]| meshes.iter().map(|mesh| mesh.triangles.len()).sum::<usize>();
    let times = motion_times(&scene, &hip.activities, &hip.joint)?;
    let ms = |time: Duration| rounded(time.as_secs_f64() * 1e3, 2);
    let line = json!({
        "stage": "rom", "peer": "coxa", "version": env!("CARGO_PKG_VERSION"), "case": "plan",
        "pelvis_triangles": triangles(&scene.pelvis.iter().collect::<Vec<_>>()),
        "femur_triangles": triangles(&scene.femur.iter().collect::<Vec<_>>()),
        "implant_triangles": triangles(&scene.cup.iter().chain(&scene.stem).collect::<Vec<_>>()),
        "motions": times.motions, "activities": hip.activities.len(),
        "prepare_ms": ms(times.prepare), "passive_ms": ms(times.passive), "activities_ms": ms(times.activities),
        "sweep_ms": ms(times.passive + times.activities), "sweep_cpu_ms": rounded(times.sweep_cpu_s * 1e3, 1),
        "again_prepare_ms": ms(times.again_prepare), "again_ms": ms(times.again),
        "again_cpu_ms": rounded(times.again_cpu_s * 1e3, 1), "again_activities_ms": ms(times.again_activities),
        "load1": times.load,
    });
    println!("{line}");
    Ok(())
}

fn rounded(value: f64, digits: i32) -> f64 {
    let scale = 10.0_f64.powi(digits);
    (value * scale).round() / scale
}

/// What the process has used so far, user and system together, from its beginning on.
pub(super) struct Used {
    cpu_s: f64,
    peak_rss_mb: Option<u64>,
    load: Option<f64>,
}

impl Used {
    pub fn now() -> Result<Self, Box<dyn Error>> {
        let missing = |what: &str| format!("{what} cannot be read: CPU time is told on Linux only");
        let mut nanoseconds = 0.0;
        for task in fs::read_dir("/proc/self/task").map_err(|_| missing("/proc/self/task"))? {
            let text = fs::read_to_string(task?.path().join("schedstat")).map_err(|_| missing("schedstat"))?;
            nanoseconds += text.split_whitespace().next().and_then(|first| first.parse::<f64>().ok()).unwrap_or(0.0);
        }
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let peak =
            status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
        let load = fs::read_to_string("/proc/loadavg").ok().and_then(|text| text.split(' ').next()?.parse().ok());
        Ok(Self { cpu_s: nanoseconds / 1e9, peak_rss_mb: peak.map(|kb| kb / 1024), load })
    }
}
