//! `coxa plan --suite`: how alike the plans on true and on segmented bones are.

use super::{Outcome, segment::Device};
use crate::plan::PlanSettings;
use std::path::Path;

/// Runs the suite.
#[cfg(not(feature = "neural"))]
pub fn run(_patients: u64, _keep: Option<&Path>, _settings: &PlanSettings, _device: Device, _json: bool) -> Outcome {
    Err("this build has no network: build with the feature 'neural'".into())
}

/// Runs the suite; an error when a figure misses its aim.
#[cfg(feature = "neural")]
pub fn run(patients: u64, keep: Option<&Path>, settings: &PlanSettings, device: Device, json: bool) -> Outcome {
    use crate::{accuracy::Cohort, progress::Progress};
    let (network, segment) = super::segment::by_shipped_networks(device)?;
    let bar = super::bar::Bar::new();
    let cohort = Cohort::load()?;
    let made_with = [
        network.clone(),
        format!("library {}", cohort.catalogue.sha256),
        format!("settings {}", serde_json::to_string(settings)?),
    ];
    let mut kept = keep.map(|path| kept::Kept::open(path, made_with.join(", "))).transpose()?;
    let mut results = Vec::new();
    for seed in Cohort::seeds(patients) {
        let planned = match kept.as_ref().and_then(|kept| kept.of(seed)) {
            Some(known) => known.clone(),
            None => {
                let planned = cohort.plan(seed, &segment, settings);
                kept.as_mut().map(|kept| kept.add(seed, &planned)).transpose()?;
                planned
            }
        };
        bar.report("planning", (seed - Cohort::seeds(patients).start + 1) as f64 / patients.max(1) as f64);
        if !json {
            bar.above(|| println!("{}", print::case(&planned)));
        }
        results.push(planned);
    }
    drop(bar);
    let figures = print::figures(&results);
    if json {
        println!("{}", serde_json::to_string_pretty(&print::as_json(&results, &figures, &network))?);
    } else {
        println!("\n{patients} patients of the shape model, CT of 0.8 × 0.8 × 1.25 mm, {}", network);
        figures.iter().for_each(|figure| println!("{}", figure.line()));
        println!("{}", crate::DISCLAIMER);
    }
    let missed: Vec<&str> = figures.iter().filter(|figure| !figure.reached()).map(|figure| figure.what).collect();
    if missed.is_empty() { Ok(()) } else { Err(format!("not reached: {}", missed.join(", ")).into()) }
}

#[cfg(feature = "neural")]
mod kept;
#[cfg(feature = "neural")]
mod print {
    use super::super::figure::Figure;
    use crate::accuracy::{PlannedTwice, RESTORED_MM};
    use serde_json::{Value, json};

    pub fn case(planned: &Result<PlannedTwice, String>) -> String {
        match planned {
            Err(why) => format!("failed: {why}"),
            Ok(twice) => format!(
                "{} {:<5} {} | {}  leg {:+.1} mm, offset {:+.1} mm, {:.1} s{}",
                twice.seed,
                twice.side.to_string(),
                twice.truth.join(" "),
                twice.found.join(" "),
                twice.leg_length_mm,
                twice.offset_mm,
                twice.seconds,
                if twice.violations.is_empty() { String::new() } else { format!("  {}", twice.violations.join(" ")) }
            ),
        }
    }

    pub fn figures(cohort: &[Result<PlannedTwice, String>]) -> Vec<Figure> {
        let planned: Vec<&PlannedTwice> = cohort.iter().flatten().collect();
        let all = cohort.len().max(1) as f64;
        // Who could not be planned agrees in nothing.
        let share = |what, aim, holds: &dyn Fn(&PlannedTwice) -> bool| {
            let value = 100.0 * planned.iter().filter(|twice| holds(twice)).count() as f64 / all;
            Figure { what, value, aim, unit: "%", at_most: false }
        };
        let restored = |mm: f64| mm.abs() <= RESTORED_MM;
        let mean =
            |of: &dyn Fn(&PlannedTwice) -> f64| planned.iter().map(|twice| of(twice)).sum::<f64>() / planned.len().max(1) as f64;
        let longest = planned.iter().map(|twice| twice.seconds).fold(0.0, f64::max);
        vec![
            share("planned", Some(100.0), &|_| true),
            share("cup: same size", Some(85.0), &|twice| twice.cup_sizes == 0),
            share("cup: within one size", Some(99.0), &|twice| twice.cup_sizes <= 1),
            share("stem: same size", Some(80.0), &|twice| twice.stem_sizes == 0),
            share("stem: within one size", Some(99.0), &|twice| twice.stem_sizes <= 1),
            share("leg length and offset restored within 2 mm", Some(95.0), &|twice| {
                restored(twice.leg_length_mm) && restored(twice.offset_mm)
            }),
            share("free of hard violations", Some(100.0), &|twice| twice.violations.is_empty()),
            share("everything needed was on the stock list", None, &|twice| twice.stocked),
            Figure {
                what: "chance that the stock list gave the true cup, mean",
                value: 100.0 * mean(&|t| t.chances[0]),
                aim: None,
                unit: "%",
                at_most: false,
            },
            Figure {
                what: "chance that the stock list gave the true stem, mean",
                value: 100.0 * mean(&|t| t.chances[1]),
                aim: None,
                unit: "%",
                at_most: false,
            },
            Figure {
                what: "plan once the bones are measured, longest",
                value: longest,
                aim: Some(5.0),
                unit: "s",
                at_most: true,
            },
        ]
    }

    pub fn as_json(cohort: &[Result<PlannedTwice, String>], figures: &[Figure], network: &str) -> Value {
        let failed: Vec<&String> = cohort.iter().filter_map(|planned| planned.as_ref().err()).collect();
        let planned: Vec<&PlannedTwice> = cohort.iter().flatten().collect();
        json!({
            "network": network,
            "figures": figures.iter().map(Figure::as_json).collect::<Vec<_>>(),
            "patients": planned,
            "failed": failed,
            "disclaimer": crate::DISCLAIMER,
        })
    }
}
