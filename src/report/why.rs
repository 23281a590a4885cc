//! Why the automatic plan is what it is: what it was judged by, and what came next.

use crate::{
    i18n::Texts,
    plan::{Plan, Term, TermKind},
};

/// One line of what a plan was judged by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhyLine {
    /// The term's name.
    pub name: String,
    /// Its value with unit.
    pub value: String,
    /// How far that is beyond what is wanted, with unit; empty where nothing is wrong.
    pub excess: String,
    /// What it costs.
    pub cost: String,
    /// True for what may not be, but could not be avoided.
    pub hard: bool,
}

/// What a plan was judged by, in the plan's order; empty for plans that no search made.
#[must_use]
pub fn judged_by(plan: &Plan, texts: &Texts) -> Vec<WhyLine> {
    let line = |term: &Term| WhyLine {
        name: texts.get(term.kind.key()),
        value: value(term.kind, term.value),
        excess: if term.excess > 0.0 { value(term.kind, term.excess) } else { String::new() },
        cost: format!("{:.2}", term.cost),
        hard: term.hard,
    };
    plan.terms.iter().map(line).collect()
}

/// What came next, and by what it lost, a sentence each.
#[must_use]
pub fn runners_up(plan: &Plan, texts: &Texts) -> Vec<String> {
    let own: f64 = plan.terms.iter().map(|term| term.cost).sum();
    let sentence = |other: &crate::plan::RunnerUp| {
        let kind = other.lost_by.kind;
        texts.with(
            "plan-runner-up",
            &[
                ("cup", &other.cup),
                ("stem", &other.stem),
                ("head", &other.head),
                ("term", &texts.get(kind.key())),
                ("value", &value(kind, other.lost_by.value)),
                ("winner", &other.winner.map_or_else(|| "–".into(), |winner| value(kind, winner))),
                ("cost", &format!("{:.1}", other.cost)),
                ("own", &format!("{own:.1}")),
            ],
        )
    };
    plan.runners_up.iter().map(sentence).collect()
}

fn value(kind: TermKind, value: f64) -> String {
    let space = if kind.unit() == "°" { "" } else { " " };
    match kind {
        TermKind::CupCoverage => format!("{value:.0}{space}{}", kind.unit()),
        TermKind::LegLength | TermKind::Offset | TermKind::CupSize | TermKind::HeadOffset | TermKind::Varus | TermKind::Turn => {
            format!("{value:+.1}{space}{}", kind.unit())
        }
        _ => format!("{value:.1}{space}{}", kind.unit()),
    }
}
