//! The best of all combinations of cup, stem and head, and what came next.

use super::{
    Restore,
    cup::CupWay,
    settings::PlanSettings,
    stem::{Aim, Way},
    term::{Cost, Term},
};
use crate::{
    anatomy::{Femur, Hip, Pelvis},
    implants::{Catalogue, Head},
    plan::Change,
};
use nalgebra::Isometry3;
use std::collections::BTreeMap;

/// What everything is chosen from.
pub(super) struct Field<'a> {
    pub pelvis: &'a Pelvis,
    pub hip: &'a Hip,
    pub femur: &'a Femur,
    /// From the proximal piece of the femur to its distal one as scanned: see [`crate::plan::Plan::head_centre_from_below`].
    pub from_below: Isometry3<f64>,
    pub catalogue: &'a Catalogue,
    pub cups: &'a [CupWay<'a>],
    pub stems: Vec<Way<'a>>,
    pub aim: Aim,
    pub settings: &'a PlanSettings,
}

/// Cup, stem and head together.
#[derive(Clone, Copy)]
pub(super) struct Combination<'a> {
    pub cup: &'a CupWay<'a>,
    pub way: &'a Way<'a>,
    pub head: &'a Head,
    pub cost: Cost,
}

/// How far the measurements may be off: see [`super::Spread`].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Off {
    /// The socket's radius is so much larger than measured, mm.
    pub socket_radius_mm: f64,
    /// The canal's radius is so much larger than measured, mm.
    pub canal_radius_mm: f64,
    /// Leg length and offset are wanted so much larger, mm.
    pub leg_mm: [f64; 2],
}

impl Field<'_> {
    /// The best combination of each cup and stem, were the measurements off by so much; heads only where the cup's liner takes them.
    pub fn best_of_each(&self, off: &Off) -> BTreeMap<(&str, &str), Combination<'_>> {
        let mut best: BTreeMap<(&str, &str), Combination> = BTreeMap::new();
        for cup in self.cups {
            let cup_cost = Cost::of(&self.cup_terms(cup, off));
            for way in &self.stems {
                let fits = |head: &&Head| way.stem.head_refused(head).is_none();
                for head in self.catalogue.heads_of(cup.head_diameter_mm()).filter(fits) {
                    let cost = cup_cost.plus(Cost::of(self.stem_terms(cup, way, head, off).iter().flatten()));
                    let found = Combination { cup, way, head, cost };
                    let known = best.entry((&cup.cup.id, &way.stem.id)).or_insert(found);
                    if cost.less_than(&known.cost) {
                        *known = found;
                    }
                }
            }
        }
        best
    }

    /// The best of all, were the measurements off by so much.
    pub fn best(&self, off: &Off) -> Option<Combination<'_>> {
        first(self.best_of_each(off).into_values())
    }

    /// Everything a combination is judged by.
    pub fn terms(&self, found: &Combination) -> Vec<Term> {
        let sure = Off::default();
        let mut terms = self.cup_terms(found.cup, &sure);
        terms.extend(self.stem_terms(found.cup, found.way, found.head, &sure).into_iter().flatten());
        terms
    }

    fn cup_terms(&self, cup: &CupWay, off: &Off) -> Vec<Term> {
        cup.terms_off_by(off.socket_radius_mm, &self.settings.weights)
    }

    fn stem_terms(&self, cup: &CupWay, way: &Way, head: &Head, off: &Off) -> [Option<Term>; 9] {
        let centre = self.from_below * way.head_centre(self.hip.side, head);
        let mut change = Change::of(self.pelvis, self.hip, self.femur, &cup.bearing, &centre);
        // As scanned: a dislocated femur as it is under a head in the cup, wherever that is.
        if self.settings.restore == Restore::AsScanned {
            change.leg_length_mm += cup.high_mm;
        }
        change.leg_length_mm -= off.leg_mm[0];
        change.offset_mm -= off.leg_mm[1];
        way.terms(head, &change, off.canal_radius_mm, &self.aim, self.settings)
    }
}

/// The cheapest; of equal ones the first.
pub(super) fn first<'a>(all: impl Iterator<Item = Combination<'a>>) -> Option<Combination<'a>> {
    all.fold(None, |best: Option<Combination>, found| match best {
        Some(best) if !found.cost.less_than(&best.cost) => Some(best),
        _ => Some(found),
    })
}
