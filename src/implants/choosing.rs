//! Which of a library's families are planned with.

use super::{Catalogue, Family, PartKind, Parts};
use std::borrow::Cow;
use thiserror::Error;

/// Families were asked for that the library cannot give.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the implant catalogue '{catalogue}' has no family '{family}'; it has {there}")]
pub struct UnknownFamily {
    /// Name and version of the catalogue.
    pub catalogue: String,
    /// What was asked for.
    pub family: String,
    /// The families that it has.
    pub there: String,
}

impl Catalogue {
    /// The same library with other families in use: those named, and of the kinds that none of them is of, what was in use before.
    ///
    /// Where cups are named and liners are not, the cups' usual liners come into use, unless those in use go with the cups.
    ///
    /// # Errors
    /// When the library has no family of that id.
    pub fn choosing(&self, families: &[String]) -> Result<Cow<'_, Self>, UnknownFamily> {
        if families.is_empty() {
            return Ok(Cow::Borrowed(self));
        }
        if let Some(unknown) = families.iter().find(|id| self.family(id).is_none()) {
            let there = self.families.iter().map(|family| family.id.as_str()).collect::<Vec<_>>().join(", ");
            return Err(UnknownFamily { catalogue: self.title(), family: unknown.clone(), there });
        }
        let mut chosen = self.clone();
        chosen.put_in_use(families);
        Ok(Cow::Owned(chosen))
    }

    /// Puts families in use, as [`Catalogue::choosing`] does.
    pub(super) fn put_in_use(&mut self, families: &[String]) {
        let mut wanted: Vec<String> = families.to_vec();
        let kinds = |wanted: &[String], all: &[Family]| -> Vec<PartKind> {
            all.iter().filter(|family| wanted.contains(&family.id)).map(|family| family.kind).collect()
        };
        let named = kinds(&wanted, &self.families);
        let mut all = self.take_all();
        // What is not named stays as it was.
        let kept: Vec<&Family> = self.families.iter().filter(|family| !named.contains(&family.kind)).collect();
        let was_in_use = |family: &&&Family| all.in_use.contains(&family.id);
        wanted.extend(kept.iter().filter(was_in_use).map(|family| family.id.clone()));
        if named.contains(&PartKind::Cup) && !named.contains(&PartKind::Liner) {
            self.usual_liners(&mut wanted);
        }
        // In the order in which they are named.
        for id in &wanted {
            let Parts { cups, liners, heads, stems, augments } = all.parts.taken(id);
            self.cups.extend(cups);
            self.liners.extend(liners);
            self.heads.extend(heads);
            self.stems.extend(stems);
            self.augments.extend(augments);
        }
        self.further = all.parts;
    }

    /// Of the families that are wanted, the cups' usual liners in place of those that do not go with them.
    fn usual_liners(&self, wanted: &mut Vec<String>) {
        let rules: Vec<_> = self.rules.liners.iter().filter(|rule| wanted.contains(&rule.cups)).collect();
        let is_liner = |id: &String| self.family(id).is_some_and(|family| family.kind == PartKind::Liner);
        let fits = |id: &String| rules.iter().any(|rule| rule.take.contains(id));
        let usual: Vec<String> = rules
            .iter()
            .filter(|rule| !rule.take.iter().any(|id| wanted.contains(id)))
            .filter_map(|rule| rule.take.first().cloned())
            .collect();
        wanted.retain(|id| !is_liner(id) || fits(id));
        wanted.extend(usual);
    }

    fn take_all(&mut self) -> All {
        let mut parts = std::mem::take(&mut self.further);
        let used = Parts {
            cups: std::mem::take(&mut self.cups),
            liners: std::mem::take(&mut self.liners),
            heads: std::mem::take(&mut self.heads),
            stems: std::mem::take(&mut self.stems),
            augments: std::mem::take(&mut self.augments),
        };
        let in_use = used.families().map(str::to_owned).collect();
        let rest = std::mem::take(&mut parts);
        parts.append(used);
        parts.append(rest);
        All { parts, in_use }
    }
}

struct All {
    parts: Parts,
    in_use: Vec<String>,
}

impl Parts {
    /// The ids of all parts.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        let cups_and_liners = self.cups.iter().map(|p| &p.id).chain(self.liners.iter().map(|p| &p.id));
        let heads_and_stems = self.heads.iter().map(|p| &p.id).chain(self.stems.iter().map(|p| &p.id));
        cups_and_liners.chain(heads_and_stems).chain(self.augments.iter().map(|p| &p.id)).map(String::as_str)
    }

    fn families(&self) -> impl Iterator<Item = &str> {
        let cups_and_liners = self.cups.iter().map(|p| &p.family).chain(self.liners.iter().map(|p| &p.family));
        let heads_and_stems = self.heads.iter().map(|p| &p.family).chain(self.stems.iter().map(|p| &p.family));
        cups_and_liners.chain(heads_and_stems).chain(self.augments.iter().map(|p| &p.family)).map(String::as_str)
    }

    pub(super) fn append(&mut self, mut other: Self) {
        self.cups.append(&mut other.cups);
        self.liners.append(&mut other.liners);
        self.heads.append(&mut other.heads);
        self.stems.append(&mut other.stems);
        self.augments.append(&mut other.augments);
    }

    /// Takes the parts of a family out.
    fn taken(&mut self, family: &str) -> Self {
        Self {
            cups: self.cups.extract_if(.., |part| part.family == family).collect(),
            liners: self.liners.extract_if(.., |part| part.family == family).collect(),
            heads: self.heads.extract_if(.., |part| part.family == family).collect(),
            stems: self.stems.extract_if(.., |part| part.family == family).collect(),
            augments: self.augments.extract_if(.., |part| part.family == family).collect(),
        }
    }
}
