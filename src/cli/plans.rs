//! `coxa plans`: what a case has planned, held against each other, approved, taken up again.

use super::Outcome;
use crate::{
    anatomy::Anatomy,
    i18n::{Language, Texts},
    implants::Catalogue,
    pipeline::assess_plan,
    plan::{Plan, assessment::Assessment, storage::CaseFolder},
    report::{number_tables, of_plan},
};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Arguments of `coxa plans`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The case folder.
    case: PathBuf,
    #[command(subcommand)]
    action: Option<Action>,
    /// The implant catalogue of the plans; without it the one that ships with Coxa.
    #[arg(long, global = true)]
    catalogue: Option<PathBuf>,
    /// Language of what is printed: en or zh.
    #[arg(long, global = true, default_value = "en")]
    language: Language,
    /// Print one JSON object instead of text.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(clap::Subcommand)]
enum Action {
    /// All plans of the case (also without an action).
    List,
    /// What differs between two plans, in numbers.
    Diff {
        /// Number of the one.
        a: u32,
        /// Number of the other.
        b: u32,
    },
    /// Everything that can be told of a plan in its bones.
    Show {
        /// Its number.
        number: u32,
    },
    /// Approve a plan: from then on it cannot be changed, a change makes a new one.
    Approve {
        /// Its number.
        number: u32,
        /// Who approves: a role or initials, never a patient's name.
        #[arg(long)]
        by: String,
    },
    /// Take up a plan again, approved or not: a copy as the newest draft.
    Revise {
        /// Its number.
        number: u32,
    },
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Outcome {
    let folder = CaseFolder::open(&arguments.case)?;
    let texts = Texts::new(arguments.language);
    let (lines, told) = match &arguments.action {
        None | Some(Action::List) => {
            let plans =
                folder.plan_numbers()?.into_iter().map(|number| folder.read_plan(number)).collect::<Result<Vec<_>, _>>()?;
            let lines = plans.iter().map(|plan| line(plan, &texts)).collect();
            (lines, json!({ "plans": plans.iter().map(entry).collect::<Vec<_>>() }))
        }
        Some(Action::Diff { a, b }) => {
            let plans = [folder.read_plan(*a)?, folder.read_plan(*b)?];
            let catalogue = super::catalogue_of(&plans[0], arguments.catalogue.as_deref())?;
            plans[1].refuse_other(&catalogue)?;
            let rows = rows(&plans, &catalogue, &folder.read_anatomy()?, &texts);
            let lines = match rows.is_empty() {
                true => vec![texts.get("plans-alike")],
                false => rows.iter().map(|[what, before, after]| format!("{what}: {before} -> {after}")).collect(),
            };
            let differences: Vec<Value> = rows.iter().map(|[what, a, b]| json!({ "what": what, "a": a, "b": b })).collect();
            (lines, json!({ "a": a, "b": b, "differences": differences }))
        }
        Some(Action::Show { number }) => {
            let catalogue = super::catalogue(arguments.catalogue.as_deref())?;
            let plan = folder.read_plan(*number)?;
            plan.refuse_other(&catalogue)?;
            let found = assess_plan(&folder, &plan, &catalogue)?;
            (told_lines(&plan, &found, &texts), json!({ "plan": entry(&plan), "assessment": found }))
        }
        Some(Action::Approve { number, by }) => one(&folder.approve_plan(*number, by)?, &texts),
        Some(Action::Revise { number }) => one(&folder.revise_plan(*number)?, &texts),
    };
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&json!({ "result": told, "disclaimer": crate::DISCLAIMER }))?);
    } else {
        lines.iter().for_each(|line| println!("{line}"));
        super::warn_if_stale(&folder)?;
        println!("{}", texts.get("disclaimer"));
    }
    Ok(())
}

/// The plan's line, the numbers under their headings, and what to be warned of.
fn told_lines(plan: &Plan, found: &Assessment, texts: &Texts) -> Vec<String> {
    let mut lines = vec![line(plan, texts)];
    for (heading, numbers) in number_tables(found, texts) {
        lines.push(texts.get(heading));
        lines.extend(numbers.into_iter().map(|number| {
            let norm = if number.norm.is_empty() { String::new() } else { format!("  ({})", number.norm) };
            format!("  {}: {}{norm}", number.name, number.value)
        }));
    }
    lines.extend(plan.findings.iter().chain(&found.findings).map(|finding| format!("! {}", texts.say(finding))));
    lines
}

fn one(plan: &Plan, texts: &Texts) -> (Vec<String>, Value) {
    (vec![line(plan, texts)], entry(plan))
}

fn line(plan: &Plan, texts: &Texts) -> String {
    let state = match &plan.approval {
        Some(approval) => {
            texts.with("plans-approved", &[("by", &approval.by), ("hash", &approval.sha256[..12.min(approval.sha256.len())])])
        }
        None => texts.get("plans-draft"),
    };
    let parts = plan.stem.iter().flat_map(|stem| [&stem.stem, &stem.head]);
    let implants: Vec<&str> = [&plan.cup.cup].into_iter().chain(parts).map(String::as_str).collect();
    let changes =
        [plan.leg_length_change_mm, plan.offset_change_mm].map(|mm| mm.map_or("–".into(), |mm| format!("{mm:+.1} mm")));
    texts.with(
        "plans-line",
        &[
            ("number", &plan.number.to_string()),
            ("state", &state),
            ("side", &texts.side(plan.side)),
            ("implants", &implants.join(", ")),
            ("leg", &changes[0]),
            ("offset", &changes[1]),
            ("findings", &plan.findings.len().to_string()),
        ],
    )
}

fn entry(plan: &Plan) -> Value {
    let stem = plan.stem.as_ref();
    json!({
        "number": plan.number,
        "state": if plan.approval.is_some() { "approved" } else { "draft" },
        "approved_by": plan.approval.as_ref().map(|approval| &approval.by),
        "sha256": plan.approval.as_ref().map(|approval| &approval.sha256),
        "side": plan.side.to_string(),
        "catalogue": plan.catalogue,
        "cup": plan.cup.cup,
        "stem": stem.map(|stem| &stem.stem),
        "head": stem.map(|stem| &stem.head),
        "leg_length_change_mm": plan.leg_length_change_mm,
        "offset_change_mm": plan.offset_change_mm,
        "findings": plan.findings.iter().map(|finding| &finding.text).collect::<Vec<_>>(),
    })
}

/// What differs: name, value in the one, value in the other.
fn rows(plans: &[Plan; 2], catalogue: &Catalogue, anatomy: &Anatomy, texts: &Texts) -> Vec<[String; 3]> {
    let tables = [0, 1].map(|which: usize| of_plan(&plans[which], catalogue, anatomy));
    let mut keys: Vec<&str> = tables[0].iter().map(|measure| measure.key).collect();
    keys.extend(tables[1].iter().map(|measure| measure.key).filter(|key| !tables[0].iter().any(|measure| measure.key == *key)));
    let value = |which: usize, key: &str| {
        tables[which].iter().find(|measure| measure.key == key).map_or_else(|| "–".to_owned(), |measure| measure.value.clone())
    };
    let mut rows: Vec<[String; 3]> =
        keys.into_iter().map(|key| [texts.get(key), value(0, key), value(1, key)]).filter(|[_, a, b]| a != b).collect();
    if plans[0].side != plans[1].side {
        rows.insert(0, [texts.get("plans-side"), texts.side(plans[0].side), texts.side(plans[1].side)]);
    }
    rows
}
