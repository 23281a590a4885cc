//! `coxa bench collide|rom`: how fast the engine answers, one line of JSON with the keys that other programs' benchmarks print.

use super::{Outcome, hip::Options};
use crate::{
    motion::{ImpingementEngine, RomScene, activity::margins, impingement::TurningSurfaces},
    progress::Silent,
    surface::io::stl,
};
use nalgebra::{Translation3, Unit, Vector3};
use serde_json::json;
use std::{error::Error, f64::consts::TAU, fs, path::Path, time::Instant};

/// Axes of the sweep, evenly in the transverse plane, and whole degrees that each is followed.
const AXES: u32 = 64;
const DEGREES: u32 = 90;

/// The sweep of the peers' benchmark.
pub fn collide(data: &Path) -> Outcome {
    let began = Instant::now();
    let [socket, ball] = ["socket.stl", "ball.stl"].map(|name| stl::read_triangles(&data.join(name)));
    let surfaces = TurningSurfaces::new(ball?, socket?)
        .ok_or_else(|| format!("{}: no turn brings ball.stl and socket.stl together", data.display()))?;
    let built = Used::now()?;
    let axis = |number: u32| {
        let angle = TAU * f64::from(number) / f64::from(AXES);
        Unit::new_normalize(Vector3::new(angle.cos(), angle.sin(), 0.0))
    };
    let found: Vec<Option<u32>> = (0..AXES).map(|number| surfaces.first_crossing(&axis(number), 1.0, DEGREES)).collect();
    let (used, wall_s) = (Used::now()?, began.elapsed().as_secs_f64());
    // An axis is asked at 0°, 1°, 2° … up to the pose that touches; what is known to be free counts as asked.
    let queries: u32 = found.iter().map(|degree| degree.unwrap_or(DEGREES) + 1).sum();
    let angles: Vec<u8> = found.iter().map(|degree| degree.unwrap_or(DEGREES + 1) as u8).collect();
    let mut crc = flate2::Crc::new();
    crc.update(&angles);
    let mean = angles.iter().map(|angle| f64::from(*angle)).sum::<f64>() / f64::from(AXES);
    let line = json!({
        "stage": "collide", "peer": "coxa", "version": env!("CARGO_PKG_VERSION"), "case": "sweep",
        "wall_s": rounded(wall_s, 4), "cpu_s": rounded(used.cpu_s, 4),
        "peak_rss_mb": used.peak_rss_mb, "load1": used.load,
        "build_cpu_s": rounded(built.cpu_s, 4), "queries": queries,
        "queries_per_cpu_s": rounded(f64::from(queries) / used.cpu_s, 1),
        "impinged": found.iter().flatten().count(), "mean_deg": rounded(mean, 3),
        "min_deg": found.iter().flatten().min(), "angles_crc": crc.sum(),
    });
    println!("{line}");
    Ok(())
}

/// A plan's motions and activities, and again after its cup was moved.
pub fn rom(case: &Path, options: &Options) -> Outcome {
    let hip = options.hip(case)?;
    let bones = hip.folder.read_bones()?;
    let scene = RomScene::of_plan(&hip.plan, &hip.catalogue, &hip.anatomy, &bones)?.ok_or("the plan has no stem to move")?;
    let triangles = |meshes: &[&crate::mesh::TriMesh]| meshes.iter().map(|mesh| mesh.triangles.len()).sum::<usize>();
    let began = Instant::now();
    let engine = ImpingementEngine::new(&scene)?;
    let (prepared, used) = (began.elapsed(), Used::now()?);
    let table = engine.range_of_motion(&Silent)?;
    let passive = began.elapsed();
    let found = margins(&hip.activities, &hip.joint, Some(&engine))?;
    let (all, sweep_cpu_s) = (began.elapsed(), Used::now()?.cpu_s - used.cpu_s);
    let laterally = Vector3::new(0.0, 0.0, -2.0 * scene.side.lps_sign());
    let moved = scene.with_cup_moved(&Translation3::from(scene.pelvic_frame.lps_vector(&laterally)));
    let (began_again, used) = (Instant::now(), Used::now()?);
    let again = engine.with_scene(&moved)?;
    let again_prepared = began_again.elapsed();
    again.range_of_motion(&Silent)?;
    let (again_all, again_cpu_s) = (began_again.elapsed(), Used::now()?.cpu_s - used.cpu_s);
    margins(&hip.activities, &hip.joint, Some(&again))?;
    let again_activities = began_again.elapsed() - again_all;
    let ms = |time: std::time::Duration| rounded(time.as_secs_f64() * 1e3, 2);
    let line = json!({
        "stage": "rom", "peer": "coxa", "version": env!("CARGO_PKG_VERSION"), "case": "plan",
        "pelvis_triangles": triangles(&scene.pelvis.iter().collect::<Vec<_>>()),
        "femur_triangles": triangles(&scene.femur.iter().collect::<Vec<_>>()),
        "implant_triangles": triangles(&scene.cup.iter().chain(&scene.stem).collect::<Vec<_>>()),
        "motions": table.rows.len(), "activities": found.len(),
        "prepare_ms": ms(prepared), "passive_ms": ms(passive - prepared), "activities_ms": ms(all - passive),
        "sweep_ms": ms(all - prepared), "sweep_cpu_ms": rounded(sweep_cpu_s * 1e3, 1),
        "again_prepare_ms": ms(again_prepared), "again_ms": ms(again_all), "again_cpu_ms": rounded(again_cpu_s * 1e3, 1),
        "again_activities_ms": ms(again_activities), "load1": used.load,
    });
    println!("{line}");
    Ok(())
}

fn rounded(value: f64, digits: i32) -> f64 {
    let scale = 10.0_f64.powi(digits);
    (value * scale).round() / scale
}

/// What the process has used so far, user and system together, from its beginning on.
struct Used {
    cpu_s: f64,
    peak_rss_mb: Option<u64>,
    load: Option<f64>,
}

impl Used {
    fn now() -> Result<Self, Box<dyn Error>> {
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
