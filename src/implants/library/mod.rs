//! A library on disk: one file that lists it, and one for each family.

mod drawn;
mod drawn_checks;
mod error;
mod family_file;
mod file;

pub use error::CatalogueError;

use super::{Catalogue, Parts, Rules, check::check, rules::CupRule};
use crate::files::shipped;
use drawn::{Drawn, read_drawn};
use family_file::FamilyFile;
use file::{Read, millimetres, parse, read};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Where the shipped library lies below the program's data folder.
const SHIPPED: &str = "models/implants/library.ron";

/// The file that lists a library.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LibraryFile {
    #[expect(dead_code, reason = "was read with the header")]
    format_version: u32,
    name: String,
    version: String,
    /// True when the library that ships with Coxa is part of it.
    #[serde(default)]
    with_shipped: bool,
    /// The families' files, from the folder of this one.
    files: Vec<String>,
    /// The families that are planned with when none are named; of the shipped library's, those whose kind is not among them stay.
    #[serde(default)]
    in_use: Vec<String>,
    /// What goes together; without it the shipped library's rules.
    #[serde(default)]
    rules: Option<Rules>,
    /// More of that.
    #[serde(default)]
    more_liners: Vec<CupRule>,
}

/// A library while its files are read.
#[derive(Default)]
struct Gathered {
    catalogue: Option<Catalogue>,
    hash: Sha256,
    problems: Vec<String>,
    /// In which file each id was first met.
    seen: BTreeMap<String, String>,
}

impl Catalogue {
    /// Reads and checks a catalogue: the file that lists a library, a single family (which joins the shipped library and is in use there), or a
    /// catalogue of format 1.
    ///
    /// # Errors
    /// When a file cannot be read, is not RON or not well formed, is of another format version, or what they hold fails [`check`].
    pub fn load(path: &Path) -> Result<Self, CatalogueError> {
        let file = read(path)?;
        let catalogue = match (&file.header.files, &file.header.family) {
            (Some(_), _) => of_library(path, &file.text)?,
            (None, Some(_)) => of_family(path, &file)?,
            (None, None) => of_one_file(path, &file.text)?,
        };
        let problems = check(&catalogue);
        if problems.is_empty() { Ok(catalogue) } else { Err(CatalogueError::Content { path: path.into(), problems }) }
    }

    /// The generic library that ships with the program.
    ///
    /// # Errors
    /// As [`Catalogue::load`].
    pub fn shipped() -> Result<Self, CatalogueError> {
        load_shipped(SHIPPED)
    }

    /// The library whose content has this hash, of those that lie beside the shipped one: libraries that shipped earlier, and what a hospital
    /// put there. The shipped one when none has, so that whoever asks can tell that it is another.
    ///
    /// # Errors
    /// As [`Catalogue::load`], for the shipped one.
    pub fn known_as(sha256: &str) -> Result<Self, CatalogueError> {
        let present = Self::shipped()?;
        if present.sha256 == sha256 {
            return Ok(present);
        }
        let folder = shipped(SHIPPED).ok().and_then(|path| path.parent().map(Path::to_owned));
        let entries = folder.and_then(|folder| std::fs::read_dir(folder).ok()).into_iter().flatten().flatten();
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        paths.sort();
        // A family by itself is no library.
        let library = |path: &PathBuf| read(path).is_ok_and(|file| file.header.family.is_none());
        let mut known = paths.iter().filter(|path| library(path)).filter_map(|path| Self::load(path).ok());
        Ok(known.find(|catalogue| catalogue.sha256 == sha256).unwrap_or(present))
    }
}

fn load_shipped(name: &str) -> Result<Catalogue, CatalogueError> {
    let path = shipped(name).map_err(|source| CatalogueError::Read { path: name.into(), source })?;
    Catalogue::load(&path)
}

/// A catalogue of format 1 is one file of parts without families.
fn of_one_file(path: &Path, text: &str) -> Result<Catalogue, CatalogueError> {
    let mut catalogue: Catalogue = parse(path, text)?;
    catalogue.sha256 = hexadecimal(Sha256::digest(text.as_bytes()));
    Ok(catalogue)
}

fn of_family(path: &Path, file: &Read) -> Result<Catalogue, CatalogueError> {
    let mut gathered = Gathered::starting_from(Catalogue::shipped()?);
    gathered.add(path, file)?;
    let added = gathered.families_of(path);
    let mut catalogue = gathered.finished(path)?;
    let name = catalogue.families.iter().find(|family| added.contains(&family.id)).map_or("", |family| family.name.as_str());
    catalogue.name = format!("{} + {name}", catalogue.name);
    catalogue.put_in_use(&added);
    Ok(catalogue)
}

