//! `coxa uncertainty`.

use super::{Outcome, hip::Options};
use crate::{
    i18n::Texts,
    report::name_in,
    risk::{Basis, Chance, Deviation, Source, Uncertainty, Variant, uncertainty, uncertainty_on_bones},
};
use serde_json::json;
use std::path::PathBuf;

/// Arguments of `coxa uncertainty`.
#[derive(clap::Args)]
pub struct Arguments {
    /// A case.
    case: PathBuf,
    #[command(flatten)]
    options: Options,
    /// How many times the operation is drawn.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    samples: u32,
    /// Seed of the draws: the same seed gives the same answer.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Leave bones aside, which is quicker.
    #[arg(long)]
    implants_only: bool,
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Outcome {
    let Arguments { case, options, samples, seed, implants_only, json } = arguments;
    let hip = options.hip(&case)?;
    let deviations = hip.settings.deviations(&hip.preset);
    let spread = hip.settings.spread(&hip.preset);
    let found = if implants_only {
        uncertainty(&hip.activities, &hip.joint, &spread, samples as usize, seed)?
    } else {
        uncertainty_on_bones(&hip.activities, &hip.room(&Variant::default())?, &spread, samples as usize, seed)?
    };
    let texts = Texts::new(options.language);
    if json {
        let mut value = hip.head();
        value["preset"] = json!(hip.preset.id);
        value["deviations"] =
            deviations.iter().map(|(source, d)| json!({ "source": source, "sd": d.sd, "basis": d.basis })).collect();
        value["uncertainty"] = json!(found);
        let english = Texts::new(crate::i18n::Language::English);
        value["bones"] = json!(english.get(if found.bones { "scatter-bones" } else { "scatter-no-bones" }));
        value["scope"] = json!(english.get("activity-scope"));
        println!("{}", serde_json::to_string_pretty(&value)?);
        return Ok(());
    }
    let mut lines = hip.lines(&texts);
    let [samples, seed] = [samples.to_string(), seed.to_string()];
    let preset = name_in(&hip.preset.name, &texts);
    lines.push(texts.with("scatter-drawn", &[("samples", &samples), ("preset", preset), ("seed", &seed)]));
    for (activity, chance) in hip.activities.iter().zip(&found.activities) {
        let name = name_in(&activity.name, &texts);
        let margin = format!("{:.1}° ± {:.1}°", chance.margin_deg, chance.sd_deg);
        lines.push(format!("  {}  {margin:>15}   {name}", percent(&chance.impingement)));
        // Bone is told where it is near enough to matter.
        if let Some((bone, margin)) = chance.bone_impingement.filter(|bone| bone.probability > 0.0).zip(chance.bone_margin_deg) {
            let said = texts.with("scatter-bone-row", &[("margin", &format!("{margin:.1}"))]);
            lines.push(format!("  {}  {:>15}   {said}", percent(&bone), ""));
        }
    }
    lines.extend(totals(&found, &texts));
    lines.push(texts.get("scatter-tornado"));
    for swing in &found.tornado {
        let deviation = deviations.iter().find(|(source, _)| *source == swing.source).map(|(_, deviation)| *deviation);
        lines.push(format!(
            "  {:>7.1}° {:>7.1}°   {} ({}{})",
            swing.low_deg,
            swing.high_deg,
            texts.get(swing.source.key()),
            amount(swing.source, swing.sd),
            deviation.map_or_else(String::new, |deviation| basis(deviation, &texts))
        ));
    }
    lines.extend(
        [if found.bones { "scatter-bones" } else { "scatter-no-bones" }, "scatter-scope", "activity-scope", "disclaimer"]
            .map(|key| texts.get(key)),
    );
    lines.iter().for_each(|line| println!("{line}"));
    Ok(())
}

fn percent(chance: &Chance) -> String {
    format!("{:>5.1} % ± {:.1}", 100.0 * chance.probability, 100.0 * chance.standard_error)
}

fn totals(found: &Uncertainty, texts: &Texts) -> Vec<String> {
    let rows = [
        ("scatter-outside-zone", &found.outside_zone),
        ("scatter-outside-lewinnek", &found.outside_lewinnek),
        ("scatter-leg-length-beyond", &found.leg_length_beyond_5_mm),
    ];
    let mut lines: Vec<String> =
        rows.into_iter().map(|(key, chance)| format!("{}  {}", percent(chance), texts.get(key))).collect();
    let q = &found.least_margin_deg;
    let [p5, p50, p95] = [q.p5, q.p50, q.p95].map(|value| format!("{value:.1}"));
    lines.push(texts.with("scatter-quantiles", &[("p5", &p5), ("p50", &p50), ("p95", &p95)]));
    lines
}

fn amount(source: Source, sd: f64) -> String {
    let unit = if matches!(source, Source::LegLength | Source::HipCentre) { " mm" } else { "°" };
    format!("± {sd:.1}{unit}")
}

fn basis(deviation: &Deviation, texts: &Texts) -> String {
    let (key, source) = match &deviation.basis {
        Basis::Published(source) => ("basis-published", source),
        Basis::Derived(source) => ("basis-derived", source),
        Basis::Assumed(source) => ("basis-assumed", source),
    };
    texts.with(key, &[("source", source)])
}
