//! Which sizes to bring to the operation, and how likely each is.

use super::{
    PlanSettings, Spread,
    choice::{Field, Off},
    cup::{CupWay, Socket},
    shaft::Shaft,
    task::Task,
};
use crate::{
    anatomy::Anatomy,
    frames::Side,
    implants::Catalogue,
    labels::Label,
    mesh::TriMesh,
    plan::{Chosen, OsteotomyChoice, PlanError},
};
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    f64::consts::TAU,
};

/// How often the plan is made again with measurements that are off.
const DRAWS: usize = 512;
/// A plan may lengthen the leg by so much more than it aims at, mm.
const NEAR_MM: f64 = 20.0;
/// Chance that every part which is needed is among those to bring.
const ENOUGH: f64 = 0.98;

/// A size with its chance of being the right one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StockItem {
    /// Id in the catalogue.
    pub id: String,
    /// Chance, 0 to 1.
    pub probability: f64,
    /// True when it belongs to the fewest that hold the right one in 98 of 100 cases.
    pub bring: bool,
}

/// What to bring, each kind from the likeliest on.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Stock {
    /// Cups.
    pub cups: Vec<StockItem>,
    /// Liners; empty where cups state their own.
    pub liners: Vec<StockItem>,
    /// Stems; empty when none can be planned.
    pub stems: Vec<StockItem>,
    /// Heads; empty when no stem can be planned.
    pub heads: Vec<StockItem>,
    /// The plan's augment for each of the cups; empty without one.
    pub augments: Vec<StockItem>,
}

impl Stock {
    /// The same for a plan that a person has made: its own parts are brought, however likely, and its augment for every cup that is listed.
    #[must_use]
    pub fn with_plan(mut self, chosen: &Chosen, catalogue: &Catalogue) -> Self {
        bring(&mut self.cups, &chosen.cup.id);
        if let Some(liner) = chosen.liner {
            bring(&mut self.liners, &liner.id);
        }
        if let Some((stem, head)) = chosen.stem {
            bring(&mut self.stems, &stem.id);
            bring(&mut self.heads, &head.id);
        }
        if let Some(augment) = chosen.augment {
            let of_cup = |item: &StockItem| {
                let alike = catalogue.augments_for(catalogue.cup(&item.id)?).find(|other| other.is_like(augment))?;
                Some(StockItem { id: alike.id.clone(), ..item.clone() })
            };
            self.augments = self.cups.iter().filter_map(of_cup).collect();
            bring(&mut self.augments, &augment.id);
        }
        self
    }
}

fn bring(items: &mut Vec<StockItem>, id: &str) {
    match items.iter_mut().find(|item| item.id == id) {
        Some(item) => item.bring = true,
        None => items.push(StockItem { id: id.to_owned(), probability: 0.0, bring: true }),
    }
}

/// The families that a plan is of, as [`Catalogue::choosing`] takes them; heads of a family that is not in use come beside those that are.
#[must_use]
pub fn families_of(chosen: &Chosen, catalogue: &Catalogue) -> Vec<String> {
    let mut families = vec![chosen.cup.family.clone()];
    families.extend(chosen.liner.map(|liner| liner.family.clone()));
    if let Some((stem, head)) = chosen.stem {
        families.push(stem.family.clone());
        let mut heads: BTreeSet<&String> = catalogue.heads.iter().map(|head| &head.family).collect();
        heads.insert(&head.family);
        families.extend(heads.into_iter().cloned());
    }
    families
}

