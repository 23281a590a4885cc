//! `coxa rom`.

use super::{Outcome, activities, hip::Options, rom_suite, rom_surface};
use crate::{
    anatomy::CupAngles,
    motion::{COLUMNS, JOINT_ORDER, Limit, Motion, NeckAngles, RomCase, impingement::mesh_limits, read_cases},
};
use rayon::prelude::*;
use std::path::PathBuf;

/// Arguments of `coxa rom`.
#[derive(clap::Args)]
pub struct Arguments {
    /// A case: what its plan has left in activities.
    #[arg(conflicts_with_all = ["vectors", "cup_ri", "cup_ra", "neck_a", "neck_b", "theta"])]
    case: Option<PathBuf>,
    /// List the activities with what they rest on.
    #[arg(long, conflicts_with_all = ["case", "vectors", "cup_ri", "cup_ra", "neck_a", "neck_b", "theta"])]
    list: bool,
    /// Leave bones aside, which is quicker.
    #[arg(long, requires = "case")]
    implants_only: bool,
    #[command(flatten)]
    options: Options,
    #[command(flatten)]
    suite: rom_suite::Arguments,
    #[command(flatten)]
    surface: rom_surface::Arguments,
    /// A CSV table of cases with the columns RI,RA,a,b,theta; the same table with its limits is written to standard output.
    #[arg(long, value_name = "FILE.csv", conflicts_with_all = ["cup_ri", "cup_ra", "neck_a", "neck_b", "theta", "json"])]
    vectors: Option<PathBuf>,
    /// How the limits are found.
    #[arg(long, value_enum, default_value_t = Engine::Analytic)]
    engine: Engine,
    /// Radiographic inclination of the cup, degrees.
    #[arg(long, value_name = "DEG", required_unless_present_any = ["vectors", "case", "list", "suite"], allow_negative_numbers = true)]
    cup_ri: Option<f64>,
    /// Radiographic anteversion of the cup, degrees.
    #[arg(long, value_name = "DEG", required_unless_present_any = ["vectors", "case", "list", "suite"], allow_negative_numbers = true)]
    cup_ra: Option<f64>,
    /// Elevation of the neck above the transverse plane of the femur (neck-shaft angle less 90), degrees.
    #[arg(long, value_name = "DEG", required_unless_present_any = ["vectors", "case", "list", "suite"], allow_negative_numbers = true)]
    neck_a: Option<f64>,
    /// Anteversion of the neck, degrees.
    #[arg(long, value_name = "DEG", required_unless_present_any = ["vectors", "case", "list", "suite"], allow_negative_numbers = true)]
    neck_b: Option<f64>,
    /// Oscillation angle of neck and liner, degrees.
    #[arg(long, value_name = "DEG", required_unless_present_any = ["vectors", "case", "list", "suite"])]
    theta: Option<f64>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Engine {
    /// The closed form.
    Analytic,
    /// Meshes of neck and liner drawn for the case and moved until they touch.
    Mesh,
}

impl Engine {
    fn limits(self, case: &RomCase) -> [Limit; 8] {
        match self {
            Self::Analytic => case.limits(),
            Self::Mesh => mesh_limits(case),
        }
    }
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Outcome {
    let Arguments {
        case,
        list,
        implants_only,
        options,
        suite,
        surface,
        vectors,
        engine,
        cup_ri,
        cup_ra,
        neck_a,
        neck_b,
        theta,
        json,
    } = arguments;
    if suite.suite {
        return rom_suite::run(&suite, case.as_deref(), &options, json);
    }
    if list {
        return activities::list(&options, json);
    }
    if let Some((path, case)) = surface.surface.as_ref().zip(case.as_ref()) {
        return rom_surface::run(&surface, path, case, &options, implants_only, json);
    }
    if let Some(case) = case {
        return activities::of_case(&case, &options, implants_only, json);
    }
    if let Some(path) = vectors {
        return table(&path, engine);
    }
    let (Some(inclination_deg), Some(anteversion_deg), Some(elevation_deg), Some(version_deg), Some(theta)) =
        (cup_ri, cup_ra, neck_a, neck_b, theta)
    else {
        return Err("a single case needs --cup-ri, --cup-ra, --neck-a, --neck-b and --theta".into());
    };
    let case = RomCase::new(
        CupAngles { inclination_deg, anteversion_deg },
        NeckAngles { elevation_deg, anteversion_deg: version_deg },
        theta,
    )?;
    let limits = engine.limits(&case);
    if json { print_json(&case, &limits) } else { print_text(&case, &limits) }
}

fn table(path: &std::path::Path, engine: Engine) -> Outcome {
    let cases = read_cases(path)?;
    let lines: Vec<String> = cases.par_iter().map(|case| case.csv_line(&engine.limits(case))).collect();
    println!("{COLUMNS}");
    for line in lines {
        println!("{line}");
    }
    Ok(())
}

const SCOPE: &str =
    "Neck against liner only: no bone, no soft tissue. A limit is where motion certainly stops, not a safe range.";

fn print_text(case: &RomCase, limits: &[Limit; 8]) -> Outcome {
    println!(
        "cup   inclination {:.1}°, anteversion {:.1}° (radiographic, Murray 1993)",
        case.cup.inclination_deg, case.cup.anteversion_deg
    );
    println!(
        "neck  elevation {:.1}° above the transverse plane of the femur, anteversion {:.1}°",
        case.neck.elevation_deg, case.neck.anteversion_deg
    );
    println!("theta {:.1}° oscillation angle\n", case.oscillation_deg);
    for (motion, limit) in Motion::ALL.iter().zip(limits) {
        let shown = match limit {
            Limit::AlreadyTouching => "in contact before the motion begins".to_owned(),
            Limit::At(degrees) => format!("{degrees:7.2}°"),
            Limit::Unlimited => "no contact".to_owned(),
        };
        println!("{:<36} {shown}", motion.to_string());
    }
    println!("\n{SCOPE}\nJoint angles: {JOINT_ORDER}.");
    Ok(())
}

fn print_json(case: &RomCase, limits: &[Limit; 8]) -> Outcome {
    let rows: Vec<_> = Motion::ALL
        .iter()
        .zip(limits)
        .map(|(motion, limit)| {
            serde_json::json!({
                "motion": motion.short_name(),
                "name": motion.to_string(),
                "limit_deg": limit.degrees(),
                "already_touching": *limit == Limit::AlreadyTouching,
            })
        })
        .collect();
    let document = serde_json::json!({
        "cup_radiographic_inclination_deg": case.cup.inclination_deg,
        "cup_radiographic_anteversion_deg": case.cup.anteversion_deg,
        "neck_elevation_deg": case.neck.elevation_deg,
        "neck_anteversion_deg": case.neck.anteversion_deg,
        "oscillation_angle_deg": case.oscillation_deg,
        "limits": rows,
        "scope": SCOPE,
        "joint_angles": JOINT_ORDER,
    });
    println!("{}", serde_json::to_string_pretty(&document)?);
    Ok(())
}
