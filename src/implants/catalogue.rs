//! What can be implanted: cups, liners, heads, stems and augments as tables of dimensions. Generic families with generic names, no brand.

use super::{Augment, Cup, Head, Liner, Rules, Stem};
use crate::mesh::TriMesh;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// A hospital's implant library, read from RON.
///
/// The lists at its top are what is planned with unless other families are named ([`Catalogue::choosing`]); `further` is the rest of what the
/// library holds. What is looked up by its id is found in both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// Version of this document's format.
    pub format_version: u32,
    /// Name shown to the user.
    pub name: String,
    /// Version of the catalogue's content; every plan records it.
    pub version: String,
    /// Cups, those of a family from the smallest on.
    pub cups: Vec<Cup>,
    /// Liners. None in a catalogue of format 1, where each cup states its own.
    #[serde(skip)]
    pub liners: Vec<Liner>,
    /// Modular heads.
    pub heads: Vec<Head>,
    /// Stems: one entry a size and neck.
    pub stems: Vec<Stem>,
    /// Augments.
    #[serde(skip)]
    pub augments: Vec<Augment>,
    /// Parts of the families that are planned with only when they are named.
    #[serde(skip)]
    pub further: Parts,
    /// All families, in the library's order; none in a catalogue of format 1.
    #[serde(skip)]
    pub families: Vec<Family>,
    /// What goes together.
    #[serde(skip)]
    pub rules: Rules,
    /// Surfaces of parts that were drawn elsewhere, by id, in the frame of their part; mm.
    #[serde(skip)]
    pub drawn: BTreeMap<String, Arc<TriMesh>>,
    /// SHA-256 over all files that it was read from, hexadecimal; empty for a catalogue made in memory.
    #[serde(skip)]
    pub sha256: String,
}

/// Parts of any kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parts {
    /// Cups.
    pub cups: Vec<Cup>,
    /// Liners.
    pub liners: Vec<Liner>,
    /// Modular heads.
    pub heads: Vec<Head>,
    /// Stems.
    pub stems: Vec<Stem>,
    /// Augments.
    pub augments: Vec<Augment>,
}

/// What a family's parts are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PartKind {
    /// Cups.
    Cup,
    /// Liners.
    Liner,
    /// Heads.
    Head,
    /// Stems.
    Stem,
    /// Augments.
    Augment,
}

impl PartKind {
    /// One of its parts in English.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Cup => "cup",
            Self::Liner => "liner",
            Self::Head => "head",
            Self::Stem => "stem",
            Self::Augment => "augment",
        }
    }
}

/// Parts of one make in several sizes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Family {
    /// Unique id, with which the ids of its parts begin.
    pub id: String,
    /// Name shown to the user.
    pub name: String,
    /// What its parts are.
    pub kind: PartKind,
    /// How the frame of its parts lies: how a surface must be turned and moved that is to stand for one of them.
    pub frame: String,
    /// How far the sizes of cups lie apart, mm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step_mm: Option<f64>,
}

impl Catalogue {
    /// Version of the format that this program writes; it also reads catalogues of format 1, which are one file.
    pub const FORMAT_VERSION: u32 = 2;

    /// Name and version, as plans record them.
    #[must_use]
    pub fn title(&self) -> String {
        format!("{} {}", self.name, self.version)
    }

    /// The ids of all parts, those in use first.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        let cups_and_liners = self.all_cups().map(|cup| &cup.id).chain(self.all_liners().map(|liner| &liner.id));
        let heads_and_stems = self.all_heads().map(|head| &head.id).chain(self.all_stems().map(|stem| &stem.id));
        cups_and_liners.chain(heads_and_stems).chain(self.all_augments().map(|augment| &augment.id)).map(String::as_str)
    }

    /// Every cup, those in use first.
    pub fn all_cups(&self) -> impl Iterator<Item = &Cup> {
        self.cups.iter().chain(&self.further.cups)
    }

    /// Every liner, those in use first.
    pub fn all_liners(&self) -> impl Iterator<Item = &Liner> {
        self.liners.iter().chain(&self.further.liners)
    }

    /// Every head, those in use first.
    pub fn all_heads(&self) -> impl Iterator<Item = &Head> {
        self.heads.iter().chain(&self.further.heads)
    }

    /// Every stem, those in use first.
    pub fn all_stems(&self) -> impl Iterator<Item = &Stem> {
        self.stems.iter().chain(&self.further.stems)
    }

    /// Every augment, those in use first.
    pub fn all_augments(&self) -> impl Iterator<Item = &Augment> {
        self.augments.iter().chain(&self.further.augments)
    }

    /// The cup with this id.
    #[must_use]
    pub fn cup(&self, id: &str) -> Option<&Cup> {
        self.all_cups().find(|cup| cup.id == id)
    }

    /// The liner with this id.
    #[must_use]
    pub fn liner(&self, id: &str) -> Option<&Liner> {
        self.all_liners().find(|liner| liner.id == id)
    }

    /// The head with this id.
    #[must_use]
    pub fn head(&self, id: &str) -> Option<&Head> {
        self.all_heads().find(|head| head.id == id)
    }

    /// The stem with this id.
    #[must_use]
    pub fn stem(&self, id: &str) -> Option<&Stem> {
        self.all_stems().find(|stem| stem.id == id)
    }

    /// The augment with this id.
    #[must_use]
    pub fn augment(&self, id: &str) -> Option<&Augment> {
        self.all_augments().find(|augment| augment.id == id)
    }

    /// The family with this id.
    #[must_use]
    pub fn family(&self, id: &str) -> Option<&Family> {
        self.families.iter().find(|family| family.id == id)
    }

    /// The augments that go with a cup.
    pub fn augments_for<'a>(&'a self, cup: &'a Cup) -> impl Iterator<Item = &'a Augment> {
        let rule = self.rules.augments.iter().find(|rule| rule.cups == cup.family);
        self.all_augments().filter(move |augment| {
            let fits = (augment.cup_diameter_mm - cup.outer_diameter_mm).abs() < 1e-6;
            fits && rule.is_some_and(|rule| rule.take.contains(&augment.family))
        })
    }
}
