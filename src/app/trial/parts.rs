//! Which parts go with what is tried, and what takes the place of one that no longer does.

use super::{PlannedHip, Trial};
use crate::{
    i18n::Sentence,
    implants::{Cup, Head, Liner},
    plan::edit::liner_with,
};

/// Liners that a cup takes, each with the heads that go into it and onto the stem, by their ids; `None` for the liner that a cup states itself.
pub type Fitting = Vec<(Option<String>, Vec<String>)>;

impl PlannedHip {
    /// The parts that go with the cup and the stem that are tried.
    #[must_use]
    pub fn parts(&self, trial: &Trial) -> Fitting {
        let Some(cup) = self.catalogue.cup(&trial.cup_id) else { return Vec::new() };
        let heads = |liner: Option<&Liner>| self.heads(trial, cup, liner).map(|head| head.id.clone()).collect::<Vec<_>>();
        let planned = self.planned();
        if trial.cup_id == planned.cup_id && planned.liner.is_none() {
            return vec![(None, heads(None))];
        }
        let with = |liner: &Liner| (Some(liner.id.clone()), heads(Some(liner)));
        self.catalogue.liners_for(cup).map(with).filter(|(_, heads)| !heads.is_empty()).collect()
    }

    /// Heads that go into a liner of a cup and onto the stem that is tried.
    fn heads<'a>(&'a self, trial: &Trial, cup: &'a Cup, liner: Option<&'a Liner>) -> impl Iterator<Item = &'a Head> {
        let stem = trial.stem_id.as_deref().and_then(|id| self.catalogue.stem(id));
        let fits = move |head: &&Head| stem.is_some_and(|stem| stem.head_refused(head).is_none());
        self.catalogue.heads.iter().filter(move |head| cup.head_refused(liner, head).is_none()).filter(fits)
    }

    /// What is tried with the parts that fit: a liner that the cup does not take, and a head that does not go into the liner or onto the stem,
    /// give way to the nearest that does; each is told. What the catalogue does not list is left to be refused.
    #[must_use]
    pub fn fitted(&self, trial: &Trial) -> (Trial, Vec<Sentence>) {
        let (mut fitted, mut told) = (trial.clone(), Vec::new());
        let known = |id: &Option<String>| id.as_deref().is_none_or(|id| self.catalogue.ids().any(|known| known == id));
        let parts = self.parts(trial);
        if parts.is_empty() || !known(&trial.liner) || !known(&trial.head) {
            return (fitted, told);
        }
        if !parts.iter().any(|(liner, _)| *liner == trial.liner) {
            fitted.liner = self.nearest_liner(trial, &parts);
            // Of a plan whose cup states its liner itself none is missed.
            if trial.liner.is_some() {
                told.push(replaced("trial-liner-replaced", &trial.liner, &fitted.liner));
            }
        }
        if let Some((_, heads)) = parts.iter().find(|(liner, _)| *liner == fitted.liner)
            && !heads.iter().any(|head| Some(head) == trial.head.as_ref())
        {
            fitted.head = self.nearest_head(trial.head.as_deref(), heads);
            told.push(replaced("trial-head-replaced", &trial.head, &fitted.head));
        }
        (fitted, told)
    }

    /// The liner that comes with the cup, if a head goes into it and onto the stem; else the first into which one does.
    fn nearest_liner(&self, trial: &Trial, parts: &Fitting) -> Option<String> {
        let cup = self.catalogue.cup(&trial.cup_id)?;
        let present = trial.liner.as_deref().and_then(|id| self.catalogue.liner(id));
        let head_mm = trial.head.as_deref().and_then(|id| self.catalogue.head(id)).map(|head| head.diameter_mm);
        let usual = liner_with(&self.catalogue, cup, present, head_mm).map(|liner| liner.id.clone());
        let there = parts.iter().any(|(liner, _)| *liner == usual);
        if there { usual } else { parts.first().and_then(|(liner, _)| liner.clone()) }
    }

    /// The head nearest to the present one among some: of the same family and neck length where there is one.
    #[must_use]
    pub fn nearest_head(&self, present: Option<&str>, among: &[String]) -> Option<String> {
        let present = present.and_then(|id| self.catalogue.head(id))?;
        let apart = |id: &&String| {
            let head = self.catalogue.head(id);
            head.map_or((f64::INFINITY, true), |head| ((head.offset_mm - present.offset_mm).abs(), head.family != present.family))
        };
        let nearer = |a: &&String, b: &&String| {
            let (a, b) = (apart(a), apart(b));
            a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))
        };
        among.iter().min_by(nearer).cloned()
    }
}

fn replaced(key: &str, was: &Option<String>, now: &Option<String>) -> Sentence {
    let id = |id: &Option<String>| id.clone().unwrap_or_else(|| "–".into());
    Sentence::new(|texts| texts.with(key, &[("was", &id(was)), ("now", &id(now))]))
}