fn of_library(path: &Path, text: &str) -> Result<Catalogue, CatalogueError> {
    let library: LibraryFile = parse(path, text)?;
    let mut gathered = if library.with_shipped {
        Gathered::starting_from(Catalogue::shipped()?)
    } else {
        Gathered::starting_from(Catalogue {
            format_version: Catalogue::FORMAT_VERSION,
            name: String::new(),
            version: String::new(),
            cups: Vec::new(),
            liners: Vec::new(),
            heads: Vec::new(),
            stems: Vec::new(),
            augments: Vec::new(),
            further: Parts::default(),
            families: Vec::new(),
            rules: Rules::default(),
            drawn: BTreeMap::new(),
            sha256: String::new(),
        })
    };
    gathered.hash.update(text.as_bytes());
    let folder = path.parent().unwrap_or(Path::new("."));
    for name in &library.files {
        let file = folder.join(name);
        let family = read(&file)?;
        gathered.add(&file, &family)?;
    }
    let mut catalogue = gathered.finished(path)?;
    (catalogue.name, catalogue.version) = (library.name, library.version);
    if let Some(rules) = library.rules {
        catalogue.rules = rules;
    }
    catalogue.rules.liners.extend(library.more_liners);
    let unknown = library.in_use.iter().find(|id| catalogue.family(id).is_none());
    if let Some(unknown) = unknown {
        return Err(CatalogueError::content(
            path,
            format!("`in_use` names the family '{unknown}', which none of its files holds"),
        ));
    }
    catalogue.put_in_use(&library.in_use);
    Ok(catalogue)
}

impl Gathered {
    fn starting_from(catalogue: Catalogue) -> Self {
        let mut gathered = Self::default();
        gathered.hash.update(catalogue.sha256.as_bytes());
        for family in &catalogue.families {
            gathered.seen.insert(family.id.clone(), "the library that ships with Coxa".into());
        }
        gathered.seen.extend(catalogue.ids().map(|id| (id.to_owned(), "the library that ships with Coxa".into())));
        gathered.catalogue = Some(catalogue);
        gathered
    }

    fn add(&mut self, path: &Path, file: &Read) -> Result<(), CatalogueError> {
        self.hash.update([0]);
        self.hash.update(file.text.as_bytes());
        if file.header.surface.is_some() { self.add_drawn(path, &file.text) } else { self.add_family(path, &file.text) }
    }

    /// A part whose surface was drawn elsewhere; the parts of one family may be in several files.
    fn add_drawn(&mut self, path: &Path, text: &str) -> Result<(), CatalogueError> {
        let Drawn { family, id, parts, mesh, rules, surface } = read_drawn(path, text)?;
        self.hash.update(&surface);
        self.met(path, std::iter::once(id.clone()));
        let Some(catalogue) = &mut self.catalogue else { return Ok(()) };
        match catalogue.family(&family.id).map(|known| known.kind) {
            None => {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                self.seen.insert(family.id.clone(), name);
                catalogue.families.push(family);
            }
            Some(kind) if kind != family.kind => self.problems.push(format!(
                "'{id}' is a {}, but the family '{}' holds {}s",
                family.kind.noun(),
                family.id,
                kind.noun()
            )),
            Some(_) => {}
        }
        for (cups, liner) in rules {
            match catalogue.rules.liners.iter_mut().find(|rule| rule.cups == cups) {
                Some(rule) if rule.take.contains(&liner) => {}
                Some(rule) => rule.take.push(liner),
                None => catalogue.rules.liners.push(CupRule { cups, take: vec![liner] }),
            }
        }
        catalogue.further.append(parts);
        catalogue.drawn.insert(id, Arc::new(mesh));
        Ok(())
    }

    /// Notes ids, and tells of those that another file has.
    fn met(&mut self, path: &Path, ids: impl Iterator<Item = String>) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for id in ids {
            if let Some(other) = self.seen.insert(id.clone(), name.clone()) {
                self.problems.push(format!("the id '{id}' is used twice, in {other} and in {name}"));
            }
        }
    }

    fn add_family(&mut self, path: &Path, text: &str) -> Result<(), CatalogueError> {
        let file: FamilyFile = parse(path, text)?;
        millimetres(path, &file.unit)?;
        let (families, parts) = file.expanded().map_err(|problem| CatalogueError::content(path, problem))?;
        self.met(path, families.iter().map(|family| family.id.clone()).chain(parts.ids().map(str::to_owned)));
        if let Some(catalogue) = &mut self.catalogue {
            catalogue.families.extend(families);
            catalogue.further.append(parts);
        }
        Ok(())
    }

    /// The families that came from a file.
    fn families_of(&self, path: &Path) -> Vec<String> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let of_file = |id: &String| self.seen.get(id).is_some_and(|file| *file == name);
        let all = self.catalogue.iter().flat_map(|catalogue| &catalogue.families);
        all.map(|family| &family.id).filter(|id| of_file(id)).cloned().collect()
    }

    fn finished(self, path: &Path) -> Result<Catalogue, CatalogueError> {
        let Self { catalogue, hash, problems, .. } = self;
        match catalogue {
            Some(mut catalogue) if problems.is_empty() => {
                catalogue.sha256 = hexadecimal(hash.finalize());
                Ok(catalogue)
            }
            _ => Err(CatalogueError::Content { path: path.into(), problems }),
        }
    }
}

fn hexadecimal(digest: impl AsRef<[u8]>) -> String {
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
