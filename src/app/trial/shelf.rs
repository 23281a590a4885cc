//! What the hospital has of cups and stems, family by family and from small to large, as far as it goes with the rest.

use crate::implants::{Catalogue, OffsetOption};

/// Cups and stems to choose from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shelf {
    /// Families of cups.
    pub cups: Vec<Rack>,
    /// Families of stems.
    pub stems: Vec<Rack>,
}

/// One family.
#[derive(Clone, Debug, PartialEq)]
pub struct Rack {
    /// Id of the family.
    pub family: String,
    /// Its name.
    pub name: String,
    /// Its parts, from small to large.
    pub parts: Vec<Shelved>,
}

/// One part.
#[derive(Clone, Debug, PartialEq)]
pub struct Shelved {
    /// Id in the catalogue.
    pub id: String,
    /// Size as printed on the box: of a cup its outer diameter, mm.
    pub size: f64,
    /// Which neck a stem has.
    pub neck: Option<OffsetOption>,
}

impl Shelf {
    /// Of a catalogue: cups that a liner in use goes into, and stems that a head in use goes onto.
    #[must_use]
    pub fn of(catalogue: &Catalogue) -> Self {
        let cups = catalogue.all_cups().filter(|cup| catalogue.liners_for(cup).next().is_some());
        let cups = cups.map(|cup| (&cup.family, Shelved { id: cup.id.clone(), size: cup.outer_diameter_mm, neck: None }));
        let stems = catalogue.all_stems().filter(|stem| catalogue.heads.iter().any(|head| stem.head_refused(head).is_none()));
        let stems = stems.map(|stem| {
            (&stem.family, Shelved { id: stem.id.clone(), size: f64::from(stem.size), neck: Some(stem.offset_option) })
        });
        Self { cups: racks(catalogue, cups), stems: racks(catalogue, stems) }
    }

    /// The cup so many sizes larger in its family.
    #[must_use]
    pub fn next_cup(&self, id: &str, steps: i32) -> Option<&str> {
        next(&self.cups, id, steps)
    }

    /// The stem so many sizes larger in its family, with the same neck.
    #[must_use]
    pub fn next_stem(&self, id: &str, steps: i32) -> Option<&str> {
        next(&self.stems, id, steps)
    }
}

impl Rack {
    /// The family of a part.
    #[must_use]
    pub fn of<'a>(racks: &'a [Self], id: &str) -> Option<&'a Self> {
        racks.iter().find(|rack| rack.parts.iter().any(|part| part.id == id))
    }

    /// The part of this family that is nearest to another in size, with its neck where there is one.
    #[must_use]
    pub fn nearest(&self, to: &Shelved) -> Option<&Shelved> {
        let apart = |part: &&Shelved| (part.size - to.size).abs() + if part.neck == to.neck { 0.0 } else { 1000.0 };
        self.parts.iter().min_by(|a, b| apart(a).total_cmp(&apart(b)))
    }
}

fn racks<'a>(catalogue: &Catalogue, parts: impl Iterator<Item = (&'a String, Shelved)>) -> Vec<Rack> {
    let mut racks: Vec<Rack> = Vec::new();
    for (family, part) in parts {
        match racks.iter_mut().find(|rack| rack.family == *family) {
            Some(rack) => rack.parts.push(part),
            None => {
                let name = catalogue.family(family).map_or_else(|| family.clone(), |family| family.name.clone());
                racks.push(Rack { family: family.clone(), name, parts: vec![part] });
            }
        }
    }
    for rack in &mut racks {
        rack.parts.sort_by(|a, b| a.size.total_cmp(&b.size).then(a.neck.cmp(&b.neck)));
    }
    racks
}

fn next<'a>(racks: &'a [Rack], id: &str, steps: i32) -> Option<&'a str> {
    let rack = Rack::of(racks, id)?;
    let present = rack.parts.iter().find(|part| part.id == id)?;
    let alike: Vec<&Shelved> = rack.parts.iter().filter(|part| part.neck == present.neck).collect();
    let at = alike.iter().position(|part| part.id == id)?.checked_add_signed(isize::try_from(steps).ok()?)?;
    alike.get(at).map(|part| part.id.as_str())
}
