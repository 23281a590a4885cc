//! What was nearly chosen, and why it was not.

use super::{
    choice::{Combination, Field, first},
    term::{Term, TermKind},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many other stems, and how many other cups, are told of.
const STEMS: usize = 3;
const CUPS: usize = 2;

/// The best that could be had with another stem, or with another cup.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunnerUp {
    /// Id of the cup.
    pub cup: String,
    /// Id of the stem.
    pub stem: String,
    /// Id of the head.
    pub head: String,
    /// What it costs altogether; the plan's own terms tell what the plan costs.
    pub cost: f64,
    /// By which it lost most.
    pub lost_by: Term,
    /// The same of the plan that won, in the unit of its kind; `None` where that has no such value.
    pub winner: Option<f64>,
}

/// The next best stems and cups, from the best on.
pub(super) fn runners_up(field: &Field, all: &BTreeMap<(&str, &str), Combination>, winner: &Combination) -> Vec<RunnerUp> {
    let own = field.terms(winner);
    let (cup, stem) = (winner.cup.cup.id.as_str(), winner.way.stem.id.as_str());
    let best_by = |id: fn(&(&str, &str)) -> String, own_id: &str, most: usize| {
        let mut by_id: BTreeMap<String, Vec<Combination>> = BTreeMap::new();
        for (key, found) in all.iter().filter(|(key, _)| id(key) != own_id) {
            by_id.entry(id(key)).or_default().push(*found);
        }
        let mut best: Vec<Combination> = by_id.into_values().filter_map(|found| first(found.into_iter())).collect();
        best.sort_by(|a, b| a.cost.total_cmp(&b.cost));
        best.truncate(most);
        best
    };
    let mut told = best_by(|key| key.1.to_owned(), stem, STEMS);
    let known = |told: &[Combination], found: &Combination| {
        told.iter().any(|other| other.cup.cup.id == found.cup.cup.id && other.way.stem.id == found.way.stem.id)
    };
    for found in best_by(|key| key.0.to_owned(), cup, CUPS) {
        if !known(&told, &found) {
            told.push(found);
        }
    }
    told.iter().filter_map(|found| runner_up(field, found, &own)).collect()
}

fn runner_up(field: &Field, found: &Combination, own: &[Term]) -> Option<RunnerUp> {
    let of_own = |kind: TermKind| own.iter().find(|term| term.kind == kind);
    let more = |term: &Term| (term.hard, term.cost - of_own(term.kind).map_or(0.0, |own| own.cost));
    let terms = field.terms(found);
    let lost_by = *terms.iter().max_by(|a, b| {
        let (a, b) = (more(a), more(b));
        a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
    })?;
    Some(RunnerUp {
        cup: found.cup.cup.id.clone(),
        stem: found.way.stem.id.clone(),
        head: found.head.id.clone(),
        cost: found.cost.sum(),
        lost_by,
        winner: of_own(lost_by.kind).map(|term| term.value),
    })
}