/// How likely each size is to be the one that is chosen, given how sure the measurements are ([`Spread`]): socket and canal are made larger
/// and smaller, leg length and offset longer and shorter, and the plan is chosen again each time. The bones stay as they are, so that a
/// surprise in the operation (a fracture, soft bone) is not in these numbers.
///
/// The same input gives the same numbers.
///
/// # Errors
/// As [`super::first_plan`].
pub fn stock(
    anatomy: &Anatomy,
    catalogue: &Catalogue,
    side: Side,
    bones: &BTreeMap<Label, TriMesh>,
    settings: &PlanSettings,
) -> Result<Stock, PlanError> {
    let hip = anatomy.hip(side).ok_or_else(|| PlanError::no_hip(anatomy, side))?;
    let catalogue = &*catalogue.choosing(&settings.families)?;
    let cups = Socket::new(&anatomy.pelvis, hip, bones.get(&Label::hip(side)), settings).ways(catalogue)?;
    let draws: Vec<Off> = (0..DRAWS).map(|draw| off(draw, &settings.spread)).collect();
    let [mut cup_counts, mut liner_counts, mut stem_counts, mut head_counts] = [(); 4].map(|()| BTreeMap::new());
    let mut count = |way: &CupWay, stem_and_head: Option<(&str, &str)>| {
        *cup_counts.entry(way.cup.id.clone()).or_insert(0) += 1;
        if let Some(liner) = way.liner {
            *liner_counts.entry(liner.id.clone()).or_insert(0) += 1;
        }
        if let Some((stem, head)) = stem_and_head {
            *stem_counts.entry(stem.to_owned()).or_insert(0) += 1;
            *head_counts.entry(head.to_owned()).or_insert(0) += 1;
        }
    };
    // Sizes are those of the femur as it is cut.
    let longest_mm = settings.restore.aim(anatomy, side).map_or(0.0, |aim| aim.leg_length_mm) + NEAR_MM;
    let cut = matches!(settings.osteotomy, OsteotomyChoice::Typed(_)) || longest_mm > settings.most_lengthening_mm;
    let plan = cut.then(|| Task::new(anatomy, catalogue, side, bones, settings)?.plan()).transpose()?;
    let osteotomy = plan.and_then(|plan| plan.deformity.osteotomy);
    match Shaft::new(anatomy, hip, catalogue, bones.get(&Label::femur(side)), settings, osteotomy.as_ref()) {
        Ok(shaft) => {
            let field = shaft.field(catalogue, &cups, settings)?;
            let field = as_seated_best(field);
            for off in &draws {
                if let Some(best) = field.best(off) {
                    count(best.cup, Some((&best.way.stem.id, &best.head.id)));
                }
            }
        }
        Err(_) => {
            for off in &draws {
                if let Some(best) = super::cup::best(&cups, off.socket_radius_mm, settings) {
                    count(best, None);
                }
            }
        }
    }
    Ok(Stock {
        cups: items(cup_counts),
        liners: items(liner_counts),
        stems: items(stem_counts),
        heads: items(head_counts),
        augments: Vec::new(),
    })
}

/// The field without the leans and turns that the plan does not use: they are the same for all sizes.
fn as_seated_best(mut field: Field) -> Field {
    let seating = field.best(&Off::default()).map(|best| best.way.seating);
    if let Some(seating) = seating {
        field.stems.retain(|way| way.seating.varus_deg == seating.varus_deg && way.seating.turn_deg == seating.turn_deg);
    }
    field
}

/// One possible error of the measurements: evenly spread points of four dimensions (Roberts 2018, the generalised golden ratio), made
/// normal by Box and Muller (1958, 10.1214/aoms/1177706645).
fn off(draw: usize, spread: &Spread) -> Off {
    // The real root of x⁵ = x + 1.
    const RATIO: f64 = 1.167_303_978_261_418_7;
    let even = |dimension: i32| ((draw as f64 + 0.5) * RATIO.powi(-dimension)).fract();
    let normal = |first: i32| {
        let (length, angle) = ((-2.0 * (1.0 - even(first)).ln()).sqrt(), TAU * even(first + 1));
        [length * angle.cos(), length * angle.sin()]
    };
    let ([socket, canal], leg) = (normal(1), normal(3));
    Off {
        socket_radius_mm: socket * spread.socket_radius_mm,
        canal_radius_mm: canal * spread.canal_radius_mm,
        leg_mm: leg.map(|sd| sd * spread.leg_mm),
    }
}

fn items(counts: BTreeMap<String, usize>) -> Vec<StockItem> {
    let all: usize = counts.values().sum();
    let mut items: Vec<StockItem> =
        counts.into_iter().map(|(id, count)| StockItem { id, probability: count as f64 / all as f64, bring: false }).collect();
    items.sort_by(|a, b| b.probability.total_cmp(&a.probability).then_with(|| a.id.cmp(&b.id)));
    let mut held = 0.0;
    for item in &mut items {
        item.bring = held < ENOUGH;
        held += item.probability;
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_errors_drawn_have_the_spread_that_is_asked_for() {
        let spread = Spread { socket_radius_mm: 0.3, canal_radius_mm: 0.2, leg_mm: 1.5 };
        let draws: Vec<Off> = (0..DRAWS).map(|draw| off(draw, &spread)).collect();
        let of = |value: fn(&Off) -> f64, sd: f64| {
            let mean = draws.iter().map(value).sum::<f64>() / DRAWS as f64;
            let found = (draws.iter().map(|off| (value(off) - mean).powi(2)).sum::<f64>() / DRAWS as f64).sqrt();
            assert!(mean.abs() < 0.05 * sd && (found / sd - 1.0).abs() < 0.05, "{mean} {found} for {sd}");
        };
        of(|off| off.socket_radius_mm, 0.3);
        of(|off| off.canal_radius_mm, 0.2);
        of(|off| off.leg_mm[0], 1.5);
        of(|off| off.leg_mm[1], 1.5);
    }

    #[test]
    fn the_fewest_are_brought_that_are_nearly_always_enough() {
        let counts = [("a", 60), ("b", 38), ("c", 1), ("d", 1)].map(|(id, count)| (id.to_owned(), count));
        let brought: Vec<String> = items(counts.into()).into_iter().filter(|item| item.bring).map(|item| item.id).collect();
        assert_eq!(brought, ["a", "b"]);
    }
}
