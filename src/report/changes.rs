//! Plans beside each other, and what an edit has changed of one.

use super::{Measure, of_plan};
use crate::{
    anatomy::{Anatomy, Finding},
    i18n::Sentence,
    implants::Catalogue,
    plan::{Override, Plan},
};

/// A quantity of several plans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BesideRow {
    /// Key in the language files.
    pub key: &'static str,
    /// Its value in each; a dash where there is none.
    pub values: Vec<String>,
}

impl BesideRow {
    /// True when all have the same value.
    #[must_use]
    pub fn same(&self) -> bool {
        self.values.windows(2).all(|pair| pair[0] == pair[1])
    }
}

/// Whatever any of several plans has, a row a quantity, in the order in which it first comes.
#[must_use]
pub fn beside(tables: &[impl AsRef<[Measure]>]) -> Vec<BesideRow> {
    let mut keys: Vec<&'static str> = Vec::new();
    for measure in tables.iter().flat_map(|table| table.as_ref()) {
        if !keys.contains(&measure.key) {
            keys.push(measure.key);
        }
    }
    let value = |table: &[Measure], key: &str| {
        table.iter().find(|measure| measure.key == key).map_or_else(|| "–".to_owned(), |measure| measure.value.clone())
    };
    let row = |key| BesideRow { key, values: tables.iter().map(|table| value(table.as_ref(), key)).collect() };
    keys.into_iter().map(row).collect()
}

/// What became of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanChanges {
    /// Quantities that differ, before and after.
    pub rows: Vec<BesideRow>,
    /// Findings that came.
    pub new: Vec<Finding>,
    /// Findings that went.
    pub gone: Vec<Finding>,
    /// Reasons that were given for something else.
    pub lapsed: Vec<Override>,
}

impl PlanChanges {
    /// From one state of a plan to another.
    #[must_use]
    pub fn of(before: &Plan, after: &Plan, catalogue: &Catalogue, anatomy: &Anatomy) -> Self {
        let mut rows = beside(&[before, after].map(|plan| of_plan(plan, catalogue, anatomy)));
        rows.retain(|row| !row.same());
        let without = |these: &Plan, those: &Plan| -> Vec<Finding> {
            these.findings.iter().filter(|finding| !those.findings.contains(finding)).cloned().collect()
        };
        let lapsed = after.overrides.iter().filter(|given| given.lapsed && !before.overrides.contains(given));
        Self { rows, new: without(after, before), gone: without(before, after), lapsed: lapsed.cloned().collect() }
    }

    /// Line by line, in every language.
    #[must_use]
    pub fn lines(&self) -> Vec<Sentence> {
        let number =
            |row: &BesideRow| Sentence::new(|texts| format!("{}: {} → {}", texts.get(row.key), row.values[0], row.values[1]));
        let mut lines: Vec<Sentence> = self.rows.iter().map(number).collect();
        for (key, findings) in [("plans-new", &self.new), ("plans-gone", &self.gone)] {
            let say = |finding| Sentence::new(|texts| texts.with(key, &[("what", &texts.say(finding))]));
            lines.extend(findings.iter().map(say));
        }
        let lapsed = |given: &Override| {
            Sentence::new(|texts| texts.with("plans-lapsed", &[("by", given.by.as_str()), ("reason", given.reason.as_str())]))
        };
        lines.extend(self.lapsed.iter().map(lapsed));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_one_has_stands_beside_a_dash() {
        let measure = |key, value: &str| Measure { key, value: value.into(), estimated: false };
        let tables = [
            vec![measure("measure-cup", "52"), measure("measure-augment", "A")],
            vec![measure("measure-cup", "52"), measure("measure-stem", "5")],
        ];
        let rows = beside(&tables);
        let told: Vec<_> = rows.iter().map(|row| (row.key, row.values.join("|"), row.same())).collect();
        assert_eq!(
            told,
            [
                ("measure-cup", "52|52".into(), true),
                ("measure-augment", "A|–".into(), false),
                ("measure-stem", "–|5".into(), false)
            ]
        );
    }
}
