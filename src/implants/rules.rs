//! What goes together.

use super::{Catalogue, Cup, Head, Liner, Stem};
use serde::{Deserialize, Serialize};

/// Lengths that are the same in two parts agree within this, mm.
const SAME_MM: f64 = 1e-6;

/// Which families go together, and how thin a part may be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Thinnest metal shell that a cup may have, mm.
    pub minimum_shell_mm: f64,
    /// Thinnest polyethylene between shell and head, mm: below it highly cross-linked liners have broken at the rim.
    pub minimum_polyethylene_mm: f64,
    /// Thinnest mantle of cement about a cemented part, mm.
    pub minimum_mantle_mm: f64,
    /// Least length of taper that a head without a skirt must hold, mm.
    pub minimum_taper_mm: f64,
    /// Which liners each family of cups takes, the usual one first; a family that is not named takes none.
    #[serde(default)]
    pub liners: Vec<CupRule>,
    /// Which augments go with which cups.
    #[serde(default)]
    pub augments: Vec<AugmentRule>,
}

/// Liners of a family of cups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CupRule {
    /// The family of cups.
    pub cups: String,
    /// The families of liners, the usual one first.
    pub take: Vec<String>,
}

/// Augments of a family of cups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AugmentRule {
    /// The family of cups.
    pub cups: String,
    /// The families of augments.
    pub take: Vec<String>,
}

impl Default for Rules {
    /// What a catalogue of format 1 was checked by.
    fn default() -> Self {
        Self {
            minimum_shell_mm: super::MINIMUM_SHELL_MM,
            minimum_polyethylene_mm: super::MINIMUM_POLYETHYLENE_MM,
            minimum_mantle_mm: 2.0,
            minimum_taper_mm: 2.0,
            liners: Vec::new(),
            augments: Vec::new(),
        }
    }
}

/// Why parts do not go together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Incompatible {
    /// No rule joins the two families.
    #[error("no rule of the catalogue lets the cup '{cup}' take the liner '{liner}'")]
    Families {
        /// Id of the cup.
        cup: String,
        /// Id of the liner.
        liner: String,
    },
    /// The liner does not fill the shell.
    #[error("the liner '{liner}' is made for a shell whose hollow is {liner_mm} mm wide, that of '{cup}' is {cup_mm} mm")]
    Seat {
        /// Id of the cup.
        cup: String,
        /// Id of the liner.
        liner: String,
        /// Diameter that the liner fills, mm.
        liner_mm: String,
        /// Diameter of the shell's hollow, mm.
        cup_mm: String,
    },
    /// The head does not go into the bearing.
    #[error("the head of {head_mm} mm does not go into a liner for {bearing_mm} mm")]
    HeadDiameter {
        /// The head's, mm.
        head_mm: String,
        /// The liner's, mm.
        bearing_mm: String,
    },
    /// The head does not go onto the stem.
    #[error("the head '{head}' takes a {head_taper} taper, the stem '{stem}' has {stem_taper}")]
    Taper {
        /// Id of the head.
        head: String,
        /// Its taper.
        head_taper: String,
        /// Id of the stem.
        stem: String,
        /// Its taper.
        stem_taper: String,
    },
}

impl Catalogue {
    /// Why a cup does not take a liner; `None` when it does.
    #[must_use]
    pub fn liner_refused(&self, cup: &Cup, liner: &Liner) -> Option<Incompatible> {
        let (ids, rule) = ((cup.id.clone(), liner.id.clone()), self.rules.liners.iter().find(|rule| rule.cups == cup.family));
        if !rule.is_some_and(|rule| rule.take.contains(&liner.family)) {
            return Some(Incompatible::Families { cup: ids.0, liner: ids.1 });
        }
        let seat_mm = cup.seat_diameter_mm().unwrap_or_default();
        let (liner_mm, cup_mm) = (liner.seat_diameter_mm.to_string(), seat_mm.to_string());
        (!same(seat_mm, liner.seat_diameter_mm)).then_some(Incompatible::Seat { cup: ids.0, liner: ids.1, liner_mm, cup_mm })
    }

    /// The liners in use that a cup takes, in the catalogue's order.
    pub fn liners_for<'a>(&'a self, cup: &'a Cup) -> impl Iterator<Item = &'a Liner> {
        self.liners.iter().filter(|liner| self.liner_refused(cup, liner).is_none())
    }

    /// The liner in use that a cup usually has: the first for its usual head, or else that for the largest one; `None` for a cup without.
    #[must_use]
    pub fn usual_liner<'a>(&'a self, cup: &'a Cup) -> Option<&'a Liner> {
        let usual = self.liners_for(cup).find(|liner| same(liner.head_diameter_mm, cup.head_diameter_mm));
        usual.or_else(|| self.liners_for(cup).max_by(|a, b| a.head_diameter_mm.total_cmp(&b.head_diameter_mm)))
    }

    /// The heads in use that a cup's usual liner takes, in the catalogue's order.
    pub fn heads_for(&self, cup: &Cup) -> impl Iterator<Item = &Head> {
        self.heads_of(cup.head_diameter_mm)
    }

    /// The heads in use of a diameter, in the catalogue's order.
    pub fn heads_of(&self, diameter_mm: f64) -> impl Iterator<Item = &Head> {
        self.heads.iter().filter(move |head| same(head.diameter_mm, diameter_mm))
    }
}

impl Cup {
    /// Why a head does not go into this cup with a liner, or its usual one; `None` when it does.
    #[must_use]
    pub fn head_refused(&self, liner: Option<&Liner>, head: &Head) -> Option<Incompatible> {
        let bearing_mm = liner.map_or(self.head_diameter_mm, |liner| liner.head_diameter_mm);
        (!same(bearing_mm, head.diameter_mm))
            .then(|| Incompatible::HeadDiameter { head_mm: head.diameter_mm.to_string(), bearing_mm: bearing_mm.to_string() })
    }
}

impl Stem {
    /// Why a head does not go onto this stem; `None` when it does.
    #[must_use]
    pub fn head_refused(&self, head: &Head) -> Option<Incompatible> {
        (self.taper != head.taper).then(|| Incompatible::Taper {
            head: head.id.clone(),
            head_taper: head.taper.clone(),
            stem: self.id.clone(),
            stem_taper: self.taper.clone(),
        })
    }
}

fn same(a: f64, b: f64) -> bool {
    (a - b).abs() < SAME_MM
}
