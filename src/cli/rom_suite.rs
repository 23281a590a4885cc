//! `coxa rom --suite`: how exact motion is, and how fast, beside FCL where its Python package is installed.

mod machine;
mod speed;

use super::{Outcome, error_table, figure::Figure, hip::Options};
use crate::{
    accuracy::{
        Errors,
        moved::{Fcl, MotionSuite, jump::Released, motion_suite, native::BonyRom},
    },
    motion::Motion,
};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Arguments of the suite.
#[derive(clap::Args)]
pub struct Arguments {
    /// Instead: the tables of truth and speed; with a case its plan is timed, else a patient drawn from the shape model. Ends with an error where a truth is missed.
    #[arg(long, conflicts_with_all = ["list", "vectors", "cup_ri", "cup_ra", "neck_a", "neck_b", "theta"])]
    pub suite: bool,
    /// Where the real bones of the suite lie (vsd_bones); the vectors are looked for in ../vectors of it.
    #[arg(long, value_name = "DIR", default_value = "../shared/data", requires = "suite")]
    data: PathBuf,
    /// The meshes that collision libraries were timed on: socket.stl and ball.stl as gen.py writes them.
    #[arg(long, value_name = "DIR", default_value = "../shared/bench/peers/data", requires = "suite")]
    peers: PathBuf,
    /// A Python that has FCL (python-fcl), to be asked and timed on the same meshes.
    #[arg(long, value_name = "PATH", default_value = "python3", requires = "suite")]
    python: PathBuf,
    /// Below each row of the suite every error of it.
    #[arg(long, requires = "suite")]
    each: bool,
}

/// Runs the suite; an error when a truth is missed.
pub fn run(arguments: &Arguments, case: Option<&Path>, options: &Options, json: bool) -> Outcome {
    let fcl = Fcl::of(&arguments.python);
    let released: Vec<Released<'_>> = rigid_bodies();
    let suite = motion_suite(&arguments.data, &arguments.peers, fcl.as_ref().ok(), &released);
    let speeds = speed::figures(&arguments.peers, fcl.as_ref().ok(), case, options)?;
    let machine = machine::machine();
    let missed: Vec<&Errors> = suite.table.errors.iter().filter(|errors| !errors.reached()).collect();
    if json {
        let document = json!({
            "machine": machine,
            "fcl": fcl.as_ref().map(|fcl| fcl.version.clone()).ok(),
            "truth": suite.table.errors.iter().map(row).collect::<Vec<_>>(),
            "skipped": suite.table.skipped,
            "bony_range_of_motion_deg": suite.bony,
            "speed": speeds.figures.iter().map(Figure::as_json).collect::<Vec<_>>(),
            "timed_on": speeds.hip,
            "graphics_card": speeds.card,
            "swept": speeds.meshes,
            "same_angles_as_fcl": speeds.same_angles,
            "disclaimer": crate::DISCLAIMER,
        });
        println!("{}", serde_json::to_string_pretty(&document)?);
    } else {
        print(&suite, &speeds, &machine, arguments.each);
        match &fcl {
            Ok(fcl) => println!("FCL: python-fcl {}", fcl.version),
            Err(why) => println!("{why}"),
        }
        println!("{}", crate::DISCLAIMER);
    }
    let told = |errors: &&Errors| {
        format!("{}, {} ({} of {} beyond)", errors.set, errors.what, errors.each.len() - errors.within(), errors.each.len())
    };
    if missed.is_empty() {
        Ok(())
    } else {
        Err(format!("not reached: {}", missed.iter().map(told).collect::<Vec<_>>().join("; ")).into())
    }
}

/// The window's rigid bodies, where the window is built in.
#[cfg(feature = "app")]
fn rigid_bodies() -> Vec<Released<'static>> {
    fn let_go(hip: &crate::risk::dislocation::RehearsalHip) -> Option<f64> {
        use nalgebra::{Rotation3, Vector3};
        crate::app::physics::rehearsal::released_jump_mm(hip, &Rotation3::identity(), &Vector3::z())
    }
    let bodies: Released<'static> = ("let go, rigid bodies (Rapier)", &let_go);
    vec![bodies]
}

/// The window's rigid bodies, where the window is built in.
#[cfg(not(feature = "app"))]
const fn rigid_bodies() -> Vec<Released<'static>> {
    Vec::new()
}

/// One row as data.
fn row(errors: &Errors) -> serde_json::Value {
    json!({
        "set": errors.set, "what": errors.what, "unit": errors.unit, "n": errors.each.len(),
        "mean": finite(errors.mean()), "largest": finite(errors.largest()), "bar": bar(errors), "within": errors.within(),
        "reached": errors.reached(),
    })
}

/// JSON has no infinity: what was not found has no size.
fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

/// The bar of a row: all of its errors have the same.
fn bar(errors: &Errors) -> f64 {
    errors.each.first().map_or(0.0, |held| held.limit)
}

fn print(suite: &MotionSuite, speeds: &speed::Speeds, machine: &str, each: bool) {
    println!("{:<26} {:<46} {:>5} {:>11} {:>11} {:>8}", "truth", "quantity", "n", "mean", "largest", "bar");
    for errors in &suite.table.errors {
        let (set, what, n, unit) = (errors.set, &errors.what, errors.each.len(), errors.unit);
        let missed = if errors.reached() { "" } else { "  MISSED" };
        let size = |value: f64| error_table::size(value);
        println!(
            "{set:<26} {what:<46} {n:>5} {:>11} {:>11} {:>8} {unit}{missed}",
            size(errors.mean()),
            size(errors.largest()),
            size(bar(errors))
        );
        for held in errors.each.iter().filter(|held| each || !held.within()) {
            println!(
                "{:<26} {:<46} {:>5} {:>11} {:>11}",
                "",
                held.case,
                "",
                size(held.error),
                if held.within() { "" } else { "beyond" }
            );
        }
    }
    suite.table.skipped.iter().for_each(|why| println!("skipped: {why}"));
    print_bony(&suite.bony);
    println!("\nspeed: {machine}");
    println!("timed on {}; swept: {}; graphics card: {}", speeds.hip, speeds.meshes, speeds.card);
    speeds.figures.iter().for_each(|figure| println!("{}", figure.line()));
    if let Some(same) = speeds.same_angles {
        println!("64 angles {} those of FCL", if same { "the same as" } else { "NOT the same as" });
    }
    println!("Bars of speed are for two cores with nothing else to do; they do not decide how the command ends.");
}

/// How far the bones of real hips go.
fn print_bony(found: &[BonyRom]) {
    if found.is_empty() {
        return;
    }
    println!(
        "\nbony range of motion of native hips, degrees (no bar: bones without cartilage and capsule, no limit of a living hip)"
    );
    let names: Vec<String> = Motion::ALL.iter().map(|motion| format!("{:>6}", motion.short_name())).collect();
    println!("{:<12} {}", "", names.join(" "));
    let degrees = |limit: &Option<f64>| limit.map_or_else(|| format!("{:>6}", "–"), |limit| format!("{limit:>6.1}"));
    for hip in found {
        let limits: Vec<String> = hip.limits_deg.iter().map(degrees).collect();
        println!("{:<12} {}", format!("{} {}", hip.subject, hip.side), limits.join(" "));
    }
    println!(
        "published, for the order of magnitude: bone ends internal rotation at 90° of flexion 4.9 ± 3.8° beyond soft tissue (Han 2022), which"
    );
    println!(
        "stops it at 38° or so (Kouyoumdjian 2012), and extension 53 ± 10° beyond: a bony limit of extension is not a safe one"
    );
}
