//! `coxa evaluate --suite accuracy`: the accuracy table.

use super::{Outcome, segment::Device};
use std::path::Path;

/// Runs the suite; an error when a set misses its target.
#[cfg(not(feature = "neural"))]
pub fn run(_data: &Path, _phantoms: usize, _device: Device, _json: bool) -> Outcome {
    Err("this build has no network: build with the feature 'neural'".into())
}

/// Runs the suite; an error when a set misses its target.
#[cfg(feature = "neural")]
pub fn run(data: &Path, phantoms: usize, device: Device, json: bool) -> Outcome {
    use crate::{
        accuracy::{accuracy_suite, judge},
        progress::Progress,
    };
    let (network, segment) = super::segment::by_shipped_networks(device)?;
    let bar = super::bar::Bar::new();
    let sets = accuracy_suite(data, phantoms);
    let all: usize = sets.iter().map(|set| set.cases.len()).sum();
    let mut done = 0;
    let mut results = Vec::new();
    for set in &sets {
        bar.report(set.name, done as f64 / all as f64);
        let result = judge(set, &segment, &mut |case| {
            done += 1;
            bar.report(set.name, done as f64 / all as f64);
            if !json {
                bar.above(|| println!("{}", print::case(set.name, case)));
            }
        });
        results.push(result);
    }
    drop(bar);
    if json {
        println!("{}", serde_json::to_string_pretty(&print::as_json(&results, &network))?);
    } else {
        results.iter().for_each(|result| println!("\n{}", print::set(result)));
        println!("\nnetwork {}", network);
    }
    let missed: Vec<&str> = results.iter().filter(|result| !result.reached()).map(|result| result.name).collect();
    if missed.is_empty() { Ok(()) } else { Err(format!("missed: {}", missed.join(", ")).into()) }
}

#[cfg(feature = "neural")]
mod print {
    use crate::accuracy::{CaseResult, Check, SetResult};
    use crate::cli::evaluate;
    use serde_json::{Value, json};

    /// One line a case.
    pub(super) fn case(set: &str, case: &CaseResult) -> String {
        let figures = match &case.agreement {
            Ok(_) => case.dices().map(|(label, dice)| format!("{} {dice:.3}", label.name())).collect::<Vec<_>>().join("  "),
            Err(why) => format!("failed: {why}"),
        };
        format!("{set}, {}: {figures}  ({:.1} s)", case.name, case.seconds)
    }

    /// A paragraph a set.
    pub(super) fn set(result: &SetResult) -> String {
        if let Some(why) = &result.skipped {
            return format!("{}: skipped, {why} (name another folder with --data)", result.name);
        }
        let verdict = if result.reached() { "reached" } else { "MISSED" };
        let mut lines = vec![format!("{}, {} cases: {verdict}", result.name, result.cases.len())];
        lines.extend(result.checks().iter().map(check));
        if let Some(figures) = result.figures() {
            lines.push(format!(
                "  worst bone: {}; largest mean surface distance {:.2} mm, largest HD95 {:.2} mm",
                figures.worst, figures.worst_distance_mm, figures.worst_hd95_mm
            ));
            if let (Some(head), Some(socket)) = (figures.head_as_socket_mm3, figures.socket_as_head_mm3) {
                lines.push(format!(
                    "  not judged: femoral head labelled hip bone {head:.0} mm³ a hip, socket labelled femur {socket:.0} mm³ a hip"
                ));
            }
            lines.extend(figures.sacrum_dice.map(|dice| format!("  not judged: mean Dice of the sacrum {dice:.3}")));
        }
        lines.extend(result.failures().iter().map(|failure| format!("  failed: {failure}")));
        lines.join("\n")
    }

    fn check(check: &Check) -> String {
        let sign = if check.quantity.ends_with("Dice") { '≥' } else { '≤' };
        let verdict = if check.reached { "reached" } else { "MISSED" };
        format!("  {:<28} {:>7.4}   target {sign} {:<6} {verdict}", check.quantity, check.found, check.limit)
    }

    /// Everything, with units in the names of the fields.
    pub(super) fn as_json(results: &[SetResult], model: &str) -> Value {
        let case = |case: &CaseResult| {
            json!({
                "name": case.name,
                "judged": case.judged.iter().map(|label| label.name()).collect::<Vec<_>>(),
                "seconds": case.seconds,
                "error": case.agreement.as_ref().err(),
                "agreement": case.agreement.as_ref().ok().map(evaluate::as_json),
            })
        };
        let set = |result: &SetResult| {
            let target = &result.target;
            json!({
                "name": result.name,
                "reached": result.skipped.is_none().then(|| result.reached()),
                "skipped": result.skipped,
                "target": {
                    "mean_dice": target.mean_dice,
                    "worst_dice": target.worst_dice,
                    "mean_surface_distance_mm": target.mean_distance_mm,
                    "mean_hd95_mm": target.mean_hd95_mm,
                },
                "figures": result.figures().map(|figures| json!({
                    "mean_dice": figures.mean_dice,
                    "worst_dice": figures.worst_dice,
                    "worst_bone": figures.worst,
                    "mean_surface_distance_mm": figures.mean_distance_mm,
                    "worst_surface_distance_mm": figures.worst_distance_mm,
                    "mean_hd95_mm": figures.mean_hd95_mm,
                    "worst_hd95_mm": figures.worst_hd95_mm,
                    "mean_sacrum_dice": figures.sacrum_dice,
                    "mean_head_labelled_hip_bone_mm3": figures.head_as_socket_mm3,
                    "mean_socket_labelled_femur_mm3": figures.socket_as_head_mm3,
                })),
                "failures": result.failures(),
                "cases": result.cases.iter().map(case).collect::<Vec<_>>(),
            })
        };
        json!({
            "suite": "accuracy",
            "model": model,
            "sets": results.iter().map(set).collect::<Vec<_>>(),
            "disclaimer": crate::DISCLAIMER,
        })
    }
}
