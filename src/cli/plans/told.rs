//! A plan in a line, in JSON, in a table.

use super::Told;
use crate::{
    anatomy::{Anatomy, Finding},
    i18n::Texts,
    implants::Catalogue,
    plan::{Plan, severity},
    report::{BesideRow, beside, of_plan, state},
};
use serde_json::{Value, json};

pub(super) fn one(plan: &Plan, texts: &Texts) -> Told {
    (vec![line(plan, texts)], entry(plan))
}

pub(super) fn line(plan: &Plan, texts: &Texts) -> String {
    let parts = plan.stem.iter().flat_map(|stem| [&stem.stem, &stem.head]);
    let implants: Vec<&str> = [&plan.cup.cup].into_iter().chain(parts).map(String::as_str).collect();
    let changes =
        [plan.leg_length_change_mm, plan.offset_change_mm].map(|mm| mm.map_or("–".into(), |mm| format!("{mm:+.1} mm")));
    texts.with(
        "plans-line",
        &[
            ("number", &plan.number.to_string()),
            ("state", &state(plan, texts)),
            ("side", &texts.side(plan.side)),
            ("implants", &implants.join(", ")),
            ("leg", &changes[0]),
            ("offset", &changes[1]),
            ("findings", &plan.findings.len().to_string()),
        ],
    )
}

pub(super) fn entry(plan: &Plan) -> Value {
    let stem = plan.stem.as_ref();
    json!({
        "number": plan.number,
        "state": plan.state().name(),
        "revision_of": plan.revision_of,
        "reviewed_by": plan.review.as_ref().map(|review| &review.by),
        "approved_by": plan.approval.as_ref().map(|approval| &approval.by),
        "sha256": plan.approval.as_ref().map(|approval| &approval.sha256),
        "side": plan.side.to_string(),
        "catalogue": plan.catalogue,
        "cup": plan.cup.cup,
        "stem": stem.map(|stem| &stem.stem),
        "head": stem.map(|stem| &stem.head),
        "leg_length_change_mm": plan.leg_length_change_mm,
        "offset_change_mm": plan.offset_change_mm,
        "bone_coverage": plan.cup.bone_coverage,
        "findings": plan.findings.iter().map(|finding| &finding.text).collect::<Vec<_>>(),
        "told": plan.findings.iter().map(|finding| told(plan, finding)).collect::<Vec<_>>(),
        "overrides": plan.overrides,
    })
}

fn told(plan: &Plan, finding: &Finding) -> Value {
    let given = plan.overridden(finding);
    json!({
        "key": finding.key,
        "severity": severity(&finding.key).name(),
        "text": finding.text,
        "values": finding.values,
        "reason": given.map(|given| &given.reason),
        "by": given.map(|given| &given.by),
    })
}

/// The findings of a plan with what they weigh and who answers for them, and the reasons that have lapsed.
pub(super) fn findings(plan: &Plan, texts: &Texts) -> Vec<String> {
    let mut lines = Vec::new();
    for finding in &plan.findings {
        let weight = texts.get(&format!("severity-{}", severity(&finding.key).name()));
        lines.push(format!("[{weight}] {}: {}", finding.key.trim_start_matches("finding-"), texts.say(finding)));
        if let Some(given) = plan.overridden(finding) {
            lines.push(format!("  {}", texts.with("plans-answered", &[("by", &given.by), ("reason", &given.reason)])));
        }
    }
    for given in plan.overrides.iter().filter(|given| given.lapsed) {
        let key = given.finding.key.trim_start_matches("finding-");
        lines.push(format!("{key}: {}", texts.with("plans-lapsed", &[("by", &given.by), ("reason", &given.reason)])));
    }
    lines
}

/// One quantity of several plans.
pub(super) struct Row {
    pub key: &'static str,
    pub what: String,
    pub values: Vec<String>,
}

/// All that is measured of plans, a row a quantity, the first plan's order first.
pub(super) fn rows(plans: &[&Plan], catalogue: &Catalogue, anatomy: &Anatomy, texts: &Texts) -> Vec<Row> {
    let tables: Vec<_> = plans.iter().map(|plan| of_plan(plan, catalogue, anatomy)).collect();
    let row = |row: BesideRow| Row { key: row.key, what: texts.get(row.key), values: row.values };
    let fixed = |key, what: &str, value: &dyn Fn(&Plan) -> String| Row {
        key,
        what: texts.get(what),
        values: plans.iter().map(|plan| value(plan)).collect(),
    };
    let mut rows: Vec<Row> = beside(&tables).into_iter().map(row).collect();
    if plans.iter().any(|plan| plan.side != plans[0].side) {
        rows.insert(0, fixed("side", "plans-side", &|plan| texts.side(plan.side)));
    }
    rows
}

/// Cells as a table with columns of even width; what is written in Chinese takes two places a sign.
pub(super) fn aligned(cells: &[Vec<String>]) -> Vec<String> {
    let width = |text: &str| {
        text.chars().map(|sign| if ('\u{1100}'..'\u{FFE7}').contains(&sign) && sign > '\u{2E7F}' { 2 } else { 1 }).sum::<usize>()
    };
    let columns = cells.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|column| cells.iter().filter_map(|row| row.get(column)).map(|cell| width(cell)).max().unwrap_or(0))
        .collect();
    let line = |row: &Vec<String>| {
        let cell = |(text, wide): (&String, &usize)| format!("{text}{}", " ".repeat(wide - width(text)));
        row.iter().zip(&widths).map(cell).collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    cells.iter().map(line).collect()
}
