//! `coxa stock`: which sizes to bring to the operation.

use super::Outcome;
use crate::{
    i18n::{Language, Texts},
    plan::{PlanSettings, Stock, StockItem, families_of, stock, storage::CaseFolder},
};
use serde_json::json;
use std::path::PathBuf;

/// Arguments of `coxa stock`.
#[derive(clap::Args)]
pub struct Arguments {
    /// A case.
    case: PathBuf,
    /// Number of the plan whose parts are brought, with what else of their families may be needed; without it the newest. Without any plan, of
    /// the families of the automatic one.
    #[arg(long, value_name = "N")]
    plan: Option<u32>,
    /// What the plan aims at and how sure the measurements are, instead of the settings that ship with Coxa.
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// The catalogue, when it is not the one that ships with Coxa.
    #[arg(long, value_name = "FILE")]
    catalogue: Option<PathBuf>,
    /// Language of the list.
    #[arg(long, default_value = "en")]
    language: Language,
    /// Print the list as JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Outcome {
    let folder = CaseFolder::open(&arguments.case)?;
    let mut settings = arguments.settings.as_deref().map_or_else(PlanSettings::shipped, PlanSettings::load)?;
    settings.catalogue = arguments.catalogue.or(settings.catalogue);
    let catalogue = settings.library()?;
    let side = folder.read_case()?.side;
    let number = arguments.plan.or(folder.plan_numbers()?.last().copied());
    let plan = number.map(|number| folder.read_plan(number)).transpose()?;
    plan.as_ref().map(|plan| plan.refuse_other(&catalogue)).transpose()?;
    let chosen = plan.as_ref().map(|plan| plan.chosen(&catalogue)).transpose()?;
    if let Some(chosen) = chosen.as_ref().filter(|_| settings.families.is_empty()) {
        settings.families = families_of(chosen, &catalogue);
    }
    let mut stock = stock(&folder.read_anatomy()?, &catalogue, side, &folder.read_bones()?, &settings)?;
    if let Some(chosen) = &chosen {
        stock = stock.with_plan(chosen, &catalogue);
    }
    if arguments.json {
        let value = json!({
            "side": side.to_string(),
            "plan": number,
            "catalogue": catalogue.title(),
            "catalogue_sha256": catalogue.sha256,
            "spread": settings.spread,
            "stock": stock,
            "disclaimer": crate::DISCLAIMER,
        });
        println!("{}", serde_json::to_string_pretty(&value)?);
        return Ok(());
    }
    let texts = Texts::new(arguments.language);
    for line in lines(&stock, &texts) {
        println!("{line}");
    }
    super::warn_if_stale(&folder)?;
    println!("{}", texts.get("disclaimer"));
    Ok(())
}

fn lines(stock: &Stock, texts: &Texts) -> Vec<String> {
    let line = |item: &StockItem| {
        let brought = if item.bring { format!("  {}", texts.get("stock-bring")) } else { String::new() };
        format!("  {:<24} {:>5.1} %{brought}", item.id, 100.0 * item.probability)
    };
    let kinds = [
        ("measure-cup", &stock.cups),
        ("measure-liner", &stock.liners),
        ("measure-stem", &stock.stems),
        ("measure-head", &stock.heads),
        ("measure-augment", &stock.augments),
    ];
    let mut lines = Vec::new();
    for (key, items) in kinds.into_iter().filter(|(_, items)| !items.is_empty()) {
        lines.push(texts.get(key));
        lines.extend(items.iter().map(line));
    }
    lines.push(texts.get("stock-explained"));
    lines
}
